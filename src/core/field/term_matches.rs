//! What one text of a field says: its label, its name, its placeholder, a heading above it.

use wire::Block;

use super::class::Class;
use super::lexicon::{Hit, Lexicon};
use super::words;

/// What a text says. Nothing, where no term of the tables occurs in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TermMatches {
    /// What the field is.
    pub(super) class: Option<Class>,
    /// Nothing else is said.
    pub(super) exact: bool,
    /// Every class that is spoken of, a bit each.
    classes: u64,
}

impl TermMatches {
    pub(super) fn speaks_of(&self, class: Class) -> bool {
        self.classes & bit(class) != 0
    }

    pub(super) fn block(&self) -> Option<Block> {
        match (self.speaks_of(Class::Billing), self.speaks_of(Class::Delivery)) {
            (true, false) => Some(Block::Billing),
            (false, true) => Some(Block::Delivery),
            _ => None,
        }
    }
}

fn bit(class: Class) -> u64 {
    1 << class as u64
}

impl Class {
    pub(super) fn is_lead(self) -> bool {
        (Class::PhonePrefix..=Class::FullName).contains(&self)
    }

    /// A part of the place an address names.
    pub(super) fn is_place(self) -> bool {
        (Class::Zip..=Class::Address2).contains(&self) || (Class::Address1..=Class::State).contains(&self)
    }

    /// It says where a field stands, as a part of a word too: "Lieferadresse".
    pub(super) fn is_section(self) -> bool {
        (Class::Billing..=Class::Gift).contains(&self)
    }

    /// Around a field these words say nothing of what it is.
    fn is_aside(self) -> bool {
        matches!(self, Class::Filler | Class::Billing | Class::Delivery | Class::CodeWord)
    }
}

/// A text for people, folded.
#[inline(never)]
pub(super) fn by_text(lexicon: &Lexicon, text: &str) -> TermMatches {
    let said = read(lexicon, &words::of_text(text, false), false);
    let aside = words::of_text(text, true);
    if aside.is_empty() {
        return said;
    }
    // An aside forbids, takes back and tells which: "name (as on the card)", "name (furigana)", "name (first)".
    let aside = read(lexicon, &aside, false);
    let counts = match said.class {
        None => true,
        Some(Class::FullName) => aside.class.is_some_and(|class| !class.is_lead() || aside.exact),
        Some(_) => false,
    };
    let classes = said.classes | aside.classes;
    if counts { TermMatches { classes, ..aside } } else { TermMatches { classes, ..said } }
}

/// A `name` or an `id`.
#[inline(never)]
pub(super) fn by_name(lexicon: &Lexicon, name: &str) -> TermMatches {
    read(lexicon, &words::of_name(name), true)
}

fn read(lexicon: &Lexicon, text: &str, is_name: bool) -> TermMatches {
    use Class::{
        Address1, Address2, CardWord, City, CodeWord, Company, Country, Email, FirstName, FiscalCode, FullName,
    };
    use Class::{HouseNumber, LastName, Other, Phone, PhonePrefix, Pin, State, Username, Zip};
    let mut hits = lexicon.hits(text);
    // "First and last name": a word that says something only by itself counts beside its other half.
    let halves = hits.iter().fold(0, |halves, hit| if hit.alone { halves | bit(hit.class) } else { halves });
    let mut at = 0;
    while let Some(hit) = hits.get(at) {
        if hit.alone && !is_all(text, hit, &hits, is_name) {
            hits.remove(at);
        } else {
            at += 1;
        }
    }
    let mut said = TermMatches::default();
    let (mut first, mut last) = (usize::MAX, 0);
    for hit in &hits {
        said.classes |= bit(hit.class);
        if hit.class.is_forbidden() {
            said.class = Some(said.class.map_or(hit.class, |class| class.min(hit.class)));
            said.exact = true;
        }
        if hit.class.is_lead() || matches!(hit.class, Other | Username) {
            first = first.min(hit.start);
            last = last.max(hit.end);
        }
    }
    if said.class.is_some() {
        return said;
    }
    let mut best: Option<Hit> = None;
    for hit in &hits {
        let is_other = matches!(hit.class, Other | Username);
        // The last word of a name is the field, those before it are where it stands: `email_first_name`, `emailSubject`.
        // In a text an other thing is one only where it comes first: "search by city", "e-mail for your order number".
        let counts = if is_name { hit.end == last } else { !is_other || hit.start == first };
        if counts && (hit.class.is_lead() || is_other) && best.is_none_or(|best| hit.class < best.class) {
            best = Some(*hit);
        }
    }
    said.exact = best.is_some_and(|best| is_all(text, &best, &hits, is_name));
    said.class = best.map(|best| best.class);
    if is_name && let Some(name) = best.filter(|best| best.class == FullName && best.alone) {
        // What is named comes right before "name": `company_name`, `cityName`.
        let named = hits.iter().find(|hit| {
            hit.end + 1 == name.start && matches!(hit.class, Company | Address1 | City | Country | State | HouseNumber)
        });
        said.class = named.map_or(said.class, |named| Some(named.class));
    }
    if !is_name {
        let starts = |class: Class| hits.iter().find(|hit| hit.class == class).map_or(usize::MAX, |hit| hit.start);
        // Both halves of a sum: "first and last name", "street and house number", "street, floor, flat".
        said.class = match said.class {
            Some(FirstName) if said.speaks_of(LastName) => Some(FullName),
            Some(FirstName | LastName) if halves & bit(FullName) != 0 => Some(FullName),
            Some(HouseNumber) if said.speaks_of(Address1) => Some(Address1),
            Some(Address2) if starts(Address1) < starts(Address2) => Some(Address1),
            // "Address of the company": what is asked for is where it is.
            Some(Company) => {
                let places = [Address1, City, Country, State].into_iter().filter(|place| said.speaks_of(*place));
                places.min_by_key(|place| starts(*place)).or(Some(Company))
            }
            class => class,
        };
    }
    // A card's and a code's own words leave only what they can be a part of.
    let class = said.class;
    if said.speaks_of(CardWord) && class.is_none_or(|c| !c.is_place() && !matches!(c, Email | Phone | Other)) {
        said.class = Some(Class::Card);
    } else if said.speaks_of(Pin) && class.is_none_or(|class| class == FullName) {
        said.class = Some(Pin);
    } else if said.speaks_of(CodeWord)
        && !matches!(class, Some(Zip | Country | State | PhonePrefix | FiscalCode | Other))
    {
        said.class = Some(CodeWord);
    }
    said
}

/// Whether all words but those of a hit say nothing by themselves. Words of two letters never do: of, de, la, y.
fn is_all(text: &str, hit: &Hit, hits: &[Hit], is_name: bool) -> bool {
    let passes = |other: &Hit| {
        other.class.is_aside()
            || other.class == hit.class
            || (other.class == Class::State && hit.class == Class::Country)
            || (is_name && other.class.is_lead() && other.end <= hit.start)
    };
    let mut at = 0;
    for word in text.split(' ') {
        let is_short = word.len() <= 2 || word.bytes().all(|byte| byte.is_ascii_digit());
        for byte in at..at + word.len() {
            let mut over = hits.iter().filter(|other| (other.start..other.end).contains(&byte)).peekable();
            let says_nothing = is_short && over.peek().is_none();
            if !says_nothing && !over.any(passes) {
                return false;
            }
        }
        at += word.len() + 1;
    }
    true
}
