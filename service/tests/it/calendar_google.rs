//! Google Calendar over the wire, against a stateful fake, with the faults that the real one has (reliability.md cases 40, 41,
//! 108, 109).

use crate::commerce_support::Shop;
use entity::stored::{BookingStatus, ChannelStatus, IntegrationKind, JobStatus, OrderStatus};
use entity::{booking, credential, integration, order};
use gateway::payment::EventKind;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::json;
use service::Error;
use service::access::Actor;
use service::calendar::Push;
use service::ctx::Ctx;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::google::{CLIENT_ID, CLIENT_SECRET, Doors, Google, Pushed};
use testkit::fake::{Fault, Reply};

/// A shop whose owner has a calendar at Google.
pub(crate) struct Diary {
    pub(crate) shop: Shop,
    pub(crate) world: Google,
    pub(crate) doors: Doors,
    pub(crate) owner: Ctx,
    pub(crate) scope: service::access::CompanyScope,
}

impl Diary {
    /// Nothing is connected yet: the built-in calendar stands alone.
    pub(crate) async fn registered(kit: Kit) -> Self {
        Self::at(kit, "https://x8.example").await
    }

    async fn at(kit: Kit, public_url: &str) -> Self {
        let world = Google::new(Arc::clone(&kit.clock));
        let doors = world.start().await;
        let kit = kit.with_engine(|engine| {
            engine.public_url = public_url.to_owned();
            engine.outside.google_api_url = doors.api.url().to_owned();
            engine.outside.google_token_url = doors.tokens.url().to_owned();
            engine.outside.google =
                Some(gateway::GoogleClient { client_id: CLIENT_ID.to_owned(), client_secret: CLIENT_SECRET.into() });
        });
        let shop = Shop::open(kit).await;
        shop.kit.may_remain("sync_calendar");
        let owner = testkit::tenant::owner_of(&shop.kit.ctx, &shop.scope).await;
        let scope = service::access::company(&owner, shop.scope.id()).await.unwrap();
        Self { shop, world, doors, owner, scope }
    }

    pub(crate) async fn connected(kit: Kit) -> Self {
        let diary = Self::registered(kit).await;
        diary.connect().await.unwrap();
        diary.shop.run().await;
        diary
    }

    async fn begin(&self) -> BTreeMap<String, String> {
        self.world.agree(&service::calendar::begin_google(&self.owner, &self.scope).await.unwrap())
    }

    async fn finish(&self, who: &Ctx, back: &BTreeMap<String, String>) -> Result<integration::Model, Error> {
        let field = |name: &str| back.get(name).map(String::as_str);
        service::calendar::finish_google(who, field("state"), field("code"), field("error")).await
    }

    pub(crate) async fn connect(&self) -> Result<integration::Model, Error> {
        let back = self.begin().await;
        self.finish(&self.owner, &back).await
    }

    pub(crate) async fn account(&self) -> integration::Model {
        let found =
            service::integration::of_kind(&self.shop.kit.ctx, &self.shop.scope, IntegrationKind::Calendar).await;
        found.unwrap().expect("an account")
    }

    /// Books a massage tomorrow at this hour, up to the link.
    pub(crate) async fn massage(&self, customer: &str, hour: u32) -> order::Model {
        let text = format!("A back massage in Valencia tomorrow at {hour}:00. I'm Ann Lee, +447700900111. I confirm");
        self.shop.say(customer, &text).await;
        self.shop.order().await
    }

    pub(crate) async fn pay(&self, order: &order::Model) {
        let page = self.shop.page(order).await;
        self.shop.bank(&page, EventKind::Paid).await;
    }

    pub(crate) async fn booking(&self, order: &order::Model) -> booking::Model {
        let found = booking::Entity::find().filter(booking::Column::OrderId.eq(order.id));
        found.one(&self.shop.kit.ctx.db().read_across()).await.unwrap().expect("a booking")
    }

