//! The session of a channel at a provider that has such.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// The session of a channel at a provider that has such: a linked phone.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_session")]
pub struct Model {
    /// Channel.
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// `working`, `scan_qr`…: gateway::channel::Session.
    #[sea_orm(column_type = "Text")]
    pub session: String,
    /// Since when, as far as we know.
    pub changed_at: Time,
    /// Which code in a row is shown to be scanned.
    pub code_number: i32,
    /// When that code came, by the provider's clock.
    pub code_at: Option<Time>,
    /// How often it was restarted since it worked last.
    pub restarts: i32,
    /// When the last time.
    pub restarted_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
