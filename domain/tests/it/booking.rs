//! Opening hours, slots, blocks and windows (R117, R122, R126–R128).

use crate::support::{product, service};
use domain::booking::{
    BlockError, ChangeError, DEFAULT_DELIVERY_HOURS, HoursError, Interval, OpeningHours, Part, SlotRequest, block,
    change, delivery_hours, delivery_window, fits, link_open_until, quanta, reminder_at, reminder_hours, resource,
    slots,
};
use domain::catalog::{Details, Item};
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a timestamp")
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("bundled")
}

fn hours(entries: &[(&str, &str)]) -> OpeningHours {
    OpeningHours::parse(entries.iter().copied()).expect("hours")
}

/// Local starts of the free slots of some days.
fn starts(hours: &OpeningHours, zone: &TimeZone, from: Date, to: Date, minutes: i64, step: i64) -> Vec<String> {
    let request = SlotRequest {
        from_date: from,
        to_date: to,
        duration_minutes: minutes,
        step_minutes: step,
        busy: &[],
        now: Timestamp::MIN,
        limit: 1000,
    };
    slots(hours, zone, &request)
        .iter()
        .map(|slot| slot.start.to_zoned(zone.clone()).strftime("%d %H:%M%:z").to_string())
        .collect()
}

#[test]
fn hours_are_read_as_written() {
    let parsed = hours(&[("mon-fri", "10:00-18:00"), ("sat", "15:00-18:00, 10:00-14:00"), ("sun", "closed")]);
    let lengths: Vec<usize> = parsed.days.iter().map(Vec::len).collect();
    assert_eq!(lengths, [1, 1, 1, 1, 1, 2, 0]);
    assert!(parsed.days[5][0].0 < parsed.days[5][1].0);
    assert_eq!(hours(&[("mon-sun", "9:00-21:00")]), OpeningHours::usual());
    assert_eq!(hours(&[]), OpeningHours::default());
    assert_eq!(hours(&[("Sat-Mon", "9:00-24:00")]).days.map(|day| day.len()), [1, 0, 0, 0, 0, 1, 1]);
    // Open until two in the morning of the next day.
    assert_eq!(hours(&[("sun", "20:00-02:00")]).days.map(|day| day.len()), [1, 0, 0, 0, 0, 0, 1]);
    assert_eq!(hours(&[("mon", "20:00-00:00")]).days.map(|day| day.len()), [1, 0, 0, 0, 0, 0, 0]);
    let error = |day: &str, times: &str| OpeningHours::parse([(day, times)]).expect_err("refused");
    assert_eq!(error("monday", "10:00-18:00"), HoursError::Day("monday".to_owned()));
    for wrong in
        ["10-18", "10:00", "25:00-26:00", "10:00-10:00", "10:60-11:00", "24:00-01:00", "10:00-18:00,", "+1:00-2:00"]
    {
        assert_eq!(error("mon", wrong), HoursError::Times(wrong.to_owned()));
    }
    assert_eq!(error("mon", "10:00-14:00,13:00-18:00"), HoursError::Overlap("mon"));
    assert_eq!(
        OpeningHours::parse([("mon", "10:00-12:00"), ("mon-tue", "11:00-13:00")]),
        Err(HoursError::Overlap("mon"))
    );
}

#[test]
fn slots_of_a_day() {
    let madrid = zone("Europe/Madrid");
    let open = hours(&[("mon", "10:00-13:00,16:00-17:00")]);
    let monday = date(2026, 3, 2);
    assert_eq!(
        starts(&open, &madrid, monday, monday, 60, 30),
        ["02 10:00+01:00", "02 10:30+01:00", "02 11:00+01:00", "02 11:30+01:00", "02 12:00+01:00", "02 16:00+01:00"]
    );
    // The break between is not worked through.
    assert_eq!(starts(&open, &madrid, monday, monday, 240, 30), [""; 0]);
    assert_eq!(starts(&open, &madrid, date(2026, 3, 3), date(2026, 3, 8), 60, 30), [""; 0]);
    let request = SlotRequest {
        from_date: monday,
        to_date: monday,
        duration_minutes: 60,
        step_minutes: 30,
        busy: &[Interval::of_minutes(at("2026-03-02T11:00:00+01:00"), 30)],
        now: at("2026-03-02T10:00:01+01:00"),
        limit: 2,
    };
    let found: Vec<Timestamp> = slots(&open, &madrid, &request).iter().map(|slot| slot.start).collect();
    // 10:00 is past, 10:30 and 11:00 run into what is taken; 11:30 begins when it ends.
    assert_eq!(found, [at("2026-03-02T11:30:00+01:00"), at("2026-03-02T12:00:00+01:00")]);
    // What starts this moment is not past.
    let now = at("2026-03-02T16:00:00+01:00");
    let found = slots(&open, &madrid, &SlotRequest { now, ..request });
    assert_eq!(found, [Interval::of_minutes(now, 60)]);
}

