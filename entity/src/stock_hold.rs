//! Units taken for an order.

use sea_orm::entity::prelude::*;

/// Units taken for an order.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_hold")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// For whom.
    pub order_id: Uuid,
    /// Item key.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    /// How many.
    pub units: i64,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
