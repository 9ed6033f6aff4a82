//! Claiming jobs: which of the due ones this worker gets.
//!
//! Three promises stand in SQL here. Fair: when more is due than there is room for, each claim goes to the company that has
//! fewest jobs running. Ordered: of a lane only the first runs; a begun one that waits for its next run keeps its place. Fenced:
//! each claim grows the token that [`finish`](super::finish) demands.
//!
//! Conditions on the status are written as literals, not bound: only then do both databases use the partial indexes.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::job;
use entity::time::Time;
use sea_orm::{ConnectionTrait, DatabaseBackend, FromQueryResult, QueryResult, Statement};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// So often a claim is tried again when another worker took the same lane at the same moment.
const TRIES: usize = 4;

/// A job that this worker has: the row as claimed, with its lease token.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The row.
    pub row: job::Model,
    /// Set by the commit of a transaction that finished it.
    done: Arc<AtomicBool>,
}

impl PartialEq for Claimed {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row
    }
}

impl Claimed {
    pub(super) fn new(row: job::Model) -> Self {
        Self { row, done: Arc::default() }
    }

    /// What the commit of its end sets.
    pub(super) fn done(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.done)
    }

    /// Whether its handler finished it in a transaction of its own, which was committed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    /// Whose job it is.
    ///
    /// # Errors
    /// `Internal` for a job without a company where one is needed.
    pub fn scope(&self) -> Result<CompanyScope> {
        crate::access::for_job(&self.row).ok_or_else(|| Error::internal("job without a company"))
    }

    /// The payload as its type.
    ///
    /// # Errors
    /// When a payload of another version does not decode: the job is then dead, never in the way.
    pub fn payload<J: super::Job>(&self) -> Result<J, super::Failure> {
        serde_json::from_value(self.row.payload.clone())
            .map_err(|error| super::Failure::never(format!("the payload does not decode: {error}")))
    }
}

/// Claims up to `limit` due jobs of these kinds: fair between companies (the one with fewest running jobs first), one of a lane
/// at a time and in its order. The attempt is counted now: a job that kills its worker runs out of attempts too.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(ctx: &Ctx, worker: &str, kinds: &[&str], limit: u64, lease: Duration) -> Result<Vec<Claimed>> {
    if kinds.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let now = ctx.time();
    let db = ctx.db();
    let order = Order {
        backend: db.backend(),
        worker,
        kinds,
        now,
        lease_until: now.plus_millis(i64::try_from(lease.as_millis()).unwrap_or(i64::MAX)),
    };
    // The look before the write keeps an idle SQLite from taking its only writer again and again.
    let due = match db.read_across().query_one_raw(order.due(limit + 1)).await? {
        Some(row) => u64::try_from(row.try_get_by_index::<i64>(0)?).unwrap_or(0),
        None => 0,
    };
    if due == 0 {
        return Ok(Vec::new());
    }
    for attempt in 1.. {
        match order.take(ctx, due > limit, limit).await {
            // Another worker claimed a job of the same lane between our look and our write: the unique index of running lanes
            // refused the second one.
            Err(Refused::Lane) if attempt < TRIES => {}
            Err(Refused::Lane) => return Ok(Vec::new()),
            Err(Refused::Error(error)) => return Err(error),
            Ok(mut claimed) => {
                claimed.sort_by_key(|job| (job.row.run_at, job.row.id));
                return Ok(claimed);
            }
        }
    }
    Ok(Vec::new())
}

enum Refused {
    Lane,
    Error(Error),
}

impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        if crate::db::is_constraint(&error) { Self::Lane } else { Self::Error(error.into()) }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// What is wanted, for building the statements.
struct Order<'a> {
    backend: DatabaseBackend,
    worker: &'a str,
    kinds: &'a [&'a str],
    now: Time,
    lease_until: Time,
}

/// A statement being written: text and bound values.
struct Sql {
    backend: DatabaseBackend,
    values: Vec<sea_orm::Value>,
}

