//! Many rows into a version at once. Here stands what differs between the databases: PostgreSQL takes them as arrays, SQLite
//! through statements of many rows, prepared once.

use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::Claimed;
use entity::stored::JobStatus;
use entity::{catalogue_row, job};
use sea_orm::sqlx;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, Statement, Value, sea_query::Expr,
};
use std::fmt::Write as _;
use uuid::Uuid;

/// Values of one row.
const COLUMNS: usize = 13;
/// Rows of one statement: well below SQLite's limit of 32,766 values.
const ROWS_A_STATEMENT: usize = 250;

/// A row about to be written.
#[derive(Clone, Debug)]
pub(crate) struct NewRow {
    pub(crate) id: Uuid,
    pub(crate) position: i32,
    pub(crate) number: i32,
    pub(crate) key: String,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    /// JSON.
    pub(crate) cells: String,
    /// JSON.
    pub(crate) item: Option<String>,
    /// JSON.
    pub(crate) problems: String,
    pub(crate) has_error: bool,
    pub(crate) search: String,
}

impl NewRow {
    /// Roughly its bytes.
    pub(crate) fn weight(&self) -> usize {
        self.key.len()
            + self.name.len()
            + self.cells.len()
            + self.item.as_ref().map_or(0, String::len)
            + self.problems.len()
            + self.search.len()
    }
}

/// Writes rows of a version that is being filled, in one transaction that fails when the job was lost meanwhile.
///
/// # Errors
/// `Unavailable` when somebody else has the job.
pub(crate) async fn insert(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    version_id: Uuid,
    rows: Vec<NewRow>,
) -> Result<()> {
    if ctx.db().backend() == DatabaseBackend::Postgres {
        return insert_arrays(ctx, scope, claimed, version_id, rows).await;
    }
    let tx = ctx.db().begin(scope).await?;
    let held = job::Entity::find()
        .filter(job::Column::Id.eq(claimed.row.id))
        .filter(job::Column::Status.eq(JobStatus::Running))
        .filter(job::Column::LeaseToken.eq(claimed.row.lease_token))
        .one(&tx)
        .await?;
    if held.is_none() {
        return Err(lost());
    }
    insert_rows(&tx, scope, version_id, rows).await?;
    ctx.commit(tx).await
}

fn lost() -> Error {
    Error::Unavailable("the lease of the job was lost".to_owned())
}

/// Writes rows through statements of many rows; works on both databases.
pub(crate) async fn insert_rows(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    version_id: Uuid,
    rows: Vec<NewRow>,
) -> Result<()> {
    let backend = db.get_database_backend();
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        let count = rows.len().min(ROWS_A_STATEMENT);
        let mut values: Vec<Value> = Vec::with_capacity(count * COLUMNS);
        for row in rows.by_ref().take(count) {
            values.extend::<[Value; COLUMNS]>([
                scope.id().into(),
                version_id.into(),
                row.id.into(),
                row.position.into(),
                row.number.into(),
                row.key.into(),
                row.kind.into(),
                row.name.into(),
                row.cells.into(),
                row.item.into(),
                row.problems.into(),
                row.has_error.into(),
                row.search.into(),
            ]);
        }
        db.execute_raw(Statement::from_sql_and_values(backend, insert_sql(backend, count), values)).await?;
    }
    Ok(())
}

/// The statement for so many rows. On SQLite the marks carry no number: with numbers the driver looks each one's name up
/// in a list, which costs the square of their count.
fn insert_sql(backend: DatabaseBackend, rows: usize) -> String {
    let mut sql = String::with_capacity(200 + rows * 90);
    sql.push_str(
        "INSERT INTO catalogue_row (company_id, version_id, id, position, number, key, kind, name, cells, item, problems, \
         has_error, search, left_out) VALUES ",
    );
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            if backend == DatabaseBackend::Postgres {
                let json = if matches!(column, 9..=11) { "::jsonb" } else { "" };
                let _ = write!(sql, "${}{json}, ", row * COLUMNS + column);
            } else {
                sql.push_str("?, ");
            }
        }
        sql.push_str("FALSE)");
    }
    sql
}

/// A column of arrays for [`insert_arrays`].
#[derive(Default)]
struct Arrays {
    ids: Vec<Uuid>,
    positions: Vec<i32>,
    numbers: Vec<i32>,
    keys: Vec<String>,
    kinds: Vec<&'static str>,
    names: Vec<String>,
    cells: Vec<String>,
    items: Vec<Option<String>>,
    problems: Vec<String>,
    errors: Vec<bool>,
    searches: Vec<String>,
}

