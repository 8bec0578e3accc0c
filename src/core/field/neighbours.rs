//! What the fields around a field say of it: a name beside a card number is its holder's, the second street is the second
//! line of the address, a code among cities is a postal code.

use wire::Block;

use super::Field;
use super::class::Class;
use super::opinion::Opinion;

/// How far fields of one group stand apart, in fields.
const NEAR: usize = 3;

/// Hears the neighbours. The fields are in document order.
pub(super) fn hear(fields: &[Field], opinions: &mut [Opinion]) {
    for at in 0..fields.len() {
        by_options(fields, opinions, at);
    }
    // Each of these looks at its neighbours as the step before has left them.
    let steps = [beside_a_card, in_a_row_of_boxes, pin, name, line];
    for step in steps {
        let before = opinions.to_vec();
        for (at, (field, opinion)) in fields.iter().zip(&mut *opinions).enumerate() {
            let page = Page { fields, opinions: &before, at };
            if !opinion.is_settled {
                step(field, opinion, &page);
            }
        }
    }
    strangers(fields, opinions);
    blocks(fields, opinions);
}

/// The fields of a page, seen from one of them.
struct Page<'p, 'a> {
    fields: &'p [Field<'a>],
    opinions: &'p [Opinion<'a>],
    at: usize,
}

impl Page<'_, '_> {
    /// Whether a field of the same form, so many fields away at most, is like this. With `heading`, under the same one.
    fn near(&self, distance: usize, heading: bool, like: &dyn Fn(usize, &Field, &Opinion) -> bool) -> bool {
        let Some(own) = self.fields.get(self.at) else { return false };
        let from = self.at.saturating_sub(distance);
        let around = self.fields.iter().zip(self.opinions).enumerate().skip(from);
        around.take_while(|(at, _)| *at <= self.at.saturating_add(distance)).any(|(at, (field, opinion))| {
            at != self.at
                && field.form == own.form
                && (!heading || field.heading() == own.heading())
                && like(at, field, opinion)
        })
    }
}

/// A select holds what its options are.
#[inline(never)]
fn by_options(fields: &[Field], opinions: &mut [Opinion], at: usize) {
    use Class::{City, Country, Phone, PhonePrefix, State, Zip};
    let (Some(field), Some(opinion)) = (fields.get(at), opinions.get_mut(at)) else { return };
    if field.tag != "select" || opinion.is_settled || opinion.token.is_some() {
        return;
    }
    let (mut dial_codes, mut countries) = (false, false);
    for option in field.options.split('\n') {
        dial_codes |= option.split_once('+').is_some_and(|(_, code)| code.starts_with(|c: char| c.is_ascii_digit()));
        countries |= option.starts_with("afg") || option == "united states";
    }
    opinion.class = match opinion.class {
        Some(Phone | PhonePrefix | Country | State) | None if dial_codes => Some(PhonePrefix),
        Some(State) if countries => Some(Country),
        class => class.filter(|class| matches!(class, PhonePrefix | Country | State | City | Zip)),
    };
    if opinion.class.is_none() {
        opinion.reason = ("it is a choice that is none of a lead", "", "");
    } else if opinion.source == super::Source::None {
        opinion.source = super::Source::Heuristic;
        opinion.reason = ("its options are telephone prefixes", "", "");
    }
}

/// In a group with a card number, a name is the holder's, and what nobody can name belongs to the card.
fn beside_a_card(_: &Field, opinion: &mut Opinion, page: &Page) {
    if opinion.token.is_none() && matches!(opinion.class, None | Some(Class::FullName | Class::Pin)) {
        let is_beside = page.near(NEAR, true, &|other, _, card| {
            let between = page.opinions.iter().take(other.max(page.at)).skip(other.min(page.at) + 1);
            card.is_card() && !between.clone().any(|o| o.class.is_some_and(|c| c.is_lead() && c != Class::FullName))
        });
        if is_beside {
            opinion.forbid(Class::Card);
        }
    }
}

/// A row of boxes of one character each is a code.
fn in_a_row_of_boxes(field: &Field, opinion: &mut Opinion, page: &Page) {
    if field.max_length == "1" {
        if page.near(1, false, &|_, other, _| other.max_length == "1") {
            opinion.forbid(Class::Code);
        } else {
            opinion.dismiss("it holds one character");
        }
    }
}

/// "PIN code" is what India calls its postal codes, and what others call a secret.
fn pin(_: &Field, opinion: &mut Opinion, page: &Page) {
    if opinion.class == Some(Class::Pin) {
        if page.near(2, false, &|_, _, other| other.lead().is_some_and(Class::is_place)) {
            opinion.class = Some(Class::Zip);
        } else {
            opinion.forbid(Class::Code);
        }
    }
}

