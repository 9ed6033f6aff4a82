//! A secret of a company at a provider, sealed.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A secret of a company at a provider, sealed. Never shown again: replaced, tested, removed.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "credential")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// What it belongs to: a channel, or the company itself.
    pub subject_id: Uuid,
    /// Which of its secrets: `telegram_token`.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Ciphertext with the key's id, bound to tenant, subject and name.
    #[sea_orm(column_type = "Text")]
    pub sealed: String,
    /// The last four characters, to tell one from another.
    #[sea_orm(column_type = "Text")]
    pub hint: String,
    /// When it was set.
    pub updated_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
