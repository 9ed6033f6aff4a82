//! One line of an order.

use sea_orm::entity::prelude::*;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "order_line")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Order.
    pub order_id: Uuid,
    /// Place.
    pub position: i32,
    /// Item key.
    #[sea_orm(column_type = "Text")]
    pub key: String,
    /// Sku.
    #[sea_orm(column_type = "Text", nullable)]
    pub sku: Option<String>,
    /// Name at the time.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// product or service.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Packs.
    pub quantity: i64,
    /// Price of one.
    pub unit_minor: i64,
    /// Price of all.
    pub total_minor: i64,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
