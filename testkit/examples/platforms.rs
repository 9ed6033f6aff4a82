//! The platforms of the browser tests: the fakes behind real doors. Prints where each is, a line each, as `NAME=address`.
//!
//! WAHA's deliveries reach the program; Telegram is asked by it. The test is the person at each: it calls `POST /__test/…` there.
//! `next/{session}` is WAHA's next code, `scan/{session}` the phone scans it, `start/{code}` opens the link to the Telegram bot;
//! `revoke/{key}` ends a key of Stripe, `accept/{key}` makes it good; `secret/{secret}` is Cloudinary's from now on; the model
//! answers in words alone after `words/only`, and calls tools again after `words/none`. Google asks for the consent on a page of
//! its own, with a link for each answer; `leave-out/{scope}` unticks a box at the next one, `revoke/all` takes every consent back.

use foundation::clock::SystemClock;
use foundation::http::{Http, Reach};
use foundation::{Clock as _, ManualClock};
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use testkit::fake::cloudinary::Cloudinary;
use testkit::fake::google::Google;
use testkit::fake::openai::{OpenAi, Turn};
use testkit::fake::stripe::{self, Stripe};
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

fn keep_keys(world: &Stripe, what: &str, key: &str) -> bool {
    match what {
        "revoke" => world.revoke(key),
        "accept" => world.add_account(key, stripe::ACCOUNT),
        _ => return false,
    }
    true
}

fn keep_secret(world: &Cloudinary, what: &str, secret: &str) -> bool {
    if what == "secret" {
        world.replace_secret(secret);
    }
    what == "secret"
}

fn change_model(world: &OpenAi, what: &str, only: &str) -> bool {
    match (what, only) {
        ("words", "only") => world.becomes(|_| Turn::text("Hello.")),
        ("words", "none") => world.becomes(call_tool),
        _ => return false,
    }
    true
}

fn hold_account(world: &Consent, what: &str, scope: &str) -> bool {
    match what {
        "leave-out" => world.0.leave_out(scope),
        "revoke" => world.0.revoke(),
        _ => return false,
    }
    true
}

/// Google with the page on which a person agrees, or does not.
struct Consent(Google);

impl World for Consent {
    fn answer(&self, call: &Call) -> Reply {
        if call.path != "/o/oauth2/v2/auth" {
            return self.0.answer(call);
        }
        let asked = call.parameters();
        let back = |answer: &[(&str, &str)]| {
            let mut url = url::Url::parse(&asked["redirect_uri"]).expect("the program's address");
            url.query_pairs_mut().extend_pairs(answer);
            url.to_string().replace('&', "&amp;")
        };
        let agreed = self.0.agree(&format!("http://google.example{}?{}", call.path, call.query));
        let agreed: Vec<(&str, &str)> = agreed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let refused = [("error", "access_denied"), ("state", asked["state"].as_str())];
        let page = format!(
            "<!doctype html><title>Google</title><a href=\"{}\">Allow</a> <a href=\"{}\">Cancel</a>",
            back(&agreed),
            back(&refused),
        );
        Reply::bytes(200, page).with_header("content-type", "text/html; charset=utf-8")
    }
}

/// A model that calls the first tool that it is given.
fn call_tool(chat: &Value) -> Turn {
    match chat["tools"][0]["function"]["name"].as_str() {
        Some(tool) => Turn::call(tool, &json!({})),
        None => Turn::text("Hello."),
    }
}

#[tokio::main(worker_threads = 3)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = SystemClock.now();
    let clock = Arc::new(ManualClock::new(now));
    let (waha, stripe, cloudinary) = (Waha::default(), Stripe::new(Arc::clone(&clock)), Cloudinary::default());
    // Signatures of another time are refused.
    cloudinary.set_clock(now.as_second());
    let doors: [(&str, Arc<dyn World>); 6] = [
        ("WAHA", Arc::new(Held(waha.clone(), hold_phone))),
        ("TELEGRAM", Arc::new(Held(Telegram::default(), press_start))),
        ("STRIPE", Arc::new(Held(stripe, keep_keys))),
        ("GOOGLE", Arc::new(Held(Consent(Google::new(clock)), hold_account))),
        ("CLOUDINARY", Arc::new(Held(cloudinary, keep_secret))),
        ("MODEL", Arc::new(Held(OpenAi::new(call_tool), change_model))),
    ];
    let mut open = Vec::new();
    for (name, world) in doors {
        let door = Server::start(world, None).await;
        writeln!(std::io::stdout(), "X8_TEST_{name}={}", door.url())?;
        open.push(door);
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
