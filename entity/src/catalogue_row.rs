//! One row of a version, typed where it could be.

use sea_orm::entity::prelude::*;

/// One row of a version, typed where it could be.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue_row")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Version.
    pub version_id: Uuid,
    /// Order in the file.
    pub position: i32,
    /// Row as a spreadsheet shows it.
    pub number: i32,
    /// What names the row across versions.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    /// product or service.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// For lists.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Cells by column key, as written.
    #[sea_orm(column_type = "JsonBinary")]
    pub cells: Json,
    /// domain::catalog::Item; none while it has errors.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub item: Option<Json>,
    /// List of problems.
    #[sea_orm(column_type = "JsonBinary")]
    pub problems: Json,
    /// Whether a problem is of severity error.
    pub has_error: bool,
    /// Left out by the owner's choice.
    pub left_out: bool,
    /// Folded name, sku and description for the grid's search.
    #[sea_orm(column_type = "Text")]
    pub search: String,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
