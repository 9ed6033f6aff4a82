//! What else the company does, by its calendar outside.

use super::connected;
use super::token::{self, Access, Next};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::booking::{Interval, without};
use entity::{booking, integration as integration_table};
use entity::stored::{BookingStatus, ChannelStatus};
use gateway::calendar::Calendar as _;
use gateway::error::{Error as ProviderError, Kind};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::time::Duration;

/// A customer waits: a calendar that does not answer in this time is left out (issue 3.4).
const PATIENCE: Duration = Duration::from_secs(2);
/// Our own bookings that are looked at.
const MOST_OWN: u64 = 5_000;

/// What is taken between two moments by something that is no booking of ours. Nothing when no calendar is connected, and when it
/// does not answer in time: then our own calendar alone decides, and the account is marked. Not to be called within a transaction.
pub(crate) async fn foreign_busy(
    ctx: &Ctx,
    scope: &CompanyScope,
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<Interval>> {
    let row = connected(&ctx.db().read(scope), scope).await?;
    // One that is in error is asked by its own job until it answers again.
    let Some(row) = row.filter(|row| row.status == ChannelStatus::Connected && from < to) else {
        return Ok(Vec::new());
    };
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let (used, answer) = match tokio::time::timeout_at(until, ask(ctx, scope, &row, from, to)).await {
            Ok(answer) => answer?,
            Err(_) => {
                let text = "the calendar did not answer within two seconds";
                (None, Err(ProviderError::new(gateway::calendar::google::NAME, Kind::Unavailable, text)))
            }
        };
        let error = match answer {
            Ok(busy) if busy.is_empty() => return Ok(busy),
            Ok(busy) => return Ok(without(&busy, &own(ctx, scope, from, to).await?)),
            Err(error) => error,
        };
        // An access token that ended says nothing of what is free; a new one that is refused too ends this.
        if token::failed(ctx, scope, &row, used.as_ref(), &error).await? == Next::Again
            && tokio::time::Instant::now() < until
        {
            continue;
        }
        tracing::warn!(integration = %row.id, %error, "times are offered without the calendar outside");
        return Ok(Vec::new());
    }
}

async fn ask(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    from: Timestamp,
    to: Timestamp,
) -> Result<(Option<Access>, std::result::Result<Vec<Interval>, ProviderError>)> {
    Ok(match token::google(ctx, scope, row).await? {
        Ok(open) => (Some(open.access), open.calendar.busy(from, to).await),
        Err(error) => (None, Err(error)),
    })
}

/// Our own bookings that stand in that calendar: they are no reason to refuse a time, their seats are counted by us.
async fn own(ctx: &Ctx, scope: &CompanyScope, from: Timestamp, to: Timestamp) -> Result<Vec<Interval>> {
    let rows = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::Status.eq(BookingStatus::Confirmed))
        .filter(booking::Column::ExternalEventId.is_not_null())
        .filter(booking::Column::StartAt.lt(entity::time::Time::from(to)))
        .filter(booking::Column::EndAt.gt(entity::time::Time::from(from)))
        .limit(MOST_OWN)
        .all(&ctx.db().read(scope))
        .await?;
    Ok(rows.into_iter().map(|row| Interval { start: row.start_at.timestamp(), end: row.end_at.timestamp() }).collect())
}
