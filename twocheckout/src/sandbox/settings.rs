//! `/sandbox/settings`: where 2Checkout's pages can be read in two ways, the one that the sandbox follows.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Sandbox;

/// A `PUT` replaces all of them; what it leaves out has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Whether `updateLead`, with which "all the existing data for that lead will be overwritten", takes the marks of a
    /// lead with it. Default: it keeps them.
    pub(super) update_clears_marks: bool,
    /// The codes of the merchant's catalogue. Default: those of the demo shop. A lead may hold others: what 2Checkout makes
    /// of them is not documented.
    #[serde(skip_serializing_if = "is_demo_shop")]
    pub(super) products: Vec<String>,
}

/// What the demo shop sells.
const DEMO_SHOP: [&str; 3] = ["BRV-GROTESK", "BRV-SPECIMEN", "BRV-PROOFSHEET"];

fn is_demo_shop(products: &[String]) -> bool {
    products == DEMO_SHOP
}

impl Default for Settings {
    fn default() -> Self {
        Self { update_clears_marks: false, products: DEMO_SHOP.map(str::to_owned).into() }
    }
}

pub(super) async fn read(State(sandbox): State<Sandbox>) -> Json<Settings> {
    Json(sandbox.state().settings.clone())
}

/// Whatever its content type: it is set by hand as often as not.
pub(super) async fn set(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    match serde_json::from_slice::<Settings>(&body) {
        Ok(settings) => {
            sandbox.state().settings = settings.clone();
            Json(settings).into_response()
        }
        Err(_) => {
            let message = r#"expected {"update_clears_marks": true or false, "products": ["CODE"]}, and no other key"#;
            (StatusCode::BAD_REQUEST, Json(json!({"message": message}))).into_response()
        }
    }
}
