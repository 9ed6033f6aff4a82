//! The HTTP server under all fakes.

use super::Contract;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A call as the provider gets it.
#[derive(Clone, Debug)]
pub struct Call {
    /// `GET`, `POST`…
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, as sent.
    pub query: String,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

impl Call {
    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// A header as text, empty when absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as a form: names and values, decoded, in their order.
    #[must_use]
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// The query's names and values, decoded.
    #[must_use]
    pub fn parameters(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.query.as_bytes()).into_owned().collect()
    }

    /// The parts of a multipart form; none when the body is no such form.
    #[must_use]
    pub fn multipart(&self) -> Vec<FormPart> {
        let Some((_, boundary)) = self.header("content-type").split_once("boundary=") else { return Vec::new() };
        let mark = format!("\r\n--{}", boundary.trim_matches('"'));
        // The first mark has no line before it.
        let body = [b"\r\n", &self.body[..]].concat();
        let mut places: Vec<usize> = Vec::new();
        let mut from = 0;
        while let Some(at) = find(&body[from..], mark.as_bytes()) {
            places.push(from + at);
            from += at + mark.len();
        }
        let inside = |(start, end): (&usize, &usize)| {
            let part = &body[start + mark.len()..*end];
            let head_end = find(part, b"\r\n\r\n")?;
            let head = String::from_utf8_lossy(&part[..head_end]).into_owned();
            let value = |key: &str| {
                let (_, rest) = head.split_once(&format!("{key}=\""))?;
                Some(rest.split('"').next().unwrap_or_default().to_owned())
            };
            let bytes = Bytes::copy_from_slice(&part[head_end + 4..]);
            Some(FormPart { name: value(" name")?, file_name: value("filename"), bytes })
        };
        places.iter().zip(places.iter().skip(1)).filter_map(inside).collect()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    // A mark begins with a line's end: few places are compared.
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == what[0]) {
        if bytes[from + at..].starts_with(what) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

/// One part of a multipart form.
#[derive(Clone, Debug)]
pub struct FormPart {
    /// Name of the field.
    pub name: String,
    /// Name of the file, where it is one.
    pub file_name: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

/// What the provider answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: Bytes,
}

impl Reply {
    /// JSON.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into() }
    }

    /// Bytes as they are.
    #[must_use]
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// With one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A provider's inside.
pub trait World: Send + Sync + 'static {
    /// Does what the call asks and answers.
    fn answer(&self, call: &Call) -> Reply;
}

/// What goes wrong with a call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This answer instead; nothing is done.
    Answer(Reply),
    /// The connection breaks; nothing is done.
    Cut,
    /// It is done, and the connection breaks before the answer.
    DoneThenCut,
    /// It is done, and the connection breaks in the middle of the answer's body.
    DoneThenHalf,
    /// It is done, and the answer comes after so long.
    DoneThenSlow(Duration),
}

#[derive(Default)]
struct Inside {
    calls: Vec<Call>,
    faults: VecDeque<(String, Fault)>,
    violations: Vec<String>,
}

/// A provider's server on this machine, until it is dropped.
pub struct Server {
    url: String,
    inside: Arc<Mutex<Inside>>,
    task: JoinHandle<()>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.url)
    }
}

impl Drop for Server {
    /// Ends a test too: calls that broke the description fail it, whether it asked or not.
    fn drop(&mut self) {
        self.task.abort();
        if !std::thread::panicking() {
            self.check();
        }
    }
}

impl Server {
    /// Opens the door of a world. With a contract, calls that break it fail the test at its end, or at [`check`](Self::check).
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start(world: Arc<dyn World>, contract: Option<Contract>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let inside = Arc::<Mutex<Inside>>::default();
        let shared = Arc::new(Shared { world, contract, inside: Arc::clone(&inside) });
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let shared = Arc::clone(&shared);
                        async move { shared.serve(request).await }
                    });
                    // A broken connection is what some faults are.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(socket), service)
                        .await;
                });
            }
        });
        Self { url, inside, task }
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The next call whose path holds `path` goes wrong like this; faults of one path are played in their order.
    pub fn fail(&self, path: &str, fault: Fault) {
        self.lock().faults.push_back((path.to_owned(), fault));
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.lock().faults.clear();
    }

    /// All calls so far whose path holds `path`.
    #[must_use]
    pub fn calls(&self, path: &str) -> Vec<Call> {
        self.lock().calls.iter().filter(|call| call.path.contains(path)).cloned().collect()
    }

    /// So far every call was as the provider's official description says.
    ///
    /// # Panics
    /// With the calls that were not.
    pub fn check(&self) {
        let violations = self.lock().violations.clone();
        assert!(violations.is_empty(), "calls that break the provider's description:\n{}", violations.join("\n"));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Shared {
    world: Arc<dyn World>,
    contract: Option<Contract>,
    inside: Arc<Mutex<Inside>>,
}

/// Ends the connection.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

impl Shared {
    async fn serve(&self, request: Request<Incoming>) -> Result<Response<UnsyncBoxBody<Bytes, Cut>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let call = Call {
            method: head.method.as_str().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
        };
        let violation = self.contract.as_ref().and_then(|contract| contract.violation(&call));
        let fault = {
            let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
            inside.violations.extend(violation);
            inside.calls.push(call.clone());
            let place = inside.faults.iter().position(|(path, _)| call.path.contains(path.as_str()));
            place.and_then(|place| inside.faults.remove(place)).map(|(_, fault)| fault)
        };
        let half = matches!(fault, Some(Fault::DoneThenHalf));
        let reply = match fault {
            None | Some(Fault::DoneThenHalf) => self.world.answer(&call),
            Some(Fault::Answer(reply)) => reply,
            Some(Fault::Cut) => return Err(Cut),
            Some(Fault::DoneThenCut) => {
                self.world.answer(&call);
                return Err(Cut);
            }
            Some(Fault::DoneThenSlow(pause)) => {
                let reply = self.world.answer(&call);
                tokio::time::sleep(pause).await;
                reply
            }
        };
        let length = HeaderValue::from(reply.body.len());
        let mut response = if half {
            let part = Ok(Frame::data(reply.body.slice(..reply.body.len() / 2)));
            let broken = StreamBody::new(futures::stream::iter([part, Err(Cut)]));
            let mut response = Response::new(broken.boxed_unsync());
            response.headers_mut().insert(hyper::header::CONTENT_LENGTH, length);
            response
        } else {
            Response::new(Full::new(reply.body).map_err(|_| Cut).boxed_unsync())
        };
        *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in reply.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(HeaderName::from_static(name), value);
            }
        }
        Ok(response)
    }
}

/// Lets the guarded client call this server, which is in no public network.
///
/// # Panics
/// When the system's certificates can't be read.
pub fn allow(engine: &mut service::Engine, server: &Server) {
    let authority = server.url().trim_start_matches("http://");
    let authority = foundation::http::Authority::parse(authority).expect("the address of a server");
    engine.outside = gateway::Outside::new(&[authority]).expect("clients for the outside");
}

/// The answer of a provider that does not know the path.
#[must_use]
pub(super) fn unknown_path() -> Reply {
    Reply::json(404, &json!({ "error": "no such path in this fake" }))
}
