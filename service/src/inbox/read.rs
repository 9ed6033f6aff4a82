//! The inbox as staff see it.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::Attachment;
use crate::page::{Page, PageRequest, newest_first, newest_first_as, place, place_of};
use assistant::buttons::Button;
use domain::channel::ChannelKind;
use entity::stored::{ConversationOwner, ConversationStatus};
use entity::time::Time;
use entity::{channel, contact, contact_address, conversation, message, turn};
use sea_orm::{
    ColumnTrait, Condition, DerivePartialModel, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// Which conversations.
#[derive(Clone, Debug, Default)]
pub struct ConversationFilter {
    /// Open or resolved.
    pub status: Option<ConversationStatus>,
    /// Whose.
    pub owner: Option<ConversationOwner>,
    /// Platform.
    pub channel_kind: Option<ChannelKind>,
    /// Only marked ones.
    pub needs_attention: Option<bool>,
    /// Part of the customer's name or phone, or of the last message.
    pub search: Option<String>,
}

/// A conversation as lists show it: without what the assistant keeps of it, which is longer than all the rest.
#[derive(Clone, Debug, PartialEq, DerivePartialModel)]
#[sea_orm(entity = "conversation::Entity")]
pub struct Talk {
    /// Id.
    pub id: Uuid,
    /// Channel.
    pub channel_id: Uuid,
    /// Contact.
    pub contact_id: Uuid,
    /// Open or resolved.
    pub status: ConversationStatus,
    /// Assistant or operator.
    pub owner: ConversationOwner,
    /// Visible mark for staff.
    pub needs_attention: bool,
    /// Why, one word.
    pub attention_reason: Option<String>,
    /// Last clear language.
    pub language: Option<String>,
    /// Inbound messages staff have not seen.
    pub unread_count: i32,
    /// Start of the last message.
    pub preview: String,
    /// The order the talk is about.
    pub current_order_id: Option<Uuid>,
    /// For sorting the inbox.
    pub last_message_at: Time,
    /// First message.
    pub created_at: Time,
}

impl From<conversation::Model> for Talk {
    fn from(row: conversation::Model) -> Self {
        Self {
            id: row.id,
            channel_id: row.channel_id,
            contact_id: row.contact_id,
            status: row.status,
            owner: row.owner,
            needs_attention: row.needs_attention,
            attention_reason: row.attention_reason,
            language: row.language,
            unread_count: row.unread_count,
            preview: row.preview,
            current_order_id: row.current_order_id,
            last_message_at: row.last_message_at,
            created_at: row.created_at,
        }
    }
}

/// Conversations, the latest message first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn conversations(
    ctx: &Ctx,
    scope: &CompanyScope,
    filter: &ConversationFilter,
    page: &PageRequest,
) -> Result<Page<Talk>> {
    let mut find = conversation::Entity::find().filter(conversation::Column::CompanyId.eq(scope.id()));
    if let Some(status) = filter.status {
        find = find.filter(conversation::Column::Status.eq(status));
    }
    if let Some(owner) = filter.owner {
        find = find.filter(conversation::Column::Owner.eq(owner));
    }
    if let Some(marked) = filter.needs_attention {
        find = find.filter(conversation::Column::NeedsAttention.eq(marked));
    }
    if let Some(kind) = filter.channel_kind {
        let channels = channel::Entity::find()
            .select_only()
            .column(channel::Column::Id)
            .filter(channel::Column::CompanyId.eq(scope.id()))
            .filter(channel::Column::Kind.eq(entity::stored::ChannelKind::from(kind)))
            .into_query();
        find = find.filter(conversation::Column::ChannelId.in_subquery(channels));
    }
    if let Some(search) = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        let contacts = contact::Entity::find()
            .select_only()
            .column(contact::Column::Id)
            .filter(contact::Column::CompanyId.eq(scope.id()))
            .filter(contact_matches(search))
            .into_query();
        find = find.filter(
            Condition::any()
                .add(like(conversation::Column::Preview, search))
                .add(conversation::Column::ContactId.in_subquery(contacts)),
        );
    }
    let by = (conversation::Column::LastMessageAt, conversation::Column::Id);
    newest_first_as(ctx, scope, find, by, page, Select::into_partial_model::<Talk>, |row| (row.last_message_at, row.id))
        .await
}

