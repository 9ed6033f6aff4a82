//! Making an order, and putting one aside.

use super::holds;
use super::timed::{BookOrder, ExpireLink, SendReminder};
use crate::access::CompanyScope;
use crate::company::{self, CompanySettings};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job;
use assistant::turn::OrderDraft;
use domain::booking::{link_open_until, reminder_at};
use domain::catalog::ItemKind;
use domain::order::OrderEvent;
use entity::stored::{BookingKind, BookingStatus, EventKind, OrderStatus, PaymentStatus, ReminderKind};
use entity::{booking, branch, company as company_table, conversation, order, order_line, reminder};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

/// Why an order could not be made: the turn is answered anew with what is true now.
#[derive(Debug)]
pub(crate) enum PlaceError {
    /// The time was taken a moment ago.
    SlotTaken,
    /// Not so many are left.
    StockTaken,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for PlaceError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<sea_orm::DbErr> for PlaceError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

/// What an order is made from, beside the draft.
pub(crate) struct Placing<'a> {
    pub(crate) company: &'a company_table::Model,
    pub(crate) branch: &'a branch::Model,
    pub(crate) conversation: &'a conversation::Model,
    pub(crate) draft: &'a OrderDraft,
    pub(crate) items: &'a [(std::sync::Arc<domain::catalog::Item>, i64)],
    pub(crate) link_token: &'a str,
}

/// Makes the order with its lines and holds; with a link, its expiry and reminder when there is something to pay,
/// else confirmed and booked at once (R118, R128).
pub(crate) async fn place(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    placing: &Placing<'_>,
) -> Result<order::Model, PlaceError> {
    let Placing { company, branch, conversation, draft, .. } = placing;
    let number = next_number(tx, scope).await?;
    let order_id = ctx.new_id();
    let now = ctx.time();
    let quote = &draft.quote;
    let free = quote.is_free();
    let link_minimum = CompanySettings::of(company).link_minimum_hours;
    let expires_at = link_open_until(ctx.now(), draft.payment_reminder_hours, link_minimum);
    let to_i32 = |hours: Option<i64>| hours.and_then(|hours| i32::try_from(hours).ok());
    let order = order::ActiveModel {
        id: Set(order_id),
        company_id: Set(scope.id()),
        branch_id: Set(branch.id),
        number: Set(number),
        conversation_id: Set(conversation.id),
        contact_id: Set(conversation.contact_id),
        status: Set(if free { OrderStatus::Confirmed } else { OrderStatus::Open }),
        payment_status: Set(if free { PaymentStatus::NoPaymentLink } else { PaymentStatus::PaymentLinkSent }),
        currency: Set(company.currency.clone()),
        products_minor: Set(quote.products.minor),
        delivery_minor: Set(quote.delivery.charged.minor),
        travel_minor: Set(quote.travel.charged.minor),
        total_minor: Set(quote.total.minor),
        free_delivery: Set(quote.free_delivery()),
        city: Set(draft.city.clone()),
        name: Set(draft.name.clone()),
        phone: Set(draft.phone.clone()),
        address: Set(draft.address.clone()),
        language: Set(draft.language.code().to_owned()),
        quote: Set(serde_json::to_value(quote).map_err(Error::from)?),
        appointment_start: Set(draft.appointment.map(|slot| slot.start.into())),
        appointment_end: Set(draft.appointment.map(|slot| slot.end.into())),
        delivery_time_hours: Set(to_i32(draft.delivery_time_hours)),
        payment_reminder_hours: Set(to_i32(draft.payment_reminder_hours)),
        link_token: Set((!free).then(|| placing.link_token.to_owned())),
        link_sent_at: Set((!free).then_some(now)),
        link_expires_at: Set((!free).then(|| expires_at.into())),
        paid_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&*tx)
    .await?;
    for (position, line) in quote.lines.iter().enumerate() {
        order_line::Entity::insert(order_line::ActiveModel {
            id: Set(ctx.new_id()),
            company_id: Set(scope.id()),
            order_id: Set(order_id),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            key: Set(line.key.clone()),
            sku: Set(line.sku.clone()),
            name: Set(line.name.clone()),
            kind: Set(line.kind.as_str().to_owned()),
            quantity: Set(line.quantity),
            unit_minor: Set(line.unit_price.minor),
            total_minor: Set(line.total.minor),
        })
        .exec_without_returning(tx)
        .await?;
    }
    take_holds(ctx, tx, scope, placing, &order).await?;
    conversation::Entity::update_many()
        .col_expr(conversation::Column::CurrentOrderId, Expr::value(Some(order_id)))
        .filter(conversation::Column::Id.eq(conversation.id))
        .exec(tx)
        .await?;
    if free {
        job::enqueue(ctx, tx, scope, &BookOrder { order_id, announce: false }).await?;
    } else {
        set_reminder(ctx, tx, scope, &order, draft.payment_reminder_hours).await?;
        job::enqueue_at(ctx, tx, scope, &ExpireLink { order_id }, expires_at.into()).await?;
    }
    crate::event::emit(ctx, tx, scope, EventKind::Order, order_id).await?;
    Ok(order)
}

