//! What falls due for an order: its booking, its reminders, the end of its link.

use super::holds;
use super::place::{cancel_reminders, close_link, new_reminder, title, zone};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{NewOutbound, needs_attention, store_outbound};
use crate::job::{self, Claimed, Failure, Job};
use assistant::notice::Notice;
use domain::booking::Interval;
use domain::catalog::ItemKind;
use domain::order::OrderEvent;
use entity::stored::{
    BookingKind, BookingStatus, ConversationOwner, EventKind, OrderStatus, PaymentStatus, ReminderKind,
};
use entity::{booking, conversation, order, reminder};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Days ahead in which other times are offered.
const DAYS_OFFERED: i64 = 15;

/// Puts a paid or free order into the calendar.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct BookOrder {
    pub(crate) order_id: Uuid,
    /// Whether the customer is told; a free order was told in its turn.
    pub(crate) announce: bool,
}

impl Job for BookOrder {
    const KIND: &'static str = "book_order";
    const MAX_ATTEMPTS: i32 = 20;

    fn unique_key(&self) -> Option<String> {
        Some(format!("book:{}", self.order_id))
    }

    fn lane(&self) -> Option<String> {
        Some(format!("order:{}", self.order_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.order_id)
    }
}

/// Ends an unpaid link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExpireLink {
    pub(crate) order_id: Uuid,
}

impl ExpireLink {
    pub(crate) fn key(&self) -> String {
        format!("expire:{}", self.order_id)
    }
}

impl Job for ExpireLink {
    const KIND: &'static str = "expire_link";

    fn unique_key(&self) -> Option<String> {
        Some(self.key())
    }

    fn lane(&self) -> Option<String> {
        Some(format!("order:{}", self.order_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.order_id)
    }
}

/// Sends a reminder unless something ended it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SendReminder {
    pub(crate) reminder_id: Uuid,
    pub(crate) order_id: Uuid,
}

impl Job for SendReminder {
    const KIND: &'static str = "send_reminder";

