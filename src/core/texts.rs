//! The words a shopper reads beside the consent checkbox, and which language they are in.
//!
//! They stand in `src/view/texts`, a file for each language, named by its BCP 47 tag. The module carries English alone and
//! loads the file of the language in use; a Leptos storefront has all of them, with the feature `languages`.

use std::borrow::Cow;

/// What a shopper reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// The language, as a BCP 47 tag such as `pt-BR`.
    pub language: Cow<'static, str>,
    /// The label of the checkbox.
    pub consent: Cow<'static, str>,
    /// Shown once the proxy has everything.
    pub saved: Cow<'static, str>,
    /// That consent can be withdrawn (GDPR, article 7(3)).
    pub withdraw: Cow<'static, str>,
    /// The text of the link to the shop's privacy page.
    pub privacy: Cow<'static, str>,
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "fa", "he", "ur"];

/// Other names that pages use: for the Norwegian that most write, for what is written in traditional characters, where they
/// name the place instead of the script, and the codes of before 1989.
const ALIASES: [(&str, &str); 7] = [
    ("no", "nb"),
    ("nn", "nb"),
    ("zh-TW", "zh-Hant"),
    ("zh-HK", "zh-Hant"),
    ("zh-MO", "zh-Hant"),
    ("iw", "he"),
    ("in", "id"),
];

/// The tag of the texts to show: `setting` is the language the merchant has set, `page` the `lang` of the page. The setting
/// decides the language, and the page its variant where it is in the same language: `PT` on a page in `pt-BR` is Brazilian.
#[must_use]
pub fn language(setting: Option<&str>, page: Option<&str>) -> &'static str {
    let of_page = page.and_then(known);
    match setting.and_then(known) {
        Some(set) => of_page.filter(|tag| primary(tag) == primary(set)).unwrap_or(set),
        None => of_page.unwrap_or("en"),
    }
}

/// `rtl` or `ltr`, for the `dir` of what shows these texts.
#[must_use]
pub fn direction(language: &str) -> &'static str {
    if RIGHT_TO_LEFT.contains(&primary(language)) { "rtl" } else { "ltr" }
}

/// The texts of a tag that [`language`] gave, or English where those are not built in.
#[must_use]
pub fn built_in(language: &str) -> Texts {
    BUILT_IN.iter().find(|texts| texts.language == language).unwrap_or(&ENGLISH).clone()
}

fn primary(tag: &str) -> &str {
    tag.get(..tag.bytes().position(is_hyphen).unwrap_or(tag.len())).unwrap_or_default()
}

/// Pages write `pt_BR` as well.
fn is_hyphen(byte: u8) -> bool {
    matches!(byte, b'-' | b'_')
}

/// Whether `tag` is `known` or a variant of it: `de-AT` is one of `de`.
fn is_within(tag: &str, known: &str) -> bool {
    let mut rest = tag.bytes();
    let same = |byte: u8| {
        rest.next().is_some_and(|other| other.eq_ignore_ascii_case(&byte) || is_hyphen(other) && byte == b'-')
    };
    known.bytes().all(same) && rest.next().is_none_or(is_hyphen)
}

/// The longest known tag that `tag` is or begins with (RFC 4647, section 3.4: lookup).
fn known(tag: &str) -> Option<&'static str> {
    let alias = ALIASES.iter().find(|(other, _)| is_within(tag, other)).map(|(_, known)| *known);
    let longest = || LANGUAGES.iter().copied().filter(|known| is_within(tag, known)).max_by_key(|known| known.len());
    alias.or_else(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_decides_the_language_and_the_page_its_variant() {
        /// setting, the page's `lang`, shown
        const CASES: &[(Option<&str>, Option<&str>, &str)] = &[
            (None, None, "en"),
            (None, Some(""), "en"),
            (None, Some("tlh"), "en"),
            (None, Some("de-AT"), "de"),
            (None, Some("pt-BR"), "pt-BR"),
            (None, Some("pt_br"), "pt-BR"),
            (None, Some("pt-PT"), "pt"),
            (None, Some("zh-Hant-HK"), "zh-Hant"),
            (None, Some("zh-TW"), "zh-Hant"),
            (None, Some("zh-CN"), "zh"),
            (None, Some("no"), "nb"),
            (Some("DE"), Some("en-US"), "de"),
            (Some("PT"), Some("pt-BR"), "pt-BR"),
            (Some("ZH"), Some("zh-TW"), "zh-Hant"),
            (Some("EN"), Some("de"), "en"),
            (Some("XX"), Some("fr"), "fr"),
        ];
        for (setting, page, shown) in CASES {
            assert_eq!(language(*setting, *page), *shown, "{setting:?} on a page in {page:?}");
        }
    }

    #[test]
    #[cfg(feature = "languages")]
    fn each_language_says_everything_and_english_stands_in() {
        assert!(LANGUAGES.len() >= 24);
        for language in LANGUAGES {
            let texts = built_in(language);
            assert_eq!(texts.language, *language);
            for text in [texts.consent, texts.saved, texts.withdraw, texts.privacy] {
                assert!(!text.trim().is_empty(), "{language}");
            }
        }
        assert_eq!(built_in("tlh"), ENGLISH);
    }

    #[test]
    fn arabic_and_hebrew_are_written_from_right_to_left() {
        let from_the_right: Vec<_> = LANGUAGES.iter().filter(|language| direction(language) == "rtl").collect();
        assert_eq!(from_the_right, [&"ar", &"he"]);
    }
}
