//! What must be true in the database after all the deaths, whatever happened on the way.

use crate::program::Ground;
use assistant::notice::Notice;
use entity::stored::{
    BookingKind, BookingStatus, JobStatus, MessageAuthor, MessageDirection, MessageStatus, OrderStatus, PaymentState,
    PaymentStatus, TurnStatus,
};
use entity::{
    booking, branch, contact, contact_address, conversation, job, message, order, order_line, payment, payment_event,
    reminder, slot_hold, stock_hold, stock_level, turn,
};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, EntityTrait, Statement};
use service::ctx::Ctx;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use testkit::Kit;
use uuid::Uuid;

async fn open(kit: &Kit, ground: &Ground) -> Ctx {
    testkit::kit::live(&ground.database_url, &kit.folder).await
}

async fn all<E: EntityTrait>(ctx: &Ctx) -> Vec<E::Model> {
    E::find().all(&ctx.db().read_across()).await.expect("the rows")
}

/// Waits until no job is due or running.
pub(crate) async fn drained(kit: &Kit, ground: &Ground) {
    let ctx = open(kit, ground).await;
    while !due(&ctx).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ctx.db().clone().close().await.expect("closed");
}

/// Why somebody may still wait: what is to be done, and the talks that came to no order.
pub(crate) async fn left_over(kit: &Kit, ground: &Ground) -> String {
    let ctx = open(kit, ground).await;
    let mut said: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
    let mut messages = all::<message::Entity>(&ctx).await;
    messages.sort_by_key(|row| (row.created_at, row.id));
    for row in messages {
        said.entry(row.conversation_id).or_default().push(format!("{:?} {:?}: {}", row.author, row.status, row.text));
    }
    let talks = all::<conversation::Entity>(&ctx).await.into_iter().filter(|talk| talk.current_order_id.is_none());
    let talks: Vec<String> = talks.map(|talk| said.remove(&talk.id).unwrap_or_default().join("\n")).collect();
    format!("left over: {:#?}\n{}", due(&ctx).await, talks.join("\n\n"))
}

/// Jobs that somebody has in hand, or had.
pub(crate) async fn running(kit: &Kit, ground: &Ground) -> Vec<String> {
    let jobs = all::<job::Entity>(&open(kit, ground).await).await;
    jobs.iter().filter(|job| job.status == JobStatus::Running).map(told).collect()
}

async fn due(ctx: &Ctx) -> Vec<String> {
    let now = ctx.time();
    let open = |job: &job::Model| match job.status {
        JobStatus::Running => true,
        JobStatus::Waiting => job.run_at <= now,
        JobStatus::Done | JobStatus::Dead => false,
    };
    all::<job::Entity>(ctx).await.iter().filter(|job| open(job)).map(told).collect()
}

fn told(job: &job::Model) -> String {
    format!("{} {:?} attempt {} of {}: {:?}", job.kind, job.status, job.attempts, job.max_attempts, job.last_error)
}

/// How many jobs were taken over from a start that had died with them.
pub(crate) async fn taken_over(kit: &Kit, ground: &Ground) -> usize {
    all::<job::Entity>(&open(kit, ground).await).await.iter().filter(|job| job.attempts > 1).count()
}

/// All rows that the promises speak of.
struct Rows {
    ctx: Ctx,
    conversations: BTreeMap<Uuid, conversation::Model>,
    messages: Vec<message::Model>,
    turns: BTreeMap<Uuid, turn::Model>,
    orders: BTreeMap<Uuid, order::Model>,
    branches: BTreeMap<Uuid, branch::Model>,
    bookings: Vec<booking::Model>,
    payments: Vec<payment::Model>,
    jobs: Vec<job::Model>,
    reminders: Vec<reminder::Model>,
    faults: Vec<String>,
}

/// Everything that is not as it must be. `accepted`: ids of messages that were answered with 202; `paid`: tokens of links
/// whose receipt and confirmation were seen.
pub(crate) async fn faults(
    kit: &Kit,
    ground: &Ground,
    accepted: &BTreeSet<String>,
    paid: &BTreeSet<String>,
) -> Vec<String> {
    let ctx = open(kit, ground).await;
    let mut rows = Rows {
        conversations: all::<conversation::Entity>(&ctx).await.into_iter().map(|row| (row.id, row)).collect(),
        messages: all::<message::Entity>(&ctx).await,
        turns: all::<turn::Entity>(&ctx).await.into_iter().map(|row| (row.id, row)).collect(),
        orders: all::<order::Entity>(&ctx).await.into_iter().map(|row| (row.id, row)).collect(),
        branches: all::<branch::Entity>(&ctx).await.into_iter().map(|row| (row.id, row)).collect(),
        bookings: all::<booking::Entity>(&ctx).await,
        payments: all::<payment::Entity>(&ctx).await,
        jobs: all::<job::Entity>(&ctx).await,
        reminders: all::<reminder::Entity>(&ctx).await,
        faults: Vec::new(),
        ctx,
    };
    rows.questions(accepted);
    rows.answers();
    rows.money(paid);
    rows.calendar();
    rows.work();
    rows.holds().await;
    rows.orphans().await;
    rows.file().await;
    rows.faults
}

