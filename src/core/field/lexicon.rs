//! The terms of all languages, and where they occur in a text.
//!
//! `name*` is a word that begins so, `*name` one that ends so, `=name` says something only where it is all that is said.
//! Scripts that write no spaces between words are searched at every character. Where languages take one word for different
//! things, `de:name` says what it is on a page in German.

use super::class::Class;

/// What `build.rs` has gathered from `terms/`: for each script a line a class, in the order of [`Class::ALL`]. Without the feature
/// `languages` scripts other than Latin have those that forbid alone: the others are loaded by pages that have their letters.
const TERMS: &str = include_str!(concat!(env!("OUT_DIR"), "/terms.txt"));
const BUCKETS: usize = 512;
const NONE: u16 = u16::MAX;

/// A term found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) class: Class,
    /// Where it stands, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The length of the term, which may be a part of the word.
    len: usize,
    /// It says something only where nothing else is said.
    pub(super) alone: bool,
    /// The page's own language says so, and others say something else.
    own: bool,
}

struct Term<'t> {
    text: &'t str,
    class: Class,
    /// It may begin inside a word.
    inner: bool,
    /// It may end inside a word.
    open: bool,
    alone: bool,
    own: bool,
    /// The next term of the same bucket.
    next: u16,
}

/// The terms, by their first two bytes.
pub(super) struct Lexicon<'t> {
    terms: Vec<Term<'t>>,
    heads: [u16; BUCKETS],
}

/// A term of one byte ends with its word.
fn bucket(text: &[u8]) -> usize {
    let byte = |at: usize| text.get(at).filter(|byte| **byte != b' ').map_or(0, |byte| usize::from(*byte));
    (byte(0) * 7 + byte(1) * 31) % BUCKETS
}

/// Hindi, Thai, Chinese, Japanese, Korean: from U+0900 on, three bytes in UTF-8.
fn is_unspaced(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| *byte >= 0xe0)
}

impl<'t> Lexicon<'t> {
    /// The terms for a page in a language, BCP 47: those that are built in, and those that were loaded.
    #[inline(never)]
    pub(super) fn new(language: &str, loaded: &'t str) -> Self {
        let language = primary(language);
        let mut lexicon = Self { terms: Vec::with_capacity(2_000), heads: [NONE; BUCKETS] };
        let classes = || Class::ALL.iter().copied().cycle();
        let lines = TERMS.split('\n').zip(classes()).chain(loaded.split('\n').zip(classes()));
        for (line, class) in lines {
            for written in line.split(',').filter(|written| !written.is_empty()) {
                let (only, written) = written.split_once(':').unwrap_or(("", written));
                if !only.is_empty() && only != language {
                    continue;
                }
                let text = written.trim_matches(['*', '=']);
                let unspaced = is_unspaced(text.as_bytes());
                let Some(head) = lexicon.heads.get_mut(bucket(text.as_bytes())) else { continue };
                let next = std::mem::replace(head, lexicon.terms.len() as u16);
                lexicon.terms.push(Term {
                    text,
                    class,
                    inner: unspaced || written.starts_with('*'),
                    open: unspaced || written.ends_with('*'),
                    alone: written.starts_with('='),
                    own: !only.is_empty(),
                    next,
                });
            }
        }
        lexicon
    }

    /// The terms that occur in a text, without those that are part of a longer one.
    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        let bytes = text.as_bytes();
        let mut hits: Vec<Hit> = Vec::new();
        let is_end = |at: usize| bytes.get(at).is_none_or(|byte| *byte == b' ');
        for start in 0..bytes.len() {
            let Some(rest) = bytes.get(start..).filter(|rest| rest.first().is_some_and(|b| *b != b' ')) else {
                continue;
            };
            let begins = start == 0 || bytes.get(start - 1) == Some(&b' ');
            let mut at = self.heads.get(bucket(rest)).copied().unwrap_or(NONE);
            while let Some(term) = self.terms.get(usize::from(at)) {
                at = term.next;
                let end = start + term.text.len();
                if (begins || term.inner) && rest.starts_with(term.text.as_bytes()) && (term.open || is_end(end)) {
                    let (start, end) = if is_unspaced(rest) { (start, end) } else { word(bytes, start, end) };
                    let (len, alone, own) = (term.text.len(), term.alone, term.own);
                    hits.push(Hit { class: term.class, start, end, len, alone, own });
                }
            }
        }
        // The longer term knows better: "address line 2" is no "address", "Bundesland" no "Land".
        let all = hits.clone();
        hits.retain(|hit| {
            let known_better = |other: &Hit| {
                let is_longer = (hit.len, hit.own) < (other.len, other.own);
                // "code" in "zipcode" says nothing against the zip.
                let is_aside = other.class == Class::CodeWord && hit.class.is_lead();
                other.start <= hit.start && hit.end <= other.end && is_longer && !is_aside
            };
            hit.class.is_section() || !all.iter().any(known_better)
        });
        hits
    }
}

/// The name of the table for a language: what stands before the first hyphen, where it has a newer name that one.
fn primary(language: &str) -> &str {
    match language.split(['-', '_']).next().unwrap_or_default() {
        "no" | "nn" => "nb",
        "iw" => "he",
        "in" => "id",
        primary => primary,
    }
}

/// A part of a word speaks for all of it.
fn word(text: &[u8], start: usize, end: usize) -> (usize, usize) {
    let is_space = |byte: &u8| *byte == b' ';
    let before = text.get(..start).and_then(|before| before.iter().rposition(is_space)).map_or(0, |at| at + 1);
    let after = text.get(end..).and_then(|after| after.iter().position(is_space)).map_or(text.len(), |at| end + at);
    (before, after)
}
