//! What staff and the program do with a conversation.

use crate::access::{self, Actor, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result, UserError};
use crate::inbox::SendMessage;
use crate::inbox::{Attachment, read, receive};
use crate::job;
use assistant::buttons::Button;
use domain::language::Language;
use entity::stored::{
    ConversationOwner, ConversationStatus, EventKind, MessageAuthor, MessageDirection, MessageStatus,
};
use entity::{channel, contact, conversation, message};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// A message to a customer before it is stored.
#[derive(Clone, Debug)]
pub(crate) struct NewOutbound {
    pub(crate) id: Option<Uuid>,
    pub(crate) author: MessageAuthor,
    pub(crate) author_user_id: Option<Uuid>,
    pub(crate) text: String,
    pub(crate) language: Option<Language>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) buttons: Vec<Button>,
    pub(crate) turn_id: Option<Uuid>,
    /// Place among the messages of one transaction: keeps their order.
    pub(crate) place: i64,
}

impl NewOutbound {
    /// A text of the program itself: receipts, confirmations, reminders.
    pub(crate) fn system(text: String, language: Language) -> Self {
        Self {
            id: None,
            author: MessageAuthor::System,
            author_user_id: None,
            text,
            language: Some(language),
            attachments: Vec::new(),
            buttons: Vec::new(),
            turn_id: None,
            place: 0,
        }
    }
}

/// Stores an outbound message and the job that sends it.
pub(crate) async fn store_outbound(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    conversation: &conversation::Model,
    new: NewOutbound,
) -> Result<Uuid> {
    let id = new.id.unwrap_or_else(|| ctx.new_id());
    let created_at = entity::time::Time(ctx.time().0.saturating_add(new.place));
    let preview = receive::preview(&new.text);
    let buttons = if new.buttons.is_empty() { None } else { Some(serde_json::to_value(&new.buttons)?) };
    message::Entity::insert(message::ActiveModel {
        id: Set(id),
        company_id: Set(scope.id()),
        channel_id: Set(conversation.channel_id),
        conversation_id: Set(conversation.id),
        direction: Set(MessageDirection::Outbound),
        author: Set(new.author),
        author_user_id: Set(new.author_user_id),
        text: Set(new.text),
        language: Set(new.language.map(|language| language.code().to_owned())),
        attachments: Set(serde_json::to_value(&new.attachments)?),
        buttons: Set(buttons),
        status: Set(MessageStatus::Queued),
        error: Set(None),
        external_id: Set(None),
        turn_id: Set(new.turn_id),
        created_at: Set(created_at),
        sent_at: Set(None),
        parts: NotSet,
    })
    .exec_without_returning(tx)
    .await?;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::Preview, preview.into())
        .col_expr(conversation::Column::LastMessageAt, created_at.0.into())
        .filter(conversation::Column::Id.eq(conversation.id))
        .exec(tx)
        .await?;
    job::enqueue(ctx, tx, scope, &SendMessage { message_id: id, conversation_id: conversation.id }).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Message, id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, conversation.id).await?;
    Ok(id)
}

/// A note in the thread before it is stored: the customer never sees it.
#[derive(Clone, Debug)]
pub(super) struct NewNote {
    pub(super) id: Option<Uuid>,
    pub(super) author: MessageAuthor,
    pub(super) author_user_id: Option<Uuid>,
    pub(super) text: String,
    pub(super) language: Option<Language>,
}

/// Stores a note. The conversation is as unread, and as long ago, as it was.
pub(super) async fn store_note(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    conversation: &conversation::Model,
    new: NewNote,
) -> Result<Uuid> {
    let id = new.id.unwrap_or_else(|| ctx.new_id());
    message::Entity::insert(message::ActiveModel {
        id: Set(id),
        company_id: Set(scope.id()),
        channel_id: Set(conversation.channel_id),
        conversation_id: Set(conversation.id),
        direction: Set(MessageDirection::Note),
        author: Set(new.author),
        author_user_id: Set(new.author_user_id),
        text: Set(new.text),
        language: Set(new.language.map(|language| language.code().to_owned())),
        attachments: Set(serde_json::json!([])),
        buttons: Set(None),
        status: Set(MessageStatus::Sent),
        error: Set(None),
        external_id: Set(None),
        turn_id: Set(None),
        created_at: Set(ctx.time()),
        sent_at: Set(None),
        parts: NotSet,
    })
    .exec_without_returning(tx)
    .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Message, id).await?;
    Ok(id)
}

