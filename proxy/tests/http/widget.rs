//! The widget's files, served by the proxy itself.

use std::sync::Arc;

use axum::body::Bytes;
use leadkeep_proxy::Proxy;
use leadkeep_proxy::config::Config;
use leadkeep_proxy::store::Sqlite;
use leadkeep_proxy::widget::WidgetFiles;
use reqwest::{Method, Response, StatusCode};
use tempfile::TempDir;
use tokio::net::TcpListener;
use twocheckout::{Client, Credentials};

use super::running::program;
use super::stand::quick;

const LOADER: &str = "load(`${folder}${name}?v=1a2b3c.${tries}`)";
const WASM: &str = "\0asm, and so on and so on";

struct Served {
    proxy: Proxy,
    http: reqwest::Client,
    _folder: TempDir,
}

impl Served {
    async fn new(files: &[(&str, &'static str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Arc::new(Sqlite::open(&folder.path().join("leads.sqlite")).await.unwrap());
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), Bytes::from_static(text.as_bytes())));
        let config = Config { widget: WidgetFiles::new(files), ..quick() };
        let client = Client::builder(Credentials::new("M", "k")).base_url("http://127.0.0.1:1").build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::start(listener, None, config, store, Arc::new(client), None).unwrap();
        Self { proxy, http: reqwest::Client::new(), _folder: folder }
    }

    async fn with_widget() -> Self {
        Self::new(&[
            ("leadkeep.js", LOADER),
            ("leadkeep.js.br", "as brotli"),
            ("leadkeep.js.gz", "as gzip"),
            ("leadkeep_widget.js", "export default 1"),
            ("leadkeep_widget_bg.wasm", WASM),
            ("leadkeep_widget_bg.wasm.br", "brotli that has become longer than the file"),
        ])
        .await
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.http.request(method, format!("http://{}{path}", self.proxy.address()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.ask(Method::GET, path, headers).await
    }
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn each_file_has_its_type_and_pages_of_any_origin_may_load_it() {
    let served = Served::with_widget().await;
    for (path, kind, text) in [
        ("/leadkeep.js", "text/javascript; charset=utf-8", LOADER),
        ("/leadkeep_widget.js", "text/javascript; charset=utf-8", "export default 1"),
        ("/leadkeep_widget_bg.wasm", "application/wasm", WASM),
    ] {
        let answer = served.get(path, &[("origin", "https://shop.example")]).await;
        assert_eq!((answer.status(), header(&answer, "content-type")), (StatusCode::OK, kind), "{path}");
        for (name, expected) in [
            ("x-content-type-options", "nosniff"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("vary", "accept-encoding"),
            ("content-security-policy", ""),
        ] {
            assert_eq!(header(&answer, name), expected, "{path} {name}");
        }
        assert_eq!(answer.text().await.unwrap(), text, "{path}");
    }
}

#[tokio::test]
async fn a_browser_gets_the_encoding_that_was_made_when_the_program_was_built() {
    let served = Served::with_widget().await;
    for (path, accepted, encoding, text) in [
        ("/leadkeep.js", "gzip, deflate, br, zstd", "br", "as brotli"),
        ("/leadkeep.js", "gzip", "gzip", "as gzip"),
        ("/leadkeep.js", "br;q=0.1, gzip", "gzip", "as gzip"),
        ("/leadkeep.js", "zstd", "", LOADER),
        ("/leadkeep_widget.js", "br, gzip", "", "export default 1"),
        ("/leadkeep_widget_bg.wasm", "br", "", WASM),
    ] {
        let answer = served.get(path, &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&answer, "content-encoding"), encoding, "{path} {accepted}");
        assert_eq!(answer.text().await.unwrap(), text, "{path} {accepted}");
    }
}

#[tokio::test]
async fn only_what_is_asked_for_by_the_version_of_this_build_is_kept_for_good() {
    let served = Served::with_widget().await;
    for (path, is_kept) in [
        ("/leadkeep.js", false),
        ("/leadkeep_widget.js", false),
        ("/leadkeep_widget.js?v=1a2b3c.0", true),
        ("/leadkeep_widget_bg.wasm?v=1a2b3c.3", true),
        ("/leadkeep_widget.js?v=ffffffff.0", false),
        ("/leadkeep_widget.js?v=", false),
        ("/leadkeep_widget.js?v=1a2b3c.0&v=x", true),
    ] {
        let answer = served.get(path, &[]).await;
        let expected = if is_kept { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
        assert_eq!(header(&answer, "cache-control"), expected, "{path}");
    }
}

#[tokio::test]
async fn what_a_browser_has_already_is_not_sent_again() {
    let served = Served::with_widget().await;
    let tag = |answer: &Response| header(answer, "etag").to_owned();
    let plain = tag(&served.get("/leadkeep.js", &[]).await);
    let brotli = tag(&served.get("/leadkeep.js", &[("accept-encoding", "br")]).await);
    assert!(plain.starts_with('"') && plain != brotli, "{plain} {brotli}");
    let other = tag(&served.get("/leadkeep_widget.js", &[]).await);
    for (known, accepted, status) in [
        (plain.as_str(), "identity", 304),
        (brotli.as_str(), "br", 304),
        (plain.as_str(), "br", 200),
        (&format!("W/{plain}"), "identity", 304),
        (&format!("{other}, {plain}"), "identity", 304),
        ("*", "identity", 304),
        (other.as_str(), "identity", 200),
        ("rubbish", "identity", 200),
    ] {
        let answer = served.get("/leadkeep.js", &[("if-none-match", known), ("accept-encoding", accepted)]).await;
        assert_eq!(answer.status(), status, "{known} {accepted}");
        assert_eq!(header(&answer, "cache-control"), "public, max-age=300");
        assert_eq!(header(&answer, "vary"), "accept-encoding");
        assert!(!header(&answer, "etag").is_empty());
        let length = answer.bytes().await.unwrap().len();
        assert_eq!(length == 0, status == 304, "{known} {accepted}");
    }
}

#[tokio::test]
async fn a_head_says_what_a_get_would_and_nothing_else_is_taken() {
    let served = Served::with_widget().await;
    let head = served.ask(Method::HEAD, "/leadkeep_widget_bg.wasm", &[]).await;
    assert_eq!((head.status(), header(&head, "content-length")), (StatusCode::OK, WASM.len().to_string().as_str()));
    assert!(head.bytes().await.unwrap().is_empty());
    let post = served.ask(Method::POST, "/leadkeep.js", &[]).await;
    assert_eq!((post.status(), header(&post, "allow")), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    for path in ["/leadkeep.js.br", "/leadkeep", "/leadkeep_text_de.js", "/", "/index.js"] {
        let missing = served.get(path, &[]).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND, "{path}");
        let problem: serde_json::Value = missing.json().await.unwrap();
        assert_eq!(problem["code"], "lead/not-found", "{path}");
    }
}

#[tokio::test]
async fn a_program_without_the_widget_serves_no_files() {
    let served = Served::new(&[]).await;
    assert_eq!(served.get("/leadkeep.js", &[]).await.status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_program_prints_hashes_and_a_tag_or_says_that_it_holds_no_widget() {
    let embedded = WidgetFiles::embedded();
    let output = program().args(["integrity", "--base", "https://shop.example/files/"]).output().unwrap();
    let (told, refused) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    if embedded.is_empty() {
        assert_eq!(output.status.code(), Some(1));
        assert!(refused.starts_with("leadkeep-proxy: this program holds no widget"), "{refused}");
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{refused}");
    for (name, hash) in embedded.integrity() {
        assert!(told.contains(name) && told.contains(&hash), "{name} in {told}");
    }
    assert!(
        told.contains("<script async src=\"https://shop.example/files/leadkeep.js\" integrity=\"sha384-"),
        "{told}"
    );
    assert!(told.contains("crossorigin=\"anonymous\""), "{told}");
    assert!(embedded.version().is_some(), "the loader asks for the rest by a version");
}
