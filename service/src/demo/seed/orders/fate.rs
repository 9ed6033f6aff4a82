//! What becomes of an order, and all the rows that this end leaves behind.

use super::super::World;
use super::{Planned, reminder_row};
use crate::error::{Error, Result};
use assistant::notice::Notice;
use domain::booking::{Interval, delivery_hours, link_open_until, reminder_at, reminder_hours};
use domain::catalog::{Item, ItemKind};
use domain::order::OrderEvent;
use domain::quote::Quote;
use entity::order;
use entity::stored::{BookingKind, BookingStatus, OrderStatus, PaymentState, PaymentStatus, ReminderKind};
use entity::time::Time;
use std::sync::Arc;
use uuid::Uuid;

/// The end of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Paid and booked.
    Booked,
    /// Costs nothing: booked at once.
    Free,
    /// Its link is open.
    Open,
    /// Its link ran out.
    Expired,
    /// The customer wanted something else.
    PutAside,
    /// Staff cancelled it.
    Cancelled,
    /// Paid, booked, given back.
    Refunded,
    /// Paid when the time was gone.
    SlotLost,
}

/// The end of an order made at that moment.
pub(super) fn choose(world: &World<'_>, at: Time, lost: &mut u32) -> Fate {
    let dice = &world.dice;
    let hours = (Time::from(world.now).0 - at.0) / 3_600_000_000;
    if hours < 20 {
        return *dice.weighted(&[(38, Fate::Open), (50, Fate::Booked), (5, Fate::Free), (4, Fate::Cancelled)]);
    }
    let service = world.place.kind == entity::stored::CompanyType::Service;
    if service && (50..96).contains(&hours) && *lost < 2 {
        *lost += 1;
        return Fate::SlotLost;
    }
    *dice.weighted(&[
        (66, Fate::Booked),
        (13, Fate::Expired),
        (6, Fate::PutAside),
        (4, Fate::Cancelled),
        (6, Fate::Refunded),
        (5, Fate::Free),
    ])
}

/// The end of an order that replaced another.
pub(super) fn after(world: &World<'_>, at: Time) -> Fate {
    let hours = (Time::from(world.now).0 - at.0) / 3_600_000_000;
    if hours < 20 { Fate::Open } else { Fate::Booked }
}

