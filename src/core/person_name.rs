//! Splits a full name into `FirstName` and `LastName`.

/// Words that belong to the family name that follows them (van der Berg, de la Cruz, ...).
const PARTICLES: &[&str] = &[
    "af", "al", "ap", "av", "bin", "bint", "d'", "da", "das", "de", "degli", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "le", "lo", "mac", "mc", "op", "san", "santa", "st.", "te",
    "ten", "ter", "van", "vom", "von", "zu", "zum", "zur", "y", "e",
];

/// First and last name of a full name; the last name is `None` for a single name.
///
/// `Last, First` is understood, particles go with the last name, and of several first names all but the last word are
/// first names.
pub fn split(full: &str) -> (String, Option<String>) {
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
    let words: Vec<&str> = full.split([' ', '\u{a0}', '\u{3000}', ',']).filter(|word| !word.is_empty()).collect();
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
            ("山田　太郎", "山田", Some("太郎")),
            ("Sukarno", "Sukarno", None),
            ("Ludwig van", "Ludwig", Some("van")),
            ("", "", None),
        ];
        for (full, first, last) in CASES {
            assert_eq!(split(full), ((*first).to_owned(), last.map(str::to_owned)), "{full}");
        }
    }
}