/// "Name" beside a first name is the last one, and the other way round: Nom and Prénom, Nome and Cognome.
fn name(_: &Field, opinion: &mut Opinion, page: &Page) {
    if opinion.guess() == Some(Class::FullName) {
        let beside = |class: Class| page.near(2, false, &|_, _, other| other.lead() == Some(class));
        match (beside(Class::FirstName), beside(Class::LastName)) {
            (true, false) => opinion.class = Some(Class::LastName),
            (false, true) => opinion.class = Some(Class::FirstName),
            (true, true) => opinion.dismiss("first and last name stand beside it"),
            (false, false) => {}
        }
    }
}

/// Streets in a row are the lines of one address.
fn line(_: &Field, opinion: &mut Opinion, page: &Page) {
    let is_line = |class: Class| matches!(class, Class::Address1 | Class::Address2 | Class::Address3);
    if let Some(own) = opinion.guess().filter(|class| matches!(class, Class::Address1 | Class::Address2)) {
        // How many lines stand right before it.
        let before = page.opinions.iter().zip(page.fields).take(page.at).rev();
        let same = |field: &Field| {
            page.fields.get(page.at).is_some_and(|f| f.form == field.form && f.heading() == field.heading())
        };
        let before = before.take_while(|(other, field)| same(field) && other.lead().is_some_and(is_line));
        let (mut lines, mut streets) = (0, 0);
        for (other, _) in before {
            lines += 1;
            streets += u32::from(other.lead() == Some(Class::Address1));
        }
        opinion.class = Some(match (own, streets, lines) {
            (Class::Address1, 1, 1) => Class::Address2,
            (Class::Address1 | Class::Address2, 1.., 2..) => Class::Address3,
            _ => own,
        });
    }
}

/// Where the page has the shopper's own address, the e-mail of a newsletter or a log-in and whoever gets a gift are others.
#[inline(never)]
fn strangers(fields: &[Field], opinions: &mut [Opinion]) {
    let before = opinions.to_vec();
    let places = before.iter().filter(|opinion| opinion.lead().is_some_and(Class::is_place)).count();
    if places < 2 {
        return;
    }
    let mut emails = 0;
    for opinion in &before {
        emails += u32::from(opinion.lead() == Some(Class::Email) && !opinion.is_stranger);
    }
    for (at, opinion) in opinions.iter_mut().enumerate() {
        let Some(class) = opinion.lead() else { continue };
        let mut is_out = opinion.is_stranger;
        if class == Class::Email && emails > 1 {
            // Alone in its form, or under its heading with a password and nothing else.
            let page = Page { fields, opinions: &before, at };
            let has_company = |heading: bool| {
                page.near(usize::MAX, heading, &|_, _, other| {
                    other.class.is_some_and(|class| class.is_lead() && class != Class::Email)
                })
            };
            let is_log_in = page.near(1, true, &|_, _, other| other.class == Some(Class::Password));
            is_out |= !has_company(true) && (is_log_in || !has_company(false));
        }
        if is_out {
            opinion.dismiss("it is none of the shopper's own address: a newsletter, a log-in or a gift");
        }
    }
}

/// The second address of a form is the one to deliver to; one address alone is the billing address.
#[inline(never)]
fn blocks(fields: &[Field], opinions: &mut [Opinion]) {
    let is_place = |opinion: &Opinion| opinion.lead().is_some_and(Class::is_place);
    let is_delivery = |opinion: &Opinion| opinion.block == Some(Block::Delivery);
    if !opinions.iter().any(|opinion| is_place(opinion) && is_delivery(opinion)) {
        let mut seen = 0_u64;
        let mut seen_first = false;
        let mut form = "";
        let mut second = None;
        for (at, (field, opinion)) in fields.iter().zip(&*opinions).enumerate() {
            let Some(class) =
                opinion.guess().filter(|class| !matches!(class, Class::Email | Class::Phone | Class::PhonePrefix))
            else {
                continue;
            };
            if field.form != form {
                (form, seen, second) = (field.form, 0, None);
            }
            // A full name here and its two halves there are the same.
            let class = if matches!(class, Class::FirstName | Class::LastName) { Class::FullName } else { class };
            let halves = opinion.lead() == Some(Class::LastName) && seen_first;
            seen_first = opinion.lead() == Some(Class::FirstName);
            if seen & (1 << class as u64) != 0 && second.is_none() && !halves {
                second = Some(at);
            }
            seen |= 1 << class as u64;
        }
        let from = second.unwrap_or(usize::MAX);
        if opinions.iter().skip(from).filter(|opinion| is_place(opinion)).count() > 1 {
            for opinion in opinions.iter_mut().skip(from).filter(|opinion| opinion.block.is_none()) {
                opinion.block = Some(Block::Delivery);
            }
        }
    }
    let told = opinions.iter().any(|opinion| opinion.is_told);
    let billing = |class: Option<Class>, opinions: &[Opinion]| {
        opinions
            .iter()
            .any(|o| !is_delivery(o) && o.class.is_some_and(|c| class.map_or(c.is_place(), |class| c == class)))
    };
    let alone = !told && !billing(None, opinions);
    let no_email = !told && !billing(Some(Class::Email), opinions);
    for opinion in opinions {
        if alone || (no_email && opinion.class == Some(Class::Email)) {
            opinion.block = None;
        }
    }
}
