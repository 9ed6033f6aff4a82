//! Messages that left the account by another way than this program's sending: the owner wrote on the phone, or the platform
//! repeats what we sent.

use super::attached::{Attachment, FetchMedia};
use super::receive::{self, Incoming, Stored};
use super::write::clear_attention;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job;
use entity::stored::{EventKind, MessageAuthor, MessageDirection, MessageStatus};
use entity::{channel, conversation, message};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveEnum as _, ActiveModelTrait as _,
    ActiveValue::{NotSet, Set},
    ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
};
use uuid::Uuid;

/// What left the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Echoed {
    /// The message; `from` is whom it went to.
    pub(crate) message: Incoming,
    /// Whether a program sent it.
    pub(crate) by_program: bool,
}

/// Takes a message that left the account. Ours is known by its id, or, while the provider's answer is on its way or was lost,
/// by being the one that waits for that answer; then it is known to be sent. A person's is shown in the thread as staff's, and
/// the assistant steps back as from any person's answer.
pub(crate) async fn echo(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, echoed: Echoed) -> Result<()> {
    let Echoed { message, by_program } = echoed;
    let message = receive::check(message)?;
    for _ in 0..4 {
        let mut tx = ctx.db().begin(scope).await?;
        match store(ctx, &mut tx, scope, channel, &message, by_program).await {
            Ok(()) => return ctx.commit(tx).await,
            Err(Stored::Raced) => tx.rollback().await?,
            Err(Stored::Failed(error)) => return Err(error),
        }
    }
    Err(Error::Unavailable("the conversation is being made by others again and again".to_owned()))
}

async fn store(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    echoed: &Incoming,
    by_program: bool,
) -> Result<(), Stored> {
    let known = message::Entity::find()
        .filter(message::Column::ChannelId.eq(channel.id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ExternalId.eq(echoed.external_id.as_str()))
        .one(tx)
        .await?;
    if known.is_some() || adopted(ctx, tx, scope, channel, echoed).await? || by_program {
        return Ok(());
    }
    let contact_id = receive::contact_of(ctx, tx, scope, channel, echoed).await?;
    let conversation = conversation_of(ctx, tx, scope, channel, contact_id).await?;
    let (id, now) = (ctx.new_id(), ctx.time());
    message::Entity::insert(message::ActiveModel {
        id: Set(id),
        company_id: Set(scope.id()),
        channel_id: Set(channel.id),
        conversation_id: Set(conversation.id),
        direction: Set(MessageDirection::Outbound),
        author: Set(MessageAuthor::Operator),
        author_user_id: Set(None),
        text: Set(echoed.text.clone()),
        language: Set(None),
        attachments: Set(serde_json::to_value(&echoed.attachments).map_err(Error::from)?),
        buttons: Set(None),
        status: Set(MessageStatus::Sent),
        error: Set(None),
        external_id: Set(Some(echoed.external_id.clone())),
        turn_id: Set(None),
        created_at: Set(now),
        sent_at: Set(Some(now)),
        parts: NotSet,
    })
    .exec_without_returning(tx)
    .await?;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::Preview, receive::preview(&echoed.text).into())
        .col_expr(conversation::Column::LastMessageAt, now.0.into())
        .col_expr(conversation::Column::UnreadCount, Expr::value(0))
        .col_expr(conversation::Column::Owner, Expr::value("operator"))
        .col_expr(conversation::Column::Revision, Expr::col(conversation::Column::Revision).add(1))
        .col_expr(conversation::Column::NeedsAttention, Expr::value(false))
        .col_expr(conversation::Column::AttentionReason, Expr::value(Option::<String>::None))
        .filter(conversation::Column::Id.eq(conversation.id))
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    if echoed.attachments.iter().any(Attachment::is_waiting) {
        job::enqueue(ctx, tx, scope, &FetchMedia { message_id: id }).await?;
    }
    crate::event::emit(ctx, tx, scope, EventKind::Message, id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, conversation.id).await?;
    Ok(())
}

async fn conversation_of(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
) -> Result<conversation::Model, Stored> {
    let found = conversation::Entity::find()
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ChannelId.eq(channel.id))
        .filter(conversation::Column::ContactId.eq(contact_id))
        .one(tx)
        .await?;
    if let Some(conversation) = found {
        return Ok(conversation);
    }
    let row = receive::new_conversation(ctx, scope, channel, contact_id).into_active_model().reset_all();
    Ok(conversation::Entity::insert(row).exec_with_returning(tx).await?)
}

/// Whether it is one of ours whose answer has not come: it has the text, and no id yet. Then it has one now.
async fn adopted(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    echoed: &Incoming,
) -> Result<bool, Stored> {
    let Some(contact_id) = receive::known_contact(tx, scope, &echoed.from).await? else { return Ok(false) };
    let conversation = conversation::Entity::find()
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ChannelId.eq(channel.id))
        .filter(conversation::Column::ContactId.eq(contact_id))
        .one(tx)
        .await?;
    let Some(conversation) = conversation else { return Ok(false) };
    let waiting = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation.id))
        .filter(message::Column::Direction.eq(MessageDirection::Outbound))
        .filter(message::Column::Status.is_in([MessageStatus::Sending, MessageStatus::Unknown]))
        .filter(message::Column::ExternalId.is_null())
        .order_by_asc(message::Column::CreatedAt)
        .order_by_asc(message::Column::Id)
        .all(tx)
        .await?;
    let Some(own) = waiting.iter().find(|own| own.text.trim() == echoed.text.trim()) else { return Ok(false) };
    let others = waiting.iter().any(|other| other.id != own.id && other.status == MessageStatus::Unknown);
    if own.status == MessageStatus::Unknown && !others {
        clear_attention(ctx, tx, scope, conversation.id, "not_sent").await?;
    }
    adopt(ctx, tx, scope, own.id, &echoed.external_id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, conversation.id).await?;
    Ok(true)
}

async fn adopt(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, id: Uuid, external_id: &str) -> Result<(), Stored> {
    message::Entity::update_many()
        .col_expr(message::Column::Status, Expr::value(MessageStatus::Sent.to_value()))
        .col_expr(message::Column::Error, Expr::value(Option::<String>::None))
        .col_expr(message::Column::ExternalId, Expr::value(external_id))
        .col_expr(message::Column::SentAt, ctx.time().0.into())
        .filter(message::Column::Id.eq(id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(crate::event::emit(ctx, tx, scope, EventKind::Message, id).await?)
}
