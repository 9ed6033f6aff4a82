//! `GET /graphql` as a socket: graphql-transport-ws with the limits that the library's own lacks (reliability.md §2, case E).

use super::AppState;
use super::answer::{failed, refuse};
use super::graphql::{Operation, is_refused};
use super::origin::{credential, ctx_of, is_own};
use super::state::Entered;
use super::{client, gate, serve};
use crate::graphql::Delivery;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::language::Language;
use futures::stream::{SplitSink, SplitStream};
use futures::{FutureExt as _, SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use service::access::{self, Actor};
use service::ctx::Ctx;
use service::identity;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

const PROTOCOL: &str = "graphql-transport-ws";
/// A client's frame, bytes.
const MOST_FRAME: usize = 64 * 1024;
/// What is read at once; an idle socket keeps it, and there may be thousands.
const READ_BUFFER: usize = 1024;
/// What is collected before it is written, bytes.
const WRITE_BUFFER: usize = 4 * 1024;
/// Messages that go out together.
const MOST_TOGETHER: usize = 32;
/// What waits for a client that reads slowly, bytes.
const MOST_WAITING: usize = 1024 * 1024;
/// Bundles of messages that wait for the same.
const MOST_MESSAGES: usize = 256;
const MOST_SUBSCRIPTIONS: usize = 50;
const MOST_SOCKETS: usize = 20;
/// A client's messages in a second.
const MOST_A_SECOND: u32 = 100;
const INIT_TIMEOUT: Duration = Duration::from_secs(5);
const PING_EVERY: Duration = Duration::from_secs(20);
const PONG_TIMEOUT: Duration = Duration::from_secs(40);
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
const SESSION_EVERY: Duration = Duration::from_secs(4);
const MOST_ID: usize = 128;

/// Takes a socket or refuses it before it opens.
pub(super) async fn upgrade(state: &AppState, parts: &Parts, upgrade: WebSocketUpgrade) -> Response {
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
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .max_frame_size(MOST_FRAME)
        .max_message_size(MOST_FRAME)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(2 * MOST_WAITING)
        .on_upgrade(move |socket| run(state, caller, entered, socket, stop))
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

/// Messages on their way to the client, with their share of the room there is for waiting ones.
struct Outgoing {
    messages: Vec<Message>,
    room: Option<OwnedSemaphorePermit>,
}

/// The way to the client: bounded in messages and in bytes. A subscription that finds it full waits, and its events lag behind
/// in the bus, which tells it to resync; meanwhile the writer's time runs out.
#[derive(Clone)]
struct Out {
    sender: mpsc::Sender<Outgoing>,
    room: Arc<Semaphore>,
}

impl Out {
    async fn json(&self, value: &Value) -> bool {
        self.texts(vec![value.to_string()]).await
    }

    async fn texts(&self, texts: Vec<String>) -> bool {
        let bytes: usize = texts.iter().map(String::len).sum();
        let bytes = u32::try_from(bytes.clamp(1, MOST_WAITING)).unwrap_or(1);
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(bytes).await else { return false };
        let messages = texts.into_iter().map(Message::text).collect();
        self.sender.send(Outgoing { messages, room: Some(room) }).await.is_ok()
    }

    /// Without waiting; lost when the way is full, which the write timeout then answers.
    fn now(&self, message: Message) {
        let _ = self.sender.try_send(Outgoing { messages: vec![message], room: None });
    }
}

async fn run(state: AppState, caller: Caller, entered: Option<Entered>, socket: WebSocket, stop: CancellationToken) {
    let (sink, stream) = socket.split();
    let (sender, receiver) = mpsc::channel(MOST_MESSAGES);
    let out = Out { sender, room: Arc::new(Semaphore::new(MOST_WAITING)) };
    let broken = CancellationToken::new();
    let writer = tokio::spawn(write(sink, receiver, broken.clone()));
    let mut talk = Talk {
        state,
        signed_in: matches!(caller.ctx.actor(), Actor::User { .. }),
        caller,
        out: out.clone(),
        subscriptions: HashMap::new(),
        initialised: false,
        second: (Instant::now(), 0),
    };
    let close = talk.listen(stream, &broken, &stop).await;
    talk.end_all();
    drop(talk);
    let frame = CloseFrame { code: close.0, reason: close.1.into() };
    // A reader that stands still does not get its goodbye: the writer is cut off then.
    let Out { sender, .. } = out;
    let goodbye = sender.send(Outgoing { messages: vec![Message::Close(Some(frame))], room: None });
    let said = timeout(WRITE_TIMEOUT, goodbye).await;
    if said.is_err() {
        broken.cancel();
    }
    drop(sender);
    let _ = writer.await;
    drop(entered);
}

/// Writes until the way is closed, a write takes too long, or the socket breaks. What waits goes out together.
async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut receiver: mpsc::Receiver<Outgoing>,
    broken: CancellationToken,
) {
    let mut waiting = Vec::new();
    while receiver.recv_many(&mut waiting, MOST_TOGETHER).await > 0 {
        let last = waiting.iter().any(|outgoing| matches!(outgoing.messages[..], [Message::Close(_)]));
        let all = async {
            // Their room is free again when they are out.
            let mut rooms = Vec::with_capacity(waiting.len());
            for Outgoing { messages, room } in waiting.drain(..) {
                for message in messages {
                    sink.feed(message).await?;
                }
                rooms.push(room);
            }
            sink.flush().await
        };
        let written = tokio::select! {
            written = timeout(WRITE_TIMEOUT, all) => matches!(written, Ok(Ok(()))),
            () = broken.cancelled() => false,
        };
        if !written || last {
            break;
        }
    }
    broken.cancel();
}

/// Who opened the socket.
struct Caller {
    ctx: Ctx,
    from: String,
    language: Language,
}

struct Talk {
    state: AppState,
    caller: Caller,
    signed_in: bool,
    out: Out,
    subscriptions: HashMap<String, AbortHandle>,
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
            subscription.abort();
        }
    }

    /// Listens until there is a reason to close.
    async fn listen(
        &mut self,
        mut stream: SplitStream<WebSocket>,
        broken: &CancellationToken,
        stop: &CancellationToken,
    ) -> Close {
        let init_until = Instant::now() + INIT_TIMEOUT;
        let mut heard = Instant::now();
        let mut ping = interval(PING_EVERY);
        let mut session = interval(SESSION_EVERY);
        for ticks in [&mut ping, &mut session] {
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.reset();
        }
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
                    self.out.now(Message::Ping(axum::body::Bytes::new()));
                    continue;
                }
                _ = session.tick(), if self.signed_in => {
                    // A database that does not answer for once ends nobody's socket; each event is checked anyway.
                    if let Ok(false) = identity::stands(&self.caller.ctx).await {
                        return UNAUTHORIZED;
                    }
                    continue;
                }
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
                Message::Ping(_) | Message::Pong(_) => {}
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
                self.out.json(&json!({ "type": "connection_ack" })).await;
            }
            ("ping", ..) => self.out.now(Message::text(r#"{"type":"pong"}"#)),
            ("pong", ..) => {}
            ("complete", Some(id), _) => {
                if let Some(subscription) = self.subscriptions.remove(&id) {
                    subscription.abort();
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
        self.subscriptions.retain(|_, subscription| !subscription.is_finished());
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
        let task = tokio::spawn(async move {
            if AssertUnwindSafe(forward(&name, events, &out)).catch_unwind().await.is_err() {
                tracing::error!("a subscription panicked");
                let error = json!({ "message": "internal error", "extensions": { "code": "INTERNAL" } });
                out.json(&json!({ "type": "error", "id": name, "payload": [error] })).await;
            }
        });
        self.subscriptions.insert(id, task.abort_handle());
        Ok(())
    }

    async fn refuse(&self, id: &str, code: &str, message: &str) {
        let error = json!({ "message": message, "extensions": { "code": code, "field": "query" } });
        self.out.json(&json!({ "type": "error", "id": id, "payload": [error] })).await;
    }
}

/// Carries a subscription's events to the client until either ends; what is there goes together.
async fn forward(id: &str, events: futures::stream::BoxStream<'static, Delivery>, out: &Out) {
    // What stands before the answer in every message of this subscription.
    let head = format!(r#"{{"type":"next","id":{},"payload":"#, Value::from(id));
    let mut events = events.ready_chunks(MOST_TOGETHER);
    while let Some(deliveries) = events.next().await {
        let mut texts = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            match delivery {
                Delivery::Own(response) if is_refused(&response) => {
                    texts.push(json!({ "type": "error", "id": id, "payload": response.errors }).to_string());
                    out.texts(texts).await;
                    return;
                }
                delivery => texts.push(format!("{head}{}}}", delivery.json())),
            }
        }
        if !out.texts(texts).await {
            return;
        }
    }
    out.json(&json!({ "type": "complete", "id": id })).await;
}

/// Whether a frame was refused for its size.
fn is_too_big(error: &axum::Error) -> bool {
    error.to_string().to_lowercase().contains("too long") || error.to_string().to_lowercase().contains("too large")
}
