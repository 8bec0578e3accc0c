//! Reads the body of a server's request, of whatever type it says to be.

use axum::extract::Request;
use http_body_util::BodyExt;

use super::App;
use super::error::ApiError;

/// A caller reads the refusal only when its body was taken, so more than is allowed is read and thrown away, up to this.
const MOST_DRAINED_BYTES: usize = 4 * 1024 * 1024;

/// The body, if it has at most `limit` bytes.
///
/// # Errors  `too_large`, [`ApiError::Timeout`], or [`ApiError::Malformed`] when it breaks off.
pub(super) async fn read(app: &App, request: Request, limit: usize, too_large: ApiError) -> Result<Vec<u8>, ApiError> {
    let read = async {
        let (mut bytes, mut received) = (Vec::new(), 0_usize);
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| ApiError::Malformed)?.into_data() else { continue };
            received = received.saturating_add(data.len());
            if received <= limit {
                bytes.extend_from_slice(&data);
            } else if received > MOST_DRAINED_BYTES {
                break;
            }
        }
        if received > limit { Err(too_large) } else { Ok(bytes) }
    };
    tokio::time::timeout(app.config().body_within, read).await.map_err(|_| ApiError::Timeout)?
}
