//! Trying a connection out: the provider is asked how it stands, and a message goes to a phone that a person names.

use super::connect::{failed, lane, note};
use super::{adapter, get, pause, session};
use crate::access::CompanyScope;
use crate::company;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use assistant::notice::Notice;
use domain::phone::Phone;
use entity::channel;
use entity::stored::{ChannelLogKind, ChannelStatus};
use gateway::channel::{Outbound, waha};
use gateway::error::Kind;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Tries a connection out, once: what was sent is not sent again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TestChannel {
    pub(crate) channel_id: Uuid,
    /// A phone, or the chat of a bot, for a message; none: the provider is only asked.
    pub(crate) to: Option<String>,
    /// Whose chat it is.
    #[serde(default)]
    pub(crate) name: Option<String>,
    /// Whether the link that led there is good no more: this is said, and nothing tried.
    #[serde(default)]
    pub(crate) over: bool,
}

impl Job for TestChannel {
    const KIND: &'static str = "test_channel";
    const MAX_ATTEMPTS: i32 = 1;

    fn unique_key(&self) -> Option<String> {
        Some(match &self.to {
            // Who comes by an old link and then by a fresh one is told of both.
            Some(to) if self.over => format!("test:{}:{to}:over", self.channel_id),
            Some(to) => format!("test:{}:{to}", self.channel_id),
            None => format!("test:{}", self.channel_id),
        })
    }

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Asks for a try; how it went stands in the channel's log.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a phone that is none, or a platform on which nobody can be written to first.
pub async fn test(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid, to: Option<&str>) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if !adapter::is_outside(&channel) || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("channelId", "NOT_CONNECTABLE", "This channel has no connection to try out."));
    }
    let to = match to.map(str::trim).filter(|to| !to.is_empty()) {
        None => None,
        Some(_) if channel.provider != waha::NAME => {
            let text = "On this platform only people who wrote first can be written to.";
            return Err(Error::invalid("to", "NOT_AVAILABLE", text));
        }
        Some(to) => Some(Phone::parse(to).map_err(|error| Error::invalid("to", "INVALID", error.to_string()))?),
    };
    let to = to.map(|phone| phone.as_str().to_owned());
    let mut tx = ctx.db().begin(scope).await?;
    job::enqueue(ctx, &mut tx, scope, &TestChannel { channel_id, to, name: None, over: false }).await?;
    job::hasten(ctx, &mut tx, scope, &lane(channel_id)).await?;
    ctx.commit(tx).await?;
    Ok(channel)
}

/// Runs [`TestChannel`].
pub(crate) async fn run_test(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: TestChannel = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    if payload.over {
        let mut tx = match write(ctx, &scope, &channel, &payload).await? {
            Ok(()) => ctx.db().begin(&scope).await?,
            Err(error) => {
                tracing::info!(channel = %channel.id, %error, "who came by an old link could not be told so");
                let mut tx = ctx.db().begin(&scope).await?;
                pause::asked_for(ctx, &mut tx, &scope, &channel, &error).await?;
                tx
            }
        };
        job::finish(ctx, &mut tx, claimed).await?;
        return Ok(ctx.commit(tx).await?);
    }
    let checked = match pause::left(ctx, &channel) {
        Some(_) => Err(waits()),
        None => adapter::of(ctx, &scope, &channel).await?.check().await,
    };
    let sent = match (&checked, &payload.to) {
        (Ok(_), Some(_)) => Some(write(ctx, &scope, &channel, &payload).await?),
        _ => None,
    };
    let mut tx = ctx.db().begin(&scope).await?;
    if let Ok(standing) = &checked {
        session::settle(ctx, &mut tx, &scope, &channel, standing).await?;
    }
    match (checked, sent) {
        // Each test leaves its line.
        (Err(error), _) if error.kind == Kind::RateLimited => {
            not_tested(ctx, &mut tx, &scope, &channel, &error).await?;
        }
        (Err(error), _) => {
            if !failed(ctx, &mut tx, &scope, &channel, &error).await? {
                not_tested(ctx, &mut tx, &scope, &channel, &error).await?;
            }
        }
        (Ok(_), Some(Err(error))) => not_tested(ctx, &mut tx, &scope, &channel, &error).await?,
        (Ok(standing), _) => {
            let whom = payload.name.or(payload.to).or_else(|| standing.identity.map(|identity| identity.name));
            note(ctx, &mut tx, &scope, channel.id, ChannelLogKind::Tested, whom).await?;
        }
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Says that a test failed, and pauses the channel where the platform asks for it.
async fn not_tested(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    error: &gateway::error::Error,
) -> Result<()> {
    if !pause::asked_for(ctx, tx, scope, channel, error).await? {
        let detail = Some(format!("{}: {}", super::connect::fault_code(error.kind), error.text));
        note(ctx, tx, scope, channel.id, ChannelLogKind::Failed, detail).await?;
    }
    Ok(())
}

/// What is said while the platform wants to be left alone.
pub(super) fn waits() -> gateway::error::Error {
    gateway::error::Error::new("x8", Kind::RateLimited, pause::WAITS)
}

/// Writes to whom the test is for.
async fn write(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    test: &TestChannel,
) -> Result<std::result::Result<(), gateway::error::Error>> {
    let to = test.to.as_deref().unwrap_or_default();
    if pause::left(ctx, channel).is_some() {
        return Ok(Err(waits()));
    }
    let chat = match channel.provider.as_str() {
        waha::NAME => adapter::waha(ctx, scope, channel).await?.chat_of(to).await,
        _ => Ok(Some(to.to_owned())),
    };
    let chat = match chat {
        Ok(Some(chat)) => chat,
        Ok(None) => {
            let text = "WhatsApp does not know this number.";
            return Ok(Err(gateway::error::Error::new(waha::NAME, Kind::Recipient, text)));
        }
        Err(error) => return Ok(Err(error)),
    };
    let company = company::get(ctx, scope).await?;
    let language = company::language(&company);
    let notice = if test.over { Notice::ChannelTestOver } else { Notice::ChannelTest { company: company.name } };
    let text = notice.text(language, &TimeZone::UTC);
    let outbound =
        Outbound { key: ctx.new_id(), to: chat, text, media: Vec::new(), buttons: Vec::new(), done: Vec::new() };
    Ok(adapter::of(ctx, scope, channel).await?.send(&outbound).await.map(|_| ()))
}
