//! Orders with their money and their place in the calendar.

use super::slot::{self, Slot};
use super::{Branch, Contact, Conversation};
use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::request::{all, anybody, maybe, one};
use crate::graphql::scalar::{
    BookingKind, BookingStatus, Date, DateTime, ItemKind, Language, Money, OrderStatus, PaymentStatus, count, money,
};
use async_graphql::{Context, ID, Object, SimpleObject};
use service::access::CompanyScope;
use service::order as orders;
use service::row::{booking, order, order_line, payment, reminder};
use service::stored;

/// What a customer confirmed.
pub(crate) struct Order {
    scope: CompanyScope,
    row: order::Model,
}

impl Order {
    pub(crate) const fn new(scope: CompanyScope, row: order::Model) -> Self {
        Self { scope, row }
    }
}

/// What a customer confirmed.
#[Object]
impl Order {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Order.id(self.row.id)
    }

    /// Readable number within the company.
    async fn number(&self) -> i32 {
        self.row.number
    }

    /// Whether it is alive, or how it ended.
    async fn status(&self) -> OrderStatus {
        self.row.status.into()
    }

    /// How far the payment is.
    async fn payment_status(&self) -> PaymentStatus {
        self.row.payment_status.into()
    }

    /// Where it was made.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>, ApiError> {
        let row = maybe(ctx, |all| &all.conversations, &self.scope, self.row.conversation_id).await?;
        Ok(row.map(|row| Conversation::new(self.scope.clone(), row)))
    }

    /// Whose it is.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Contact, ApiError> {
        let row = one(ctx, |all| &all.contacts, &self.scope, self.row.contact_id, "contact").await?;
        Ok(Contact::new(self.scope.clone(), row))
    }

    /// What was ordered, at the prices of that time.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<OrderLine>, ApiError> {
        let rows = all(ctx, |all| &all.lines, &self.scope, self.row.id).await?;
        Ok(rows.into_iter().map(|row| OrderLine::of(row, &self.row.currency)).collect())
    }

    /// Sum of the lines.
    async fn products(&self) -> Money {
        money(self.row.products_minor, &self.row.currency)
    }

    /// Delivery and travel fees.
    async fn delivery(&self) -> Money {
        money(self.row.delivery_minor.saturating_add(self.row.travel_minor), &self.row.currency)
    }

    /// Everything the customer pays.
    async fn total(&self) -> Money {
        money(self.row.total_minor, &self.row.currency)
    }

    /// Whether a fee was waived because of the sum.
    async fn free_delivery(&self) -> bool {
        self.row.free_delivery
    }

    /// City of delivery or visit, or `online`.
    async fn city(&self) -> Option<&str> {
        self.row.city.as_deref()
    }

    /// Name given.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Phone given.
    async fn phone(&self) -> Option<&str> {
        self.row.phone.as_deref()
    }

    /// Address given.
    async fn address(&self) -> Option<&str> {
        self.row.address.as_deref()
    }

    /// The customer's language.
    async fn language(&self) -> Language {
        orders::language(&self.row).into()
    }

    /// The short link to pay by; null when there is none or it has ended.
    async fn payment_url(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let ctx = anybody(ctx)?;
        let token = self.row.link_token.as_deref().filter(|_| orders::link_is_open(ctx, &self.row));
        Ok(token.map(|token| orders::link_url(ctx, token)))
    }

    /// Until when the link is open.
    async fn link_expires_at(&self) -> Option<DateTime> {
        self.row.link_expires_at.map(Into::into)
    }

    /// When the money came.
    async fn paid_at(&self) -> Option<DateTime> {
        self.row.paid_at.map(Into::into)
    }

    /// When the customer confirmed it.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// Payment pages that were opened, the oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>, ApiError> {
        let rows = all(ctx, |all| &all.payments_of, &self.scope, self.row.id).await?;
        Ok(rows.into_iter().map(|row| Payment::new(self.scope.clone(), row)).collect())
    }

    /// Its places in the calendar.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn bookings(&self, ctx: &Context<'_>) -> Result<Vec<Booking>, ApiError> {
        let rows = all(ctx, |all| &all.bookings_of, &self.scope, self.row.id).await?;
        Ok(rows.into_iter().map(|row| Booking::new(self.scope.clone(), row)).collect())
    }

    /// What the customer is, or was, reminded of.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn reminders(&self, ctx: &Context<'_>) -> Result<Vec<Reminder>, ApiError> {
        let rows = all(ctx, |all| &all.reminders_of, &self.scope, self.row.id).await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// An ordered item.
#[derive(Clone, Debug, SimpleObject)]
struct OrderLine {
    /// Key of the item.
    key: String,
    /// Its sku.
    sku: Option<String>,
    /// Its name at the time.
    name: String,
    /// Goods or a service.
    kind: ItemKind,
    /// Packs.
    quantity: i32,
    /// Price of one.
    unit_price: Money,
    /// Price of all.
    total: Money,
}

impl OrderLine {
    fn of(row: order_line::Model, currency: &str) -> Self {
        let kind =
            if row.kind == domain::catalog::ItemKind::Service.as_str() { ItemKind::Service } else { ItemKind::Product };
        Self {
            key: row.key,
            sku: row.sku,
            name: row.name,
            kind,
            quantity: count(u64::try_from(row.quantity).unwrap_or(0)),
            unit_price: money(row.unit_minor, currency),
            total: money(row.total_minor, currency),
        }
    }
}

