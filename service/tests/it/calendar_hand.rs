//! What was done by hand in a calendar outside, told from what we did there ourselves; and reading that goes on whatever happens.

use crate::calendar_google::Diary;
use domain::catalog::ItemKind;
use entity::stored::{BookingStatus, ChannelStatus, OrderStatus};
use entity::{integration, order};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};
use serde_json::json;
use service::Error;
use service::order::move_booking;
use std::collections::BTreeMap;
use std::time::Duration;
use testkit::fake::{Fault, Reply};

fn away() -> Fault {
    Fault::Answer(Reply::json(503, &json!({ "error": { "code": 503, "message": "Backend Error" } })))
}

testkit::both! {
    /// Moved here while Google takes no change: the old time that stands there is our own, and nobody's hand.
    async fn a_stale_entry_moves_nothing_back(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let (ctx, scope) = (&diary.shop.kit.ctx, &diary.shop.scope);
        let booked = diary.booking(&order).await;
        for _ in 0..20 {
            // The event itself: neither the list nor an insert.
            diary.doors.api.fail("/events/", away());
        }
        move_booking(ctx, scope, booked.id, diary.tomorrow(15), None).await.unwrap();
        diary.shop.run().await;
        let before = diary.shop.sent().await.len();
        diary.pass(301).await;
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(15));
        assert_eq!(diary.shop.sent().await.len(), before, "the customer is told nothing more");
        diary.doors.api.heal();
        for _ in 0..4 {
            diary.pass(301).await;
        }
        assert_eq!(diary.start_outside(0), diary.tomorrow(15));
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(15));
        // A hand is still one.
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        diary.check();
    }

    /// What was read before our own write came through is not taken for a hand's work either; it is read again.
    async fn what_was_read_before_a_write_is_read_again(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let kit = &diary.shop.kit;
        kit.advance(Duration::from_secs(301));
        let lease = Duration::from_secs(60);
        let claimed = service::job::claim(&kit.ctx, "test", &["sync_calendar"], 1, lease).await.unwrap().remove(0);
        diary.doors.api.fail("/events", Fault::DoneThenSlow(Duration::from_millis(1_500)));
        let registry = service::jobs::registry();
        let reading = registry.kind("sync_calendar").unwrap().run(kit.ctx.clone(), claimed);
        let moving = async {
            tokio::time::sleep(Duration::from_millis(400)).await;
            let booked = diary.booking(&order).await;
            move_booking(&kit.ctx, &diary.shop.scope, booked.id, diary.tomorrow(15), None).await.unwrap();
            diary.shop.run().await;
            assert_eq!(diary.start_outside(0), diary.tomorrow(15), "it is written before the reading is looked at");
        };
        let (read, ()) = futures::join!(reading, moving);
        read.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(15));
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
    }

    /// Reading goes on after a refusal of any kind: one that will not take the mark leads to a full reading.
    async fn reading_goes_on_after_a_refusal(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        let id = diary.booking(&order).await.external_event_id.unwrap();
        for (status, hour) in [(400, 15), (404, 16), (409, 12)] {
            diary.pass(301).await;
            diary.doors.api.fail("/events", Fault::Answer(Reply::json(status, &json!({ "error": { "code": status } }))));
            diary.pass(301).await;
            diary.world.drag(&id, diary.tomorrow(hour), diary.tomorrow(hour + 1));
            diary.pass(301).await;
            diary.pass(301).await;
            assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(hour), "after {status}");
        }
        assert_eq!(diary.account().await.status, ChannelStatus::Connected);
        // A full reading is bounded by time, the others by the mark alone.
        for call in diary.doors.api.calls("/events").iter().filter(|call| call.method == "GET") {
            let asked = call.parameters();
            // The check asks for one event, to see whose calendar it is.
            let full = !asked.contains_key("syncToken") && asked["maxResults"] != "1";
            assert_eq!(full, asked.contains_key("timeMin"), "{asked:?}");
            assert!(!asked.contains_key("singleEvents"), "what repeats is one entry: {asked:?}");
        }
        diary.check();
    }

    /// An entry that cannot be followed stops no other, and not the reading.
    async fn one_entry_that_fails_stops_no_other(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let (broken, good) = (diary.massage("ann", 10).await, diary.massage("bob", 12).await);
        diary.pay(&broken).await;
        diary.pay(&good).await;
        diary.pass(301).await;
        let tx = diary.shop.kit.ctx.db().begin_across().await.unwrap();
        let quote = Expr::value(json!({ "nobody": "reads this" }));
        let spoiled = order::Entity::update_many().col_expr(order::Column::Quote, quote).filter(order::Column::Id.eq(broken.id));
        spoiled.exec(&tx).await.unwrap();
        diary.shop.kit.ctx.commit(tx).await.unwrap();
        for (order, hour) in [(&broken, 15), (&good, 17)] {
            let id = diary.booking(order).await.external_event_id.unwrap();
            diary.world.drag(&id, diary.tomorrow(hour), diary.tomorrow(hour + 1));
        }
        diary.pass(301).await;
        assert_eq!(diary.booking(&good).await.start_at.timestamp(), diary.tomorrow(17));
        assert_eq!(diary.booking(&broken).await.start_at.timestamp(), diary.tomorrow(10));
        let id = diary.booking(&good).await.external_event_id.unwrap();
        for hour in [18, 16, 18, 16] {
            diary.world.drag(&id, diary.tomorrow(hour), diary.tomorrow(hour + 1));
            diary.pass(301).await;
            assert_eq!(diary.booking(&good).await.start_at.timestamp(), diary.tomorrow(hour), "it goes on");
        }
    }

    /// The answer to an entry's insert was lost: the time that it takes in Google is one of ours, and another specialist's
    /// customer, who has paid, is booked.
    async fn our_own_entry_takes_nobodys_time(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let cells = [("service_name", "Foot massage"), ("sku", "M2"), ("price", "50"), ("duration", "60 min"),
            ("slots_available", "100"), ("specialist_initials", "Marta"), ("location", "Valencia"), ("description", "As it is.")];
        let row: BTreeMap<String, String> = cells.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        let (ctx, scope) = (&diary.shop.kit.ctx, &diary.shop.scope);
        service::catalog::add_row(ctx, scope, ItemKind::Service, &row).await.unwrap();
        service::catalog::publish(ctx, scope, false).await.unwrap();
        diary.shop.run().await;
        let ann = diary.massage("ann", 10).await;
        diary.shop.say("bob", "A foot massage in Valencia tomorrow at 10:00. I'm Bob Lee, +447700900222. I confirm").await;
        let bob = diary.shop.order().await;
        assert!(bob.id != ann.id && bob.total_minor == 5000, "{bob:?}");
        diary.doors.api.fail("/events", Fault::DoneThenCut);
        diary.pay(&ann).await;
        assert_eq!((diary.world.events().len(), diary.booking(&ann).await.external_event_id), (1, None));
        diary.pay(&bob).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked);
        diary.pass(60).await;
        assert_eq!(diary.world.events().len(), 2);
        // Called off here while Google is away: what still stands there is ours too.
        for _ in 0..20 {
            diary.doors.api.fail("/events/", away());
        }
        service::order::refund(ctx, scope, ann.id).await.unwrap();
        diary.shop.run().await;
        assert_eq!(diary.booking(&ann).await.status, BookingStatus::Cancelled);
        assert_eq!(diary.world.events().len(), 2);
        let carol = diary.massage("carol", 10).await;
        assert!(carol.id != bob.id, "the time is offered again");
        diary.pay(&carol).await;
        assert_eq!(diary.shop.order().await.status, OrderStatus::Booked);
        diary.doors.api.heal();
        for _ in 0..5 {
            diary.pass(301).await;
        }
        assert_eq!(diary.world.events().len(), 2, "hers and his");
        diary.check();
    }

    /// Another account of Google is connected: what is ahead is entered there too. The same one again: nothing is written anew.
    async fn another_account_gets_what_is_ahead(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        let written = || {
            let calls = diary.doors.api.calls("/events");
            calls.iter().filter(|call| call.method != "GET" && !call.path.ends_with("/watch")).count()
        };
        let before = written();
        diary.connect().await.unwrap();
        diary.pass(1).await;
        assert_eq!(written(), before, "the same calendar has it already");
        // The calendars may have the same name, as people give them: the accounts are two.
        for (name, address) in [("Salon", "owner1@example.com"), ("Salon", "owner2@example.com")] {
            let before = diary.account().await.external_id;
            diary.world.sign_in_elsewhere(name);
            assert!(diary.world.events().is_empty());
            diary.connect().await.unwrap();
            diary.pass(1).await;
            let now = diary.account().await;
            assert_eq!(now.name.as_deref(), Some(address));
            assert_ne!(now.external_id, before);
            assert_eq!(diary.world.events().len(), 1, "{address}");
        }
        diary.pass(301).await;
        let id = diary.booking(&order).await.external_event_id.unwrap();
        diary.world.drag(&id, diary.tomorrow(16), diary.tomorrow(17));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(16));
        assert_eq!(diary.attention(&order).await, None);
        diary.check();
    }

    /// A connection that is older than accounts known by their id stands under its calendar's name. Where that is the account's
    /// address, the next consent knows it again: nothing is written anew, and what a person moved meanwhile counts. Under any other
    /// name it may be another account's: what is ahead is put once more, which where it stands already is done, not twice.
    async fn a_connection_of_before_is_known_again_by_its_address(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let (ann, bob) = (diary.massage("ann", 10).await, diary.massage("bob", 13).await);
        for order in [&ann, &bob] {
            diary.pay(order).await;
        }
        diary.pass(301).await;
        let known = diary.account().await.external_id.unwrap();
        let written = || {
            let calls = diary.doors.api.calls("/events");
            calls.iter().filter(|call| call.method != "GET" && !call.path.ends_with("/watch")).count()
        };
        // How many entries are put: the one that was moved follows its booking, as after any move; else all.
        for (name, order, hour, put) in [("Owner@Example.com", &ann, 16, 1), ("Salon", &bob, 18, 2)] {
            let tx = diary.shop.kit.ctx.db().begin(&diary.shop.scope).await.unwrap();
            let row = integration::ActiveModel { external_id: Set(Some(name.to_owned())), ..diary.account().await.into_active_model() };
            row.update(&tx).await.unwrap();
            diary.shop.kit.ctx.commit(tx).await.unwrap();
            let id = diary.booking(order).await.external_event_id.unwrap();
            let before = written();
            diary.world.drag(&id, diary.tomorrow(hour), diary.tomorrow(hour + 1));
            diary.connect().await.unwrap();
            diary.pass(301).await;
            assert_eq!(diary.account().await.external_id.as_deref(), Some(known.as_str()));
            // A POST that meets it (409), and a PATCH.
            assert_eq!(written() - before, 2 * put, "{name}");
            assert_eq!(diary.world.events().len(), 2, "{name}: nothing twice");
            let moved = diary.booking(order).await.start_at.timestamp() == diary.tomorrow(hour);
            assert_eq!(moved, put == 1, "{name}");
            assert_eq!(diary.attention(order).await, None);
        }
        // From then on it is known by its id.
        let before = written();
        diary.connect().await.unwrap();
        diary.pass(1).await;
        assert_eq!(written(), before);
        diary.check();
    }

    /// The mark is too old, and an entry of ours was removed meanwhile: the full reading finds that it is missing.
    async fn a_removal_is_found_without_the_mark(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let (gone, stays) = (diary.massage("ann", 10).await, diary.massage("bob", 12).await);
        diary.pay(&gone).await;
        diary.pay(&stays).await;
        diary.pass(301).await;
        diary.world.delete(&diary.booking(&gone).await.external_event_id.unwrap());
        diary.world.forget();
        diary.pass(301).await;
        diary.pass(2).await;
        assert_eq!(diary.attention(&gone).await.as_deref(), Some("calendar_removed"));
        assert_eq!(diary.booking(&gone).await.status, BookingStatus::Confirmed);
        assert_eq!(diary.booking(&gone).await.external_event_id, None);
        assert_eq!(diary.attention(&stays).await, None);
        assert!(diary.booking(&stays).await.external_event_id.is_some());
        diary.pass(301).await;
        assert_eq!(diary.world.events().len(), 1);
        diary.check();
    }

    /// Staff cannot move an appointment onto what the company does elsewhere; whoever does so in the calendar itself can.
    async fn a_move_respects_what_is_taken_outside(kit: Kit) {
        let diary = Diary::connected(kit).await;
        let order = diary.massage("ann", 10).await;
        diary.pay(&order).await;
        diary.pass(301).await;
        let (ctx, scope, booked) = (&diary.shop.kit.ctx, &diary.shop.scope, diary.booking(&order).await);
        diary.world.enter("dentist01", diary.tomorrow(15), diary.tomorrow(16));
        for (start, end) in [(15, None), (14, Some(16)), (10, Some(17))] {
            let refused = move_booking(ctx, scope, booked.id, diary.tomorrow(start), end.map(|hour| diary.tomorrow(hour))).await;
            let Err(Error::Invalid(refused)) = &refused else { panic!("{start}: {refused:?}") };
            assert_eq!((refused[0].field.as_slice(), refused[0].code.as_str()), (["start".to_owned()].as_slice(), "TAKEN_OUTSIDE"));
        }
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(10));
        move_booking(ctx, scope, booked.id, diary.tomorrow(11), None).await.unwrap();
        // Its own old and new places are no reason to refuse.
        move_booking(ctx, scope, booked.id, diary.tomorrow(11), Some(diary.tomorrow(13))).await.unwrap();
        diary.shop.run().await;
        diary.world.drag(&booked.external_event_id.clone().unwrap(), diary.tomorrow(15), diary.tomorrow(16));
        diary.pass(301).await;
        assert_eq!(diary.booking(&order).await.start_at.timestamp(), diary.tomorrow(15), "they see what they do");
        diary.check();
    }
}
