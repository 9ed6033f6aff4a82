//! What providers deliver: verified by the adapter, then stored. Nothing slow happens before the 200 (architecture §5 "In").

use super::adapter;
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::{self, Address, Attachment, Incoming, Intake};
use entity::channel;
use entity::stored::ChannelStatus;
use gateway::channel::{Inbound, Parsed, Refusal, Update, telegram};
use std::sync::Arc;

/// Takes a delivery to the channel of this public key. The body of our answer, where the provider wants one.
///
/// # Errors
/// `NotFound` for an unknown or disconnected channel; `Unauthenticated` for a wrong signature; `Invalid` for a body that is
/// none of the provider's. Nothing is stored then.
pub async fn deliver<'a>(
    ctx: &Ctx,
    intake: &Intake,
    public_key: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
) -> Result<Option<serde_json::Value>> {
    let (scope, channel) = access::for_channel(ctx, public_key).await?;
    if !adapter::is_outside(&channel) || channel.status == ChannelStatus::Disconnected {
        return Err(Error::NotFound("channel"));
    }
    let secret = adapter::webhook_secret(ctx, &channel);
    let parsed: Parsed = match channel.provider.as_str() {
        telegram::NAME => telegram::receive(&secret, header(telegram::SECRET_HEADER), body),
        _ => return Err(Error::NotFound("channel")),
    }
    .map_err(|refusal| match refusal {
        Refusal::Signature => Error::Unauthenticated,
        Refusal::Body => Error::invalid("body", "INVALID", refusal.to_string()),
    })?;
    let channel = Arc::new(channel);
    for update in parsed.updates {
        match update {
            // Many at once share a commit.
            Update::Message(inbound) => match incoming(inbound) {
                Some(incoming) => {
                    intake.receive(&scope, Arc::clone(&channel), incoming).await?;
                }
                None => tracing::warn!(channel = %channel.id, "a message without any content was passed over"),
            },
            other => apply(ctx, &scope, &channel, other).await?,
        }
    }
    Ok(parsed.answer)
}

/// Stores one report of a provider.
pub(super) async fn apply(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, update: Update) -> Result<()> {
    match update {
        Update::Message(inbound) => {
            if let Some(incoming) = incoming(inbound) {
                inbox::receive(ctx, scope, channel, incoming).await?;
            }
            Ok(())
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
fn incoming(inbound: Inbound) -> Option<Incoming> {
    let text: String = inbound.text.chars().take(inbox::MAX_TEXT).collect();
    let attachments: Vec<Attachment> = inbound
        .media
        .into_iter()
        .take(inbox::MAX_ATTACHMENTS)
        .map(|media| Attachment {
            kind: media.kind.as_str().to_owned(),
            url: String::new(),
            name: media.name,
            reference: Some(media.reference),
        })
        .collect();
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
