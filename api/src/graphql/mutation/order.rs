//! Orders and bookings as staff handle them.

use super::payloads;
use crate::graphql::error::{ApiError, payload};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::DateTime;
use crate::graphql::types::{Booking, Order};
use async_graphql::{Context, ID, InputObject, Object};
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::order as orders;
use service::row::{booking, order};
use uuid::Uuid;

/// Orders and bookings as staff handle them.
#[derive(Default)]
pub(crate) struct OrderMutation;

payloads! {
    /// An order, or why it was not changed.
    OrderPayload {
        /// The order.
        order: Order
    }
    /// A booking, or why it was not changed.
    BookingPayload {
        /// The booking.
        booking: Booking
    }
}

/// Which order.
#[derive(InputObject)]
struct OrderInput {
    /// Which.
    id: ID,
}

/// Where a booking goes.
#[derive(InputObject)]
struct MoveBookingInput {
    /// Which.
    id: ID,
    /// Its new start.
    start: DateTime,
    /// Its new end, for appointments; without it the length stays.
    end: Option<DateTime>,
}

/// Which booking.
#[derive(InputObject)]
struct BookingInput {
    /// Which.
    id: ID,
}

async fn find<'a>(ctx: &Context<'a>, input: &OrderInput) -> service::Result<(&'a Ctx, CompanyScope, Uuid)> {
    let op = signed_in(ctx)?;
    let id = Kind::Order.read("id", &input.id)?;
    let (scope, _) = access::of::<order::Entity>(op, id, "order").await?;
    Ok((op, scope, id))
}

/// Orders and bookings as staff handle them.
#[Object]
impl OrderMutation {
    /// Calls an unpaid order off; the customer is told. For people who manage the company.
    async fn cancel_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: OrderInput,
    ) -> Result<OrderPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, &input).await?;
            let row = orders::cancel(op, &scope, id).await?;
            Ok(Order::new(scope, row))
        };
        payload(change.await)
    }

    /// Sends the payment link once more, or opens an ended one anew.
    async fn resend_payment_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: OrderInput,
    ) -> Result<OrderPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, &input).await?;
            let row = orders::resend_link(op, &scope, id).await?;
            Ok(Order::new(scope, row))
        };
        payload(change.await)
    }

    /// Gives the money of a paid order back. For people who manage the company.
    async fn refund_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: OrderInput,
    ) -> Result<OrderPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, &input).await?;
            let row = orders::refund(op, &scope, id).await?;
            Ok(Order::new(scope, row))
        };
        payload(change.await)
    }

    /// Moves a booking, or makes an appointment longer or shorter; the customer is told.
    async fn move_booking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where it goes.")] input: MoveBookingInput,
    ) -> Result<BookingPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Booking.read("id", &input.id)?;
            let (scope, _) = access::of::<booking::Entity>(op, id, "booking").await?;
            let row = orders::move_booking(op, &scope, id, input.start.0, input.end.map(|end| end.0)).await?;
            Ok(Booking::new(scope, row))
        };
        payload(change.await)
    }

    /// Calls a booking off: its unpaid or free order is cancelled and the customer told; that of a paid order ends with its
    /// refund. For people who manage the company.
    async fn cancel_booking(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which booking.")] input: BookingInput,
    ) -> Result<BookingPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Booking.read("id", &input.id)?;
            let (scope, _) = access::of::<booking::Entity>(op, id, "booking").await?;
            let row = orders::cancel_booking(op, &scope, id).await?;
            Ok(Booking::new(scope, row))
        };
        payload(change.await)
    }
}
