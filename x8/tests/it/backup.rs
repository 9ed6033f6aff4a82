//! Backup and restore as docs/operating.md says: taken while the program serves, put into another place, started there.

use crate::audit;
use crate::owner::Owner;
use crate::program::{self, Ground, Program, Ready};
use crate::visitor::{self, Place, Script, Seen};
use sea_orm::{ConnectionTrait as _, Database};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use testkit::{Backend, Kit, Postgres};
use tokio::sync::watch;

/// Visitors who buy and pay; one after another, so that nothing is under way when the copy is taken.
async fn serve(ready: &Ready, key: &str, numbers: std::ops::Range<usize>) -> Vec<Seen> {
    let (_moved, place) = watch::channel(ready.at);
    let mut visitors = tokio::task::JoinSet::new();
    for number in numbers {
        let (place, script) = (Place(place.clone()), Script::flowers(key, number));
        visitors.spawn(async move { visitor::live(&place, &script).await });
    }
    visitors.join_all().await
}

/// Starts on `from`, lets visitors buy, takes the copy while it serves, and starts on the copy.
async fn comes_back(kit: &Kit, from: Ground, to: Ground, copy: impl FnOnce()) {
    let mut program = Program::start(&from);
    let ready = program.ready(&from).await;
    let key = Owner::sign_in(&ready).await.open_shop("PRODUCT", "ES").await;
    let seen = serve(&ready, &key, 0..4).await;
    audit::drained(kit, &from).await;
    copy();
    let (status, _) = program.terminate().await;
    assert!(status.success(), "{}", from.last_words());

    let mut restored = Program::start(&to);
    let ready = restored.ready(&to).await;
    let more = serve(&ready, &key, 4..6).await;
    audit::drained(kit, &to).await;
    let seen: Vec<Seen> = seen.into_iter().chain(more).collect();
    let accepted: BTreeSet<String> = seen.iter().flat_map(|seen| &seen.accepted).map(ToString::to_string).collect();
    let paid: BTreeSet<String> = seen.iter().filter_map(|seen| seen.paid.clone()).collect();
    assert_eq!(paid.len(), 6, "all of them bought");
    let faults = audit::faults(kit, &to, &accepted, &paid).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let (status, _) = restored.terminate().await;
    assert!(status.success(), "{}", to.last_words());
}

/// Files and key; the database is copied apart.
fn copy_folder(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").args([from.join("files"), from.join("secret.key")]).arg(to).status();
    assert!(copied.expect("cp").success(), "the files are copied");
}

#[test]
fn sqlite() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let from = program::on_sqlite(&kit.folder);
        let to = program::on_sqlite(&kit.folder.join("restored"));
        let (source, target) = (from.clone(), to.clone());
        let copy = move || {
            let copy = async {
                let db = Database::connect(&source.database_url).await.expect("the live file");
                let into = format!("VACUUM INTO '{}'", target.data.join("x8.db").display());
                db.execute_unprepared(&into).await.expect("a copy");
                db.close().await.expect("closed");
            };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(copy));
            copy_folder(&source.data, &target.data);
        };
        comes_back(&kit, from, to, copy).await;
    });
}

/// As docker-compose.yml has it: a superuser, and a new server that knows no role of ours yet.
#[test]
fn postgres_to_a_new_server() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let (old, new) = (Postgres::private(&kit.folder.join("old")), Postgres::private(&kit.folder.join("new")));
        let from = program::on_postgres(&kit.folder, &old.url("postgres"));
        let to = program::on_postgres(&kit.folder.join("restored"), &new.url("postgres"));
        let (source, target, dump) = (from.clone(), to.clone(), kit.folder.join("x8.dump"));
        let copy = move || {
            let mut dumping = Postgres::program("pg_dump");
            dumping.args(["-Fc", "--dbname", &source.database_url]).stdout(File::create(&dump).expect("a file"));
            assert!(dumping.status().expect("pg_dump").success(), "the dump");
            let mut restoring = Postgres::program("pg_restore");
            restoring.args(["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", &target.database_url]);
            restoring.stdin(File::open(&dump).expect("the dump"));
            assert!(restoring.status().expect("pg_restore").success(), "the restore");
            copy_folder(&source.data, &target.data);
        };
        fs::create_dir_all(&to.data).expect("a folder");
        comes_back(&kit, from, to, copy).await;
        old.stop();
        new.stop();
    });
}

/// As a user without any special right, whom the walls between companies bind.
#[test]
fn postgres() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let server = Postgres::private(&kit.folder.join("pg"));
        let admin = Database::connect(server.url("postgres")).await.expect("the server");
        for sql in
            ["CREATE ROLE keeper LOGIN", "CREATE DATABASE first OWNER keeper", "CREATE DATABASE second OWNER keeper"]
        {
            admin.execute_unprepared(sql).await.expect(sql);
        }
        admin.close().await.expect("closed");
        let url = |database: &str| server.url(database).replace("postgres@", "keeper@");
        let from = program::on_postgres(&kit.folder, &url("first"));
        let to = program::on_postgres(&kit.folder.join("restored"), &url("second"));
        let (source, target, dump) = (from.clone(), to.clone(), kit.folder.join("x8.dump"));
        let copy = move || {
            let dumped = Postgres::program("pg_dump")
                .args(["-Fc", "--enable-row-security", "--dbname", &source.database_url])
                .env("PGOPTIONS", "-c x8.company=*")
                .stdout(File::create(&dump).expect("a file"))
                .status();
            assert!(dumped.expect("pg_dump").success(), "the dump");
            let restored = Postgres::program("pg_restore")
                .args(["--no-owner", "--no-privileges", "--exit-on-error", "--dbname", &target.database_url])
                .stdin(File::open(&dump).expect("the dump"))
                .env("PGOPTIONS", "-c x8.company=*")
                .status();
            assert!(restored.expect("pg_restore").success(), "the restore");
            copy_folder(&source.data, &target.data);
        };
        fs::create_dir_all(&to.data).expect("a folder");
        comes_back(&kit, from, to, copy).await;
        server.stop();
    });
}
