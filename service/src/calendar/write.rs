//! Bookings shown in the calendar outside: put, changed and removed by jobs of the transactions that book.

use super::connected;
use super::token::{self, Next};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::needs_attention;
use crate::job::{self, Claimed, Failure, Job};
use crate::{company, integration, order};
use entity::booking;
use entity::stored::{BookingKind, BookingStatus};
use entity::time::Time;
use gateway::calendar::{Calendar as _, Entry};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait as _, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Makes the calendar outside show a booking as it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WriteBooking {
    pub(crate) booking_id: Uuid,
}

impl Job for WriteBooking {
    const KIND: &'static str = "write_booking";
    // Hours of an outage (reliability.md case 40).
    const MAX_ATTEMPTS: i32 = 40;

    fn unique_key(&self) -> Option<String> {
        Some(format!("write_booking:{}", self.booking_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("booking:{}", self.booking_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.booking_id)
    }
}

/// The entry's id, made from the order (reliability.md case 41): letters and digits that Google takes (base32hex).
pub(super) fn entry_id(row: &booking::Model) -> String {
    let kind = match row.kind {
        BookingKind::Appointment => 'a',
        BookingKind::Delivery => 'd',
    };
    format!("{}{kind}", row.order_id.simple())
}

/// Which booking an entry's id was made for: its order's, of this kind; none: it is no entry of ours.
pub(super) fn booking_of(id: &str) -> Option<(Uuid, BookingKind)> {
    let (order, kind) = id.split_at_checked(32)?;
    let kind = match kind {
        "a" => BookingKind::Appointment,
        "d" => BookingKind::Delivery,
        _ => return None,
    };
    Some((Uuid::try_parse(order).ok()?, kind))
}

/// Has the calendar outside show an order's bookings as they are after this transaction.
pub(crate) async fn show(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, order_id: Uuid) -> Result<()> {
    if connected(&*tx, scope).await?.is_none() {
        return Ok(());
    }
    let rows = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::OrderId.eq(order_id))
        .all(&*tx)
        .await?;
    for row in rows {
        let written = row.external_event_id.is_some();
        if row.status == BookingStatus::Confirmed || (row.status == BookingStatus::Cancelled && written) {
            job::enqueue(ctx, tx, scope, &WriteBooking { booking_id: row.id }).await?;
        }
    }
    Ok(())
}

/// Whether a booking is being written now, or came to be written since a moment: what was read of it then says nothing.
pub(super) async fn is_being_written(ctx: &Ctx, scope: &CompanyScope, booking_id: Uuid, since: Time) -> Result<bool> {
    job::worked_since::<WriteBooking>(ctx, scope, booking_id, since).await
}

/// Another calendar is shown what is ahead: nothing of it stands there yet.
pub(super) async fn forget_ahead(ctx: &Ctx, tx: &Tx, scope: &CompanyScope) -> Result<()> {
    booking::Entity::update_many()
        .col_expr(booking::Column::ExternalEventId, Expr::value(Option::<String>::None))
        .col_expr(booking::Column::ExternalStartAt, Expr::value(Option::<i64>::None))
        .col_expr(booking::Column::ExternalEndAt, Expr::value(Option::<i64>::None))
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::EndAt.gt(ctx.time()))
        .filter(booking::Column::ExternalEventId.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}

async fn find(ctx: &Ctx, scope: &CompanyScope, id: Uuid) -> Result<booking::Model> {
    booking::Entity::find_by_id(id)
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("booking"))
}

