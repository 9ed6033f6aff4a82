//! The two directions of a socket. tungstenite reads: frames, masks, sizes, the answers that RFC 6455 wants. What is told to many
//! is written here, because a library's sink copies each message into a buffer that stays with the socket: thousands of sockets
//! told of a burst would hold the same text thousands of times. Here it is shared until the moment of writing.

use super::graphql::is_refused;
use crate::graphql::{Deliveries, Delivery};
use axum::body::Bytes;
use axum::extract::FromRequestParts as _;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures::{FutureExt as _, Stream, StreamExt as _};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf, ReadHalf, WriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::timeout;
use tokio_stream::StreamMap;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_util::sync::CancellationToken;

/// A client's frame, bytes.
const MOST_FRAME: usize = 64 * 1024;
/// What is read at once; an idle socket keeps it, and there may be thousands.
const READ_BUFFER: usize = 1024;
/// What is put together before it is written, bytes.
const WRITE_AT_ONCE: usize = 64 * 1024;
/// Messages and bundles that go out together.
const MOST_TOGETHER: usize = 32;
/// What waits for a client that reads slowly, bytes.
const MOST_WAITING: usize = 1024 * 1024;
/// Messages that wait for the same.
const MOST_MESSAGES: usize = 256;
/// How long it may take to write so much; a client that reads nothing is dropped then.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// A client that wants a socket, in the words of RFC 6455 §4.
pub(super) struct Upgrade {
    opening: OnUpgrade,
    accept: HeaderValue,
}

impl Upgrade {
    /// Reads it from a request's head.
    ///
    /// # Errors
    /// Why it is none, for the client.
    pub(super) async fn read(parts: &mut Parts) -> Result<Self, Response> {
        let opening = parts.extensions.get::<OnUpgrade>().cloned();
        let accept = parts
            .headers
            .get(header::SEC_WEBSOCKET_KEY)
            .and_then(|key| HeaderValue::try_from(derive_accept_key(key.as_bytes())).ok());
        // What axum would refuse is refused with its words.
        let _ = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|refused| refused.into_response())?;
        match (opening, accept) {
            (Some(opening), Some(accept)) => Ok(Self { opening, accept }),
            _ => Err(StatusCode::UPGRADE_REQUIRED.into_response()),
        }
    }

    /// Opens the socket; `run` has it when the client has the answer.
    pub(super) fn open<F: Future<Output = ()> + Send + 'static>(
        self,
        protocol: &'static str,
        run: impl FnOnce(Reading, Out, Writing) -> F + Send + 'static,
    ) -> Response {
        let Self { opening, accept } = self;
        tokio::spawn(async move {
            // Who is gone before the answer needs none.
            if let Ok(upgraded) = opening.await {
                let (reading, out, writing) = open(upgraded).await;
                run(reading, out, writing).await;
            }
        });
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, accept),
            (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol)),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

async fn open(upgraded: Upgraded) -> (Reading, Out, Writing) {
    let (read, write) = tokio::io::split(TokioIo::new(upgraded));
    let (sender, receiver) = mpsc::channel(MOST_MESSAGES);
    let out = Out { sender: sender.clone(), room: Arc::new(Semaphore::new(MOST_WAITING)) };
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        .max_frame_size(Some(MOST_FRAME))
        .max_message_size(Some(MOST_FRAME))
        // Its own answers go out at once.
        .write_buffer_size(0);
    let reading =
        WebSocketStream::from_raw_socket(Side { read, replies: sender.downgrade() }, Role::Server, Some(config));
    (reading.await, out, Writing { half: write, receiver, listening: StreamMap::new() })
}

/// What the client says.
pub(super) type Reading = WebSocketStream<Side>;

/// The reader's side: what tungstenite answers by itself, to pings, goes the writer's way.
pub(super) struct Side {
    read: ReadHalf<TokioIo<Upgraded>>,
    replies: mpsc::WeakSender<Outgoing>,
}

