//! Moving a booking, and making an appointment longer or shorter.

use super::holds;
use super::place::{cancel_reminders, new_reminder};
use super::staff::{block_of, tell, with_conversation};
use crate::access::CompanyScope;
use crate::company;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use assistant::notice::Notice;
use assistant::turn::FreeSlot;
use domain::booking::{ChangeError, Interval};
use entity::stored::{BookingKind, BookingStatus, EventKind, OrderStatus, ReminderKind};
use entity::{booking, order};
use jiff::Timestamp;
use jiff::civil::Date;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use uuid::Uuid;

const SECONDS_A_DAY: i64 = 24 * 3600;

async fn find(db: &impl ConnectionTrait, scope: &CompanyScope, booking_id: Uuid) -> Result<booking::Model> {
    booking::Entity::find_by_id(booking_id)
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound("booking"))
}

fn refused(error: ChangeError, end_given: bool) -> Error {
    let end = if end_given { "end" } else { "start" };
    match error {
        ChangeError::Past => Error::invalid("start", "PAST", "The new time lies in the past."),
        ChangeError::TooShort => Error::invalid(end, "VISIT_TOO_SHORT", "An appointment lasts at least five minutes."),
        ChangeError::TooLong => Error::invalid(end, "VISIT_TOO_LONG", "An appointment lasts at most a day."),
        ChangeError::Closed => Error::invalid("start", "CLOSED", "The branch is closed at that time."),
    }
}

/// Moves a booking to `start`; an appointment also gets the `end`, when one is given, else the length stays. Its seats are
/// taken by the constraint of the database, its reminder of the visit moves along, and the customer is told. A change that
/// changes nothing tells nobody.
///
/// # Errors
/// `NotFound`; `Invalid` when the booking was called off, the time is past, outside the hours or taken, here or in the company's
/// calendar outside, when a delivery is to get another length, or when a service of the appointment is no longer in the catalogue.
pub async fn move_booking(
    ctx: &Ctx,
    scope: &CompanyScope,
    booking_id: Uuid,
    start: Timestamp,
    end: Option<Timestamp>,
) -> Result<booking::Model> {
    let row = find(&ctx.db().read(scope), scope, booking_id).await?;
    if row.kind == BookingKind::Appointment && row.status != BookingStatus::Cancelled {
        let from = Interval { start: row.start_at.timestamp(), end: row.end_at.timestamp() };
        // Whatever else is wrong with the time is said below.
        if let Ok(to) = domain::booking::change(from, start, end, ctx.now(), None)
            && to != from
            && crate::calendar::foreign_busy(ctx, scope, to.start, to.end)
                .await?
                .iter()
                .any(|taken| taken.overlaps(&to))
        {
            let text = "The company's calendar outside has something else at that time.";
            return Err(Error::invalid("start", "TAKEN_OUTSIDE", text));
        }
    }
    follow_booking(ctx, scope, booking_id, start, end).await
}

