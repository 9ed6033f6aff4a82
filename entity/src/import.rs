//! One file read into a draft.

use sea_orm::entity::prelude::*;

use crate::stored::ImportStatus;
use crate::time::Time;

/// One file read into a draft.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// File.
    pub file_id: Uuid,
    /// Its name.
    #[sea_orm(column_type = "Text")]
    pub file_name: String,
    /// How far.
    pub status: ImportStatus,
    /// Rows so far.
    pub rows_read: i32,
    /// Rows in all, once known.
    pub rows_total: Option<i32>,
    /// Bytes so far.
    pub bytes_read: i64,
    /// Size of the file.
    pub bytes_total: i64,
    /// Sheet read.
    #[sea_orm(column_type = "Text", nullable)]
    pub sheet: Option<String>,
    /// Headings and columns.
    #[sea_orm(column_type = "JsonBinary")]
    pub mapping: Json,
    /// Problems so far.
    pub problem_count: i32,
    /// A problem of the whole file.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub file_problem: Option<Json>,
    /// Draft it filled.
    pub version_id: Option<Uuid>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it ended.
    pub finished_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
