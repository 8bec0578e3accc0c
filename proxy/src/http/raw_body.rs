//! Reads the body of a request, of whatever type it says to be: at most so many bytes, in the time it has.

use axum::body::Body;
use axum::extract::Request;
use http_body_util::BodyExt;

use super::App;
use super::error::ApiError;

/// A caller reads the refusal only when its body was taken, so more than is allowed is read and thrown away, up to so many
/// times as much.
const MOST_DRAINED: usize = 16;

/// The body, if it has at most `limit` bytes and comes in time.
///
/// # Errors
///
/// `too_large`, [`ApiError::Timeout`], or [`ApiError::Malformed`] when it breaks off.
pub(super) async fn read(app: &App, request: Request, limit: usize, too_large: ApiError) -> Result<Vec<u8>, ApiError> {
    let bytes = bytes(request.into_body(), limit, too_large);
    tokio::time::timeout(app.config().body_within, bytes).await.map_err(|_| ApiError::Timeout)?
}

/// As [`read`], however long it takes.
pub(super) async fn bytes(mut body: Body, limit: usize, too_large: ApiError) -> Result<Vec<u8>, ApiError> {
    let (mut bytes, mut received) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| ApiError::Malformed)?.into_data() else { continue };
        received = received.saturating_add(data.len());
        if received <= limit {
            bytes.extend_from_slice(&data);
        } else if received > limit.saturating_mul(MOST_DRAINED) {
            break;
        }
    }
    if received > limit { Err(too_large) } else { Ok(bytes) }
}
