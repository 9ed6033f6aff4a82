//! Messages to many open subscriptions: `fanout [sockets] [messages]`, five thousand sockets and a burst of fifty by default,
//! beside a bare socket server (axum, a broadcast channel, one send a frame) that carries the same frames to the same clients.
//!
//! What a subscribed socket costs is printed too (reliability.md case 61: at most 64 KB each). The clients live in a child
//! process, so that this process's memory is the server's alone.

use api::http::{router, serve};
use axum::extract::ws::{Message, Utf8Bytes, WebSocketUpgrade};
use bench::{app, session};
use service::access;
use service::ctx::Ctx;
use service::inbox::{self, Address, Incoming};
use std::io::{BufRead as _, Write as _};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use testkit::{Backend, Kit, Tenant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sockets that one user may have.
const OF_A_USER: usize = 20;
/// Messages that are sent one at a time, for how long one takes.
const SINGLE: usize = 10;
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, host, path, company, frames, cookies @ ..] = arguments.as_slice()
        && word == "clients"
    {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(clients(
            host,
            path,
            company,
            frames.parse().expect("how many frames a message makes"),
            cookies,
        ));
        return;
    }
    let number = |at: usize, default| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (sockets, burst) = (number(0, 5_000), number(1, 50));
    testkit::run(Backend::Sqlite, move |kit| async move {
        kit.may_remain("answer_turn");
        let (frame, ours) = ours(&kit, sockets, burst).await;
        let bare = bare(sockets, burst, frame).await;
        println!("share of a bare socket server: {:.2} (wanted: 0.6, aim: 0.8)", ours / bare);
    });
}

/// Our server: messages that customers write, to operators who listen. An example of a frame, and deliveries a second.
async fn ours(kit: &Kit, sockets: usize, burst: usize) -> (String, f64) {
    let ctx = kit.live();
    let tenant = kit.tenant().await;
    let state = app(ctx.clone(), api::Api::new(api::graphql::Installation::default()));
    let mut cookies = Vec::new();
    for _ in 0..sockets.div_ceil(OF_A_USER) {
        let colleague = testkit::tenant::owner_of(&ctx, &tenant.scope).await;
        cookies.push(session(&ctx, access::user(&colleague).expect("somebody")).await);
    }
    // Everybody is known before the clock runs.
    for number in 0..burst {
        write(&ctx, &tenant, number, "first").await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = listener.local_addr().expect("its address").to_string();
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, router(state), stop.clone()));
    let before = resident();
    let company = format!("company:{}", tenant.company.id);
    // A message tells of itself and of its conversation.
    let mut crowd = Crowd::gather(&host, "/graphql", &company, 2, &cookies, sockets);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let each = resident().saturating_sub(before) / sockets;
    println!("{sockets} subscribed sockets: {each} bytes each (wanted: under 20480; case 61: 65536 at most)");
    let rate = crowd.hear("ours", burst, async |number| write(&ctx, &tenant, number, &stamp()).await).await;
    let each = resident().saturating_sub(before) / sockets;
    println!("after the burst: {each} bytes each");
    let frame = crowd.end();
    stop.cancel();
    server.await.expect("the server's task").expect("it served");
    (frame, rate)
}

/// A customer's message, as a channel hands it over.
async fn write(ctx: &Ctx, tenant: &Tenant, number: usize, text: &str) {
    let from = Address { kind: "phone".to_owned(), value: format!("+346001{number:05}"), trusted: true };
    let incoming = Incoming {
        external_id: format!("{text}-{number}"),
        from,
        attested_phone: None,
        profile_name: None,
        text: text.to_owned(),
        attachments: Vec::new(),
        id: None,
    };
    inbox::receive(ctx, &tenant.scope, &tenant.channel, incoming).await.expect("stored");
}

