//! `GET /graphql` as a socket: graphql-transport-ws with the limits that the library's own lacks (reliability.md §2, case E).

use super::AppState;
use super::answer::{failed, refuse};
use super::graphql::{Operation, is_refused};
use super::origin::{credential, ctx_of, is_own};
use super::sessions::Watched;
use super::state::Entered;
use super::wire::{self, Out, Reading, Upgrade, Writing};
use super::{client, gate, serve};
use crate::graphql::Outcome;
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::language::Language;
use futures::future::OptionFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use service::access::{self, Actor};
use service::ctx::Ctx;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_util::sync::CancellationToken;

const PROTOCOL: &str = "graphql-transport-ws";
const MOST_SUBSCRIPTIONS: usize = 50;
const MOST_SOCKETS: usize = 20;
/// A client's messages in a second.
const MOST_A_SECOND: u32 = 100;
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_TIMEOUT: Duration = Duration::from_secs(40);
const MOST_ID: usize = 128;

/// Takes a socket or refuses it before it opens.
pub(super) async fn upgrade(state: &AppState, parts: &Parts, upgrade: Upgrade) -> Response {
    if !is_own(state, &parts.headers) {
        return refuse(StatusCode::FORBIDDEN, "ORIGIN", None, "Sockets are opened by this program's own pages.");
    }
    let offered = parts.headers.get(header::SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok());
    if !offered.is_some_and(|offered| offered.split(',').any(|protocol| protocol.trim() == PROTOCOL)) {
        return refuse(StatusCode::BAD_REQUEST, "PROTOCOL", None, "Ask for the subprotocol graphql-transport-ws.");
    }
    let ctx = match ctx_of(state, &credential(&parts.headers)).await {
        Ok(ctx) => ctx,
        Err(error) => return failed(&error),
    };
    let entered = match access::user(&ctx) {
        Ok(user_id) => match state.sockets().enter(user_id, MOST_SOCKETS) {
            Some(entered) => Some(entered),
            None => {
                return refuse(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_SOCKETS", None, "Close another socket first.");
            }
        },
        Err(_) => None,
    };
    let state = state.clone();
    let from = client::address(&parts.extensions).to_string();
    let language = super::language::asked(&parts.headers).unwrap_or(Language::En);
    let caller = Caller { ctx, from, language };
    let stop = serve::stop(&parts.extensions);
    upgrade.open(PROTOCOL, move |reading, out, writing| run(state, caller, entered, (reading, out, writing), stop))
}

/// Why a socket is closed (the protocol's own codes where it has them).
#[derive(Clone, Copy)]
struct Close(u16, &'static str);

const INVALID: Close = Close(4400, "Invalid message");
const UNAUTHORIZED: Close = Close(4401, "Unauthorized");
const FORBIDDEN: Close = Close(4403, "Forbidden");
const TOO_LATE: Close = Close(4408, "Connection initialisation timeout");
const DUPLICATE: Close = Close(4409, "Subscriber already exists");
const TOO_MANY: Close = Close(4429, "Too many requests");
const TOO_MANY_INITS: Close = Close(4429, "Too many initialisation requests");
const TOO_BIG: Close = Close(1009, "Message too big");
const GONE: Close = Close(1001, "Going away");
const FINE: Close = Close(1000, "");

/// A client's message.
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
    payload: Option<Value>,
}

async fn run(
    state: AppState,
    caller: Caller,
    entered: Option<Entered>,
    (reading, out, writing): (Reading, Out, Writing),
    stop: CancellationToken,
) {
    let broken = CancellationToken::new();
    let writer = tokio::spawn(writing.run(broken.clone()));
    let mut talk = Talk {
        state,
        signed_in: matches!(caller.ctx.actor(), Actor::User { .. }),
        caller,
        out: out.clone(),
        subscriptions: HashMap::new(),
        initialised: false,
        second: (Instant::now(), 0),
    };
    let close = talk.listen(reading, &broken, &stop).await;
    talk.end_all();
    drop(talk);
    // A reader that stands still does not get its goodbye: the writer is cut off then.
    if !out.close(close.0, close.1).await {
        broken.cancel();
    }
    drop(out);
    let _ = writer.await;
    drop(entered);
}

/// Who opened the socket.
struct Caller {
    ctx: Ctx,
    from: String,
    language: Language,
}

/// A subscription, as long as it is open: while its operation runs, and while the writer listens for it.
struct Subscription {
    operation: AbortHandle,
    open: Weak<()>,
}

struct Talk {
    state: AppState,
    caller: Caller,
    signed_in: bool,
    out: Out,
    subscriptions: HashMap<String, Subscription>,
    initialised: bool,
    second: (Instant, u32),
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.end_all();
    }
}

impl Talk {
    fn end_all(&mut self) {
        for (_, subscription) in self.subscriptions.drain() {
            subscription.operation.abort();
        }
    }