impl Planned {
    #[expect(clippy::too_many_arguments, reason = "what an order is made from")]
    pub(super) fn new(
        world: &World<'_>,
        talk: usize,
        at: Time,
        lines: Vec<(Arc<Item>, i64)>,
        quote: Quote,
        city: Option<String>,
        block: Option<domain::booking::Block>,
        slot: Option<Interval>,
    ) -> Self {
        let person = &world.people[talk];
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (&**item, *quantity)).collect();
        let free = quote.is_free();
        let reminder = reminder_hours(&pairs);
        let delivered = pairs.iter().any(|(item, _)| item.delivery_time_hours.is_some());
        let to_i32 = |hours: i64| i32::try_from(hours).unwrap_or(i32::MAX);
        let expires = link_open_until(at.timestamp(), reminder, None);
        let link = (!free).then(|| world.ctx.engine().random.token(16));
        let id = world.dice.id(at);
        let row = order::Model {
            id,
            company_id: world.scope.id(),
            branch_id: world.branch.id,
            number: 0,
            conversation_id: Uuid::nil(),
            contact_id: person.id,
            status: OrderStatus::Open,
            payment_status: PaymentStatus::NoPaymentLink,
            currency: world.company.currency.clone(),
            products_minor: quote.products.minor,
            delivery_minor: quote.delivery.charged.minor,
            travel_minor: quote.travel.charged.minor,
            total_minor: quote.total.minor,
            free_delivery: quote.free_delivery(),
            city,
            name: Some(person.name.clone()),
            phone: Some(person.phone.clone()),
            address: None,
            language: person.language.code().to_owned(),
            quote: serde_json::to_value(&quote).unwrap_or_default(),
            appointment_start: slot.map(|slot| slot.start.into()),
            appointment_end: slot.map(|slot| slot.end.into()),
            delivery_time_hours: delivered.then(|| to_i32(delivery_hours(&pairs))),
            payment_reminder_hours: reminder.map(to_i32),
            link_token: link.clone(),
            link_sent_at: (!free).then_some(at),
            link_expires_at: (!free).then(|| expires.into()),
            paid_at: None,
            created_at: at,
            updated_at: at,
        };
        Self {
            talk,
            link: link.map(|token| crate::order::link_url(world.ctx, &token)),
            order_lines: super::rows::lines(world, &row, &quote),
            lines,
            quote,
            follows: false,
            row,
            told: Vec::new(),
            attention: None,
            block,
            holds: true,
            payments: Vec::new(),
            events: Vec::new(),
            booking: None,
            reminders: Vec::new(),
            expires: None,
            due: Vec::new(),
        }
    }

    /// The number of the order, known when all are there.
    pub(super) fn number(&mut self, number: i32) {
        self.row.number = number;
        for (_, notice) in &mut self.told {
            match notice {
                Notice::Paid { number: of, .. }
                | Notice::PaidAgain { number: of }
                | Notice::BookedDelivery { number: of, .. }
                | Notice::BookedAppointment { number: of, .. }
                | Notice::SlotLost { number: of, .. }
                | Notice::ReminderLink { number: of, .. }
                | Notice::ReminderVisit { number: of, .. }
                | Notice::LinkExpired { number: of }
                | Notice::Refunded { number: of, .. }
                | Notice::Cancelled { number: of }
                | Notice::LinkAgain { number: of, .. }
                | Notice::Moved { number: of, .. }
                | Notice::Lasts { number: of, .. } => *of = number,
                Notice::Fallback | Notice::OnePerson { .. } | Notice::ChannelTest { .. } | Notice::ChannelTestOver => {}
            }
        }
    }

    /// Lives the order's life up to its end, or as far as the present.
    pub(super) fn live(&mut self, world: &World<'_>, fate: Fate) -> Result<()> {
        let at = self.row.created_at;
        if fate == Fate::Free {
            self.apply(OrderEvent::FreeConfirmed, at)?;
            return self.book(world, at, false);
        }
        self.apply(OrderEvent::LinkSent, at)?;
        if self.row.appointment_start.is_some() {
            let mut held = self.booking_row(world, at);
            held.expires_at = self.row.link_expires_at;
            self.booking = Some(held);
        }
        let dice = &world.dice;
        let expires = self.row.link_expires_at.unwrap_or(at);
        // Most pay soon, some after the reminder, nobody after the end.
        let paid_at = match dice.below(10) {
            0..7 => at.plus_seconds(dice.between(120, 3_600)),
            _ => at.plus_seconds(dice.between(3_600, 18 * 3600)),
        };
        let pays = matches!(fate, Fate::Booked | Fate::Refunded);
        if pays && world.is_past(paid_at.plus_seconds(30)) && paid_at < expires {
            self.remind_of_link(world, paid_at, "paid");
            return self.paid(world, fate, paid_at);
        }
        match fate {
            Fate::Expired | Fate::SlotLost if world.is_past(expires.plus_seconds(30)) => {
                self.remind_of_link(world, expires, "link_expired");
                if fate == Fate::SlotLost || dice.chance(60) {
                    self.page(world, at.plus_seconds(90), PaymentState::Expired);
                }
                self.apply(OrderEvent::LinkExpired, expires)?;
                self.told.push((expires, Notice::LinkExpired { number: 0 }));
                self.release(expires);
                // Money that comes when the time has passed stays visible; there is nothing to book (commerce.md "Slots").
                let late = Ord::max(expires, self.row.appointment_start.unwrap_or(expires)).plus_seconds(900);
                if fate == Fate::SlotLost && world.is_past(late.plus_seconds(60)) {
                    return self.paid(world, fate, late);
                }
            }
            Fate::Cancelled => {
                let cancelled = at.plus_seconds(dice.between(600, 7_200));
                if world.is_past(cancelled.plus_seconds(30)) {
                    self.remind_of_link(world, cancelled, "cancelled");
                    self.apply(OrderEvent::Cancelled, cancelled)?;
                    self.told.push((cancelled, Notice::Cancelled { number: 0 }));
                    self.release(cancelled);
                } else {
                    self.stay_open(world);
                }
            }
            // Put aside by what the customer asks for next.
            Fate::PutAside => {}
            _ => self.stay_open(world),
        }
        Ok(())
    }

    fn stay_open(&mut self, world: &World<'_>) {
        let now = Time::from(world.now);
        self.remind_of_link(world, now, "");
        let opened = self.row.created_at.plus_seconds(100);
        if world.dice.chance(55) && world.is_past(opened) {
            self.page(world, opened, PaymentState::Open);
            if world.dice.chance(25) && world.is_past(opened.plus_seconds(60)) {
                // A card that was refused leaves the page open.
                self.event(world, opened.plus_seconds(45), gateway::payment::EventKind::Failed, "failed");
            }
        }
        self.expires = self.row.link_expires_at;
    }

    /// The customer turned to something else at that moment.
    pub(super) fn put_aside(&mut self, world: &World<'_>, at: Time) -> Result<()> {
        self.remind_of_link(world, at, "put_aside");
        self.apply(OrderEvent::PutAside, at)?;
        self.release(at);
        Ok(())
    }

    fn release(&mut self, at: Time) {
        self.holds = false;
        if let Some(booking) = &mut self.booking {
            booking.status = BookingStatus::Cancelled;
            booking.updated_at = at;
        }
        for reminder in self.reminders.iter_mut().filter(|one| one.sent_at.is_none() && one.cancelled_at.is_none()) {
            reminder.cancelled_at = Some(at);
            reminder.cancel_reason = Some("refunded".to_owned());
        }
        self.due.clear();
    }

    /// The reminder of the link: sent when its time came before `until`, ended then for that reason; waiting when none is given.
    fn remind_of_link(&mut self, world: &World<'_>, until: Time, reason: &str) {
        let at = self.row.created_at;
        let hours = self.row.payment_reminder_hours.map(i64::from);
        let Some(due) = reminder_at(at.timestamp(), hours).map(Time::from) else { return };
        let mut row = reminder_row(&self.row, world.dice.id(at), ReminderKind::UnpaidLink, due, at);
        if due < until {
            row.sent_at = Some(due);
            let total = self.quote.total;
            let link = self.link.clone().unwrap_or_default();
            self.told.push((due, Notice::ReminderLink { number: 0, total, link }));
        } else if reason.is_empty() {
            self.due.push((row.id, due));
        } else {
            row.cancelled_at = Some(until);
            row.cancel_reason = Some(reason.to_owned());
        }
        self.reminders.push(row);
    }

    fn paid(&mut self, world: &World<'_>, fate: Fate, at: Time) -> Result<()> {
        let dice = &world.dice;
        if self.payments.is_empty() {
            self.page(world, Time(Ord::max(self.row.created_at.0, at.0 - 80_000_000)), PaymentState::Open);
        }
        if fate != Fate::SlotLost && dice.chance(8) {
            self.event(world, at.plus_seconds(-30), gateway::payment::EventKind::Failed, "failed");
        }
        if let Some(page) = self.payments.last_mut() {
            page.status = PaymentState::Paid;
            page.paid_at = Some(at);
        }
        self.event(world, at, gateway::payment::EventKind::Paid, "paid");
        self.apply(OrderEvent::Paid, at)?;
        self.row.paid_at = Some(at);
        self.told.push((at, Notice::Paid { number: 0, total: self.quote.total }));
        let booked = at.plus_seconds(2);
        if fate == Fate::SlotLost {
            self.attention = Some("paid_slot_lost");
            self.told.push((booked, Notice::SlotLost { number: 0, starts: Vec::new() }));
            return Ok(());
        }
        self.book(world, booked, true)?;
        if fate == Fate::Refunded {
            let back = at.plus_seconds(dice.between(4 * 3600, 40 * 3600));
            if world.is_past(back.plus_seconds(30)) {
                if let Some(page) = self.payments.last_mut() {
                    page.status = PaymentState::Refunded;
                    page.refunded_at = Some(back);
                }
                self.event(world, back, gateway::payment::EventKind::Refunded, "refunded");
                self.apply(OrderEvent::Refunded, back)?;
                // A visit that was reminded of after the money went back never was.
                self.reminders.iter_mut().filter(|one| one.sent_at.is_some_and(|sent| sent > back)).for_each(|one| {
                    one.sent_at = None;
                });
                self.told.retain(|(told, _)| *told <= back);
                self.release(back);
                self.told.push((back, Notice::Refunded { number: 0, total: self.quote.total }));
            }
        }
        Ok(())
    }

    fn book(&mut self, world: &World<'_>, at: Time, announce: bool) -> Result<()> {
        let mut row = self.booking.take().unwrap_or_else(|| self.booking_row(world, self.row.created_at));
        row.status = BookingStatus::Confirmed;
        row.expires_at = None;
        row.updated_at = at;
        let city = self.row.city.clone();
        if let Some(start) = self.row.appointment_start {
            let notice = Notice::BookedAppointment { number: 0, city, start: start.timestamp() };
            if announce {
                self.told.push((at, notice));
            }
            self.remind_of_visit(world, at, start);
        } else {
            let hours = self.row.delivery_time_hours.map_or(domain::booking::DEFAULT_DELIVERY_HOURS, i64::from);
            let from = self.row.paid_at.unwrap_or(self.row.created_at).timestamp();
            let window = domain::booking::delivery_window(from, hours, &world.hours, &world.zone);
            row.start_at = window.start.into();
            row.end_at = window.end.into();
            if announce {
                self.told.push((at, Notice::BookedDelivery { number: 0, city, start: window.start }));
            }
        }
        self.booking = Some(row);
        self.apply(OrderEvent::Booked, at)
    }

    fn remind_of_visit(&mut self, world: &World<'_>, at: Time, start: Time) {
        let due = start.plus_seconds(-24 * 3600);
        if due <= at {
            return;
        }
        let mut row = reminder_row(&self.row, world.dice.id(at), ReminderKind::Visit, due, at);
        if world.is_past(due.plus_seconds(5)) {
            row.sent_at = Some(due);
            self.told.push((due, Notice::ReminderVisit { number: 0, start: start.timestamp() }));
        } else {
            self.due.push((row.id, due));
        }
        self.reminders.push(row);
    }

    fn booking_row(&self, world: &World<'_>, at: Time) -> entity::booking::Model {
        let appointment = self.row.appointment_start.zip(self.row.appointment_end);
        let kind = if appointment.is_some() { BookingKind::Appointment } else { BookingKind::Delivery };
        let item_kind = if appointment.is_some() { ItemKind::Service } else { ItemKind::Product };
        let (start_at, end_at) = appointment.unwrap_or((at, at));
        entity::booking::Model {
            id: world.dice.id(at),
            company_id: self.row.company_id,
            branch_id: self.row.branch_id,
            order_id: self.row.id,
            kind,
            status: BookingStatus::Held,
            start_at,
            end_at,
            city: self.row.city.clone(),
            title: crate::order::seeding::title(&self.quote, item_kind, &self.row),
            external_event_id: None,
            external_start_at: None,
            external_end_at: None,
            expires_at: None,
            created_at: at,
            updated_at: at,
        }
    }

    fn page(&mut self, world: &World<'_>, at: Time, status: PaymentState) {
        let id = world.dice.id(at);
        let expires_at = self.row.link_expires_at.unwrap_or(at);
        self.payments.push(super::rows::page(world, &self.row, id, at, expires_at, status));
    }

    fn event(&mut self, world: &World<'_>, at: Time, kind: gateway::payment::EventKind, outcome: &str) {
        if let Some(page) = self.payments.last() {
            self.events.push(super::rows::event(world, page, at, kind, outcome));
        }
    }
}

impl Planned {
    /// The conversation that it was made in.
    pub(in super::super) fn within(&mut self, conversation_id: Uuid) -> Result<()> {
        if self.row.conversation_id != Uuid::nil() {
            return Err(Error::internal("an order has one conversation"));
        }
        self.row.conversation_id = conversation_id;
        for reminder in &mut self.reminders {
            reminder.conversation_id = conversation_id;
        }
        Ok(())
    }
}
