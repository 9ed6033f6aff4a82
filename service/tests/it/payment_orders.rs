//! Money in random orders of everything that may happen to it (reliability.md case 44): customers who order, change their cart,
//! open links, pay, pay again, come back; banks that take their time; owners who give money back at Stripe; events that come
//! twice, late, out of order, with old signatures, for another account, or never; calls that fail in every way; workers that
//! die before a call or between a call and its answer.
//!
//! After every step no order is booked unpaid, and states have moved along the domain's transitions only. When all is quiet,
//! what stands here is what stands at Stripe.

use crate::payment_support::Till;
use assistant::notice::Notice;
use domain::order::{OrderEvent, OrderState};
use entity::stored::{BookingStatus, JobStatus, OrderStatus, PaymentState, PaymentStatus};
use entity::{booking, job, message, order, payment};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestCaseError, TestRng, TestRunner};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use service::Error;
use service::payment::Link;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use testkit::fake::{Fault, Reply};
use uuid::Uuid;

/// Steps of one customer's story.
const STEPS: std::ops::Range<usize> = 8..28;
/// So many hours after the last step all is quiet: the longest link (26 h), and the pauses of what is tried again.
const HOURS_TO_QUIET: usize = 40;

/// One thing that happens. Numbers choose among what there is: the newest is 0.
#[derive(Clone, Debug)]
enum Step {
    /// The customer confirms a cart of so many bouquets: a first order, or another in its place.
    Order(u8),
    /// The customer opens the link of an order.
    Open(usize),
    /// The customer pays a page that was shown to them.
    Pay(usize),
    /// The customer chooses a bank debit.
    PayLater(usize),
    /// The debit came, or not.
    Debit(usize, bool),
    /// A page is ended at Stripe.
    RunOut(usize),
    /// The owner gives money back in the dashboard: all of it, or a part.
    GiveBack(usize, bool),
    /// The customer's bank takes the money back.
    Dispute(usize),
    /// An event is delivered so many times.
    Deliver(usize, u8),
    /// An event comes with a signature that is too old.
    Replay(usize),
    /// An event of the same page that names another account.
    Foreign(usize),
    /// The customer comes back from a page.
    Return(usize),
    /// Staff cancel an order.
    Cancel(usize),
    /// Staff give the money of an order back.
    Refund(usize),
    /// Staff send the link again.
    Resend(usize),
    /// The link's time is up.
    Expire(usize),
    /// Time passes, minutes.
    Wait(i64),
    /// What is due is done.
    Run,
    /// The next call to such a path goes wrong.
    Fail(&'static str, Wrong),
    /// A worker dies over its job: before it began, or between the call and its answer.
    Die(bool),
}

#[derive(Clone, Copy, Debug)]
enum Wrong {
    Cut,
    DoneThenCut,
    Half,
    Limited,
    Broken,
    Away,
    Locked,
}

impl Wrong {
    fn fault(self) -> Fault {
        let json = |status, body: &Value| Fault::Answer(Reply::json(status, body));
        match self {
            Self::Cut => Fault::Cut,
            Self::DoneThenCut => Fault::DoneThenCut,
            Self::Half => Fault::Answer(Reply::bytes(200, r#"{"id":"cs_te"#)),
            Self::Limited => Fault::Answer(
                Reply::json(429, &json!({ "error": { "type": "invalid_request_error", "code": "rate_limit" } }))
                    .with_header("retry-after", "7"),
            ),
            Self::Broken => json(500, &json!({ "error": { "type": "api_error" } })),
            Self::Away => Fault::Answer(Reply::bytes(503, "<html>")),
            Self::Locked => json(409, &json!({ "error": { "type": "api_error", "code": "lock_timeout" } })),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let which = || prop_oneof![3 => Just(0_usize), 1 => 1..4_usize];
    let wrong = prop_oneof![
        Just(Wrong::Cut),
        Just(Wrong::DoneThenCut),
        Just(Wrong::Half),
        Just(Wrong::Limited),
        Just(Wrong::Broken),
        Just(Wrong::Away),
        Just(Wrong::Locked),
    ];
    let place = prop_oneof![Just("/v1/"), Just("/v1/checkout/sessions"), Just("/expire"), Just("/v1/refunds")];
    prop_oneof![
        2 => (1..4_u8).prop_map(Step::Order),
        6 => which().prop_map(Step::Open),
        6 => which().prop_map(Step::Pay),
        1 => which().prop_map(Step::PayLater),
        2 => (which(), any::<bool>()).prop_map(|(page, came)| Step::Debit(page, came)),
        1 => which().prop_map(Step::RunOut),
        2 => (which(), any::<bool>()).prop_map(|(page, whole)| Step::GiveBack(page, whole)),
        1 => which().prop_map(Step::Dispute),
        6 => (which(), 1..4_u8).prop_map(|(event, times)| Step::Deliver(event, times)),
        1 => which().prop_map(Step::Replay),
        1 => which().prop_map(Step::Foreign),
        2 => which().prop_map(Step::Return),
        1 => which().prop_map(Step::Cancel),
        2 => which().prop_map(Step::Refund),
        2 => which().prop_map(Step::Resend),
        1 => which().prop_map(Step::Expire),
        4 => prop_oneof![Just(1), Just(6), Just(40), Just(24 * 60), Just(27 * 60)].prop_map(Step::Wait),
        6 => Just(Step::Run),
        5 => (place, wrong).prop_map(|(place, wrong)| Step::Fail(place, wrong)),
        2 => any::<bool>().prop_map(Step::Die),
    ]
}

/// Every story begins with an order whose link was opened.
fn story() -> impl Strategy<Value = (Vec<Step>, bool)> {
    let begins = (1..3_u8).prop_map(|many| vec![Step::Order(many), Step::Open(0)]);
    let goes_on = proptest::collection::vec(step(), STEPS);
    let steps = (begins, goes_on).prop_map(|(begins, goes_on)| begins.into_iter().chain(goes_on).collect());
    (steps, prop_oneof![2 => Just(false), 1 => Just(true)])
}

/// An event at Stripe.
struct Happened {
    event: Value,
    delivered: bool,
}

/// One customer, and what happened to their money.
struct Story<'a> {
    till: &'a Till,
    customer: String,
    /// Orders of the shop before this one.
    before: i32,
    /// Pages that the customer has seen, the first first.
    shown: Vec<String>,
    events: Vec<Happened>,
    seen: BTreeMap<Uuid, OrderState>,
}

/// The `n`-th from the end.
fn newest<T>(all: &[T], n: usize) -> Option<&T> {
    all.len().checked_sub(n + 1).map(|at| &all[at])
}

fn reaches(from: OrderState, to: OrderState) -> bool {
    const EVENTS: [OrderEvent; 9] = [
        OrderEvent::LinkSent,
        OrderEvent::Paid,
        OrderEvent::PaymentFailed,
        OrderEvent::LinkExpired,
        OrderEvent::PutAside,
        OrderEvent::FreeConfirmed,
        OrderEvent::Booked,
        OrderEvent::Refunded,
        OrderEvent::Cancelled,
    ];
    let (mut known, mut open) = (vec![from], vec![from]);
    while let Some(state) = open.pop() {
        for event in EVENTS {
            if let Ok(next) = domain::order::apply(state, event)
                && !known.contains(&next)
            {
                known.push(next);
                open.push(next);
            }
        }
    }
    known.contains(&to)
}

impl<'a> Story<'a> {
    async fn begin(till: &'a Till, customer: String) -> Self {
        let before = till.shop.orders().await.last().map_or(0, |order| order.number);
        Self { till, customer, before, shown: Vec::new(), events: Vec::new(), seen: BTreeMap::new() }
    }

    async fn orders(&self) -> Vec<order::Model> {
        order::Entity::find()
            .filter(order::Column::CompanyId.eq(self.till.shop.scope.id()))
            .filter(order::Column::Number.gt(self.before))
            .order_by_asc(order::Column::Number)
            .all(&self.till.shop.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    async fn order(&self, n: usize) -> Option<order::Model> {
        newest(&self.orders().await, n).cloned()
    }

    /// The `n`-th page from the end of those that were shown and stand like this at Stripe.
    fn page(&self, n: usize, stands: impl Fn(&Value) -> bool) -> Option<String> {
        let world = &self.till.at().world;
        let pages: Vec<&String> = self.shown.iter().filter(|page| stands(&world.session(page))).collect();
        newest(&pages, n).map(|page| (*page).clone())
    }

    fn happened(&mut self, event: Value) {
        self.events.push(Happened { event, delivered: false });
    }

    async fn deliver(&mut self, at: usize) {
        self.events[at].delivered = true;
        let (body, signature) = self.till.signed(&self.events[at].event);
        self.till.deliver(&body, Some(&signature)).await.unwrap();
    }

    /// Time passes, at Stripe too: pages run out.
    fn wait(&mut self, minutes: i64) {
        let kit = &self.till.shop.kit;
        kit.advance(Duration::from_secs(u64::try_from(minutes).unwrap() * 60));
        let world = &self.till.at().world;
        for page in &self.shown.clone() {
            let session = world.session(page);
            if session["status"] == "open" && session["expires_at"].as_i64() <= Some(kit.now().as_second()) {
                let event = world.run_out(page);
                self.happened(event);
            }
        }
    }

    /// A worker that dies: nothing of the job happened, or its first call was made and nobody hears the answer.
    async fn die(&self, called: bool) {
        const KINDS: [&str; 4] = ["settle_payment", "expire_page", "check_page", "refund_payment"];
        let (kit, server) = (&self.till.shop.kit, &self.till.at().server);
        let claimed = service::job::claim(&kit.ctx, "mortal", &KINDS, 1, Duration::from_secs(60)).await.unwrap();
        let Some(claimed) = claimed.into_iter().next() else { return };
        if called {
            server.heal();
            server.fail("/v1/", Fault::DoneThenSlow(Duration::from_secs(3)));
            let calls = server.calls("/v1/").len();
            let made = async {
                while server.calls("/v1/").len() == calls {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            let registry = service::jobs::registry();
            let work = registry.kind(&claimed.row.kind).unwrap().run(kit.ctx.clone(), claimed.clone());
            tokio::select! {
                done = work => match done {
                    Ok(()) => service::job::finish_if_running(&kit.ctx, &claimed).await.unwrap(),
                    Err(failure) => { service::job::fail(&kit.ctx, &claimed, &failure).await.unwrap(); }
                },
                () = made => {}
            }
            server.heal();
        }
        kit.advance(Duration::from_secs(61));
        service::job::release_expired(&kit.ctx).await.unwrap();
    }

    async fn step(&mut self, step: &Step) {
        let till = self.till;
        let (ctx, scope, world) = (&till.shop.kit.ctx, &till.shop.scope, &till.at().world);
        till.shop.kit.advance(Duration::from_millis(5));
        let paid = |session: &Value| session["payment_status"] == "paid";
        let open = |session: &Value| session["status"] == "open";
        match *step {
            Step::Order(many) => {
                let words = ["One rose bouquet", "Two rose bouquets", "Three rose bouquets"];
                let many = words[usize::from(many) - 1];
                let text = format!("{many} to Valencia. I'm Ann Lee, +447700900111. I confirm the order");
                till.shop.write(&self.customer, &text).await;
                till.shop.run().await;
            }
            Step::Open(n) => {
                let Some(order) = self.order(n).await else { return };
                match till.link(&order).await {
                    Ok(Link::Page { url }) => {
                        let page = url.rsplit('/').next().unwrap().to_owned();
                        if !self.shown.contains(&page) {
                            self.shown.push(page);
                        }
                    }
                    Ok(Link::Paid(_) | Link::Waiting(_) | Link::Closed(_)) | Err(Error::Unavailable(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            Step::Pay(n) => {
                let Some(page) = self.page(n, open) else { return };
                let event = world.pay(&page);
                self.happened(event);
            }
            Step::PayLater(n) => {
                let Some(page) = self.page(n, open) else { return };
                let event = world.pay_later(&page);
                self.happened(event);
            }
            Step::Debit(n, came) => {
                let waits = |session: &Value| world.standing(session) == "processing";
                let Some(page) = self.page(n, waits) else { return };
                let event = world.debit(&page, came);
                self.happened(event);
            }
            Step::RunOut(n) => {
                let Some(page) = self.page(n, open) else { return };
                let event = world.run_out(&page);
                self.happened(event);
            }
            Step::GiveBack(n, whole) => {
                let Some(page) = self.page(n, paid) else { return };
                let held = world.held(&page);
                if held <= 1000 {
                    return;
                }
                let event = world.give_back(&page, if whole { held } else { 1000 });
                self.happened(event);
            }
            Step::Dispute(n) => {
                let Some(page) = self.page(n, paid) else { return };
                let event = world.dispute(&page);
                self.happened(event);
            }
            Step::Deliver(n, times) => {
                let Some(at) = self.events.len().checked_sub(n + 1) else { return };
                for _ in 0..times {
                    self.deliver(at).await;
                }
            }
            Step::Replay(n) => {
                let Some(happened) = newest(&self.events, n) else { return };
                let (body, signature) = till.signed(&happened.event);
                till.shop.kit.advance(Duration::from_secs(301));
                let refused = till.deliver(&body, Some(&signature)).await;
                assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
            }
            Step::Foreign(n) => {
                let Some(happened) = newest(&self.events, n) else { return };
                let mut event = happened.event.clone();
                event["id"] = json!(format!("evt_{}", ctx.new_id().simple()));
                event["account"] = json!("acct_other");
                let (body, signature) = till.signed(&event);
                till.deliver(&body, Some(&signature)).await.unwrap();
            }
            Step::Return(n) => {
                let Some(order) = self.order(n).await else { return };
                service::payment::returned(ctx, order.link_token.as_deref().unwrap()).await.unwrap();
            }
            Step::Cancel(n) => self.staff(n, async |id| service::order::cancel(ctx, scope, id).await.map(drop)).await,
            Step::Refund(n) => self.staff(n, async |id| service::order::refund(ctx, scope, id).await.map(drop)).await,
            Step::Resend(n) => {
                self.staff(n, async |id| service::order::resend_link(ctx, scope, id).await.map(drop)).await;
            }
            Step::Expire(n) => self.staff(n, async |id| service::order::expire_link_now(ctx, scope, id).await).await,
            Step::Wait(minutes) => self.wait(minutes),
            Step::Run => {
                service::job::release_expired(ctx).await.unwrap();
                till.shop.run().await;
            }
            Step::Fail(place, wrong) => till.at().server.fail(place, wrong.fault()),
            Step::Die(called) => self.die(called).await,
        }
    }

    async fn staff(&self, n: usize, act: impl AsyncFnOnce(Uuid) -> Result<(), Error>) {
        let Some(order) = self.order(n).await else { return };
        let done = act(order.id).await;
        assert!(matches!(done, Ok(()) | Err(Error::Invalid(_))), "{done:?}");
    }

    /// What holds after every step.
    async fn holds(&mut self) -> Result<(), TestCaseError> {
        for order in self.orders().await {
            let now = service::order::state(&order);
            if let Some(was) = self.seen.insert(order.id, now) {
                prop_assert!(reaches(was, now), "#{}: {:?} became {:?}", order.number, was, now);
            }
            if now.status == domain::order::OrderStatus::Booked {
                prop_assert_eq!(order.payment_status, PaymentStatus::Paid, "#{} is booked unpaid", order.number);
            }
            let pages = self.till.payments(&order).await;
            for page in pages.iter().filter(|page| matches!(page.status, PaymentState::Paid | PaymentState::Refunded)) {
                let charged = self.till.at().world.session(&page.external_id)["payment_status"] == "paid";
                prop_assert!(charged, "#{}: money is believed that never came", order.number);
            }
        }
        Ok(())
    }

    /// Everything comes to its end.
    async fn ends(&mut self, events_are_lost: bool) {
        let kit = &self.till.shop.kit;
        self.till.at().server.heal();
        for hour in 0..HOURS_TO_QUIET {
            for page in self.shown.clone() {
                let world = &self.till.at().world;
                if hour > 3 && world.standing(&world.session(&page)) == "processing" {
                    // No bank takes for ever.
                    let event = world.debit(&page, true);
                    self.happened(event);
                }
            }
            for at in 0..self.events.len() {
                let kind = self.events[at].event["type"].as_str().unwrap_or_default().to_owned();
                // What happens to a page is found by looking; what owner and bank do at Stripe later is told by events only.
                let found = kind.starts_with("checkout.");
                let lost = events_are_lost && found;
                if !self.events[at].delivered && !lost {
                    self.deliver(at).await;
                }
            }
            service::job::release_expired(&kit.ctx).await.unwrap();
            self.till.shop.run().await;
            if hour > 4 && self.open_jobs().await.is_empty() {
                return;
            }
            self.wait(60);
        }
    }

    async fn open_jobs(&self) -> Vec<job::Model> {
        job::Entity::find()
            .filter(job::Column::Status.ne(JobStatus::Done))
            .all(&self.till.shop.kit.ctx.db().read_across())
            .await
            .unwrap()
    }

    /// What holds when all is quiet: what stands here is what stands at Stripe.
    async fn balances(&self) -> Result<(), TestCaseError> {
        let world = &self.till.at().world;
        let left = self.open_jobs().await;
        prop_assert!(left.is_empty(), "jobs are left: {:?}", left);
        let mut rows: BTreeSet<String> = BTreeSet::new();
        for order in self.orders().await {
            let pages: Vec<payment::Model> =
                self.till.payments(&order).await.into_iter().filter(|page| !page.url.is_empty()).collect();
            let (mut held, mut came) = (0, false);
            for page in &pages {
                rows.insert(page.external_id.clone());
                let session = world.session(&page.external_id);
                let stands = world.standing(&session);
                prop_assert_eq!(page.amount_minor, order.total_minor);
                prop_assert_eq!(Some(page.amount_minor), session["amount_total"].as_i64());
                let expected: &[PaymentState] = match stands.as_str() {
                    "paid" => &[PaymentState::Paid],
                    "refunded" => &[PaymentState::Refunded],
                    "processing" => &[PaymentState::Processing],
                    "failed" => &[PaymentState::Failed],
                    _ => &[PaymentState::Expired],
                };
                prop_assert!(
                    expected.contains(&page.status),
                    "#{}: {} is {} at Stripe and {:?} here",
                    order.number,
                    page.external_id,
                    stands,
                    page.status
                );
                held += usize::from(stands == "paid");
                came |= stands == "refunded";
            }
            self.order_is_right(&order, held, came).await?;
        }
        for page in &self.shown {
            prop_assert!(rows.contains(page), "{} is known to the customer and not to us", page);
        }
        Ok(())
    }

    async fn order_is_right(&self, order: &order::Model, held: usize, came: bool) -> Result<(), TestCaseError> {
        let db = self.till.shop.kit.ctx.db().read_across();
        let booked = booking::Entity::find()
            .filter(booking::Column::OrderId.eq(order.id))
            .filter(booking::Column::Status.eq(BookingStatus::Confirmed))
            .count(&db)
            .await
            .unwrap();
        let shown = self.till.attention(order).await.is_some();
        let here = format!("#{} is {:?} {:?}, holds {held} payments", order.number, order.status, order.payment_status);
        match order.status {
            OrderStatus::Booked => prop_assert!(held >= 1 && booked == 1, "{}, bookings {}", here, booked),
            OrderStatus::Refunded => prop_assert!((came && held == 0) || (held > 0 && shown), "{}", here),
            OrderStatus::Cancelled => {
                prop_assert!(held == 0 || (order.payment_status == PaymentStatus::Paid && shown), "{}", here);
            }
            OrderStatus::Open | OrderStatus::Expired | OrderStatus::PutAside => {
                prop_assert!(held == 0 && !came && order.payment_status == PaymentStatus::NoPaymentLink, "{}", here);
            }
            OrderStatus::Confirmed => prop_assert!(false, "{}: paid and not booked", here),
        }
        if order.status != OrderStatus::Booked {
            prop_assert_eq!(booked, 0, "{}", here);
        }
        prop_assert!(held < 2 || shown, "{}: nobody sees what was paid too much", here);
        let total = domain::money::Money::new(order.total_minor, domain::money::Currency::EUR);
        let receipt = Notice::Paid { number: order.number, total }
            .text(domain::language::Language::En, &jiff::tz::TimeZone::get("Europe/Madrid").unwrap());
        let receipts = message::Entity::find().filter(message::Column::Text.eq(receipt)).count(&db).await.unwrap();
        prop_assert!(receipts <= 1, "{}: {} receipts", here, receipts);
        Ok(())
    }
}

/// Plays stories in one shop, each with a customer of its own, so that what one leaves behind meets the next.
fn play(till: &Till, seed: u8, stories: u32) {
    let config = ProptestConfig { cases: stories, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    let played = Cell::new(0);
    let outcome = runner.run(&story(), |(steps, events_are_lost)| {
        played.set(played.get() + 1);
        let work = async {
            let mut story = Story::begin(till, format!("customer-{}", played.get())).await;
            for step in &steps {
                story.step(step).await;
                story.holds().await?;
            }
            story.ends(events_are_lost).await;
            story.holds().await?;
            story.balances().await
        };
        tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

testkit::both! {
    async fn money_is_never_lost_nor_counted_twice(kit: Kit) {
        let stories = if kit.backend == testkit::Backend::Sqlite { 60 } else { 15 };
        let till = Till::at_stripe(kit, "https://x8.example").await;
        play(&till, 44, stories);
        assert!(till.at().world.refunds() > 0 && till.at().world.balance() > 0, "money came, and went back");
        till.check();
    }
}
