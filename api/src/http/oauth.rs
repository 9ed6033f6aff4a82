//! People who come back from a provider at which they agreed to something.

use super::AppState;
use super::answer::failed;
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

/// `GET /oauth/google/callback`: back to the settings when the calendar is connected or the person said no; refused with 400 when
/// the state is not the one of this session.
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
        Err(Error::Unavailable(why)) => {
            tracing::warn!(why, "Google did not answer when a calendar was connected");
            "unavailable"
        }
        Err(error) => return failed(&error),
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, format!("/settings?calendar={word}"))]).into_response()
}
