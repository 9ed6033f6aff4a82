//! What staff do with orders and bookings.

use super::holds;
use super::place::{close_link, set_reminder, zone};
use super::timed::load;
use crate::access::CompanyScope;
use crate::company;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{self, NewOutbound, store_outbound};
use crate::job;
use assistant::notice::Notice;
use domain::booking::{Block, Interval};
use domain::catalog::{Item, ItemKind};
use domain::order::OrderEvent;
use domain::quote::Quote;
use entity::stored::{BookingStatus, EventKind, OrderStatus, PaymentState, PaymentStatus};
use entity::{booking, conversation, order, payment, reminder};
use jiff::Timestamp;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder as _,
    sea_query::{Expr, ExprTrait},
};
use std::sync::Arc;
use uuid::Uuid;

/// The catalogue rows of a quote as they are now; rows that are gone are left out.
pub(crate) async fn items_of(ctx: &Ctx, scope: &CompanyScope, quote: &Quote) -> Result<Vec<(Arc<Item>, i64)>> {
    let Some((_, catalogue)) = crate::catalog::published(ctx, scope).await? else { return Ok(Vec::new()) };
    Ok(quote
        .lines
        .iter()
        .filter_map(|line| {
            let item = catalogue.items().iter().find(|item| item.key == line.key)?;
            Some((Arc::clone(item), line.quantity))
        })
        .collect())
}

/// What the appointment of an order occupies; `None` when it has none, or one of its services is no longer in the catalogue, so
/// that nobody knows whose time to take.
pub(crate) async fn block_of(ctx: &Ctx, scope: &CompanyScope, quote: &Quote) -> Result<Option<Block>> {
    let items = items_of(ctx, scope, quote).await?;
    let services = quote.lines.iter().filter(|line| line.kind == ItemKind::Service);
    for line in services {
        if !items.iter().any(|(item, _)| item.key == line.key) {
            return Ok(None);
        }
    }
    let lines: Vec<_> = items.iter().map(|(item, quantity)| (&**item, *quantity)).collect();
    let block = domain::booking::block(&lines).map_err(|error| Error::internal(format!("appointment: {error}")))?;
    Ok((!block.parts.is_empty()).then_some(block))
}

/// The same, as long as staff made it.
pub(crate) async fn block_of_order(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: &order::Model,
    quote: &Quote,
) -> Result<Option<Block>> {
    let block = block_of(ctx, scope, quote).await?;
    let (Some(start), Some(end)) = (order.appointment_start, order.appointment_end) else { return Ok(block) };
    Ok(block.and_then(|block| block.lasting((end.0 - start.0) / 60_000_000)))
}

/// The next free starts for an order's appointment, within two weeks. `foreign`: what the company's calendar outside says is taken.
pub(crate) async fn free_starts(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: &order::Model,
    quote: &Quote,
    limit: usize,
    foreign: &[Interval],
) -> Result<Vec<Timestamp>> {
    let Some(block) = block_of_order(ctx, scope, order, quote).await? else { return Ok(Vec::new()) };
    let branch = company::branch(ctx, scope, order.branch_id).await?;
    let zone = company::zone(&branch);
    let today = zone.to_datetime(ctx.now()).date();
    let to = today.saturating_add(jiff::Span::new().days(14));
    let except = Some(order.id);
    let slots =
        crate::turn::free_slots(ctx, scope, &branch, &block, today, to, usize::MAX, except, Some(foreign)).await?;
    let even = |start: &Timestamp| zone.to_datetime(*start).minute() % 30 == 0;
    Ok(slots.into_iter().map(|slot| slot.start).filter(even).take(limit).collect())
}

pub(crate) async fn with_conversation(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: &order::Model,
) -> Result<conversation::Model> {
    inbox::conversation(ctx, scope, order.conversation_id).await
}

pub(crate) async fn tell(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    conversation: &conversation::Model,
    notice: &Notice,
) -> Result<()> {
    let language = super::language(order);
    let text = notice.text(language, &zone(ctx, scope, order).await?);
    store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    Ok(())
}

/// Cancels an order that is not paid; a paid one is refunded instead.
///
/// # Errors
/// `NotFound`; `Invalid` when it is paid or ended already.
pub async fn cancel(ctx: &Ctx, scope: &CompanyScope, order_id: Uuid) -> Result<order::Model> {
    scope.must_manage()?;
    let mut tx = ctx.db().begin(scope).await?;
    // A payment that is being settled is waited for: what is read from now on is what holds.
    let (order, conversation) = load(&tx, scope, order_id).await?;
    if order.payment_status == PaymentStatus::Paid {
        return Err(Error::invalid("id", "PAID", "A paid order is refunded, not cancelled."));
    }
    let mut row = order.clone().into_active_model();
    if super::apply(&order, &mut row, ctx, OrderEvent::Cancelled).is_none() {
        return Err(Error::invalid("id", "ENDED", "The order has ended already."));
    }
    row.update(&tx).await?;
    close_link(ctx, &mut tx, scope, &order, "cancelled").await?;
    tell(ctx, &mut tx, scope, &order, &conversation, &Notice::Cancelled { number: order.number }).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Order, order.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, order_id).await
}

