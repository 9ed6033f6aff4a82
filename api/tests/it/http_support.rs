//! A server on a port of its own, a small client, a stand-in schema.

use api::graphql::Outcome;
use api::http::{Answer, AppState, Graph, Operation, Proxies, SessionChange, Settings, router, serve};
use async_graphql::{Object, Schema, Subscription};
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use entity::session;
use futures::future::BoxFuture;
use futures::stream::{BoxStream, Stream, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::Value;
use service::access::Actor;
use service::ctx::Ctx;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::Kit;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

/// A running server; stops when dropped.
pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    pub(crate) alive: Arc<AtomicBool>,
    pub(crate) stop: CancellationToken,
    pub(crate) served: Option<tokio::task::JoinHandle<std::io::Result<()>>>,
    _guard: DropGuard,
}

/// An answer read to its end.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn field(&self) -> String {
        self.json()["errors"][0]["extensions"]["field"].as_str().unwrap_or_default().to_owned()
    }
}

impl Server {
    pub(crate) async fn start(kit: &Kit) -> Self {
        Self::with(kit.ctx.clone(), None).await
    }

    pub(crate) async fn with(ctx: Ctx, web_dir: Option<PathBuf>) -> Self {
        Self::run(ctx, stand_in(), Proxies::default(), web_dir, true).await
    }

    /// Behind reverse proxies at these addresses.
    pub(crate) async fn behind(kit: &Kit, proxies: Proxies) -> Self {
        Self::run(kit.ctx.clone(), stand_in(), proxies, None, true).await
    }

    /// With another schema.
    pub(crate) async fn of(kit: &Kit, graph: Arc<dyn Graph>, playground: bool) -> Self {
        Self::run(kit.ctx.clone(), graph, Proxies::default(), None, playground).await
    }

    async fn run(
        ctx: Ctx,
        graph: Arc<dyn Graph>,
        proxies: Proxies,
        web_dir: Option<PathBuf>,
        playground: bool,
    ) -> Self {
        let alive = Arc::new(AtomicBool::new(true));
        let is_alive = Arc::clone(&alive);
        let state = AppState::new(Settings {
            ctx,
            graph,
            metrics: Arc::new(|| "x8_up 1\n".to_owned()),
            dispatcher_alive: Arc::new(move || Some(is_alive.load(Ordering::SeqCst))),
            web_dir,
            proxies,
            playground,
            demo: false,
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let served = Some(tokio::spawn(serve(listener, router(state), stop.clone())));
        Self { at, alive, _guard: stop.clone().drop_guard(), stop, served }
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answered {
        let stream = TcpStream::connect(self.at).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let connection = tokio::spawn(connection);
        let response = sender.send_request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        connection.abort();
        Answered { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answered {
        let mut request = Request::builder().method(method).uri(path).header("host", self.at.to_string());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Full::new(body.into())).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answered {
        self.ask(Method::GET, path, headers, "").await
    }

    pub(crate) async fn post_json(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answered {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.ask(Method::POST, path, &all, body.to_string()).await
    }

    pub(crate) async fn graphql(&self, body: impl Into<Bytes>) -> Answered {
        self.ask(Method::POST, "/graphql", &[("content-type", "application/json"), ("x-x8-client", "test")], body).await
    }
}

fn stand_in() -> Arc<dyn Graph> {
    Arc::new(StandIn(Schema::build(Query, Mutation, Events).limit_depth(12).finish()))
}

/// A session of this user: the cookie's value.
pub(crate) async fn session(ctx: &Ctx, user_id: Uuid) -> String {
    let token = ctx.engine().random.token(48);
    let tx = ctx.db().begin_across().await.unwrap();
    session::Entity::insert(session::ActiveModel {
        id: Set(ctx.new_id()),
        user_id: Set(user_id),
        token_hash: Set(foundation::secret::sha256_hex(token.as_bytes())),
        created_at: Set(ctx.time()),
        expires_at: Set(ctx.time().plus_seconds(3_600)),
        last_seen_at: Set(ctx.time()),
    })
    .exec_without_returning(&tx)
    .await
    .unwrap();
    ctx.commit(tx).await.unwrap();
    token
}

/// Resident memory of this process, bytes.
pub(crate) fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

struct StandIn(Schema<Query, Mutation, Events>);

#[derive(Clone, Default)]
struct Change(Arc<std::sync::Mutex<Option<SessionChange>>>);

impl Graph for StandIn {
    fn execute(&self, operation: Operation) -> BoxFuture<'static, Answer> {
        let schema = self.0.clone();
        Box::pin(async move {
            let change = Change::default();
            let request = operation.request.data(operation.ctx).data(change.clone());
            let response = schema.execute(request).await;
            let session = change.0.lock().unwrap().take();
            Answer { response, session }
        })
    }

    fn stream(&self, operation: Operation) -> BoxStream<'static, Outcome> {
        let answers = self.0.execute_stream(operation.request.data(operation.ctx));
        answers.map(|response| Outcome::Answer(Arc::new(response))).boxed()
    }

    fn sdl(&self) -> String {
        self.0.sdl()
    }
}

struct Query;

#[Object]
impl Query {
    /// Who asks.
    async fn viewer(&self, ctx: &async_graphql::Context<'_>) -> Option<String> {
        match ctx.data_unchecked::<Ctx>().actor() {
            Actor::User { user_id, .. } => Some(user_id.to_string()),
            Actor::Nobody | Actor::System => None,
        }
    }

    async fn echo(&self, number: i32) -> i32 {
        number
    }

    async fn me(&self) -> Me {
        Me
    }

    async fn boom(&self) -> i32 {
        if std::hint::black_box(true) {
            panic!("a secret detail");
        }
        0
    }
}

struct Me;

#[Object]
impl Me {
    async fn me(&self) -> Me {
        Me
    }

    async fn name(&self) -> &str {
        "me"
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn sign_in(&self, ctx: &async_graphql::Context<'_>) -> bool {
        *ctx.data_unchecked::<Change>().0.lock().unwrap() = Some(SessionChange::Begin("abc".to_owned()));
        true
    }

    async fn sign_out(&self, ctx: &async_graphql::Context<'_>) -> bool {
        *ctx.data_unchecked::<Change>().0.lock().unwrap() = Some(SessionChange::End);
        true
    }
}

struct Events;

#[Subscription]
impl Events {
    /// Counts up to a number.
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        futures::stream::iter(1..=to)
    }

    /// Never says anything.
    async fn silence(&self) -> impl Stream<Item = i32> {
        futures::stream::pending()
    }

    /// Says much, for ever.
    async fn flood(&self) -> impl Stream<Item = String> {
        futures::stream::repeat("x".repeat(10_000))
    }
}

/// Waits until something holds; fails after ten seconds.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let held = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), held).await.unwrap_or_else(|_| panic!("{what} never came"));
}
