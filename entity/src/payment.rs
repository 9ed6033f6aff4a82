//! One payment page of an order at a provider.

use sea_orm::entity::prelude::*;

use crate::stored::PaymentState;
use crate::time::Time;

/// One payment page of an order at a provider.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Order.
    pub order_id: Uuid,
    /// `sandbox`, `stripe`.
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// The provider's id of the page; `new:<id>` until the provider has named it.
    #[sea_orm(column_type = "Text")]
    pub external_id: String,
    /// How far.
    pub status: PaymentState,
    /// Sum.
    pub amount_minor: i64,
    /// ISO 4217.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// The provider's page; empty until there is one.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// When the page ends.
    pub expires_at: Time,
    /// When it was opened.
    pub created_at: Time,
    /// When it was paid.
    pub paid_at: Option<Time>,
    /// When the money went back.
    pub refunded_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