/// The bare server with the same frames.
async fn bare(sockets: usize, burst: usize, frame: String) -> f64 {
    let (sender, _) = broadcast::channel::<Utf8Bytes>(4096);
    let said = sender.clone();
    let handler = move |upgrade: WebSocketUpgrade| {
        let mut heard = said.subscribe();
        async move {
            upgrade.protocols(["graphql-transport-ws"]).on_upgrade(async move |mut socket| {
                let _ = socket.recv().await;
                let _ = socket.send(Message::text(r#"{"type":"connection_ack"}"#)).await;
                while let Ok(text) = heard.recv().await {
                    if socket.send(Message::Text(text)).await.is_err() {
                        break;
                    }
                }
            })
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = listener.local_addr().expect("its address").to_string();
    let server = tokio::spawn(async move {
        axum::serve(listener, axum::Router::new().route("/", axum::routing::get(handler))).await
    });
    let cookies = vec![String::from("none"); sockets.div_ceil(OF_A_USER)];
    let mut crowd = Crowd::gather(&host, "/", "none", 2, &cookies, sockets);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (start, end) = frame.split_once("at:").expect("a stamp in the frame");
    let end = &end[16..];
    let rate = crowd
        .hear("a bare socket server", burst, async |_| {
            for _ in 0..2 {
                let _ = sender.send(format!("{start}{}{end}", stamp()).into());
            }
        })
        .await;
    crowd.end();
    server.abort();
    rate
}

/// The clients, in a process of their own.
struct Crowd {
    child: Child,
    said: std::io::BufReader<ChildStdout>,
    sockets: usize,
}

impl Crowd {
    fn gather(host: &str, path: &str, company: &str, frames: usize, cookies: &[String], sockets: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["clients", host, path, company, &frames.to_string()])
            .args(cookies)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the clients");
        let said = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let mut crowd = Self { child, said, sockets };
        let open: usize = crowd.line().trim().parse().expect("how many are open");
        assert_eq!(open, sockets, "all sockets are open");
        crowd
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        tokio::task::block_in_place(|| self.said.read_line(&mut line)).expect("a word of the clients");
        line
    }

    fn ask(&mut self, words: &str) {
        writeln!(self.child.stdin.as_mut().expect("its input"), "{words}").expect("asked");
    }

    /// Says a burst, then some messages one at a time; deliveries a second within the burst.
    async fn hear(&mut self, what: &str, burst: usize, mut say: impl AsyncFnMut(usize)) -> f64 {
        self.ask(&format!("{}", burst * self.sockets));
        assert_eq!(self.line().trim(), "listening");
        for number in 0..burst {
            say(number).await;
        }
        let heard: Heard = self.line().parse().expect("what was heard");
        let rate = heard.count as f64 / heard.seconds;
        let mut single = Vec::new();
        for number in 0..SINGLE {
            self.ask(&format!("{}", self.sockets));
            assert_eq!(self.line().trim(), "listening");
            say(number).await;
            single.push(self.line().parse::<Heard>().expect("what was heard").p99);
        }
        single.sort_by(f64::total_cmp);
        println!(
            "{what:<22} {rate:>9.0} deliveries a second in a burst of {burst}, its p99 {:>6.0} ms; one message to all: p99 {:>4.0} ms, worst {:>4.0} ms",
            heard.p99,
            single[single.len() / 2],
            single.last().copied().unwrap_or_default()
        );
        rate
    }

    /// The last frame that was heard.
    fn end(mut self) -> String {
        self.ask("end");
        let frame = self.line().trim().to_owned();
        self.child.wait().expect("the clients end");
        frame
    }
}

/// What the clients heard of what they were asked to listen for.
struct Heard {
    count: usize,
    seconds: f64,
    p99: f64,
}

impl std::str::FromStr for Heard {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let parts: Vec<f64> = line.split_whitespace().filter_map(|part| part.parse().ok()).collect();
        match parts[..] {
            [count, seconds, p99] => Ok(Self { count: count as usize, seconds, p99 }),
            _ => Err(line.to_owned()),
        }
    }
}

/// A moment, as part of a text.
fn stamp() -> String {
    format!("at:{:016}", micros())
}

fn micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// What the clients share.
#[derive(Default)]
struct Ears {
    frames: AtomicUsize,
    /// When it was said and how long it took, microseconds, of each frame with a stamp.
    took: std::sync::Mutex<Vec<(u64, u64)>>,
    last: std::sync::Mutex<Vec<u8>>,
}

/// Opens twenty sockets for each cookie, listens on each, and tells what came.
async fn clients(host: &str, path: &str, company: &str, frames: usize, cookies: &[String]) {
    let _ = foundation::process::raise_open_files();
    let ears = Arc::new(Ears::default());
    let mut open = 0;
    for cookie in cookies {
        for _ in 0..OF_A_USER {
            let stream = socket(host, path, cookie, company).await.expect("a socket");
            tokio::spawn(listen(stream, Arc::clone(&ears)));
            open += 1;
        }
    }
    println!("{open}");
    loop {
        let mut line = String::new();
        tokio::task::block_in_place(|| std::io::stdin().read_line(&mut line)).expect("a word");
        let Ok(deliveries) = line.trim().parse::<usize>() else { break };
        ears.frames.store(0, Ordering::SeqCst);
        ears.took.lock().expect("unpoisoned").clear();
        println!("listening");
        let _ = std::io::stdout().flush();
        let began = Instant::now();
        while ears.frames.load(Ordering::SeqCst) < deliveries * frames && began.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let done = micros();
        let count = ears.frames.load(Ordering::SeqCst);
        let mut took = ears.took.lock().expect("unpoisoned").clone();
        let first = took.iter().map(|(said, _)| *said).min().unwrap_or(done);
        took.sort_unstable_by_key(|(_, took)| *took);
        let p99 = took.get(took.len() * 99 / 100).map_or(0, |(_, took)| *took);
        assert_eq!(count, deliveries * frames, "everything is heard, once");
        println!("{count} {} {}", (done - first) as f64 / 1e6, p99 as f64 / 1e3);
        let _ = std::io::stdout().flush();
    }
    println!("{}", String::from_utf8_lossy(&ears.last.lock().expect("unpoisoned")));
}

/// A socket that has subscribed.
async fn socket(host: &str, path: &str, cookie: &str, company: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\
         cookie: x8_session={cookie}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&masked(r#"{"type":"connection_init"}"#)).await?;
    let mut heard = Vec::new();
    while !heard.ends_with(br#"{"type":"connection_ack"}"#) {
        if stream.read_buf(&mut heard).await? == 0 {
            return Err(std::io::Error::other(String::from_utf8_lossy(&heard).into_owned()));
        }
    }
    let query = "subscription($id: ID!) { companyEvents(companyId: $id) { cursor kind message { id text author createdAt } \
                 conversation { id preview unreadCount lastMessageAt } } }";
    let subscribe = serde_json::json!({
        "type": "subscribe", "id": "1", "payload": { "query": query, "variables": { "id": company } }
    });
    stream.write_all(&masked(&subscribe.to_string())).await?;
    Ok(stream)
}

/// A text frame of a client; masked with zeros, which changes nothing.
fn masked(text: &str) -> Vec<u8> {
    let mut frame = vec![0x81];
    match u8::try_from(text.len()) {
        Ok(length) if length < 126 => frame.push(0x80 | length),
        _ => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(text.len()).expect("a short text").to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(text.as_bytes());
    frame
}

thread_local! {
    /// What is read, whichever socket it comes from: thousands of buffers would take the server's time and memory.
    static READ: std::cell::RefCell<Vec<u8>> = std::cell::RefCell::new(vec![0; 256 * 1024]);
}

/// Counts the frames that come.
async fn listen(stream: TcpStream, ears: Arc<Ears>) {
    // The beginning of a frame whose rest is still to come.
    let mut rest = Vec::new();
    while stream.readable().await.is_ok() {
        let open = READ.with_borrow_mut(|buffer| {
            let kept = rest.len();
            buffer[..kept].copy_from_slice(&rest);
            match stream.try_read(&mut buffer[kept..]) {
                Ok(0) => false,
                Ok(count) => {
                    let whole = hear(&buffer[..kept + count], &ears);
                    rest.clear();
                    rest.extend_from_slice(&buffer[whole..kept + count]);
                    true
                }
                Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
            }
        });
        if !open {
            break;
        }
    }
}

/// Counts the whole frames of what was read; how long they are together.
fn hear(read: &[u8], ears: &Ears) -> usize {
    let now = micros();
    let (mut at, mut frames, mut took) = (0, 0, Vec::new());
    while let Some((start, end)) = frame(read, at) {
        let payload = &read[start..end];
        if read[at] & 0x0f == 1 {
            frames += 1;
            if let Some(stamp) = payload.windows(3).position(|part| part == b"at:") {
                let digits = std::str::from_utf8(&payload[stamp + 3..stamp + 19]).unwrap_or_default();
                let said = digits.parse().unwrap_or(now);
                took.push((said, now.saturating_sub(said)));
                if frames == 1 && ears.frames.load(Ordering::Relaxed) == 0 {
                    *ears.last.lock().expect("unpoisoned") = payload.to_vec();
                }
            }
        }
        at = end;
    }
    if !took.is_empty() {
        ears.took.lock().expect("unpoisoned").append(&mut took);
    }
    ears.frames.fetch_add(frames, Ordering::SeqCst);
    at
}

/// Where the payload of the frame at `at` is, when it is whole.
fn frame(buffer: &[u8], at: usize) -> Option<(usize, usize)> {
    let length = usize::from(*buffer.get(at + 1)? & 0x7f);
    let (start, length) = match length {
        126 => (at + 4, usize::from(u16::from_be_bytes([*buffer.get(at + 2)?, *buffer.get(at + 3)?]))),
        127 => return None,
        length => (at + 2, length),
    };
    (buffer.len() >= start + length).then_some((start, start + length))
}

/// Resident memory of this process, bytes (Linux); 0 where that is not told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0) * 1024
}
