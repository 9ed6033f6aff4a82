//! A delivery of a provider that was taken.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A delivery of a provider that was taken: a replay is told by it. Kept for some days.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_event")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Channel.
    pub channel_id: Uuid,
    /// The provider's id of the delivery.
    #[sea_orm(column_type = "Text")]
    pub event_id: String,
    /// When it came.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
