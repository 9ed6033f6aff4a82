//! What people did in the calendar outside: entries of ours that were moved or removed by hand.

use super::connected;
use super::token::{self, Next};
use super::watch;
use super::write::{self, WriteBooking};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::needs_attention;
use crate::integration::account_job;
use crate::job::{self, Claimed, Failure};
use crate::{integration, order};
use entity::stored::{BookingKind, BookingStatus, EventKind};
use entity::time::Time;
use entity::{booking, integration as integration_table};
use gateway::calendar::google::Google;
use gateway::calendar::{Calendar as _, Change, Changes};
use gateway::error::{Error as ProviderError, Kind, Retry};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder as _, QuerySelect as _};
use serde_json::json;
use std::collections::HashSet;

/// So often the calendar is asked what changed.
pub(super) const EVERY_SECONDS: i64 = 300;
/// A full reading begins so long before now: what is over is nobody's to move.
const BACK_SECONDS: i64 = 30 * 24 * 3_600;
/// Bookings ahead that a full reading looks for.
const MOST_AHEAD: u64 = 5_000;

account_job!(
    /// Asks a calendar what changed, and asks again after a while. Nobody would begin anew, so it is tried for months: what fails here
    /// is our own database.
    SyncCalendar, "sync_calendar", joins "sync_calendar", attempts 10_000
);

