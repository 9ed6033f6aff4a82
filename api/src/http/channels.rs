//! Deliveries of the platforms on which customers write.

use super::AppState;
use super::answer::{failed, read_body};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use service::access::Actor;
use service::channel;

/// The largest delivery of a provider, bytes.
const MOST_DELIVERY: usize = 1024 * 1024;

/// `POST /webhooks/channel/{key}`: the secret or signature is checked over the raw bytes; 200 only once what was delivered is
/// stored.
pub(super) async fn webhook(
    State(state): State<AppState>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let body = match read_body(body, MOST_DELIVERY).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let ctx = state.nobody().with_actor(Actor::System);
    match channel::deliver(&ctx, state.intake(), &key, header, &body).await {
        Ok(Some(answer)) => Json(answer).into_response(),
        Ok(None) => (StatusCode::OK, "ok").into_response(),
        Err(error) => failed(&error),
    }
}
