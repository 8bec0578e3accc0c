//! The widget's files, served from inside the binary: what the script tag loads, compressed when it was built. So widget and
//! proxy are of one version, and a shop passes `/leadkeep` and `/api` to one address.

mod encoding;
mod file;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Uri};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha384};

use encoding::Encoding;
pub(crate) use file::Served;
use file::WidgetFile;

/// What the script tag names; it loads the rest.
pub const LOADER: &str = "leadkeep.js";

/// What `build.rs` has gathered.
static EMBEDDED: Dir<'static> = include_dir!("$OUT_DIR/widget");

/// The files, by their names. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct WidgetFiles(Arc<BTreeMap<String, WidgetFile>>);

impl WidgetFiles {
    /// Those inside this program: none where it was built without the widget.
    pub fn embedded() -> Self {
        Self::new(EMBEDDED.files().filter_map(|file| {
            let name = file.path().to_str()?.to_owned();
            Some((name, Bytes::from_static(file.contents())))
        }))
    }

    /// Names and contents; `name.br` and `name.gz` are `name` in another encoding.
    pub fn new(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        let mut grouped: BTreeMap<String, Vec<(Encoding, Bytes)>> = BTreeMap::new();
        for (name, bytes) in files {
            let (name, encoding) = Encoding::of_name(&name);
            grouped.entry(name.to_owned()).or_default().push((encoding, bytes));
        }
        let version = grouped.get(LOADER).and_then(|encodings| version(plain(encodings)?));
        let whole = |(name, encodings): (String, _)| {
            let file = WidgetFile::new(&name, encodings, version.clone())?;
            Some((name, file))
        };
        Self(Arc::new(grouped.into_iter().filter_map(whole).collect()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each file's name and what Subresource Integrity calls its hash.
    ///
    /// Source: <https://www.w3.org/TR/SRI/>.
    pub fn integrity(&self) -> Vec<(&str, String)> {
        let hash = |file: &WidgetFile| format!("sha384-{}", STANDARD.encode(Sha384::digest(file.plain())));
        self.0.iter().map(|(name, file)| (name.as_str(), hash(file))).collect()
    }

    /// What the loader puts behind the names of the files that it loads, if it does.
    pub fn version(&self) -> Option<&str> {
        self.0.get(LOADER)?.version()
    }

    /// A route for each file, below the root.
    pub fn routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.0.iter().fold(Router::new(), |router, (name, file)| {
            let file = file.clone();
            let answer = move |uri: Uri, headers: HeaderMap| {
                let asked = uri.query().and_then(|query| query.split('&').find_map(|part| part.strip_prefix("v=")));
                std::future::ready(file.answer(asked, &headers))
            };
            router.route(&format!("/{name}"), get(answer))
        })
    }
}

fn plain(encodings: &[(Encoding, Bytes)]) -> Option<&Bytes> {
    encodings.iter().find(|(encoding, _)| *encoding == Encoding::Identity).map(|(_, bytes)| bytes)
}

/// The six hexadecimal digits that the loader puts behind `?v=`: they change with each of the files.
fn version(loader: &[u8]) -> Option<String> {
    const MARK: &[u8] = b"?v=";
    let after = loader.windows(MARK.len()).position(|window| window == MARK)?.saturating_add(MARK.len());
    let digits = loader.get(after..)?.get(..6)?;
    let is_version = digits.iter().all(u8::is_ascii_hexdigit);
    is_version.then(|| String::from_utf8_lossy(digits).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_out_of_the_loader() {
        assert_eq!(version(b"`${a}${b}?v=1a2b3c.${c}`").as_deref(), Some("1a2b3c"));
        assert_eq!(version(b"`${a}?v=${\"1a2b3c\"}`"), None);
        assert_eq!(version(b"?v=1a2b"), None);
        assert_eq!(version(b"nothing"), None);
    }

    #[test]
    fn an_encoding_without_its_file_is_left_out() {
        let files = WidgetFiles::new([("leadkeep.js.br".to_owned(), Bytes::from_static(b"x"))]);
        assert!(files.is_empty());
    }
}
