//! A process that writes into a SQLite file until it is killed: `writer ADDRESS`. It prints each number after the commit that
//! holds it; what was printed must be there afterwards (reliability.md case 82).

use foundation::{Random, SystemClock};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use service::access::Actor;
use service::ctx::Ctx;
use service::db::{Db, DbConfig};
use std::io::Write as _;
use std::sync::Arc;

fn main() {
    let Some(url) = std::env::args().nth(1) else {
        eprintln!("usage: writer ADDRESS");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(write(&url)).expect_err("it writes until it is killed or refused");
    eprintln!("{}", error.private());
}

async fn write(url: &str) -> service::Result<()> {
    // As the program itself opens it: a commit waits for the disk.
    let db = Db::open(&DbConfig { connections: 1, ..DbConfig::new(url) }).await?;
    let folder = std::env::temp_dir();
    let engine = testkit::engine(db.clone(), Arc::new(SystemClock), Random::system(), &folder.join("x8-writer"));
    let ctx = Ctx::new(engine, Actor::System);
    let last = Statement::from_string(DatabaseBackend::Sqlite, "SELECT COALESCE(MAX(number), 0) AS last FROM written");
    let row = db.read_across().query_one_raw(last).await?.ok_or(service::Error::NotFound("row"))?;
    let mut number: i64 = row.try_get("", "last")?;
    // A few pages each, so that a kill falls into the middle of a write.
    let filler = "x".repeat(9_000);
    loop {
        let tx = ctx.db().begin_across().await?;
        for _ in 0..3 {
            number += 1;
            let sql = "INSERT INTO written (number, filler) VALUES (?1, ?2)";
            let values = [number.into(), filler.as_str().into()];
            tx.execute_raw(Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, values)).await?;
        }
        tx.execute_unprepared("DELETE FROM written WHERE number % 7 = 0").await?;
        ctx.commit(tx).await?;
        println!("{number}");
        std::io::stdout().flush().map_err(|error| service::Error::internal(error.to_string()))?;
    }
}
