//! PostgreSQL's sessions for reading outside transactions. Each remembers whose rows it reaches, so that the wall (module
//! `reach`) costs a round trip only where a session changes hands between companies: the statements of a
//! request mostly find the session that the one before has just given back.
//!
//! A pool of sqlx knows nothing of a session but that it is one, and would have to be told each time.

use super::reach::{self, Reach};
use super::silence::{ANSWER, no_answer};
use sea_orm::sqlx::postgres::{PgConnectOptions, PgQueryResult, PgRow};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use sea_orm::{ConnAcquireErr, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value};
use sea_query_sqlx::SqlxValues;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, SemaphorePermit};

/// A reading statement that takes longer is of no use: requests are given up by then. Milliseconds, PostgreSQL's manual.
const STATEMENT_TIMEOUT: (&str, &str) = ("statement_timeout", "30000");
/// One that is not answered a little later never is (module `silence`).
const LIMIT: Duration = Duration::from_secs(33);
/// A session that stood for so long is asked whether it is there before it is used: that a server is gone without a word shows
/// at once then, and not after a statement's limit.
const STOOD_LONG: Duration = Duration::from_secs(5);
/// A session that nobody needed for so long is ended.
const IDLE: Duration = Duration::from_secs(600);

/// The sessions of one process.
pub(super) struct Sessions {
    options: PgConnectOptions,
    /// One for each session that may be in use.
    free: Semaphore,
    most: usize,
    patience: Duration,
    /// The last used at the end.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    session: PgConnection,
    reach: Reach,
    since: Instant,
}

/// A session in use. Dropped with its statement unanswered, it is closed: what the server still sends is nobody else's.
struct Lent<'a> {
    session: PgConnection,
    reach: Reach,
    /// It stood idle, and the server may have closed it meanwhile.
    stood: bool,
    _permit: SemaphorePermit<'a>,
}

impl Sessions {
    pub(super) fn new(options: PgConnectOptions, most: usize, patience: Duration) -> Self {
        let options = options.options([STATEMENT_TIMEOUT]);
        Self { options, free: Semaphore::new(most), most, patience, idle: Mutex::default() }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that stood idle: of this reach before others, the last used before older ones; the oldest of another reach only when
    /// no more may be opened.
    fn stood(&self, reach: Reach, in_use: usize) -> Option<Idle> {
        let mut idle = self.idle();
        match idle.iter().rposition(|one| one.reach == reach) {
            Some(at) => Some(idle.remove(at)),
            None if idle.len() + in_use >= self.most && !idle.is_empty() => Some(idle.remove(0)),
            None => None,
        }
    }

    async fn take(&self, reach: Reach) -> Result<Lent<'_>, DbErr> {
        let taking = async {
            let permit =
                self.free.acquire().await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))?;
            let in_use = self.most - self.free.available_permits() - 1;
            if let Some(mut one) = self.stood(reach, in_use) {
                let is_ready = one.reach == reach && one.since.elapsed() < STOOD_LONG;
                if is_ready || at_once(set(&mut one.session, reach)).await {
                    return Ok(Lent { session: one.session, reach, stood: true, _permit: permit });
                }
                // The server has closed it, or is gone; likely the others are too.
                self.idle().clear();
            }
            let mut session = PgConnection::connect_with(&self.options).await.map_err(connect_error)?;
            set(&mut session, reach).await.map_err(connect_error)?;
            Ok(Lent { session, reach, stood: false, _permit: permit })
        };
        match tokio::time::timeout(self.patience, taking).await {
            Ok(taken) => taken,
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        }
    }

    fn give_back(&self, lent: Lent<'_>) {
        let Lent { session, reach, _permit, .. } = lent;
        let now = Instant::now();
        let mut idle = self.idle();
        idle.push(Idle { session, reach, since: now });
        let old = idle.iter().take_while(|one| now.duration_since(one.since) > IDLE).count();
        idle.drain(..old);
    }

    /// Runs a statement: a reading one once more on a new session when the one that stood idle turns out to be closed.
    async fn run(&self, reach: Reach, asked: Asked<'_>) -> Result<Answer, DbErr> {
        loop {
            let mut lent = self.take(reach).await?;
            let Ok(answered) = tokio::time::timeout(LIMIT, asked.of(&mut lent.session)).await else {
                self.idle().clear();
                return Err(no_answer());
            };
            match answered {
                Ok(answer) => {
                    self.give_back(lent);
                    return Ok(answer);
                }
                Err(error) if !is_broken(&error) => {
                    self.give_back(lent);
                    return Err(query_error(error));
                }
                Err(error) => {
                    self.idle().clear();
                    if !(asked.only_reads() && lent.stood) {
                        return Err(query_error(error));
                    }
                }
            }
        }
    }

    pub(super) async fn query_all(&self, reach: Reach, statement: &Statement) -> Result<Vec<QueryResult>, DbErr> {
        let answer = self.run(reach, Asked::All(statement)).await?;
        Ok(answer.rows.into_iter().map(Into::into).collect())
    }

    pub(super) async fn query_one(&self, reach: Reach, statement: &Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut answer = self.run(reach, Asked::One(statement)).await?;
        Ok(answer.rows.pop().map(Into::into))
    }

    pub(super) async fn execute(&self, reach: Reach, statement: &Statement) -> Result<ExecResult, DbErr> {
        Ok(self.run(reach, Asked::Execute(statement)).await?.done.into())
    }

    pub(super) async fn execute_unprepared(&self, reach: Reach, sql: &str) -> Result<ExecResult, DbErr> {
        Ok(self.run(reach, Asked::Unprepared(sql)).await?.done.into())
    }

    /// Ends them all; nobody gets one any more.
    pub(super) async fn close(&self) {
        self.free.close();
        let idle = std::mem::take(&mut *self.idle());
        for one in idle {
            // Closed is closed, with or without a farewell.
            let _ = tokio::time::timeout(Duration::from_secs(1), one.session.close()).await;
        }
    }
}

