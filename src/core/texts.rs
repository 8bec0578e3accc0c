//! The words a shopper reads beside the consent checkbox, and which language they are in.
//!
//! They stand in `src/view/texts`, a file for each language, named by its BCP 47 tag. The module carries English alone and
//! loads the file of the language in use; a Leptos storefront has all of them, with the feature `languages`.

/// What a shopper reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    /// The language, as a BCP 47 tag such as `pt-BR`.
    pub language: &'static str,
    /// The label of the checkbox.
    pub consent: &'static str,
    /// Shown once the proxy has everything.
    pub saved: &'static str,
    /// That consent can be withdrawn (GDPR, article 7(3)).
    pub withdraw: &'static str,
    /// The text of the link to the shop's privacy page.
    pub privacy: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "fa", "he", "ur"];

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

/// The texts of a tag that [`language`] gave, where they are built in.
#[must_use]
pub fn built_in(language: &str) -> Option<&'static Texts> {
    BUILT_IN.iter().find(|texts| texts.language == language)
}

fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

/// The longest known tag that begins as `tag` does (RFC 4647, section 3.4: lookup).
fn known(tag: &str) -> Option<&'static str> {
    let tag = tag.trim().replace('_', "-").to_ascii_lowercase();
    let tag = match tag.as_str() {
        // Norwegian is written in two ways, and "no" is what most pages say for the one that most people write.
        "no" | "nn" | "no-no" | "nn-no" => "nb",
        // What is written in traditional characters, where the page names the place instead of the script.
        "zh-tw" | "zh-hk" | "zh-mo" => "zh-hant",
        "iw" => "he",
        "in" => "id",
        other => other,
    };
    let mut rest = tag;
    loop {
        if let Some(found) = LANGUAGES.iter().find(|known| known.eq_ignore_ascii_case(rest)) {
            return Some(found);
        }
        rest = rest.rsplit_once('-')?.0;
    }
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
    fn english_is_built_in_and_each_language_says_everything() {
        assert!(built_in("en").is_some());
        assert!(LANGUAGES.len() >= 24);
        for texts in BUILT_IN {
            for text in [texts.consent, texts.saved, texts.withdraw, texts.privacy] {
                assert!(!text.trim().is_empty(), "{}", texts.language);
            }
        }
    }

    #[test]
    fn arabic_and_hebrew_are_written_from_right_to_left() {
        let from_the_right: Vec<_> = LANGUAGES.iter().filter(|language| direction(language) == "rtl").collect();
        assert_eq!(from_the_right, [&"ar", &"he"]);
    }
}
