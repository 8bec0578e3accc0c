//! Gathers what is written for people into what the widget carries: the words of the consent checkbox from
//! `src/view/texts`, and the terms by which fields are recognised `src/core/field/terms`, one file
//! a language each. Every byte is paid for by a shopper. Refuses what cannot be meant.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a build that cannot be right ends here, with the place")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use unicode_normalization::UnicodeNormalization;

#[allow(dead_code, reason = "the widget uses more of it")]
#[path = "src/core/field/class.rs"]
mod class;
use class::Class;

const TEXTS: &str = "src/view/texts";
const FOLDER: &str = "src/core/field/terms";
/// Names the file for the terms that are not built in without the feature `languages`: `scripts/build` makes of them what a page
/// loads that has their letters.
const LOADED_TERMS: &str = "LEADKEEP_TERMS";

/// As ``src/browser/survey.js`` does in the browser: lower case, compatible forms unified, accents taken away.
fn fold(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect()
}

/// `prefix*` makes the terms that begin with it superfluous, `*suffix` those that end with it.
fn is_covered(term: &str, by: &BTreeSet<String>) -> bool {
    let bare = term.trim_matches(['*', '=']);
    if term.contains(':') {
        return false;
    }
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

/// The terms of all files: each in its class, and where languages differ on one, in the class of each language.
#[derive(Default)]
struct Terms {
    /// As they are written, by class.
    tables: BTreeMap<Class, BTreeSet<String>>,
    /// What each language takes a term for, and how it writes it.
    meanings: BTreeMap<String, BTreeMap<Class, Vec<(String, String)>>>,
}

impl Terms {
    fn read(&mut self, language: &str, line: &str, at: &str) {
        let (name, terms) = line.split_once(": ").unwrap_or_else(|| panic!("{at}: expected `Class: term, term`"));
        let class = Class::ALL.into_iter().find(|class| format!("{class:?}") == name);
        let class = class.unwrap_or_else(|| panic!("{at}: no class is named {name}"));
        for term in terms.split(", ").map(fold) {
            let wild = term.trim_matches(['*', '=']);
            let sound = !wild.is_empty() && !wild.contains(['*', '=', ',', ':', '\n']) && wild.trim() == wild;
            assert!(sound, "{at}: `{term}` is no term");
            let meanings = self.meanings.entry(wild.to_owned()).or_default();
            for (other, said) in meanings.iter() {
                let twice = *other != class && said.iter().any(|(by, _)| by == language);
                assert!(!twice, "{at}: `{term}` is of another class in the same language");
            }
            meanings.entry(class).or_default().push((language.to_owned(), term));
        }
    }

    /// Where languages differ, the word of the most of them holds everywhere, and that of the others on their own pages.
    fn settle(&mut self) {
        let weight = |said: &Vec<(String, String)>| (said.len(), said.iter().any(|(by, _)| by == "en"));
        for meanings in self.meanings.values() {
            let most = meanings.values().map(weight).max();
            let mut default = None;
            for (class, said) in meanings {
                let holds_everywhere = Some(weight(said)) == most && default.is_none_or(|default| default == *class);
                if holds_everywhere {
                    default = Some(*class);
                }
                for (by, term) in said {
                    let term = if holds_everywhere { term.clone() } else { format!("{by}:{term}") };
                    self.tables.entry(*class).or_default().insert(term);
                }
            }
        }
    }
}

/// Where the letters of a script end.
const ENDS: [char; 8] = ['\u{250}', '\u{400}', '\u{530}', '\u{600}', '\u{700}', '\u{a00}', '\u{e80}', '\u{ac00}'];
const SCRIPTS: usize = ENDS.len() + 1;

/// The script of the last of its letters.
fn script_of(term: &str) -> usize {
    let letter = term.chars().max().unwrap_or_default();
    ENDS.iter().filter(|end| letter >= **end).count()
}

fn gather_terms() {
    println!("cargo::rerun-if-changed={FOLDER}");
    println!("cargo::rerun-if-changed=src/core/field/class.rs");
    let mut terms = Terms::default();
    let mut files: Vec<_> = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for file in files {
        let language = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        for (line, number) in text.lines().zip(1..) {
            terms.read(&language, line, &format!("{}:{number}", file.display()));
        }
    }
    terms.settle();
    let has_all = env::var_os("CARGO_FEATURE_LANGUAGES").is_some();
    // Letters of one script stand together: so they are smallest once they are compressed.
    let (mut built_in, mut loaded) = (Vec::new(), Vec::new());
    for script in 0..SCRIPTS {
        for class in Class::ALL {
            let all = terms.tables.get(&class).cloned().unwrap_or_default();
            let kept = all.iter().filter(|term| script_of(term) == script && !is_covered(term, &all));
            let line = kept.map(String::as_str).collect::<Vec<_>>().join(",");
            // What forbids is there on every page.
            let is_loaded = script > 0 && !class.is_forbidden() && !has_all;
            let (there, missing) = if is_loaded { (&mut loaded, &mut built_in) } else { (&mut built_in, &mut loaded) };
            there.push(line);
            missing.push(String::new());
        }
    }
    let out = Path::new(&env::var("OUT_DIR").unwrap()).join("terms.txt");
    fs::write(out, built_in.join("\n").trim_end()).unwrap();
    println!("cargo::rerun-if-env-changed={LOADED_TERMS}");
    if let Some(to) = env::var_os(LOADED_TERMS).map(PathBuf::from).filter(|_| !has_all) {
        println!("cargo::rerun-if-changed={}", to.display());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, loaded.join("\n").trim_end()).unwrap();
    }
}
