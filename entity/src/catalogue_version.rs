//! One state of a catalogue.

use sea_orm::entity::prelude::*;

use crate::stored::VersionStatus;
use crate::time::Time;

/// One state of a catalogue.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue_version")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Catalogue.
    pub catalogue_id: Uuid,
    /// 1, 2, 3….
    pub number: i32,
    /// Draft, published, superseded.
    pub status: VersionStatus,
    /// Rows that are not left out.
    pub row_count: i32,
    /// Rows with a problem of severity error.
    pub problem_count: i32,
    /// Headings in their order.
    #[sea_orm(column_type = "JsonBinary")]
    pub columns: Json,
    /// File it came from.
    #[sea_orm(column_type = "Text", nullable)]
    pub source_name: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it went live last.
    pub published_at: Option<Time>,
    /// Grows with every edit of a row: who copied rows sees whether they still are those.
    pub revision: i32,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
