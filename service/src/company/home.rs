//! What the first page of a company shows: its numbers and the set-up list.

use super::{currency, default_branch, get, zone};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::money::Money;
use entity::stored::{
    BookingStatus, ChannelStatus, ConversationStatus, JobStatus, MessageDirection, OrderStatus, PaymentState,
    PaymentStatus,
};
use entity::time::Time;
use entity::{booking, channel, conversation, job, message, order, payment};
use jiff::ToSpan as _;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait};

/// The numbers of a company; "today" is the day of its default branch's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Conversations that are not settled.
    pub conversations_open: u64,
    /// Those with the mark for staff.
    pub conversations_need_attention: u64,
    /// Messages of today, in and out.
    pub messages_today: u64,
    /// Orders that wait for their payment.
    pub orders_unpaid: u64,
    /// Orders paid today.
    pub orders_paid_today: u64,
    /// Money that came in today and was not given back.
    pub revenue_today: Money,
    /// Bookings that begin today.
    pub bookings_today: u64,
    /// Jobs that have failed for good.
    pub jobs_dead: u64,
    /// Channels by which nothing comes in or goes out.
    pub channels_broken: u64,
}

/// The numbers of a company.
///
/// # Errors
/// When the database does not answer.
pub async fn summary(ctx: &Ctx, scope: &CompanyScope) -> Result<Summary> {
    let company = get(ctx, scope).await?;
    let branch = default_branch(ctx, scope).await?;
    let (from, to) = today(ctx, &zone(&branch));
    let db = &ctx.db().read(scope);
    let conversations = || {
        conversation::Entity::find()
            .filter(conversation::Column::CompanyId.eq(scope.id()))
            .filter(conversation::Column::Status.eq(ConversationStatus::Open))
    };
    let orders = || order::Entity::find().filter(order::Column::CompanyId.eq(scope.id()));
    let paid = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Status.eq(PaymentState::Paid))
        .filter(payment::Column::PaidAt.gte(from))
        .filter(payment::Column::PaidAt.lt(to))
        .filter(payment::Column::Currency.eq(company.currency.as_str()))
        .select_only()
        .column(payment::Column::AmountMinor)
        .into_tuple::<i64>()
        .all(db)
        .await?;
    Ok(Summary {
        conversations_open: conversations().count(db).await?,
        conversations_need_attention: conversations()
            .filter(conversation::Column::NeedsAttention.eq(true))
            .count(db)
            .await?,
        messages_today: message::Entity::find()
            .filter(message::Column::CompanyId.eq(scope.id()))
            .filter(message::Column::Direction.ne(MessageDirection::Note))
            .filter(message::Column::CreatedAt.gte(from))
            .filter(message::Column::CreatedAt.lt(to))
            .count(db)
            .await?,
        orders_unpaid: orders()
            .filter(order::Column::Status.eq(OrderStatus::Open))
            .filter(order::Column::PaymentStatus.eq(PaymentStatus::PaymentLinkSent))
            .count(db)
            .await?,
        orders_paid_today: orders()
            .filter(order::Column::PaidAt.gte(from))
            .filter(order::Column::PaidAt.lt(to))
            .count(db)
            .await?,
        revenue_today: Money::new(paid.iter().fold(0_i64, |sum, minor| sum.saturating_add(*minor)), currency(&company)),
        bookings_today: booking::Entity::find()
            .filter(booking::Column::CompanyId.eq(scope.id()))
            .filter(booking::Column::Status.ne(BookingStatus::Cancelled))
            .filter(booking::Column::StartAt.gte(from))
            .filter(booking::Column::StartAt.lt(to))
            .count(db)
            .await?,
        jobs_dead: job::Entity::find()
            .filter(job::Column::CompanyId.eq(scope.id()))
            .filter(job::Column::Status.eq(JobStatus::Dead))
            .count(db)
            .await?,
        channels_broken: channel::Entity::find()
            .filter(channel::Column::CompanyId.eq(scope.id()))
            .filter(channel::Column::Status.eq(ChannelStatus::Error))
            .count(db)
            .await?,
    })
}

/// From the first moment of today to the first of tomorrow.
fn today(ctx: &Ctx, zone: &jiff::tz::TimeZone) -> (Time, Time) {
    let now = ctx.now().to_zoned(zone.clone());
    let start = now.start_of_day().unwrap_or_else(|_| now.clone());
    let end = now.checked_add(1.day()).and_then(|next| next.start_of_day()).unwrap_or(now);
    (start.timestamp().into(), end.timestamp().into())
}

/// How far the set-up of a company is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checklist {
    /// A file was read.
    pub catalogue_imported: bool,
    /// Customers are served a catalogue.
    pub catalogue_published: bool,
    /// Somebody wrote to the assistant in the phone frame.
    pub assistant_tried: bool,
    /// An order was paid.
    pub order_paid: bool,
    /// A channel for customers is there.
    pub channel_added: bool,
}

/// How far the set-up of a company is.
///
/// # Errors
/// When the database does not answer.
pub async fn checklist(ctx: &Ctx, scope: &CompanyScope) -> Result<Checklist> {
    let db = &ctx.db().read(scope);
    let facts = crate::catalog::facts(ctx, scope).await?;
    let channels = || channel::Entity::find().filter(channel::Column::CompanyId.eq(scope.id()));
    let trial = channels()
        .filter(channel::Column::Provider.eq(crate::channel::TRIAL))
        .select_only()
        .column(channel::Column::Id)
        .into_query();
    let tried = conversation::Entity::find()
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ChannelId.in_subquery(trial))
        .limit(1)
        .one(db)
        .await?;
    let paid = order::Entity::find()
        .filter(order::Column::CompanyId.eq(scope.id()))
        .filter(order::Column::PaymentStatus.eq(PaymentStatus::Paid))
        .limit(1)
        .one(db)
        .await?;
    let channel = channels().filter(channel::Column::Provider.ne(crate::channel::TRIAL)).limit(1).one(db).await?;
    Ok(Checklist {
        catalogue_imported: facts.imported,
        catalogue_published: facts.published,
        assistant_tried: tried.is_some(),
        order_paid: paid.is_some(),
        channel_added: channel.is_some(),
    })
}
