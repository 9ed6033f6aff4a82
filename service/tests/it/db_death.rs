//! A SQLite file whose writer is killed again and again (reliability.md case 82). The full disk is in `x8/tests/it/disk.rs`.

use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use service::db::{Db, DbConfig};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use testkit::{Backend, Kit};

const KILLS: u64 = 200;

async fn one<T: sea_orm::TryGetable>(db: &Db, sql: &str) -> T {
    let row =
        &db.read_across().query_one_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[test]
fn two_hundred_kills_of_a_writer_lose_no_commit_and_leave_the_file_whole() {
    testkit::run(Backend::Sqlite, |kit: Kit| async move {
        let url = format!("sqlite:{}", kit.folder.join("killed.db").display());
        let open = || async { Db::open(&DbConfig::new(url.as_str())).await.unwrap() };
        let db = open().await;
        db.read_across()
            .execute_unprepared("CREATE TABLE written (number INTEGER NOT NULL, filler TEXT NOT NULL)")
            .await
            .unwrap();
        db.close().await.unwrap();
        let own = std::env::current_exe().unwrap();
        let program = own.parent().and_then(Path::parent).unwrap().join("examples/writer");
        assert!(program.exists(), "build the child first: cargo build -p service --example writer");
        let mut promised = 0_i64;
        for kill in 0..KILLS {
            let mut child =
                Command::new(&program).arg(&url).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            promised = lines.next().expect("it writes").unwrap().parse().unwrap();
            tokio::time::sleep(Duration::from_micros(kit.ctx.engine().random.below(15_000))).await;
            child.kill().unwrap();
            child.wait().unwrap();
            for line in lines.map_while(Result::ok) {
                // The last line may be cut off.
                promised = line.parse().unwrap_or(promised);
            }
            if kill % 10 == 9 {
                let db = open().await;
                assert_eq!(one::<String>(&db, "PRAGMA integrity_check").await, "ok", "after {kill} kills");
                let last: i64 = one(&db, "SELECT MAX(number) FROM written").await;
                assert!(last >= promised - 1, "{promised} was promised, {last} is there");
                let (all, whole): (i64, i64) = (
                    one(&db, "SELECT COUNT(*) FROM written").await,
                    one(&db, "SELECT COUNT(DISTINCT number) FROM written WHERE LENGTH(filler) = 9000").await,
                );
                assert_eq!(all, whole, "each once and whole");
                let expected: i64 = (1..=last).filter(|number| number % 7 != 0).count().try_into().unwrap();
                // The newest multiple of seven goes with the next transaction's sweep or its own.
                assert_eq!(all, expected, "none is missing");
                db.close().await.unwrap();
            }
        }
        println!("{promised} numbers over {KILLS} kills");
    });
}
