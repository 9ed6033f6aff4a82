//! A message that falls due unless something ends it.

use sea_orm::entity::prelude::*;

use crate::stored::ReminderKind;
use crate::time::Time;

/// A message that falls due unless something ends it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reminder")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Where it is sent.
    pub conversation_id: Uuid,
    /// About.
    pub order_id: Uuid,
    /// Unpaid link or visit.
    pub kind: ReminderKind,
    /// When.
    pub due_at: Time,
    /// When it was sent.
    pub sent_at: Option<Time>,
    /// When it was ended.
    pub cancelled_at: Option<Time>,
    /// By what.
    #[sea_orm(column_type = "Text", nullable)]
    pub cancel_reason: Option<String>,
    /// When it was set.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
