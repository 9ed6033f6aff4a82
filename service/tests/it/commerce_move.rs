//! Staff move appointments and make them longer; the constraint of the database decides who gets a time.

use crate::commerce_support::Shop;
use entity::stored::{BookingKind, BookingStatus, EventKind as Told, ReminderKind};
use entity::{booking, event, reminder, slot_hold};
use gateway::payment::EventKind;
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use service::Error;
use service::order::{free_times, get, move_booking};
use std::time::Duration;

const TOMORROW_AT_11: &str = "A back massage in Valencia tomorrow at 11:00. I'm Ann Lee, +447700900111. I confirm";
const TOMORROW_AT_15: &str = "A back massage in Valencia tomorrow at 15:00. I'm Bob Ray, +447700900112. I confirm";

async fn bookings(shop: &Shop) -> Vec<booking::Model> {
    booking::Entity::find()
        .filter(booking::Column::CompanyId.eq(shop.scope.id()))
        .order_by_asc(booking::Column::CreatedAt)
        .order_by_asc(booking::Column::Id)
        .all(&shop.kit.ctx.db().read_across())
        .await
        .unwrap()
}

async fn seats(shop: &Shop) -> u64 {
    slot_hold::Entity::find().count(&shop.kit.ctx.db().read_across()).await.unwrap()
}

async fn told(shop: &Shop) -> u64 {
    event::Entity::find()
        .filter(event::Column::CompanyId.eq(shop.scope.id()))
        .filter(event::Column::Kind.eq(Told::Booking))
        .count(&shop.kit.ctx.db().read_across())
        .await
        .unwrap()
}

