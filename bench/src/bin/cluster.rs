//! Jobs in cluster mode, in processes of their own on PostgreSQL and Redis: `cluster [COUNT]`. A backlog of COUNT jobs that each
//! write a row, run by two workers: in peace, and with one of them killed and Redis killed and wiped in mid-run; what was lost and
//! what was done twice is counted. Then: how soon an idle worker in another process picks a new job up, and what the parts need idle.

use foundation::Random;
use foundation::clock::SystemClock;
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement, TryGetable, Value};
use service::access::{Actor, CompanyScope};
use service::cluster;
use service::ctx::Ctx;
use service::db::{Db, DbConfig};
use service::job::{Claimed, Failure, Job, KindOptions, Registry};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use testkit::{Backend, Kit, Redis};
use tokio_util::sync::CancellationToken;
use worker::Options;

/// Jobs at once in one worker.
const PLACES: usize = 128;
/// New jobs that an idle worker picks up.
const PICKED_UP: i64 = 300;
/// A run that takes longer has come to nothing.
const PATIENCE: Duration = Duration::from_secs(300);

/// Writes a row with the moment at which it began.
#[derive(serde::Serialize, serde::Deserialize)]
struct Effect {
    number: i64,
}

impl Job for Effect {
    const KIND: &'static str = "effect";
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, url, redis, folder] = arguments.as_slice()
        && role == "worker"
    {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        return runtime.block_on(work(url, redis, Path::new(folder)));
    }
    let count = arguments.first().and_then(|count| count.parse().ok()).unwrap_or(20_000);
    testkit::run(Backend::Postgres, move |kit| measure(kit, count));
}

/// One more process on this database and this Redis.
async fn process(url: &str, redis: &str, folder: &Path) -> Ctx {
    let db = Db::open(&DbConfig { throw_away: true, ..DbConfig::new(url) }).await.expect("the database");
    let engine = testkit::engine(db, Arc::new(SystemClock), Random::system(), folder);
    let mut engine = Arc::into_inner(engine).expect("the only owner");
    let signal = cluster::join(redis, &engine.key, &engine.random, &engine.bus, &engine.wake).expect("Redis");
    engine.signal = Some(signal);
    Ctx::new(Arc::new(engine), Actor::System)
}

async fn work(url: &str, redis: &str, folder: &Path) {
    let ctx = process(url, redis, folder).await;
    let options = KindOptions { concurrency: PLACES, timeout: Duration::from_secs(30) };
    let registry = Registry::new().register::<Effect>(|ctx, claimed| Box::pin(effect(ctx, claimed)), options);
    println!("works");
    let options = Options { concurrency: PLACES, ..Options::default() };
    worker::run_with(ctx, registry, options, CancellationToken::new()).await.expect("it works");
}