impl AsyncRead for Side {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.read).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Side {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, frames: &[u8]) -> Poll<io::Result<usize>> {
        if let Some(sender) = self.replies.upgrade() {
            // Lost when the way is full, which the writer's time limit then answers.
            let _ = sender.try_send(Outgoing { what: What::Frames(Bytes::copy_from_slice(frames)), room: None });
        }
        Poll::Ready(Ok(frames.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What stands before the response in each message of an operation (graphql-transport-ws); a brace ends it.
fn head(id: &str) -> String {
    format!(r#"{{"type":"next","id":{},"payload":"#, Value::from(id))
}

/// A response in its message; as text, which keeps the order of the fields.
pub(super) fn next(id: &str, response: &async_graphql::Response) -> String {
    format!("{}{}}}", head(id), serde_json::to_string(response).unwrap_or_default())
}

/// An operation that was refused.
pub(super) fn refused(id: &str, response: &async_graphql::Response) -> String {
    json!({ "type": "error", "id": id, "payload": response.errors }).to_string()
}

/// An operation that is over.
pub(super) fn complete(id: &str) -> String {
    json!({ "type": "complete", "id": id }).to_string()
}

/// Something on its way to the client, with its share of the room there is for what waits.
struct Outgoing {
    what: What,
    room: Option<OwnedSemaphorePermit>,
}

enum What {
    /// As they are.
    Frames(Bytes),
    Text(String),
    Ping,
    Close(u16, &'static str),
    /// A subscription that the writer listens for from now on, or does not any more. Boxed, because each socket keeps room for
    /// some of these.
    Listen(Box<(String, Told)>),
    Leave(String),
}

/// What a subscription is told.
struct Told {
    /// What stands before the response in each of its messages.
    head: Arc<str>,
    told: mpsc::Receiver<Deliveries>,
    /// Lives as long as the subscription is open.
    open: Option<Arc<()>>,
}

impl Stream for Told {
    /// Nothing to tell any more comes as none.
    type Item = Option<(Arc<str>, Deliveries)>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.open.is_none() {
            return Poll::Ready(None);
        }
        self.told.poll_recv(cx).map(|told| match told {
            Some(told) => Some(Some((Arc::clone(&self.head), told))),
            None => {
                self.open = None;
                Some(None)
            }
        })
    }
}

/// The way to the client: bounded in messages and in bytes. Who finds it full waits; meanwhile the writer's time runs out.
#[derive(Clone)]
pub(super) struct Out {
    sender: mpsc::Sender<Outgoing>,
    room: Arc<Semaphore>,
}

impl Out {
    /// Sends a text; whether there is still a way.
    pub(super) async fn text(&self, text: String) -> bool {
        let bytes = u32::try_from(text.len().clamp(1, MOST_WAITING)).unwrap_or(1);
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(bytes).await else { return false };
        self.sender.send(Outgoing { what: What::Text(text), room: Some(room) }).await.is_ok()
    }

    /// From now on the writer listens for a subscription, which is `open` as long as it does.
    pub(super) async fn listen(&self, id: &str, told: mpsc::Receiver<Deliveries>, open: Arc<()>) {
        let told = Told { head: head(id).into(), told, open: Some(open) };
        let _ = self.sender.send(Outgoing { what: What::Listen(Box::new((id.to_owned(), told))), room: None }).await;
    }

    /// The client does not want that any more.
    pub(super) async fn leave(&self, id: String) {
        let _ = self.sender.send(Outgoing { what: What::Leave(id), room: None }).await;
    }

    /// Sends a text without waiting; lost when the way is full, which the writer's time limit then answers.
    pub(super) fn text_now(&self, text: &str) {
        let _ = self.sender.try_send(Outgoing { what: What::Text(text.to_owned()), room: None });
    }

    /// Asks whether the client is there, without waiting.
    pub(super) fn ping_now(&self) {
        let _ = self.sender.try_send(Outgoing { what: What::Ping, room: None });
    }

    /// Says goodbye; whether there was room for it in time.
    pub(super) async fn close(&self, code: u16, reason: &'static str) -> bool {
        let goodbye = self.sender.send(Outgoing { what: What::Close(code, reason), room: None });
        timeout(WRITE_TIMEOUT, goodbye).await.is_ok()
    }
}

/// What is to be written, and what is listened for meanwhile. What waits while a write takes its time waits where it is told,
/// which is bounded there; who is behind is told to read anew.
pub(super) struct Writing {
    half: WriteHalf<TokioIo<Upgraded>>,
    receiver: mpsc::Receiver<Outgoing>,
    listening: StreamMap<String, Told>,
}

/// What comes next.
enum Next {
    Outgoing(Outgoing),
    /// A subscription's; none when it is over.
    Told(String, Option<(Arc<str>, Deliveries)>),
}

impl Writing {
    /// Writes until the way is closed, a write takes too long, or the socket breaks. What waits goes out together.
    pub(super) async fn run(mut self, broken: CancellationToken) {
        while let Some(first) = self.next().await {
            let written = tokio::select! {
                written = self.write(first) => written,
                () = broken.cancelled() => break,
            };
            if !matches!(written, Ok(true)) {
                break;
            }
        }
        broken.cancel();
        // The client sees the end, also where the reader still holds its half.
        let _ = timeout(WRITE_TIMEOUT, self.half.shutdown()).await;
    }

    /// None when nobody can say anything any more.
    async fn next(&mut self) -> Option<Next> {
        tokio::select! {
            outgoing = self.receiver.recv() => outgoing.map(Next::Outgoing),
            Some((id, told)) = self.listening.next() => Some(Next::Told(id, told)),
        }
    }

    /// Writes this and what else is there; whether something may follow.
    async fn write(&mut self, first: Next) -> io::Result<bool> {
        // Their room is free again when they are out.
        let mut rooms = Vec::new();
        let mut bytes = Vec::new();
        let (mut waiting, mut together) = (Some(first), 0);
        while let Some(one) = waiting {
            match one {
                Next::Outgoing(Outgoing { what, room }) => {
                    rooms.extend(room);
                    match what {
                        What::Frames(frames) => bytes.extend_from_slice(&frames),
                        What::Text(text) => frame(&mut bytes, TEXT, &[text.as_bytes()])?,
                        What::Ping => frame(&mut bytes, OpCode::Control(Control::Ping), &[])?,
                        What::Close(code, reason) => {
                            let close = OpCode::Control(Control::Close);
                            frame(&mut bytes, close, &[&code.to_be_bytes(), reason.as_bytes()])?;
                            self.put(&mut bytes).await?;
                            return Ok(false);
                        }
                        What::Listen(subscription) => {
                            let (id, told) = *subscription;
                            self.listening.insert(id, told);
                        }
                        What::Leave(id) => {
                            self.listening.remove(&id);
                        }
                    }
                }
                Next::Told(id, None) => frame(&mut bytes, TEXT, &[complete(&id).as_bytes()])?,
                Next::Told(id, Some((head, told))) => {
                    for delivery in told.iter() {
                        match delivery {
                            Delivery::Own(response) if is_refused(response) => {
                                // The client learns why, and nothing follows.
                                frame(&mut bytes, TEXT, &[refused(&id, response).as_bytes()])?;
                                self.listening.remove(&id);
                                break;
                            }
                            Delivery::Own(response) => frame(&mut bytes, TEXT, &[next(&id, response).as_bytes()])?,
                            Delivery::Shared(json) => {
                                frame(&mut bytes, TEXT, &[head.as_bytes(), json.as_bytes(), b"}"])?;
                            }
                        }
                        if bytes.len() >= WRITE_AT_ONCE {
                            self.put(&mut bytes).await?;
                        }
                    }
                }
            }
            together += 1;
            waiting = if together < MOST_TOGETHER { self.next().now_or_never().flatten() } else { None };
        }
        self.put(&mut bytes).await?;
        Ok(true)
    }

    /// Puts these on the wire. The time limit is for each such part, so that a slow line that does carry something is not cut.
    async fn put(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        let put = async {
            self.half.write_all(bytes).await?;
            self.half.flush().await
        };
        timeout(WRITE_TIMEOUT, put).await??;
        bytes.clear();
        Ok(())
    }
}

const TEXT: OpCode = OpCode::Data(Data::Text);

/// Appends one frame of these parts: a server's are not masked (RFC 6455 §5.1). The memory is the write's alone: an idle socket
/// has none.
fn frame(bytes: &mut Vec<u8>, opcode: OpCode, parts: &[&[u8]]) -> io::Result<()> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    bytes.reserve(length + 10);
    FrameHeader { opcode, ..FrameHeader::default() }.format(length as u64, bytes).map_err(io::Error::other)?;
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    Ok(())
}
