//! What else the company does, by its calendar outside.

use super::connected;
use super::token::{self, Next, Open};
use super::write::entry_id;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::booking::{Interval, without};
use entity::stored::{BookingStatus, ChannelStatus};
use entity::time::Time;
use entity::{booking, integration as integration_table};
use gateway::calendar::{Calendar as _, Taken};
use gateway::error::{Error as ProviderError, Kind};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use std::collections::HashSet;
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
        let (open, answer) = match tokio::time::timeout_at(until, ask(ctx, scope, &row, from, to)).await {
            Ok(answer) => answer?,
            Err(_) => {
                let text = "the calendar did not answer within two seconds";
                (None, Err(ProviderError::new(gateway::calendar::google::NAME, Kind::Unavailable, text)))
            }
        };
        let error = match answer {
            Ok(busy) if busy.is_empty() => return Ok(busy),
            Ok(busy) => {
                let own = own(ctx, scope, from, to).await?;
                let times: Vec<Interval> = own.iter().flat_map(times).collect();
                let mut foreign = without(&busy, &times);
                if let Some(open) = open
                    && busy.iter().any(|busy| times.iter().any(|own| own.overlaps(busy)))
                {
                    match tokio::time::timeout_at(until, open.calendar.taken(from, to)).await {
                        Ok(Ok(taken)) => foreign.extend(beside(&busy, taken, &own)),
                        // What stands at no time of ours is known all the same.
                        Ok(Err(error)) => {
                            tracing::warn!(integration = %row.id, %error, "entries beside our own are not seen")
                        }
                        Err(_) => tracing::warn!(integration = %row.id, "entries beside our own did not come in time"),
                    }
                }
                return Ok(foreign);
            }
            Err(error) => error,
        };
        // An access token that ended says nothing of what is free; a new one that is refused too ends this.
        let used = open.as_ref().map(|open| &open.access);
        if token::failed(ctx, scope, &row, used, &error).await? == Next::Again && tokio::time::Instant::now() < until {
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
) -> Result<(Option<Open>, std::result::Result<Vec<Interval>, ProviderError>)> {
    Ok(match token::google(ctx, scope, row).await? {
        Ok(open) => {
            let busy = open.calendar.busy(from, to).await;
            (Some(open), busy)
        }
        Err(error) => (None, Err(error)),
    })
}

/// What stands in that calendar at the very times of our own bookings and is none of them: free/busy joins what overlaps, and
/// somebody else may be asked for at that time.
fn beside(busy: &[Interval], taken: Vec<Taken>, own: &[booking::Model]) -> Vec<Interval> {
    let ours: HashSet<String> = own.iter().map(entry_id).collect();
    let others: Vec<Interval> = taken.into_iter().filter(|one| !ours.contains(&one.id)).map(|one| one.time).collect();
    // Only as far as it is busy: what takes time is Google's to say.
    without(&others, &without(&others, busy))
}

/// What of that calendar is of our own making: it is no reason to refuse a time, seats are counted by us. A booking may stand there
/// before we know that it does (the answer was lost), and at its old time, or called off, until a change of it comes through.
async fn own(ctx: &Ctx, scope: &CompanyScope, from: Timestamp, to: Timestamp) -> Result<Vec<booking::Model>> {
    let (from, to) = (Time::from(from), Time::from(to));
    let stands = Condition::all()
        .add(booking::Column::Status.eq(BookingStatus::Confirmed))
        .add(booking::Column::StartAt.lt(to))
        .add(booking::Column::EndAt.gt(from));
    let written = Condition::all()
        .add(booking::Column::ExternalEventId.is_not_null())
        .add(booking::Column::ExternalStartAt.lt(to))
        .add(booking::Column::ExternalEndAt.gt(from));
    Ok(booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(Condition::any().add(stands).add(written))
        .limit(MOST_OWN)
        .all(&ctx.db().read(scope))
        .await?)
}

/// When a booking of ours stands, and when its entry outside does.
fn times(row: &booking::Model) -> impl Iterator<Item = Interval> {
    let between = |start: Time, end: Time| Interval { start: start.timestamp(), end: end.timestamp() };
    let stands = (row.status == BookingStatus::Confirmed).then(|| between(row.start_at, row.end_at));
    let written = row.external_event_id.as_ref().and(row.external_start_at).zip(row.external_end_at);
    stands.into_iter().chain(written.map(|(start, end)| between(start, end)))
}