impl Rows {
    fn must(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.faults.push(fault());
        }
    }

    /// Every accepted message is stored, once, and has one turn of its own conversation.
    fn questions(&mut self, accepted: &BTreeSet<String>) {
        let inbound: Vec<message::Model> =
            self.messages.iter().filter(|row| row.direction == MessageDirection::Inbound).cloned().collect();
        let mut stored: BTreeMap<String, usize> = BTreeMap::new();
        for row in &inbound {
            *stored.entry(row.external_id.clone().unwrap_or_default()).or_default() += 1;
            let turn = row.turn_id.and_then(|id| self.turns.get(&id));
            let own = turn.is_some_and(|turn| turn.conversation_id == row.conversation_id);
            self.must(own, || format!("message {:?} has no turn of its conversation", row.text));
        }
        let doubled: Vec<&String> = stored.iter().filter(|(_, count)| **count > 1).map(|(id, _)| id).collect();
        self.must(doubled.is_empty(), || format!("messages stored more than once: {doubled:?}"));
        let stored: BTreeSet<String> = stored.into_keys().collect();
        let lost: Vec<&String> = accepted.difference(&stored).collect();
        self.must(lost.is_empty(), || format!("messages accepted and lost: {lost:?}"));
        let strange: Vec<&String> = stored.difference(accepted).collect();
        self.must(strange.is_empty(), || format!("messages that nobody was told of: {strange:?}"));
    }

    /// Every turn answered somebody, said each thing once, and all of it was sent.
    fn answers(&mut self) {
        let turns: Vec<turn::Model> = self.turns.values().cloned().collect();
        for turn in turns {
            let of_turn = |direction| {
                self.messages.iter().filter(move |row| row.turn_id == Some(turn.id) && row.direction == direction)
            };
            let asked = of_turn(MessageDirection::Inbound).count();
            let said: Vec<String> = of_turn(MessageDirection::Outbound).map(|row| row.text.clone()).collect();
            let different: BTreeSet<&String> = said.iter().collect();
            let once = different.len() == said.len();
            self.must(asked > 0, || format!("turn {} answers nothing: {said:?}", turn.id));
            self.must(!said.is_empty(), || format!("turn {} says nothing", turn.id));
            self.must(once, || format!("turn {} repeats itself: {said:?}", turn.id));
            self.must(turn.status == TurnStatus::Answered, || {
                format!("turn {} is {:?}: {:?}", turn.id, turn.status, turn.error)
            });
        }
        let outbound: Vec<message::Model> =
            self.messages.iter().filter(|row| row.direction == MessageDirection::Outbound).cloned().collect();
        for row in outbound {
            let id = row.id.to_string();
            let sends = self
                .jobs
                .iter()
                .filter(|job| job.kind == "send_message" && job.payload["message_id"] == id.as_str())
                .count();
            let sent = row.status == MessageStatus::Sent && row.sent_at.is_some();
            self.must(sent && sends == 1, || {
                format!("{:?} is {:?} and was sent by {sends} jobs", row.text, row.status)
            });
        }
    }

    /// What visitors paid is what is paid: once, in full, with one receipt.
    fn money(&mut self, paid: &BTreeSet<String>) {
        let orders: Vec<order::Model> = self.orders.values().cloned().collect();
        let is_paid = |order: &&order::Model| order.payment_status == PaymentStatus::Paid;
        let tokens: BTreeSet<String> =
            orders.iter().filter(is_paid).filter_map(|order| order.link_token.clone()).collect();
        self.must(tokens == *paid, || format!("visitors paid {paid:?}, the orders say {tokens:?}"));
        let mut orders_of: BTreeMap<Uuid, usize> = BTreeMap::new();
        for order in &orders {
            *orders_of.entry(order.conversation_id).or_default() += 1;
            let pages: Vec<payment::Model> =
                self.payments.iter().filter(|page| page.order_id == order.id).cloned().collect();
            let paid: Vec<&payment::Model> = pages.iter().filter(|page| page.status == PaymentState::Paid).collect();
            let wanted = usize::from(order.payment_status == PaymentStatus::Paid);
            let number = order.number;
            self.must(paid.len() == wanted, || format!("order {number} has {} paid pages, not {wanted}", paid.len()));
            let right =
                paid.iter().all(|page| page.amount_minor == order.total_minor && page.currency == order.currency);
            self.must(right, || format!("order {number} was paid with another sum"));
            if wanted == 1 {
                let total = service::order::money(order, order.total_minor);
                self.told_once(order, &Notice::Paid { number, total });
            }
        }
        self.must(orders_of.values().all(|count| *count == 1), || "one talk made two orders".to_owned());
        let mut numbers: BTreeMap<Uuid, Vec<i32>> = BTreeMap::new();
        for order in &orders {
            numbers.entry(order.company_id).or_default().push(order.number);
        }
        for numbers in numbers.values_mut() {
            numbers.sort_unstable();
            let gapless = numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
            self.must(gapless, || format!("order numbers have gaps or doubles: {numbers:?}"));
        }
    }

    fn told_once(&mut self, order: &order::Model, notice: &Notice) {
        let zone = self.branches.get(&order.branch_id).map(service::company::zone).expect("its branch");
        let text = notice.text(service::order::language(order), &zone);
        let times = self
            .messages
            .iter()
            .filter(|row| {
                row.conversation_id == order.conversation_id && row.author == MessageAuthor::System && row.text == text
            })
            .count();
        self.must(times == 1, || format!("order {} was told {times} times: {text:?}", order.number));
    }

    /// A paid order is in the calendar once and was announced once; an unpaid one only holds its time.
    fn calendar(&mut self) {
        let orders: Vec<order::Model> = self.orders.values().cloned().collect();
        for order in &orders {
            let of_order: Vec<booking::Model> =
                self.bookings.iter().filter(|row| row.order_id == order.id).cloned().collect();
            let states: Vec<(BookingKind, BookingStatus)> = of_order.iter().map(|row| (row.kind, row.status)).collect();
            let kind = if order.appointment_start.is_some() { BookingKind::Appointment } else { BookingKind::Delivery };
            let paid = order.payment_status == PaymentStatus::Paid;
            let wanted = match (paid, kind) {
                (true, _) => vec![(kind, BookingStatus::Confirmed)],
                (false, BookingKind::Appointment) => vec![(kind, BookingStatus::Held)],
                (false, BookingKind::Delivery) => Vec::new(),
            };
            let number = order.number;
            self.must(states == wanted, || format!("order {number} has bookings {states:?}, not {wanted:?}"));
            let status = if paid { OrderStatus::Booked } else { OrderStatus::Open };
            self.must(order.status == status, || format!("order {number} is {:?}, not {status:?}", order.status));
            if let (true, Some(booking)) = (paid, of_order.first()) {
                let (city, start) = (order.city.clone(), booking.start_at.timestamp());
                let notice = match kind {
                    BookingKind::Appointment => Notice::BookedAppointment { number, city, start },
                    BookingKind::Delivery => Notice::BookedDelivery { number, city, start },
                };
                self.told_once(order, &notice);
            }
            let system: Vec<&str> = self
                .messages
                .iter()
                .filter(|row| row.conversation_id == order.conversation_id && row.author == MessageAuthor::System)
                .map(|row| row.text.as_str())
                .collect();
            let wanted = if paid { 2 } else { 0 };
            let fault = (system.len() != wanted)
                .then(|| format!("order {number}: messages of the program, not {wanted}: {system:#?}"));
            self.faults.extend(fault);
        }
    }

    /// No job is dead, running or past due; what waits belongs to an order that it is true for.
    fn work(&mut self) {
        let jobs = std::mem::take(&mut self.jobs);
        let now = self.ctx.time();
        for job in &jobs {
            let right = match job.status {
                JobStatus::Done => true,
                JobStatus::Dead | JobStatus::Running => false,
                JobStatus::Waiting => {
                    let order = job.subject_id.and_then(|id| self.orders.get(&id));
                    job.run_at > now
                        && match job.kind.as_str() {
                            "expire_link" => order.is_some_and(|order| order.status == OrderStatus::Open),
                            "send_reminder" => order.is_some(),
                            _ => false,
                        }
                }
            };
            self.must(right, || told(job));
        }
        let open: Vec<order::Model> =
            self.orders.values().filter(|order| order.status == OrderStatus::Open).cloned().collect();
        for order in open {
            let ends = jobs
                .iter()
                .filter(|job| {
                    job.kind == "expire_link" && job.subject_id == Some(order.id) && job.status == JobStatus::Waiting
                })
                .count();
            self.must(ends == 1, || format!("the link of order {} is ended by {ends} jobs", order.number));
        }
        self.jobs = jobs;
    }

    /// Slots and stock are held for living orders, and the counts agree.
    async fn holds(&mut self) {
        let slots = all::<slot_hold::Entity>(&self.ctx).await;
        let stock = all::<stock_hold::Entity>(&self.ctx).await;
        let levels = all::<stock_level::Entity>(&self.ctx).await;
        let lives = |order: Option<&order::Model>| {
            order.is_some_and(|order| {
                matches!(order.status, OrderStatus::Open | OrderStatus::Confirmed | OrderStatus::Booked)
            })
        };
        let held: BTreeSet<Uuid> =
            slots.iter().map(|hold| hold.order_id).chain(stock.iter().map(|hold| hold.order_id)).collect();
        for id in held {
            let alive = lives(self.orders.get(&id));
            self.must(alive, || format!("order {id} is gone or has ended and still holds something"));
        }
        let orders: Vec<order::Model> = self.orders.values().cloned().collect();
        for order in orders {
            if let (Some(start), Some(end)) = (order.appointment_start, order.appointment_end) {
                let units = slots.iter().filter(|hold| hold.order_id == order.id).count() as i64;
                let wanted = (end.0 - start.0) / 1_000_000 / domain::booking::QUANTUM_SECONDS;
                self.must(units == wanted, || format!("order {} holds {units} slots, not {wanted}", order.number));
            }
        }
        for level in levels {
            let held: i64 = stock
                .iter()
                .filter(|hold| hold.company_id == level.company_id && hold.key == level.key)
                .map(|hold| hold.units)
                .sum();
            self.must(held == level.taken_units, || {
                format!("{}: {held} held, {} counted", level.key, level.taken_units)
            });
        }
    }

    /// No row speaks of one that is not there.
    async fn orphans(&mut self) {
        let contacts: BTreeSet<Uuid> = all::<contact::Entity>(&self.ctx).await.into_iter().map(|row| row.id).collect();
        let addresses = all::<contact_address::Entity>(&self.ctx).await;
        let lines: Vec<Uuid> = all::<order_line::Entity>(&self.ctx).await.into_iter().map(|row| row.order_id).collect();
        let events = all::<payment_event::Entity>(&self.ctx).await;
        let homeless =
            self.messages.iter().filter(|row| !self.conversations.contains_key(&row.conversation_id)).count();
        self.must(homeless == 0, || format!("{homeless} messages without a conversation"));
        let homeless = self.turns.values().filter(|row| !self.conversations.contains_key(&row.conversation_id)).count();
        self.must(homeless == 0, || format!("{homeless} turns without a conversation"));
        let talks: Vec<conversation::Model> = self.conversations.values().cloned().collect();
        for talk in &talks {
            self.must(contacts.contains(&talk.contact_id), || format!("conversation {} without a contact", talk.id));
            let known = talk.current_order_id.is_none_or(|id| self.orders.contains_key(&id));
            self.must(known, || format!("conversation {} speaks of an order that is gone", talk.id));
            self.must(!talk.needs_attention, || {
                format!("conversation {} calls for staff: {:?}", talk.id, talk.attention_reason)
            });
            let spoken = self.messages.iter().any(|row| row.conversation_id == talk.id);
            self.must(spoken, || format!("conversation {} is empty", talk.id));
        }
        let known: BTreeSet<Uuid> = addresses.iter().map(|row| row.contact_id).collect();
        self.must(known == contacts && contacts.len() == talks.len(), || {
            format!("{} contacts, {} with an address, {} conversations", contacts.len(), known.len(), talks.len())
        });
        let of_orders = lines
            .iter()
            .copied()
            .chain(self.bookings.iter().map(|row| row.order_id))
            .chain(self.payments.iter().map(|row| row.order_id))
            .chain(self.reminders.iter().map(|row| row.order_id));
        let orphans = of_orders.filter(|id| !self.orders.contains_key(id)).count();
        self.must(orphans == 0, || format!("{orphans} lines, bookings, payments or reminders without an order"));
        let orders: Vec<order::Model> = self.orders.values().cloned().collect();
        for order in orders {
            self.must(lines.contains(&order.id), || format!("order {} has no lines", order.number));
            let talk = self.conversations.contains_key(&order.conversation_id);
            self.must(talk, || format!("order {} has no conversation", order.number));
        }
        let unread = events.iter().filter(|event| event.processed_at.is_none() || event.company_id.is_none()).count();
        self.must(unread == 0, || format!("{unread} events of the bank were not applied"));
    }

    /// SQLite says that its file is whole.
    async fn file(&mut self) {
        let db = &self.ctx.db().read_across();
        if db.get_database_backend() != DatabaseBackend::Sqlite {
            return;
        }
        for (pragma, wanted) in [("integrity_check", Some("ok")), ("foreign_key_check", None)] {
            let query = Statement::from_string(DatabaseBackend::Sqlite, format!("PRAGMA {pragma}"));
            let first = db.query_one_raw(query).await.expect("the pragma");
            let said = first.and_then(|row| row.try_get_by_index::<String>(0).ok());
            self.faults.extend((said.as_deref() != wanted).then(|| format!("{pragma}: {said:?}")));
        }
    }
}
