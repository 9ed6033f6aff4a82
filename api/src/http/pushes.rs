//! Word from providers that something of a company's changed there.

use super::AppState;
use super::answer::failed;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use service::access::Actor;
use service::calendar::{self, Push};

/// `POST /webhooks/calendar/{key}`: a push of Google Calendar. Its body is empty and not read; what it says is in its headers.
pub(super) async fn calendar(State(state): State<AppState>, Path(key): Path<String>, headers: HeaderMap) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let push = Push {
        channel: header("x-goog-channel-id"),
        token: header("x-goog-channel-token"),
        resource: header("x-goog-resource-id"),
        state: header("x-goog-resource-state"),
    };
    let ctx = state.nobody().with_actor(Actor::System);
    match calendar::pushed(&ctx, &key, push).await {
        Ok(()) => (StatusCode::OK, "ok").into_response(),
        Err(error) => failed(&error),
    }
}