#[test]
fn slots_run_over_midnight_where_the_branch_is_open() {
    let almaty = zone("Asia/Almaty");
    let open = hours(&[("fri", "22:00-02:00")]);
    let friday = date(2026, 3, 6);
    assert_eq!(starts(&open, &almaty, friday, friday, 120, 60), ["06 22:00+05:00", "06 23:00+05:00"]);
    assert_eq!(
        starts(&open, &almaty, date(2026, 3, 7), date(2026, 3, 7), 60, 60),
        ["07 00:00+05:00", "07 01:00+05:00"]
    );
    assert!(fits(&open, &almaty, at("2026-03-06T23:30:00+05:00"), 150));
    assert!(!fits(&open, &almaty, at("2026-03-06T23:30:00+05:00"), 151));
}

#[test]
fn a_change_of_the_clock_neither_repeats_nor_invents_a_time() {
    let madrid = zone("Europe/Madrid");
    let open = hours(&[("mon-sun", "00:00-24:00")]);
    let spring = date(2026, 3, 29);
    let found = starts(&open, &madrid, spring, spring, 60, 60);
    assert_eq!(found.len(), 23);
    assert_eq!(found[1..3], ["29 01:00+01:00", "29 03:00+02:00"]);
    let autumn = date(2026, 10, 25);
    let found = starts(&open, &madrid, autumn, autumn, 60, 60);
    assert_eq!(found.len(), 25);
    assert_eq!(found[2..4], ["25 02:00+02:00", "25 02:00+01:00"]);
    assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 25);
    // Ten in the morning is ten on both sides of the change.
    let shop = hours(&[("sat-sun", "10:00-11:00")]);
    assert_eq!(starts(&shop, &madrid, date(2026, 3, 28), spring, 60, 60), ["28 10:00+01:00", "29 10:00+02:00"]);
    // An opening inside the hour that does not exist is none.
    let night = hours(&[("sun", "02:00-03:00")]);
    assert_eq!(starts(&night, &madrid, spring, spring, 30, 30), [""; 0]);
}

#[test]
fn times_that_fit() {
    let almaty = zone("Asia/Almaty");
    let open = hours(&[("mon-fri", "10:00-18:00")]);
    // slots-tomorrow.kk: an hour that ends at closing time.
    assert!(fits(&open, &almaty, at("2026-03-04T17:00:00+05:00"), 60));
    assert!(!fits(&open, &almaty, at("2026-03-04T17:00:00+05:00"), 61));
    assert!(!fits(&open, &almaty, at("2026-03-04T09:59:00+05:00"), 60));
    assert!(!fits(&open, &almaty, at("2026-03-07T12:00:00+05:00"), 60));
    assert!(!fits(&open, &almaty, at("2026-03-04T12:00:00+05:00"), 0));
    assert!(!fits(&open, &almaty, at("2026-03-04T12:00:00+05:00"), i64::MAX));
    assert!(!fits(&OpeningHours::default(), &almaty, at("2026-03-04T12:00:00+05:00"), 60));
}

