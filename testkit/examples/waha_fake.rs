//! A WAHA server for the browser tests: the fake behind a real door, whose deliveries reach the program, and whose phone is held
//! by the test (`POST /__test/next/{session}`: the next code; `POST /__test/scan/{session}`: the phone scans). Prints its address.

use foundation::http::{Http, Reach};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use testkit::fake::waha::Waha;
use testkit::fake::{Call, Reply, Server, World};

/// How often deliveries are looked for.
const LOOK: Duration = Duration::from_millis(50);

struct Held(Waha);

impl World for Held {
    fn answer(&self, call: &Call) -> Reply {
        let held = call.path.strip_prefix("/__test/").and_then(|path| path.split_once('/'));
        match held {
            Some(("next", session)) => self.0.next_code(session),
            Some(("scan", session)) => self.0.scan(session, "+34600999888"),
            Some(_) => return Reply::bytes(404, ""),
            None => return self.0.answer(call),
        }
        Reply::bytes(204, "")
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let world = Waha::default();
    let server = Server::start(Arc::new(Held(world.clone())), None).await;
    writeln!(std::io::stdout(), "{}", server.url())?;
    let http = Http::new(Reach::Configured)?;
    loop {
        for posted in world.posted() {
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
