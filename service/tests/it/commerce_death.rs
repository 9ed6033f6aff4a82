//! Death after every statement from the message to the booking: each handler is cut off after its first, second, third…
//! statement, and after its last before anybody notes that it ended, as a kill would; everything comes out as if nobody had
//! died (reliability.md cases 2, 33, 36, 132; architecture §6.2).
//!
//! A future that is dropped leaves in the database exactly what a killed process leaves: what was committed, and a job whose
//! lease runs out. The real `kill -9` at random moments is in `x8/tests/it/crash.rs`.

use crate::commerce_support::Shop;
use entity::stored::{
    BookingStatus, JobStatus, MessageDirection, MessageStatus, OrderStatus, PaymentState, PaymentStatus,
};
use entity::{booking, contact, conversation, job, message, order, payment, payment_event};
use futures::FutureExt as _;
use gateway::payment::EventKind;
use gateway::payment::sandbox::NAME;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use service::job::Kind;
use service::payment::Link;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use testkit::Kit;

/// The handlers on the way.
const ON_THE_WAY: [&str; 4] = ["answer_turn", "send_message", "settle_payment", "book_order"];
/// No handler runs so many statements; the last round must die nowhere, which shows that the bound is one.
const MOST_STATEMENTS: i64 = 300;
/// Nobody dies.
const IMMORTAL: i64 = -1;

/// What the watcher throws; unlike a panic it is not reported.
struct Death;

/// How many statements are yet to come before death.
#[derive(Clone)]
struct Fate(Arc<AtomicI64>);

impl Fate {
    /// Puts the kit's program on a database that counts down.
    fn over(mut kit: Kit) -> (Kit, Self) {
        let fate = Self(Arc::new(AtomicI64::new(IMMORTAL)));
        let left = Arc::clone(&fate.0);
        let db = kit.ctx.db().clone().watched(move |_| match left.load(Ordering::SeqCst) {
            IMMORTAL => {}
            0 => {
                left.store(IMMORTAL, Ordering::SeqCst);
                std::panic::resume_unwind(Box::new(Death));
            }
            more => left.store(more - 1, Ordering::SeqCst),
        });
        let clock = Arc::clone(&kit.clock) as _;
        let engine = testkit::engine(db, clock, foundation::Random::seeded(11), &kit.folder);
        kit.ctx = service::Ctx::new(engine, service::access::Actor::System);
        (kit, fate)
    }

    /// Runs something and lets it die after its n-th statement, counted from none; a work of just n statements dies after its
    /// end. None: it died.
    async fn at<F: Future>(&self, n: i64, work: F) -> Option<F::Output> {
        self.0.store(n, Ordering::SeqCst);
        let done = AssertUnwindSafe(work).catch_unwind().await;
        let left = self.0.swap(IMMORTAL, Ordering::SeqCst);
        match done {
            Ok(done) => (left != 0).then_some(done),
            Err(death) => {
                assert!(death.is::<Death>(), "a real panic");
                None
            }
        }
    }
}

/// Deaths in each kind of step, and what came of it.
#[derive(Debug, Default)]
struct Deaths(std::collections::BTreeMap<String, usize>);

impl Deaths {
    fn note(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }
}

/// Works off what is due; the first run of each job dies after its n-th statement.
async fn run(shop: &Shop, fate: &Fate, n: i64, deaths: &mut Deaths) {
    let (kit, registry) = (&shop.kit, service::jobs::registry());
    let kinds: Vec<&str> = registry.kinds().map(|kind| kind.name).collect();
    loop {
        let claimed = service::job::claim(&kit.ctx, "mortal", &kinds, 1, Duration::from_secs(12)).await.unwrap();
        let Some(claimed) = claimed.into_iter().next() else {
            let open = job::Entity::find()
                .filter(job::Column::Kind.is_in(ON_THE_WAY))
                .filter(job::Column::Status.is_in([JobStatus::Waiting, JobStatus::Running]))
                .count(&kit.ctx.db().read_across())
                .await
                .unwrap();
            if open == 0 {
                return;
            }
            // The lease of the dead runs out, then the wait before the next try.
            kit.advance(Duration::from_secs(13));
            service::job::release_expired(&kit.ctx).await.unwrap();
            continue;
        };
        let kind: &Kind = registry.kind(&claimed.row.kind).unwrap();
        let work = kind.run(kit.ctx.clone(), claimed.clone());
        let outcome = if claimed.row.attempts == 1 { fate.at(n, work).await } else { Some(work.await) };
        match outcome {
            Some(Ok(())) => {
                service::job::finish_if_running(&kit.ctx, &claimed).await.unwrap();
            }
            Some(Err(failure)) => {
                service::job::fail(&kit.ctx, &claimed, &failure).await.unwrap();
            }
            None => deaths.note(&claimed.row.kind),
        }
    }
}

/// The end of one customer's order.
#[derive(Debug, PartialEq)]
struct End {
    order: (OrderStatus, PaymentStatus, i64),
    pages: Vec<PaymentState>,
    bookings: Vec<BookingStatus>,
    said: Vec<MessageStatus>,
    inbound: usize,
    attention: Option<String>,
    events: u64,
    dead: u64,
}

