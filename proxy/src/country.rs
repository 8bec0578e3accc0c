//! Countries as forms name them, turned into what 2Checkout expects.

use std::collections::HashMap;
use std::sync::LazyLock;

use celes::{Country, LookupTable};
use keshvar::CountryIterator;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Names that forms use and ISO 3166-1 does not.
const FORM_NAMES: &[(&str, &str)] = &[
    ("uk", "GB"),
    ("greatbritain", "GB"),
    ("unitedkingdom", "GB"),
    ("northernireland", "GB"),
    ("wales", "GB"),
    ("usa", "US"),
    ("us", "US"),
    ("unitedstates", "US"),
    ("czechrepublic", "CZ"),
    ("czechia", "CZ"),
    ("holland", "NL"),
    ("netherlands", "NL"),
    ("turkey", "TR"),
    ("turkiye", "TR"),
    ("russia", "RU"),
    ("southkorea", "KR"),
    ("koreasouth", "KR"),
    ("northkorea", "KP"),
    ("koreanorth", "KP"),
    ("vietnam", "VN"),
    ("laos", "LA"),
    ("syria", "SY"),
    ("iran", "IR"),
    ("moldova", "MD"),
    ("tanzania", "TZ"),
    ("bolivia", "BO"),
    ("venezuela", "VE"),
    ("brunei", "BN"),
    ("taiwan", "TW"),
    ("hongkong", "HK"),
    ("hongkongsarchina", "HK"),
    ("macau", "MO"),
    ("macao", "MO"),
    ("macaosarchina", "MO"),
    ("capeverde", "CV"),
    ("caboverde", "CV"),
    ("ivorycoast", "CI"),
    ("cotedivoire", "CI"),
    ("swaziland", "SZ"),
    ("eswatini", "SZ"),
    ("macedonia", "MK"),
    ("northmacedonia", "MK"),
    ("burma", "MM"),
    ("myanmar", "MM"),
    ("myanmarburma", "MM"),
    ("easttimor", "TL"),
    ("timorleste", "TL"),
    ("vatican", "VA"),
    ("vaticancity", "VA"),
    ("palestine", "PS"),
    ("palestinianterritories", "PS"),
    ("congokinshasa", "CD"),
    ("democraticrepublicofthecongo", "CD"),
    ("congobrazzaville", "CG"),
    ("republicofthecongo", "CG"),
    ("gambia", "GM"),
    ("bahamas", "BS"),
    ("philippines", "PH"),
    ("unitedarabemirates", "AE"),
    ("uae", "AE"),
    ("aland", "AX"),
    ("reunion", "RE"),
    ("curacao", "CW"),
    ("sintmaarten", "SX"),
    ("sintmaartendutchpart", "SX"),
    ("caribbeannetherlands", "BQ"),
    ("stbarthelemy", "BL"),
    ("sthelena", "SH"),
    ("stkittsandnevis", "KN"),
    ("stlucia", "LC"),
    ("stmartin", "MF"),
    ("stpierreandmiquelon", "PM"),
    ("stvincentandgrenadines", "VC"),
    ("saotomeandprincipe", "ST"),
    ("antiguaandbarbuda", "AG"),
    ("bosniaandherzegovina", "BA"),
    ("bosnia", "BA"),
    ("trinidadandtobago", "TT"),
    ("trinidad", "TT"),
    // In the shops' own languages, beside the names that the tables have.
    ("Großbritannien", "GB"),
    ("Česká republika", "CZ"),
    ("Slovenská republika", "SK"),
    ("Republica Moldova", "MD"),
    ("Россия", "RU"),
    ("المملكة العربية السعودية", "SA"),
    ("الإمارات", "AE"),
    ("ประเทศไทย", "TH"),
    ("한국", "KR"),
    ("中华人民共和国", "CN"),
    ("中華人民共和國", "CN"),
];

static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    // In the languages of the pages first, so that what is unambiguous in English has the last word.
    for country in CountryIterator::new() {
        let code = country.alpha2().to_string();
        let Ok(known) = Country::from_alpha2(&code) else { continue };
        for name in country.translations().values() {
            names.insert(fold(name), known.alpha2);
        }
    }
    for country in Country::get_countries() {
        let aliases = country.aliases.iter().map(|alias| fold(alias));
        let spelt = [country.alpha2, country.alpha3, country.long_name].into_iter().map(fold);
        for name in aliases.chain(spelt) {
            names.insert(name, country.alpha2);
        }
    }
    names.extend(FORM_NAMES.iter().map(|(name, code)| (fold(name), *code)));
    names
});

/// Letters and digits alone, lower case, without accents, a leading "the", or `&` for "and".
fn fold(name: &str) -> String {
    let plain: String = name
        .replace('&', "and")
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .collect();
    plain.strip_prefix("the").filter(|rest| rest.len() > 3).map_or_else(|| plain.clone(), str::to_owned)
}

/// The ISO 3166-1 alpha-2 code of a country given as such, as an alpha-3 code, or by its name in any case, in English or
/// in the language of the page; also by a name as lists sort it, "Korea, Republic of".
pub(crate) fn alpha2(text: &str) -> Option<&'static str> {
    // No name is longer, and folding is not for free.
    if text.len() > 100 {
        return None;
    }
    let known = |name: &str| NAMES.get(&fold(name)).copied();
    known(text).or_else(|| {
        let (sorted_by, rest) = text.split_once(',')?;
        known(&format!("{rest} {sorted_by}")).or_else(|| known(sorted_by))
    })
}

