//! A disk without room, and changes of the schema that are cut off (reliability.md cases 80 and 82).

use crate::program::{self, Ground, Program, run};
use crate::{http, owner::Owner};
use serde_json::json;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;
use testkit::{Backend, Kit};
use tokio::process::Command;

/// No file may grow beyond so many blocks of 512 bytes: what a full disk looks like to the program.
const ROOM_BLOCKS: u32 = 6_000;

/// The same command under that limit. The signal that comes with it is ignored, as a full disk sends none.
fn without_room(ground: &Ground, arguments: &[&str]) -> Command {
    let plain = ground.command(arguments);
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(format!("trap '' XFSZ; ulimit -f {ROOM_BLOCKS}; exec \"$0\" \"$@\""))
        .arg(plain.as_std().get_program());
    command.args(plain.as_std().get_args()).current_dir(&ground.data).kill_on_drop(true);
    for (name, value) in plain.as_std().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

async fn visitor(at: SocketAddr, key: &str) -> String {
    let headers = [("content-type", "application/json")];
    let begun = http::ask(at, "POST", &format!("/widget/{key}/sessions"), &headers, "{}").await.expect("an answer");
    assert_eq!(begun.status, 201, "{begun:?}");
    format!("Bearer {}", begun.json()["token"].as_str().expect("a token"))
}

async fn texts(at: SocketAddr, key: &str, bearer: &str) -> Vec<String> {
    let path = format!("/widget/{key}/messages?limit=100");
    let read = http::ask(at, "GET", &path, &[("authorization", bearer)], "").await.expect("an answer");
    assert_eq!(read.status, 200, "reading goes on: {read:?}");
    let read = read.json();
    let messages = read["messages"].as_array().expect("messages").iter();
    let own = messages.filter(|message| message["author"] == "customer");
    own.filter_map(|message| message["text"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_full_disk_refuses_and_loses_nothing() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = program::on_sqlite(&kit.folder);
        let mut program = Program::start(&ground);
        let ready = program.ready(&ground).await;
        let key = Owner::sign_in(&ready).await.open_shop("PRODUCT", "ES").await;
        program.terminate().await;

        let mut program = Program::of(&ground, without_room(&ground, &["serve", "--listen", "127.0.0.1:0"]));
        let at = program.ready(&ground).await.at;
        let mut accepted: Vec<(String, String)> = Vec::new();
        let mut refused = 0;
        let filler = "x".repeat(9_000);
        'filling: for person in 0..200 {
            let bearer = visitor(at, &key).await;
            for number in 0..20 {
                let id = uuid::Uuid::from_u128(person * 1_000 + number);
                let text = format!("{person}.{number} {filler}");
                let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
                let body = json!({ "id": id, "text": text }).to_string();
                let sent = http::ask(at, "POST", &format!("/widget/{key}/messages"), &headers, &body).await;
                let sent = sent.expect("an answer, not a death");
                match sent.status {
                    202 => accepted.push((bearer.clone(), text)),
                    503 => {
                        assert!(!sent.header("retry-after").is_empty(), "{sent:?}");
                        assert!(!sent.says("disk") && !sent.says("sql"), "{sent:?}");
                        refused += 1;
                    }
                    other => panic!("{other}: {sent:?}\n{}", ground.last_words()),
                }
                if refused >= 5 {
                    break 'filling;
                }
            }
        }
        println!("{} accepted, then {refused} refused", accepted.len());
        assert!(refused >= 5 && accepted.len() > 10, "{} accepted, {refused} refused", accepted.len());
        program::until_status(at, "/healthz", 200).await;
        let people: BTreeSet<&String> = accepted.iter().map(|(bearer, _)| bearer).collect();
        for bearer in &people {
            texts(at, &key, bearer).await;
        }
        program.kill_9().await;

        // Room again: all that was accepted is there, once, and the file is whole.
        let mut program = Program::start(&ground);
        let at = program.ready(&ground).await.at;
        for bearer in people {
            let mut wanted: Vec<&String> =
                accepted.iter().filter(|(other, _)| other == bearer).map(|(_, text)| text).collect();
            let stored = texts(at, &key, bearer).await;
            let mut stored: Vec<&String> = stored.iter().filter(|text| wanted.contains(text)).collect();
            wanted.sort();
            stored.sort();
            let short = |text: &&&String| text.split(' ').next().unwrap_or_default().to_owned();
            let lost: Vec<String> =
                wanted.iter().filter(|text| !stored.contains(text)).map(|text| short(&text)).collect();
            assert!(lost.is_empty(), "accepted and lost: {lost:?}");
            assert_eq!(stored.len(), wanted.len(), "each once");
        }
        program.terminate().await;
        let ctx = testkit::kit::live(&ground.database_url, &kit.folder).await;
        let query = sea_orm::Statement::from_string(sea_orm::DatabaseBackend::Sqlite, "PRAGMA integrity_check");
        let row = sea_orm::ConnectionTrait::query_one_raw(&ctx.db().read_across(), query).await.expect("an answer");
        let said: String = row.expect("a row").try_get_by_index(0).expect("a text");
        assert_eq!(said, "ok");
        ctx.db().clone().close().await.expect("closed");
    });
}

/// Kills `x8 migrate` at moments over its whole course, then lets it finish.
async fn cut_off(kit: &Kit, ground: &Ground) {
    run(ground.command(&["migrate", "--down"])).await;
    let mut cut = 0;
    for number in 0..40_u64 {
        let mut child = ground.command(&["migrate"]).spawn().expect("it starts");
        let moment = Duration::from_millis(5 + number * 4 + kit.ctx.engine().random.below(4));
        if tokio::time::timeout(moment, child.wait()).await.is_err() {
            child.kill().await.expect("killed");
            cut += 1;
        } else {
            // Whole: from the beginning.
            let down = run(ground.command(&["migrate", "--down"])).await;
            assert!(down.status.success(), "{}", String::from_utf8_lossy(&down.stderr));
        }
    }
    let last = run(ground.command(&["migrate"])).await;
    assert!(last.status.success(), "after {cut} cuts: {}", String::from_utf8_lossy(&last.stderr));
    assert!(cut > 5, "it was cut off {cut} times");
    let mut program = Program::start(ground);
    let ready = program.ready(ground).await;
    Owner::sign_in(&ready).await;
    program.terminate().await;
}

#[test]
fn a_change_of_the_schema_that_is_cut_off_is_made_again_sqlite() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = program::on_sqlite(&kit.folder);
        cut_off(&kit, &ground).await;
    });
}

#[test]
fn a_change_of_the_schema_that_is_cut_off_is_made_again_postgres() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        let ground = program::on_postgres(&kit.folder, &kit.url);
        cut_off(&kit, &ground).await;
    });
}