/// Puts the visible mark on a conversation: staff should look (architecture §6.10).
pub(crate) async fn needs_attention(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    reason: &str,
) -> Result<()> {
    if mark(tx, scope, conversation_id, reason).await? {
        return crate::event::emit(ctx, tx, scope, EventKind::Conversation, conversation_id).await;
    }
    // What marks it began before another conversation took it in.
    let Some(into) = super::join::led(tx, scope, conversation_id).await? else { return Ok(()) };
    mark(tx, scope, into, reason).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, into).await
}

async fn mark(tx: &Tx, scope: &CompanyScope, conversation_id: Uuid, reason: &str) -> Result<bool> {
    let marked = conversation::Entity::update_many()
        .col_expr(conversation::Column::NeedsAttention, Expr::value(true))
        .col_expr(conversation::Column::AttentionReason, reason.into())
        .filter(conversation::Column::Id.eq(conversation_id))
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(marked.rows_affected > 0)
}

/// Takes the mark away again when it stands there for this reason.
pub(crate) async fn clear_attention(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    reason: &str,
) -> Result<()> {
    conversation::Entity::update_many()
        .col_expr(conversation::Column::NeedsAttention, Expr::value(false))
        .col_expr(conversation::Column::AttentionReason, Expr::value(Option::<String>::None))
        .filter(conversation::Column::Id.eq(conversation_id))
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::AttentionReason.eq(reason))
        .exec(tx)
        .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, conversation_id).await
}

async fn change(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    set: impl FnOnce(UpdateMany<conversation::Entity>) -> UpdateMany<conversation::Entity>,
) -> Result<conversation::Model> {
    let mut tx = ctx.db().begin(scope).await?;
    let update = set(conversation::Entity::update_many())
        .filter(conversation::Column::Id.eq(conversation_id))
        .filter(conversation::Column::CompanyId.eq(scope.id()));
    if update.exec(&tx).await?.rows_affected == 0 {
        return Err(Error::NotFound("conversation"));
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Conversation, conversation_id).await?;
    ctx.commit(tx).await?;
    read::conversation(ctx, scope, conversation_id).await
}

/// A person takes the conversation: from now on the assistant sends nothing.
///
/// # Errors
/// `NotFound`.
pub async fn take_over(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    let user_id = match ctx.actor() {
        Actor::System => None,
        _ => Some(access::user(ctx)?),
    };
    change(ctx, scope, conversation_id, |update| {
        update
            .col_expr(conversation::Column::Owner, Expr::value("operator"))
            .col_expr(conversation::Column::OwnerUserId, Expr::value(user_id))
            .col_expr(conversation::Column::Revision, Expr::col(conversation::Column::Revision).add(1))
            .col_expr(conversation::Column::NeedsAttention, Expr::value(false))
            .col_expr(conversation::Column::AttentionReason, Expr::value(Option::<String>::None))
    })
    .await
}

/// The person gives the conversation back. What came meanwhile was the person's to answer: the assistant starts with
/// the next message.
///
/// # Errors
/// `NotFound`.
pub async fn hand_back(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    let mut tx = ctx.db().begin(scope).await?;
    let turn_id = ctx.new_id();
    let left = message::Entity::update_many()
        .col_expr(message::Column::TurnId, Expr::value(turn_id))
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::Direction.eq(MessageDirection::Inbound))
        .filter(message::Column::TurnId.is_null())
        .exec(&tx)
        .await?;
    if left.rows_affected > 0 {
        crate::turn::record_silent(ctx, &mut tx, scope, conversation_id, turn_id).await?;
    }
    ctx.commit(tx).await?;
    change(ctx, scope, conversation_id, |update| {
        update
            .col_expr(conversation::Column::Owner, Expr::value("assistant"))
            .col_expr(conversation::Column::OwnerUserId, Expr::value(Option::<Uuid>::None))
            .col_expr(conversation::Column::Revision, Expr::col(conversation::Column::Revision).add(1))
            .col_expr(conversation::Column::NeedsAttention, Expr::value(false))
            .col_expr(conversation::Column::AttentionReason, Expr::value(Option::<String>::None))
    })
    .await
}

