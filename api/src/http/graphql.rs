//! `POST /graphql`: content type, client header, gate, session, schema.

use super::answer::{RETRY_AFTER_SECONDS, failed, is_media_type, read_body, refuse, with_retry, wrong_method};
use super::language::asked;
use super::origin::{CLIENT_HEADER, Credential, credential, ctx_of, end_cookie, set_cookie};
use super::wire::Upgrade;
use super::{AppState, gate, socket};
use crate::graphql::Outcome;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::language::Language;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use service::ctx::Ctx;
use std::time::Duration;

/// How long an operation may take.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(30);

/// What an operation does to the browser's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionChange {
    /// Signed in: the token goes into the cookie.
    Begin(String),
    /// Signed out.
    End,
}

/// The outcome of an operation.
pub struct Answer {
    /// For the client.
    pub response: async_graphql::Response,
    /// For the cookie.
    pub session: Option<SessionChange>,
}

/// An operation that passed the gate.
pub struct Operation {
    /// Who asks.
    pub ctx: Ctx,
    /// The caller's address, for the limits on guessing.
    pub from: String,
    /// The language that the caller reads.
    pub language: Language,
    /// What is asked.
    pub request: async_graphql::Request,
}

/// The schema as the server sees it.
pub trait Graph: Send + Sync + 'static {
    /// Runs one operation.
    fn execute(&self, operation: Operation) -> BoxFuture<'static, Answer>;

    /// Runs a subscription, or an operation over a socket.
    fn stream(&self, operation: Operation) -> BoxStream<'static, Outcome>;

    /// The schema as text.
    fn sdl(&self) -> String;
}

/// `/graphql` with any method.
pub(super) async fn handle(State(state): State<AppState>, request: Request<Body>) -> Response {
    if request.method() == Method::GET && request.headers().contains_key(header::UPGRADE) {
        let (mut parts, _) = request.into_parts();
        return match Upgrade::read(&mut parts).await {
            Ok(upgrade) => socket::upgrade(&state, &parts, upgrade).await,
            Err(refused) => refused,
        };
    }
    if request.method() != Method::POST {
        return wrong_method("POST");
    }
    run(&state, request).await.unwrap_or_else(|refusal| refusal)
}

async fn run(state: &AppState, request: Request<Body>) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    if !is_media_type(&parts.headers, "application/json") {
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "CONTENT_TYPE", None, "Send application/json."));
    }
    let credential = credential(&parts.headers);
    if !matches!(credential, Credential::Bearer(_)) && !parts.headers.contains_key(CLIENT_HEADER) {
        let message = "Send the header X-X8-Client with the name of your program, or a bearer token.";
        return Err(refuse(StatusCode::BAD_REQUEST, "CLIENT_HEADER_MISSING", None, message));
    }
    let body = read_body(body, gate::MAX_BODY).await?;
    let request = gate::read(&body)
        .map_err(|refused| refuse(StatusCode::BAD_REQUEST, refused.code, Some("query"), refused.message))?;
    let ctx = ctx_of(state, &credential).await.map_err(|error| failed(&error))?;
    let from = super::client::address(&parts.extensions).to_string();
    let language = asked(&parts.headers).unwrap_or(Language::En);
    let operation = Operation { ctx, from, language, request };
    let answer = tokio::time::timeout(OPERATION_TIMEOUT, state.settings().graph.execute(operation))
        .await
        .map_err(|_| failed(&service::Error::Unavailable("an operation took longer than 30 s".to_owned())))?;
    let unavailable = is_unavailable(&answer.response);
    let status = match &answer.response {
        response if is_refused(response) => StatusCode::BAD_REQUEST,
        _ if unavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let mut response = (status, Json(&answer.response)).into_response();
    if unavailable {
        response = with_retry(response, RETRY_AFTER_SECONDS);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, axum::http::HeaderValue::from_static("no-store"));
    let cookie = match &answer.session {
        Some(SessionChange::Begin(token)) => set_cookie(state, token),
        Some(SessionChange::End) => end_cookie(state),
        None => None,
    };
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether nothing ran: a fault of syntax or validation belongs to no field.
pub(super) fn is_refused(response: &async_graphql::Response) -> bool {
    response.data == async_graphql::Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// Whether nothing was answered because something is busy or down (reliability.md case 79).
fn is_unavailable(response: &async_graphql::Response) -> bool {
    let nothing = match &response.data {
        async_graphql::Value::Null => true,
        async_graphql::Value::Object(fields) => fields.values().all(|value| *value == async_graphql::Value::Null),
        _ => false,
    };
    let busy = |error: &async_graphql::ServerError| {
        error.extensions.as_ref().and_then(|extensions| extensions.get("code"))
            == Some(&async_graphql::Value::from("UNAVAILABLE"))
    };
    nothing && !response.errors.is_empty() && response.errors.iter().all(busy)
}

/// `GET /schema.graphql`.
pub(super) async fn schema(State(state): State<AppState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], state.settings().graph.sdl()).into_response()
}
