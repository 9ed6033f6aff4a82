//! The demo as it is started: it fills itself while it serves, moves, is held, and is restored.

use crate::owner::Owner;
use crate::program::{Program, on_sqlite};
use foundation::{Clock as _, SystemClock};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use testkit::{Backend, Kit};

/// A loaded machine in a debug build fills twelve thousand rows a second at the least.
const FILL_LIMIT: Duration = Duration::from_secs(240);
/// A new customer comes every 20 to 40 seconds.
const MOVE_LIMIT: Duration = Duration::from_secs(120);
/// What a customer was just writing still comes in when the demo is held.
const SETTLES: Duration = Duration::from_secs(3);
/// Held so long, a customer in the middle of a talk would have written again.
const HELD: Duration = Duration::from_secs(14);

const STATE: &str = "{ demo { paused progress logins { role email password } } }";
const LATEST: &str = "{ companies { code name summary { ordersUnpaid ordersPaidToday bookingsToday } catalogue { published { rowCount } } \
                      conversations(first: 8) { totalCount nodes { id lastMessageAt messages(first: 12) { nodes { id author createdAt } } } } } }";

async fn ask(owner: &Owner, query: &str) -> Value {
    let answer = owner.send(query, &json!({})).await.json();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"].clone()
}

/// The ids of what customers wrote last.
async fn written(owner: &Owner) -> Vec<String> {
    written_since(owner, Timestamp::MIN).await
}

/// The ids of what customers wrote after a moment, of what is in view.
async fn written_since(owner: &Owner, since: Timestamp) -> Vec<String> {
    let latest = ask(owner, LATEST).await;
    let mut ids = Vec::new();
    let later = |message: &Value| {
        let at: Timestamp = message["createdAt"].as_str().expect("a moment").parse().expect("a moment");
        message["author"] == "CUSTOMER" && at > since
    };
    for company in latest["companies"].as_array().into_iter().flatten() {
        for talk in company["conversations"]["nodes"].as_array().into_iter().flatten() {
            let messages = talk["messages"]["nodes"].as_array().into_iter().flatten();
            ids.extend(
                messages
                    .filter(|message| later(message))
                    .map(|message| message["id"].as_str().unwrap_or_default().to_owned()),
            );
        }
    }
    ids.sort();
    ids
}

async fn until_whole(owner: &Owner) -> Duration {
    let began = Instant::now();
    while ask(owner, STATE).await["demo"]["progress"] != 100 {
        assert!(began.elapsed() < FILL_LIMIT, "the demo is never whole");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    began.elapsed()
}

async fn until_moved(owner: &Owner, before: &[String]) -> Duration {
    let began = Instant::now();
    while written(owner).await.iter().all(|id| before.contains(id)) {
        assert!(began.elapsed() < MOVE_LIMIT, "no customer writes");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    began.elapsed()
}

#[test]
fn it_fills_itself_moves_is_held_and_restored() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = on_sqlite(&kit.folder);
        let mut program = Program::start_demo(&ground);
        let ready = program.ready(&ground).await;
        println!("ready {:.0?} after the start", ready.after);
        let owner = Owner::sign_in_as(ready.at, "owner@demo.example", "demo-demo-demo").await;
        println!("whole {:.1?} later", until_whole(&owner).await);
        let first = ask(&owner, LATEST).await;
        let rows = |at: usize| first["companies"][at]["catalogue"]["published"]["rowCount"].as_i64();
        assert_eq!((rows(0), rows(1)), (Some(10_000), Some(300)), "{first:#}");

        let before = written(&owner).await;
        println!("moved {:.1?} later", until_moved(&owner, &before).await);

        let pause = ask(&owner, "mutation { pauseDemo { demo { paused } userErrors { code } } }").await;
        assert_eq!(pause["pauseDemo"]["demo"]["paused"], true);
        tokio::time::sleep(SETTLES).await;
        let held = (written(&owner).await, SystemClock.now());
        tokio::time::sleep(HELD).await;
        assert_eq!(written_since(&owner, held.1).await, [""; 0], "somebody wrote while the demo was held");
        ask(&owner, "mutation { resumeDemo { demo { paused } userErrors { code } } }").await;
        until_moved(&owner, &held.0).await;
        // What was seeded has the same ids again; what was written since is new.
        let lived: Vec<String> = written(&owner).await.into_iter().filter(|id| !before.contains(id)).collect();
        assert!(!lived.is_empty(), "nobody wrote");

        let reset = ask(&owner, "mutation { resetDemo { demo { progress } userErrors { code } } }").await;
        assert_eq!(reset["resetDemo"]["demo"]["progress"], 0);
        println!("restored in {:.1?}", until_whole(&owner).await);
        let again = written(&owner).await;
        assert!(again.iter().all(|id| !lived.contains(id)), "the talks of before are gone");
        until_moved(&owner, &again).await;
        let (status, _) = program.terminate().await;
        assert!(status.success(), "{}", ground.last_words());
    });
}
