//! Statements over many rows at once: `WITH v AS (…)` and what is done with it.
//!
//! On PostgreSQL the rows come as one JSON document, so that the text is the same however many they are: a list of VALUES is
//! another statement for every length, each prepared and planned anew, and that costs more than running it. SQLite prepares in
//! no time and takes VALUES.

use sea_orm::sea_query::{ColumnType, sea_value_to_json_value};
use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, ConnectionTrait, DatabaseBackend, DbErr, EntityName as _, EntityTrait,
    IdenStatic as _, Iterable as _, Statement, Value,
};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Rows of one statement: SQLite takes 32,766 values.
const MOST_ROWS: usize = 500;
const JSON: &str = "jsonb";

/// Rows that a statement joins with or writes from, under the name `v`.
#[derive(Debug)]
pub(crate) struct Many {
    backend: DatabaseBackend,
    /// Names of the columns with their types on PostgreSQL.
    columns: Cow<'static, [(&'static str, &'static str)]>,
    values: Vec<Value>,
}

impl Many {
    pub(crate) fn new(
        backend: DatabaseBackend,
        columns: impl Into<Cow<'static, [(&'static str, &'static str)]>>,
    ) -> Self {
        Self { backend, columns: columns.into(), values: Vec::new() }
    }

    /// One more row: a value for each column.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.values.extend(row);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The statement. `{least}` and `{most}` in it become the databases' names for the smaller and the greater of two.
    pub(crate) fn statement(self, then: &str) -> Statement {
        if self.backend == DatabaseBackend::Postgres {
            let then = then.replace("{least}", "LEAST").replace("{most}", "GREATEST");
            // Documents within the document come as texts: a JSON null of theirs would be none.
            let typed = |(name, kind): &(&str, &str)| format!("{name} {}", if *kind == JSON { "text" } else { kind });
            let cast = |(name, kind): &(&str, &str)| {
                if *kind == JSON { format!("{name}::{JSON} AS {name}") } else { (*name).to_owned() }
            };
            let (typed, cast) = (list(self.columns.iter().map(typed)), list(self.columns.iter().map(cast)));
            let sql = format!("WITH v AS (SELECT {cast} FROM json_to_recordset($1::json) AS v({typed})) {then}");
            return Statement::from_sql_and_values(self.backend, sql, [self.json().into()]);
        }
        let then = then.replace("{least}", "MIN").replace("{most}", "MAX");
        let names = self.names();
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let rows = vec![row.as_str(); self.values.len() / self.columns.len().max(1)].join(", ");
        let sql = format!("WITH v({names}) AS (VALUES {rows}) {then}");
        Statement::from_sql_and_values(self.backend, sql, self.values)
    }

    fn names(&self) -> String {
        list(self.columns.iter().map(|(name, _)| (*name).to_owned()))
    }

    /// The rows as a list of objects.
    fn json(&self) -> String {
        let mut json = String::with_capacity(self.values.len() * 40 + 2);
        for (at, row) in self.values.chunks(self.columns.len().max(1)).enumerate() {
            json.push(if at == 0 { '[' } else { ',' });
            for (at, (value, (name, _))) in row.iter().zip(self.columns.iter()).enumerate() {
                json.push(if at == 0 { '{' } else { ',' });
                let value = match value {
                    Value::Json(Some(document)) => document.to_string().into(),
                    other => sea_value_to_json_value(other),
                };
                let _ = write!(json, "\"{name}\":{value}");
            }
            json.push('}');
        }
        json.push_str(if json.is_empty() { "[]" } else { "]" });
        json
    }
}

fn list(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// Inserts rows; what `conflict` says happens to those that are there already (`ON CONFLICT …`, or nothing). How many were
/// inserted.
pub(crate) async fn insert_all<A>(db: &impl ConnectionTrait, rows: Vec<A>, conflict: &str) -> Result<u64, DbErr>
where
    A: ActiveModelTrait,
{
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter().collect();
    let named: Vec<_> = columns.iter().map(|column| (column.as_str(), kind(column.def().get_column_type()))).collect();
    let mut inserted = 0;
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut many = Many::new(db.get_database_backend(), named.clone());
        for mut row in rows.by_ref().take(MOST_ROWS) {
            for column in &columns {
                // What is not set is null, or refused by the table.
                many.push([row.take(*column).into_value().unwrap_or(Value::String(None))]);
            }
        }
        let names = many.names();
        let table = A::Entity::default().table_name();
        // Without a condition SQLite reads ON CONFLICT as a join's.
        let sql = format!("INSERT INTO {table} ({names}) SELECT {names} FROM v WHERE TRUE {conflict}");
        inserted += db.execute_raw(many.statement(&sql)).await?.rows_affected();
    }
    Ok(inserted)
}

/// A column's type on PostgreSQL.
fn kind(column: &ColumnType) -> &'static str {
    match column {
        ColumnType::Uuid => "uuid",
        ColumnType::BigInteger => "bigint",
        ColumnType::Integer => "integer",
        ColumnType::SmallInteger => "smallint",
        ColumnType::Boolean => "boolean",
        ColumnType::Double => "double precision",
        ColumnType::Json | ColumnType::JsonBinary => JSON,
        _ => "text",
    }
}
