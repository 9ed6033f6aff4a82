//! What stands in Google Calendar at the very time of a booking of ours: free/busy joins the two, and another specialist may be
//! asked for at that time.

use crate::calendar_google::Diary;
use jiff::civil::date;
use std::time::Duration;
use testkit::Kit;
use testkit::fake::{Fault, Reply};

/// A second specialist, while the first has a massage at ten.
async fn busy_at_ten(kit: Kit) -> Diary {
    let diary = Diary::connected(kit).await;
    diary.shop.sells_foot_massage().await;
    let order = diary.massage("ann", 10).await;
    diary.pay(&order).await;
    diary.pass(301).await;
    assert_eq!(diary.start_outside(0), diary.tomorrow(10));
    diary
}

impl Diary {
    /// The hours of tomorrow at which the second specialist is offered.
    async fn offered(&self) -> Vec<i8> {
        let day = date(2026, 3, 3);
        let keys = ["M2".to_owned()];
        let free = service::turn::slots_for(&self.owner, &self.scope, &keys, day, day, 100).await.unwrap();
        (8..20).filter(|hour| free.iter().any(|slot| slot.start == self.tomorrow(*hour))).collect()
    }
}

testkit::both! {
    async fn what_stands_beside_our_own_is_seen(kit: Kit) {
        let diary = busy_at_ten(kit).await;
        let all = diary.offered().await;
        assert!(all.contains(&10) && all.contains(&11), "ours takes nobody else's time: {all:?}");
        diary.world.enter("plumber01", diary.tomorrow(10), diary.tomorrow(11));
        let without_ten: Vec<i8> = all.iter().copied().filter(|hour| *hour != 10).collect();
        assert_eq!(diary.offered().await, without_ten);
        diary.world.show_available("plumber01");
        assert_eq!(diary.offered().await, all);
        diary.world.enter("plumber01", diary.tomorrow(10), diary.tomorrow(11));
        diary.world.decline("plumber01");
        assert_eq!(diary.offered().await, all);
        // Whole days are those of the calendar's zone; more events than a page holds are read.
        for n in 0..3 {
            diary.world.enter_days(&format!("holiday0{n}"), date(2026, 3, 3), date(2026, 3, 4));
        }
        assert!(diary.offered().await.is_empty());
        diary.world.delete("holiday00");
        diary.world.delete("holiday01");
        diary.world.delete("holiday02");
        assert_eq!(diary.offered().await, all);
        diary.check();
    }

    /// Without the list of events, what stands at other times is known all the same, and nobody waits for it longer than for the rest.
    async fn a_list_that_does_not_come_hides_no_other_time(kit: Kit) {
        let diary = busy_at_ten(kit).await;
        let all = diary.offered().await;
        diary.world.enter("plumber01", diary.tomorrow(10), diary.tomorrow(12));
        let but_eleven: Vec<i8> = all.iter().copied().filter(|hour| *hour != 11).collect();
        for fault in [Fault::Answer(Reply::bytes(503, "")), Fault::DoneThenSlow(Duration::from_secs(4)), Fault::Cut] {
            diary.doors.api.fail("/events", fault);
            let asked = std::time::Instant::now();
            assert_eq!(diary.offered().await, but_eleven);
            assert!(asked.elapsed() < Duration::from_millis(3_500), "two seconds in all: {:?}", asked.elapsed());
        }
        assert_eq!(diary.offered().await, but_eleven.iter().copied().filter(|hour| *hour != 10).collect::<Vec<_>>());
    }
}
