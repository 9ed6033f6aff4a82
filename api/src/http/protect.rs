//! Around every request: an id, where it comes from, a span, a net for panics, the headers that protect a browser.

use super::AppState;
use super::answer::refuse;
use super::client;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::time::Instant;
use tracing::Instrument as _;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id and its span, catches a panic, and adds the protecting headers.
pub(super) async fn protect(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let client = client::find(&state.settings().proxies, request.extensions(), request.headers());
    request.extensions_mut().insert(client);
    let id = state.nobody().new_id().simple().to_string();
    let method = request.method().clone();
    // The path only: addresses carry tokens in their queries, and these paths carry them as well.
    let path = hide_tokens(request.uri().path());
    let embeddable = ["/widget/", "/media/"].iter().any(|open| request.uri().path().starts_with(open));
    let span = tracing::info_span!("request", id, %method, path, from = %client.0);
    let started = Instant::now();
    let mut response =
        AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await.unwrap_or_else(|panic| {
            let text = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("of unknown kind");
            span.in_scope(|| tracing::error!(panic = text, "a request panicked"));
            refuse(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", None, "internal error")
        });
    let status = response.status().as_u16();
    let elapsed_ms = started.elapsed().as_millis() as u64;
    span.in_scope(|| tracing::debug!(status, elapsed_ms, "answered"));
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("strict-origin-when-cross-origin"));
    headers
        .entry(HeaderName::from_static("permissions-policy"))
        .or_insert(HeaderValue::from_static("camera=(), geolocation=(), microphone=()"));
    if embeddable {
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    } else {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    response
}

/// Paths under which a part is itself the right to something are logged without it.
fn hide_tokens(path: &str) -> String {
    for secret in ["/p/", "/calendar/", "/test-bank/", "/files/", "/media/"] {
        if path.starts_with(secret) {
            return format!("{secret}…");
        }
    }
    path.chars().take(200).collect()
}
