//! What must hold whichever calendar a company uses, the built-in one and Google's by one suite (reliability.md §10.C).

use crate::calendar_google::Diary;
use entity::stored::{BookingStatus, OrderStatus};
use entity::{booking, order};
use gateway::payment::EventKind;
use testkit::Kit;
use testkit::fake::{Fault, Reply};

/// Which calendar.
#[derive(Clone, Copy)]
pub(crate) enum Calendar {
    BuiltIn,
    Google,
}

/// A shop with one of them.
struct Agenda {
    diary: Diary,
    calendar: Calendar,
}

impl Agenda {
    async fn open(kit: Kit, calendar: Calendar) -> Self {
        let diary = match calendar {
            Calendar::BuiltIn => Diary::registered(kit).await,
            Calendar::Google => Diary::connected(kit).await,
        };
        Self { diary, calendar }
    }

    /// A massage tomorrow at this hour, paid.
    async fn visit(&self, customer: &str, hour: u32) -> order::Model {
        let order = self.diary.massage(customer, hour).await;
        self.diary.pay(&order).await;
        self.diary.shop.order().await
    }

    async fn booking(&self, order: &order::Model) -> booking::Model {
        self.diary.booking(order).await
    }

    /// The visits that stand begin tomorrow at these hours, here and in the calendar outside, where there is one.
    async fn stands(&self, hours: &[i8]) {
        // What is written outside may wait for its turn.
        self.diary.pass(301).await;
        let wanted: Vec<_> = hours.iter().map(|hour| self.diary.tomorrow(*hour)).collect();
        assert_eq!(self.diary.shop.standing().await, wanted.len() as u64);
        let outside = self.diary.world.events();
        match self.calendar {
            Calendar::BuiltIn => assert!(outside.is_empty() && self.diary.doors.api.calls("/").is_empty()),
            Calendar::Google => {
                let mut starts: Vec<_> = (0..outside.len()).map(|n| self.diary.start_outside(n)).collect();
                starts.sort_unstable();
                assert_eq!(starts, wanted);
            }
        }
        self.diary.check();
    }

    /// How many messages customers have got.
    async fn told(&self) -> usize {
        self.diary.shop.sent().await.len()
    }

    /// The calendar outside does not answer for a while.
    fn away(&self) {
        for _ in 0..20 {
            self.diary.doors.api.fail("/events", Fault::Answer(Reply::bytes(503, "")));
        }
    }
}

crate::suite! {
Agenda { built_in: Calendar::BuiltIn, google: Calendar::Google } {
    /// Pay first, then book: a visit stands once, and not before it is paid.
    async fn a_paid_visit_stands_once(agenda: Agenda) {
        let order = agenda.diary.massage("ann", 10).await;
        assert_eq!(agenda.booking(&order).await.status, BookingStatus::Held);
        agenda.stands(&[]).await;
        let page = agenda.diary.shop.page(&order).await;
        for _ in 0..3 {
            agenda.diary.shop.bank(&page, EventKind::Paid).await;
        }
        assert_eq!(agenda.diary.shop.order().await.status, OrderStatus::Booked);
        agenda.stands(&[10]).await;
    }

    /// The hour of a visit is nobody else's; the next customer is told and books another.
    async fn an_hour_is_booked_once(agenda: Agenda) {
        agenda.visit("ann", 10).await;
        let orders = agenda.diary.shop.orders().await.len();
        let text = "A back massage in Valencia tomorrow at 10:00. I'm Bob Lee, +447700900222. I confirm";
        let answer = agenda.diary.shop.say("bob", text).await.join("\n");
        assert_eq!(agenda.diary.shop.orders().await.len(), orders, "{answer}");
        agenda.visit("carol", 12).await;
        agenda.stands(&[10, 12]).await;
    }

    /// Moved by staff: the customer is told once, the calendar follows, the old hour is free.
    async fn a_move_frees_the_hour_of_before(agenda: Agenda) {
        let order = agenda.visit("ann", 10).await;
        let booked = agenda.booking(&order).await;
        let (ctx, scope) = (&agenda.diary.shop.kit.ctx, &agenda.diary.shop.scope);
        let before = agenda.told().await;
        service::order::move_booking(ctx, scope, booked.id, agenda.diary.tomorrow(15), None).await.unwrap();
        agenda.stands(&[15]).await;
        assert_eq!(agenda.told().await - before, 1, "told once");
        agenda.visit("bob", 10).await;
        agenda.stands(&[10, 15]).await;
    }

    /// Called off with the money given back: the hour is offered again.
    async fn a_refund_frees_the_hour(agenda: Agenda) {
        let order = agenda.visit("ann", 10).await;
        service::order::refund(&agenda.diary.shop.kit.ctx, &agenda.diary.shop.scope, order.id).await.unwrap();
        agenda.diary.shop.run().await;
        assert_eq!(agenda.booking(&order).await.status, BookingStatus::Cancelled);
        agenda.stands(&[]).await;
        agenda.visit("bob", 10).await;
        agenda.stands(&[10]).await;
    }

    /// reliability.md cases 40, 41: whatever the calendar does, who has paid is booked and told at once, and once.
    async fn a_calendar_that_is_away_costs_no_booking(agenda: Agenda) {
        let order = agenda.diary.massage("ann", 10).await;
        agenda.away();
        let before = agenda.told().await;
        agenda.diary.pay(&order).await;
        assert_eq!(agenda.diary.shop.order().await.status, OrderStatus::Booked);
        assert_eq!(agenda.told().await - before, 2, "receipt and confirmation");
        agenda.diary.doors.api.heal();
        for _ in 0..6 {
            agenda.diary.pass(301).await;
        }
        agenda.stands(&[10]).await;
        assert_eq!(agenda.told().await - before, 2, "told once");
    }
}
}