#[test]
fn blocks_of_seats_and_of_slots_in_a_row() {
    let training = service("206");
    let yoga = Item { capacity: Some(8), duration_minutes: Some(90), ..service("204") };
    let certificate = Item { available: None, ..service("812") };
    let roses = product("101");
    let found = block(&[(&training, 2), (&roses, 5), (&yoga, 3), (&certificate, 4)]).expect("one block");
    assert_eq!((found.minutes, found.seats), (210, 3));
    let part = |key: &str, offset_minutes, minutes, seats, capacity| Part {
        key: key.to_owned(),
        resource: key.to_owned(),
        offset_minutes,
        minutes,
        seats,
        capacity,
    };
    assert_eq!(found.parts, [part("206", 0, 120, 1, 1), part("204", 120, 90, 3, 8)]);
    assert_eq!(block(&[(&yoga, 9)]), Err(BlockError::TooManySeats { key: "204".to_owned() }));
    assert_eq!(block(&[(&yoga, 8)]).map(|found| found.seats), Ok(8));
    assert_eq!(block(&[(&training, 100_000)]), Err(BlockError::TooLong));
    assert_eq!(block(&[(&training, 0)]), Err(BlockError::Quantity));
    assert_eq!(block(&[(&roses, 1)]).map(|found| (found.minutes, found.seats, found.parts.len())), Ok((0, 0, 0)));
    let without_duration = Item { duration_minutes: None, ..service("x") };
    assert_eq!(block(&[(&without_duration, 1)]).map(|found| found.minutes), Ok(60));
}

#[test]
fn one_specialist_is_one_resource() {
    let by = |name: &str, key: &str| Item {
        details: Details { specialist: Some(name.to_owned()), ..Details::default() },
        ..service(key)
    };
    assert_eq!(resource(&by("Lucía Perdomo", "201")), resource(&by(" lucia  PERDOMO ", "207")));
    assert_ne!(resource(&by("Lucía Perdomo", "201")), resource(&by("Erin Calloway", "204")));
    assert_eq!(resource(&service("204")), "204");
    assert_eq!(resource(&by("  ", "204")), "204");
}

#[test]
fn a_delivery_falls_within_the_opening_hours_and_the_promise() {
    let (zone, hours) = (zone("Europe/Madrid"), hours(&[("mon-fri", "10:00-18:00")]));
    for (paid, to_delivery, start) in [
        // On the hour, and back to it from an odd minute.
        ("2026-03-02T13:00:00+01:00", 24, "2026-03-03T13:00:00+01:00"),
        ("2026-03-02T13:17:00+01:00", 24, "2026-03-03T13:00:00+01:00"),
        // Out of hours: the last window before the promise ends.
        ("2026-03-02T22:40:00+01:00", 24, "2026-03-03T17:00:00+01:00"),
        ("2026-03-03T07:05:00+01:00", 24, "2026-03-03T17:00:00+01:00"),
        // Saturday is closed: Friday still keeps the promise.
        ("2026-03-05T19:00:00+01:00", 48, "2026-03-06T17:00:00+01:00"),
        // Closed all the time: a usual day's hour.
        ("2026-03-06T18:30:00+01:00", 24, "2026-03-07T18:30:00+01:00"),
        // An hour that begins on no full hour.
        ("2026-03-02T12:05:00+01:00", 0, "2026-03-02T12:05:00+01:00"),
        ("2026-03-02T12:05:00+01:00", 1, "2026-03-02T13:00:00+01:00"),
        // Late at night nothing is open: just before the promised moment.
        ("2026-03-02T23:07:00+01:00", 2, "2026-03-03T01:00:00+01:00"),
    ] {
        let window = delivery_window(at(paid), to_delivery, &hours, &zone);
        assert_eq!(window.start, at(start), "{paid} +{to_delivery}h: {}", window.start);
        assert_eq!(window.end, window.start + 60.minutes());
    }
}

