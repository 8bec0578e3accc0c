//! What a field says of itself, before its neighbours are heard.

use wire::Block;

use super::class::Class;
use super::lexicon::Lexicon;
use super::said::by_name;
use super::target::{Target, What};
use super::texts::Texts;
use super::{Field, Source, autocomplete, forbidden};

/// Why a field is taken for what it is: a sentence, or a sentence and a text of the page.
pub(super) type Reason<'a> = (&'static str, &'static str, &'a str);

/// What a field says of itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opinion<'a> {
    /// Nothing a neighbour says changes it.
    pub(super) is_settled: bool,
    /// What it is.
    pub(super) class: Option<Class>,
    /// What its `autocomplete` says, which knows more parts than words do.
    pub(super) token: Option<What>,
    /// What the merchant says.
    pub(super) mark: Option<Target>,
    pub(super) source: Source,
    pub(super) reason: Reason<'a>,
    pub(super) block: Option<Block>,
    /// The page says the block in `autocomplete` or by a mark.
    pub(super) is_told: bool,
    /// It stands in a newsletter's form, or is about a gift.
    pub(super) is_stranger: bool,
}

impl<'a> Opinion<'a> {
    pub(super) fn forbid(&mut self, class: Class) {
        self.settle(Source::Forbidden, (forbidden::reason(class), "", ""));
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
pub(super) fn of<'a>(lexicon: &Lexicon, field: &Field<'a>) -> Opinion<'a> {
    let texts = Texts::of(lexicon, field);
    let mut opinion = Opinion {
        is_settled: false,
        class: None,
        token: None,
        mark: None,
        source: Source::None,
        reason: ("nothing says that it is a field of the lead: add autocomplete or data-lead", "", ""),
        block: None,
        is_told: false,
        is_stranger: false,
    };
    opinion.is_stranger = texts.is_newsletter;
    let mut hear = |said: super::said::Said| {
        opinion.block = opinion.block.or(said.block());
        opinion.is_stranger |= said.speaks_of(Class::Newsletter) || said.speaks_of(Class::Gift);
    };
    texts.all.iter().for_each(|text| hear(text.said));
    field.sections.split('\n').for_each(|section| hear(by_name(lexicon, section)));

    let is_clear = texts.agreed().is_some_and(Class::is_lead);
    if let Some(class) = forbidden::by_kind(field, is_clear).or_else(|| texts.forbidden(field)) {
        opinion.class = Some(class);
        opinion.forbid(class);
        return opinion;
    }
    let merchant = [(field.mark, Source::Attribute, "data-lead"), (field.option, Source::Option, "the option fields")];
    for (said, source, who) in merchant {
        let said = said.trim();
        if said.is_empty() {
            continue;
        }
        opinion.mark = Target::from_name(said);
        opinion.class = opinion.mark.and_then(Target::class);
        let block = opinion.mark.and_then(Target::block);
        opinion.is_told = block.is_some();
        opinion.block = block.or(opinion.block);
        let reason = match opinion.mark {
            Some(_) => (who, " says so", ""),
            None if said.eq_ignore_ascii_case("ignore") => (who, " says to ignore it", ""),
            None => (who, " names no field of a lead: ", said),
        };
        opinion.settle(source, reason);
        return opinion;
    }
    if let Some(reason) = holds_no_text(field.kind) {
        opinion.dismiss(reason);
        return opinion;
    }
    if let Some(token) = autocomplete::token(field.autocomplete)
        && let Some(what) = token.what
    {
        opinion.class = Class::of(what);
        opinion.token = Some(what);
        opinion.source = Source::Autocomplete;
        opinion.reason = ("autocomplete is ", "", field.autocomplete);
        opinion.is_told = token.block.is_some();
        opinion.block = token.block.or(opinion.block);
        // `autocomplete="name"` stands on first and last names too: the page's own two words know better.
        let agreed = texts.agreed();
        if opinion.class == Some(Class::FullName) && matches!(agreed, Some(Class::FirstName | Class::LastName)) {
            opinion.class = agreed;
            opinion.token = None;
        }
        return opinion;
    }
    if let Some((text, class)) = texts.best() {
        opinion.class = Some(class);
        opinion.source = Source::Heuristic;
        opinion.reason = (text.kind, " says ", text.text);
    }
    if field.kind == "email" && opinion.class != Some(Class::Email) && !texts.says(Class::Other) {
        opinion.class = Some(Class::Email);
        opinion.source = Source::Heuristic;
        opinion.reason = ("its type is email", "", "");
    }
    opinion
}

/// Why an input of a type is read only when the merchant says so.
fn holds_no_text(kind: &str) -> Option<&'static str> {
    match kind {
        "" | "text" | "email" | "tel" | "number" | "url" => None,
        "hidden" => Some("hidden inputs are read only when they are marked"),
        "checkbox" | "radio" => Some("it is a choice, not a text"),
        _ => Some("it holds no text of a lead"),
    }
}
