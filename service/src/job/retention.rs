//! How long rows are kept that only grow: one list for all of them, removed by every worker's upkeep once an hour
//! (docs/operating.md "What is kept"). What accounts and customers need (orders, payments, bookings, talks) is in no list.

use crate::ctx::Ctx;
use crate::error::Result;
use sea_orm::{ConnectionTrait, DatabaseBackend, Statement};

/// So many old rows are removed in one transaction: SQLite's only writer is never taken for long.
const BATCH: u64 = 1000;
const DAY: i64 = 24;

/// Rows of a table that may go.
struct Kept {
    table: &'static str,
    /// Beside their age.
    only: &'static str,
    /// The column of their age; indexed.
    since: &'static str,
    hours: i64,
}

const KEPT: [Kept; 9] = [
    // For the screen; dead ones stay until somebody looks.
    Kept { table: "job", only: "status = 'done'", since: "finished_at", hours: DAY },
    Kept { table: "event", only: "1 = 1", since: "created_at", hours: crate::event::KEEP_HOURS },
    Kept { table: "channel_event", only: "1 = 1", since: "created_at", hours: crate::channel::KEEP_DELIVERIES_HOURS },
    // Stripe delivers anew for three days (outside.md §3); the rest is for those who compare accounts. What was not applied stays.
    Kept { table: "payment_event", only: "outcome IS NOT NULL", since: "received_at", hours: 90 * DAY },
    Kept { table: "channel_log", only: "1 = 1", since: "created_at", hours: 90 * DAY },
    // A year's costs, and the month in which somebody looks.
    Kept { table: "model_use", only: "1 = 1", since: "created_at", hours: 400 * DAY },
    Kept { table: "model_month", only: "1 = 1", since: "from_at", hours: 400 * DAY },
    // Of no use to anybody once they have ended.
    Kept { table: "session", only: "1 = 1", since: "expires_at", hours: DAY },
    Kept { table: "one_time_code", only: "expires_at IS NOT NULL", since: "expires_at", hours: DAY },
];

/// Removes what is older than it is kept, a thousand rows at a time. Returns how many rows.
///
/// # Errors
/// When the database does not answer; what was removed until then stays removed.
pub async fn prune(ctx: &Ctx) -> Result<u64> {
    let backend = ctx.db().backend();
    let mark = if backend == DatabaseBackend::Postgres { "$1" } else { "?1" };
    let mut removed = 0;
    for Kept { table, only, since, hours } in &KEPT {
        let before = ctx.time().plus_seconds(-hours * 3600);
        loop {
            let tx = ctx.db().begin_across().await?;
            let sql = format!(
                "DELETE FROM {table} WHERE id IN \
                 (SELECT id FROM {table} WHERE {only} AND {since} < {mark} LIMIT {BATCH})"
            );
            let gone = tx.execute_raw(Statement::from_sql_and_values(backend, sql, [before.0.into()])).await?;
            ctx.commit(tx).await?;
            removed += gone.rows_affected();
            if gone.rows_affected() < BATCH {
                break;
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_accounts_and_customers_need_is_in_no_list() {
        for table in ["sales_order", "order_line", "payment", "booking", "message", "contact", "catalogue_row", "file"]
        {
            assert!(super::KEPT.iter().all(|kept| kept.table != table), "{table}");
        }
    }
}
