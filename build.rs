//! Gathers the terms by which fields are recognised: from `src/core/field/terms`, one file a language, written for people, into
//! one text for the widget, in which every byte is paid for by a shopper. Refuses what cannot be meant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a build that cannot be right ends here, with the place")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use unicode_normalization::UnicodeNormalization;

#[allow(dead_code, reason = "the widget uses more of it")]
#[path = "src/core/field/class.rs"]
mod class;
use class::Class;

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

fn main() {
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