    /// Listens until there is a reason to close.
    async fn listen(&mut self, mut stream: Reading, broken: &CancellationToken, stop: &CancellationToken) -> Close {
        let init_until = Instant::now() + INIT_TIMEOUT;
        let mut heard = Instant::now();
        let mut ping = interval(PING_EVERY);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ping.reset();
        let session = match self.caller.ctx.actor() {
            Actor::User { session_id, .. } => Some(self.state.sessions().watch(*session_id)),
            Actor::Nobody | Actor::System => None,
        };
        loop {
            let message = tokio::select! {
                message = stream.next() => message,
                () = broken.cancelled() => return FINE,
                () = stop.cancelled() => return GONE,
                () = sleep_until(init_until), if !self.initialised => return TOO_LATE,
                _ = ping.tick() => {
                    if heard.elapsed() >= PONG_TIMEOUT {
                        return Close(1001, "No pong");
                    }
                    self.out.ping_now();
                    continue;
                }
                Some(()) = OptionFuture::from(session.as_ref().map(Watched::ended)) => return UNAUTHORIZED,
            };
            let message = match message {
                None => return FINE,
                Some(Err(error)) => return if is_too_big(&error) { TOO_BIG } else { INVALID },
                Some(Ok(message)) => message,
            };
            heard = Instant::now();
            if self.floods() {
                return TOO_MANY;
            }
            match message {
                Message::Text(text) => {
                    if let Err(close) = self.answer(text.as_str()).await {
                        return close;
                    }
                }
                Message::Binary(_) => return INVALID,
                Message::Close(_) => return FINE,
                Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    /// Counts the client's messages by the second.
    fn floods(&mut self) -> bool {
        if self.second.0.elapsed() >= Duration::from_secs(1) {
            self.second = (Instant::now(), 0);
        }
        self.second.1 += 1;
        self.second.1 > MOST_A_SECOND
    }

    async fn answer(&mut self, text: &str) -> Result<(), Close> {
        let Ok(said) = serde_json::from_str::<Said>(text) else { return Err(INVALID) };
        match (said.kind.as_str(), said.id, said.payload) {
            ("connection_init", ..) => {
                if self.initialised {
                    return Err(TOO_MANY_INITS);
                }
                if !self.signed_in {
                    return Err(FORBIDDEN);
                }
                self.initialised = true;
                self.out.text(json!({ "type": "connection_ack" }).to_string()).await;
            }
            ("ping", ..) => self.out.text_now(r#"{"type":"pong"}"#),
            ("pong", ..) => {}
            ("complete", Some(id), _) => {
                if let Some(subscription) = self.subscriptions.remove(&id) {
                    subscription.operation.abort();
                    self.out.leave(id).await;
                }
            }
            ("subscribe", Some(id), Some(payload @ Value::Object(_))) => {
                if !self.initialised {
                    return Err(UNAUTHORIZED);
                }
                self.subscribe(id, &payload.to_string()).await?;
            }
            _ => return Err(INVALID),
        }
        Ok(())
    }

    async fn subscribe(&mut self, id: String, payload: &str) -> Result<(), Close> {
        if id.is_empty() || id.len() > MOST_ID {
            return Err(INVALID);
        }
        self.subscriptions.retain(|_, subscription| subscription.open.strong_count() > 0);
        if self.subscriptions.contains_key(&id) {
            return Err(DUPLICATE);
        }
        if self.subscriptions.len() >= MOST_SUBSCRIPTIONS {
            self.refuse(&id, "TOO_MANY_SUBSCRIPTIONS", "A socket carries at most 50 subscriptions.").await;
            return Ok(());
        }
        let request = match gate::read(payload.as_bytes()) {
            Ok(request) => request,
            Err(refused) => {
                self.refuse(&id, refused.code, refused.message).await;
                return Ok(());
            }
        };
        let Caller { ctx, from, language } = &self.caller;
        let operation = Operation { ctx: ctx.clone(), from: from.clone(), language: *language, request };
        let events = self.state.settings().graph.stream(operation);
        let out = self.out.clone();
        let name = id.clone();
        let opened = Arc::new(());
        let open = Arc::downgrade(&opened);
        let task = tokio::spawn(async move {
            if AssertUnwindSafe(forward(&name, events, &out, opened)).catch_unwind().await.is_err() {
                tracing::error!("a subscription panicked");
                let error = json!({ "message": "internal error", "extensions": { "code": "INTERNAL" } });
                out.text(json!({ "type": "error", "id": name, "payload": [error] }).to_string()).await;
            }
        });
        self.subscriptions.insert(id, Subscription { operation: task.abort_handle(), open });
        Ok(())
    }

    async fn refuse(&self, id: &str, code: &str, message: &str) {
        let error = json!({ "message": message, "extensions": { "code": code, "field": "query" } });
        self.out.text(json!({ "type": "error", "id": id, "payload": [error] }).to_string()).await;
    }
}

/// Carries an operation's answers to the client. Where the operation takes a place among those who are told, the writer listens
/// for it from then on.
async fn forward(id: &str, mut outcomes: BoxStream<'static, Outcome>, out: &Out, open: Arc<()>) {
    while let Some(outcome) = outcomes.next().await {
        match outcome {
            Outcome::Answer(response) if is_refused(&response) => {
                out.text(wire::refused(id, &response)).await;
                return;
            }
            Outcome::Answer(response) => {
                if !out.text(wire::next(id, &response)).await {
                    return;
                }
            }
            Outcome::Told(told) => {
                out.listen(id, told, open).await;
                return;
            }
        }
    }
    out.text(wire::complete(id)).await;
}

/// Whether a frame was refused for its size.
const fn is_too_big(error: &Error) -> bool {
    matches!(error, Error::Capacity(_))
}
