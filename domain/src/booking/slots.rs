//! Free times within the opening hours.

use super::{Interval, OpeningHours};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// The most days one search looks at.
const MAX_DAYS: i32 = 366;

/// Which times are looked for.
#[derive(Clone, Debug)]
pub struct SlotRequest<'a> {
    /// First local day.
    pub from_date: Date,
    /// Last local day, included.
    pub to_date: Date,
    /// Minutes the appointment takes.
    pub duration_minutes: i64,
    /// Minutes between two starts, counted from each opening.
    pub step_minutes: i64,
    /// What is taken already; any order, may overlap.
    pub busy: &'a [Interval],
    /// Nothing before this moment.
    pub now: Timestamp,
    /// The most slots returned.
    pub limit: usize,
}

/// Free times, soonest first: on the grid of each opening, wholly within the opening hours, not past, free (commerce.md
/// "Slots"). Minutes are counted in real time, so that a change of the clock neither repeats nor invents one.
#[must_use]
pub fn slots(hours: &OpeningHours, zone: &TimeZone, request: &SlotRequest<'_>) -> Vec<Interval> {
    let SlotRequest { from_date, to_date, duration_minutes, step_minutes, busy, now, limit } = request;
    let mut found = Vec::new();
    if *duration_minutes < 1 || *step_minutes < 1 {
        return found;
    }
    let busy = merged(busy.to_vec());
    // The day before and after, for openings that run over midnight.
    let last = (*to_date).min(from_date.saturating_add(Span::new().days(MAX_DAYS)));
    let open =
        openings(hours, zone, from_date.saturating_sub(Span::new().days(1)), last.saturating_add(Span::new().days(8)));
    let joined = merged(open.clone());
    for opening in &open {
        let mut start = opening.start;
        while start < opening.end {
            if found.len() >= *limit {
                return found;
            }
            let slot = Interval::of_minutes(start, *duration_minutes);
            let date = zone.to_datetime(start).date();
            if start >= *now
                && *from_date <= date
                && date <= last
                && joined.iter().any(|stretch| stretch.contains(&slot))
                && !taken(&busy, &slot)
            {
                found.push(slot);
            }
            start = super::later(start, step_minutes.saturating_mul(60));
        }
    }
    found
}

/// Whether an appointment of so many minutes from that start lies wholly within the opening hours.
#[must_use]
pub fn fits(hours: &OpeningHours, zone: &TimeZone, start: Timestamp, duration_minutes: i64) -> bool {
    if duration_minutes < 1 {
        return false;
    }
    let slot = Interval::of_minutes(start, duration_minutes);
    let first = zone.to_datetime(slot.start).date().saturating_sub(Span::new().days(1));
    let last = zone.to_datetime(slot.end).date().min(first.saturating_add(Span::new().days(MAX_DAYS)));
    merged(openings(hours, zone, first, last)).iter().any(|stretch| stretch.contains(&slot))
}

fn openings(hours: &OpeningHours, zone: &TimeZone, first: Date, last: Date) -> Vec<Interval> {
    let mut openings = Vec::new();
    let mut date = first;
    while date <= last {
        openings.extend(hours.of_day(date, zone));
        let Ok(next) = date.tomorrow() else { break };
        date = next;
    }
    openings
}

/// Sorted, with what overlaps or touches joined.
fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.retain(|interval| interval.start < interval.end);
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for interval in intervals {
        match merged.last_mut() {
            Some(last) if interval.start <= last.end => last.end = last.end.max(interval.end),
            _ => merged.push(interval),
        }
    }
    merged
}

/// `busy` is sorted and without overlaps, so only the last one that starts before the slot's end can touch it.
fn taken(busy: &[Interval], slot: &Interval) -> bool {
    let after = busy.partition_point(|interval| interval.start < slot.end);
    after > 0 && busy[after - 1].overlaps(slot)
}
