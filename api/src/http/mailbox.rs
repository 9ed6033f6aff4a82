//! The mailbox page of development: letters to the signed-in person, while no mail server is set and the playground is on.

use super::AppState;
use super::answer::{failed, refuse};
use super::origin::{credential, ctx_of};
use super::page::{escape, page, strict_csp};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::language::Language;
use service::mail::Kept;
use uuid::Uuid;

/// `GET /mailbox`.
pub(super) async fn list(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let kept = match kept(&state, &headers).await {
        Ok(kept) => kept,
        Err(answer) => return answer,
    };
    let mut body = "<h1>Mailbox</h1><p>No mail server is set: letters to you stay here.</p>".to_owned();
    if kept.is_empty() {
        body.push_str("<p>There is no letter.</p>");
    }
    for Kept { row, written } in kept {
        body.push_str(&format!(
            "<h2><a href=\"/mailbox/{}\">{}</a></h2><p>{}, {}</p>",
            row.id,
            escape(&written.subject),
            escape(&row.address),
            row.created_at.timestamp().strftime("%Y-%m-%d %H:%M UTC")
        ));
    }
    page(StatusCode::OK, Language::En, "Mailbox", &body, None)
}

/// `GET /mailbox/{id}`: the letter as a mail program shows it.
pub(super) async fn letter(State(state): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let kept = match kept(&state, &headers).await {
        Ok(kept) => kept,
        Err(answer) => return answer,
    };
    let id = Uuid::try_parse(&id).ok();
    let Some(found) = kept.into_iter().find(|kept| Some(kept.row.id) == id) else { return nothing() };
    // Letters carry their style with them.
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, strict_csp("style-src 'unsafe-inline'")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, found.written.html).into_response()
}

async fn kept(state: &AppState, headers: &HeaderMap) -> Result<Vec<Kept>, Response> {
    if !state.settings().playground || state.settings().ctx.engine().outside.mail.is_some() {
        return Err(nothing());
    }
    let ctx = ctx_of(state, &credential(headers)).await.map_err(|error| failed(&error))?;
    service::mail::mailbox(&ctx).await.map_err(|error| failed(&error))
}

fn nothing() -> Response {
    refuse(StatusCode::NOT_FOUND, "NOT_FOUND", None, "There is nothing here.")
}