/// The same for who sees that calendar: moved there by hand.
pub(crate) async fn follow_booking(
    ctx: &Ctx,
    scope: &CompanyScope,
    booking_id: Uuid,
    start: Timestamp,
    end: Option<Timestamp>,
) -> Result<booking::Model> {
    let row = find(&ctx.db().read(scope), scope, booking_id).await?;
    if end.is_some() && row.kind == BookingKind::Delivery {
        return Err(Error::invalid("end", "DELIVERY_LENGTH", "Only an appointment can be made longer or shorter."));
    }
    let before = super::get(ctx, scope, row.order_id).await?;
    let conversation = with_conversation(ctx, scope, &before).await?;
    let branch = company::branch(ctx, scope, row.branch_id).await?;
    let (hours, zone) = (company::hours(&branch), company::zone(&branch));
    let block = match row.kind {
        BookingKind::Appointment => Some(block_of(ctx, scope, &super::quote_of(&before)?).await?),
        BookingKind::Delivery => None,
    };

    let mut tx = ctx.db().begin(scope).await?;
    // A payment, an expiry and another move of the same order wait here: what is read from now on is what holds.
    let order = super::timed::lock(&tx, scope, row.order_id).await?;
    let row = find(&tx, scope, booking_id).await?;
    if row.status == BookingStatus::Cancelled {
        return Err(Error::invalid("id", "CANCELLED", "The booking was called off."));
    }
    let from = Interval { start: row.start_at.timestamp(), end: row.end_at.timestamp() };
    let open = block.is_some().then_some((&hours, &zone));
    let to =
        domain::booking::change(from, start, end, ctx.now(), open).map_err(|error| refused(error, end.is_some()))?;
    if to == from {
        return Ok(row);
    }
    let kind = row.kind;
    if let Some(block) = block {
        let minutes = (to.end.as_second() - to.start.as_second() + 59) / 60;
        let block = block.and_then(|block| block.lasting(minutes));
        let Some(block) = block else { return Err(without_block(end)) };
        holds::release_slots(&tx, scope, order.id).await?;
        if !holds::hold_slots(ctx, &tx, scope, row.branch_id, order.id, &block, to.start).await? {
            return Err(Error::invalid("start", "TIME_TAKEN", "That time is taken."));
        }
        let mut changed = order.clone().into_active_model();
        changed.appointment_start = Set(Some(to.start.into()));
        changed.appointment_end = Set(Some(to.end.into()));
        changed.updated_at = Set(ctx.time());
        changed.update(&tx).await?;
        if to.start != from.start {
            remind_anew(ctx, &mut tx, scope, &order, to.start).await?;
        }
    }
    let mut changed = row.into_active_model();
    changed.start_at = Set(to.start.into());
    changed.end_at = Set(to.end.into());
    changed.updated_at = Set(ctx.time());
    let row = changed.update(&tx).await?;
    let notice = if to.start == from.start {
        Notice::Lasts { number: order.number, start: to.start, end: to.end }
    } else {
        Notice::Moved { number: order.number, start: to.start, delivery: kind == BookingKind::Delivery }
    };
    tell(ctx, &mut tx, scope, &order, &conversation, &notice).await?;
    crate::calendar::show(ctx, &mut tx, scope, order.id).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Booking, booking_id).await?;
    ctx.commit(tx).await?;
    Ok(row)
}

/// Why the seats of a changed appointment cannot be reckoned.
fn without_block(end: Option<Timestamp>) -> Error {
    if end.is_some() {
        return Error::invalid(
            "end",
            "VISIT_TOO_SHORT",
            "The appointment has several parts, and its last would not take place.",
        );
    }
    Error::invalid("id", "ITEM_GONE", "A service of this appointment is no longer in the catalogue.")
}

/// The reminder of the visit goes out a day before the new time; an appointment less than a day ahead has none.
async fn remind_anew(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    start: Timestamp,
) -> Result<()> {
    if order.status != OrderStatus::Booked {
        return Ok(());
    }
    cancel_reminders(ctx, tx, scope, order.id, Some(ReminderKind::Visit), "moved").await?;
    let day_before = entity::time::Time::from(start).plus_seconds(-SECONDS_A_DAY);
    if day_before > ctx.time() {
        new_reminder(ctx, tx, scope, order, ReminderKind::Visit, day_before).await?;
    }
    Ok(())
}

/// Free starts to which an appointment can be moved, soonest first; its own seats count as free. None for a delivery, which
/// is bound to no seat.
///
/// # Errors
/// `NotFound`.
pub async fn free_times(
    ctx: &Ctx,
    scope: &CompanyScope,
    booking: &booking::Model,
    from: Date,
    to: Date,
    limit: usize,
) -> Result<Vec<FreeSlot>> {
    if booking.kind == BookingKind::Delivery || booking.status == BookingStatus::Cancelled {
        return Ok(Vec::new());
    }
    let order = super::get(ctx, scope, booking.order_id).await?;
    let minutes = (booking.end_at.timestamp().as_second() - booking.start_at.timestamp().as_second() + 59) / 60;
    let block = block_of(ctx, scope, &super::quote_of(&order)?).await?.and_then(|block| block.lasting(minutes));
    let Some(block) = block else { return Ok(Vec::new()) };
    let branch = company::branch(ctx, scope, booking.branch_id).await?;
    crate::turn::free_slots(ctx, scope, &branch, &block, from, to, limit, Some(order.id), None).await
}
