//! What happened in a company, for subscriptions and catch-up.

use sea_orm::entity::prelude::*;

use crate::stored::EventKind;
use crate::time::Time;

/// What happened in a company, for subscriptions and catch-up.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Id, sorts by time; the cursor.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// What.
    pub kind: EventKind,
    /// Which.
    pub subject_id: Uuid,
    /// Small facts about the change.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// When.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
