//! Orders with all that follows from them: payments, bookings, holds, reminders. Totals come from `domain::quote`,
//! statuses from `domain::order`, times from `domain::booking`; seats and stock are taken through the same constraints as
//! those of real orders.

mod fate;
mod rows;

use super::rhythm::minutes;
use super::{DAYS, Part, World};
use crate::error::{Error, Result};
use crate::job;
use crate::order::{ExpireLink, SendReminder, seeding};
use assistant::notice::Notice;
use domain::booking::{Block, Interval, SlotRequest};
use domain::catalog::{Area, Item};
use domain::order::{OrderEvent, OrderState};
use domain::quote::Quote;
use entity::stored::ReminderKind;
use entity::time::Time;
use entity::{booking, order, order_line, payment, payment_event, reminder};
use fate::Fate;
use jiff::Span;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Orders written in one transaction.
const PART: usize = 40;

/// An order before it is written.
pub(super) struct Planned {
    /// Place among the company's conversations.
    pub(super) talk: usize,
    pub(super) lines: Vec<(Arc<Item>, i64)>,
    pub(super) quote: Quote,
    /// Set when it replaces the one before it in its conversation.
    pub(super) follows: bool,
    pub(super) row: order::Model,
    pub(super) link: Option<String>,
    /// What the program itself tells the customer, and when.
    pub(super) told: Vec<(Time, Notice)>,
    /// Why staff should look.
    pub(super) attention: Option<&'static str>,
    block: Option<Block>,
    holds: bool,
    order_lines: Vec<order_line::Model>,
    payments: Vec<payment::Model>,
    events: Vec<payment_event::Model>,
    booking: Option<booking::Model>,
    reminders: Vec<reminder::Model>,
    /// When its link ends, while it is open.
    expires: Option<Time>,
    /// Reminders that wait for their time.
    due: Vec<(Uuid, Time)>,
}

/// What is taken already.
#[derive(Default)]
struct Taken {
    busy: HashMap<String, Vec<Interval>>,
    stock: HashMap<String, i64>,
}

/// All orders of the company, the oldest first.
pub(super) fn plan(world: &mut World<'_>) -> Result<Vec<Planned>> {
    let mut taken = Taken::default();
    let mut orders: Vec<Planned> = Vec::with_capacity(world.place.orders + 20);
    let mut talks: Vec<usize> = (0..world.place.conversations).collect();
    let mut lost = 0;
    let mut times: Vec<Time> = (0..world.place.orders)
        // Two thirds of late, as the calendar shows a month back and ahead; some of them today.
        .map(|at| match at % 15 {
            0 => world.moment(0, 240),
            at if at % 3 == 0 => world.moment(DAYS - 1, 240),
            _ => world.moment(28, 240),
        })
        .collect();
    times.sort_unstable();
    for at in times {
        let talk = talks.swap_remove(world.dice.below(talks.len()));
        let fate = fate::choose(world, at, &mut lost);
        let Some(mut first) = draft(world, &mut taken, talk, at, fate)? else { continue };
        if fate == Fate::PutAside {
            let again = at.plus_seconds(world.dice.between(300, 2_400));
            first.put_aside(world, again)?;
            orders.push(first);
            if world.is_past(again.plus_seconds(120))
                && let Some(mut second) = draft(world, &mut taken, talk, again, fate::after(world, again))?
            {
                second.follows = true;
                orders.push(second);
            }
        } else {
            orders.push(first);
        }
    }
    orders.sort_by_key(|order| order.row.created_at);
    for (number, order) in (1..).zip(&mut orders) {
        order.number(number);
    }
    world.company.next_order_number = i32::try_from(orders.len()).unwrap_or(i32::MAX - 1) + 1;
    Ok(orders)
}

