//! What happened to a connection.

use sea_orm::entity::prelude::*;

use crate::stored::ChannelLogKind;
use crate::time::Time;

/// What happened to a connection of a channel or an integration.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_log")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// The channel or integration.
    pub channel_id: Uuid,
    /// What.
    pub kind: ChannelLogKind,
    /// The provider's own words, or a name; no secrets.
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
    /// When.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
