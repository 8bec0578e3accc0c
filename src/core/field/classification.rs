//! What a field says of itself, before its neighbours are heard.

use wire::Block;

use super::class::Class;
use super::field_texts::FieldTexts;
use super::lexicon::Lexicon;
use super::target::{FieldMeaning, Target};
use super::term_matches::{by_name, by_text};
use super::{Field, Source, autocomplete, forbidden};

/// Why a field is taken for what it is: a sentence, or a sentence and a text of the page.
pub(super) type Reason<'a> = (&'static str, &'static str, &'a str);

/// What a field says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Classification<'a> {
    /// Nothing a neighbour says changes it.
    pub(super) is_settled: bool,
    /// What it is.
    pub(super) class: Option<Class>,
    /// What its `autocomplete` says, which knows more parts than words do.
    pub(super) token: Option<FieldMeaning>,
    /// What the merchant says.
    pub(super) mark: Option<Target>,
    pub(super) source: Source,
    pub(super) reason: Reason<'a>,
    pub(super) block: Option<Block>,
    /// The page says the block in `autocomplete` or by a mark.
    pub(super) is_told: bool,
    /// It stands in a newsletter's form, or is about a gift.
    pub(super) is_unrelated: bool,
    /// Its words say that it is something else than a field of a lead.
    pub(super) is_other: bool,
    /// It continues the value of the field before it: the second box of a telephone number.
    pub(super) is_part: bool,
    /// How well it says what it is: the better claim to a path wins.
    pub(super) claim: u8,
    /// What a hidden input holds for sure. It is read only where it changes and no field in sight has its path.
    pub(super) hidden: Option<FieldMeaning>,
}

impl<'a> Classification<'a> {
    pub(super) fn forbid(&mut self, class: Class) {
        self.forbid_because(forbidden::reason(class));
    }

    pub(super) fn forbid_because(&mut self, reason: &'static str) {
        self.settle(Source::Forbidden, (reason, "", ""));
    }

    pub(super) fn dismiss(&mut self, reason: &'static str) {
        self.settle(Source::None, (reason, "", ""));
    }

    fn settle(&mut self, source: Source, reason: Reason<'a>) {
        self.is_settled = true;
        self.source = source;
        self.reason = reason;
    }

    /// What it is, while it may still become a field of the lead.
    pub(super) fn lead(&self) -> Option<Class> {
        self.class.filter(|_| !self.is_settled)
    }

    /// What it is by its words alone.
    pub(super) fn guess(&self) -> Option<Class> {
        self.lead().filter(|_| self.token.is_none())
    }

    /// It is a number, a code or a date of a card.
    pub(super) fn is_card(&self) -> bool {
        self.is_settled && self.class == Some(Class::Card)
    }
}

/// What a field says of itself: first what forbids it, then the merchant's mark, the merchant's option, the page's
/// `autocomplete`, and then its words.
#[inline(never)]
pub(super) fn of<'a>(lexicon: &Lexicon, field: &Field<'a>) -> Classification<'a> {
    let texts = FieldTexts::of(lexicon, field);
    let mut own = Classification {
        is_settled: false,
        class: None,
        token: None,
        mark: None,
        source: Source::None,
        reason: ("nothing says that it is a field of the lead: add autocomplete or data-lead", "", ""),
        block: None,
        is_told: false,
        is_unrelated: false,
        is_other: false,
        is_part: false,
        claim: 0,
        hidden: None,
    };
    own.is_unrelated = texts.is_newsletter;
    let mut hear = |said: super::term_matches::TermMatches| {
        own.block = own.block.or(said.block());
        own.is_unrelated |= said.speaks_of(Class::Newsletter) || said.speaks_of(Class::Gift);
    };
    texts.all.iter().for_each(|text| hear(text.said));
    field.sections.split('\n').for_each(|section| hear(by_name(lexicon, section)));

    let is_clear = texts.agreed().is_some_and(Class::is_lead);
    // "Card" on a radio button is the name of a way to pay.
    let is_way_to_pay = field.kind == "radio" && !texts.all.iter().any(|text| text.said.speaks_of(Class::Card));
    let by_words = || texts.forbidden(field).filter(|class| !(is_way_to_pay && *class == Class::Card));
    if let Some(class) = forbidden::by_kind(field, is_clear).or_else(by_words) {
        own.class = Some(class);
        own.forbid(class);
        // Day, month and year say by themselves not whose they are; what stands above them may.
        let above = by_text(lexicon, field.heading());
        if class == Class::Expiry && (above.speaks_of(Class::Birthday) || above.speaks_of(Class::CardWord)) {
            own.forbid(if above.speaks_of(Class::Birthday) { Class::Birthday } else { Class::Card });
        }
        return own;
    }
    let merchant = [(field.mark, Source::Attribute, "data-lead"), (field.option, Source::Option, "the option fields")];
    for (said, source, who) in merchant {
        let said = said.trim();
        if said.is_empty() {
            continue;
        }
        own.mark = Target::from_name(said);
        own.class = own.mark.and_then(Target::class);
        let block = own.mark.and_then(Target::block);
        own.is_told = block.is_some();
        own.block = block.or(own.block);
        own.claim = 3;
        let reason = match own.mark {
            Some(_) => (who, " says so", ""),
            None if said.eq_ignore_ascii_case("ignore") => (who, " says to ignore it", ""),
            None => (who, " names no field of a lead: ", said),
        };
        own.settle(source, reason);
        return own;
    }
    if let Some(reason) = holds_no_text(field.kind) {
        own.dismiss(reason);
        if field.kind == "hidden" {
            let token = autocomplete::token(field.autocomplete);
            own.hidden = token.map_or_else(|| texts.certain().and_then(Class::meaning), |token| token.what);
            own.block = token.and_then(|token| token.block).or(own.block);
        }
        return own;
    }
    if let Some(token) = autocomplete::token(field.autocomplete)
        && let Some(what) = token.what
    {
        own.claim = 2;
        own.class = Class::of(what);
        own.token = Some(what);
        own.source = Source::Autocomplete;
        own.reason = ("autocomplete is ", "", field.autocomplete);
        own.is_told = token.block.is_some();
        own.block = token.block.or(own.block);
        // `autocomplete="name"` stands on first and last names too: the page's own two words know better.
        let agreed = texts.agreed();
        if own.class == Some(Class::FullName) && matches!(agreed, Some(Class::FirstName | Class::LastName)) {
            own.class = agreed;
            own.token = None;
        }
        return own;
    }
    if let Some(text) = texts.other() {
        own.is_other = true;
        own.reason = ("it is no field of a lead: ", "", text);
    }
    if let Some((text, class)) = texts.best() {
        own.is_other = false;
        own.claim = u8::from(text.said.exact);
        own.class = Some(class);
        own.source = Source::Heuristic;
        own.reason = (text.kind, " says ", text.text);
    }
    if field.kind == "email" && own.class != Some(Class::Email) && !texts.says(Class::Other) {
        own.class = Some(Class::Email);
        own.source = Source::Heuristic;
        own.reason = ("its type is email", "", "");
    }
    own
}

/// Why an input of a type is read only when the merchant says so.
fn holds_no_text(kind: &str) -> Option<&'static str> {
    match kind {
        "" | "text" | "email" | "tel" | "number" | "url" => None,
        "hidden" => {
            Some("hidden inputs are read only when they are marked, or change while nothing in sight says the same")
        }
        "checkbox" | "radio" => Some("it is a choice, not a text"),
        _ => Some("it holds no text of a lead"),
    }
}