impl Sql {
    fn bind(&mut self, value: impl Into<sea_orm::Value>) -> String {
        self.values.push(value.into());
        let mark = if self.backend == DatabaseBackend::Postgres { '$' } else { '?' };
        format!("{mark}{}", self.values.len())
    }

    fn bind_kinds(&mut self, kinds: &[&str]) -> String {
        kinds.iter().map(|kind| self.bind(*kind)).collect::<Vec<_>>().join(", ")
    }

    fn statement(self, text: String) -> Statement {
        Statement::from_sql_and_values(self.backend, text, self.values)
    }
}

impl Order<'_> {
    fn sql(&self) -> Sql {
        Sql { backend: self.backend, values: Vec::new() }
    }

    /// How many are due, counted up to `limit`, whether their lanes are free or not.
    fn due(&self, limit: u64) -> Statement {
        let mut sql = self.sql();
        let (now, kinds) = (sql.bind(self.now.0), sql.bind_kinds(self.kinds));
        let limit = sql.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        sql.statement(format!(
            "SELECT COUNT(*) FROM (SELECT 1 FROM job \
               WHERE status = 'waiting' AND kind IN ({kinds}) AND run_at <= {now} LIMIT {limit}) AS due"
        ))
    }

    async fn take(&self, ctx: &Ctx, crowded: bool, limit: u64) -> Result<Vec<Claimed>, Refused> {
        let tx = ctx.db().begin_across().await?;
        let mut claimed = Vec::new();
        if crowded {
            for (company, share) in shares(self.companies(&tx).await?, limit) {
                claimed.extend(self.update(&tx, Some(company), share).await?);
            }
        } else {
            claimed = self.update(&tx, None, limit).await?;
        }
        tx.commit_quietly().await?;
        Ok(claimed)
    }

    /// Companies with due work. The recursive walk steps from company to company in the index and never reads a backlog.
    async fn companies(&self, tx: &Tx) -> Result<Vec<Queue>, Refused> {
        let mut sql = self.sql();
        let kinds = sql.bind_kinds(self.kinds);
        let oldest =
            format!("SELECT MIN(run_at) FROM job WHERE status = 'waiting' AND kind IN ({kinds}) AND company_id");
        let next = "SELECT company_id FROM job WHERE status = 'waiting' AND company_id";
        let text = format!(
            "WITH RECURSIVE walk(id) AS ( \
               SELECT ({next} IS NOT NULL ORDER BY company_id LIMIT 1) \
               UNION ALL SELECT ({next} > walk.id ORDER BY company_id LIMIT 1) FROM walk WHERE walk.id IS NOT NULL) \
             SELECT walk.id AS company_id, ({oldest} = walk.id) AS oldest FROM walk WHERE walk.id IS NOT NULL \
             UNION ALL SELECT NULL, ({oldest} IS NULL)"
        );
        let rows = tx.query_all_raw(sql.statement(text)).await?;
        let running = tx
            .query_all_raw(Statement::from_string(
                self.backend,
                "SELECT company_id, COUNT(*) AS running FROM job WHERE status = 'running' GROUP BY company_id",
            ))
            .await?;
        let mut busy: HashMap<Option<Uuid>, i64> = HashMap::new();
        for row in &running {
            busy.insert(row.try_get("", "company_id")?, row.try_get("", "running")?);
        }
        let mut queues = Vec::new();
        for row in &rows {
            if let Some(queue) = self.queue(row, &busy)? {
                queues.push(queue);
            }
        }
        Ok(queues)
    }

    fn queue(&self, row: &QueryResult, busy: &HashMap<Option<Uuid>, i64>) -> Result<Option<Queue>, Refused> {
        let company: Option<Uuid> = row.try_get("", "company_id")?;
        let oldest: Option<i64> = row.try_get("", "oldest")?;
        Ok(oldest.filter(|oldest| *oldest <= self.now.0).map(|oldest| Queue {
            company,
            oldest,
            running: busy.get(&company).copied().unwrap_or(0),
        }))
    }

    /// The claim itself. `company`: only of this one, or of the installation's own work.
    async fn update(&self, tx: &Tx, company: Option<Option<Uuid>>, limit: u64) -> Result<Vec<Claimed>, Refused> {
        let postgres = self.backend == DatabaseBackend::Postgres;
        let mut sql = self.sql();
        let (worker, lease_until, now) = (sql.bind(self.worker), sql.bind(self.lease_until.0), sql.bind(self.now.0));
        let kinds = sql.bind_kinds(self.kinds);
        let of_company = match company {
            None => String::new(),
            Some(None) => "AND candidate.company_id IS NULL".to_owned(),
            Some(Some(id)) => format!("AND candidate.company_id = {}", sql.bind(id)),
        };
        let limit = sql.bind(i64::try_from(limit).unwrap_or(i64::MAX));
        // An array is evaluated once; as a plain subquery PostgreSQL may run it again and claim more than the limit.
        let (open, skip, close) =
            if postgres { ("= ANY(ARRAY(", "FOR UPDATE OF candidate SKIP LOCKED", "))") } else { ("IN (", "", ")") };
        let text = format!(
            "UPDATE job SET status = 'running', worker = {worker}, lease_until = {lease_until}, \
               lease_token = lease_token + 1, attempts = attempts + 1 \
             WHERE id {open}SELECT candidate.id FROM job candidate \
               WHERE candidate.status = 'waiting' AND candidate.kind IN ({kinds}) AND candidate.run_at <= {now} {of_company} \
                 AND (candidate.lane IS NULL OR ( \
                   NOT EXISTS (SELECT 1 FROM job busy WHERE busy.status = 'running' AND busy.lane = candidate.lane) \
                   AND NOT EXISTS (SELECT 1 FROM job earlier WHERE earlier.status = 'waiting' AND earlier.lane = candidate.lane \
                     AND ((earlier.attempts > 0 AND (candidate.attempts = 0 OR earlier.id < candidate.id)) \
                       OR (earlier.attempts = 0 AND candidate.attempts = 0 \
                         AND (earlier.run_at < candidate.run_at \
                           OR (earlier.run_at = candidate.run_at AND earlier.id < candidate.id))))))) \
               ORDER BY candidate.run_at, candidate.id LIMIT {limit} {skip}{close} \
             RETURNING *"
        );
        let rows = tx.query_all_raw(sql.statement(text)).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            claimed.push(Claimed::new(job::Model::from_query_result(row, "")?));
        }
        Ok(claimed)
    }
}

