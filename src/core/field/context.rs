//! What the fields around a field say of it: a name beside a card number is its holder's, the second street is the second
//! line of the address, a code among cities is a postal code.

use wire::Block;

use super::Field;
use super::class::Class;
use super::classification::Classification;

/// How far fields of one group stand apart, in fields.
const NEAR: usize = 3;

/// Applies what stands around each field. The fields are in document order.
pub(super) fn apply_context(fields: &[Field], found: &mut [Classification]) {
    for at in 0..fields.len() {
        by_options(fields, found, at);
    }
    // Each of these looks at its neighbours as the step before has left them.
    let steps = [beside_a_card, in_a_row_of_boxes, pin, name, line];
    for step in steps {
        let before = found.to_vec();
        for (at, (field, own)) in fields.iter().zip(&mut *found).enumerate() {
            let page = Page { fields, found: &before, at };
            if !own.is_settled {
                step(field, own, &page);
            }
        }
    }
    for at in 1..fields.len() {
        part(fields, found, at);
    }
    exclude_unrelated(fields, found);
    blocks(fields, found);
}

/// The fields of a page, seen from one of them.
struct Page<'p, 'a> {
    fields: &'p [Field<'a>],
    found: &'p [Classification<'a>],
    at: usize,
}

impl Page<'_, '_> {
    /// Whether a field of the same form, so many fields away at most, is like this. With `heading`, under the same one.
    fn near(&self, distance: usize, heading: bool, like: &dyn Fn(usize, &Field, &Classification) -> bool) -> bool {
        let Some(own) = self.fields.get(self.at) else { return false };
        let from = self.at.saturating_sub(distance);
        let around = self.fields.iter().zip(self.found).enumerate().skip(from);
        around.take_while(|(at, _)| *at <= self.at.saturating_add(distance)).any(|(at, (field, found))| {
            at != self.at
                && field.form == own.form
                && (!heading || field.heading() == own.heading())
                && like(at, field, found)
        })
    }
}

/// A select holds what its options are.
#[inline(never)]
fn by_options(fields: &[Field], found: &mut [Classification], at: usize) {
    use Class::{City, Country, Phone, PhonePrefix, State, Zip};
    let is_number = |option: &str| !option.is_empty() && option.bytes().all(|byte| byte.is_ascii_digit());
    let (Some(field), Some(own)) = (fields.get(at), found.get_mut(at)) else { return };
    if field.tag != "select" || own.is_settled || own.token.is_some() {
        return;
    }
    let (mut dial_codes, mut countries) = (false, false);
    for option in field.options.split('\n') {
        dial_codes |= option.split_once('+').is_some_and(|(_, code)| code.starts_with(|c: char| c.is_ascii_digit()));
        countries |= option.starts_with("afg") || option == "united states";
    }
    own.class = match own.class {
        Some(Phone | PhonePrefix | Country | State) | None if dial_codes => Some(PhonePrefix),
        Some(State) if countries => Some(Country),
        // The first of the boxes of a telephone number.
        Some(Phone) if field.options.split('\n').filter(|option| is_number(option)).count() > 2 => Some(Phone),
        class => class.filter(|class| matches!(class, PhonePrefix | Country | State | City | Zip)),
    };
    if own.class.is_none() {
        own.reason = ("it is a choice that is none of a lead", "", "");
    } else if own.source == super::Source::None {
        own.source = super::Source::Heuristic;
        own.reason = ("its options are telephone prefixes", "", "");
    }
}

/// In a group with a card number, a name is the holder's, and what nobody can name is not read.
fn beside_a_card(_: &Field, own: &mut Classification, page: &Page) {
    if own.token.is_none() && !own.is_other && matches!(own.class, None | Some(Class::FullName | Class::Pin)) {
        let is_beside = page.near(NEAR, true, &|other, field, card| {
            let is_choice = matches!(field.kind, "radio" | "checkbox");
            let between = page.found.iter().take(other.max(page.at)).skip(other.min(page.at) + 1);
            card.is_card()
                && !is_choice
                && !between.clone().any(|o| o.class.is_some_and(|c| c.is_lead() && c != Class::FullName))
        });
        if is_beside {
            own.forbid_because(match own.class {
                Some(Class::FullName) => "it is the name on a card: a card number stands beside it",
                Some(_) => "it is a secret code: a card number stands beside it",
                None => "a card number stands beside it, and nothing says that it is something else",
            });
        }
    }
}

/// A row of boxes of one character each is a code.
fn in_a_row_of_boxes(field: &Field, own: &mut Classification, page: &Page) {
    if field.max_length == "1" {
        if page.near(1, false, &|_, other, _| other.max_length == "1") {
            own.forbid(Class::Code);
        } else {
            own.dismiss("it holds one character");
        }
    }
}

