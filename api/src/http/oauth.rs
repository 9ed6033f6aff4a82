//! People who come back from a provider at which they agreed to something.

use super::AppState;
use super::origin::{Credential, credential, ctx_of};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use service::error::Error;

/// What Google sends back.
#[derive(Deserialize)]
pub(super) struct Back {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// `GET /oauth/google/callback`: always back to the settings, with one word for what came of it. A browser is here, with a person
/// before it: they read why in their language, and can begin again there. Of which company is theirs to know: that open last.
pub(super) async fn google(State(state): State<AppState>, Query(back): Query<Back>, headers: HeaderMap) -> Response {
    // The browser's own session: a program with a token has no business here.
    let credential = match credential(&headers) {
        Credential::Bearer(_) => Credential::Nothing,
        other => other,
    };
    let finished = async {
        let ctx = ctx_of(&state, &credential).await?;
        let (state, code, error) = (back.state.as_deref(), back.code.as_deref(), back.error.as_deref());
        service::calendar::finish_google(&ctx, state, code, error).await
    };
    let word = match finished.await {
        Ok(_) => "connected",
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.code == "REFUSED") => "refused",
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.code == "PARTIAL_CONSENT") => "partial",
        Err(Error::Unavailable(why) | Error::Away(why)) => {
            tracing::warn!(why, "Google did not answer when a calendar was connected");
            "unavailable"
        }
        // A state of another session, too old or used; or the session has ended meanwhile: the settings ask to sign in first.
        Err(Error::Invalid(errors)) if errors.iter().all(|error| error.field == ["state"]) => "stale",
        Err(Error::Unauthenticated) => "stale",
        Err(Error::Forbidden) => "forbidden",
        Err(error) => {
            tracing::error!(why = error.private(), "a calendar was not connected");
            "failed"
        }
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/c/-/settings?calendar={word}"))]).into_response()
}