/// Where a private person gives a tax number of their own with an order, and it stands on the invoice: Argentina (CUIL, DNI),
/// Brazil (CPF), Chile (RUT), Colombia (NIT, cédula), Ecuador (RUC, cédula), Spain (NIF), Italy (codice fiscale), Mexico (RFC), Peru
/// (RUC, DNI), Portugal (NIF), Turkey (TCKN), Uruguay (RUT, CI).
const PERSONAL_FISCAL_CODES: &[&str] = &["AR", "BR", "CL", "CO", "EC", "ES", "IT", "MX", "PE", "PT", "TR", "UY"];

/// Whether private persons have a fiscal code in this country (ISO 3166-1 alpha-2), so that one without a company is whole.
pub(crate) fn persons_have_fiscal_code(country: &str) -> bool {
    PERSONAL_FISCAL_CODES.iter().any(|code| code.eq_ignore_ascii_case(country))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_code_and_by_english_name() {
        const CASES: &[(&str, Option<&str>)] = &[
            ("DE", Some("DE")),
            ("de", Some("DE")),
            ("DEU", Some("DE")),
            ("Germany", Some("DE")),
            ("GERMANY", Some("DE")),
            ("UK", Some("GB")),
            ("gb", Some("GB")),
            ("United Kingdom", Some("GB")),
            ("England", Some("GB")),
            ("USA", Some("US")),
            ("United States", Some("US")),
            ("United States of America", Some("US")),
            ("The Netherlands", Some("NL")),
            ("Czech Republic", Some("CZ")),
            ("South Korea", Some("KR")),
            ("Côte d’Ivoire", Some("CI")),
            ("Åland Islands", Some("AX")),
            ("Curaçao", Some("CW")),
            ("Réunion", Some("RE")),
            ("Bosnia & Herzegovina", Some("BA")),
            ("Trinidad and Tobago", Some("TT")),
            ("Romania", Some("RO")),
            ("Viet Nam", Some("VN")),
            ("Bolivia", Some("BO")),
            ("Hong Kong", Some("HK")),
            ("", None),
            ("the", None),
            ("XX", None),
            ("Atlantis", None),
            ("49", None),
        ];
        for (text, expected) in CASES {
            assert_eq!(alpha2(text), *expected, "{text}");
        }
    }

    #[test]
    fn countries_are_known_by_their_names_in_the_language_of_the_page() {
        const CASES: &[(&str, &str)] = &[
            ("Česká republika", "CZ"),
            ("Россия", "RU"),
            ("المملكة العربية السعودية", "SA"),
            ("한국", "KR"),
            ("Deutschland", "DE"),
            ("Österreich", "AT"),
            ("Schweiz", "CH"),
            ("Allemagne", "DE"),
            ("Royaume-Uni", "GB"),
            ("Países Bajos", "NL"),
            ("Alemanha", "DE"),
            ("Italia", "IT"),
            ("Duitsland", "DE"),
            ("Polska", "PL"),
            ("România", "RO"),
            ("Česko", "CZ"),
            ("Türkiye", "TR"),
            ("Sverige", "SE"),
            ("Danmark", "DK"),
            ("Norge", "NO"),
            ("Suomi", "FI"),
            ("Ελλάδα", "GR"),
            ("Германия", "DE"),
            ("България", "BG"),
            ("ألمانيا", "DE"),
            ("ישראל", "IL"),
            ("भारत", "IN"),
            ("Jerman", "DE"),
            ("Việt Nam", "VN"),
            ("ไทย", "TH"),
            ("日本", "JP"),
            ("ドイツ", "DE"),
            ("대한민국", "KR"),
            ("中国", "CN"),
        ];
        let wrong: Vec<_> = CASES.iter().filter(|(text, code)| alpha2(text) != Some(*code)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn names_that_lists_sort_by_their_main_word_are_known() {
        const CASES: &[(&str, Option<&str>)] = &[
            ("Korea, Republic of", Some("KR")),
            ("Korea, Democratic People's Republic of", Some("KP")),
            ("Iran, Islamic Republic of", Some("IR")),
            ("Virgin Islands, British", Some("VG")),
            ("Virgin Islands, U.S.", Some("VI")),
            ("Congo, the Democratic Republic of the", Some("CD")),
            ("Congo, Democratic Republic of the", Some("CD")),
            ("Congo, Republic of the", Some("CG")),
            ("Tanzania, United Republic of", Some("TZ")),
            ("Moldova, Republic of", Some("MD")),
            ("Macedonia, the former Yugoslav Republic of", Some("MK")),
            ("Micronesia, Federated States of", Some("FM")),
            ("Palestine, State of", Some("PS")),
            ("Taiwan, Province of China", Some("TW")),
            ("Bolivia, Plurinational State of", Some("BO")),
            ("Venezuela, Bolivarian Republic of", Some("VE")),
            ("Saint Helena, Ascension and Tristan da Cunha", Some("SH")),
            ("Bonaire, Sint Eustatius and Saba", Some("BQ")),
            ("Bahamas, The", Some("BS")),
            ("Gambia, The", Some("GM")),
            ("Korea, North", Some("KP")),
            ("Korea, South", Some("KR")),
            ("Sint Maarten", Some("SX")),
            ("Sint Maarten (Dutch part)", Some("SX")),
            ("Caribbean Netherlands", Some("BQ")),
            ("Atlantis, Republic of", None),
            (",", None),
        ];
        let wrong: Vec<_> =
            CASES.iter().map(|(text, code)| (text, *code, alpha2(text))).filter(|c| c.1 != c.2).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn every_country_is_found_by_its_own_codes_and_name() {
        for country in Country::get_countries() {
            for text in [country.alpha2, country.alpha3, country.long_name] {
                assert_eq!(alpha2(text), Some(country.alpha2), "{text}");
            }
        }
    }
}
