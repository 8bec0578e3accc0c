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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Whether `updateLead`, with which "all the existing data for that lead will be overwritten", takes the marks of a
    /// lead with it. Default: it keeps them.
    pub(super) update_clears_marks: bool,
}

pub(super) async fn read(State(sandbox): State<Sandbox>) -> Json<Settings> {
    Json(sandbox.state().settings)
}

/// Whatever its content type: it is set by hand as often as not.
pub(super) async fn set(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    match serde_json::from_slice::<Settings>(&body) {
        Ok(settings) => {
            sandbox.state().settings = settings;
            Json(settings).into_response()
        }
        Err(_) => {
            let message = r#"expected {"update_clears_marks": true} or false, and no other key"#;
            (StatusCode::BAD_REQUEST, Json(json!({"message": message}))).into_response()
        }
    }
}
