//! Every term of every language says what its table says.

use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::core::field::class::Class;
use crate::core::field::term_matches::by_text;

fn fold(text: &str) -> String {
    text.to_lowercase().nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect()
}

#[test]
fn each_term_of_each_language_says_what_its_table_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core/field/terms");
    let (mut count, mut wrong) = (0, Vec::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let lexicon = Lexicon::new(path.file_stem().unwrap().to_str().unwrap(), "");
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let (name, terms) = line.split_once(": ").unwrap();
            let class = Class::ALL.into_iter().find(|class| format!("{class:?}") == name).unwrap();
            for term in terms.split(", ") {
                let text = fold(term.trim_matches(['*', '=']));
                let said = by_text(&lexicon, &text);
                count += 1;
                if said.class != Some(class) && !said.speaks_of(class) {
                    wrong.push(format!("{}: {name}: {term} says {:?}", path.display(), said.class));
                }
            }
        }
    }
    assert!(count > 1_500, "{count} terms");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
