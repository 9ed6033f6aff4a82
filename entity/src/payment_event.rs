//! Inbox of providers' events; applied once, in any order.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// Inbox of providers' events; applied once, in any order.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_event")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant, once known.
    pub company_id: Option<Uuid>,
    /// Provider.
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// The provider's account, or the integration by whose address it came: one provider's event may reach two companies.
    #[sea_orm(column_type = "Text")]
    pub account: String,
    /// The provider's id of the event.
    #[sea_orm(column_type = "Text")]
    pub external_id: String,
    /// Its type.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// What was signed.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// What became of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub outcome: Option<String>,
    /// When it came.
    pub received_at: Time,
    /// When it was applied.
    pub processed_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
