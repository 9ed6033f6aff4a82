//! A server that is gone without a word: its machine lost, a firewall that has forgotten the connection (reliability.md case 16).
//! Nobody closes anything then, TCP waits a quarter of an hour or for ever, and sqlx sets neither keepalive nor a limit of its own.
//! So every statement has a limit here, a little above the one that the server itself keeps, and a session whose statement was
//! given up is asked whether it is there before anybody else gets it.

use super::reach;
use sea_orm::sqlx::pool::PoolConnectionMetadata;
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use sea_orm::{DbErr, RuntimeErr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// A session that is asked nothing but its transaction's end or its reach answers within this, or is taken for gone.
pub(super) const ANSWER: Duration = Duration::from_secs(1);
/// So long after a statement was given up, what comes back to the pool is asked whether it is there.
const DOUBT: Duration = Duration::from_secs(120);

/// What is known of the server's silence. Of one process, for its pool of writers.
#[derive(Debug)]
pub(super) struct Silence {
    start: Instant,
    /// Milliseconds after the start: no session that was opened before is believed to be there.
    gone_before: AtomicU64,
    /// Milliseconds after the start until which sessions are asked when they come back.
    doubted_until: AtomicU64,
}

impl Silence {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), gone_before: AtomicU64::new(0), doubted_until: AtomicU64::new(0) })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The answer to a statement, or an error like that of a connection that broke when there is none in time.
    pub(super) async fn bounded<T>(
        &self,
        limit: Duration,
        asked: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        self.watched(timeout(limit, asked)).await.unwrap_or_else(|_| {
            self.doubt();
            Err(no_answer())
        })
    }

    /// What comes of a work with sessions, whose owner may give it up.
    pub(super) async fn watched<T>(&self, work: impl Future<Output = T>) -> T {
        let unanswered = Unanswered(self);
        let done = work.await;
        std::mem::forget(unanswered);
        done
    }

    fn doubt(&self) {
        let until = self.now().saturating_add(u64::try_from(DOUBT.as_millis()).unwrap_or(u64::MAX));
        self.doubted_until.fetch_max(until, Ordering::Relaxed);
    }

    /// The pool's hook before it lends a session; false when it is of no use.
    pub(super) async fn enter(
        &self,
        session: &mut PgConnection,
        known: PoolConnectionMetadata,
    ) -> Result<bool, sqlx::Error> {
        let asked = self.now();
        if self.is_old(known.age) {
            return Err(silent());
        }
        match timeout(ANSWER, reach::enter(session)).await {
            Ok(done) => done.map(|()| !session.is_in_transaction()),
            Err(_) => Err(self.found_gone(asked)),
        }
    }

    /// The pool's hook when a session comes back. sqlx pings it next, without a limit and with its place in the pool taken.
    pub(super) async fn come_back(
        &self,
        session: &mut PgConnection,
        known: PoolConnectionMetadata,
    ) -> Result<bool, sqlx::Error> {
        let asked = self.now();
        if asked >= self.doubted_until.load(Ordering::Relaxed) {
            return Ok(true);
        }
        if self.is_old(known.age) {
            return Err(silent());
        }
        match timeout(ANSWER, session.ping()).await {
            Ok(pong) => pong.map(|()| true),
            Err(_) => Err(self.found_gone(asked)),
        }
    }

    fn is_old(&self, age: Duration) -> bool {
        let opened = self.now().saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        opened < self.gone_before.load(Ordering::Relaxed)
    }

    fn found_gone(&self, asked: u64) -> sqlx::Error {
        self.gone_before.fetch_max(asked, Ordering::Relaxed);
        silent()
    }
}

/// A statement under way. Dropped before its answer: given up, by the limit or by who asked.
struct Unanswered<'a>(&'a Silence);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.doubt();
    }
}

fn silent() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "the database's server does not answer"))
}

/// What a statement without an answer fails with.
pub(super) fn no_answer() -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(silent())))
}
