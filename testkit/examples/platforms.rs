//! The platforms of the browser tests: the fakes behind real doors. Prints their addresses, a line each: WAHA's, Telegram's.
//!
//! WAHA's deliveries reach the program, and the test holds its phone: `POST /__test/next/{session}` is the next code,
//! `POST /__test/scan/{session}` the phone scans. Telegram is asked by the program; `POST /__test/start/{code}` is a person who
//! opens the link to the bot and presses Start.

use foundation::http::{Http, Reach};
use serde_json::json;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use testkit::fake::telegram::Telegram;
use testkit::fake::waha::Waha;
use testkit::fake::{Call, Reply, Server, World};

/// How often deliveries are looked for.
const LOOK: Duration = Duration::from_millis(50);
/// How long Telegram waits for something to tell: less than it would, and enough that nobody asks without pause.
const WAIT: Duration = Duration::from_millis(300);
/// Who presses Start.
const PERSON: i64 = 700_100_200;

/// A world, and what the test does in it.
struct Held<W>(W, fn(&W, what: &str, about: &str) -> bool);

impl<W: World> World for Held<W> {
    fn answer(&self, call: &Call) -> Reply {
        let Some((what, about)) = call.path.strip_prefix("/__test/").and_then(|path| path.split_once('/')) else {
            if call.path.ends_with("/getUpdates") {
                std::thread::sleep(WAIT);
            }
            return self.0.answer(call);
        };
        Reply::bytes(if (self.1)(&self.0, what, about) { 204 } else { 404 }, "")
    }
}

fn hold_phone(world: &Waha, what: &str, session: &str) -> bool {
    match what {
        "next" => world.next_code(session),
        "scan" => world.scan(session, "+34600999888"),
        _ => return false,
    }
    true
}

fn press_start(world: &Telegram, what: &str, code: &str) -> bool {
    if what == "start" {
        world.write(PERSON, &json!({ "text": format!("/start {code}") }));
    }
    what == "start"
}

#[tokio::main(worker_threads = 3)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let waha = Waha::default();
    let doors = [
        Server::start(Arc::new(Held(waha.clone(), hold_phone)), None).await,
        Server::start(Arc::new(Held(Telegram::default(), press_start)), None).await,
    ];
    for door in &doors {
        writeln!(std::io::stdout(), "{}", door.url())?;
    }
    let http = Http::new(Reach::Configured)?;
    loop {
        for posted in waha.posted() {
            let request = http
                .request(hyper::Method::POST, &posted.url)?
                .header("x-webhook-hmac", posted.signature)
                .body(posted.body);
            if let Err(error) = http.send(request, 64 * 1024).await {
                writeln!(std::io::stderr(), "a delivery was lost: {error}")?;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
