//! Asking for messages where the provider cannot call us: an installation without a public address.

use super::connect::{failed, failure, lane, works};
use super::{adapter, deliver, get};
use crate::ctx::Ctx;
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
    let polled = adapter::telegram(ctx, &scope, &channel).await?.poll(offset, WAIT).await;
    let (next, updates) = match polled {
        Ok(polled) => polled,
        Err(error) => {
            let mut tx = ctx.db().begin(&scope).await?;
            failed(ctx, &mut tx, &scope, &channel, &error).await?;
            if error.kind == Kind::Credentials {
                // A new token starts it again.
                job::finish(ctx, &mut tx, claimed).await?;
                return Ok(ctx.commit(tx).await?);
            }
            ctx.commit(tx).await?;
            let mut failure = failure(&error);
            if failure.retry == job::Retry::Never {
                failure.retry = job::Retry::Later;
            }
            return Err(failure);
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