fn code(error: &Error) -> &str {
    let Error::Invalid(refused) = error else { panic!("{error:?}") };
    &refused[0].code
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// Moves it and tells what the customer read.
async fn moved(shop: &Shop, row: &booking::Model, start: Timestamp, end: Option<Timestamp>) -> Vec<String> {
    let before = shop.sent().await.len();
    move_booking(&shop.kit.ctx, &shop.scope, row.id, start, end).await.unwrap();
    shop.run().await;
    shop.sent().await.into_iter().skip(before).map(|message| message.text).collect()
}

testkit::both! {
    async fn a_moved_hold_takes_its_seats_along_and_tells_the_customer(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", TOMORROW_AT_11).await;
        let row = bookings(&shop).await.remove(0);
        assert_eq!(row.status, BookingStatus::Held);
        let (start, end) = (row.start_at.timestamp(), row.end_at.timestamp());
        let events = told(&shop).await;

        let read = moved(&shop, &row, start + hours(2), None).await;
        assert_eq!(read.len(), 1);
        assert!(read[0].contains("moved") && read[0].contains("13:00"), "{read:?}");
        assert_eq!(told(&shop).await, events + 1);
        let now = bookings(&shop).await.remove(0);
        assert_eq!((now.start_at.timestamp(), now.end_at.timestamp()), (start + hours(2), end + hours(2)));
        assert_eq!(now.expires_at, row.expires_at, "the hold ends when it did");
        assert_eq!(seats(&shop).await, 12);

        // The hour that was left is free, the one it has now is not.
        let reply = shop.say("bob", &TOMORROW_AT_15.replace("15:00", "13:00")).await.join("\n");
        assert_eq!(shop.orders().await.len(), 1, "{reply}");
        shop.say("bob", "At 11:00 then, I confirm").await;
        assert_eq!(shop.orders().await.len(), 2);

        // The payment books the new time.
        let order = shop.orders().await.remove(0);
        let page = shop.page(&order).await;
        shop.bank(&page, EventKind::Paid).await;
        let booked = bookings(&shop).await.remove(0);
        assert_eq!((booked.status, booked.start_at), (BookingStatus::Confirmed, now.start_at));
    }

    async fn a_taken_past_or_closed_time_changes_nothing(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", TOMORROW_AT_11).await;
        shop.say("bob", TOMORROW_AT_15).await;
        let rows = bookings(&shop).await;
        assert_eq!(rows.len(), 2);
        let (ann, bob) = (&rows[0], &rows[1]);
        let (start, end) = (ann.start_at.timestamp(), ann.end_at.timestamp());
        let before = shop.sent().await.len();
        let ctx = &shop.kit.ctx;
        let cases = [
            (bob.start_at.timestamp(), None, "TIME_TAKEN"),
            (bob.start_at.timestamp() - SignedDuration::from_mins(30), None, "TIME_TAKEN"),
            (start - hours(24 * 7), None, "PAST"),
            (start - hours(6), None, "CLOSED"),
            (start, Some(start + hours(5)), "TIME_TAKEN"),
            (start, Some(start), "VISIT_TOO_SHORT"),
            (start, Some(start + hours(40)), "VISIT_TOO_LONG"),
        ];
        for (to, until, expected) in cases {
            let error = move_booking(ctx, &shop.scope, ann.id, to, until).await.unwrap_err();
            assert_eq!(code(&error), expected, "{to} {until:?}");
        }
        // What changes nothing tells nobody.
        move_booking(ctx, &shop.scope, ann.id, start, Some(end)).await.unwrap();
        shop.run().await;
        assert_eq!(shop.sent().await.len(), before);
        assert_eq!(bookings(&shop).await, rows);
        assert_eq!(seats(&shop).await, 24);
        let stranger = move_booking(ctx, &shop.scope, ctx.new_id(), start, None).await.unwrap_err();
        assert!(matches!(stranger, Error::NotFound(_)));
    }

    async fn of_two_moves_to_one_time_one_wins(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", TOMORROW_AT_11).await;
        shop.say("bob", TOMORROW_AT_15).await;
        let rows = bookings(&shop).await;
        let noon = rows[0].start_at.timestamp() + hours(2);
        let (ctx, scope) = (&shop.kit.ctx, &shop.scope);
        let (ann, bob) = futures::future::join(
            move_booking(ctx, scope, rows[0].id, noon, None),
            move_booking(ctx, scope, rows[1].id, noon, None),
        )
        .await;
        let refused: Vec<Error> = [ann, bob].into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.len(), 1, "{refused:?}");
        assert_eq!(code(&refused[0]), "TIME_TAKEN");
        assert_eq!(seats(&shop).await, 24);
        shop.run().await;
    }

    async fn a_longer_visit_keeps_its_length_when_it_moves(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", TOMORROW_AT_11).await;
        let row = bookings(&shop).await.remove(0);
        let start = row.start_at.timestamp();
        let longer = start + SignedDuration::from_mins(90);
        let read = moved(&shop, &row, start, Some(longer)).await;
        assert!(read.len() == 1 && read[0].contains("12:30"), "{read:?}");
        assert_eq!(seats(&shop).await, 18);
        let order = get(&shop.kit.ctx, &shop.scope, row.order_id).await.unwrap();
        assert_eq!(order.appointment_end.map(|end| end.timestamp()), Some(longer));

        moved(&shop, &row, start + hours(1), None).await;
        assert_eq!(seats(&shop).await, 18);
        let now = bookings(&shop).await.remove(0);
        assert_eq!(now.end_at.timestamp(), longer + hours(1));

        // Its own seats count as free, and its length is looked for.
        let day = jiff::tz::TimeZone::get("Europe/Madrid").unwrap().to_datetime(start).date();
        let free = free_times(&shop.kit.ctx, &shop.scope, &now, day, day, 100).await.unwrap();
        assert!(free.iter().any(|slot| slot.start == now.start_at.timestamp()));
        assert!(free.iter().all(|slot| slot.end.as_second() - slot.start.as_second() == 90 * 60));
    }

    async fn the_reminder_of_the_visit_moves_along(kit: Kit) {
        let shop = Shop::open(kit).await;
        shop.say("ann", &TOMORROW_AT_11.replace("tomorrow", "in 5 days")).await;
        let page = shop.page(&shop.order().await).await;
        shop.bank(&page, EventKind::Paid).await;
        let row = bookings(&shop).await.remove(0);
        assert_eq!(row.status, BookingStatus::Confirmed);
        moved(&shop, &row, row.start_at.timestamp() + hours(48), None).await;
        let waiting = reminder::Entity::find()
            .filter(reminder::Column::Kind.eq(ReminderKind::Visit))
            .filter(reminder::Column::CancelledAt.is_null())
            .all(&shop.kit.ctx.db().read_across())
            .await
            .unwrap();
        assert_eq!(waiting.len(), 1);
        assert_eq!(waiting[0].due_at.timestamp(), row.start_at.timestamp() + hours(24));
    }

    async fn a_delivery_goes_to_any_time_at_its_length(kit: Kit) {
        let shop = Shop::open(kit).await;
        let order = shop.roses("ann").await;
        let page = shop.page(&order).await;
        shop.bank(&page, EventKind::Paid).await;
        let row = bookings(&shop).await.remove(0);
        assert_eq!(row.kind, BookingKind::Delivery);
        let start = row.start_at.timestamp();
        let error = move_booking(&shop.kit.ctx, &shop.scope, row.id, start, Some(start + hours(3))).await.unwrap_err();
        assert_eq!(code(&error), "DELIVERY_LENGTH");
        let read = moved(&shop, &row, start + hours(13), None).await;
        assert!(read.len() == 1 && read[0].contains("delivery"), "{read:?}");
        shop.kit.advance(Duration::from_secs(1));
        let now = bookings(&shop).await.remove(0);
        assert_eq!(now.end_at.timestamp(), row.end_at.timestamp() + hours(13));
    }
}
