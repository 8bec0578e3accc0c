//! Gathers what is written for people into what the widget carries: the words of the consent checkbox from
//! `src/view/texts`, and the terms by which fields are recognised `src/core/field/terms`, one file
//! a language each. Every byte is paid for by a shopper. Refuses what cannot be meant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a build that cannot be right ends here, with the place")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use unicode_normalization::UnicodeNormalization;

#[allow(dead_code, reason = "the widget uses more of it")]
#[path = "src/core/field/class.rs"]
mod class;
use class::Class;

const TEXTS: &str = "src/view/texts";
const FOLDER: &str = "src/core/field/terms";

/// As ``src/browser/survey.js`` does in the browser: lower case, compatible forms unified, accents taken away.
fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect()
}

/// `prefix*` makes the terms that begin with it superfluous, `*suffix` those that end with it.
fn is_covered(term: &str, by: &BTreeSet<String>) -> bool {
    let bare = term.trim_matches(['*', '=']);
    by.iter().filter(|other| *other != term).any(|other| match (other.strip_prefix('*'), other.strip_suffix('*')) {
        (None, Some(prefix)) => bare.starts_with(prefix) && !bare.contains(' ') && !term.starts_with('*'),
        (Some(suffix), None) => bare.ends_with(suffix) && !bare.contains(' ') && !term.ends_with('*'),
        _ => false,
    })
}

/// Writes as `BUILT_IN` the texts of English, and of the other languages with the feature `languages`.
fn gather_texts() {
    println!("cargo::rerun-if-changed={TEXTS}");
    let mut files: Vec<_> = fs::read_dir(TEXTS).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut built_in = Vec::new();
    for file in files {
        let language = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let texts: BTreeMap<String, String> = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
        let fields = ["consent", "saved", "withdraw", "privacy"].map(|name| {
            let text = texts.get(name).unwrap_or_else(|| panic!("{}: expected {name}", file.display()));
            format!("{name}: Cow::Borrowed({text:?})")
        });
        let texts = format!("Texts {{ language: Cow::Borrowed({language:?}), {} }}", fields.join(", "));
        if language == "en" {
            built_in.insert(0, texts);
        } else if env::var_os("CARGO_FEATURE_LANGUAGES").is_some() {
            built_in.push(texts);
        }
    }
    let rust = format!("static BUILT_IN: [Texts; {}] = [{}];\n", built_in.len(), built_in.join(", "));
    fs::write(Path::new(&env::var("OUT_DIR").unwrap()).join("texts.rs"), rust).unwrap();
}

fn main() {
    gather_texts();
    gather_terms();
}

fn gather_terms() {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=src/core/field/class.rs");
    let mut tables: BTreeMap<Class, BTreeSet<String>> = BTreeMap::new();
    let mut known: BTreeMap<String, (Class, String)> = BTreeMap::new();
    let mut files: Vec<_> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (line, number) in text.lines().zip(1..) {
            let at = format!("{}:{number}", file.display());
            let (name, terms) = line.split_once(": ").unwrap_or_else(|| panic!("{at}: expected `Class: term, term`"));
            let class = Class::ALL.into_iter().find(|class| format!("{class:?}") == name);
            let class = class.unwrap_or_else(|| panic!("{at}: no class is named {name}"));
            for term in terms.split(", ").map(fold) {
                let wild = term.trim_matches(['*', '=']);
                let sound = !wild.is_empty() && !wild.contains(['*', '=', ',', '\n']) && wild.trim() == wild;
                assert!(sound, "{at}: `{term}` is no term");
                let (other, place) = known.entry(wild.to_owned()).or_insert((class, at.clone()));
                assert_eq!(*other, class, "{at}: `{term}` is of another class at {place}");
                tables.entry(class).or_default().insert(term);
            }
        }
    }
    let lines = Class::ALL.map(|class| {
        let terms = tables.remove(&class).unwrap_or_default();
        let kept: Vec<&str> = terms.iter().filter(|term| !is_covered(term, &terms)).map(String::as_str).collect();
        kept.join(",")
    });
    let out = Path::new(&env::var("OUT_DIR").unwrap()).join("terms.txt");
    fs::write(out, lines.join("\n")).unwrap();
}