/// Runs [`SyncCalendar`]. Whatever Google answers, it is asked again; only a dead consent ends that, and connecting or checking
/// again begins anew.
pub(crate) async fn run_sync(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SyncCalendar = claimed.payload()?;
    let account = connected(&ctx.db().read(&scope), &scope).await?.filter(|row| row.id == payload.integration_id);
    let Some(account) = account else { return Ok(job::finish_if_running(ctx, claimed).await?) };
    let mut mark = account.settings["mark"].as_str().map(str::to_owned);
    let (used, calendar) = match token::google(ctx, &scope, &account).await? {
        Ok(open) => (Some(open.access), Ok(open.calendar)),
        Err(error) => (None, Err(error)),
    };
    let mut renewed = None;
    let began = ctx.time();
    let pause = match read(ctx, &scope, &account, &calendar, mark.as_deref()).await? {
        Ok(changes) => {
            if follow(ctx, &scope, changes.entries, mark.is_none(), began).await? {
                mark = changes.mark;
            }
            if let Ok(calendar) = &calendar {
                renewed = watch::renew(ctx, &account, calendar).await;
            }
            Some(EVERY_SECONDS)
        }
        // The mark is too old (410), or is not taken for another reason: everything is read anew.
        Err(error) if matches!(error.kind, Kind::Gone | Kind::Request) && mark.is_some() => {
            tracing::info!(integration = %account.id, %error, "a calendar is read from its beginning");
            mark = None;
            Some(1)
        }
        Err(error) => match token::failed(ctx, &scope, &account, used.as_ref(), &error).await? {
            Next::Again => Some(1),
            Next::Never if error.kind == Kind::Credentials => None,
            Next::Never | Next::Later => Some(match error.retry {
                Retry::After(pause) => i64::try_from(pause.as_secs()).unwrap_or(EVERY_SECONDS),
                Retry::Later | Retry::Never => EVERY_SECONDS,
            }),
        },
    };
    let mut tx = ctx.db().begin(&scope).await?;
    let (mut settings, superfluous) = renewed.unwrap_or_else(|| (account.settings.clone(), None));
    settings["mark"] = json!(mark);
    if settings != account.settings {
        integration_table::Entity::update_many()
            .col_expr(integration_table::Column::Settings, Expr::value(settings))
            .filter(integration_table::Column::Id.eq(account.id))
            .filter(integration_table::Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    if let Some(pause) = pause {
        // A push that came meanwhile wants it sooner.
        let next = ctx.time().plus_seconds(pause);
        job::enqueue_unless_waiting(ctx, &mut tx, &scope, &payload, next).await?;
    }
    ctx.commit(tx).await?;
    if let (Ok(calendar), Some(old)) = (&calendar, &superfluous) {
        watch::stop(&account, calendar, old).await;
    }
    Ok(())
}

async fn read(
    ctx: &Ctx,
    scope: &CompanyScope,
    account: &integration_table::Model,
    calendar: &std::result::Result<Google, ProviderError>,
    mark: Option<&str>,
) -> Result<std::result::Result<Changes, ProviderError>> {
    let changes = match calendar {
        Ok(calendar) => calendar.changes(mark, ctx.time().plus_seconds(-BACK_SECONDS).timestamp()).await,
        Err(error) => Err(error.clone()),
    };
    if let Ok(changes) = &changes {
        let mut tx = ctx.db().begin(scope).await?;
        integration::works(ctx, &mut tx, scope, account).await?;
        ctx.commit(tx).await?;
        tracing::debug!(integration = %account.id, changed = changes.entries.len(), "a calendar was read");
    }
    Ok(changes)
}

/// Follows what was read, each entry by itself: one that fails stops no other. False when some of it is to be read again: the
/// database did not answer, or our own write came between.
async fn follow(ctx: &Ctx, scope: &CompanyScope, entries: Vec<Change>, full: bool, began: Time) -> Result<bool> {
    let mut changes: Vec<Change> = entries.into_iter().filter(|change| !(full && change.removed)).collect();
    if full {
        changes.extend(missing(ctx, scope, &changes).await?);
    }
    let mut all = true;
    for change in changes {
        match apply(ctx, scope, &change, began).await {
            Ok(done) => all &= done,
            Err(error) => {
                all &= !error.passes();
                tracing::error!(event = change.id, reason = error.private(), "a change in a calendar is not followed");
            }
        }
    }
    Ok(all)
}

/// Entries of ours ahead that a full reading does not name: they were removed while nobody read.
async fn missing(ctx: &Ctx, scope: &CompanyScope, standing: &[Change]) -> Result<Vec<Change>> {
    let standing: HashSet<&str> = standing.iter().map(|change| change.id.as_str()).collect();
    let written: Vec<Option<String>> = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::Status.eq(BookingStatus::Confirmed))
        .filter(booking::Column::ExternalEventId.is_not_null())
        .filter(booking::Column::StartAt.gt(ctx.time()))
        .select_only()
        .column(booking::Column::ExternalEventId)
        .order_by_asc(booking::Column::StartAt)
        .limit(MOST_AHEAD)
        .into_tuple()
        .all(&ctx.db().read(scope))
        .await?;
    let gone = written.into_iter().flatten().filter(|id| !standing.contains(id.as_str()));
    Ok(gone.map(|id| Change { id, time: None, removed: true }).collect())
}

/// One entry that changed. What is not ours is none of our business, and what stands there as we wrote it is nobody's hand.
/// False when that cannot be told, because we write it ourselves now, or did after the reading began.
async fn apply(ctx: &Ctx, scope: &CompanyScope, change: &Change, began: Time) -> Result<bool> {
    // A full reading names everything else that stands there: none of it costs a look into our bookings.
    let Some((order_id, kind)) = write::booking_of(&change.id) else { return Ok(true) };
    let found = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::OrderId.eq(order_id))
        .filter(booking::Column::Kind.eq(kind))
        .filter(booking::Column::ExternalEventId.eq(change.id.as_str()))
        .filter(booking::Column::Status.eq(BookingStatus::Confirmed))
        .one(&ctx.db().read(scope))
        .await?;
    let Some(row) = found else { return Ok(true) };
    if let Some(time) = change.time {
        let start = row.external_start_at.unwrap_or(row.start_at).timestamp();
        let end = row.external_end_at.unwrap_or(row.end_at).timestamp();
        let same_start = time.start.as_second() == start.as_second();
        let same_end = time.end.as_second() == end.as_second();
        if same_start && (same_end || row.kind == BookingKind::Delivery) {
            return Ok(true);
        }
    }
    if write::is_being_written(ctx, scope, row.id, began).await? {
        return Ok(false);
    }
    if change.removed {
        mark(ctx, scope, &row, "calendar_removed", true).await?;
        return Ok(true);
    }
    let Some(time) = change.time else {
        // It lasts whole days now: no time that a customer could be told.
        mark(ctx, scope, &row, "calendar_move_refused", false).await?;
        return Ok(true);
    };
    let end = (row.kind == BookingKind::Appointment).then_some(time.end);
    match order::follow_booking(ctx, scope, row.id, time.start, end).await {
        Ok(_) => {}
        Err(Error::Invalid(_)) => mark(ctx, scope, &row, "calendar_move_refused", false).await?,
        Err(error) => return Err(error),
    }
    Ok(true)
}

/// Staff decide: the customer has paid for what was booked. An entry that could not follow goes back to our time.
async fn mark(ctx: &Ctx, scope: &CompanyScope, row: &booking::Model, reason: &str, removed: bool) -> Result<()> {
    let order = order::get(ctx, scope, row.order_id).await?;
    let mut tx = ctx.db().begin(scope).await?;
    needs_attention(ctx, &mut tx, scope, order.conversation_id, reason).await?;
    if removed {
        booking::Entity::update_many()
            .col_expr(booking::Column::ExternalEventId, Expr::value(Option::<String>::None))
            .filter(booking::Column::Id.eq(row.id))
            .filter(booking::Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await?;
    } else {
        job::enqueue(ctx, &mut tx, scope, &WriteBooking { booking_id: row.id }).await?;
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Booking, row.id).await?;
    ctx.commit(tx).await
}
