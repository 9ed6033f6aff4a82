//! Orders: a quote the customer confirmed, with its link, its holds, its reminders and its booking.

mod holds;
mod place;
mod read;
mod reschedule;
pub(crate) mod seeding;
mod staff;
mod timed;

pub(crate) use holds::{busy_between, taken_units};
pub(crate) use place::{PlaceError, Placing, cancel_reminders, close_link as close, place, put_aside};
pub use read::{
    OrderFilter, bookings, get, lines, list, order_bookings, order_payments, payments, quote_of, reminders, standing,
};
pub(crate) use reschedule::follow_booking;
pub use reschedule::{free_times, move_booking};
pub use staff::{advance_trial, cancel, cancel_booking, refund, resend_link};
pub use timed::expire_link_now;
pub(crate) use timed::{BookOrder, ExpireLink, SendReminder, book, expire_link, lock, send_reminder};

use crate::ctx::Ctx;
use domain::order::{OrderEvent, OrderState, PaymentStatus};
use entity::order;
use sea_orm::ActiveValue::Set;

/// Where an order stands, as the domain sees it.
#[must_use]
pub fn state(order: &order::Model) -> OrderState {
    OrderState { status: order.status.into(), payment: order.payment_status.into() }
}

/// What an event makes of an order, put into its columns; `None` when it changes nothing or cannot follow.
pub(crate) fn apply(
    order: &order::Model,
    row: &mut order::ActiveModel,
    ctx: &Ctx,
    event: OrderEvent,
) -> Option<OrderState> {
    let before = state(order);
    match domain::order::apply(before, event) {
        Ok(after) if after != before => {
            row.status = Set(after.status.into());
            row.payment_status = Set(after.payment.into());
            row.updated_at = Set(ctx.time());
            if after.payment == PaymentStatus::Paid && before.payment != PaymentStatus::Paid {
                row.paid_at = Set(Some(ctx.time()));
            }
            Some(after)
        }
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(order = %order.id, %error, "an event that cannot follow was passed over");
            None
        }
    }
}

/// Our short link of an order.
#[must_use]
pub fn link_url(ctx: &Ctx, token: &str) -> String {
    format!("{}/p/{token}", ctx.engine().public_url)
}

/// Whether the link may be paid now.
#[must_use]
pub fn link_is_open(ctx: &Ctx, order: &order::Model) -> bool {
    order.payment_status == entity::stored::PaymentStatus::PaymentLinkSent
        && order.link_expires_at.is_some_and(|until| ctx.time() < until)
}

/// The customer's language of an order.
#[must_use]
pub fn language(order: &order::Model) -> domain::language::Language {
    domain::language::Language::from_code(&order.language).unwrap_or(domain::language::Language::En)
}

/// A sum of an order.
#[must_use]
pub fn money(order: &order::Model, minor: i64) -> domain::money::Money {
    let currency = domain::money::Currency::parse(&order.currency).unwrap_or(domain::money::Currency::EUR);
    domain::money::Money::new(minor, currency)
}

/// Ends what waited for the payment: its reminders and the expiry of its link.
pub(crate) async fn cancel_link_work(
    ctx: &Ctx,
    tx: &mut crate::db::Tx,
    scope: &crate::access::CompanyScope,
    order_id: uuid::Uuid,
) -> crate::error::Result<()> {
    cancel_reminders(ctx, tx, scope, order_id, Some(entity::stored::ReminderKind::UnpaidLink), "paid").await?;
    crate::job::cancel(ctx, tx, scope, &ExpireLink { order_id }.key()).await?;
    Ok(())
}