/// A payment page of an order.
pub(crate) struct Payment {
    scope: CompanyScope,
    row: payment::Model,
}

impl Payment {
    pub(crate) const fn new(scope: CompanyScope, row: payment::Model) -> Self {
        Self { scope, row }
    }
}

/// A payment page of an order.
#[Object]
impl Payment {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Payment.id(self.row.id)
    }

    /// What it pays.
    async fn order(&self, ctx: &Context<'_>) -> Result<Order, ApiError> {
        let row = one(ctx, |all| &all.orders, &self.scope, self.row.order_id, "order").await?;
        Ok(Order::new(self.scope.clone(), row))
    }

    /// Whose page it is, `sandbox`.
    async fn provider(&self) -> &str {
        &self.row.provider
    }

    /// `open`, `paid`, `failed`, `expired`, `refunded`.
    async fn status(&self) -> &'static str {
        match self.row.status {
            stored::PaymentState::Open => "open",
            stored::PaymentState::Processing => "processing",
            stored::PaymentState::Paid => "paid",
            stored::PaymentState::Failed => "failed",
            stored::PaymentState::Expired => "expired",
            stored::PaymentState::Refunded => "refunded",
        }
    }

    /// Sum.
    async fn amount(&self) -> Money {
        money(self.row.amount_minor, &self.row.currency)
    }

    /// When the page was opened.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// When the money came.
    async fn paid_at(&self) -> Option<DateTime> {
        self.row.paid_at.map(Into::into)
    }

    /// When the money went back.
    async fn refunded_at(&self) -> Option<DateTime> {
        self.row.refunded_at.map(Into::into)
    }
}

/// What a customer is reminded of.
#[derive(Clone, Debug, SimpleObject)]
struct Reminder {
    /// Id.
    id: ID,
    /// `unpaid_link` or `visit`.
    kind: String,
    /// When.
    due_at: DateTime,
    /// When it was sent.
    sent_at: Option<DateTime>,
    /// When it was ended before it was sent.
    cancelled_at: Option<DateTime>,
    /// By what: `paid`, `customer`, `cancelled`…
    cancel_reason: Option<String>,
}

impl From<reminder::Model> for Reminder {
    fn from(row: reminder::Model) -> Self {
        Self {
            id: Kind::Reminder.id(row.id),
            kind: match row.kind {
                stored::ReminderKind::UnpaidLink => "unpaid_link",
                stored::ReminderKind::Visit => "visit",
            }
            .to_owned(),
            due_at: row.due_at.into(),
            sent_at: row.sent_at.map(Into::into),
            cancelled_at: row.cancelled_at.map(Into::into),
            cancel_reason: row.cancel_reason,
        }
    }
}

/// A place in the calendar.
pub(crate) struct Booking {
    scope: CompanyScope,
    row: booking::Model,
}

impl Booking {
    pub(crate) const fn new(scope: CompanyScope, row: booking::Model) -> Self {
        Self { scope, row }
    }
}

/// A place in the calendar.
#[Object]
impl Booking {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Booking.id(self.row.id)
    }

    /// Delivery or appointment.
    async fn kind(&self) -> BookingKind {
        self.row.kind.into()
    }

    /// Whether it stands.
    async fn status(&self) -> BookingStatus {
        self.row.status.into()
    }

    /// Start.
    async fn start(&self) -> DateTime {
        self.row.start_at.into()
    }

    /// End.
    async fn end(&self) -> DateTime {
        self.row.end_at.into()
    }

    /// When a hold ends by itself; null once the booking stands.
    async fn expires_at(&self) -> Option<DateTime> {
        self.row.expires_at.map(Into::into)
    }

    /// Where.
    async fn city(&self) -> Option<&str> {
        self.row.city.as_deref()
    }

    /// What it is, for a calendar.
    async fn title(&self) -> &str {
        &self.row.title
    }

    /// The order it belongs to.
    async fn order(&self, ctx: &Context<'_>) -> Result<Order, ApiError> {
        let row = one(ctx, |all| &all.orders, &self.scope, self.row.order_id, "order").await?;
        Ok(Order::new(self.scope.clone(), row))
    }

    /// The branch it belongs to.
    async fn branch(&self, ctx: &Context<'_>) -> Result<Branch, ApiError> {
        Ok(Branch(one(ctx, |all| &all.branches, &self.scope, self.row.branch_id, "branch").await?))
    }

    /// Free starts to which this appointment can be moved, soonest first; none for a delivery, which may go anywhere.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn free_times(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "First day, in the zone of the branch.")] from: Date,
        #[graphql(desc = "Last day, included; at most 60 days after the first.")] to: Date,
        #[graphql(desc = "At most so many: 1 to 100, 12 when absent.")] limit: Option<i32>,
    ) -> Result<Vec<Slot>, ApiError> {
        let limit = slot::bounds(from, to, limit.unwrap_or(12))?;
        Ok(Slot::all(orders::free_times(anybody(ctx)?, &self.scope, &self.row, from.0, to.0, limit).await?))
    }
}
