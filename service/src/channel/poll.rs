//! Asking for messages where the provider cannot call us: an installation without a public address.

use super::connect::{failed, lane, works};
use super::{adapter, deliver, get};
use crate::ctx::Ctx;
use crate::error::Error;
use crate::job::{self, Claimed, Failure, Job};
use entity::channel;
use entity::stored::ChannelStatus;
use gateway::channel::telegram;
use gateway::error::Kind;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// How long one ask waits for a message; below the patience of a stopping worker.
const WAIT: Duration = Duration::from_secs(10);

/// The longest pause after a fault of ours or of the network.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Asks once, stores what came, and enqueues itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PollChannel {
    pub(crate) channel_id: Uuid,
}

impl Job for PollChannel {
    const KIND: &'static str = "poll_channel";
    // An outage of the provider or the network ends some day, however long it lasts.
    const MAX_ATTEMPTS: i32 = i32::MAX;

    fn unique_key(&self) -> Option<String> {
        Some(format!("poll:{}", self.channel_id))
    }

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Runs [`PollChannel`]. The place in the provider's queue moves after the messages are stored: dying in between brings them
/// again, and the same message twice is one.
pub(crate) async fn run_poll(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    // A begun job keeps its place in the channel's lane, where people's buttons wait behind it: it is never put off for long.
    poll(ctx, claimed).await.map_err(|failure| match failure.retry {
        job::Retry::Later => Failure { retry: job::Retry::After(LONGEST_PAUSE), ..failure },
        _ => failure,
    })
}

async fn poll(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: PollChannel = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    let polls = channel.provider == telegram::NAME
        && matches!(adapter::intake(ctx, &channel), gateway::channel::Intake::Polling)
        && matches!(channel.status, ChannelStatus::Connected | ChannelStatus::Error);
    if !polls {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let offset = channel.settings["offset"].as_i64().unwrap_or(0);
    let provider = match adapter::telegram(ctx, &scope, &channel).await {
        Ok(provider) => provider,
        // No token, nothing to ask with; a new token starts it again.
        Err(Error::NoCredential(_)) => return Ok(job::finish_if_running(ctx, claimed).await?),
        Err(error) => return Err(error.into()),
    };
    let polled = provider.poll(offset, WAIT).await;
    let (next, updates) = match polled {
        Ok(polled) => polled,
        Err(error) => {
            let mut tx = ctx.db().begin(&scope).await?;
            failed(ctx, &mut tx, &scope, &channel, &error).await?;
            if error.kind != Kind::Credentials {
                // A fresh job, not this one put off: nobody waits behind it. A new token starts it again where the old one is dead.
                let next = ctx.time().plus_millis(pause(&channel, &error));
                job::enqueue_unless_waiting(ctx, &mut tx, &scope, &payload, next).await?;
            }
            job::finish(ctx, &mut tx, claimed).await?;
            return Ok(ctx.commit(tx).await?);
        }
    };
    for update in updates {
        deliver::apply(ctx, &scope, &channel, update).await?;
    }
    let mut tx = ctx.db().begin(&scope).await?;
    works(ctx, &mut tx, &scope, &channel, None).await?;
    if next != offset {
        let mut settings = channel.settings.clone();
        settings["offset"] = json!(next);
        channel::Entity::update_many()
            .col_expr(channel::Column::Settings, Expr::value(settings))
            .filter(channel::Column::Id.eq(channel.id))
            .filter(channel::Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await?;
    }
    job::enqueue(ctx, &mut tx, &scope, &payload).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Milliseconds until the next ask after a fault: as the provider says, else more from fault to fault.
fn pause(channel: &channel::Model, error: &gateway::error::Error) -> i64 {
    let pause = match error.retry {
        gateway::error::Retry::After(pause) => pause,
        gateway::error::Retry::Later | gateway::error::Retry::Never => {
            Duration::from_secs(2 << channel.error_count.clamp(0, 5)).min(LONGEST_PAUSE)
        }
    };
    i64::try_from(pause.as_millis()).unwrap_or(i64::MAX)
}
