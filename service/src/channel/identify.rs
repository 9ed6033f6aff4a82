//! Whose a hidden address is. WhatsApp hides the phones of some who write; WAHA may know the phone at once, or learn it later.

use super::{adapter, get};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::inbox;
use crate::job::{self, Claimed, Failure, Job};
use entity::channel;
use entity::stored::ChannelStatus;
use gateway::channel::{Inbound, waha};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Pauses before WAHA is asked again, seconds; after the last one the next message begins anew.
const PAUSES: [i64; 5] = [600, 3_600, 6 * 3_600, 24 * 3_600, 72 * 3_600];

/// Asks again for the phone behind a hidden address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IdentifyContact {
    pub(crate) channel_id: Uuid,
    /// The hidden address.
    pub(crate) address: String,
    /// How often it was asked for so far.
    pub(crate) asked: usize,
}

impl Job for IdentifyContact {
    const KIND: &'static str = "identify_contact";

    fn unique_key(&self) -> Option<String> {
        Some(format!("identify:{}:{}", self.channel_id, self.address))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Asks for the phone behind a hidden address when it is seen first, so that one person does not become two. Where WAHA does
/// not know it, or not in time, it is asked again later; the message does not wait for that. Two who turn out to be one by then
/// become one.
pub(super) async fn identify(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    mut inbound: Inbound,
) -> Result<Inbound> {
    if inbound.from.kind != waha::HIDDEN_ADDRESS {
        return Ok(inbound);
    }
    let known = inbox::of_address(ctx, scope, inbound.from.kind, &inbound.from.value).await?;
    if let Some(phone) = &inbound.from.phone {
        if let Some(known) = known {
            inbox::join_by_phone(ctx, scope, channel, known.id, phone).await?;
        }
        return Ok(inbound);
    }
    match known {
        // A phone that the customer only typed is no answer.
        Some(known) if inbox::has_attested_phone(ctx, scope, known.id).await? => return Ok(inbound),
        Some(_) => {}
        None => match adapter::waha(ctx, scope, channel).await?.phone_behind(&inbound.from.value).await {
            Ok(Some(phone)) => {
                inbound.from.phone = Some(phone);
                return Ok(inbound);
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(channel = %channel.id, %error, "the phone of a hidden address was not found out")
            }
        },
    }
    let mut tx = ctx.db().begin(scope).await?;
    let again = IdentifyContact { channel_id: channel.id, address: inbound.from.value.clone(), asked: 0 };
    job::enqueue_unless_waiting(ctx, &mut tx, scope, &again, ctx.time().plus_seconds(PAUSES[0])).await?;
    ctx.commit(tx).await?;
    Ok(inbound)
}

/// Runs [`IdentifyContact`].
pub(crate) async fn run_identify(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: IdentifyContact = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    let contact = inbox::of_address(ctx, &scope, waha::HIDDEN_ADDRESS, &payload.address).await?;
    let Some(contact) = contact else { return Ok(job::finish_if_running(ctx, claimed).await?) };
    let known = inbox::has_attested_phone(ctx, &scope, contact.id).await?;
    if known || channel.status == ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let asked = adapter::waha(ctx, &scope, &channel).await?.phone_behind(&payload.address).await;
    let mut tx = ctx.db().begin(&scope).await?;
    match asked {
        Ok(Some(phone)) => inbox::attest(ctx, &mut tx, &scope, &channel, contact.id, &phone).await?,
        Ok(None) | Err(_) => {
            if let Err(error) = asked {
                tracing::warn!(channel = %channel.id, %error, "the phone of a hidden address was not found out");
            }
            let asked = payload.asked + 1;
            if let Some(pause) = PAUSES.get(asked) {
                let again = IdentifyContact { asked, ..payload };
                job::enqueue_at(ctx, &mut tx, &scope, &again, ctx.time().plus_seconds(*pause)).await?;
            }
        }
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}