/// Case-blind "contains"; the customer's `%` and `_` are plain signs.
pub(crate) fn like(column: impl ColumnTrait, search: &str) -> sea_orm::sea_query::SimpleExpr {
    let escaped: String = search
        .to_lowercase()
        .chars()
        .take(100)
        .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
        .collect();
    Expr::expr(sea_orm::sea_query::Func::lower(Expr::col((column.entity_name(), column))))
        .like(sea_orm::sea_query::LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

fn contact_matches(search: &str) -> Condition {
    Condition::any().add(like(contact::Column::Name, search)).add(like(contact::Column::Phone, search))
}

/// One conversation.
///
/// # Errors
/// `NotFound`.
pub async fn conversation(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    conversation::Entity::find_by_id(conversation_id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("conversation"))
}

/// The messages of a conversation, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn messages(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    page: &PageRequest,
) -> Result<Page<message::Model>> {
    let find = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation_id));
    newest_first(ctx, scope, find, message::Column::CreatedAt, message::Column::Id, page, |row| {
        (row.created_at, row.id)
    })
    .await
}

/// What a web-chat visitor may see after a moment, oldest first: no notes, nothing that was not sent.
///
/// # Errors
/// When the database does not answer.
pub async fn last_messages(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    after: Option<(Time, Uuid)>,
    limit: u64,
) -> Result<Vec<message::Model>> {
    use entity::stored::{MessageDirection, MessageStatus};
    let mut find = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Direction.ne(MessageDirection::Note))
        .filter(message::Column::Status.is_not_in([MessageStatus::Queued, MessageStatus::Failed]));
    if let Some(after) = after {
        find = find.filter(place(message::Column::CreatedAt, message::Column::Id).gt(place_of(after)));
        return Ok(find
            .order_by_asc(message::Column::CreatedAt)
            .order_by_asc(message::Column::Id)
            .limit(limit)
            .all(&ctx.db().read(scope))
            .await?);
    }
    let mut rows = find
        .order_by_desc(message::Column::CreatedAt)
        .order_by_desc(message::Column::Id)
        .limit(limit)
        .all(&ctx.db().read(scope))
        .await?;
    rows.reverse();
    Ok(rows)
}

/// The turns of a conversation, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn turns(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    page: &PageRequest,
) -> Result<Page<turn::Model>> {
    let find = turn::Entity::find()
        .filter(turn::Column::CompanyId.eq(scope.id()))
        .filter(turn::Column::ConversationId.eq(conversation_id));
    newest_first(ctx, scope, find, turn::Column::StartedAt, turn::Column::Id, page, |row| (row.started_at, row.id))
        .await
}

/// Customers, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn contacts(
    ctx: &Ctx,
    scope: &CompanyScope,
    search: Option<&str>,
    page: &PageRequest,
) -> Result<Page<contact::Model>> {
    let mut find = contact::Entity::find().filter(contact::Column::CompanyId.eq(scope.id()));
    if let Some(search) = search.map(str::trim).filter(|search| !search.is_empty()) {
        find = find.filter(contact_matches(search));
    }
    newest_first(ctx, scope, find, contact::Column::CreatedAt, contact::Column::Id, page, |row| {
        (row.created_at, row.id)
    })
    .await
}

/// One customer.
///
/// # Errors
/// `NotFound`.
pub async fn contact(ctx: &Ctx, scope: &CompanyScope, contact_id: Uuid) -> Result<contact::Model> {
    contact::Entity::find_by_id(contact_id)
        .filter(contact::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("contact"))
}

/// Where a customer can be reached.
///
/// # Errors
/// When the database does not answer.
pub async fn contact_addresses(
    ctx: &Ctx,
    scope: &CompanyScope,
    contact_id: Uuid,
) -> Result<Vec<contact_address::Model>> {
    Ok(contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::ContactId.eq(contact_id))
        .limit(crate::page::MAX_SIZE)
        .all(&ctx.db().read(scope))
        .await?)
}

/// The addresses of several customers, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn addresses_of(
    ctx: &Ctx,
    scope: &CompanyScope,
    contact_ids: &[Uuid],
) -> Result<Vec<contact_address::Model>> {
    Ok(contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::ContactId.is_in(contact_ids.iter().copied()))
        .order_by_asc(contact_address::Column::CreatedAt)
        .order_by_asc(contact_address::Column::Id)
        .all(&ctx.db().read(scope))
        .await?)
}

/// Attachments of a message.
#[must_use]
pub fn attachments(message: &message::Model) -> Vec<Attachment> {
    serde_json::from_value(message.attachments.clone()).unwrap_or_default()
}

/// Buttons of a reply, in their order.
#[must_use]
pub fn buttons(message: &message::Model) -> Vec<Button> {
    message.buttons.clone().and_then(|buttons| serde_json::from_value(buttons).ok()).unwrap_or_default()
}
