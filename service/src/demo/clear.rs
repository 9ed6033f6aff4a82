//! Takes the rows of a company away, a part at a time, so that SQLite's writer stays free for others.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use sea_orm::{ConnectionTrait, Statement};
use std::time::Duration;

/// Every table whose rows belong to a company, what points at others first. Whoever adds such a table adds it here: a
/// test asks the database for them.
pub const TABLES: &[&str] = &[
    "job",
    "event",
    "reminder",
    "stock_hold",
    "stock_level",
    "slot_hold",
    "booking",
    "payment_event",
    "payment",
    "order_line",
    "sales_order",
    "model_use",
    "model_month",
    "turn",
    "message",
    "conversation",
    "contact_address",
    "contact",
    "merged",
    "import",
    "file",
    "catalogue_row",
    "catalogue_version",
    "channel_event",
    "channel_log",
    "channel_session",
    "mail",
    "credential",
    "integration",
    "media",
    "channel",
];
/// Tables of a company whose one row stays and is brought back instead.
pub const KEPT: &[&str] = &["branch", "catalogue"];

/// Rows of one transaction.
const PART: u64 = 5_000;
/// How long running jobs are waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Removes all of it.
pub(super) async fn clear(ctx: &Ctx, scope: &CompanyScope) -> Result<()> {
    // What is at work may finish; what waits never begins.
    remove(ctx, scope, "job", "status <> 'running'").await?;
    let quiet = async {
        while running(ctx, scope).await? {
            tokio::time::sleep(Duration::from_millis(20)).await;
            remove(ctx, scope, "job", "status <> 'running'").await?;
        }
        Ok::<_, crate::error::Error>(())
    };
    // A job that takes longer finds its rows gone and ends with that.
    if let Ok(done) = tokio::time::timeout(PATIENCE, quiet).await {
        done?;
    }
    // Bytes go before their rows.
    crate::media::forget_stored(ctx, scope).await?;
    for table in TABLES {
        remove(ctx, scope, table, "TRUE").await?;
    }
    let backend = ctx.db().backend();
    let tx = ctx.db().begin(scope).await?;
    tx.execute_raw(Statement::from_sql_and_values(
        backend,
        "UPDATE catalogue SET published_version_id = NULL, draft_version_id = NULL, next_version_number = 1 \
         WHERE company_id = $1",
        [scope.id().into()],
    ))
    .await?;
    ctx.commit(tx).await
}

async fn running(ctx: &Ctx, scope: &CompanyScope) -> Result<bool> {
    let sql = "SELECT 1 FROM job WHERE company_id = $1 AND status = 'running' LIMIT 1";
    let backend = ctx.db().backend();
    let row =
        ctx.db().read(scope).query_one_raw(Statement::from_sql_and_values(backend, sql, [scope.id().into()])).await?;
    Ok(row.is_some())
}

async fn remove(ctx: &Ctx, scope: &CompanyScope, table: &str, which: &str) -> Result<()> {
    let backend = ctx.db().backend();
    // A session is named by its channel.
    let key = if table == "channel_session" { "channel_id" } else { "id" };
    let sql = format!(
        "DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE company_id = $1 AND {which} LIMIT {PART})"
    );
    loop {
        let tx = ctx.db().begin(scope).await?;
        let gone = tx.execute_raw(Statement::from_sql_and_values(backend, &sql, [scope.id().into()])).await?;
        ctx.commit(tx).await?;
        if gone.rows_affected() < PART {
            return Ok(());
        }
    }
}