/// "PIN code" is what India calls its postal codes, and what others call a secret.
fn pin(_: &Field, own: &mut Classification, page: &Page) {
    if own.class == Some(Class::Pin) {
        if page.near(2, false, &|_, _, other| other.lead().is_some_and(Class::is_place)) {
            own.class = Some(Class::Zip);
        } else {
            own.forbid(Class::Code);
        }
    }
}

/// "Name" beside a first name is the last one, and the other way round: Nom and Prénom, Nome and Cognome.
fn name(_: &Field, own: &mut Classification, page: &Page) {
    if own.guess() == Some(Class::FullName) {
        let beside = |class: Class| page.near(2, false, &|_, _, other| other.lead() == Some(class));
        match (beside(Class::FirstName), beside(Class::LastName)) {
            (true, false) => own.class = Some(Class::LastName),
            (false, true) => own.class = Some(Class::FirstName),
            (true, true) => own.dismiss("first and last name stand beside it"),
            (false, false) => {}
        }
    }
}

/// Streets in a row are the lines of one address.
fn line(_: &Field, own: &mut Classification, page: &Page) {
    let is_line = |class: Class| matches!(class, Class::Address1 | Class::Address2 | Class::Address3);
    if let Some(class) = own.guess().filter(|class| matches!(class, Class::Address1 | Class::Address2)) {
        // How many lines stand right before it.
        let before = page.found.iter().zip(page.fields).take(page.at).rev();
        let same = |field: &Field| {
            page.fields.get(page.at).is_some_and(|f| f.form == field.form && f.heading() == field.heading())
        };
        let before = before.take_while(|(other, field)| same(field) && other.lead().is_some_and(is_line));
        let (mut lines, mut streets) = (0, 0);
        for (other, _) in before {
            lines += 1;
            streets += u32::from(other.lead() == Some(Class::Address1));
        }
        own.class = Some(match (class, streets, lines) {
            (Class::Address1, 1, 1) => Class::Address2,
            (Class::Address1 | Class::Address2, 1.., 2..) => Class::Address3,
            _ => class,
        });
    }
}

/// The most characters of a box that holds a part of a number.
const BOX_CHARS: u32 = 6;

/// Fields of one kind right beside each other are the parts of one value, where they are boxes too small for the whole or
/// where one label stands for them.
#[inline(never)]
fn part(fields: &[Field], found: &mut [Classification], at: usize) {
    use Class::{Email, FiscalCode, Phone, Zip};
    let (Some([before, field]), Some([first, own])) = (fields.get(at - 1..=at), found.get_mut(at - 1..=at)) else {
        return;
    };
    let Some(class) = first.lead().filter(|class| matches!(class, Email | FiscalCode | Phone | Zip)) else { return };
    let holds_text = field.tag == "input" && matches!(field.kind, "text" | "tel" | "number" | "");
    if own.is_settled {
        return;
    }
    if field.form != before.form || !holds_text || own.token.is_some() != first.token.is_some() {
        return;
    }
    let says_nothing = own.class.is_none() && !own.is_other && is_silent(field);
    let is_same = own.lead() == Some(class) || says_nothing;
    let is_box = |field: &Field| (2..=BOX_CHARS).contains(&field.max_length.parse().unwrap_or(u32::MAX));
    let is_boxes = is_box(field) && (is_box(before) || before.tag == "select");
    let is_one_label = (is_silent(field) || field.label == before.label) && is_numbered(field.name, before.name);
    let continues = match class {
        // `ada` @ `example.com`
        Email => field.nearby == "@",
        _ => is_boxes || is_one_label,
    };
    if is_same && continues {
        if says_nothing {
            (own.class, own.source, own.claim) = (Some(class), first.source, first.claim);
            own.reason = ("it continues the field before it", "", "");
        }
        own.block = own.block.or(first.block);
        own.is_part = true;
    }
}

/// Whether no text for people says what a field is; a sign between two boxes says nothing.
fn is_silent(field: &Field) -> bool {
    let is_word = |text: &str| text.chars().filter(|c| c.is_ascii_alphabetic() || *c > '\u{2ff}').count() > 1;
    ![field.label, field.aria, field.placeholder, field.nearby].into_iter().any(is_word)
}

/// Whether two names are one but for their numbers: `phone1` and `phone2`, `tel[0]` and `tel[1]`.
fn is_numbered(name: &str, before: &str) -> bool {
    let stem = |name: &str| name.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    !name.is_empty() && (name == before || (name.len() == before.len() && stem(name) == stem(before)))
}

