//! Whether the program lives and can work, and its figures.

use super::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use std::time::Duration;

/// How long the database may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// `GET /readyz`: the database answers, and jobs are dispatched where this process does that. Without Redis work goes on, slower
/// to begin, and without the storage of files all but files: then it says so, and stays ready.
pub(super) async fn ready(State(state): State<AppState>) -> Response {
    let database = tokio::time::timeout(PING_TIMEOUT, state.nobody().db().ping()).await.is_ok_and(|ping| ping.is_ok());
    let dispatcher = (state.settings().dispatcher_alive)();
    let redis = state.nobody().engine().signal.as_ref().map(|signal| signal.works());
    let files = tokio::time::timeout(PING_TIMEOUT, service::file::answers(state.nobody())).await.unwrap_or(false);
    let ready = database && dispatcher != Some(false);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "database": database, "dispatcher": dispatcher, "redis": redis, "files": files })))
        .into_response()
}

/// `GET /metrics`: for Prometheus.
pub(super) async fn metrics(State(state): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], (state.settings().metrics)()).into_response()
}
