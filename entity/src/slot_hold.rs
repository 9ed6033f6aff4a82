//! Five minutes of a resource's seat, taken: the constraint that forbids a double booking.

use sea_orm::entity::prelude::*;

/// Five minutes of a resource's seat, taken: the constraint that forbids a double booking.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "slot_hold")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Branch.
    pub branch_id: Uuid,
    /// Specialist or item.
    #[sea_orm(column_type = "Text")]
    pub resource: String,
    /// Five-minute units since the epoch.
    pub quantum: i64,
    /// 0 to capacity - 1.
    pub seat: i32,
    /// For whom.
    pub order_id: Uuid,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
