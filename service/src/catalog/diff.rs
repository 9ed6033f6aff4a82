//! What publishing a version would change, row by row, by key.

use super::repo;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::catalog::Item;
use domain::catalog::export::{export_columns, export_row};
use domain::money::Currency;
use sea_orm::{ConnectionTrait, QueryResult, Statement};
use uuid::Uuid;

/// Rows of the sample.
const SAMPLE: i64 = 100;

/// What publishing would change. A row with an error counts as it stands: it is new or changed, and goes live only once
/// it is mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Rows that are not published yet.
    pub added: u64,
    /// Rows that are published otherwise.
    pub changed: u64,
    /// Published rows that would go.
    pub removed: u64,
    /// Rows that stay as they are.
    pub unchanged: u64,
    /// Up to 100 of them: changed ones first, then removed, then added ones.
    pub sample: Vec<DiffRow>,
}

/// One row that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffRow {
    /// What names it across versions.
    pub key: String,
    /// For lists.
    pub name: String,
    /// What happens to it.
    pub change: Change,
    /// Canonical headings of the columns that differ; empty unless changed.
    pub columns: Vec<String>,
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// New.
    Added,
    /// Other values.
    Changed,
    /// Gone.
    Removed,
}

impl Change {
    /// `added`, `changed`, `removed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }
}

/// Rows that count: not left out, and of several with one key the first.
const COUNTS: &str = "NOT r.left_out AND (NOT r.has_error OR NOT EXISTS (SELECT 1 FROM catalogue_row e \
     WHERE e.version_id = r.version_id AND e.key = r.key AND e.position < r.position))";
/// The published row of the same key.
const LIVE: &str = "p.company_id = $1 AND p.version_id = $3 AND p.key = r.key AND NOT p.left_out AND NOT p.has_error";

/// What publishing a version instead of the published one would change; `None` when it is the published one.
///
/// # Errors
/// `NotFound` for a version that is not this company's.
pub async fn diff(ctx: &Ctx, scope: &CompanyScope, version_id: Uuid) -> Result<Option<Diff>> {
    let db = &ctx.db().read(scope);
    repo::version(db, scope, version_id).await?;
    let published = repo::find(db, scope).await?.and_then(|catalogue| catalogue.published_version_id);
    if published == Some(version_id) {
        return Ok(None);
    }
    // Without a published version every row is new: a version that does not exist has no rows.
    let published = published.unwrap_or(Uuid::nil());
    let asking = Asking { db, scope, version_id, published };

    let total = asking.count(&format!("SELECT COUNT(*) AS n FROM catalogue_row r WHERE r.company_id = $1 AND r.version_id = $2 AND {COUNTS} AND $3 = $3")).await?;
    let joined = format!(
        "FROM catalogue_row r JOIN catalogue_row p ON {LIVE} WHERE r.company_id = $1 AND r.version_id = $2 AND {COUNTS}"
    );
    let differs = "(r.item IS NULL OR r.item <> p.item)";
    let common = asking.count(&format!("SELECT COUNT(*) AS n {joined}")).await?;
    let changed = asking.count(&format!("SELECT COUNT(*) AS n {joined} AND {differs}")).await?;
    let removed_where = "FROM catalogue_row r WHERE r.company_id = $1 AND r.version_id = $3 AND NOT r.left_out AND NOT r.has_error \
         AND NOT EXISTS (SELECT 1 FROM catalogue_row d WHERE d.company_id = $1 AND d.version_id = $2 AND d.key = r.key AND NOT d.left_out)";
    let removed = asking.count(&format!("SELECT COUNT(*) AS n {removed_where}")).await?;

    let currency = repo::currency(db, scope).await?;
    let mut sample = Vec::new();
    let sql = format!(
        "SELECT r.key AS key, r.name AS name, r.item AS new_item, p.item AS old_item {joined} AND {differs} ORDER BY r.position LIMIT {SAMPLE}"
    );
    for row in asking.all(&sql).await? {
        let new: Option<serde_json::Value> = row.try_get("", "new_item")?;
        let old: Option<serde_json::Value> = row.try_get("", "old_item")?;
        let new: Option<Item> = new.map(serde_json::from_value).transpose()?;
        let old: Option<Item> = old.map(serde_json::from_value).transpose()?;
        sample.push(diff_row(&row, Change::Changed, changed_columns(old.as_ref(), new.as_ref(), currency))?);
    }
    let rest = |have: usize| SAMPLE - i64::try_from(have).unwrap_or(SAMPLE);
    let sql =
        format!("SELECT r.key AS key, r.name AS name {removed_where} ORDER BY r.position LIMIT {}", rest(sample.len()));
    for row in asking.all(&sql).await? {
        sample.push(diff_row(&row, Change::Removed, Vec::new())?);
    }
    let sql = format!(
        "SELECT r.key AS key, r.name AS name FROM catalogue_row r WHERE r.company_id = $1 AND r.version_id = $2 AND {COUNTS} \
         AND NOT EXISTS (SELECT 1 FROM catalogue_row p WHERE {LIVE}) ORDER BY r.position LIMIT {}",
        rest(sample.len()),
    );
    for row in asking.all(&sql).await? {
        sample.push(diff_row(&row, Change::Added, Vec::new())?);
    }
    Ok(Some(Diff {
        added: total.saturating_sub(common),
        changed,
        removed,
        unchanged: common.saturating_sub(changed),
        sample,
    }))
}

struct Asking<'a, C> {
    db: &'a C,
    scope: &'a CompanyScope,
    version_id: Uuid,
    published: Uuid,
}

impl<C: ConnectionTrait> Asking<'_, C> {
    async fn all(&self, sql: &str) -> Result<Vec<QueryResult>> {
        let values = [self.scope.id().into(), self.version_id.into(), self.published.into()];
        Ok(self.db.query_all_raw(Statement::from_sql_and_values(self.db.get_database_backend(), sql, values)).await?)
    }

    async fn count(&self, sql: &str) -> Result<u64> {
        let rows = self.all(sql).await?;
        let count: i64 = rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn diff_row(row: &QueryResult, change: Change, columns: Vec<String>) -> Result<DiffRow> {
    Ok(DiffRow { key: row.try_get("", "key")?, name: row.try_get("", "name")?, change, columns })
}

/// Which columns differ between two states of an item; none when one of them could not be read.
fn changed_columns(old: Option<&Item>, new: Option<&Item>, currency: Currency) -> Vec<String> {
    let (Some(old), Some(new)) = (old, new) else { return Vec::new() };
    let columns = export_columns([old, new]);
    let before = export_row(old, &columns, currency);
    let after = export_row(new, &columns, currency);
    let pairs = columns.iter().zip(before.iter().zip(&after));
    pairs.filter(|(_, (a, b))| a != b).map(|(column, _)| column.canonical(new.kind).to_owned()).collect()
}