/// One customer's way, dying after the n-th statement of every step; each step is done again as its caller would do it.
async fn live(shop: &Shop, fate: &Fate, number: usize, n: i64, deaths: &mut Deaths) -> End {
    let ctx = &shop.kit.ctx;
    let customer = format!("customer{number}");
    let text = "One rose bouquet to Valencia. I'm Ann Lee, +447700900111. I confirm the order";
    let incoming = shop.incoming(&customer, &format!("{customer}-1"), text);
    let receive = || service::inbox::receive(ctx, &shop.scope, &shop.channel, incoming.clone());
    if fate.at(n, receive()).await.is_none() {
        deaths.note("receive");
        receive().await.unwrap();
    }
    run(shop, fate, n, deaths).await;
    let orders = shop.orders().await;
    let placed = orders.last().expect("an order").clone();
    assert_eq!(orders.len(), number + 1, "each customer has one order");

    let token = placed.link_token.clone().expect("a link");
    let open = || service::payment::open_link(ctx, &token);
    if fate.at(n, open()).await.is_none() {
        deaths.note("open_link");
    }
    assert!(matches!(open().await.unwrap(), Link::Page { .. }));
    let pages = service::order::order_payments(ctx, &shop.scope, &[placed.id]).await.unwrap();
    let page = pages.last().expect("a page").external_id.clone();
    let bank = service::payment::bank(ctx);
    let event = format!("evt_{customer}");
    let (body, signature) = bank.event(&event, EventKind::Paid, &page, placed.total_minor, &placed.currency, ctx.now());
    let deliver = || service::payment::receive(ctx, NAME, Some(&signature), body.as_bytes());
    if fate.at(n, deliver()).await.is_none() {
        deaths.note("webhook");
        deliver().await.unwrap();
    }
    run(shop, fate, n, deaths).await;
    end(shop, &placed, &event).await
}

async fn end(shop: &Shop, placed: &order::Model, event: &str) -> End {
    let db = &shop.kit.ctx.db().read_across();
    let order = order::Entity::find_by_id(placed.id).one(db).await.unwrap().unwrap();
    let pages = payment::Entity::find().filter(payment::Column::OrderId.eq(order.id)).all(db).await.unwrap();
    let bookings = booking::Entity::find().filter(booking::Column::OrderId.eq(order.id)).all(db).await.unwrap();
    let said = message::Entity::find().filter(message::Column::ConversationId.eq(order.conversation_id));
    let said = said.all(db).await.unwrap();
    let talk = conversation::Entity::find_by_id(order.conversation_id).one(db).await.unwrap().unwrap();
    let events = payment_event::Entity::find().filter(payment_event::Column::ExternalId.eq(event));
    let dead = job::Entity::find().filter(job::Column::Status.eq(JobStatus::Dead));
    End {
        order: (order.status, order.payment_status, order.total_minor),
        pages: pages.iter().map(|page| page.status).collect(),
        bookings: bookings.iter().map(|booking| booking.status).collect(),
        said: said.iter().filter(|row| row.direction == MessageDirection::Outbound).map(|row| row.status).collect(),
        inbound: said.iter().filter(|row| row.direction == MessageDirection::Inbound).count(),
        attention: talk.attention_reason,
        events: events.count(db).await.unwrap(),
        dead: dead.count(db).await.unwrap(),
    }
}

testkit::both! {
    async fn at_every_step_ends_as_if_nobody_had_died(kit: Kit) {
        let (kit, fate) = Fate::over(kit);
        let shop = Shop::open(kit).await;
        let mut none = Deaths::default();
        let alive = live(&shop, &fate, 0, IMMORTAL, &mut none).await;
        assert_eq!(none.0.len(), 0);
        assert_eq!(alive.order, (OrderStatus::Booked, PaymentStatus::Paid, 4500));
        assert_eq!((alive.pages.as_slice(), alive.bookings.as_slice()), ([PaymentState::Paid].as_slice(), [BookingStatus::Confirmed].as_slice()));
        let mut all = Deaths::default();
        let mut number = 1;
        for n in 0..MOST_STATEMENTS {
            let mut deaths = Deaths::default();
            let end = live(&shop, &fate, number, n, &mut deaths).await;
            number += 1;
            assert_eq!(end, alive, "after deaths at statement {n} of {:?}", deaths.0);
            if deaths.0.is_empty() {
                break;
            }
            for (what, times) in deaths.0 {
                *all.0.entry(what).or_default() += times;
            }
        }
        println!("{} customers; deaths: {:?}", number - 1, all.0);
        assert!(i64::try_from(number).unwrap() < MOST_STATEMENTS, "the ways never came to their end");
        for step in ["receive", "answer_turn", "send_message", "open_link", "webhook", "settle_payment", "book_order"] {
            assert!(all.0.get(step).is_some_and(|times| *times >= 3), "{step} was hardly tried: {:?}", all.0);
        }
        let standing = usize::try_from(shop.standing().await).unwrap();
        assert_eq!(standing, number, "one booking for each who paid");
        let contacts = contact::Entity::find().count(&shop.kit.ctx.db().read_across()).await.unwrap();
        assert_eq!(contacts, number as u64);
    }
}
