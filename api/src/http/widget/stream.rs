//! `GET /widget/{key}/stream`: the visitor's messages as they become visible.

use super::system;
use super::visitor::{Visitor, visitor_of};
use crate::http::AppState;
use crate::http::answer::{failed, refuse, wrong_method};
use crate::http::serve::stop;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use service::access::{self, CompanyScope};
use service::channel;
use service::ctx::Ctx;
use service::error::{Error, Result};
use service::event::{Listener, Told};
use service::inbox::{self, VisitorCursor};
use service::stored::EventKind;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

/// Streams of one visitor at once.
const MOST_STREAMS: usize = 3;
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a page that does not read is waited for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// Commits do not keep the order of times: so much before the cursor is read again, and what was told already is left out.
const OVERLAP_MS: i64 = 2_000;
const MOST_TOLD: usize = 200;
const BATCH: u64 = 100;

#[derive(Deserialize)]
pub(in crate::http) struct Wanted {
    token: Option<String>,
    after: Option<String>,
}

/// Server-sent events: `message` with the message, its cursor as the event's id; `resync` when the page must read anew.
pub(in crate::http) async fn stream(
    State(state): State<AppState>,
    Path(key): Path<String>,
    Query(wanted): Query<Wanted>,
    request: Request,
) -> Response {
    if request.method() != Method::GET {
        return wrong_method("GET");
    }
    let ctx = system(&state);
    let (scope, channel) = channel_of!(&ctx, &key);
    let Some(visitor) = wanted.token.as_deref().and_then(|token| visitor_of(&ctx, channel.id, token)) else {
        return failed(&Error::Unauthenticated);
    };
    // A browser that comes back by itself names the last event it had.
    let last = request.headers().get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let after = match last
        .or(wanted.after)
        .filter(|after| !after.is_empty())
        .map(|after| VisitorCursor::parse(&after))
        .transpose()
    {
        Ok(after) => after.unwrap_or(VisitorCursor { at: ctx.time(), id: Uuid::nil() }),
        Err(error) => return failed(&error),
    };
    let Some(entered) = state.streams().enter(visitor.id, MOST_STREAMS) else {
        return refuse(
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_STREAMS",
            None,
            "Close another window of this chat first.",
        );
    };
    let events = ctx.engine().bus.listen();
    let stop = stop(request.extensions());
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        let teller = Teller { ctx, scope, visitor, sender, after, conversation: None, told: VecDeque::new() };
        tokio::select! {
            () = teller.run(events) => {}
            () = stop.cancelled() => {}
        }
        drop(entered);
    });
    let mut response = Sse::new(ReceiverStream::new(receiver)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that collect answers would hold the events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

struct Teller {
    ctx: Ctx,
    scope: CompanyScope,
    visitor: Visitor,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    after: VisitorCursor,
    conversation: Option<Uuid>,
    told: VecDeque<Uuid>,
}

impl Teller {
    async fn run(mut self, mut events: Listener) {
        let mut heartbeat = interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        // A visitor without a conversation waits for its first message; other visitors' are then looked at once a second.
        let mut look = interval(Duration::from_secs(1));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stirred = true;
        // What came before the page began to listen.
        if self.send(Event::default().comment("open")).await.is_err() {
            return;
        }
        loop {
            if stirred && self.conversation.is_some() {
                stirred = false;
                if self.tell().await.is_err() {
                    return;
                }
            }
            tokio::select! {
                event = events.next() => match event {
                    Some(Told::Event(event)) => {
                        let ours = event.kind == EventKind::Conversation
                            && event.company_id == self.scope.id()
                            && self.conversation.is_none_or(|conversation| conversation == event.subject_id);
                        stirred |= ours;
                    }
                    Some(Told::Gap) => {
                        stirred = true;
                        if self.send(Event::default().event("resync").data("{}")).await.is_err() {
                            return;
                        }
                    }
                    None => return,
                },
                _ = heartbeat.tick() => {
                    if self.send(Event::default().comment("still here")).await.is_err() {
                        return;
                    }
                }
                _ = look.tick(), if self.conversation.is_none() && stirred => {
                    stirred = false;
                    match self.visitor.conversation(&self.ctx, &self.scope).await {
                        Ok(Some(conversation)) => {
                            self.conversation = Some(conversation);
                            stirred = true;
                        }
                        Ok(None) => {}
                        Err(error) => tracing::warn!(error = %error.private(), "a visitor's conversation was not found"),
                    }
                }
                () = self.sender.closed() => return,
            }
        }
    }

    /// Tells what became visible since.
    async fn tell(&mut self) -> Result<(), ()> {
        let Some(conversation_id) = self.conversation else { return Ok(()) };
        loop {
            let from = Some(self.after.earlier(OVERLAP_MS));
            let from = if self.told.is_empty() { Some(self.after) } else { from };
            let found = inbox::visitor_messages(&self.ctx, &self.scope, conversation_id, from, BATCH).await;
            let messages = match found {
                Ok(messages) => messages,
                Err(error) => {
                    tracing::warn!(error = %error.private(), "a visitor's messages could not be read");
                    return self.send(Event::default().event("resync").data("{}")).await;
                }
            };
            let full = messages.len() as u64 == BATCH;
            let before = self.after;
            for message in &messages {
                if self.told.contains(&message.id) {
                    continue;
                }
                let cursor = VisitorCursor::of(message);
                self.after = self.after.max(cursor);
                if self.told.len() == MOST_TOLD {
                    self.told.pop_front();
                }
                self.told.push_back(message.id);
                let data = shown!(message).to_string();
                self.send(Event::default().event("message").id(cursor.to_string()).data(data)).await?;
            }
            if !full || self.after == before {
                return Ok(());
            }
        }
    }

    async fn send(&self, event: Event) -> Result<(), ()> {
        match tokio::time::timeout(WRITE_TIMEOUT, self.sender.send(Ok(event))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(()),
        }
    }
}
