//! One file, in the encodings that it was built in.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use sha2::{Digest, Sha256};

use super::encoding::{Encoding, preferred};

/// What says on an answer that it is one of the widget's files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Served;

/// The loader changes with each version under the same name, and so does what is asked for without a version.
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// What stands behind the version of this build never changes.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

#[derive(Debug, Clone)]
pub(super) struct WidgetFile {
    content_type: HeaderValue,
    plain: Bytes,
    /// Smallest first, the plain one last.
    encoded: Vec<Encoded>,
    version: Option<String>,
}

#[derive(Debug, Clone)]
struct Encoded {
    encoding: Encoding,
    bytes: Bytes,
    etag: ETag,
}

impl WidgetFile {
    /// `None`: without the file as it is there is none.
    pub(super) fn new(name: &str, mut encodings: Vec<(Encoding, Bytes)>, version: Option<String>) -> Option<Self> {
        let plain = super::plain(&encodings)?.clone();
        let hash = hex::encode(Sha256::digest(&plain).get(..12)?);
        // What became no smaller is not worth a decompression.
        encodings.retain(|(encoding, bytes)| *encoding == Encoding::Identity || bytes.len() < plain.len());
        encodings.sort_by_key(|(encoding, _)| *encoding);
        let encoded = encodings.into_iter().filter_map(|(encoding, bytes)| {
            let etag = format!("\"{hash}{}\"", encoding.suffix()).parse().ok()?;
            Some(Encoded { encoding, bytes, etag })
        });
        let content_type = if name.ends_with(".wasm") { "application/wasm" } else { "text/javascript; charset=utf-8" };
        let content_type = HeaderValue::from_static(content_type);
        Some(Self { content_type, plain, encoded: encoded.collect(), version })
    }

    pub(super) fn plain(&self) -> &[u8] {
        &self.plain
    }

    pub(super) fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The answer to a `GET`, of which axum sends the head alone where it was a `HEAD`.
    pub(super) fn answer(&self, asked: Option<&str>, request: &HeaderMap) -> Response {
        let wanted = preferred(request, self.encoded.iter().map(|encoded| encoded.encoding));
        let Some(Encoded { encoding, bytes, etag }) = self.encoded.iter().find(|encoded| encoded.encoding == wanted)
        else {
            return Response::new(Body::empty());
        };
        let is_current = request.typed_get::<IfNoneMatch>().is_some_and(|known| !known.precondition_passes(etag));
        let mut response = Response::new(if is_current { Body::empty() } else { Body::from(bytes.clone()) });
        response.extensions_mut().insert(Served);
        let headers = response.headers_mut();
        headers.typed_insert(etag.clone());
        headers.insert(header::CACHE_CONTROL, if self.is_this_version(asked) { IMMUTABLE } else { SHORT });
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        // Pages of other origins load the files: as a module, with a hash of their content, and where they are isolated.
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
        if is_current {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(header::CONTENT_TYPE, self.content_type.clone());
        if let Some(token) = encoding.token() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        response
    }

    /// The loader asks for `?v=1a2b3c.0`, with what counts its tries at the end. Another version's loader may ask too, while
    /// several proxies are upgraded one by one: what it gets must not be kept under the name of its version.
    fn is_this_version(&self, asked: Option<&str>) -> bool {
        let asked = asked.map(|asked| asked.split('.').next().unwrap_or(asked));
        asked.is_some() && asked == self.version.as_deref()
    }
}
