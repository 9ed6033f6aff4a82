//! Messages on their way out: looked at once more at the moment of sending (architecture §5 "Out"), handed to the provider at
//! most once, and followed until they are read.

use super::write::{clear_attention, needs_attention};
use crate::access::CompanyScope;
use crate::channel::{self as channels, adapter, pause};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::stored::{ConversationOwner, EventKind, MessageAuthor, MessageDirection, MessageStatus};
use entity::{channel, contact_address, conversation, message};
use gateway::channel::{Channel, Delivery, MediaKind, Outbound, Part, Sent};
use gateway::error::Kind;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum as _, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Sends one outbound message by its channel.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SendMessage {
    /// Which.
    pub(crate) message_id: Uuid,
    /// Its conversation: messages of one leave in their order.
    pub(crate) conversation_id: Uuid,
}

impl Job for SendMessage {
    const KIND: &'static str = "send_message";

    fn lane(&self) -> Option<String> {
        Some(format!("send:{}", self.conversation_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.conversation_id)
    }
}

/// So long a message waits for its channel: what was meant for yesterday is better looked at by a person.
const LONGEST_WAIT_SECONDS: i64 = 24 * 3600;
/// Between the first tries of a message,
const SHORTEST_PAUSE: Duration = Duration::from_secs(2);
/// and between the later ones.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Why a message is not sent after all.
const TAKEN_OVER: &str = "A person took the conversation before this was sent.";
const NO_ADDRESS: &str = "The contact has no address on this channel.";
const WINDOW_CLOSED: &str = "The platform takes free text only for a time after the customer's last message.";
const NO_CREDENTIAL: &str = "The channel is not connected any more.";
const GIVEN_UP: &str = "The program could not hand it to the platform.";
const PART_SENT: &str = "Only a part was sent.";
const RESULT_UNKNOWN: &str =
    "The platform did not answer; the message may have arrived. It is not sent again by itself.";

/// Runs [`SendMessage`]: who owns the conversation is looked at now, not when the message was made (architecture §6.9).
///
/// A provider without keys can't tell a second sending from a first. So the message is marked as being sent before the call;
/// who finds that mark when the job runs again knows only that it may have been sent, says so, and leaves it (reliability.md
/// case 45). A message that goes in parts remembers those that the provider has answered: what is tried again is the rest.
pub(crate) async fn send(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SendMessage = claimed.payload()?;
    let Some(Ready { channel, provider, outbound }) = prepare(ctx, &scope, claimed, &payload).await? else {
        return Ok(());
    };
    let connected = provider.is_some();
    let sent = match provider {
        Some(provider) => provider.send(&outbound).await,
        None => Err(gateway::error::Error::new("x8", Kind::Credentials, NO_CREDENTIAL)),
    };
    let mut tx = ctx.db().begin(&scope).await?;
    let (done, error) = match sent {
        Ok(Sent::All { external_id, left_out }) => {
            arrived_there(ctx, &mut tx, &scope, &payload, external_id, left_out).await?;
            if !outbound.done.is_empty() {
                keep_parts(&tx, &scope, &payload, None).await?;
            }
            channels::works(ctx, &mut tx, &scope, &channel, None).await?;
            job::finish(ctx, &mut tx, claimed).await?;
            return Ok(ctx.commit(tx).await?);
        }
        Ok(Sent::Begun { done, error }) => (done, error),
        Err(error) => (outbound.done, error),
    };
    // What is tried again was surely not sent: it waits by its age, however often it is tried. A key that is no longer taken is
    // the channel's trouble, which its owner is told of: what was to be said leaves by the new one.
    let passes = error.retry != gateway::error::Retry::Never || (error.kind == Kind::Credentials && connected);
    let again = passes && may_wait(ctx, claimed);
    if again {
        set(ctx, &mut tx, &scope, &payload, MessageStatus::Queued, None).await?;
    } else {
        let (status, mut text) = match error.kind {
            Kind::Unknown => (MessageStatus::Unknown, RESULT_UNKNOWN.to_owned()),
            _ => (MessageStatus::Failed, error.text.clone()),
        };
        if !done.is_empty() {
            text = format!("{PART_SENT} {text}");
        }
        let reason = if error.kind == Kind::Recipient { "recipient_unreachable" } else { "not_sent" };
        needs_attention(ctx, &mut tx, &scope, payload.conversation_id, reason).await?;
        set(ctx, &mut tx, &scope, &payload, status, Some(&text)).await?;
    }
    if !done.is_empty() {
        keep_parts(&tx, &scope, &payload, Some(&done)).await?;
    }
    // A fault of the connection is seen at the channel; one of this message or person is not the channel's.
    if matches!(error.kind, Kind::Credentials | Kind::Unavailable | Kind::Conflict) {
        channels::failed(ctx, &mut tx, &scope, &channel, &error).await?;
    }
    pause::asked_for(ctx, &mut tx, &scope, &channel, &error).await?;
    if again {
        ctx.commit(tx).await?;
        return Err(later(ctx, claimed, &error));
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Whether the message is young enough to wait for its channel.
fn may_wait(ctx: &Ctx, claimed: &Claimed) -> bool {
    ctx.time() < claimed.row.created_at.plus_seconds(LONGEST_WAIT_SECONDS)
}

/// A message that is marked as being sent.
struct Ready {
    channel: channel::Model,
    /// None: the channel was disconnected.
    provider: Option<Arc<dyn Channel>>,
    outbound: Outbound,
}

/// A provider that is away, whose phone is not linked or that wants a new key comes back some time, and no try of it counts. The pauses grow with the
/// age of the message, unless the provider said when.
fn later(ctx: &Ctx, claimed: &Claimed, error: &gateway::error::Error) -> Failure {
    let age = u64::try_from(ctx.time().0 - claimed.row.created_at.0).unwrap_or(0);
    let pause = match error.retry {
        gateway::error::Retry::After(wait) => wait.min(pause::LONGEST),
        gateway::error::Retry::Later | gateway::error::Retry::Never => {
            Duration::from_micros(age / 4).clamp(SHORTEST_PAUSE, LONGEST_PAUSE)
        }
    };
    Failure { reason: error.to_string(), retry: job::Retry::Uncounted(pause) }
}

/// The first look: what is to be handed to which channel's provider; none when nothing is left to do.
///
/// All that can fail here fails before the mark, so that the message just waits.
async fn prepare(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    payload: &SendMessage,
) -> Result<Option<Ready>, Failure> {
    let mut tx = ctx.db().begin(scope).await?;
    let message = message::Entity::find_by_id(payload.message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("message"))?;
    let conversation = super::join::standing(&tx, scope, message.conversation_id).await?;
    let channel = channel::Entity::find_by_id(message.channel_id)
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("channel"))?;
    let silenced = message.author == MessageAuthor::Assistant && conversation.owner == ConversationOwner::Operator;
    let paused = pause::left(ctx, &channel).filter(|_| adapter::is_outside(&channel));
    let end = match message.status {
        MessageStatus::Queued if silenced => Some((MessageStatus::Failed, Some(TAKEN_OVER), None)),
        // Web chat and the phone frame read their messages from here: stored is sent.
        MessageStatus::Queued if !adapter::is_outside(&channel) => Some((MessageStatus::Sent, None, None)),
        // The platform wants to be left alone: nothing is asked, and the message keeps its place before the later ones.
        MessageStatus::Queued if paused.is_some() => match paused.filter(|_| may_wait(ctx, claimed)) {
            Some(left) => return Err(Failure { reason: pause::WAITS.to_owned(), retry: job::Retry::Uncounted(left) }),
            None => Some((MessageStatus::Failed, Some(pause::WAITS), Some("not_sent"))),
        },
        MessageStatus::Queued => match outbound(ctx, &tx, scope, &channel, &conversation, &message).await? {
            Ok(outbound) => {
                let provider = match adapter::of(ctx, scope, &channel).await {
                    Ok(provider) => Some(provider),
                    Err(Error::NoCredential(_)) => None,
                    Err(error) => return Err(error.into()),
                };
                set(ctx, &mut tx, scope, payload, MessageStatus::Sending, None).await?;
                job::hold(&tx, claimed).await?;
                ctx.commit(tx).await?;
                return Ok(Some(Ready { channel, provider, outbound }));
            }
            Err((reason, attention)) => Some((MessageStatus::Failed, Some(reason), Some(attention))),
        },
        MessageStatus::Sending => Some((MessageStatus::Unknown, Some(RESULT_UNKNOWN), Some("not_sent"))),
        _ => None,
    };
    if let Some((status, reason, attention)) = end {
        // A conversation is held before its messages, here and below (ARCHITECTURE.md §4).
        if let Some(attention) = attention {
            needs_attention(ctx, &mut tx, scope, conversation.id, attention).await?;
        }
        set(ctx, &mut tx, scope, payload, status, reason).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(None)
}

/// The message as the provider takes it, or why it can't go, and the word for staff.
async fn outbound(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    conversation: &conversation::Model,
    message: &message::Model,
) -> Result<Result<Outbound, (&'static str, &'static str)>> {
    let kinds = adapter::address_kinds(channel);
    let addresses = contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::ContactId.eq(conversation.contact_id))
        .filter(contact_address::Column::Kind.is_in(kinds.iter().copied()))
        .order_by_desc(contact_address::Column::CreatedAt)
        .limit(crate::page::MAX_SIZE)
        .all(tx)
        .await?;
    let best = |address: &contact_address::Model| kinds.iter().position(|kind| *kind == address.kind);
    let Some(address) = addresses.into_iter().min_by_key(best) else {
        return Ok(Err((NO_ADDRESS, "recipient_unreachable")));
    };
    let capability = gateway::channel::capability(&channel.provider);
    if let Some(hours) = capability.and_then(|capability| capability.window_hours) {
        let last = message::Entity::find()
            .filter(message::Column::ConversationId.eq(conversation.id))
            .filter(message::Column::CompanyId.eq(scope.id()))
            .filter(message::Column::Direction.eq(MessageDirection::Inbound))
            .order_by_desc(message::Column::CreatedAt)
            .one(tx)
            .await?;
        let open = last.is_some_and(|last| ctx.time() < last.created_at.plus_millis(i64::from(hours) * 3_600_000));
        if !open {
            return Ok(Err((WINDOW_CLOSED, "window_closed")));
        }
    }
    let attachments: Vec<super::Attachment> = serde_json::from_value(message.attachments.clone())?;
    let media = attachments
        .into_iter()
        .filter_map(|attachment| {
            let kind = match attachment.kind.as_str() {
                "image" => MediaKind::Image,
                "video" => MediaKind::Video,
                _ => return None,
            };
            attachment.url.starts_with("http").then_some((kind, attachment.url))
        })
        .collect();
    let buttons = super::pressed::on_platform(message, capability.map_or(0, |capability| capability.buttons));
    let done = message.parts.clone().map(serde_json::from_value).transpose()?.unwrap_or_default();
    Ok(Ok(Outbound { key: message.id, to: address.value, text: message.text.clone(), media, buttons, done }))
}

async fn set(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    payload: &SendMessage,
    status: MessageStatus,
    error: Option<&str>,
) -> Result<()> {
    let sent_at = (status == MessageStatus::Sent).then(|| ctx.time().0);
    message::Entity::update_many()
        .col_expr(message::Column::Status, Expr::value(status.to_value()))
        .col_expr(message::Column::Error, Expr::value(error))
        .col_expr(message::Column::SentAt, Expr::value(sent_at))
        .filter(message::Column::Id.eq(payload.message_id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Message, payload.message_id).await?;
    // The visitor's open page listens for its conversation, not for each message of the company.
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, payload.conversation_id).await
}

/// Remembers what became of the first parts, so that whoever sends the others does not send those again; none: all are sent.
async fn keep_parts(tx: &Tx, scope: &CompanyScope, payload: &SendMessage, parts: Option<&[Part]>) -> Result<()> {
    message::Entity::update_many()
        .col_expr(message::Column::Parts, Expr::value(parts.map(serde_json::to_value).transpose()?))
        .filter(message::Column::Id.eq(payload.message_id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The job that was to send it is dead. What was being sent then may have arrived.
pub(crate) async fn not_sent(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, payload: &SendMessage) -> Result<()> {
    let message = message::Entity::find_by_id(payload.message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(tx)
        .await?;
    let (status, why) = match message.map(|message| message.status) {
        Some(MessageStatus::Queued) => (MessageStatus::Failed, GIVEN_UP),
        Some(MessageStatus::Sending) => (MessageStatus::Unknown, RESULT_UNKNOWN),
        _ => return Ok(()),
    };
    needs_attention(ctx, tx, scope, payload.conversation_id, "not_sent").await?;
    set(ctx, tx, scope, payload, status, Some(why)).await
}

/// The provider has it: under the id that it gave, its reports of the delivery are found.
async fn arrived_there(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    payload: &SendMessage,
    external_id: String,
    left_out: Option<String>,
) -> Result<()> {
    if left_out.is_some() {
        needs_attention(ctx, tx, scope, payload.conversation_id, "media_not_sent").await?;
    }
    // A report of the provider may have been here before its answer, and further: nothing goes back.
    let waiting = message::Entity::find_by_id(payload.message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(tx)
        .await?
        .is_some_and(|message| matches!(message.status, MessageStatus::Sending | MessageStatus::Unknown));
    if waiting || left_out.is_some() {
        set(ctx, tx, scope, payload, MessageStatus::Sent, left_out.as_deref()).await?;
    }
    if !external_id.is_empty() {
        message::Entity::update_many()
            .col_expr(message::Column::ExternalId, Expr::value(external_id))
            .filter(message::Column::Id.eq(payload.message_id))
            .filter(message::Column::CompanyId.eq(scope.id()))
            .filter(message::Column::ExternalId.is_null())
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// A message of ours came further. Reports come late, twice and out of order: a status only moves on.
pub(crate) async fn delivered(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    external_id: &str,
    delivery: Delivery,
) -> Result<()> {
    let (status, before) = match delivery {
        Delivery::Sent => (MessageStatus::Sent, vec![MessageStatus::Sending, MessageStatus::Unknown]),
        Delivery::Delivered => {
            (MessageStatus::Delivered, vec![MessageStatus::Sending, MessageStatus::Unknown, MessageStatus::Sent])
        }
        Delivery::Read => (
            MessageStatus::Read,
            vec![MessageStatus::Sending, MessageStatus::Unknown, MessageStatus::Sent, MessageStatus::Delivered],
        ),
    };
    report(ctx, scope, channel, external_id, status, before, None).await
}

/// A message of ours did not arrive after all.
pub(crate) async fn undelivered(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    external_id: &str,
    reason: &str,
) -> Result<()> {
    let before = vec![MessageStatus::Sending, MessageStatus::Unknown, MessageStatus::Sent];
    report(ctx, scope, channel, external_id, MessageStatus::Failed, before, Some(reason)).await
}

async fn report(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    external_id: &str,
    status: MessageStatus,
    before: Vec<MessageStatus>,
    error: Option<&str>,
) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    let found = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ChannelId.eq(channel.id))
        .filter(message::Column::ExternalId.eq(external_id))
        .filter(message::Column::Direction.eq(MessageDirection::Outbound))
        .one(&tx)
        .await?;
    // A message that staff wrote on the platform itself, or one whose answer is still on its way to us.
    let Some(message) = found else { return tx.rollback().await };
    if status == MessageStatus::Failed {
        needs_attention(ctx, &mut tx, scope, message.conversation_id, "not_sent").await?;
    }
    let done = message::Entity::update_many()
        .col_expr(message::Column::Status, Expr::value(status.to_value()))
        .col_expr(message::Column::Error, Expr::value(error))
        .filter(message::Column::Id.eq(message.id))
        .filter(message::Column::Status.is_in(before))
        .exec(&tx)
        .await?;
    if done.rows_affected == 0 {
        return tx.rollback().await;
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Message, message.id).await?;
    ctx.commit(tx).await
}

/// The customer closed the door on us, or opened it again: staff see it at the conversation.
pub(crate) async fn blocked(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    kind: &str,
    value: &str,
    blocked: bool,
) -> Result<()> {
    let Some(conversation_id) = super::visitor_conversation(ctx, scope, channel.id, kind, value).await? else {
        return Ok(());
    };
    let mut tx = ctx.db().begin(scope).await?;
    if blocked {
        needs_attention(ctx, &mut tx, scope, conversation_id, "recipient_unreachable").await?;
    } else {
        clear_attention(ctx, &mut tx, scope, conversation_id, "recipient_unreachable").await?;
    }
    ctx.commit(tx).await
}

/// Sends a message once more that failed, or of which nobody knows: staff decided so.
///
/// # Errors
/// `NotFound`; `Invalid` for one that is not outbound or is with the customer already.
pub async fn retry_message(ctx: &Ctx, scope: &CompanyScope, message_id: Uuid) -> Result<message::Model> {
    let mut tx = ctx.db().begin(scope).await?;
    let message = message::Entity::find_by_id(message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("message"))?;
    let failed = matches!(message.status, MessageStatus::Failed | MessageStatus::Unknown);
    if message.direction != MessageDirection::Outbound || !failed {
        return Err(Error::invalid("messageId", "NOT_FAILED", "Only a message that was not sent can be sent again."));
    }
    let job = SendMessage { message_id, conversation_id: message.conversation_id };
    set(ctx, &mut tx, scope, &job, MessageStatus::Queued, None).await?;
    job::enqueue(ctx, &mut tx, scope, &job).await?;
    ctx.commit(tx).await?;
    message::Entity::find_by_id(message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("message"))
}
