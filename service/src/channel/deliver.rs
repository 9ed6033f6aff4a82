//! What providers deliver: verified by the adapter, then stored. Nothing slow happens before the 200 (architecture §5 "In").

use super::{adapter, session, test_link};
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{self, Address, Attachment, Echoed, Incoming, Intake};
use entity::channel;
use entity::channel_event;
use entity::stored::ChannelStatus;
use gateway::channel::{Echo, Inbound, Parsed, Refusal, Update, telegram, waha};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::sync::Arc;

/// How long deliveries are remembered: longer than a provider repeats one.
pub(crate) const KEEP_DELIVERIES_HOURS: i64 = 72;

/// Takes a delivery to the channel of this public key. The body of our answer, where the provider wants one.
///
/// # Errors
/// `NotFound` for an unknown or disconnected channel, and for the second one of a number; `Unauthenticated` for a wrong signature; `Invalid` for a body that is
/// none of the provider's. Nothing is stored then.
pub async fn deliver<'a>(
    ctx: &Ctx,
    intake: &Intake,
    public_key: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Result<Option<serde_json::Value>> {
    let (scope, channel) = access::for_channel(ctx, public_key).await?;
    // A number that is linked twice is answered by the other channel.
    let twin = channel.error_code.as_deref() == Some(session::CONFLICT);
    if !adapter::is_outside(&channel) || channel.status == ChannelStatus::Disconnected || twin {
        return Err(Error::NotFound("channel"));
    }
    let mut parsed: std::result::Result<Parsed, Refusal> = Err(Refusal::Signature);
    for secret in adapter::webhook_secrets(ctx, &channel) {
        parsed = match channel.provider.as_str() {
            telegram::NAME => telegram::receive(&secret, header(telegram::SECRET_HEADER), body),
            waha::NAME => waha::receive(&secret, &header, body),
            _ => return Err(Error::NotFound("channel")),
        };
        if parsed != Err(Refusal::Signature) {
            break;
        }
    }
    let parsed = parsed.map_err(|refusal| match refusal {
        Refusal::Signature => Error::Unauthenticated,
        Refusal::Body => Error::invalid("body", "INVALID", refusal.to_string()),
    })?;
    if let Some(event_id) = &parsed.event_id
        && is_replay(ctx, &scope, &channel, event_id).await?
    {
        return Ok(parsed.answer);
    }
    let channel = Arc::new(channel);
    for update in parsed.updates {
        match update {
            // Many at once share a commit.
            Update::Message(inbound) => {
                if let Some(incoming) = ready(ctx, &scope, &channel, inbound).await? {
                    intake.receive(&scope, Arc::clone(&channel), incoming).await?;
                }
            }
            other => apply(ctx, &scope, &channel, other).await?,
        }
    }
    // After its effect: who dies in between is told again, and what it says is no second time what it was the first.
    if let Some(event_id) = parsed.event_id {
        let tx = ctx.db().begin(&scope).await?;
        remember(ctx, &tx, &scope, &channel, event_id).await?;
        ctx.commit(tx).await?;
    }
    Ok(parsed.answer)
}

/// Whether this delivery was taken before.
async fn is_replay(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, event_id: &str) -> Result<bool> {
    Ok(channel_event::Entity::find()
        .filter(channel_event::Column::CompanyId.eq(scope.id()))
        .filter(channel_event::Column::ChannelId.eq(channel.id))
        .filter(channel_event::Column::EventId.eq(event_id))
        .one(&ctx.db().read(scope))
        .await?
        .is_some())
}

/// Remembers a delivery, or what else is good once; false when it was remembered already.
pub(super) async fn remember(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    event_id: String,
) -> Result<bool> {
    let inserted = channel_event::Entity::insert(channel_event::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        channel_id: Set(channel.id),
        event_id: Set(event_id),
        created_at: Set(ctx.time()),
    })
    .on_conflict(
        OnConflict::columns([channel_event::Column::ChannelId, channel_event::Column::EventId]).do_nothing().to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(inserted > 0)
}

/// A message as the inbox takes it, with what it does not hold itself: what a pressed button says, whose a hidden address is. None
/// for one that belongs to a test of the channel, or holds nothing.
async fn ready(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    mut inbound: Inbound,
) -> Result<Option<Incoming>> {
    if test_link::take(ctx, scope, channel, &inbound).await? {
        return Ok(None);
    }
    if let Some(pressed) = inbound.pressed.take() {
        let said = inbox::said_by(ctx, scope, channel, &pressed, &inbound.text).await?;
        inbound.text = said.unwrap_or_default();
    }
    let incoming = incoming(ctx, super::identify::identify(ctx, scope, channel, inbound).await?);
    if incoming.is_none() {
        tracing::warn!(channel = %channel.id, "a message without any content was passed over");
    }
    Ok(incoming)
}

/// Stores one report of a provider.
pub(super) async fn apply(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, update: Update) -> Result<()> {
    match update {
        Update::Message(inbound) => {
            if let Some(incoming) = ready(ctx, scope, channel, inbound).await? {
                inbox::receive(ctx, scope, channel, incoming).await?;
            }
            Ok(())
        }
        Update::Echo(echo) => {
            let Echo { external_id, to, text, media, by_program } = echo;
            let inbound = Inbound { external_id, from: to, text, pressed: None, media, at: None };
            match ready(ctx, scope, channel, inbound).await? {
                Some(message) => inbox::echo(ctx, scope, channel, Echoed { message, by_program }).await,
                None => Ok(()),
            }
        }
        Update::Session { session, since, again } => {
            session::reported(ctx, scope, channel, session, since, again).await
        }
        Update::Status { external_id, delivery } => inbox::delivered(ctx, scope, channel, &external_id, delivery).await,
        Update::Undelivered { external_id, reason } => {
            inbox::undelivered(ctx, scope, channel, &external_id, &reason).await
        }
        Update::Blocked { peer, blocked } => inbox::blocked(ctx, scope, channel, peer.kind, &peer.value, blocked).await,
    }
}

/// A provider's message as the inbox takes it; none when there is nothing in it. What is longer than a message may be is cut,
/// not refused: the provider would deliver it again for ever.
fn incoming(ctx: &Ctx, inbound: Inbound) -> Option<Incoming> {
    let text: String = inbound.text.chars().take(inbox::MAX_TEXT).collect();
    let media = inbound.media.into_iter().take(inbox::MAX_ATTACHMENTS);
    let attachments: Vec<Attachment> = media.map(|media| Attachment::of(ctx, media)).collect();
    let empty = !text.chars().any(|c| !c.is_whitespace() && !c.is_control()) && attachments.is_empty();
    (!empty).then(|| Incoming {
        external_id: inbound.external_id,
        from: Address { kind: inbound.from.kind.to_owned(), value: inbound.from.value, trusted: true },
        attested_phone: inbound.from.phone,
        profile_name: inbound.from.name,
        text,
        attachments,
        id: None,
    })
}