/// Gives the money of a paid order back through its provider: asked by a job, told to the customer when it is done. Of an order
/// that was paid more than once the latest payment goes back, and the order stays until the last of them has gone.
///
/// # Errors
/// `NotFound`; `Invalid` when it is not paid.
pub async fn refund(ctx: &Ctx, scope: &CompanyScope, order_id: Uuid) -> Result<order::Model> {
    scope.must_manage()?;
    super::get(ctx, scope, order_id).await?;
    let paid = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order_id))
        .filter(payment::Column::Status.eq(PaymentState::Paid))
        .order_by_desc(payment::Column::PaidAt)
        .order_by_desc(payment::Column::Id)
        .one(&ctx.db().read(scope))
        .await?;
    let Some(paid) = paid else {
        return Err(Error::invalid("id", "NOT_PAID", "There is no payment to give back."));
    };
    let mut tx = ctx.db().begin(scope).await?;
    let back = crate::payment::RefundPayment { payment_id: paid.id, order_id };
    job::enqueue(ctx, &mut tx, scope, &back).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, order_id).await
}

/// Sends the open link once more, or opens an expired one anew.
///
/// # Errors
/// `NotFound`; `Invalid` when the order does not wait for money, or its time or stock is gone.
pub async fn resend_link(ctx: &Ctx, scope: &CompanyScope, order_id: Uuid) -> Result<order::Model> {
    let mut tx = ctx.db().begin(scope).await?;
    let (order, conversation) = load(&tx, scope, order_id).await?;
    let Some(token) = order.link_token.clone() else {
        return Err(Error::invalid("id", "FREE", "Nothing is due for this order."));
    };
    if !super::link_is_open(ctx, &order) {
        reopen(ctx, &mut tx, scope, &order).await?;
    }
    let link = super::link_url(ctx, &token);
    let total = super::money(&order, order.total_minor);
    tell(ctx, &mut tx, scope, &order, &conversation, &Notice::LinkAgain { number: order.number, total, link }).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Order, order.id).await?;
    ctx.commit(tx).await?;
    super::get(ctx, scope, order_id).await
}

/// `order`: as it was locked.
async fn reopen(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, order: &order::Model) -> Result<()> {
    if order.status != OrderStatus::Expired {
        return Err(Error::invalid("id", "ENDED", "This order does not wait for a payment."));
    }
    let quote = super::quote_of(order)?;
    if let Some(start) = order.appointment_start {
        let held = match block_of_order(ctx, scope, order, &quote).await? {
            Some(block) if start >= ctx.time() => {
                holds::hold_slots(ctx, tx, scope, order.branch_id, order.id, &block, start.timestamp()).await?
            }
            _ => false,
        };
        if !held {
            return Err(Error::invalid("id", "SLOT_TAKEN", "The time of this order is no longer free."));
        }
    }
    let mut row = order.clone().into_active_model();
    super::apply(order, &mut row, ctx, OrderEvent::LinkSent);
    let hours = order.payment_reminder_hours.map(i64::from);
    let until = domain::booking::link_open_until(ctx.now(), hours, None);
    row.link_sent_at = Set(Some(ctx.time()));
    row.link_expires_at = Set(Some(until.into()));
    row.update(&*tx).await?;
    booking::Entity::update_many()
        .col_expr(booking::Column::Status, Expr::value(sea_orm::ActiveEnum::to_value(&BookingStatus::Held)))
        .col_expr(booking::Column::ExpiresAt, Expr::value(Some(entity::time::Time::from(until).0)))
        .filter(booking::Column::OrderId.eq(order.id))
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    set_reminder(ctx, tx, scope, order, hours).await?;
    job::enqueue_at(ctx, tx, scope, &super::ExpireLink { order_id: order.id }, until.into()).await?;
    Ok(())
}

