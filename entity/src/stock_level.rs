//! How many units are taken of how many; the check forbids overselling.

use sea_orm::entity::prelude::*;

/// How many units are taken of how many; the check forbids overselling.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_level")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Item key.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    /// stock_units or slots_available.
    pub limit_units: i64,
    /// Held and sold since.
    pub taken_units: i64,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
