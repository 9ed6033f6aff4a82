//! Web chat: what the widget on a company's site speaks to. Open to pages of any site, without cookies.

/// The web chat channel of a key; a channel of another provider has no widget.
macro_rules! channel_of {
    ($ctx:expr, $key:expr) => {
        match access::for_channel($ctx, $key).await {
            Ok((scope, channel)) if channel.provider == channel::WEBCHAT => (scope, channel),
            Ok(_) => return failed(&Error::NotFound("channel")),
            Err(error) => return failed(&error),
        }
    };
}

/// A message as the visitor's page gets it: an own message under the id that the page gave it.
macro_rules! shown {
    ($message:expr) => {{
        let message = $message;
        let own = message.author == service::stored::MessageAuthor::Customer;
        let id = message.external_id.clone().filter(|_| own).unwrap_or_else(|| message.id.to_string());
        let attachments: Vec<serde_json::Value> = service::inbox::attachments(message)
            .into_iter()
            .filter(|attachment| !attachment.url.is_empty())
            .map(|attachment| serde_json::json!({ "kind": attachment.kind, "url": attachment.url }))
            .collect();
        serde_json::json!({
            "id": id,
            "author": $crate::http::widget::author(message.author),
            "text": message.text,
            "attachments": attachments,
            "buttons": service::inbox::buttons(message),
            "at": message.sent_at.unwrap_or(message.created_at).timestamp().to_string(),
        })
    }};
}

mod stream;
mod visitor;

pub(super) use stream::stream;

use super::AppState;
use super::answer::{failed, is_media_type, read_body, refuse, wrong_method};
use super::client::address;
use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use service::access::Actor;
use service::ctx::Ctx;
use service::error::Error;
use service::inbox::{self, Address, Incoming, MAX_TEXT, VisitorCursor};
use service::stored::MessageAuthor;
use service::{access, channel, company};
use std::sync::Arc;
use uuid::Uuid;
use visitor::{Visitor, visitor_of};

/// The largest message as it is sent, bytes: every character may be escaped.
const MOST_BODY: usize = 128 * 1024;
/// Messages of one answer.
const MOST_MESSAGES: u64 = 100;
const DEFAULT_MESSAGES: u64 = 50;
const DEFAULT_COLOR: &str = "#0b7285";