/// One order that comes to that end; none when nothing fits (no free time, no stock).
fn draft(world: &World<'_>, taken: &mut Taken, talk: usize, at: Time, fate: Fate) -> Result<Option<Planned>> {
    let Some((lines, city)) = basket(world, taken, fate == Fate::Free) else { return Ok(None) };
    let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (&**item, *quantity)).collect();
    let quote = domain::quote::quote(&pairs, world.currency).map_err(|error| Error::internal(error.to_string()))?;
    if quote.is_free() != (fate == Fate::Free) {
        return Ok(None);
    }
    let block = domain::booking::block(&pairs).map_err(|error| Error::internal(error.to_string()))?;
    let slot = if block.parts.is_empty() {
        None
    } else {
        match free_slot(world, taken, &block, at, fate) {
            Some(slot) => Some(slot),
            None => return Ok(None),
        }
    };
    let mut order = Planned::new(world, talk, at, lines, quote, city, (!block.parts.is_empty()).then_some(block), slot);
    order.live(world, fate)?;
    if order.holds {
        order.take(taken);
    }
    Ok(Some(order))
}

/// What is bought, and where it goes.
type Basket = (Vec<(Arc<Item>, i64)>, Option<String>);

/// What somebody buys, and where.
fn basket(world: &World<'_>, taken: &Taken, free: bool) -> Option<Basket> {
    let dice = &world.dice;
    // Weddings and the like: ordered weeks before, so that the calendar shows some weeks ahead.
    let early = dice.chance(14);
    let offered: Vec<&Arc<Item>> = world.items.iter().filter(|item| item.is_free() == free).collect();
    if offered.is_empty() {
        return None;
    }
    for _ in 0..400 {
        let item = *dice.of(&offered);
        if early && item.delivery_time_hours.is_some_and(|hours| hours < 140) {
            continue;
        }
        let service = item.has_slots();
        let city = match &item.area {
            Area::Cities(cities) => Some(dice.of(cities).clone()),
            Area::Online => Some(domain::checkout::ONLINE.to_owned()),
            Area::Everywhere => Some(world.place.city.to_owned()),
        };
        let mut lines =
            vec![(Arc::clone(item), if service || free || dice.chance(70) { 1 } else { dice.between(2, 4) })];
        let more = if free || service { usize::from(service && dice.chance(12)) } else { dice.below(3) };
        for _ in 0..more {
            let other = dice.of(&world.items);
            let served = match &other.area {
                Area::Cities(cities) => city.as_ref().is_some_and(|city| cities.contains(city)),
                Area::Everywhere => true,
                Area::Online => false,
            };
            if served && !other.is_free() && lines.iter().all(|(line, _)| line.key != other.key) {
                lines.push((Arc::clone(other), 1));
            }
        }
        let in_stock = lines.iter().all(|(item, quantity)| {
            item.available.is_none_or(|limit| taken.stock.get(&item.key).copied().unwrap_or(0) + quantity <= limit)
        });
        if in_stock {
            return Some((lines, city));
        }
    }
    None
}

/// A free time for the block, asked for at that moment.
fn free_slot(world: &World<'_>, taken: &Taken, block: &Block, at: Time, fate: Fate) -> Option<Interval> {
    let dice = &world.dice;
    let busy: Vec<Interval> =
        block.parts.iter().flat_map(|part| taken.busy.get(&part.resource).into_iter().flatten().copied()).collect();
    let today = world.zone.to_datetime(at.timestamp()).date();
    for _ in 0..12 {
        // Those who wait for a payment or were promised a time lie ahead.
        let ahead = match fate {
            Fate::Open => dice.between(1, 9),
            Fate::SlotLost => 1,
            _ if dice.chance(60) => dice.between(0, 5),
            _ => dice.between(2, 30),
        };
        let day = today.checked_add(Span::new().days(ahead)).ok()?;
        let found = domain::booking::slots(
            &world.hours,
            &world.zone,
            &SlotRequest {
                from_date: day,
                to_date: day,
                duration_minutes: block.minutes,
                step_minutes: 30,
                busy: &busy,
                now: minutes(at.timestamp(), 180),
                limit: 60,
            },
        );
        if !found.is_empty() {
            return Some(*dice.of(&found));
        }
    }
    None
}

