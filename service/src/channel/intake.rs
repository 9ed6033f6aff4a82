//! Whether bots deliver to where this program is now: its public address may be new, or gone, since they were connected. WAHA's
//! sessions are under [`watch`](super::watch) for the same.

use super::connect::{ConnectChannel, failed, lane};
use super::poll::PollChannel;
use super::{adapter, get};
use crate::access;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::channel;
use entity::stored::ChannelStatus;
use gateway::channel::{Intake, telegram};
use gateway::error::Kind;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Channels that are read at once.
const PAGE: u64 = 500;
/// Between the asks of an installation's bots: no provider is asked for all of them in one moment.
const BETWEEN_MS: i64 = 200;

/// Compares where a bot delivers to with where it should.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CheckIntake {
    pub(crate) channel_id: Uuid,
}

impl Job for CheckIntake {
    const KIND: &'static str = "check_intake";

    fn unique_key(&self) -> Option<String> {
        Some(format!("intake:{}", self.channel_id))
    }

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

fn works(status: ChannelStatus) -> bool {
    matches!(status, ChannelStatus::Connected | ChannelStatus::Error)
}

/// Has every bot of the installation looked at: at a worker's start, and once an hour.
///
/// # Errors
/// When the database does not answer.
pub async fn check_intakes(ctx: &Ctx) -> Result<()> {
    let (mut after, mut at) = (None, ctx.time());
    loop {
        let mut find = channel::Entity::find()
            .filter(channel::Column::Provider.eq(telegram::NAME))
            .filter(channel::Column::Status.is_in([ChannelStatus::Connected, ChannelStatus::Error]))
            .order_by_asc(channel::Column::Id)
            .limit(PAGE);
        if let Some(last) = after {
            find = find.filter(channel::Column::Id.gt(last));
        }
        let page = find.all(&ctx.db().read_across()).await?;
        for channel in &page {
            let scope = access::for_channel_row(channel);
            let mut tx = ctx.db().begin(&scope).await?;
            job::enqueue_unless_waiting(ctx, &mut tx, &scope, &CheckIntake { channel_id: channel.id }, at).await?;
            ctx.commit(tx).await?;
            at = at.plus_millis(BETWEEN_MS);
        }
        match page.last() {
            Some(last) if page.len() as u64 == PAGE => after = Some(last.id),
            _ => return Ok(()),
        }
    }
}

/// Runs [`CheckIntake`]. A provider that does not answer is asked again in an hour.
pub(crate) async fn run_check(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: CheckIntake = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    if channel.provider != telegram::NAME || !works(channel.status) {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let wanted = match adapter::intake(ctx, &channel) {
        Intake::Webhook { url, .. } => Some(url),
        Intake::Polling => None,
    };
    let found = match adapter::telegram(ctx, &scope, &channel).await {
        Ok(provider) => provider.reports_to().await,
        // No token, nothing to look with.
        Err(Error::NoCredential(_)) => return Ok(job::finish_if_running(ctx, claimed).await?),
        Err(error) => return Err(error.into()),
    };
    let mut tx = ctx.db().begin(&scope).await?;
    match found {
        Ok(found) if found != wanted => {
            tracing::info!(channel = %channel.id, "a bot delivers elsewhere and is connected again");
            job::enqueue(ctx, &mut tx, &scope, &ConnectChannel::of(channel.id)).await?;
        }
        Ok(None) => {
            let ask = PollChannel { channel_id: channel.id };
            job::enqueue_unless_waiting(ctx, &mut tx, &scope, &ask, ctx.time()).await?;
        }
        Ok(Some(_)) => {}
        Err(error) if error.kind == Kind::Credentials => {
            failed(ctx, &mut tx, &scope, &channel, &error).await?;
        }
        Err(error) => tracing::debug!(channel = %channel.id, %error, "nobody says where a bot delivers to"),
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}
