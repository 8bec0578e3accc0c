//! Splits a full name into `FirstName` and `LastName`.

/// Words that belong to the family name that follows them (van der Berg, de la Cruz, ...).
const PARTICLES: &[&str] = &[
    "af", "al", "ap", "av", "bin", "bint", "d'", "da", "das", "de", "degli", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "le", "lo", "mac", "mc", "op", "san", "santa", "st.", "te",
    "ten", "ter", "van", "vom", "von", "zu", "zum", "zur", "y", "e",
];

/// Languages whose speakers write the family name first: Chinese, Japanese, Korean, Hungarian and Vietnamese.
const LANGUAGES: &[&str] = &["zh", "ja", "ko", "hu", "vi"];

/// Their countries, lower case: codes of two letters, and how those of three letters and the names begin.
const COUNTRIES: &[&str] = &[
    "cn",
    "tw",
    "hk",
    "mo",
    "jp",
    "kr",
    "kp",
    "vn",
    "hu",
    "chn",
    "china",
    "twn",
    "taiwan",
    "hkg",
    "hong kong",
    "jpn",
    "japan",
    "kor",
    "south korea",
    "vnm",
    "viet",
    "việt",
    "hun",
    "magyar",
    "中国",
    "中國",
    "台灣",
    "臺灣",
    "香港",
    "日本",
    "대한민국",
    "한국",
];

/// Chinese and Korean family names of two characters; all others have one.
const DOUBLE: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "东方", "東方", "皇甫", "尉迟", "尉遲", "公孙", "公孫",
    "慕容", "司徒", "令狐", "夏侯", "남궁", "황보", "제갈", "선우", "독고",
];

/// Whether the language of a page (BCP 47) or the country of an address puts the family name first.
pub fn is_family_first(language: &str, country: &str) -> bool {
    let language = language.split(['-', '_']).next().unwrap_or_default();
    let country = country.trim().to_ascii_lowercase();
    let is_country = |known: &str| if known.len() == 2 { country == known } else { country.starts_with(known) };
    LANGUAGES.iter().any(|known| known.eq_ignore_ascii_case(language))
        || COUNTRIES.iter().any(|known| is_country(known))
}

/// Chinese characters, kana and Hangul: whoever writes a name in them writes the family name first.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7A3}' | '\u{20000}'..='\u{323AF}')
}

/// A name in Chinese or Hangul without a space: where the family name ends, in bytes. Japanese names do not tell.
fn family_end(name: &str) -> Option<usize> {
    let double = DOUBLE.iter().find(|double| name.starts_with(**double)).map(|double| double.len());
    let count = name.chars().count();
    let end = double.filter(|_| count > 2).or_else(|| name.chars().next().map(char::len_utf8))?;
    (2..=4).contains(&count).then_some(end)
}

/// First and last name of a full name; the last name is `None` for a single name. `family_first` says that the language or
/// the country puts the family name first, `unspaced` that it needs no space to tell it from the first name.
///
/// `Last, First` is understood, particles go with the last name, and of several first names all but the last word are
/// first names.
pub fn split(full: &str, family_first: bool, unspaced: bool) -> (String, Option<String>) {
    let join = |words: &[&str]| {
        words.iter().fold(String::new(), |whole, word| {
            if whole.is_empty() { (*word).to_owned() } else { wire::concat(&[&whole, " ", word]) }
        })
    };
    if let Some((last, first)) = full.split_once(',') {
        let (last, first) = (last.trim(), first.trim());
        if !last.is_empty() && !first.is_empty() {
            return (first.to_owned(), Some(last.to_owned()));
        }
    }
    let is_east_asian = full.chars().any(is_east_asian);
    let words: Vec<&str> = full.split([' ', '\u{a0}', '\u{3000}', ',']).filter(|word| !word.is_empty()).collect();
    if family_first || is_east_asian {
        return match words.split_first() {
            Some((family, given)) if !given.is_empty() => (join(given), Some((*family).to_owned())),
            Some((name, _)) if is_east_asian && unspaced => {
                match family_end(name).and_then(|end| name.split_at_checked(end)) {
                    Some((family, given)) => (given.to_owned(), Some(family.to_owned())),
                    None => (join(&words), None),
                }
            }
            _ => (join(&words), None),
        };
    }
    let is_particle = |word: &&str| PARTICLES.contains(&word.to_ascii_lowercase().as_str());
    // The first word is always a first name, even when it looks like a particle (Da Silva alone is not a full name).
    let last_at = match words.iter().skip(1).position(is_particle) {
        Some(at) if at + 2 < words.len() => at + 1,
        _ => words.len().saturating_sub(1),
    };
    match words.split_at_checked(last_at) {
        Some((first, last)) if !first.is_empty() && !last.is_empty() => (join(first), Some(join(last))),
        _ => (join(&words), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_as_their_owners_would() {
        const CASES: &[(&str, &str, Option<&str>)] = &[
            ("Ada Lovelace", "Ada", Some("Lovelace")),
            ("  Ada   Lovelace ", "Ada", Some("Lovelace")),
            ("Lovelace, Ada", "Ada", Some("Lovelace")),
            ("Johann Wolfgang von Goethe", "Johann Wolfgang", Some("von Goethe")),
            ("Vincent van Gogh", "Vincent", Some("van Gogh")),
            ("Juan de la Cruz", "Juan", Some("de la Cruz")),
            ("Mary Ann Evans", "Mary Ann", Some("Evans")),
            ("山田　太郎", "太郎", Some("山田")),
            ("김 민수", "민수", Some("김")),
            ("Sukarno", "Sukarno", None),
            ("Ludwig van", "Ludwig", Some("van")),
            ("", "", None),
        ];
        for (full, first, last) in CASES {
            assert_eq!(split(full, false, false), ((*first).to_owned(), last.map(str::to_owned)), "{full}");
        }
    }

    #[test]
    fn the_family_name_comes_first_where_language_or_country_says_so() {
        for (language, country) in [
            ("hu", ""),
            ("vi-VN", ""),
            ("zh-Hant-TW", ""),
            ("ja", "US"),
            ("en", "HU"),
            ("", "jpn"),
            ("en", "South Korea"),
        ] {
            assert!(is_family_first(language, country), "{language} {country}");
        }
        for (language, country) in [("", ""), ("en", "DE"), ("hr", "Croatia"), ("id", "TH"), ("en", "Honduras")] {
            assert!(!is_family_first(language, country), "{language} {country}");
        }
        const CASES: &[(&str, &str, Option<&str>)] = &[
            ("Nagy János", "János", Some("Nagy")),
            ("Nguyễn Văn An", "Văn An", Some("Nguyễn")),
            ("Wang Xiaoming", "Xiaoming", Some("Wang")),
            ("János, Nagy", "Nagy", Some("János")),
            ("王小明", "小明", Some("王")),
            ("欧阳娜娜", "娜娜", Some("欧阳")),
            ("김민수", "민수", Some("김")),
            ("南宫", "宫", Some("南")),
            ("Madonna", "Madonna", None),
        ];
        for (full, first, last) in CASES {
            let split = split(full, true, true);
            assert_eq!(split, ((*first).to_owned(), last.map(str::to_owned)), "{full}");
        }
        assert_eq!(
            split("山田太郎", true, false),
            ("山田太郎".to_owned(), None),
            "Japanese without a space does not tell"
        );
    }
}
