//! A small page to try the API: query, variables, answer, schema. No scripts from elsewhere.

use super::AppState;
use super::page::strict_csp;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

/// `GET /playground`.
pub(super) async fn page(State(state): State<AppState>) -> Response {
    if !state.settings().playground {
        return StatusCode::NOT_FOUND.into_response();
    }
    let csp = strict_csp("script-src 'self'; style-src 'self'; connect-src 'self'");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, csp),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, include_str!("assets/playground.html")).into_response()
}

/// `GET /playground/{file}`.
pub(super) async fn file(State(state): State<AppState>, Path(file): Path<String>) -> Response {
    let (media_type, text) = match file.as_str() {
        "page.js" if state.settings().playground => {
            ("text/javascript; charset=utf-8", include_str!("assets/playground.js"))
        }
        "page.css" if state.settings().playground => ("text/css; charset=utf-8", include_str!("assets/playground.css")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
