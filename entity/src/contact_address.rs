//! An address of a contact on a platform.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// An address of a contact on a platform.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "contact_address")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Whose.
    pub contact_id: Uuid,
    /// `phone:<channel>`, `webchat:<channel>`, `trial:<channel>`, `telegram`, `whatsapp`, `whatsapp_lid`….
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The address.
    #[sea_orm(column_type = "Text")]
    pub value: String,
    /// Whether the channel attests it.
    pub trusted: bool,
    /// Channel or person it came from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// When it was seen first.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