impl Planned {
    /// What it keeps of seats and stock.
    fn take(&self, taken: &mut Taken) {
        for (item, quantity) in self.lines.iter().filter(|(item, _)| item.available.is_some()) {
            *taken.stock.entry(item.key.clone()).or_default() += quantity;
        }
        if let (Some(block), Some(start)) = (&self.block, self.row.appointment_start) {
            for part in &block.parts {
                let from = minutes(start.timestamp(), part.offset_minutes);
                let interval = Interval::of_minutes(from, part.minutes);
                taken.busy.entry(part.resource.clone()).or_default().push(interval);
            }
        }
    }

    /// One more event of the order; the domain says what it makes of it.
    fn apply(&mut self, event: OrderEvent, at: Time) -> Result<()> {
        let before = OrderState { status: self.row.status.into(), payment: self.row.payment_status.into() };
        let after = domain::order::apply(before, event).map_err(|error| Error::internal(error.to_string()))?;
        self.row.status = after.status.into();
        self.row.payment_status = after.payment.into();
        self.row.updated_at = at;
        Ok(())
    }
}

/// Writes them, with their holds and what waits for its time.
pub(super) async fn write(world: &World<'_>, orders: Vec<Planned>, told: Part<'_>) -> Result<()> {
    let total = orders.len().max(1);
    let mut orders = orders.into_iter().peekable();
    let mut written = 0_usize;
    while orders.peek().is_some() {
        let part: Vec<Planned> = orders.by_ref().take(PART).collect();
        let mut tx = world.ctx.db().begin(&world.scope).await?;
        for order in &part {
            let (ctx, scope, id) = (world.ctx, &world.scope, order.row.id);
            if order.holds {
                let mut stock: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
                for (item, quantity) in &order.lines {
                    if let Some(limit) = item.available {
                        stock.entry(&item.key).or_insert((0, limit)).0 += quantity;
                    }
                }
                for (key, (units, limit)) in stock {
                    if !seeding::hold_stock(ctx, &tx, scope, id, key, units, limit).await? {
                        return Err(Error::internal("the demo sells more than there is"));
                    }
                }
                if let (Some(block), Some(start)) = (&order.block, order.row.appointment_start)
                    && !seeding::hold_slots(ctx, &tx, scope, world.branch.id, id, block, start.timestamp()).await?
                {
                    return Err(Error::internal("the demo books a seat twice"));
                }
            }
            if let Some(at) = order.expires {
                job::enqueue_at(ctx, &mut tx, scope, &ExpireLink { order_id: id }, at).await?;
            }
            for (reminder_id, at) in &order.due {
                let job = SendReminder { reminder_id: *reminder_id, order_id: id };
                job::enqueue_at(ctx, &mut tx, scope, &job, *at).await?;
            }
        }
        world.ctx.commit(tx).await?;
        written += part.len();
        rows::write(world, part).await?;
        told.tell(written as f32 / total as f32);
    }
    seeding::next_number(world.ctx, &world.scope, world.company.next_order_number).await
}

/// What each conversation's orders are, by their place in the list.
pub(super) fn by_talk(orders: &[Planned]) -> HashMap<usize, Vec<usize>> {
    let mut found: HashMap<usize, Vec<usize>> = HashMap::new();
    for (at, order) in orders.iter().enumerate() {
        found.entry(order.talk).or_default().push(at);
    }
    debug_assert!(found.values().all(|orders| orders.iter().collect::<HashSet<_>>().len() == orders.len()));
    found
}

/// A reminder as it stands now.
fn reminder_row(order: &order::Model, id: Uuid, kind: ReminderKind, due_at: Time, created_at: Time) -> reminder::Model {
    reminder::Model {
        id,
        company_id: order.company_id,
        conversation_id: order.conversation_id,
        order_id: order.id,
        kind,
        due_at,
        sent_at: None,
        cancelled_at: None,
        cancel_reason: None,
        created_at,
    }
}