    fn lane(&self) -> Option<String> {
        Some(format!("order:{}", self.order_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.order_id)
    }
}

/// The order as it is now; whoever else wants to change its time or its standing waits until the transaction ends.
pub(crate) async fn lock(tx: &Tx, scope: &CompanyScope, order_id: Uuid) -> Result<order::Model> {
    order::Entity::find_by_id(order_id)
        .filter(order::Column::CompanyId.eq(scope.id()))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(Error::NotFound("order"))
}

/// The same, and the conversation it was made in.
pub(super) async fn load(tx: &Tx, scope: &CompanyScope, order_id: Uuid) -> Result<(order::Model, conversation::Model)> {
    let order = lock(tx, scope, order_id).await?;
    let conversation = conversation::Entity::find_by_id(order.conversation_id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .one(tx)
        .await?
        .ok_or(Error::NotFound("conversation"))?;
    Ok((order, conversation))
}

/// Runs [`BookOrder`]. No booking without `paid` or a total of zero (architecture §6.4).
pub(crate) async fn book(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: BookOrder = claimed.payload()?;
    // Before the transaction: the calendar outside may take its time.
    let foreign = match super::get(ctx, &scope, payload.order_id).await?.appointment_end {
        Some(end) => {
            let ahead = ctx.time().plus_seconds(DAYS_OFFERED * 24 * 3600);
            crate::calendar::foreign_busy(ctx, &scope, ctx.now(), end.max(ahead).timestamp()).await?
        }
        None => Vec::new(),
    };
    let mut tx = ctx.db().begin(&scope).await?;
    let (order, conversation) = load(&tx, &scope, payload.order_id).await?;
    if order.status == OrderStatus::Confirmed && (order.payment_status == PaymentStatus::Paid || order.total_minor == 0)
    {
        book_now(ctx, &mut tx, &scope, &order, &conversation, payload.announce, &foreign).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

async fn book_now(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    conversation: &conversation::Model,
    announce: bool,
    foreign: &[Interval],
) -> Result<()> {
    let quote = super::quote_of(order)?;
    let zone = zone(ctx, scope, order).await?;
    let language = super::language(order);
    let mut notices = Vec::new();
    if let (Some(start), Some(end)) = (order.appointment_start, order.appointment_end) {
        let visit = Interval { start: start.timestamp(), end: end.timestamp() };
        let elsewhere = foreign.iter().any(|taken| taken.overlaps(&visit));
        if elsewhere {
            // The company does something else then: the seats are free for others.
            holds::release_slots(tx, scope, order.id).await?;
        }
        let held = !elsewhere && holds::has_slots(tx, scope, order.id).await?;
        if elsewhere || (!held && !hold_again(ctx, tx, scope, order, &quote).await?) {
            let starts = super::staff::free_starts(ctx, scope, order, &quote, 3, foreign).await?;
            let text = Notice::SlotLost { number: order.number, starts }.text(language, &zone);
            store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
            return needs_attention(ctx, tx, scope, conversation.id, "paid_slot_lost").await;
        }
        confirm_booking(
            ctx,
            tx,
            scope,
            order,
            BookingKind::Appointment,
            start,
            end,
            title(&quote, ItemKind::Service, order),
        )
        .await?;
        notices.push(Notice::BookedAppointment {
            number: order.number,
            city: order.city.clone(),
            start: start.timestamp(),
        });
        let day_before = start.plus_seconds(-24 * 3600);
        if day_before > ctx.time() {
            new_reminder(ctx, tx, scope, order, ReminderKind::Visit, day_before).await?;
        }
    }
    let has_products = quote.lines.iter().any(|line| line.kind == ItemKind::Product);
    if has_products || order.appointment_start.is_none() {
        let paid_at = order.paid_at.unwrap_or(order.created_at).timestamp();
        let hours = order.delivery_time_hours.map_or(domain::booking::DEFAULT_DELIVERY_HOURS, i64::from);
        let branch = crate::company::branch(ctx, scope, order.branch_id).await?;
        let window = domain::booking::delivery_window(paid_at, hours, &crate::company::hours(&branch), &zone);
        let kind = if has_products { ItemKind::Product } else { ItemKind::Service };
        confirm_booking(
            ctx,
            tx,
            scope,
            order,
            BookingKind::Delivery,
            window.start.into(),
            window.end.into(),
            title(&quote, kind, order),
        )
        .await?;
        notices.push(Notice::BookedDelivery { number: order.number, city: order.city.clone(), start: window.start });
    }
    let mut row = order.clone().into_active_model();
    if super::apply(order, &mut row, ctx, OrderEvent::Booked).is_some() {
        row.update(&*tx).await?;
    }
    if announce {
        let text = notices.iter().map(|notice| notice.text(language, &zone)).collect::<Vec<_>>().join("\n");
        store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    }
    crate::calendar::show(ctx, tx, scope, order.id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await
}

/// A payment that came after the hold was lost still counts: book if the time is free (commerce.md "Link and status").
async fn hold_again(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    order: &order::Model,
    quote: &domain::quote::Quote,
) -> Result<bool> {
    let Some(start) = order.appointment_start else { return Ok(true) };
    if start < ctx.time() {
        return Ok(false);
    }
    match super::staff::block_of_order(ctx, scope, order, quote).await? {
        Some(block) => holds::hold_slots(ctx, tx, scope, order.branch_id, order.id, &block, start.timestamp()).await,
        None => Ok(false),
    }
}

#[expect(clippy::too_many_arguments, reason = "the columns of one row")]
async fn confirm_booking(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    kind: BookingKind,
    start: entity::time::Time,
    end: entity::time::Time,
    title: String,
) -> Result<()> {
    let row = booking::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        branch_id: Set(order.branch_id),
        order_id: Set(order.id),
        kind: Set(kind),
        status: Set(BookingStatus::Confirmed),
        start_at: Set(start),
        end_at: Set(end),
        city: Set(order.city.clone()),
        title: Set(title),
        external_event_id: Set(None),
        external_start_at: Set(None),
        external_end_at: Set(None),
        expires_at: Set(None),
        created_at: Set(ctx.time()),
        updated_at: Set(ctx.time()),
    };
    // One booking of a kind an order: the held one becomes the confirmed one.
    booking::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([booking::Column::OrderId, booking::Column::Kind])
                .update_columns([
                    booking::Column::Status,
                    booking::Column::StartAt,
                    booking::Column::EndAt,
                    booking::Column::ExpiresAt,
                    booking::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
    let row = booking::Entity::find()
        .filter(booking::Column::OrderId.eq(order.id))
        .filter(booking::Column::Kind.eq(kind))
        .one(&*tx)
        .await?
        .ok_or_else(|| Error::internal("the booking just written is gone"))?;
    crate::event::emit(ctx, tx, scope, EventKind::Booking, row.id).await
}

/// Runs [`SendReminder`].
pub(crate) async fn send_reminder(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SendReminder = claimed.payload()?;
    let mut tx = ctx.db().begin(&scope).await?;
    let reminder = reminder::Entity::find_by_id(payload.reminder_id)
        .filter(reminder::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("reminder"))?;
    if reminder.sent_at.is_none() && reminder.cancelled_at.is_none() {
        let (order, conversation) = load(&tx, &scope, reminder.order_id).await?;
        remind(ctx, &mut tx, &scope, reminder, &order, &conversation).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

async fn remind(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    reminder: reminder::Model,
    order: &order::Model,
    conversation: &conversation::Model,
) -> Result<()> {
    let language = super::language(order);
    let zone = zone(ctx, scope, order).await?;
    let notice = match (reminder.kind, &order.link_token, order.appointment_start) {
        (ReminderKind::UnpaidLink, Some(token), _) if super::link_is_open(ctx, order) => Some(Notice::ReminderLink {
            number: order.number,
            total: super::money(order, order.total_minor),
            link: super::link_url(ctx, token),
        }),
        (ReminderKind::Visit, _, Some(start)) if order.status == OrderStatus::Booked && ctx.time() < start => {
            Some(Notice::ReminderVisit { number: order.number, start: start.timestamp() })
        }
        _ => None,
    };
    let mut row = reminder.into_active_model();
    match notice {
        None => {
            row.cancelled_at = Set(Some(ctx.time()));
            row.cancel_reason = Set(Some("no_longer_true".to_owned()));
        }
        Some(_) if conversation.owner == ConversationOwner::Operator => {
            // A person talks to this customer: reminding is the person's to do.
            row.cancelled_at = Set(Some(ctx.time()));
            row.cancel_reason = Set(Some("operator".to_owned()));
            needs_attention(ctx, tx, scope, conversation.id, "reminder_due").await?;
        }
        Some(notice) => {
            let text = notice.text(language, &zone);
            store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
            row.sent_at = Set(Some(ctx.time()));
        }
    }
    row.update(&*tx).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await
}

/// Runs [`ExpireLink`].
pub(crate) async fn expire_link(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ExpireLink = claimed.payload()?;
    let mut tx = ctx.db().begin(&scope).await?;
    let (order, conversation) = load(&tx, &scope, payload.order_id).await?;
    expire(ctx, &mut tx, &scope, &order, &conversation).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

/// Ends the open link of an order now, as if its time had come: rehearsals and the trial.
///
/// # Errors
/// `NotFound`.
pub async fn expire_link_now(ctx: &Ctx, scope: &CompanyScope, order_id: Uuid) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    let (order, conversation) = load(&tx, scope, order_id).await?;
    expire(ctx, &mut tx, scope, &order, &conversation).await?;
    ctx.commit(tx).await
}

async fn expire(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order: &order::Model,
    conversation: &conversation::Model,
) -> Result<()> {
    let mut row = order.clone().into_active_model();
    if super::apply(order, &mut row, ctx, OrderEvent::LinkExpired).is_none() {
        return Ok(());
    }
    row.update(&*tx).await?;
    close_link(ctx, tx, scope, order, "link_expired").await?;
    cancel_reminders(ctx, tx, scope, order.id, None, "link_expired").await?;
    if conversation.owner == ConversationOwner::Assistant {
        let language = super::language(order);
        let text = Notice::LinkExpired { number: order.number }.text(language, &zone(ctx, scope, order).await?);
        store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    }
    crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await
}