/// Lets pages of any site ask: there are no cookies here, a visitor's token is in the header.
pub(super) async fn open_to_all_sites(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    let mut insert = |name, value| headers.insert(name, HeaderValue::from_static(value));
    insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    insert(header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS");
    insert(header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, x-x8-client, last-event-id");
    insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after, x-request-id");
    insert(header::ACCESS_CONTROL_MAX_AGE, "600");
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers.remove(HeaderName::from_static("access-control-allow-credentials"));
    response
}

fn system(state: &AppState) -> Ctx {
    state.nobody().with_actor(Actor::System)
}

/// `GET /widget/{key}/config`.
pub(super) async fn config(State(state): State<AppState>, Path(key): Path<String>, method: Method) -> Response {
    if method != Method::GET {
        return wrong_method("GET");
    }
    let ctx = system(&state);
    let (scope, channel) = channel_of!(&ctx, &key);
    let company = match company::get(&ctx, &scope).await {
        Ok(company) => company,
        Err(error) => return failed(&error),
    };
    let color = channel.settings["color"].as_str().filter(|color| is_color(color)).unwrap_or(DEFAULT_COLOR);
    Json(json!({ "name": company.name, "language": company.language, "color": color, "maxChars": MAX_TEXT }))
        .into_response()
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| matches!(hex.len(), 3 | 6) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `POST /widget/{key}/sessions`: a new visitor. Nothing is stored before the first message.
pub(super) async fn sessions(State(state): State<AppState>, Path(key): Path<String>, request: Request) -> Response {
    if request.method() != Method::POST {
        return wrong_method("POST");
    }
    let ctx = system(&state);
    if let Err(error) = access::may_begin_visit(&ctx, address(request.extensions())).await {
        return failed(&error);
    }
    let (_, channel) = channel_of!(&ctx, &key);
    let visitor = Visitor { id: ctx.new_id(), channel_id: channel.id };
    let cursor = VisitorCursor { at: ctx.time(), id: Uuid::nil() };
    let body = json!({ "token": visitor.token(&ctx), "visitorId": visitor.id, "cursor": cursor.to_string() });
    (StatusCode::CREATED, Json(body)).into_response()
}

#[derive(Deserialize)]
struct NewMessage {
    id: Option<Value>,
    text: Option<Value>,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    after: Option<String>,
    limit: Option<String>,
}

/// `GET` and `POST /widget/{key}/messages`.
pub(super) async fn messages(
    State(state): State<AppState>,
    Path(key): Path<String>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    let ctx = system(&state);
    let (parts, body) = request.into_parts();
    if parts.method != Method::GET && parts.method != Method::POST {
        return wrong_method("GET, POST");
    }
    let (scope, channel) = channel_of!(&ctx, &key);
    let Some(visitor) = token(&parts.headers).and_then(|token| visitor_of(&ctx, channel.id, &token)) else {
        return failed(&Error::Unauthenticated);
    };
    if parts.method == Method::GET {
        return read(&ctx, &scope, visitor, &wanted).await;
    }
    if !is_media_type(&parts.headers, "application/json") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "CONTENT_TYPE", None, "Send application/json.");
    }
    if let Err(error) = service::access::may_write(&ctx, visitor.id).await {
        return failed(&error);
    }
    let body = match read_body(body, MOST_BODY).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let invalid = |field, code, message| refuse(StatusCode::BAD_REQUEST, code, Some(field), message);
    let Ok(message) = serde_json::from_slice::<NewMessage>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "MALFORMED", None, "Send a JSON object with id and text.");
    };
    let id = match message.id.as_ref().map(|id| id.as_str().and_then(|id| Uuid::try_parse(id).ok())) {
        None => return invalid("id", "REQUIRED", "id is required: a UUID that your page makes for each message."),
        Some(None) => return invalid("id", "INVALID", "id must be a UUID."),
        Some(Some(id)) => id,
    };
    let text = match message.text {
        None => return invalid("text", "REQUIRED", "text is required."),
        Some(Value::String(text)) => text,
        Some(_) => return invalid("text", "INVALID", "text must be a string."),
    };
    let incoming = Incoming {
        external_id: id.to_string(),
        from: visitor.address(),
        attested_phone: None,
        profile_name: None,
        text,
        attachments: Vec::new(),
        // Our own id, so that a page cannot name the row of somebody else's message.
        id: None,
    };
    match state.intake().receive(&scope, Arc::new(channel), incoming).await {
        Ok(receipt) => {
            (StatusCode::ACCEPTED, Json(json!({ "id": id, "duplicate": receipt.duplicate }))).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn token(headers: &HeaderMap) -> Option<String> {
    super::origin::bearer(headers)
}

async fn read(ctx: &Ctx, scope: &access::CompanyScope, visitor: Visitor, wanted: &Wanted) -> Response {
    let limit = match wanted.limit.as_deref().map(str::parse::<u64>) {
        None => DEFAULT_MESSAGES,
        Some(Ok(limit @ 1..=MOST_MESSAGES)) => limit,
        Some(_) => {
            return refuse(StatusCode::BAD_REQUEST, "OUT_OF_RANGE", Some("limit"), "limit must be between 1 and 100.");
        }
    };
    let found = async {
        let after = wanted.after.as_deref().filter(|after| !after.is_empty()).map(VisitorCursor::parse).transpose()?;
        let Some(conversation_id) = visitor.conversation(ctx, scope).await? else { return Ok((Vec::new(), after)) };
        let messages = inbox::visitor_messages(ctx, scope, conversation_id, after, limit).await?;
        let cursor = messages.last().map(VisitorCursor::of).or(after);
        Ok((messages.iter().map(|message| shown!(message)).collect(), cursor))
    };
    match found.await {
        Ok((messages, cursor)) => Json(json!({
            "messages": messages,
            "cursor": cursor.map(|cursor: VisitorCursor| cursor.to_string()),
        }))
        .into_response(),
        Err(error) => failed(&error),
    }
}

pub(in crate::http) const fn author(author: MessageAuthor) -> &'static str {
    match author {
        MessageAuthor::Customer => "customer",
        MessageAuthor::Assistant => "assistant",
        MessageAuthor::Operator => "operator",
        MessageAuthor::System => "system",
    }
}

impl Visitor {
    /// As the inbox knows the visitor.
    fn address(self) -> Address {
        Address { kind: self.kind(), value: self.id.to_string(), trusted: true }
    }

    fn kind(self) -> String {
        format!("webchat:{}", self.channel_id)
    }

    /// The visitor's conversation, once there is one.
    async fn conversation(self, ctx: &Ctx, scope: &access::CompanyScope) -> Result<Option<Uuid>, Error> {
        inbox::visitor_conversation(ctx, scope, self.channel_id, &self.kind(), &self.id.to_string()).await
    }
}
