//! Trying a Telegram bot out. Bots may write only to people who wrote first, so whoever tries one out opens a link that is good
//! once, presses Start, and is answered with the test message (<https://core.telegram.org/bots/features#deep-linking>).
//!
//! The link holds its own end and our signature, so that nothing waits in the database for somebody who never presses; that it was
//! used is remembered like a delivery. Its `/start` belongs to the test, also when it comes late or again: nobody becomes a customer
//! by it.

use super::connect::{failed, lane};
use super::deliver::remember;
use super::get;
use super::test::TestChannel;
use super::{adapter, pause};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job;
use entity::channel;
use entity::stored::ChannelStatus;
use foundation::secret::{equal_secret, hex, hmac_sha256};
use gateway::channel::{Channel as _, Inbound, telegram};
use gateway::error::Retry;
use jiff::Timestamp;
use uuid::Uuid;

/// Where Telegram opens a talk with a bot.
const OPENS: &str = "https://t.me";
/// How long a link is good, seconds.
const GOOD_SECONDS: i64 = 600;
/// What the key of links is for.
const PURPOSE: &str = "channel-test";
/// Begins what comes back; with all of it below Telegram's 64 characters.
const BEGINS: &str = "test-";

/// A link by which a person tries a bot out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestLink {
    /// The link.
    pub url: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Asks the bot how it stands, and makes a link by which a person tries it out. How that went stands in the channel's log.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a channel that is no connected bot, or whose token is dead; `Unavailable` when Telegram
/// does not answer.
pub async fn start_test(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<TestLink> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if channel.provider != telegram::NAME || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("id", "NOT_CONNECTABLE", "This channel is no connected Telegram bot."));
    }
    if pause::left(ctx, &channel).is_some() {
        return Err(Error::Unavailable(pause::WAITS.to_owned()));
    }
    let bot = match adapter::telegram(ctx, scope, &channel).await?.check().await {
        Ok(standing) => standing.identity.map(|identity| identity.name).unwrap_or_default(),
        Err(error) => {
            let mut tx = ctx.db().begin(scope).await?;
            failed(ctx, &mut tx, scope, &channel, &error).await?;
            ctx.commit(tx).await?;
            return Err(match error.retry {
                Retry::Never => Error::invalid("id", "NOT_WORKING", error.text),
                Retry::Later | Retry::After(_) => Error::Unavailable(error.to_string()),
            });
        }
    };
    let Some(name) = bot.strip_prefix('@') else {
        return Err(Error::invalid("id", "NOT_WORKING", "The bot has no user name."));
    };
    let until = ctx.now().as_second() + GOOD_SECONDS;
    let nonce = ctx.engine().random.token(12);
    let signature = signature(&ctx.engine().key.derive(PURPOSE), &channel, until, &nonce);
    let expires_at = Timestamp::from_second(until).map_err(|error| Error::internal(error.to_string()))?;
    Ok(TestLink { url: format!("{OPENS}/{name}?start={BEGINS}{until:x}-{nonce}-{signature}"), expires_at })
}

fn signature(key: &[u8], channel: &channel::Model, until: i64, nonce: &str) -> String {
    hex(&hmac_sha256(key, format!("{}:{until}:{nonce}", channel.id).as_bytes())[..16])
}

/// The end and the name of a link of this channel that a message brings back; none for anything that we did not sign.
fn read<'a>(ctx: &Ctx, channel: &channel::Model, text: &'a str) -> Option<(i64, &'a str)> {
    let mut parts = text.trim().strip_prefix("/start ")?.trim_start().strip_prefix(BEGINS)?.split('-');
    let (until, nonce, signed) = (parts.next()?, parts.next()?, parts.next()?);
    let until = i64::from_str_radix(until, 16).ok().filter(|_| parts.next().is_none())?;
    let ours = |key: [u8; 32]| equal_secret(signature(&key, channel, until, nonce).as_bytes(), signed.as_bytes());
    ctx.engine().key.derived(PURPOSE).any(ours).then_some((until, nonce))
}

/// Takes a message that belongs to a test, and has it answered. False for any other.
pub(super) async fn take(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, inbound: &Inbound) -> Result<bool> {
    if channel.provider != telegram::NAME {
        return Ok(false);
    }
    let Some((until, nonce)) = read(ctx, channel, &inbound.text) else { return Ok(false) };
    let mut tx = ctx.db().begin(scope).await?;
    // Telegram delivers again what we did not take in time.
    if !remember(ctx, &tx, scope, channel, format!("test:{}", inbound.external_id)).await? {
        return Ok(true);
    }
    let first = remember(ctx, &tx, scope, channel, format!("test:{nonce}")).await?;
    let test = TestChannel {
        channel_id: channel.id,
        to: Some(inbound.from.value.clone()),
        name: inbound.from.name.clone(),
        over: !first || ctx.now().as_second() > until,
    };
    job::enqueue(ctx, &mut tx, scope, &test).await?;
    job::hasten(ctx, &mut tx, scope, &lane(channel.id)).await?;
    ctx.commit(tx).await?;
    Ok(true)
}
