//! How the program begins and ends.

use crate::owner::Owner;
use crate::program::{self, Ground, Program, bare, on_sqlite, run, until_status};
use crate::visitor::{self, Place, Script};
use crate::{audit, http};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;
use testkit::{Backend, Kit};
use tokio::sync::watch;

/// A service manager kills what has not ended by then.
const STOP_LIMIT: Duration = Duration::from_secs(25);
/// So long may eight visitors take.
const SERVE_LIMIT: Duration = Duration::from_secs(40);

#[test]
fn a_start_is_soon_ready() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = on_sqlite(&kit.folder);
        let mut first = Program::start(&ground);
        let ready = first.ready(&ground).await;
        until_status(ready.at, "/readyz", 200).await;
        until_status(ready.at, "/healthz", 200).await;
        println!("ready {:.0?} after the first start, of an empty folder", ready.after);
        let (status, _) = first.terminate().await;
        assert!(status.success(), "{}", ground.last_words());
        let mut second = Program::start(&ground);
        let again = second.ready(&ground).await;
        until_status(again.at, "/readyz", 200).await;
        println!("ready {:.0?} after the second start", again.after);
        assert!(
            again.code.is_some_and(|code| Some(code) != ready.code),
            "each start before the first sign-in has a code of its own"
        );
    });
}

/// The same on both databases: turns run when the signal comes, nothing is lost, the next start answers the rest.
async fn ends_as_asked(kit: Kit, ground: Ground) {
    let mut program = Program::start(&ground);
    let ready = program.ready(&ground).await;
    let key = Owner::sign_in(&ready).await.open_shop("PRODUCT", "ES").await;
    let (moved, place) = watch::channel(ready.at);
    let mut visitors = tokio::task::JoinSet::new();
    for number in 0..8 {
        let (place, script) = (Place(place.clone()), Script::flowers(&key, number));
        visitors.spawn(async move { visitor::live(&place, &script).await });
    }
    // Somebody has been answered: all of them are in the middle of it.
    let busy = async {
        while !http::ask(ready.at, "GET", "/metrics", &[], "")
            .await
            .is_some_and(|answer| answer.says("turn_work_seconds"))
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(STOP_LIMIT, busy).await.expect("turns run");
    let (status, took) = program.terminate().await;
    println!("ended {took:.1?} after the signal");
    assert_eq!(status.code(), Some(0), "{}", ground.last_words());
    assert!(took < STOP_LIMIT, "it took {took:?}");
    assert_eq!(audit::running(&kit, &ground).await, Vec::<String>::new(), "jobs in nobody's hands after the end");

    let mut program = Program::start(&ground);
    moved.send_replace(program.ready(&ground).await.at);
    let Ok(seen) = tokio::time::timeout(SERVE_LIMIT, visitors.join_all()).await else {
        panic!("not everybody was served; {}", audit::left_over(&kit, &ground).await);
    };
    audit::drained(&kit, &ground).await;
    let (status, _) = program.terminate().await;
    assert!(status.success(), "{}", ground.last_words());
    let accepted: BTreeSet<String> = seen.iter().flat_map(|seen| &seen.accepted).map(ToString::to_string).collect();
    let paid: BTreeSet<String> = seen.iter().filter_map(|seen| seen.paid.clone()).collect();
    assert_eq!(paid.len(), 8, "everybody paid");
    let faults = audit::faults(&kit, &ground, &accepted, &paid).await;
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn ends_as_asked_and_loses_nothing_sqlite() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = on_sqlite(&kit.folder);
        ends_as_asked(kit, ground).await;
    });
}

#[test]
fn ends_as_asked_and_loses_nothing_postgres() {
    testkit::run(Backend::Postgres, |kit: Kit| async move {
        // The job of a reminder that a payment ended finds nothing to do when its time comes.
        kit.may_remain("send_reminder");
        let ground = program::on_postgres(&kit.folder, &kit.url);
        ends_as_asked(kit, ground).await;
    });
}

