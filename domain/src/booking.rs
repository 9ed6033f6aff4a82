//! Opening hours, slots, holds and delivery windows (R117, R122, R126–R128).

mod block;
mod change;
mod hours;
mod slots;

pub use block::{Block, BlockError, DEFAULT_DURATION_MINUTES, Part, block, resource};
pub use change::{ChangeError, change};
pub use hours::{END_OF_DAY, HoursError, OpeningHours};
pub use slots::{SlotRequest, fits, slots};

use crate::catalog::Item;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A stretch of time: the start belongs to it, the end does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    /// First moment.
    pub start: Timestamp,
    /// First moment after it.
    pub end: Timestamp,
}

impl Interval {
    /// So many minutes from a moment; nothing when negative.
    #[must_use]
    pub fn of_minutes(start: Timestamp, minutes: i64) -> Self {
        Self { start, end: later(start, minutes.max(0).saturating_mul(60)) }
    }

    /// Whether the two share a moment. Touching is not sharing.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether the other lies within this one.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// What of some stretches is left when others are taken out of them, in order.
#[must_use]
pub fn without(stretches: &[Interval], taken_out: &[Interval]) -> Vec<Interval> {
    let mut out: Vec<Interval> = taken_out.iter().filter(|each| each.start < each.end).copied().collect();
    out.sort_unstable();
    let mut left = Vec::new();
    for stretch in stretches {
        let mut start = stretch.start;
        for each in out.iter().filter(|each| each.overlaps(stretch)) {
            if start < each.start {
                left.push(Interval { start, end: each.start });
            }
            start = start.max(each.end);
        }
        if start < stretch.end {
            left.push(Interval { start, end: stretch.end });
        }
    }
    left
}

/// Seconds in a [`quanta`] unit: 5 minutes.
pub const QUANTUM_SECONDS: i64 = 300;

/// The 5-minute units since the epoch that an interval touches. A hold writes one row for each, and the database keeps
/// (resource, quantum, seat) unique: that is what makes a double booking impossible (architecture, "What always holds" 7).
pub fn quanta(interval: Interval) -> impl Iterator<Item = i64> {
    let first = interval.start.as_second().div_euclid(QUANTUM_SECONDS);
    // The end is rounded up, so that a started unit counts.
    let whole = interval.end.as_second() + i64::from(interval.end.subsec_nanosecond() > 0);
    let end = (whole + QUANTUM_SECONDS - 1).div_euclid(QUANTUM_SECONDS);
    first..if interval.end > interval.start { end } else { first }
}

/// Hours to delivery where no line says (commerce.md gives no figure; a day is what the samples use).
pub const DEFAULT_DELIVERY_HOURS: i64 = 24;

/// The largest delivery time of the product lines in hours, [`DEFAULT_DELIVERY_HOURS`] where none says.
#[must_use]
pub fn delivery_hours(lines: &[(&Item, i64)]) -> i64 {
    lines
        .iter()
        .filter_map(|(item, _)| item.delivery_time_hours)
        .filter(|hours| *hours >= 0)
        .max()
        .unwrap_or(DEFAULT_DELIVERY_HOURS)
}

/// Minutes a delivery window lasts.
const WINDOW_MINUTES: i64 = 60;

/// When a paid order is delivered: the latest hour that begins within so many hours of the payment, on the grid of the
/// branch's opening. Where the branch is closed all that time, the latest hour of a usual day; where even that has none
/// (an hour's delivery late at night), the quarter of an hour before the promised moment. Never later than promised.
#[must_use]
pub fn delivery_window(paid_at: Timestamp, hours_to_delivery: i64, hours: &OpeningHours, zone: &TimeZone) -> Interval {
    let latest = later(paid_at, hours_to_delivery.max(0).saturating_mul(3600));
    // Hours repeat weekly: further back there is nothing new.
    let earliest = paid_at.max(latest.checked_sub(SignedDuration::from_hours(7 * 24)).unwrap_or(paid_at));
    let last_of = |hours: &OpeningHours, step_minutes: i64| {
        let request = SlotRequest {
            from_date: zone.to_datetime(earliest).date(),
            to_date: zone.to_datetime(latest).date(),
            duration_minutes: WINDOW_MINUTES,
            step_minutes,
            busy: &[],
            now: earliest,
            limit: 2000,
        };
        slots(hours, zone, &request).into_iter().rev().find(|window| window.start <= latest)
    };
    last_of(hours, 60).or_else(|| last_of(hours, 15)).or_else(|| last_of(&OpeningHours::usual(), 15)).unwrap_or_else(
        || {
            let quarter = latest.as_second().div_euclid(900).saturating_mul(900);
            let start = Timestamp::from_second(quarter).unwrap_or(latest).max(paid_at);
            Interval::of_minutes(start, WINDOW_MINUTES)
        },
    )
}

/// The smallest reminder hours of the lines; `None` when none says (R122).
#[must_use]
pub fn reminder_hours(lines: &[(&Item, i64)]) -> Option<i64> {
    lines.iter().filter_map(|(item, _)| item.payment_reminder_hours).filter(|hours| *hours > 0).min()
}

/// When an unpaid order is reminded of: one reminder a link; `None` when no line asks for one (R122).
#[must_use]
pub fn reminder_at(sent_at: Timestamp, payment_reminder_hours: Option<i64>) -> Option<Timestamp> {
    payment_reminder_hours.filter(|hours| *hours > 0).map(|hours| later(sent_at, hours.saturating_mul(3600)))
}

/// The fewest hours a link stays open.
pub const LINK_MINIMUM_HOURS: i64 = 24;

/// Until when a link is open: its reminder and 24 hours more, at least 24 hours, longer if the company says so.
#[must_use]
pub fn link_open_until(
    sent_at: Timestamp,
    payment_reminder_hours: Option<i64>,
    company_minimum_hours: Option<i64>,
) -> Timestamp {
    let hours = payment_reminder_hours
        .unwrap_or(0)
        .max(0)
        .saturating_add(LINK_MINIMUM_HOURS)
        .max(company_minimum_hours.unwrap_or(0));
    later(sent_at, hours.saturating_mul(3600))
}

/// A moment so many seconds later; the end of time where that does not fit.
fn later(start: Timestamp, seconds: i64) -> Timestamp {
    start.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