/// What a session is asked.
#[derive(Clone, Copy)]
enum Asked<'a> {
    All(&'a Statement),
    One(&'a Statement),
    Execute(&'a Statement),
    Unprepared(&'a str),
}

#[derive(Default)]
struct Answer {
    rows: Vec<PgRow>,
    done: PgQueryResult,
}

impl Asked<'_> {
    const fn only_reads(self) -> bool {
        matches!(self, Self::All(_) | Self::One(_))
    }

    async fn of(self, session: &mut PgConnection) -> Result<Answer, sqlx::Error> {
        let mut answer = Answer::default();
        match self {
            Self::All(statement) => answer.rows = query(statement).fetch_all(session).await?,
            Self::One(statement) => answer.rows.extend(query(statement).fetch_optional(session).await?),
            Self::Execute(statement) => answer.done = query(statement).execute(session).await?,
            Self::Unprepared(sql) => answer.done = session.execute(AssertSqlSafe(sql)).await?,
        }
        Ok(answer)
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("most", &self.most).field("idle", &self.idle().len()).finish_non_exhaustive()
    }
}

/// Whether it is answered, and as fast as a server that is there does.
async fn at_once(asked: impl Future<Output = Result<(), sqlx::Error>>) -> bool {
    matches!(tokio::time::timeout(ANSWER, asked).await, Ok(Ok(())))
}

async fn set(session: &mut PgConnection, reach: Reach) -> Result<(), sqlx::Error> {
    session.execute(AssertSqlSafe(reach::setting(reach))).await.map(|_| ())
}

fn query(statement: &Statement) -> sqlx::query::Query<'_, sqlx::Postgres, SqlxValues> {
    let mut values = statement.values.clone().unwrap_or(sea_orm::Values(Vec::new())).0;
    let sql = match told_limit(&statement.sql, &values) {
        Some(sql) => {
            values.pop();
            AssertSqlSafe(sql)
        }
        None => AssertSqlSafe(statement.sql.clone()),
    };
    sqlx::query_with(sql, SqlxValues(sea_orm::Values(values)))
}

/// Pages have at most so many rows, and the one after.
const LONGEST_PAGE: u64 = crate::page::MAX_SIZE + 1;

/// The statement with its limit in the text. As a parameter the planner does not know it, takes it for a tenth of the table, and
/// plans each page anew because of that (PostgreSQL's manual, PREPARE, "custom plans"): a sixth of what a page costs there. Only
/// the sizes of pages, so that no caller can fill a session with texts.
fn told_limit(sql: &str, values: &[Value]) -> Option<String> {
    let (head, number) = sql.rsplit_once(" LIMIT $")?;
    let Some(Value::BigUnsigned(Some(limit))) = values.last() else { return None };
    let is_last = number.parse() == Ok(values.len());
    (is_last && *limit <= LONGEST_PAGE).then(|| format!("{head} LIMIT {limit}"))
}

/// Whether the session is gone, rather than the statement wrong.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        // Ended by the operator or with the server (PostgreSQL's manual, appendix A, class 57); a statement that took too long
        // (57014) leaves the session whole.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

fn connect_error(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error)))
}

fn query_error(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

#[cfg(test)]
mod tests {
    use super::told_limit;
    use sea_orm::Value;

    #[test]
    fn the_size_of_a_page_is_told_to_the_planner() {
        let id = || Value::from("x");
        let size = |size: u64| Value::from(size);
        let told = |sql: &str, values: &[Value]| told_limit(sql, values);
        assert_eq!(
            told("SELECT 1 WHERE a = $1 LIMIT $2", &[id(), size(26)]).as_deref(),
            Some("SELECT 1 WHERE a = $1 LIMIT 26")
        );
        for (sql, values) in [
            ("SELECT 1 WHERE a = $1", vec![id()]),
            ("SELECT 1 WHERE a = $1 LIMIT $2", vec![id(), size(5_000)]),
            ("SELECT 1 WHERE a = $1 LIMIT $2 OFFSET $3", vec![id(), size(26), size(7)]),
            ("SELECT 1 WHERE a = $1 LIMIT $2", vec![size(26), id()]),
            ("SELECT (SELECT 2 LIMIT $1) WHERE a = $2", vec![size(26), size(3)]),
        ] {
            assert_eq!(told(sql, &values), None, "{sql}");
        }
    }
}
