//! `/sandbox/`: a page that shows what the stand-in for 2Checkout holds, beside whatever shop is served.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Redirect;
use axum::routing::get;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 4] = [
    ("/sandbox/", HTML, include_str!("../../panel/index.html")),
    ("/sandbox/panel.css", CSS, include_str!("../../panel/panel.css")),
    ("/sandbox/panel.js", JAVASCRIPT, include_str!("../../panel/panel.js")),
    ("/sandbox/panel-view.js", JAVASCRIPT, include_str!("../../panel/panel-view.js")),
];

/// The page and what it loads.
pub(super) fn routes() -> Router {
    let to_the_page = get(|| std::future::ready(Redirect::permanent("/sandbox/")));
    FILES.into_iter().fold(Router::new().route("/sandbox", to_the_page), |router, (path, kind, text)| {
        let answer = ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text);
        router.route(path, get(move || std::future::ready(answer)))
    })
}
