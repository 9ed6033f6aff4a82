//! When a branch is open.

use super::Interval;
use jiff::civil::{self, Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// When a branch is open, by weekday (Monday first); several intervals a day are allowed. Times are local.
///
/// The default is never open, so that days can be filled in; a branch whose owner has said nothing has [`Self::usual`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// Seven lists of (open, close), each sorted and not overlapping; midnight as a close is [`END_OF_DAY`].
    pub days: [Vec<(civil::Time, civil::Time)>; 7],
}

/// The close that means midnight: 24:00 is not a time of day.
pub const END_OF_DAY: Time = civil::time(23, 59, 59, 0);

/// Why opening hours cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a weekday or a range of them.
    #[error("\u{201c}{0}\u{201d} is not a day: write mon, tue, wed, thu, fri, sat, sun or a range such as mon-fri")]
    Day(String),
    /// Not a list of times.
    #[error("\u{201c}{0}\u{201d} is not a time of opening: write 10:00-18:00, several with commas, or closed")]
    Times(String),
    /// Two intervals of a day overlap.
    #[error("the hours of {0} overlap")]
    Overlap(&'static str),
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl OpeningHours {
    /// Every day from 09:00 to 21:00: what a branch has until its owner says otherwise.
    #[must_use]
    pub fn usual() -> Self {
        let day = || vec![(civil::time(9, 0, 0, 0), civil::time(21, 0, 0, 0))];
        Self { days: std::array::from_fn(|_| day()) }
    }

    /// Reads `mon-fri: "10:00-18:00"`, `sat: "10:00-14:00,15:00-18:00"`, `sun: "closed"`. A range may run over the end of
    /// the week (`sat-mon`); a close at or before the open is on the next day (`20:00-02:00`). Days that are not named are
    /// closed.
    ///
    /// # Errors
    /// [`HoursError`] with the text that cannot be read, or the day whose hours overlap.
    pub fn parse<'a>(entries: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, HoursError> {
        let mut hours = Self::default();
        for (days, times) in entries {
            let (first, last) = parse_days(days)?;
            let intervals = parse_times(times)?;
            let mut day = first;
            loop {
                for &(open, close) in &intervals {
                    if open < close {
                        hours.days[day].push((open, close));
                    } else {
                        hours.days[day].push((open, END_OF_DAY));
                        if close > Time::midnight() {
                            hours.days[(day + 1) % 7].push((Time::midnight(), close));
                        }
                    }
                }
                if day == last {
                    break;
                }
                day = (day + 1) % 7;
            }
        }
        for (day, intervals) in hours.days.iter_mut().enumerate() {
            intervals.sort_unstable();
            if intervals.windows(2).any(|pair| pair[1].0 < pair[0].1) {
                return Err(HoursError::Overlap(DAYS[day]));
            }
        }
        Ok(hours)
    }

    /// The intervals of one day as moments, in order. A local time that the clock skips is moved past the gap, one that it
    /// shows twice is the first; an interval that vanishes in a gap is left out.
    pub(super) fn of_day(&self, date: Date, zone: &TimeZone) -> Vec<Interval> {
        let day = weekday_index(date.weekday());
        self.days[day]
            .iter()
            .filter_map(|&(open, close)| {
                let start = zone.to_timestamp(date.to_datetime(open)).ok()?;
                let end = if close == END_OF_DAY {
                    zone.to_timestamp(date.tomorrow().ok()?.to_datetime(Time::midnight())).ok()?
                } else {
                    zone.to_timestamp(date.to_datetime(close)).ok()?
                };
                (start < end).then_some(Interval { start, end })
            })
            .collect()
    }
}

fn weekday_index(weekday: Weekday) -> usize {
    usize::try_from(weekday.to_monday_zero_offset()).unwrap_or(0)
}

fn parse_days(text: &str) -> Result<(usize, usize), HoursError> {
    let index = |word: &str| {
        let word = word.trim().to_ascii_lowercase();
        DAYS.iter().position(|day| *day == word).ok_or_else(|| HoursError::Day(text.to_owned()))
    };
    match text.split_once('-') {
        Some((first, last)) => Ok((index(first)?, index(last)?)),
        None => index(text).map(|day| (day, day)),
    }
}

fn parse_times(text: &str) -> Result<Vec<(Time, Time)>, HoursError> {
    let trimmed = text.trim();
    if trimmed.is_empty() || trimmed.eq_ignore_ascii_case("closed") {
        return Ok(Vec::new());
    }
    let wrong = || HoursError::Times(text.to_owned());
    trimmed
        .split(',')
        .map(|interval| {
            let (open, close) = interval.split_once(['-', '\u{2013}']).ok_or_else(wrong)?;
            let open = parse_time(open).filter(|open| *open != END_OF_DAY).ok_or_else(wrong)?;
            let close = parse_time(close).ok_or_else(wrong)?;
            if open == close { Err(wrong()) } else { Ok((open, close)) }
        })
        .collect()
}

/// `9:00`, `09:00`, `24:00`.
fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.is_empty() || hour.len() > 2 || minute.len() != 2 {
        return None;
    }
    if !hour.bytes().chain(minute.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    if (hour, minute) == (24, 0) { Some(END_OF_DAY) } else { Time::new(hour, minute, 0, 0).ok() }
}