    pub(crate) async fn attention(&self, order: &order::Model) -> Option<String> {
        self.shop.conversation(order.conversation_id).await.attention_reason
    }

    pub(crate) async fn pass(&self, seconds: u64) {
        self.shop.kit.advance(Duration::from_secs(seconds));
        self.shop.run().await;
    }

    pub(crate) fn tomorrow(&self, hour: i8) -> Timestamp {
        // The shop is in Madrid, an hour ahead of UTC in March.
        jiff::civil::date(2026, 3, 3).at(hour, 0, 0, 0).in_tz("Europe/Madrid").unwrap().timestamp()
    }

    /// When an event begins in Google.
    pub(crate) fn start_outside(&self, n: usize) -> Timestamp {
        self.world.events()[n]["start"]["dateTime"].as_str().and_then(|text| text.parse().ok()).expect("a time")
    }

    pub(crate) fn check(&self) {
        self.doors.api.check();
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

testkit::both! {
    /// Consent, tokens, the calendar's name; secrets sealed, and of them only the last characters are shown.
    async fn connects(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let account = diary.account().await;
        assert_eq!((account.status, account.name.as_deref()), (ChannelStatus::Connected, Some("owner@example.com")));
        let ctx = &diary.shop.kit.ctx;
        let rows = credential::Entity::find().all(&ctx.db().read_across()).await.unwrap();
        assert_eq!(rows.len(), 2, "nothing is left of the consent itself");
        assert!(rows.iter().all(|row| !row.sealed.contains("fake")), "sealed");
        assert!(!format!("{:?}", diary.shop.kit.jobs().await).contains("fake-"), "no token in jobs");
        diary.check();
    }

    /// reliability.md case 108: a state that is none, wrong, another session's, an object's id, used or old stores nothing.
    async fn a_state_is_good_once_and_for_its_session(kit: Kit) {
        let diary = Diary::registered(kit).await;
        let ctx = &diary.shop.kit.ctx;
        let back = diary.begin().await;
        let other = testkit::tenant::owner_of(ctx, &diary.shop.scope).await;
        let account = diary.account().await;
        let with = |state: Option<String>| {
            let mut back = back.clone();
            match state {
                Some(state) => back.insert("state".to_owned(), state),
                None => back.remove("state"),
            };
            back
        };
        for state in [
            None,
            Some(String::new()),
            Some("x".to_owned()),
            Some(account.id.to_string()),
            Some(account.public_key.clone()),
            Some(format!("{}.{}", account.public_key, "a".repeat(40))),
            Some(format!("{}x", back["state"])),
            Some("a".repeat(10_000)),
        ] {
            let refused = diary.finish(&diary.owner, &with(state.clone())).await;
            assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == ["state"]), "{state:?}: {refused:?}");
        }
        let foreign = diary.finish(&other, &back).await;
        assert!(matches!(&foreign, Err(Error::Invalid(errors)) if errors[0].field == ["state"]), "another session: {foreign:?}");
        assert!(matches!(diary.finish(&ctx.with_actor(Actor::Nobody), &back).await, Err(Error::Unauthenticated)));
        assert!(diary.doors.tokens.calls("/token").is_empty());
        assert_eq!(diary.account().await.status, ChannelStatus::Disconnected);
        // It is good once.
        diary.finish(&diary.owner, &back).await.unwrap();
        let again = diary.finish(&diary.owner, &back).await;
        assert!(matches!(&again, Err(Error::Invalid(errors)) if errors[0].field == ["state"]), "{again:?}");
        // And for a while.
        let late = diary.begin().await;
        diary.shop.kit.advance(Duration::from_secs(901));
        assert!(diary.finish(&diary.owner, &late).await.is_err());
        diary.shop.run().await;
    }