/// Runs [`WriteBooking`].
pub(crate) async fn run_write(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: WriteBooking = claimed.payload()?;
    let row = find(ctx, &scope, payload.booking_id).await?;
    let Some(account) = connected(&ctx.db().read(&scope), &scope).await? else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    let id = entry_id(&row);
    let (used, done) = match token::google(ctx, &scope, &account).await? {
        Err(error) => (None, Err(error)),
        Ok(open) => {
            let done = match row.status {
                BookingStatus::Confirmed => open.calendar.put(&entry(ctx, &scope, &row, &id).await?).await,
                BookingStatus::Cancelled => open.calendar.remove(&id).await,
                BookingStatus::Held => Ok(()),
            };
            (Some(open.access), done)
        }
    };
    let error = match done {
        Ok(()) => {
            let mut tx = ctx.db().begin(&scope).await?;
            let stands = row.status == BookingStatus::Confirmed;
            let shown = (stands.then_some(id), stands.then_some(row.start_at), stands.then_some(row.end_at));
            if shown != (row.external_event_id.clone(), row.external_start_at, row.external_end_at) {
                let (id, start, end) = shown;
                booking::Entity::update_many()
                    .col_expr(booking::Column::ExternalEventId, Expr::value(id))
                    .col_expr(booking::Column::ExternalStartAt, Expr::value(start.map(|time| time.0)))
                    .col_expr(booking::Column::ExternalEndAt, Expr::value(end.map(|time| time.0)))
                    .filter(booking::Column::Id.eq(row.id))
                    .filter(booking::Column::CompanyId.eq(scope.id()))
                    .exec(&tx)
                    .await?;
            }
            integration::works(ctx, &mut tx, &scope, &account).await?;
            job::finish(ctx, &mut tx, claimed).await?;
            let now = booking::Entity::find_by_id(row.id).one(&tx).await?;
            if now.is_some_and(|now| now.status != row.status || now.start_at != row.start_at) {
                // It changed while it was being written.
                job::enqueue(ctx, &mut tx, &scope, &payload).await?;
            }
            return Ok(ctx.commit(tx).await?);
        }
        Err(error) => error,
    };
    match token::failed(ctx, &scope, &account, used.as_ref(), &error).await? {
        Next::Again => Err(token::at_once(&error)),
        Next::Later => Err(integration::failure(&error)),
        Next::Never => {
            // The booking stands here and is seen; a person must connect again or enter it by hand.
            let order = order::get(ctx, &scope, row.order_id).await?;
            let mut tx = ctx.db().begin(&scope).await?;
            needs_attention(ctx, &mut tx, &scope, order.conversation_id, "calendar_not_written").await?;
            job::finish(ctx, &mut tx, claimed).await?;
            Ok(ctx.commit(tx).await?)
        }
    }
}

async fn entry(ctx: &Ctx, scope: &CompanyScope, row: &booking::Model, id: &str) -> Result<Entry> {
    let order = order::get(ctx, scope, row.order_id).await?;
    let branch = company::branch(ctx, scope, row.branch_id).await?;
    let who = [order.name.as_deref(), order.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let place = [order.address.as_deref(), row.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    Ok(Entry {
        id: id.to_owned(),
        title: row.title.clone(),
        description: format!("X8 · {} · {who}", order.number),
        place: Some(place).filter(|place| !place.is_empty() && place != "online"),
        start: row.start_at.timestamp(),
        end: row.end_at.timestamp(),
        zone: branch.timezone,
    })
}

/// Bookings ahead that are not shown as they are: a calendar was connected, or connected again after it could not be written to.
pub(super) async fn show_all(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope) -> Result<()> {
    /// More are shown as they change.
    const MOST: u64 = 1_000;
    use sea_orm::{QueryOrder as _, QuerySelect as _};
    let differs = Condition::any()
        .add(booking::Column::ExternalEventId.is_null())
        .add(Expr::col(booking::Column::ExternalStartAt).ne(Expr::col(booking::Column::StartAt)))
        .add(Expr::col(booking::Column::ExternalEndAt).ne(Expr::col(booking::Column::EndAt)));
    let not_shown = Condition::all()
        .add(booking::Column::Status.eq(BookingStatus::Confirmed))
        .add(booking::Column::EndAt.gt(ctx.time()))
        .add(differs);
    let not_removed = Condition::all()
        .add(booking::Column::Status.eq(BookingStatus::Cancelled))
        .add(booking::Column::ExternalEventId.is_not_null())
        .add(booking::Column::ExternalEndAt.gt(ctx.time()));
    let rows = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(Condition::any().add(not_shown).add(not_removed))
        .order_by_asc(booking::Column::StartAt)
        .limit(MOST)
        .all(&*tx)
        .await?;
    for row in rows {
        job::enqueue(ctx, tx, scope, &WriteBooking { booking_id: row.id }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::booking_of;
    use entity::stored::BookingKind;
    use uuid::Uuid;

    #[test]
    fn an_entry_leads_back_to_its_booking_and_others_to_none() {
        let order = Uuid::from_u128(0x019c_adc6_9a85_7009_9421_0451_89f0_4d89);
        assert_eq!(booking_of(&format!("{}a", order.simple())), Some((order, BookingKind::Appointment)));
        assert_eq!(booking_of(&format!("{}d", order.simple())), Some((order, BookingKind::Delivery)));
        let others = ["", "a", "6gq3gohk74o3cb9k65gj2b9k6s", "dentist01", "é", "ééééééééééééééééa"];
        for other in others {
            assert_eq!(booking_of(other), None, "{other}");
        }
        assert_eq!(booking_of(&format!("{}a_20260303T090000Z", order.simple())), None, "one of a row of repeats");
        assert_eq!(booking_of(&format!("{}x", order.simple())), None);
    }
}