/// A company with due work.
#[derive(Clone, Debug)]
struct Queue {
    company: Option<Uuid>,
    oldest: i64,
    running: i64,
}

/// Deals `limit` places out, each to the company that has fewest running, the longest waiting one first.
fn shares(mut queues: Vec<Queue>, limit: u64) -> Vec<(Option<Uuid>, u64)> {
    queues.sort_by_key(|queue| (queue.running, queue.oldest));
    queues.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut given = vec![0_u64; queues.len()];
    for _ in 0..limit {
        let poorest = (0..queues.len())
            .min_by_key(|&at| (queues[at].running + i64::try_from(given[at]).unwrap_or(i64::MAX), queues[at].oldest));
        if let Some(at) = poorest {
            given[at] += 1;
        }
    }
    queues.into_iter().zip(given).filter(|(_, share)| *share > 0).map(|(queue, share)| (queue.company, share)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Queue, shares};
    use uuid::Uuid;

    #[test]
    fn places_go_to_the_company_with_fewest_running() {
        let [big, small, own] = [Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)), None];
        let queue = |company, oldest, running| Queue { company, oldest, running };
        let dealt = shares(vec![queue(big, 1, 6), queue(small, 9, 0), queue(own, 5, 1)], 4);
        assert_eq!(dealt, [(small, 2), (own, 2)], "the company with six running gets none");
        assert_eq!(shares(vec![queue(big, 1, 6)], 3), [(big, 3)], "alone it gets all");
        assert_eq!(shares(vec![queue(big, 1, 0), queue(small, 2, 0)], 1), [(big, 1)], "the longest waiting first");
    }
}