#[test]
fn windows_and_reminders() {
    let slow = Item { delivery_time_hours: Some(48), payment_reminder_hours: Some(30), ..product("a") };
    let fast = Item { delivery_time_hours: Some(1), payment_reminder_hours: Some(2), ..product("b") };
    let silent = product("c");
    let paid = at("2026-03-02T13:00:00+01:00");
    assert_eq!(delivery_hours(&[(&fast, 1), (&slow, 1)]), 48);
    assert_eq!(delivery_hours(&[(&silent, 1)]), DEFAULT_DELIVERY_HOURS);
    assert_eq!(reminder_hours(&[(&slow, 1), (&silent, 1), (&fast, 1)]), Some(2));
    assert_eq!(reminder_hours(&[(&silent, 1)]), None);
    assert_eq!(reminder_at(paid, Some(2)), Some(paid + 2.hours()));
    assert_eq!(reminder_at(paid, None), None);
    assert_eq!(reminder_at(paid, Some(0)), None);
    assert_eq!(link_open_until(paid, None, None), paid + 24.hours());
    assert_eq!(link_open_until(paid, Some(2), None), paid + 26.hours());
    assert_eq!(link_open_until(paid, Some(2), Some(24)), paid + 26.hours());
    assert_eq!(link_open_until(paid, Some(2), Some(72)), paid + 72.hours());
    assert_eq!(link_open_until(paid, Some(-9), Some(3)), paid + 24.hours());
    assert_eq!(link_open_until(paid, Some(i64::MAX), None), Timestamp::MAX);
}

#[test]
fn quanta_are_five_minutes() {
    let start = at("2026-03-02T10:00:00Z");
    let first = start.as_second() / 300;
    assert_eq!(quanta(Interval::of_minutes(start, 10)).collect::<Vec<_>>(), [first, first + 1]);
    assert_eq!(quanta(Interval::of_minutes(start, 11)).count(), 3);
    assert_eq!(quanta(Interval::of_minutes(start, 0)).count(), 0);
    assert_eq!(quanta(Interval::of_minutes(start + 1.second(), 5)).count(), 2);
}

/// A minute of the two weeks around a change of the clock in Madrid.
fn minute() -> impl Strategy<Value = i64> {
    0_i64..14 * 24 * 60
}

fn moment(minute: i64) -> Timestamp {
    at("2026-03-22T00:00:00Z") + minute.minutes()
}

fn change_in_madrid(
    from: (&str, &str),
    start: &str,
    end: Option<&str>,
    now: &str,
    appointment: bool,
) -> Result<(String, String), ChangeError> {
    let hours = hours(&[("mon-fri", "09:00-18:00")]);
    let madrid = zone("Europe/Madrid");
    let before = Interval { start: at(from.0), end: at(from.1) };
    let open = appointment.then_some((&hours, &madrid));
    change(before, at(start), end.map(at), at(now), open).map(|to| (to.start.to_string(), to.end.to_string()))
}

#[test]
fn a_moved_booking_keeps_its_length_and_lies_within_the_hours() {
    // Monday, 9 March 2026; Madrid is one hour ahead of UTC.
    let visit = ("2026-03-09T10:00:00Z", "2026-03-09T11:30:00Z");
    let now = "2026-03-08T12:00:00Z";
    let to = |start, end, appointment| change_in_madrid(visit, start, end, now, appointment);
    let times = |start: &str, end: &str| Ok((start.to_owned(), end.to_owned()));
    assert_eq!(to("2026-03-10T08:00:00Z", None, true), times("2026-03-10T08:00:00Z", "2026-03-10T09:30:00Z"));
    assert_eq!(to("2026-03-10T16:00:00Z", None, true), Err(ChangeError::Closed));
    assert_eq!(to("2026-03-14T10:00:00Z", None, true), Err(ChangeError::Closed), "a Saturday");
    assert_eq!(to("2026-03-14T22:00:00Z", None, false), times("2026-03-14T22:00:00Z", "2026-03-14T23:30:00Z"));
    assert_eq!(to("2026-03-07T10:00:00Z", None, true), Err(ChangeError::Past));
    // After the change to summer time of 29 March nine o'clock in Madrid is seven in UTC.
    assert_eq!(to("2026-03-30T07:00:00Z", None, true), times("2026-03-30T07:00:00Z", "2026-03-30T08:30:00Z"));
    assert_eq!(to("2026-03-27T07:00:00Z", None, true), Err(ChangeError::Closed));
}

