//! The answer to one or more inbound messages together.

use sea_orm::entity::prelude::*;

use crate::stored::TurnStatus;
use crate::time::Time;

/// The answer to one or more inbound messages together.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "turn")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Conversation.
    pub conversation_id: Uuid,
    /// How it ended.
    pub status: TurnStatus,
    /// The engine's word.
    #[sea_orm(column_type = "Text", nullable)]
    pub intent: Option<String>,
    /// ISO 639-1.
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    /// Fields asked for.
    #[sea_orm(column_type = "JsonBinary")]
    pub asks: Json,
    /// Item keys named.
    #[sea_orm(column_type = "JsonBinary")]
    pub items_offered: Json,
    /// Trace for staff.
    #[sea_orm(column_type = "JsonBinary")]
    pub reasons: Json,
    /// Work without waiting, microseconds.
    pub work_us: i64,
    /// What went wrong, for staff.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// When.
    pub started_at: Time,
    /// When.
    pub finished_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