/// The first process of a container must end while it waits for a database too.
#[test]
fn a_start_that_waits_ends_as_asked() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        // Takes connections and never says a word.
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("postgres://x8@{}/x8", silent.local_addr().expect("its address"));
        let ground = program::on_postgres(&kit.folder, &url);
        let program = Program::start(&ground);
        let _waits = tokio::time::timeout(STOP_LIMIT, silent.accept()).await.expect("it asks").expect("a connection");
        let (status, took) = program.terminate().await;
        assert_eq!(status.code(), Some(0), "{}", ground.last_words());
        assert!(took < Duration::from_secs(3), "it took {took:?}");
    });
}

#[test]
fn a_second_start_on_the_same_port_touches_nothing() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let ground = on_sqlite(&kit.folder);
        let mut first = Program::start(&ground);
        let ready = first.ready(&ground).await;
        let address = ready.at.to_string();
        let other = on_sqlite(&kit.folder.join("other"));
        for ground in [&ground, &other] {
            let output = run(ground.command(&["serve", "--listen", &address])).await;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success(), "two programs on one port");
            assert!(said.contains(&format!("{address} cannot be listened on")), "{said}");
            assert!(output.stdout.is_empty(), "{:?}", String::from_utf8_lossy(&output.stdout));
        }
        let left: Vec<_> =
            fs::read_dir(&other.data).expect("its folder").flatten().map(|file| file.file_name()).collect();
        assert!(left.is_empty(), "the second start left {left:?}");
        // The code of the first start is still good: the second one did not make another.
        Owner::sign_in(&ready).await;
        until_status(ready.at, "/readyz", 200).await;
    });
}

#[test]
fn a_bad_configuration_lists_every_problem() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let folder = kit.folder.join("bad");
        fs::create_dir_all(&folder).expect("a folder");
        let mut command = bare(&["serve"]);
        command.current_dir(&folder).env("X8_DATA_DIR", folder.join("data"));
        let wrong = [
            ("X8_LISTEN", "nowhere"),
            ("X8_DATABASE_URL", "mysql://x"),
            ("X8_PUBLIC_URL", "ftp://x"),
            ("X8_SECRET_KEY", "hush-hush"),
            ("X8_LOG_FORMAT", "xml"),
            ("X8_WEB_DIR", "/nonexistent"),
            ("X8_TRUSTED_PROXIES", "proxy.example"),
        ];
        for (name, value) in wrong {
            command.env(name, value);
        }
        let output = run(command).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("7 problem(s)"), "{said}");
        for (name, _) in wrong {
            assert!(said.contains(name), "{name} is not named: {said}");
        }
        assert!(!said.contains("hush-hush"), "a secret is never repeated: {said}");
        assert!(output.stdout.is_empty() && !folder.join("data").exists(), "nothing was begun");
    });
}

/// docker-compose.yml passes what is blank in `.env` as an empty variable.
#[test]
fn an_empty_variable_is_no_setting() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let folder = kit.folder.join("blank");
        fs::create_dir_all(&folder).expect("a folder");
        let mut command = bare(&["init"]);
        command.current_dir(&folder).env("X8_DATA_DIR", folder.join("data"));
        let blank = [
            "X8_LISTEN",
            "X8_DATABASE_URL",
            "X8_SECRET_KEY",
            "X8_OLD_SECRET_KEYS",
            "X8_TRUSTED_PROXIES",
            "X8_SMTP_URL",
        ];
        for name in blank {
            command.env(name, "");
        }
        let output = run(command).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
}

#[test]
fn the_schema_in_the_repository_is_the_programs() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let mut command = bare(&["schema"]);
        command.current_dir(&kit.folder);
        let output = run(command).await;
        assert!(output.status.success());
        let stored = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../schema.graphql")).expect("the schema");
        assert!(
            stored == String::from_utf8_lossy(&output.stdout),
            "schema.graphql differs from the program: run make schema"
        );
    });
}