/// Where the page has the shopper's own address, the e-mail of a newsletter or a log-in and whoever gets a gift are others.
#[inline(never)]
fn exclude_unrelated(fields: &[Field], found: &mut [Classification]) {
    let before = found.to_vec();
    let places = before.iter().filter(|own| own.lead().is_some_and(Class::is_place)).count();
    if places < 2 {
        return;
    }
    let mut emails = 0;
    for own in &before {
        emails += u32::from(own.lead() == Some(Class::Email) && !own.is_unrelated);
    }
    for (at, own) in found.iter_mut().enumerate() {
        let Some(class) = own.lead() else { continue };
        let mut is_out = own.is_unrelated;
        if class == Class::Email && emails > 1 {
            // Alone in its form, or under its heading with a password and nothing else.
            let page = Page { fields, found: &before, at };
            let has_company = |heading: bool| {
                page.near(usize::MAX, heading, &|_, _, other| {
                    other.class.is_some_and(|class| class.is_lead() && class != Class::Email)
                })
            };
            let is_log_in = page.near(1, true, &|_, _, other| other.class == Some(Class::Password));
            is_out |= !has_company(true) && (is_log_in || !has_company(false));
        }
        if is_out && !own.is_part {
            own.dismiss("it is none of the shopper's own address: a newsletter, a log-in or a gift");
        }
    }
}

/// The second address of a form is the one to deliver to; one address alone is the billing address.
#[inline(never)]
fn blocks(fields: &[Field], found: &mut [Classification]) {
    let is_place = |own: &Classification| own.lead().is_some_and(Class::is_place);
    let is_delivery = |own: &Classification| own.block == Some(Block::Delivery);
    if !found.iter().any(|own| is_place(own) && is_delivery(own)) {
        let from = second_address(fields, found).unwrap_or(usize::MAX);
        for own in found.iter_mut().skip(from).filter(|own| own.block.is_none()) {
            own.block = Some(Block::Delivery);
        }
    }
    let told = found.iter().any(|own| own.is_told);
    let billing = |class: Option<Class>, found: &[Classification]| {
        found.iter().any(|o| !is_delivery(o) && o.class.is_some_and(|c| class.map_or(c.is_place(), |class| c == class)))
    };
    let alone = !told && !billing(None, found);
    let no_email = !told && !billing(Some(Class::Email), found);
    for own in found.iter_mut() {
        if alone || (no_email && own.class == Some(Class::Email)) {
            own.block = None;
        }
    }
    // A hidden input belongs to the address it stands in.
    let mut block = None;
    for own in found {
        match own.hidden {
            Some(_) => own.block = own.block.or(block),
            None if own.lead().is_some() => block = own.block,
            None => {}
        }
    }
}

/// A field of an address, as one of a run.
#[derive(Clone, Copy)]
struct Step<'a> {
    at: usize,
    class: Class,
    form: &'a str,
    heading: &'a str,
    prefix: &'a str,
}

/// Where the second address of a form begins: at a heading or a prefix of names, or where a whole run of fields is repeated.
/// One field that is there twice, as a list and as a text, begins none.
fn second_address(fields: &[Field], found: &[Classification]) -> Option<usize> {
    let mut run: Vec<Step> = Vec::new();
    for (at, (field, own)) in fields.iter().zip(found).enumerate() {
        let Some(class) = own.lead().filter(|_| !own.is_told && !own.is_part) else { continue };
        let class = match class {
            Class::Email | Class::Phone | Class::PhonePrefix => continue,
            // A full name here and its two halves there are the same.
            Class::FirstName | Class::LastName => Class::FullName,
            class => class,
        };
        let step = Step { at, class, form: field.form, heading: field.heading(), prefix: prefix(field.name) };
        if run.last().is_none_or(|last| (last.class, last.form) != (step.class, step.form)) {
            run.push(step);
        }
    }
    let mut last: Option<Step> = None;
    for (place, first) in run.iter().enumerate() {
        let Some(before) = last.replace(*first) else { continue };
        let (mut seen, mut after, mut places) = (0_u64, 0_u64, 0);
        for (at, step) in run.iter().enumerate().filter(|(_, step)| step.form == first.form) {
            if at < place {
                seen |= 1 << step.class as u64;
            } else {
                after |= 1 << step.class as u64;
                places += u32::from(step.class.is_place());
            }
        }
        let repeated = (seen & after).count_ones();
        let begins = before.heading != first.heading || before.prefix != first.prefix;
        let is_run = repeated >= 3 || after & seen == seen || begins;
        if seen & 1 << first.class as u64 != 0 && repeated >= 2 && is_run && places > 1 {
            return Some(first.at);
        }
    }
    None
}

/// What stands before the last part of a name: `billing` of `billing[city]`.
fn prefix(name: &str) -> &str {
    let name = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    name.rfind(|c: char| !c.is_ascii_alphanumeric()).and_then(|end| name.get(..end)).unwrap_or_default()
}
