//! What an idle subscription socket costs the server: `sockets [how many]`, five thousand by default (reliability.md case 61:
//! at most 64 KB each). The clients live in a child process, so that this process's memory is the server's alone.

use api::http::{AppState, Proxies, Settings, router, serve};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use std::io::{BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sockets that one user may have.
const OF_A_USER: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, host, cookies @ ..] = arguments.as_slice()
        && word == "clients"
    {
        clients(host, cookies);
        return;
    }
    let count = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(5_000);
    testkit::run(testkit::Backend::Sqlite, move |kit| async move {
        let state = AppState::new(Settings {
            ctx: kit.live(),
            graph: Arc::new(api::Api::new(api::graphql::Installation::default())),
            metrics: Arc::new(String::new),
            dispatcher_alive: Arc::new(|| Some(true)),
            web_dir: None,
            proxies: Proxies::default(),
            playground: false,
            demo: false,
        });
        let ctx = kit.live();
        let mut cookies = Vec::new();
        for _ in 0..usize::div_ceil(count, OF_A_USER) {
            let token = ctx.engine().random.token(48);
            let user_id = kit.another_tenant("Crowd").await.owner.id;
            let tx = ctx.db().begin_across().await.expect("a transaction");
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
            cookies.push(token);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = listener.local_addr().expect("its address").to_string();
        let stop = CancellationToken::new();
        let server = tokio::spawn(serve(listener, router(state), stop.clone()));
        let before = resident();
        let clock = Instant::now();
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("clients")
            .arg(&host)
            .args(&cookies)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the clients");
        let mut said = std::io::BufReader::new(child.stdout.take().expect("its output"));
        let mut open = String::new();
        tokio::task::block_in_place(|| said.read_line(&mut open)).expect("how many are open");
        let opened = clock.elapsed();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let number: usize = open.trim().parse().expect("a number");
        let each = resident().saturating_sub(before) / number.max(1);
        println!("{number} idle sockets, opened in {opened:.1?}: {each} bytes each (wanted: 65536 at most)");
        drop(child.stdin.take());
        child.wait().expect("the clients end");
        stop.cancel();
        server.await.expect("the server's task").expect("it served");
    });
}

/// Opens twenty sockets for each cookie, says how many stand, and holds them until its input ends.
fn clients(host: &str, cookies: &[String]) {
    let _ = foundation::process::raise_open_files();
    let open: Vec<TcpStream> = cookies
        .iter()
        .flat_map(|cookie| std::iter::repeat_n(cookie, OF_A_USER))
        .filter_map(|cookie| socket(host, cookie).ok())
        .collect();
    println!("{}", open.len());
    let _ = std::io::stdout().flush();
    let mut until = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut until);
}

/// A socket past its `connection_ack`.
fn socket(host: &str, cookie: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(host)?;
    let init = br#"{"type":"connection_init"}"#;
    let head = format!(
        "GET /graphql HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\
         cookie: x8_session={cookie}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    // Masked with zeros, which changes nothing.
    stream.write_all(&[0x81, 0x80 | init.len() as u8, 0, 0, 0, 0])?;
    stream.write_all(init)?;
    let mut heard = Vec::new();
    while !heard.ends_with(br#"{"type":"connection_ack"}"#) {
        let mut part = [0; 256];
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => heard.extend_from_slice(&part[..count]),
        }
    }
    Ok(stream)
}

/// Resident memory of this process, bytes (Linux); 0 where that is not told.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|text| text.parse::<usize>().ok()).unwrap_or(0) * 1024
}
