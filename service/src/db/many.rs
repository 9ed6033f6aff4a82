//! Statements over many rows at once: `WITH v(…) AS (VALUES …)` and what is done with it, the same text on both databases.

use sea_orm::{DatabaseBackend, Statement, Value};
use std::fmt::Write as _;

/// Rows that a statement joins with or writes from, under the name `v`.
#[derive(Debug)]
pub(crate) struct Many {
    backend: DatabaseBackend,
    /// Names of the columns with their types on PostgreSQL, which can't guess them.
    columns: &'static [(&'static str, &'static str)],
    values: Vec<Value>,
    list: String,
}

impl Many {
    pub(crate) fn new(backend: DatabaseBackend, columns: &'static [(&'static str, &'static str)]) -> Self {
        Self { backend, columns, values: Vec::new(), list: String::new() }
    }

    /// One more row: a value for each column.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.list.push_str(if self.list.is_empty() { "(" } else { ", (" });
        let before = self.values.len();
        self.values.extend(row);
        for (at, (_, kind)) in self.columns.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            if self.backend == DatabaseBackend::Postgres {
                let _ = write!(self.list, "{comma}${}::{kind}", before + at + 1);
            } else {
                let _ = write!(self.list, "{comma}?");
            }
        }
        self.list.push(')');
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The statement. `{least}` and `{most}` in it become the databases' names for the smaller and the greater of two.
    pub(crate) fn statement(self, then: &str) -> Statement {
        let names = self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let (least, most) = match self.backend {
            DatabaseBackend::Postgres => ("LEAST", "GREATEST"),
            _ => ("MIN", "MAX"),
        };
        let then = then.replace("{least}", least).replace("{most}", most);
        let sql = format!("WITH v({names}) AS (VALUES {}) {then}", self.list);
        Statement::from_sql_and_values(self.backend, sql, self.values)
    }
}
