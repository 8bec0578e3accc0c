//! From the description of a field to what it means: the first step of the flow.
//!
//! The browser side describes fields, this module decides; it never sees a value. The order is fixed: a forbidden field is
//! forbidden whatever else it says; then the merchant's mark (`data-lead`), the merchant's option (`fields`), and the
//! page's `autocomplete`.

mod autocomplete;
mod class;
mod classification;
mod context;
mod field_texts;
mod forbidden;
mod lexicon;
mod target;
mod term_matches;
mod words;

pub use target::{Part, Target};
use wire::{Block, concat};

use lexicon::Lexicon;

/// What the browser side can tell of a field without reading its value. Absent is empty. Texts for people (label, aria, placeholder,
/// nearby, options) are folded: lower case, compatible forms unified, accents taken away.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// `input`, `select` or `textarea`.
    pub tag: &'a str,
    /// The `type` of an input, as the browser understands it.
    pub kind: &'a str,
    /// `name`
    pub name: &'a str,
    /// `id`
    pub id: &'a str,
    /// `autocomplete`
    pub autocomplete: &'a str,
    /// `data-lead`
    pub mark: &'a str,
    /// What the option `fields` says of it.
    pub option: &'a str,
    /// The text of its labels, and of what `aria-labelledby` names.
    pub label: &'a str,
    /// `aria-label`
    pub aria: &'a str,
    /// `placeholder`
    pub placeholder: &'a str,
    /// The text before it, up to the field before it.
    pub nearby: &'a str,
    /// Where it stands, a line each: the heading or legend above it, then the names of what is around it, nearest first.
    pub sections: &'a str,
    /// The texts of the first options of a select, a line each.
    pub options: &'a str,
    /// `maxlength`
    pub max_length: &'a str,
    /// The number of its form on the page; `0` is without a form.
    pub form: &'a str,
    /// The language of the page, BCP 47.
    pub language: &'a str,
}

impl<'a> Field<'a> {
    /// Reads a description as `src/browser/survey.js` writes it: the parts in this order, U+001F between two.
    pub fn read(description: &'a str) -> Self {
        let mut parts = description.split('\u{1f}');
        let mut part = || parts.next().unwrap_or_default();
        Self {
            tag: part(),
            kind: part(),
            name: part(),
            id: part(),
            autocomplete: part(),
            mark: part(),
            label: part(),
            aria: part(),
            placeholder: part(),
            nearby: part(),
            sections: part(),
            options: part(),
            max_length: part(),
            form: part(),
            language: part(),
            option: "",
        }
    }

    fn heading(&self) -> &'a str {
        self.sections.split('\n').next().unwrap_or_default()
    }
}

/// Where a decision comes from; the words of `inspect()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `data-lead`
    Attribute,
    /// The option `fields`.
    Option,
    /// The page's `autocomplete`.
    Autocomplete,
    /// Its words: label, name, placeholder, and its neighbours.
    Heuristic,
    /// It is never read.
    Forbidden,
    /// Nothing says what it is.
    None,
}

impl Source {
    /// The word `inspect()` uses.
    pub fn name(self) -> &'static str {
        match self {
            Source::Attribute => "attribute",
            Source::Option => "option",
            Source::Autocomplete => "autocomplete",
            Source::Heuristic => "heuristic",
            Source::Forbidden => "forbidden",
            Source::None => "none",
        }
    }
}

/// What a field means, why, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where its value goes; `None` when it is not read.
    pub target: Option<Target>,
    /// Who says so.
    pub source: Source,
    /// Why, for the merchant.
    pub reason: String,
    /// Where the value of a hidden input goes once it has changed, unless a field in sight has that path.
    pub hidden: Option<Target>,
    /// It continues the value of the field before it that has the same target.
    pub is_part: bool,
    /// How well it says what it is: the better claim to a path wins.
    pub claim: u8,
}

/// Longest text of the page shown in a reason, in characters.
const SHOWN_CHARS: usize = 40;

/// Decides what the fields of a form mean. They are in document order, and their neighbours count.
pub fn recognise(fields: &[Field]) -> Vec<Finding> {
    recognise_with("", fields)
}

/// Decides it with the terms that are built in, and those that the page has loaded: see `build.rs`.
pub fn recognise_with(loaded_terms: &str, fields: &[Field]) -> Vec<Finding> {
    let language = fields.first().map_or("", |field| field.language);
    decide(&Lexicon::new(language, loaded_terms), fields)
}

fn decide(lexicon: &Lexicon, fields: &[Field]) -> Vec<Finding> {
    let mut all = Vec::with_capacity(fields.len());
    for field in fields {
        all.push(classification::of(lexicon, field));
    }
    context::apply_context(fields, &mut all);
    let mut findings = Vec::with_capacity(fields.len());
    for own in all {
        let block = own.block.unwrap_or(Block::Billing);
        let what = own.token.or_else(|| own.class.and_then(class::Class::meaning)).filter(|_| !own.is_settled);
        let target = own.mark.or_else(|| Some(Target::of(block, what?)));
        let (sentence, more, text) = own.reason;
        let end = text.char_indices().nth(SHOWN_CHARS).map_or(text.len(), |(end, _)| end);
        let reason = concat(&[sentence, more, text.get(..end).unwrap_or_default()]);
        let source = if target.is_some() || own.is_settled { own.source } else { Source::None };
        let hidden = own.hidden.map(|what| Target::of(block, what));
        findings.push(Finding { target, source, reason, hidden, is_part: own.is_part, claim: own.claim });
    }
    findings
}

#[cfg(test)]
mod tests;