async fn next_number(tx: &Tx, scope: &CompanyScope) -> Result<i32> {
    company_table::Entity::update_many()
        .col_expr(company_table::Column::NextOrderNumber, Expr::col(company_table::Column::NextOrderNumber).add(1))
        .filter(company_table::Column::Id.eq(scope.id()))
        .exec(tx)
        .await?;
    let company = company_table::Entity::find_by_id(scope.id()).one(tx).await?.ok_or(Error::NotFound("company"))?;
    Ok(company.next_order_number - 1)
}

async fn take_holds(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    placing: &Placing<'_>,
    order: &order::Model,
) -> Result<(), PlaceError> {
    let lines: Vec<_> = placing.items.iter().map(|(item, quantity)| (&**item, *quantity)).collect();
    for (item, quantity) in &lines {
        if let Some(limit) = item.available
            && !holds::hold_stock(ctx, tx, scope, order.id, &item.key, *quantity, limit).await?
        {
            return Err(PlaceError::StockTaken);
        }
    }
    let Some(slot) = placing.draft.appointment else { return Ok(()) };
    let block = domain::booking::block(&lines).map_err(|error| Error::internal(format!("appointment: {error}")))?;
    if !holds::hold_slots(ctx, tx, scope, placing.branch.id, order.id, &block, slot.start).await? {
        return Err(PlaceError::SlotTaken);
    }
    booking::Entity::insert(booking::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        branch_id: Set(placing.branch.id),
        order_id: Set(order.id),
        kind: Set(BookingKind::Appointment),
        status: Set(BookingStatus::Held),
        start_at: Set(slot.start.into()),
        end_at: Set(slot.end.into()),
        city: Set(order.city.clone()),
        title: Set(title(&placing.draft.quote, ItemKind::Service, order)),
        external_event_id: Set(None),
        external_start_at: Set(None),
        external_end_at: Set(None),
        expires_at: Set(order.link_expires_at),
        created_at: Set(ctx.time()),
        updated_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// What a calendar shows: the items of one kind, and for whom.
pub(crate) fn title(quote: &domain::quote::Quote, kind: ItemKind, order: &order::Model) -> String {
    let items: Vec<String> = quote
        .lines
        .iter()
        .filter(|line| line.kind == kind)
        .map(|line| if line.quantity == 1 { line.name.clone() } else { format!("{} × {}", line.quantity, line.name) })
        .collect();
    let text = match &order.name {
        Some(name) => format!("{} · {name}", items.join(", ")),
        None => items.join(", "),
    };
    text.chars().take(300).collect()
}

pub(crate) async fn set_reminder(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    hours: Option<i64>,
) -> Result<()> {
    let Some(due_at) = reminder_at(ctx.now(), hours) else { return Ok(()) };
    new_reminder(ctx, tx, scope, order, ReminderKind::UnpaidLink, due_at.into()).await
}

pub(crate) async fn new_reminder(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    kind: ReminderKind,
    due_at: entity::time::Time,
) -> Result<()> {
    let reminder_id = ctx.new_id();
    reminder::Entity::insert(reminder::ActiveModel {
        id: Set(reminder_id),
        company_id: Set(scope.id()),
        conversation_id: Set(order.conversation_id),
        order_id: Set(order.id),
        kind: Set(kind),
        due_at: Set(due_at),
        sent_at: Set(None),
        cancelled_at: Set(None),
        cancel_reason: Set(None),
        created_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    job::enqueue_at(ctx, tx, scope, &SendReminder { reminder_id, order_id: order.id }, due_at).await?;
    Ok(())
}

/// Ends the reminders of an order that were not sent yet.
pub(crate) async fn cancel_reminders(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order_id: Uuid,
    kind: Option<ReminderKind>,
    reason: &str,
) -> Result<u64> {
    let mut update = reminder::Entity::update_many()
        .col_expr(reminder::Column::CancelledAt, Expr::value(Some(ctx.time().0)))
        .col_expr(reminder::Column::CancelReason, Expr::value(Some(reason.to_owned())))
        .filter(reminder::Column::CompanyId.eq(scope.id()))
        .filter(reminder::Column::OrderId.eq(order_id))
        .filter(reminder::Column::SentAt.is_null())
        .filter(reminder::Column::CancelledAt.is_null());
    if let Some(kind) = kind {
        update = update.filter(reminder::Column::Kind.eq(kind));
    }
    Ok(update.exec(tx).await?.rows_affected)
}

/// Closes everything that waits for an order's payment: pages, holds, reminders, the held booking, the expiry.
pub(crate) async fn close_link(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    reason: &str,
) -> Result<()> {
    crate::payment::close_pages(ctx, tx, scope, order.id).await?;
    holds::release(tx, scope, order.id).await?;
    cancel_reminders(ctx, tx, scope, order.id, None, reason).await?;
    job::cancel(ctx, tx, scope, &ExpireLink { order_id: order.id }.key()).await?;
    let cancelled = booking::Entity::update_many()
        .col_expr(booking::Column::Status, Expr::value(sea_orm::ActiveEnum::to_value(&BookingStatus::Cancelled)))
        .col_expr(booking::Column::UpdatedAt, ctx.time().0.into())
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::OrderId.eq(order.id))
        .filter(booking::Column::Status.ne(BookingStatus::Cancelled))
        .exec(tx)
        .await?;
    if cancelled.rows_affected > 0 {
        crate::calendar::show(ctx, tx, scope, order.id).await?;
        let held = booking::Entity::find().filter(booking::Column::OrderId.eq(order.id)).all(&*tx).await?;
        for row in held {
            crate::event::emit(ctx, tx, scope, EventKind::Booking, row.id).await?;
        }
    }
    Ok(())
}

/// Puts an open unpaid order aside: link expired, holds released, reminders cancelled, once and silently (R121).
pub(crate) async fn put_aside(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, order_id: Uuid) -> Result<bool> {
    let order = super::lock(tx, scope, order_id).await?;
    let mut row = order.clone().into_active_model();
    if super::apply(&order, &mut row, ctx, OrderEvent::PutAside).is_none() {
        return Ok(false);
    }
    row.update(&*tx).await?;
    close_link(ctx, tx, scope, &order, "put_aside").await?;
    crate::event::emit(ctx, tx, scope, EventKind::Order, order_id).await?;
    Ok(true)
}

/// The zone in which a customer of this order is told times.
pub(crate) async fn zone(ctx: &Ctx, scope: &CompanyScope, order: &order::Model) -> Result<jiff::tz::TimeZone> {
    Ok(company::zone(&company::branch(ctx, scope, order.branch_id).await?))
}