async fn effect(ctx: Ctx, claimed: Claimed) -> Result<(), Failure> {
    let begun = micros();
    let Effect { number } = claimed.payload()?;
    let mut tx = ctx.db().begin(&claimed.scope()?).await?;
    let insert = "INSERT INTO bench_effect (number, begun) VALUES ($1, $2)";
    let values = [Value::from(number), Value::from(begun)];
    tx.execute_raw(Statement::from_sql_and_values(DatabaseBackend::Postgres, insert, values)).await?;
    service::job::finish(&ctx, &mut tx, &claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Microseconds since 1970: all processes are on one machine.
fn micros() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(now.as_micros()).unwrap_or(i64::MAX)
}

/// A worker in a process of its own; killed when dropped.
struct Worker(Child);

impl Worker {
    fn start(kit: &Kit, redis: &Redis) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args(["worker", &kit.url, &redis.url()])
            .arg(&kit.folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("a worker");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        assert_eq!(line, "works\n");
        Self(child)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn measure(kit: Kit, count: i64) {
    kit.ctx.db().change_schema("CREATE TABLE bench_effect (number bigint, begun bigint)").await.expect("a table");
    let tenant = kit.tenant().await;
    let mut redis = Redis::start(&kit.folder.join("redis"));
    let ctx = process(&kit.url, &redis.url(), &kit.folder).await;

    let calm = run(&kit, &ctx, &tenant.scope, &mut redis, count, false).await;
    let rough = run(&kit, &ctx, &tenant.scope, &mut redis, count, true).await;
    println!(
        "Postgres and Redis, two workers, a backlog of {count} jobs that write a row each: {calm:.0}/s in peace; with a worker killed \
         and Redis wiped in mid-run {rough:.0}/s, its claims waiting for the end of their lease included"
    );
    println!(
        "an idle worker in another process begins a new job after {}",
        pick_up(&kit, &ctx, &tenant.scope, &redis).await
    );
    for role in ["api", "worker"] {
        println!("{}", idle(&kit, &redis, role));
    }
    ctx.db().clone().close().await.expect("closed");
}

async fn number(ctx: &Ctx, sql: &str) -> i64 {
    let row = ctx.db().read_across().query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await;
    i64::try_get_by(&row.expect("an answer").expect("a row"), 0).expect("a number")
}

/// Jobs a second, from the first worker's start to the last effect. Panics when one is lost or done twice.
async fn run(kit: &Kit, ctx: &Ctx, scope: &CompanyScope, redis: &mut Redis, count: i64, rough: bool) -> f64 {
    ctx.db().change_schema("TRUNCATE bench_effect").await.expect("emptied");
    for batch in (0..count).step_by(1_000) {
        let mut tx = ctx.db().begin(scope).await.expect("a transaction");
        for number in batch..(batch + 1_000).min(count) {
            service::job::enqueue(ctx, &mut tx, scope, &Effect { number }).await.expect("enqueued");
        }
        ctx.commit(tx).await.expect("committed");
    }
    let done = "SELECT COUNT(*) FROM bench_effect";
    let start = Instant::now();
    let mut first = Worker::start(kit, redis);
    let second = Worker::start(kit, redis);
    let mut killed = !rough;
    loop {
        let done = number(ctx, done).await;
        if done >= count && number(ctx, "SELECT COUNT(*) FROM job WHERE status IN ('waiting', 'running')").await == 0 {
            break;
        }
        if !killed && done > count / 3 {
            killed = true;
            first.0.kill().expect("killed");
            redis.kill();
            redis.start_again();
            first = Worker::start(kit, redis);
        }
        assert!(start.elapsed() < PATIENCE, "{done} of {count} after {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    drop((first, second));
    let distinct = number(ctx, "SELECT COUNT(DISTINCT number) FROM bench_effect").await;
    let taken_over = number(ctx, "SELECT COUNT(*) FROM job WHERE kind = 'effect' AND attempts > 1").await;
    let all = number(ctx, done).await;
    assert_eq!((all, distinct), (count, count), "lost or done twice");
    if rough {
        println!("lost 0, done twice 0, begun by the dead and taken over {taken_over}");
    }
    count as f64 / seconds
}

/// From the commit of an enqueue here to the start of the handler there, with nothing else to do.
async fn pick_up(kit: &Kit, ctx: &Ctx, scope: &CompanyScope, redis: &Redis) -> String {
    ctx.db().change_schema("TRUNCATE bench_effect").await.expect("emptied");
    let _worker = Worker::start(kit, redis);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut committed = Vec::new();
    for number in 0..PICKED_UP {
        let mut tx = ctx.db().begin(scope).await.expect("a transaction");
        service::job::enqueue(ctx, &mut tx, scope, &Effect { number }).await.expect("enqueued");
        ctx.commit(tx).await.expect("committed");
        committed.push(micros());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let start = Instant::now();
    while number(ctx, "SELECT COUNT(*) FROM bench_effect").await < PICKED_UP {
        assert!(start.elapsed() < PATIENCE, "all are picked up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut waits = Vec::new();
    for (place, committed) in committed.iter().enumerate() {
        let begun = number(ctx, &format!("SELECT begun FROM bench_effect WHERE number = {place}")).await;
        waits.push((begun - committed).max(0));
    }
    waits.sort_unstable();
    let at = |share: f64| waits[(waits.len() as f64 * share) as usize] as f64 / 1000.0;
    format!("{:.1} ms (p50), {:.1} ms (p99; wanted: under 20)", at(0.5), at(0.99))
}

/// How soon a part is ready and what it takes when nothing happens.
fn idle(kit: &Kit, redis: &Redis, role: &str) -> String {
    let program: PathBuf = std::env::current_exe().expect("this program").with_file_name("x8");
    let start = Instant::now();
    let child = Command::new(&program)
        .args(["serve", "--listen", "127.0.0.1:0", "--role", role])
        .env("X8_DATA_DIR", kit.folder.join(role))
        .env("X8_DATABASE_URL", &kit.url)
        .env("X8_REDIS_URL", redis.url())
        .env("X8_SECRET_KEY", "08".repeat(32))
        .env("X8_LOG", "error")
        .stdout(Stdio::piped())
        .spawn();
    let mut part = match child {
        Ok(child) => Worker(child),
        Err(error) => return format!("{role}: {} does not start: {error}", program.display()),
    };
    let output = BufReader::new(part.0.stdout.take().expect("its output"));
    let ready = output
        .lines()
        .map_while(Result::ok)
        .any(|line| line.starts_with("X8 is ready") || line.starts_with("X8 works"));
    assert!(ready, "{role} did not start");
    let after = start.elapsed().as_millis();
    std::thread::sleep(Duration::from_secs(3));
    let status = std::fs::read_to_string(format!("/proc/{}/status", part.0.id())).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    let kilobytes: u64 = resident.trim().trim_end_matches(" kB").parse().unwrap_or_default();
    format!(
        "role {role}: ready after {after} ms (wanted: under 1,000), idle {} MB (wanted: under 80)",
        kilobytes / 1024
    )
}
