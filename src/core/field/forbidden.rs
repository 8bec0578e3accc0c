//! Fields that are never read, whatever they call themselves and whoever marks them (rule 3).

use super::Field;
use super::class::Class;

/// What the type and the `autocomplete` of a field forbid, WHATWG HTML, section 4.10.18.7.1.
///
/// `new-password` also stands on streets, to keep a browser from filling them in: `is_clear` says that its name and
/// its label agree on what it is. Without them it may be a password that the shopper has made visible.
pub(super) fn by_kind(field: &Field, is_clear: bool) -> Option<Class> {
    if field.kind == "password" {
        return Some(Class::Password);
    }
    let autocomplete = field.autocomplete.to_ascii_lowercase();
    autocomplete.split_ascii_whitespace().find_map(|token| match token {
        "new-password" if is_clear => None,
        "current-password" | "new-password" => Some(Class::Password),
        "one-time-code" => Some(Class::Code),
        _ if token.starts_with("cc-") => Some(Class::Card),
        _ if token.starts_with("bday") => Some(Class::Birthday),
        _ => None,
    })
}

/// Why, for the merchant.
pub(super) fn reason(class: Class) -> &'static str {
    match class {
        Class::Password => "it is a password",
        Class::Card => "it belongs to a card",
        Class::Expiry => "it is a date that may be a card's or a birthday",
        Class::Birthday => "it is a birthday",
        Class::Identity => "it is the number of a person or of an identity card",
        Class::Account => "it is a bank account",
        _ => "it is a secret code",
    }
}
