//! What the load generators share: keep-alive connections, and the figures of many requests.

use api::graphql::Outcome;
use api::http::{Answer, AppState, Graph, Operation, Proxies, Settings};
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use service::ctx::Ctx;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Kit, Postgres};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

/// No schema: for loads that ask for none.
#[derive(Debug)]
pub struct NoGraph;

impl Graph for NoGraph {
    fn execute(&self, _: Operation) -> BoxFuture<'static, Answer> {
        Box::pin(async { Answer { response: async_graphql::Response::default(), session: None } })
    }

    fn stream(&self, _: Operation) -> BoxStream<'static, Outcome> {
        Box::pin(futures::stream::empty())
    }

    fn sdl(&self) -> String {
        String::new()
    }
}

/// One keep-alive connection.
#[derive(Debug)]
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    /// Connects to `host:port`.
    ///
    /// # Errors
    /// When nobody is there.
    pub async fn connect(host: &str) -> std::io::Result<Self> {
        let stream = TcpStream::connect(host).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(32 * 1024, stream), host: host.to_owned() })
    }

    /// Sends a request of JSON with more headers; answers status and body.
    ///
    /// # Errors
    /// When the connection breaks.
    pub async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> std::io::Result<(u16, String)> {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.host);
        for (name, value) in headers {
            let _ = write!(request, "{name}: {value}\r\n");
        }
        let _ = write!(request, "content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        // As few reads as the answer has parts: what measures must not take the time of what is measured.
        let (status, length) = {
            let read = self.stream.fill_buf().await?;
            if read.is_empty() {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let Some(end) = read.windows(4).position(|part| part == b"\r\n\r\n") else {
                return Err(std::io::Error::other("the head came in parts"));
            };
            let head = std::str::from_utf8(&read[..end]).map_err(std::io::Error::other)?;
            let status = head.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                if name.eq_ignore_ascii_case("content-length") { value.trim().parse::<usize>().ok() } else { None }
            });
            self.stream.consume(end + 4);
            (status, length.unwrap_or(0))
        };
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        String::from_utf8(body).map(|body| (status, body)).map_err(std::io::Error::other)
    }
}

/// Runs `work` on every connection; how long each request took, sorted, and how many were refused.
///
/// # Panics
/// When a connection breaks.
pub async fn load<F>(connections: usize, work: impl Fn(usize) -> F) -> (Vec<Duration>, usize)
where
    F: Future<Output = std::io::Result<(Vec<Duration>, usize)>> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..connections {
        tasks.spawn(work(number));
    }
    let (mut all, mut refused) = (Vec::new(), 0);
    while let Some(done) = tasks.join_next().await {
        let (took, bad) = done.expect("a connection's task").expect("the server answers");
        all.extend(took);
        refused += bad;
    }
    all.sort_unstable();
    (all, refused)
}

/// Prints what that makes a second, with the median and the 99th percentile; returns the rate.
pub fn report(what: &str, took: &[Duration], seconds: f64) -> f64 {
    let at =
        |part: f64| took.get((took.len() as f64 * part) as usize).copied().unwrap_or_default().as_secs_f64() * 1000.0;
    let rate = took.len() as f64 / seconds;
    println!("{what:<42} {rate:>9.0} a second   p50 {:>7.2} ms   p99 {:>7.2} ms", at(0.5), at(0.99));
    rate
}

/// Requests that do nothing, until the time is over.
///
/// # Errors
/// When the connection breaks.
pub async fn nothing(host: String, until: Instant) -> std::io::Result<(Vec<Duration>, usize)> {
    let mut client = Client::connect(&host).await?;
    let mut took = Vec::new();
    while Instant::now() < until {
        let started = Instant::now();
        client.ask("GET", "/healthz", &[("accept", "*/*")], "").await?;
        took.push(started.elapsed());
    }
    Ok((took, 0))
}

/// A new session of somebody: the cookie's token.
///
/// # Panics
/// When the database refuses.
pub async fn session(ctx: &Ctx, user_id: Uuid) -> String {
    let token = ctx.engine().random.token(48);
    let tx = ctx.db().begin_platform().await.expect("a transaction");
    entity::session::Entity::insert(entity::session::ActiveModel {
        id: Set(ctx.new_id()),
        user_id: Set(user_id),
        token_hash: Set(foundation::secret::sha256_hex(token.as_bytes())),
        created_at: Set(ctx.time()),
        expires_at: Set(ctx.time().plus_seconds(3_600)),
        last_seen_at: Set(ctx.time()),
    })
    .exec_without_returning(&tx)
    .await
    .expect("a session");
    ctx.commit(tx).await.expect("committed");
    token
}

/// The HTTP side of the program with this schema: nothing of the web application, no demo.
pub fn app(ctx: Ctx, graph: impl Graph) -> AppState {
    AppState::new(Settings {
        ctx,
        graph: Arc::new(graph),
        metrics: Arc::new(String::new),
        dispatcher_alive: Arc::new(|| Some(true)),
        web_dir: None,
        proxies: Proxies::default(),
        playground: false,
        demo: false,
    })
}

/// How often a second pgbench runs a script against the kit's database, with these settings of its sessions (`-c name=value`).
///
/// # Panics
/// When it does not run, or says no rate.
#[must_use]
pub fn pgbench(
    kit: &Kit,
    name: &str,
    script: &str,
    options: &[&str],
    settings: &str,
    seconds: f64,
    connections: usize,
) -> f64 {
    let file = kit.folder.join(name);
    std::fs::write(&file, script).expect("a script");
    let output = Postgres::program("pgbench")
        .args(["-n", "-c", &connections.to_string(), "-j", "2", "-T", &format!("{seconds:.0}")])
        .args(options)
        .env("PGOPTIONS", settings)
        .arg("-f")
        .arg(&file)
        .arg(&kit.url)
        .output()
        .expect("pgbench");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
    rate.unwrap_or_else(|| panic!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))
}
