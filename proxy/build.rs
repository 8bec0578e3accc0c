//! Gathers what the script tag loads, so that the binary holds it: `dist`, which `npm run build` makes. It lies beside this
//! crate in the repository, and inside of it in the package that is published.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let to = PathBuf::from(std::env::var("OUT_DIR")?).join("widget");
    // What a former build embedded may be gone from `dist`.
    if to.exists() {
        fs::remove_dir_all(&to)?;
    }
    fs::create_dir_all(&to)?;
    let packaged = here.join("dist");
    let dist = if packaged.is_dir() {
        packaged
    } else if here.join("../package.json").is_file() {
        here.join("../dist")
    } else {
        return Ok(());
    };
    // Cargo takes a folder that is missing for one that has changed, each time: made once, it is looked at like any other.
    fs::create_dir_all(&dist)?;
    // The folder itself holds much else that changes: it is watched only while there is nothing in it to watch.
    if !dist.join("leadkeep.js").is_file() {
        println!("cargo::rerun-if-changed={}", dist.display());
        return Ok(());
    }
    for entry in fs::read_dir(&dist)? {
        let from = entry?.path();
        let Some(name) = from.file_name().and_then(|name| name.to_str()) else { continue };
        if is_loaded(name) {
            println!("cargo::rerun-if-changed={}", from.display());
            if is_current(&from) {
                copy(&from, &to.join(name))?;
            }
        }
    }
    Ok(())
}

/// What is gone by now is being built anew, and this runs again once it is there.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::copy(from, to) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        copied => copied.map(|_| ()),
    }
}

/// Whether the script tag loads it, or it is that in another encoding.
fn is_loaded(name: &str) -> bool {
    let plain = name.trim_end_matches(".br").trim_end_matches(".gz");
    let named = |start: &str, end: &str| plain.starts_with(start) && plain.ends_with(end);
    matches!(
        plain,
        "leadkeep.js" | "leadkeep_widget.js" | "leadkeep_widget_bg.wasm" | "leadkeep_debug.js" | "leadkeep_terms.js"
    ) || named("leadkeep_text_", ".js")
}

/// Whether a compressed file is not older than what it was made from.
fn is_current(file: &Path) -> bool {
    let changed =
        |file: &Path| file.metadata().and_then(|metadata| metadata.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("br" | "gz") => file.with_extension("").is_file() && changed(file) >= changed(&file.with_extension("")),
        _ => true,
    }
}