#[test]
fn an_appointment_is_made_longer_or_shorter_within_reason() {
    let visit = ("2026-03-09T10:00:00Z", "2026-03-09T11:30:00Z");
    let to = |end, now| change_in_madrid(visit, "2026-03-09T10:00:00Z", Some(end), now, true);
    let before = "2026-03-08T12:00:00Z";
    assert_eq!(to("2026-03-09T12:00:00Z", before).map(|(_, end)| end), Ok("2026-03-09T12:00:00Z".to_owned()));
    assert_eq!(to("2026-03-09T17:30:00Z", before), Err(ChangeError::Closed));
    assert_eq!(to("2026-03-09T10:04:00Z", before), Err(ChangeError::TooShort));
    assert_eq!(to("2026-03-09T09:00:00Z", before), Err(ChangeError::TooShort));
    assert_eq!(to("2026-03-11T10:00:00Z", before), Err(ChangeError::TooLong));
    // A visit that runs may go on longer, but not end before now.
    let during = "2026-03-09T11:00:00Z";
    assert!(to("2026-03-09T12:00:00Z", during).is_ok());
    assert_eq!(to("2026-03-09T10:30:00Z", during), Err(ChangeError::Past));
}

#[test]
fn a_stretched_block_keeps_its_first_parts() {
    let cut = Item { duration_minutes: Some(30), ..service("cut") };
    let colour = Item { duration_minutes: Some(60), ..service("colour") };
    let visit = block(&[(&cut, 1), (&colour, 1)]).expect("a block");
    let longer = visit.clone().lasting(120).expect("longer");
    assert_eq!(longer.minutes, 120);
    let parts: Vec<_> = longer.parts.iter().map(|part| (part.offset_minutes, part.minutes)).collect();
    assert_eq!(parts, [(0, 30), (30, 90)]);
    assert_eq!(visit.clone().lasting(40).map(|block| block.parts[1].minutes), Some(10));
    assert_eq!(visit.lasting(30), None, "the last part would not take place");
    assert_eq!(block(&[]).expect("nothing").lasting(30), None);
}

