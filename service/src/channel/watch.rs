//! The watch over sessions: reads states that no delivery told, restarts what broke, raises the alarm when that does not help.

use super::connect::{failed, lane, note};
use super::session::{self, BROKEN, SILENT};
use super::{adapter, get};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::stored::{ChannelLogKind, ChannelStatus};
use entity::time::Time;
use entity::{channel, channel_event, channel_session};
use gateway::channel::waha::{self, Look};
use gateway::channel::{Channel as _, Intake, Session};
use gateway::error::Kind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How often a session is looked at.
pub(super) const EVERY_SECONDS: i64 = 60;
/// How often while a person waits with the phone in hand.
const EVERY_SECONDS_CONNECTING: i64 = 15;
/// A session that starts for so long is stuck.
const STUCK_SECONDS: i64 = 300;
/// Traffic that is so much younger than the last delivery did not reach us.
const SILENT_SECONDS: i64 = 600;
/// Pauses before the restarts of one outage; after the last one a person is called.
const RESTART_AFTER_SECONDS: [i64; 3] = [0, 120, 600];

/// Looks at a channel's session, mends it, and enqueues itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WatchChannel {
    pub(crate) channel_id: Uuid,
}

impl Job for WatchChannel {
    const KIND: &'static str = "watch_channel";
    // It ends with the channel.
    const MAX_ATTEMPTS: i32 = i32::MAX;

    fn unique_key(&self) -> Option<String> {
        Some(format!("watch:{}", self.channel_id))
    }

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Whether a channel has a session to watch over.
pub(super) fn is_watched(channel: &channel::Model) -> bool {
    channel.provider == waha::NAME
}

/// What is wrong with a session that worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    /// Failed, stopped or stuck: started anew.
    Down,
    /// It works, and its deliveries do not come here: told anew where to deliver.
    Deaf,
    /// The server does not know it: made anew.
    Gone,
}

/// Runs [`WatchChannel`].
pub(crate) async fn run_watch(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: WatchChannel = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    if !is_watched(&channel) || channel.status == ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let provider = match adapter::waha(ctx, &scope, &channel).await {
        Ok(provider) => provider,
        // No key, nothing to look with; a new key starts the watch again.
        Err(Error::NoCredential(_)) => return Ok(job::finish_if_running(ctx, claimed).await?),
        Err(error) => return Err(error.into()),
    };
    let looked = provider.look().await;
    let mut tx = ctx.db().begin(&scope).await?;
    let trouble = match &looked {
        Ok(look) => {
            session::remember(ctx, &mut tx, &scope, channel.id, look.standing.session).await?;
            let trouble = trouble(ctx, &tx, &scope, &channel, look).await?;
            // The session works, and nothing of it comes here: it was said so, and stays so.
            let silent = trouble == Some(Trouble::Deaf) && channel.error_code.as_deref() == Some(SILENT);
            if !silent {
                session::settle(ctx, &mut tx, &scope, &channel, &look.standing).await?;
            }
            trouble
        }
        Err(error) if error.kind == Kind::Gone => Some(Trouble::Gone),
        Err(error) => {
            failed(ctx, &mut tx, &scope, &channel, error).await?;
            again(ctx, tx, &scope, &channel, claimed).await?;
            return Ok(());
        }
    };
    ctx.commit(tx).await?;
    let mended = match trouble {
        None => None,
        Some(trouble) => mend(ctx, &scope, &channel, trouble, &provider).await?,
    };
    let mut tx = ctx.db().begin(&scope).await?;
    match mended {
        Some(Ok(text)) => {
            session::restarted(&tx, &scope, channel.id, ctx.time()).await?;
            note(ctx, &mut tx, &scope, channel.id, ChannelLogKind::Restarted, Some(text.to_owned())).await?;
        }
        Some(Err(error)) => {
            session::restarted(&tx, &scope, channel.id, ctx.time()).await?;
            failed(ctx, &mut tx, &scope, &channel, &error).await?;
        }
        None => {
            if trouble.is_none() && looked.is_ok_and(|look| look.standing.session == Session::Working) {
                session::forgive(&tx, &scope, channel.id).await?;
            }
        }
    }
    again(ctx, tx, &scope, &channel, claimed).await
}