    /// reliability.md case 109, partial consent, a person who says no, Google away: nothing is stored, and a second try works.
    async fn a_consent_that_fails_stores_nothing(kit: Kit) {
        let diary = Diary::registered(kit).await;
        let refused_at = async |back: &BTreeMap<String, String>, field: &str| {
            let refused = diary.finish(&diary.owner, back).await;
            assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].field == [field]), "{field}: {refused:?}");
        };
        let mut no = diary.begin().await;
        no.remove("code");
        no.insert("error".to_owned(), "access_denied".to_owned());
        refused_at(&no, "error").await;
        let mut stolen = diary.begin().await;
        // A code of another consent goes with another verifier.
        let first = stolen["code"].clone();
        stolen = diary.begin().await;
        stolen.insert("code".to_owned(), first);
        refused_at(&stolen, "code").await;
        diary.world.leave_out("https://www.googleapis.com/auth/calendar.freebusy");
        let part = diary.begin().await;
        refused_at(&part, "scope").await;
        diary.world.leave_out("openid");
        let nobodys = diary.begin().await;
        refused_at(&nobodys, "scope").await;
        let away = diary.begin().await;
        diary.doors.tokens.fail("/token", Fault::Cut);
        assert!(matches!(diary.finish(&diary.owner, &away).await, Err(Error::Unavailable(_))));
        assert_eq!(credential::Entity::find().count(&diary.shop.kit.ctx.db().read_across()).await.unwrap(), 0);
        assert_eq!(diary.account().await.status, ChannelStatus::Disconnected);
        diary.connect().await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }

    /// What else the owner does is not offered; what we booked ourselves does not count twice.
    async fn times_that_are_taken_outside_are_not_offered(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let (ten, eleven) = (diary.tomorrow(10), diary.tomorrow(11));
        diary.world.enter("dentist01", ten, eleven);
        let orders = diary.shop.orders().await.len();
        let answer = diary.shop.say("ann", "A back massage in Valencia tomorrow at 10:00. I'm Ann Lee, +447700900111. I confirm").await.join("\n");
        assert_eq!(diary.shop.orders().await.len(), orders, "{answer}");
        let order = diary.massage("bob", 12).await;
        diary.pay(&order).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked);
        let events = diary.world.events();
        let ours = events.iter().find(|event| event["id"] != "dentist01").expect("our event");
        assert_eq!(ours["extendedProperties"]["private"]["x8"], "1");
        assert!(ours["summary"].as_str().unwrap().contains("Back massage"));
        assert_eq!(ours["start"]["timeZone"], "Europe/Madrid");
        let asked = diary.doors.api.calls("freeBusy");
        assert!(!asked.is_empty() && asked.iter().all(|call| call.json()["items"] == json!([{ "id": "primary" }])));
        diary.check();
    }

    /// A calendar that is away or slow costs nobody a booking: our own decides, and the account is marked.
    async fn a_silent_calendar_is_left_out(kit: Kit) {
        let diary = Diary::connected(kit).await;
        for _ in 0..3 {
            diary.doors.api.fail("freeBusy", Fault::DoneThenSlow(Duration::from_secs(4)));
        }
        let asked = std::time::Instant::now();
        let order = diary.massage("ann", 10).await;
        assert_eq!(order.total_minor, 6000);
        assert!(asked.elapsed() < Duration::from_secs(9), "two seconds each: {:?}", asked.elapsed());
        assert_eq!(diary.account().await.error_code.as_deref(), Some("unavailable"));
        diary.pass(301).await;
        assert_eq!((diary.account().await.status, diary.account().await.error_code), (ChannelStatus::Connected, None));
    }

    /// Asked again when the money has come: a time that was taken outside meanwhile is not confirmed, and staff know.
    async fn a_time_taken_meanwhile_is_not_confirmed(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.world.enter("dentist01", diary.tomorrow(10), diary.tomorrow(11));
        diary.pay(&order).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Confirmed);
        assert_eq!(diary.attention(&order).await.as_deref(), Some("paid_slot_lost"));
        assert_eq!(diary.world.events().len(), 1);
    }

    /// reliability.md cases 40, 41: Google down for half an hour, an answer lost after the event was made: one event in the
    /// end, and the customer was told of the booking at once.
    async fn one_event_after_every_fault(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        let limited = json!({ "error": { "code": 403, "message": "Rate Limit Exceeded", "errors": [{ "reason": "rateLimitExceeded" }] } });
        for fault in [
            Fault::Answer(Reply::json(500, &json!({ "error": { "code": 500, "message": "Backend Error" } }))),
            Fault::Answer(Reply::json(403, &limited)),
            Fault::Answer(Reply::bytes(200, "")),
            Fault::Cut,
            Fault::DoneThenCut,
        ] {
            diary.doors.api.fail("/events", fault);
        }
        diary.pay(&order).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked, "our own calendar has it");
        for _ in 0..12 {
            diary.pass(299).await;
        }
        let events = diary.world.events();
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!(diary.booking(&order).await.external_event_id.as_deref(), events[0]["id"].as_str());
        assert_eq!(events[0]["id"], format!("{}a", order.id.simple()));
        diary.check();
    }

    /// Moved and called off here: the event follows; put back, it is the same event again.
    async fn the_event_follows_the_booking(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let ctx = &diary.shop.kit.ctx;
        let booked = diary.booking(&order).await;
        service::order::move_booking(ctx, &diary.shop.scope, booked.id, diary.tomorrow(15), None).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.world.events()[0]["start"]["dateTime"].as_str().unwrap().parse::<Timestamp>().unwrap(), diary.tomorrow(15));
        // Our own change comes back by the reading and changes nothing more.
        let before = diary.shop.sent().await.len();
        diary.pass(301).await;
        diary.pass(301).await;
        assert_eq!(diary.shop.sent().await.len(), before);
        service::order::refund(ctx, &diary.shop.scope, order.id).await.unwrap();
        diary.shop.run().await;
        assert!(diary.world.events().is_empty());
        assert_eq!(diary.booking(&order).await.status, BookingStatus::Cancelled);
        diary.check();
    }

    /// Moved in Google by hand: the booking moves and the customer is told; to where it cannot be, staff are.
    async fn what_is_moved_by_hand_moves_here(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        let id = diary.booking(&order).await.external_event_id.unwrap();
        let before = diary.shop.sent().await.len();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        assert_eq!(diary.shop.sent().await.len() - before, 1, "told once");
        diary.world.drag(&id, diary.tomorrow(3), diary.tomorrow(4));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16), "closed at that time");
        assert_eq!(diary.attention(&order).await.as_deref(), Some("calendar_move_refused"));
        assert_eq!(diary.world.events()[0]["start"]["dateTime"].as_str().unwrap().parse::<Timestamp>().unwrap(), diary.tomorrow(16), "put back");
        // Removed by hand: the booking stays and staff decide.
        diary.world.delete(&id);
        diary.pass(301).await;
        assert_eq!(diary.attention(&order).await.as_deref(), Some("calendar_removed"));
        assert_eq!(diary.booking(&order).await.status, BookingStatus::Confirmed);
        diary.check();
    }

    /// The mark is too old (410): everything is read anew, in pages, and nothing is told twice.
    async fn a_mark_that_is_too_old_is_left(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        for n in 0..5 {
            diary.world.enter(&format!("private{n}"), diary.tomorrow(18) + HOUR * n, diary.tomorrow(19) + HOUR * n);
        }
        diary.pass(301).await;
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.world.forget();
        diary.pass(301).await;
        diary.pass(2).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        assert!(diary.account().await.settings["mark"].as_str().is_some());
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        diary.check();
    }

    /// A dead consent: order and booking stand, staff are told, nothing is asked any more; connecting again brings it up to date.
    async fn a_dead_consent_is_said_and_mended(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.world.revoke();
        diary.pay(&order).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked);
        for _ in 0..4 {
            diary.pass(301).await;
        }
        let account = diary.account().await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        let asked = diary.doors.tokens.calls("/token").len();
        diary.pass(3600).await;
        let waiting = diary.shop.kit.jobs().await.into_iter().filter(|job| job.status == JobStatus::Waiting);
        let kinds: Vec<String> = waiting.map(|job| job.kind).filter(|kind| kind.contains("calendar") || kind == "write_booking").collect();
        assert!(kinds.is_empty(), "no more trying: {kinds:?}");
        assert_eq!(diary.doors.tokens.calls("/token").len(), asked);
        assert_eq!(diary.booking(&order).await.status, BookingStatus::Confirmed);
        diary.connect().await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.world.events().len(), 1, "what was missed is there");
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }

    /// What is moved or cancelled while the consent is dead is so in Google too once it is given again.
    async fn changes_without_a_consent_are_made_up_for(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let ctx = &diary.shop.kit.ctx;
        let (moved, cancelled) = (diary.massage("ann", 10).await, diary.massage("bob", 12).await);
        for order in [&moved, &cancelled] {
            diary.pay(order).await;
        }
        assert_eq!(diary.world.events().len(), 2);
        diary.world.revoke();
        for _ in 0..4 {
            diary.pass(301).await;
        }
        assert_eq!(diary.account().await.status, ChannelStatus::Error);
        let booked = diary.booking(&moved).await;
        service::order::move_booking(ctx, &diary.shop.scope, booked.id, diary.tomorrow(15), None).await.unwrap();
        service::order::refund(ctx, &diary.shop.scope, cancelled.id).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.world.events().len(), 2, "nothing can be written");
        diary.connect().await.unwrap();
        diary.shop.run().await;
        let starts: Vec<Timestamp> = diary
            .world
            .events()
            .iter()
            .map(|event| event["start"]["dateTime"].as_str().unwrap().parse().unwrap())
            .collect();
        assert_eq!(starts, [diary.tomorrow(15)]);
        assert_eq!(diary.booking(&moved).await.start_at.timestamp(), diary.tomorrow(15));
    }

    /// An access token that ends early is renewed without anybody noticing.
    async fn an_access_token_that_ends_is_renewed(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.world.end_access();
        diary.pay(&order).await;
        for _ in 0..3 {
            diary.pass(60).await;
        }
        assert_eq!(diary.world.events().len(), 1);
        diary.pass(3600).await;
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }

    /// Disconnecting takes the consent back and forgets the tokens; entries stay, bookings go on.
    async fn disconnects(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let account = diary.account().await;
        service::integration::disconnect(&diary.owner, &diary.scope, account).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.world.consents(), 0);
        assert_eq!(credential::Entity::find().count(&diary.shop.kit.ctx.db().read_across()).await.unwrap(), 0);
        assert_eq!(diary.world.events().len(), 1);
        let next = diary.massage("bob", 12).await;
        diary.pay(&next).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked);
        assert_eq!(diary.world.events().len(), 1, "nothing is written any more");
    }

    /// Google says that something changed: it is read at once. Whoever does not know channel, token and resource is not heard.
    async fn a_push_is_heard_at_once(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(2).await;
        let id = diary.booking(&order).await.external_event_id.unwrap();
        let key = diary.account().await.public_key;
        let pushes = diary.world.pushes();
        assert_eq!(pushes.len(), 1);
        assert_eq!(pushes[0].address, format!("https://x8.example/webhooks/calendar/{key}"));
        let stored = diary.account().await.settings.to_string();
        assert!(!stored.contains(&pushes[0].token), "the token is kept as a hash");
        let good = push_of(&pushes[0]);
        let ctx = &diary.shop.kit.ctx;
        let push = |push| service::calendar::pushed(ctx, &key, push);
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        for bad in [
            Push { channel: Some("another"), ..good },
            Push { token: Some("another"), ..good },
            Push { token: None, ..good },
            Push { resource: Some("another"), ..good },
            Push::default(),
        ] {
            assert!(matches!(push(bad).await, Err(Error::Unauthenticated)), "{bad:?}");
        }
        assert!(matches!(service::calendar::pushed(ctx, "nobody", good).await, Err(Error::NotFound(_))));
        push(Push { state: Some("sync"), ..good }).await.unwrap();
        diary.pass(5).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(10), "nobody was heard");
        for _ in 0..20 {
            push(good).await.unwrap();
        }
        let asked = diary.doors.api.calls("/events").len();
        diary.pass(1).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        assert!(diary.doors.api.calls("/events").len() <= asked + 3, "twenty pushes are one reading");
        // The reading every five minutes goes on.
        let order = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&order, diary.tomorrow(12), diary.tomorrow(13));
        diary.pass(301).await;
        assert_eq!(diary.shop.order().await.appointment_start.unwrap().timestamp(), diary.tomorrow(12));
        diary.check();
    }

    /// A channel ends after a week: a new one is opened a day before, then the old one is stopped. Disconnecting stops it.
    async fn a_channel_is_renewed_and_stopped(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let first = diary.world.pushes();
        for _ in 0..5 {
            diary.pass(24 * 3600).await;
        }
        assert_eq!(diary.world.pushes()[0].channel, first[0].channel, "it lasts");
        // The old one is gone already when it is stopped: 404.
        diary.doors.api.fail("/channels/stop", Fault::Answer(Reply::json(404, &json!({ "error": { "code": 404 } }))));
        diary.pass(25 * 3600).await;
        let both = diary.world.pushes();
        assert_eq!(both.len(), 2, "one that could not be stopped lives on, and is not listened to");
        let key = diary.account().await.public_key;
        let heard = async |pushed: &Pushed| {
            service::calendar::pushed(&diary.shop.kit.ctx, &key, push_of(pushed)).await.is_ok()
        };
        for pushed in &both {
            assert_eq!(heard(pushed).await, pushed.channel != first[0].channel);
        }
        for _ in 0..6 {
            diary.pass(25 * 3600).await;
        }
        assert_eq!(diary.world.pushes().len(), 1, "the next renewal stops the one before");
        service::integration::disconnect(&diary.owner, &diary.scope, diary.account().await).await.unwrap();
        diary.shop.run().await;
        assert!(diary.world.pushes().is_empty());
        diary.check();
    }

    /// Google takes no channel to this address, or is away when it is asked: the calendar works, and is asked again for one later.
    async fn without_channels_the_calendar_is_read_as_before(kit: Kit) {
        let diary = Diary::registered(kit).await;
        diary.world.refuse_channels(true);
        diary.connect().await.unwrap();
        diary.shop.run().await;
        diary.pass(301).await;
        assert_eq!(diary.doors.api.calls("/watch").len(), 1, "not at every reading");
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        diary.world.refuse_channels(false);
        diary.doors.api.fail("/watch", Fault::DoneThenCut);
        diary.pass(25 * 3600).await;
        assert_eq!(diary.account().await.settings["watch"], json!(null));
        diary.pass(301).await;
        assert_eq!(diary.doors.api.calls("/watch").len(), 3);
        let key = diary.account().await.public_key;
        let mut heard = 0;
        for pushed in diary.world.pushes() {
            heard += usize::from(service::calendar::pushed(&diary.shop.kit.ctx, &key, push_of(&pushed)).await.is_ok());
        }
        assert_eq!((diary.world.pushes().len(), heard), (2, 1), "the one whose answer was lost is not listened to");
        diary.check();
    }

    async fn without_a_public_address_there_is_no_channel(kit: Kit) {
        let diary = Diary::at(kit, "http://127.0.0.1:8000").await;
        diary.connect().await.unwrap();
        diary.shop.run().await;
        diary.pass(301).await;
        assert!(diary.doors.api.calls("/watch").is_empty());
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
    }
}

fn push_of(pushed: &Pushed) -> Push<'_> {
    Push {
        channel: Some(&pushed.channel),
        token: Some(&pushed.token),
        resource: Some(&pushed.resource),
        state: Some("exists"),
    }
}
