//! One message of a conversation.

use sea_orm::entity::prelude::*;

use crate::stored::{MessageAuthor, MessageDirection, MessageStatus};
use crate::time::Time;

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Channel.
    pub channel_id: Uuid,
    /// Conversation.
    pub conversation_id: Uuid,
    /// In, out or a note.
    pub direction: MessageDirection,
    /// Who wrote it.
    pub author: MessageAuthor,
    /// Which operator.
    pub author_user_id: Option<Uuid>,
    /// Text.
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// ISO 639-1 of a reply.
    #[sea_orm(column_type = "Text", nullable)]
    pub language: Option<String>,
    /// List of {kind, url, name}.
    #[sea_orm(column_type = "JsonBinary")]
    pub attachments: Json,
    /// Buttons of a reply: list of {label, says, url}; none where there are none.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub buttons: Option<Json>,
    /// Delivery.
    pub status: MessageStatus,
    /// Why it failed, plain words.
    #[sea_orm(column_type = "Text", nullable)]
    pub error: Option<String>,
    /// The provider's id.
    #[sea_orm(column_type = "Text", nullable)]
    pub external_id: Option<String>,
    /// Turn that answered it (inbound) or made it (outbound).
    pub turn_id: Option<Uuid>,
    /// When it came or was made.
    pub created_at: Time,
    /// When the channel took it.
    pub sent_at: Option<Time>,
    /// What became of its first parts while the others are not sent: list of {sent} or {left_out}; none for any other message.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub parts: Option<Json>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
