//! When people write: more of late than long ago, hardly at night, less on Sundays.

use super::{DAYS, World};
use entity::time::Time;
use jiff::civil::Weekday;
use jiff::{Span, Timestamp};

/// How many write in each hour of the day.
const HOURS: [(u32, i8); 24] = [
    (2, 0),
    (1, 1),
    (1, 2),
    (1, 3),
    (1, 4),
    (2, 5),
    (6, 6),
    (14, 7),
    (26, 8),
    (40, 9),
    (52, 10),
    (56, 11),
    (48, 12),
    (40, 13),
    (38, 14),
    (44, 15),
    (50, 16),
    (56, 17),
    (60, 18),
    (58, 19),
    (46, 20),
    (30, 21),
    (16, 22),
    (6, 23),
];

impl World<'_> {
    /// A moment when somebody writes, between so many days ago and so many seconds ago.
    pub(super) fn moment(&self, days: i64, seconds: i64) -> Time {
        let dice = &self.dice;
        let today = self.zone.to_datetime(self.now).date();
        let latest = Time::from(self.now).plus_seconds(-seconds);
        let earliest = Time::from(self.now).plus_seconds(-days.min(DAYS) * 86_400);
        for _ in 0..50 {
            // Two draws, the smaller: a shop that grows.
            let back = Ord::min(dice.between(0, days), dice.between(0, days));
            let Ok(date) = today.checked_sub(Span::new().days(back)) else { continue };
            if date.weekday() == Weekday::Sunday && dice.chance(55) {
                continue;
            }
            let hour = *dice.weighted(&HOURS);
            let minute = i8::try_from(dice.below(60)).unwrap_or(0);
            let second = i8::try_from(dice.below(60)).unwrap_or(0);
            let Ok(at) = self.zone.to_zoned(date.at(hour, minute, second, 0)) else { continue };
            let at = Time::from(at.timestamp());
            if at <= latest && at >= earliest {
                return Time(at.0 + dice.between(0, 999_999));
            }
        }
        Time(latest.0 - dice.between(0, 3_600_000_000))
    }

    /// Whether a moment lies before now.
    pub(super) fn is_past(&self, at: Time) -> bool {
        at.timestamp() < self.now
    }
}

/// So many minutes later.
pub(super) fn minutes(at: Timestamp, minutes: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap_or(at)
}