/// Jumps ahead with a trial conversation: everything of it that waits falls due so many minutes earlier. Nothing of real
/// customers moves, and no clock is touched. Returns how much of the work is due now.
///
/// # Errors
/// `Invalid` for a jump of less than a minute or over 60 days.
pub async fn advance_trial(ctx: &Ctx, scope: &CompanyScope, minutes: i64) -> Result<u64> {
    scope.must_manage()?;
    if !(1..=60 * 24 * 60).contains(&minutes) {
        return Err(Error::invalid("minutes", "OUT_OF_RANGE", "minutes must be between 1 and 86400."));
    }
    let trial_channels: Vec<Uuid> = crate::channel::list(ctx, scope)
        .await?
        .into_iter()
        .filter(|channel| channel.provider == crate::channel::TRIAL)
        .map(|channel| channel.id)
        .collect();
    let conversations: Vec<Uuid> = {
        use sea_orm::QuerySelect as _;
        conversation::Entity::find()
            .select_only()
            .column(conversation::Column::Id)
            .filter(conversation::Column::CompanyId.eq(scope.id()))
            .filter(conversation::Column::ChannelId.is_in(trial_channels))
            .into_tuple()
            .all(&ctx.db().read(scope))
            .await?
    };
    let orders: Vec<Uuid> = {
        use sea_orm::QuerySelect as _;
        order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(order::Column::CompanyId.eq(scope.id()))
            .filter(order::Column::ConversationId.is_in(conversations.iter().copied()))
            .into_tuple()
            .all(&ctx.db().read(scope))
            .await?
    };
    let back = minutes * 60_000_000;
    let mut tx = ctx.db().begin(scope).await?;
    let subjects: Vec<Uuid> = orders.iter().chain(&conversations).copied().collect();
    entity::job::Entity::update_many()
        .col_expr(entity::job::Column::RunAt, Expr::col(entity::job::Column::RunAt).sub(back))
        .filter(entity::job::Column::CompanyId.eq(scope.id()))
        .filter(entity::job::Column::Status.eq(entity::stored::JobStatus::Waiting))
        .filter(entity::job::Column::SubjectId.is_in(subjects.iter().copied()))
        .exec(&tx)
        .await?;
    let due = {
        use sea_orm::PaginatorTrait as _;
        entity::job::Entity::find()
            .filter(entity::job::Column::CompanyId.eq(scope.id()))
            .filter(entity::job::Column::Status.eq(entity::stored::JobStatus::Waiting))
            .filter(entity::job::Column::SubjectId.is_in(subjects))
            .filter(entity::job::Column::RunAt.lte(ctx.time()))
            .count(&tx)
            .await?
    };
    reminder::Entity::update_many()
        .col_expr(reminder::Column::DueAt, Expr::col(reminder::Column::DueAt).sub(back))
        .filter(reminder::Column::CompanyId.eq(scope.id()))
        .filter(reminder::Column::OrderId.is_in(orders.iter().copied()))
        .filter(reminder::Column::SentAt.is_null())
        .exec(&tx)
        .await?;
    order::Entity::update_many()
        .col_expr(order::Column::LinkSentAt, Expr::col(order::Column::LinkSentAt).sub(back))
        .col_expr(order::Column::LinkExpiresAt, Expr::col(order::Column::LinkExpiresAt).sub(back))
        .filter(order::Column::CompanyId.eq(scope.id()))
        .filter(order::Column::Id.is_in(orders.iter().copied()))
        .filter(order::Column::LinkExpiresAt.is_not_null())
        .exec(&tx)
        .await?;
    for order_id in &orders {
        crate::event::emit(ctx, &mut tx, scope, EventKind::Order, *order_id).await?;
    }
    tx.wakes = true;
    ctx.commit(tx).await?;
    Ok(due)
}

/// Calls a booking off. Its order goes with it: an unpaid or free one is cancelled and the customer told. The booking of a
/// paid order ends with the refund, so that no money stays for what was called off.
///
/// # Errors
/// `NotFound`; `Invalid` for a paid order, or one that has ended already.
pub async fn cancel_booking(ctx: &Ctx, scope: &CompanyScope, booking_id: Uuid) -> Result<booking::Model> {
    scope.must_manage()?;
    let db = ctx.db().read(scope);
    let find = || booking::Entity::find_by_id(booking_id).filter(booking::Column::CompanyId.eq(scope.id())).one(&db);
    let row = find().await?.ok_or(Error::NotFound("booking"))?;
    if row.status == BookingStatus::Cancelled {
        return Ok(row);
    }
    let order = super::get(ctx, scope, row.order_id).await?;
    if order.payment_status == PaymentStatus::Paid {
        return Err(Error::invalid(
            "id",
            "PAID",
            "The order of this booking is paid: refund the order, which ends the booking.",
        ));
    }
    cancel(ctx, scope, order.id).await?;
    find().await?.ok_or(Error::NotFound("booking"))
}