/// The matter is settled.
///
/// # Errors
/// `NotFound`.
pub async fn resolve(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    change(ctx, scope, conversation_id, |update| {
        update
            .col_expr(conversation::Column::Status, conversation_status(ConversationStatus::Resolved))
            .col_expr(conversation::Column::NeedsAttention, Expr::value(false))
            .col_expr(conversation::Column::AttentionReason, Expr::value(Option::<String>::None))
            .col_expr(conversation::Column::UnreadCount, Expr::value(0))
    })
    .await
}

/// The matter is open again.
///
/// # Errors
/// `NotFound`.
pub async fn reopen(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    change(ctx, scope, conversation_id, |update| {
        update.col_expr(conversation::Column::Status, conversation_status(ConversationStatus::Open))
    })
    .await
}

fn conversation_status(status: ConversationStatus) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::ActiveEnum as _;
    Expr::value(status.to_value())
}

/// Staff have seen what came.
///
/// # Errors
/// `NotFound`.
pub async fn mark_read(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<conversation::Model> {
    change(ctx, scope, conversation_id, |update| update.col_expr(conversation::Column::UnreadCount, Expr::value(0)))
        .await
}

/// A person writes to the customer, or a note that the customer never sees. Writing to the customer takes the conversation.
///
/// # Errors
/// `NotFound`; `Invalid` for an empty text or one longer than the channel carries.
pub async fn send_as_operator(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    id: Option<Uuid>,
    text: &str,
    note: bool,
) -> Result<message::Model> {
    let user_id = access::user(ctx)?;
    let conversation = read::conversation(ctx, scope, conversation_id).await?;
    if let Some(known) = known_message(ctx, scope, id).await? {
        return Ok(known);
    }
    let channel = channel::Entity::find_by_id(conversation.channel_id)
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("channel"))?;
    let max = if note { receive::MAX_TEXT } else { domain::channel::ChannelKind::from(channel.kind).max_chars() };
    let mut errors: Vec<UserError> = Vec::new();
    let text = crate::company::check_text(&mut errors, "text", text, max);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !note && conversation.owner == ConversationOwner::Assistant {
        take_over(ctx, scope, conversation_id).await?;
    }
    let mut tx = ctx.db().begin(scope).await?;
    let message_id = if note {
        let note = NewNote { id, author: MessageAuthor::Operator, author_user_id: Some(user_id), text, language: None };
        store_note(ctx, &mut tx, scope, &conversation, note).await?
    } else {
        let outbound = NewOutbound {
            id,
            author: MessageAuthor::Operator,
            author_user_id: Some(user_id),
            text,
            language: None,
            attachments: Vec::new(),
            buttons: Vec::new(),
            turn_id: None,
            place: 0,
        };
        store_outbound(ctx, &mut tx, scope, &conversation, outbound).await?
    };
    ctx.commit(tx).await?;
    known_message(ctx, scope, Some(message_id)).await?.ok_or(Error::NotFound("message"))
}

async fn known_message(ctx: &Ctx, scope: &CompanyScope, id: Option<Uuid>) -> Result<Option<message::Model>> {
    let Some(id) = id else { return Ok(None) };
    match message::Entity::find_by_id(id).one(&ctx.db().read_across()).await? {
        Some(message) if message.company_id == scope.id() => Ok(Some(message)),
        Some(_) => Err(Error::invalid("id", "TAKEN", "This id is used already.")),
        None => Ok(None),
    }
}

/// Changes what staff know of a customer.
///
/// # Errors
/// `NotFound`; `Invalid` for a phone that is none.
pub async fn update_contact(
    ctx: &Ctx,
    scope: &CompanyScope,
    contact_id: Uuid,
    name: Option<String>,
    phone: Option<String>,
) -> Result<contact::Model> {
    let mut errors = Vec::new();
    let mut row = read::contact(ctx, scope, contact_id).await?.into_active_model();
    if let Some(name) = name {
        row.name = Set(Some(crate::company::check_text(&mut errors, "name", &name, crate::company::MAX_NAME)));
    }
    if let Some(phone) = phone {
        match domain::phone::Phone::parse(&phone) {
            Ok(phone) => row.phone = Set(Some(phone.as_str().to_owned())),
            Err(error) => errors.push(UserError::new("phone", "INVALID", error.to_string())),
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !row.is_changed() {
        return read::contact(ctx, scope, contact_id).await;
    }
    let tx = ctx.db().begin(scope).await?;
    let contact = row.update(&tx).await?;
    ctx.commit(tx).await?;
    Ok(contact)
}