/// The next look, unless something has asked for an earlier one meanwhile.
async fn again(
    ctx: &Ctx,
    mut tx: Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    claimed: &Claimed,
) -> Result<(), Failure> {
    let pause = if channel.status == ChannelStatus::Connecting { EVERY_SECONDS_CONNECTING } else { EVERY_SECONDS };
    let next = WatchChannel { channel_id: channel.id };
    job::enqueue_unless_waiting(ctx, &mut tx, scope, &next, ctx.time().plus_seconds(pause)).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

async fn trouble(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    look: &Look,
) -> Result<Option<Trouble>> {
    let Some(row) = session::of(tx, scope, channel.id).await? else { return Ok(None) };
    match look.standing.session {
        // A person is at it, or has to be: restarting shows codes to nobody.
        Session::ScanQr | Session::PasskeyRequired | Session::PasskeyConfirmation => Ok(None),
        Session::Failed | Session::Stopped if channel.status == ChannelStatus::Connecting => Ok(None),
        Session::Failed | Session::Stopped => {
            let waits = matches!(channel.error_code.as_deref(), Some(session::CODE_EXPIRED | session::LOGGED_OUT));
            Ok((!waits).then_some(Trouble::Down))
        }
        Session::Starting => {
            let since = row.changed_at.plus_seconds(STUCK_SECONDS);
            Ok((ctx.time() > since).then_some(Trouble::Down))
        }
        Session::Working => {
            if let (Intake::Webhook { url, .. }, Some(reports_to)) = (adapter::intake(ctx, channel), &look.reports_to)
                && !reports_to.contains(&url)
            {
                return Ok(Some(Trouble::Deaf));
            }
            let Some(active_at) = look.active_at.map(Time::from) else { return Ok(None) };
            let heard_at = heard_at(tx, scope, channel).await?.unwrap_or(row.changed_at);
            Ok((active_at > heard_at.plus_seconds(SILENT_SECONDS)).then_some(Trouble::Deaf))
        }
    }
}

/// When the last delivery came.
async fn heard_at(tx: &Tx, scope: &CompanyScope, channel: &channel::Model) -> Result<Option<Time>> {
    Ok(channel_event::Entity::find()
        .filter(channel_event::Column::CompanyId.eq(scope.id()))
        .filter(channel_event::Column::ChannelId.eq(channel.id))
        .order_by_desc(channel_event::Column::CreatedAt)
        .one(tx)
        .await?
        .map(|event| event.created_at))
}

type Mended = std::result::Result<&'static str, gateway::error::Error>;

/// One try to mend, when it is time for one; after the last one the alarm.
async fn mend(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    trouble: Trouble,
    provider: &waha::Waha,
) -> Result<Option<Mended>> {
    let row = session::of(&ctx.db().read(scope), scope, channel.id).await?;
    let (tries, last) = row.as_ref().map_or((0, None), |row: &channel_session::Model| {
        (usize::try_from(row.restarts).unwrap_or(0), row.restarted_at)
    });
    let waited = |pause: i64| last.is_none_or(|last| ctx.time() >= last.plus_seconds(pause));
    let Some(pause) = RESTART_AFTER_SECONDS.get(tries) else {
        // As long as the longest pause the last try may take to show.
        if waited(STUCK_SECONDS) {
            let (code, text) = match trouble {
                Trouble::Deaf => (SILENT, "WhatsApp has traffic that does not reach this program."),
                Trouble::Down | Trouble::Gone => (BROKEN, "Restarting the session did not help."),
            };
            let mut tx = ctx.db().begin(scope).await?;
            session::broken(ctx, &mut tx, scope, channel, code, text).await?;
            ctx.commit(tx).await?;
        }
        return Ok(None);
    };
    if !waited(*pause) {
        return Ok(None);
    }
    Ok(Some(match trouble {
        Trouble::Down => provider.restart().await.map(|_| "the session was restarted"),
        Trouble::Deaf | Trouble::Gone => {
            let intake = adapter::intake(ctx, channel);
            provider.connect(&intake).await.map(|_| "the session was set up again")
        }
    }))
}
