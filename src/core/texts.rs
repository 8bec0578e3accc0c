//! The words a shopper reads beside the consent checkbox.
//!
//! They stand in `src/view/texts`, a file for each language, named by its BCP 47 tag. The module carries English alone;
//! `src/view/texts.js` decides which language is in use and loads its file. A Leptos storefront has all of them, with the
//! feature `languages`, and names the one it wants.

use std::borrow::Cow;

/// What a shopper reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl Texts {
    /// The texts of a language that is built in, by its tag.
    #[must_use]
    pub fn built_in(language: &str) -> Option<&'static Self> {
        BUILT_IN.iter().find(|texts| texts.language.eq_ignore_ascii_case(language))
    }

    /// `rtl` or `ltr`, for the `dir` of what shows these texts.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        // The language's own subtag is two letters in every tag that is here.
        match self.language.get(..2) {
            Some("ar" | "fa" | "he" | "ur") => "rtl",
            _ => "ltr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(feature = "languages")]
    fn each_language_says_everything() {
        assert!(BUILT_IN.len() >= 24);
        for texts in &BUILT_IN {
            for text in [&texts.consent, &texts.saved, &texts.withdraw, &texts.privacy] {
                assert!(!text.trim().is_empty(), "{}", texts.language);
            }
        }
        assert_eq!(Texts::built_in("PT-br").map(|texts| &*texts.language), Some("pt-BR"));
        assert_eq!(Texts::built_in("tlh"), None);
    }

    #[test]
    #[cfg(feature = "languages")]
    fn arabic_and_hebrew_are_written_from_right_to_left() {
        let from_the_right = BUILT_IN.iter().filter(|texts| texts.direction() == "rtl");
        assert_eq!(from_the_right.map(|texts| &*texts.language).collect::<Vec<_>>(), ["ar", "he"]);
    }
}