impl Arrays {
    fn of(rows: Vec<NewRow>) -> Self {
        let mut arrays = Self::default();
        for row in rows {
            arrays.ids.push(row.id);
            arrays.positions.push(row.position);
            arrays.numbers.push(row.number);
            arrays.keys.push(row.key);
            arrays.kinds.push(row.kind);
            arrays.names.push(row.name);
            arrays.cells.push(row.cells);
            arrays.items.push(row.item);
            arrays.problems.push(row.problems);
            arrays.errors.push(row.has_error);
            arrays.searches.push(row.search);
        }
        arrays
    }
}

/// Rows as arrays: one statement whatever their number, and they pass the wall as they are written. COPY does not go through
/// row-level security (PostgreSQL's manual, COPY): its rows had to be written to a table of the session first and once more from
/// there.
const INSERT_ARRAYS: &str = "INSERT INTO catalogue_row (company_id, version_id, id, position, number, key, kind, name, cells, item, \
     problems, has_error, search, left_out) \
     SELECT $1, $2, id, position, number, key, kind, name, cells::jsonb, item::jsonb, problems::jsonb, has_error, search, FALSE \
     FROM unnest($3::uuid[], $4::int4[], $5::int4[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], \
     $12::bool[], $13::text[]) \
     AS v (id, position, number, key, kind, name, cells, item, problems, has_error, search)";

/// PostgreSQL's bulk load in a transaction that holds the job's row, so that nobody takes the job meanwhile. A task of its own:
/// an import that is stopped leaves no session of the pool in the middle of its beginning or of its load.
async fn insert_arrays(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    version_id: Uuid,
    rows: Vec<NewRow>,
) -> Result<()> {
    let (company_id, job_id, token) = (scope.id(), claimed.row.id, claimed.row.lease_token);
    let load = ctx.db().in_postgres(scope, async move |pool| {
        let mut tx = pool.begin().await.map_err(database)?;
        let held = sqlx::query("SELECT 1 FROM job WHERE id = $1 AND status = 'running' AND lease_token = $2 FOR SHARE")
            .bind(job_id)
            .bind(token)
            .fetch_optional(&mut *tx)
            .await
            .map_err(database)?;
        if held.is_none() {
            return Err(lost());
        }
        let arrays = Arrays::of(rows);
        sqlx::query(INSERT_ARRAYS)
            .bind(company_id)
            .bind(version_id)
            .bind(arrays.ids)
            .bind(arrays.positions)
            .bind(arrays.numbers)
            .bind(arrays.keys)
            .bind(arrays.kinds)
            .bind(arrays.names)
            .bind(arrays.cells)
            .bind(arrays.items)
            .bind(arrays.problems)
            .bind(arrays.errors)
            .bind(arrays.searches)
            .execute(&mut *tx)
            .await
            .map_err(database)?;
        tx.commit().await.map_err(database)
    });
    tokio::spawn(load).await.map_err(|error| Error::internal(format!("the bulk load: {error}")))?
}

fn database(error: sqlx::Error) -> Error {
    if crate::db::is_passing_sqlx(&error) {
        Error::Unavailable(error.to_string())
    } else {
        Error::internal(error.to_string())
    }
}

/// Marks rows with errors as left out. How many.
pub(crate) async fn leave_out_errors(db: &impl ConnectionTrait, scope: &CompanyScope, version_id: Uuid) -> Result<u64> {
    let done = catalogue_row::Entity::update_many()
        .col_expr(catalogue_row::Column::LeftOut, Expr::value(true))
        .filter(catalogue_row::Column::CompanyId.eq(scope.id()))
        .filter(catalogue_row::Column::VersionId.eq(version_id))
        .filter(catalogue_row::Column::HasError.eq(true))
        .filter(catalogue_row::Column::LeftOut.eq(false))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// Rows of a version that can go live: whole and not left out.
pub(crate) fn live(scope: &CompanyScope, version_id: Uuid) -> sea_orm::Select<catalogue_row::Entity> {
    repo::rows(scope, version_id)
        .filter(catalogue_row::Column::HasError.eq(false))
        .filter(catalogue_row::Column::LeftOut.eq(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_names_each_value_once() {
        let sql = insert_sql(DatabaseBackend::Postgres, 2);
        assert!(sql.contains("$13, FALSE), ($14,") && sql.contains("$26, FALSE)") && !sql.contains("$27"), "{sql}");
        assert!(sql.contains("$8, $9::jsonb, $10::jsonb, $11::jsonb, $12,"), "{sql}");
        assert_eq!(insert_sql(DatabaseBackend::Sqlite, 2).matches('?').count(), 2 * COLUMNS);
    }
}
