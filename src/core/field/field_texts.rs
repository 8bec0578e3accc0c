//! All that the words of one field say, the most trusted first.

use wire::Detail;

use super::Field;
use super::class::Class;
use super::lexicon::Lexicon;
use super::target::FieldMeaning;
use super::term_matches::{TermMatches, by_name, by_text};

/// Text before a field that is longer is an explanation, in bytes.
const SHORT: usize = 40;

/// A text of a field.
#[derive(Debug, Clone, Copy)]
pub(super) struct FieldText<'a> {
    /// What `inspect()` calls it.
    pub(super) kind: &'static str,
    /// How it reads.
    pub(super) text: &'a str,
    pub(super) said: TermMatches,
}

pub(super) struct FieldTexts<'a> {
    /// Label, name, aria-label, placeholder, id, and what stands before it on the page. That is wrong more often than the
    /// others, so it is heard only where they are silent: unheard, it says nothing.
    pub(super) all: [FieldText<'a>; 6],
    /// What stands before it says that the form is a newsletter's, heard or not.
    pub(super) is_newsletter: bool,
}

impl<'a> FieldTexts<'a> {
    #[inline(never)]
    pub(super) fn of(lexicon: &Lexicon, field: &Field<'a>) -> Self {
        let text = |kind, text| FieldText { kind, text, said: by_text(lexicon, text) };
        let name = |kind, text| FieldText { kind, text, said: by_name(lexicon, text) };
        let before = text("preceding text", field.nearby);
        let mut all = [
            text("label", field.label),
            name("name", field.name),
            text("aria-label", field.aria),
            text("placeholder", field.placeholder),
            name("id", field.id),
            FieldText { said: TermMatches::default(), ..before },
        ];
        let [label, named, .., nearby] = &mut all;
        // Where there is no label, the text before a field is one, and numbers its lines better than a name does.
        let numbered = field.label.is_empty()
            && named.said.class == Some(Class::Address1)
            && before.said.class.is_some_and(Class::is_place);
        let counts = before.said.exact || field.nearby.len() <= SHORT;
        if numbered && counts {
            *label = before;
        }
        *nearby = FieldText { said: TermMatches::default(), ..before };
        if counts && all.iter().all(|text| text.said.class.is_none_or(|class| class == Class::Username)) {
            let [.., nearby] = &mut all;
            *nearby = before;
        }
        Self { all, is_newsletter: before.said.speaks_of(Class::Newsletter) }
    }

    /// Whether any of them says it.
    pub(super) fn says(&self, class: Class) -> bool {
        self.all.iter().any(|text| text.said.class == Some(class))
    }

    /// What any of them forbids.
    #[inline(never)]
    pub(super) fn forbidden(&self, field: &Field) -> Option<Class> {
        let mut certain = None;
        // "code" and "verification" stand beside postal codes and repeated e-mail addresses too: what people read says which,
        // and so do the page's `autocomplete` and a name that says postcode.
        let mut cleared = field.tag == "select" || is_place_token(field.autocomplete);
        for text in &self.all {
            use Class::{Country, Email, FiscalCode, PhonePrefix, State, Zip};
            if let Some(class) = text.said.class.filter(|class| class.is_forbidden()) {
                certain = Some(certain.map_or(class, |known: Class| known.min(class)));
            }
            cleared |= text.said.class == Some(Zip);
            let is_read = text.kind != "name" && text.kind != "id" && text.said.exact;
            cleared |= is_read && matches!(text.said.class, Some(Country | Email | FiscalCode | PhonePrefix | State));
        }
        certain.or_else(|| (!cleared && self.says(Class::CodeWord)).then_some(Class::Code))
    }

    /// What the name or the id of a hidden input says for sure.
    pub(super) fn certain(&self) -> Option<Class> {
        let named = self.all.iter().filter(|text| matches!(text.kind, "name" | "id") && !text.text.is_empty());
        let mut classes = named.map(|text| text.said.class.filter(|class| text.said.exact && class.is_lead()));
        let first = classes.next()??;
        classes.all(|class| class.is_none_or(|class| class == first)).then_some(first)
    }

    /// The text that says that it is something else than a field of a lead.
    pub(super) fn other(&self) -> Option<&'a str> {
        let is_other = |text: &&FieldText| matches!(text.said.class, Some(Class::Other | Class::Username));
        self.all.iter().find(is_other).map(|text| text.text)
    }

    /// What the page's name and label agree on.
    pub(super) fn agreed(&self) -> Option<Class> {
        let [label, name, ..] = &self.all;
        label.said.class.filter(|_| label.said.class == name.said.class)
    }

    /// The text that says best what the field is, and what that is, if it is of the lead.
    #[inline(never)]
    pub(super) fn best(&self) -> Option<(FieldText<'a>, Class)> {
        use Class::{CodeWord, Email, FullName, Phone, PhonePrefix, Pin, Username};
        let [label, name, ..] = &self.all;
        let mut best = if label.said.exact { *label } else { *name };
        for text in &self.all {
            if best.said.class.is_none_or(|class| class == CodeWord) {
                best = *text;
            }
        }
        // A log-in name and a "name" may be an e-mail address, a number may be the prefix of one: another text knows.
        let class = match best.said.class? {
            Username | FullName if self.says(Email) => Email,
            Phone if self.says(PhonePrefix) => PhonePrefix,
            class => class,
        };
        (class.is_lead() || class == Pin).then_some((best, class))
    }
}

/// Whether `autocomplete` names a part of a place, which may be called a code.
fn is_place_token(autocomplete: &str) -> bool {
    let names_a_place = |token: super::autocomplete::Token| {
        matches!(token.what, Some(FieldMeaning::Detail(Detail::Zip | Detail::CountryCode | Detail::State)))
    };
    super::autocomplete::token(autocomplete).is_some_and(names_a_place)
}