proptest! {
    #[test]
    fn two_intervals_overlap_exactly_when_a_quantum_would_clash(a in 0_i64..200, b in 0_i64..200, long_a in 1_i64..40, long_b in 1_i64..40) {
        // On the five-minute grid, on which all slots lie.
        let first = Interval::of_minutes(moment(a * 5), long_a * 5);
        let second = Interval::of_minutes(moment(b * 5), long_b * 5);
        let taken: BTreeSet<i64> = quanta(first).collect();
        prop_assert_eq!(first.overlaps(&second), quanta(second).any(|quantum| taken.contains(&quantum)));
    }

    #[test]
    fn off_the_grid_an_overlap_still_clashes(a in 0_i64..900, b in 0_i64..900, long_a in 1_i64..99, long_b in 1_i64..99) {
        let first = Interval::of_minutes(moment(a), long_a);
        let second = Interval::of_minutes(moment(b), long_b);
        let taken: BTreeSet<i64> = quanta(first).collect();
        if first.overlaps(&second) {
            prop_assert!(quanta(second).any(|quantum| taken.contains(&quantum)));
        }
    }

    #[test]
    fn slots_are_exactly_the_free_grid_points(
        open in 0_i8..20,
        long in 1_i8..4,
        second in proptest::option::of(1_i8..3),
        duration in 1_i64..200,
        step in proptest::sample::select(vec![15_i64, 30, 45, 60]),
        now in minute(),
        busy in proptest::collection::vec((minute(), 1_i64..600), 0..6),
    ) {
        let madrid = zone("Europe/Madrid");
        let mut times = format!("{open:02}:00-{:02}:00", open + long);
        if let Some(second) = second {
            let start = open + long + 1;
            if start + second <= 24 {
                times.push_str(&format!(",{start:02}:00-{:02}:00", start + second));
            }
        }
        let hours = hours(&[("mon-wed", &times), ("sat-sun", &times)]);
        let busy: Vec<Interval> = busy.into_iter().map(|(start, long)| Interval::of_minutes(moment(start), long)).collect();
        let (from, to) = (date(2026, 3, 27), date(2026, 3, 31));
        let request = SlotRequest {
            from_date: from, to_date: to, duration_minutes: duration, step_minutes: step,
            busy: &busy, now: moment(now), limit: usize::MAX,
        };
        let found = slots(&hours, &madrid, &request);
        // The rule in other words: try every quarter of an hour of real time.
        let mut expected = Vec::new();
        let mut start = from.to_zoned(madrid.clone()).expect("midnight").timestamp();
        let end = to.tomorrow().expect("a day").to_zoned(madrid.clone()).expect("midnight").timestamp();
        while start < end {
            let slot = Interval::of_minutes(start, duration);
            let local = madrid.to_datetime(start);
            let day = &hours.days[usize::try_from(local.weekday().to_monday_zero_offset()).expect("0 to 6")];
            let on_grid = day.iter().any(|(open, close)| {
                let opening = madrid.to_timestamp(local.date().to_datetime(*open)).expect("a time");
                local.time() < *close && start >= opening && (start.as_second() - opening.as_second()) % (step * 60) == 0
            });
            let clear = !busy.iter().any(|taken| taken.overlaps(&slot));
            if on_grid && clear && start >= moment(now) && fits(&hours, &madrid, start, duration) {
                expected.push(slot);
            }
            start += 15.minutes();
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_limit_only_cuts_the_list(limit in 0_usize..30) {
        let madrid = zone("Europe/Madrid");
        let all = SlotRequest {
            from_date: date(2026, 3, 27), to_date: date(2026, 3, 31), duration_minutes: 60, step_minutes: 60,
            busy: &[], now: Timestamp::MIN, limit: usize::MAX,
        };
        let hours = OpeningHours::usual();
        let every = slots(&hours, &madrid, &all);
        let some = slots(&hours, &madrid, &SlotRequest { limit, ..all });
        prop_assert_eq!(&some[..], &every[..limit.min(every.len())]);
    }

    #[test]
    fn parts_of_a_block_follow_one_another(quantities in proptest::collection::vec((1_i64..5, 1_i64..4, 10_i64..90), 0..6)) {
        let items: Vec<(Item, i64)> = quantities
            .iter()
            .enumerate()
            .map(|(at, (quantity, capacity, minutes))| {
                (Item { capacity: Some(*capacity), duration_minutes: Some(*minutes), ..service(&at.to_string()) }, *quantity)
            })
            .collect();
        let lines: Vec<(&Item, i64)> = items.iter().map(|(item, quantity)| (item, *quantity)).collect();
        let too_many = quantities.iter().any(|(quantity, capacity, _)| *capacity > 1 && quantity > capacity);
        match block(&lines) {
            Ok(found) => {
                prop_assert!(!too_many);
                let mut end = 0;
                for part in &found.parts {
                    prop_assert_eq!(part.offset_minutes, end);
                    prop_assert!(part.seats <= part.capacity);
                    end += part.minutes;
                }
                prop_assert_eq!(found.minutes, end);
                // Seats times time is what was ordered, whichever way it was laid out.
                let ordered: i64 = quantities.iter().map(|(quantity, _, minutes)| quantity * minutes).sum();
                prop_assert_eq!(found.parts.iter().map(|part| part.seats * part.minutes).sum::<i64>(), ordered);
            }
            Err(error) => prop_assert!(too_many, "{error}"),
        }
    }
}

#[test]
fn what_is_taken_out_is_gone_and_the_rest_stays() {
    let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
    let of = |pairs: &[(i64, i64)]| -> Vec<Interval> {
        pairs.iter().map(|(start, end)| Interval { start: at(*start), end: at(*end) }).collect()
    };
    for (stretches, taken, left) in [
        (&[(0, 60)][..], &[][..], &[(0, 60)][..]),
        (&[(0, 60)], &[(0, 60)], &[]),
        (&[(0, 60)], &[(10, 20), (15, 30), (50, 90)], &[(0, 10), (30, 50)]),
        (&[(0, 60), (100, 130)], &[(50, 110)], &[(0, 50), (110, 130)]),
        (&[(0, 60)], &[(60, 70), (20, 20)], &[(0, 60)]),
        (&[], &[(0, 9)], &[]),
    ] {
        assert_eq!(domain::booking::without(&of(stretches), &of(taken)), of(left), "{stretches:?} {taken:?}");
    }
}
