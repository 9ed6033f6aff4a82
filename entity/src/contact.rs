//! A customer of the company.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A customer of the company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// As given, or as the channel shows it.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// As given; a contact, no identity.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// Last clear language.
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    /// When the assistant's notice was sent (R65).
    pub notice_at: Option<Time>,
    /// First message.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
