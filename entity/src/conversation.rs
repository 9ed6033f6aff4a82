//! One contact on one channel.

use sea_orm::entity::prelude::*;

use crate::stored::{ConversationOwner, ConversationStatus};
use crate::time::Time;

/// One contact on one channel.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "conversation")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Channel.
    pub channel_id: Uuid,
    /// Contact.
    pub contact_id: Uuid,
    /// Open or resolved.
    pub status: ConversationStatus,
    /// Assistant or operator.
    pub owner: ConversationOwner,
    /// Which operator.
    pub owner_user_id: Option<Uuid>,
    /// Visible mark for staff.
    pub needs_attention: bool,
    /// Why, one word.
    #[sea_orm(column_type = "Text", nullable)]
    pub attention_reason: Option<String>,
    /// Last clear language.
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    /// assistant::turn::DialogueState.
    #[sea_orm(column_type = "JsonBinary")]
    pub dialogue: Json,
    /// Grows with each change of owner or dialogue: turns check it.
    pub revision: i64,
    /// Inbound messages staff have not seen.
    pub unread_count: i32,
    /// Start of the last message.
    #[sea_orm(column_type = "Text")]
    pub preview: String,
    /// The order the talk is about.
    pub current_order_id: Option<Uuid>,
    /// For sorting the inbox.
    pub last_message_at: Time,
    /// First message.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
