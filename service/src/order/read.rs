//! Orders, payments, bookings and reminders as staff see them.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::read_like;
use crate::page::{Page, PageRequest, newest_first};
use entity::stored::{OrderStatus, PaymentStatus};
use entity::time::Time;
use entity::{booking, order, order_line, payment, reminder};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Which orders.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// How far the payment is.
    pub payment_status: Option<PaymentStatus>,
    /// Alive or how it ended.
    pub status: Option<OrderStatus>,
    /// Of one customer.
    pub contact_id: Option<Uuid>,
    /// Of one conversation.
    pub conversation_id: Option<Uuid>,
    /// Part of the name, phone or city, or the number.
    pub search: Option<String>,
}

/// Orders, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn list(
    ctx: &Ctx,
    scope: &CompanyScope,
    filter: &OrderFilter,
    page: &PageRequest,
) -> Result<Page<order::Model>> {
    let mut find = order::Entity::find().filter(order::Column::CompanyId.eq(scope.id()));
    if let Some(status) = filter.payment_status {
        find = find.filter(order::Column::PaymentStatus.eq(status));
    }
    if let Some(status) = filter.status {
        find = find.filter(order::Column::Status.eq(status));
    }
    if let Some(contact_id) = filter.contact_id {
        find = find.filter(order::Column::ContactId.eq(contact_id));
    }
    if let Some(conversation_id) = filter.conversation_id {
        find = find.filter(order::Column::ConversationId.eq(conversation_id));
    }
    if let Some(search) = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
        let mut any = Condition::any()
            .add(read_like(order::Column::Name, search))
            .add(read_like(order::Column::Phone, search))
            .add(read_like(order::Column::City, search));
        if let Ok(number) = search.trim_start_matches(['#', '№']).trim().parse::<i32>() {
            any = any.add(order::Column::Number.eq(number));
        }
        find = find.filter(any);
    }
    newest_first(ctx, scope, find, order::Column::CreatedAt, order::Column::Id, page, |row| (row.created_at, row.id))
        .await
}

/// One order.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, order_id: Uuid) -> Result<order::Model> {
    order::Entity::find_by_id(order_id)
        .filter(order::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("order"))
}

/// The quote that the customer confirmed.
///
/// # Errors
/// When the stored quote does not read.
pub fn quote_of(order: &order::Model) -> Result<domain::quote::Quote> {
    Ok(serde_json::from_value(order.quote.clone())?)
}

/// The lines of orders, by order and place.
///
/// # Errors
/// When the database does not answer.
pub async fn lines(ctx: &Ctx, scope: &CompanyScope, order_ids: &[Uuid]) -> Result<Vec<order_line::Model>> {
    Ok(order_line::Entity::find()
        .filter(order_line::Column::CompanyId.eq(scope.id()))
        .filter(order_line::Column::OrderId.is_in(order_ids.iter().copied()))
        .order_by_asc(order_line::Column::OrderId)
        .order_by_asc(order_line::Column::Position)
        .all(&ctx.db().read(scope))
        .await?)
}

/// The payment pages of orders, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn order_payments(ctx: &Ctx, scope: &CompanyScope, order_ids: &[Uuid]) -> Result<Vec<payment::Model>> {
    Ok(payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.is_in(order_ids.iter().copied()))
        .order_by_asc(payment::Column::CreatedAt)
        .all(&ctx.db().read(scope))
        .await?)
}

/// The bookings of orders.
///
/// # Errors
/// When the database does not answer.
pub async fn order_bookings(ctx: &Ctx, scope: &CompanyScope, order_ids: &[Uuid]) -> Result<Vec<booking::Model>> {
    Ok(booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::OrderId.is_in(order_ids.iter().copied()))
        .order_by_asc(booking::Column::StartAt)
        .all(&ctx.db().read(scope))
        .await?)
}

/// The reminders of orders.
///
/// # Errors
/// When the database does not answer.
pub async fn reminders(ctx: &Ctx, scope: &CompanyScope, order_ids: &[Uuid]) -> Result<Vec<reminder::Model>> {
    Ok(reminder::Entity::find()
        .filter(reminder::Column::CompanyId.eq(scope.id()))
        .filter(reminder::Column::OrderId.is_in(order_ids.iter().copied()))
        .order_by_asc(reminder::Column::DueAt)
        .all(&ctx.db().read(scope))
        .await?)
}

/// Payments, newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn payments(ctx: &Ctx, scope: &CompanyScope, page: &PageRequest) -> Result<Page<payment::Model>> {
    let find = payment::Entity::find().filter(payment::Column::CompanyId.eq(scope.id()));
    newest_first(ctx, scope, find, payment::Column::CreatedAt, payment::Column::Id, page, |row| {
        (row.created_at, row.id)
    })
    .await
}

/// Bookings that touch a stretch of time, the latest first; cancelled ones are left out.
///
/// # Errors
/// `Invalid` for a stretch over 400 days or a page that is none.
pub async fn bookings(
    ctx: &Ctx,
    scope: &CompanyScope,
    from: Time,
    to: Time,
    page: &PageRequest,
) -> Result<Page<booking::Model>> {
    if to <= from || to.0 - from.0 > 400 * 86_400_000_000 {
        return Err(Error::invalid("to", "OUT_OF_RANGE", "The end must lie after the start, at most 400 days."));
    }
    let find = booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::Status.ne(entity::stored::BookingStatus::Cancelled))
        .filter(booking::Column::StartAt.lt(to))
        .filter(booking::Column::EndAt.gt(from));
    newest_first(ctx, scope, find, booking::Column::StartAt, booking::Column::Id, page, |row| (row.start_at, row.id))
        .await
}

/// How many bookings stand.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(ctx: &Ctx, scope: &CompanyScope) -> Result<u64> {
    use sea_orm::PaginatorTrait as _;
    Ok(booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .filter(booking::Column::Status.eq(entity::stored::BookingStatus::Confirmed))
        .limit(None)
        .count(&ctx.db().read(scope))
        .await?)
}
