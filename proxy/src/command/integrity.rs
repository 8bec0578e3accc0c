//! `leadkeep-proxy integrity`

use leadkeep_proxy::widget::{LOADER, WidgetFiles};

use super::options::Integrity;
use super::refusal::Refusal;

/// Prints each file's hash, and what a page needs for a browser to hold the loader against it.
pub(crate) fn run(options: &Integrity) -> Result<(), Refusal> {
    let widget = WidgetFiles::embedded();
    let hashes = widget.integrity();
    let Some((_, of_loader)) = hashes.iter().find(|(name, _)| *name == LOADER) else {
        let none = "this program holds no widget; take a released program, or run `npm run build` before `cargo build`";
        return Err(Refusal::Failed(none.to_owned()));
    };
    let base = attribute(options.base.trim_end_matches('/'));
    let lines = hashes.iter().map(|(name, hash)| format!("{name:<30} {hash}\n")).collect::<String>();
    println!(
        "{lines}\n<script async src=\"{base}/{LOADER}\" integrity=\"{of_loader}\" crossorigin=\"anonymous\"\n        \
         data-endpoint=\"/api/lead\"></script>\n"
    );
    println!(
        "The hash is of this version: with each upgrade of the proxy, change the tag first, or take `integrity` out of it until\n\
         both are done. Browsers hold the loader against it; the loader asks for the rest by version {}.",
        widget.version().unwrap_or("(none)")
    );
    Ok(())
}

/// Text for a place between double quotes.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
