//! What staff may make of a booking's time.

use super::{Interval, OpeningHours, QUANTUM_SECONDS, fits};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Why a booking cannot have that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// It would begin, or end, before now.
    #[error("the new time lies in the past")]
    Past,
    /// It would last less than one unit of the calendar.
    #[error("an appointment lasts at least five minutes")]
    TooShort,
    /// It would last longer than a day.
    #[error("an appointment lasts at most a day")]
    TooLong,
    /// The branch is not open all that time.
    #[error("the branch is closed at that time")]
    Closed,
}

/// The longest appointment that staff can make of one, in minutes: what is longer is a slip of the hand. One that the
/// catalogue made longer keeps its length when it is moved.
const LONGEST_MINUTES: i64 = 24 * 60;

/// The interval that a booking gets when it is moved to `start`, and made to end at `end` when that is given (R117, R126).
///
/// Its length stays without an `end`. A visit that has begun may still be made longer or shorter, as long as its start
/// stays and its end lies ahead. `open` is given for appointments: they lie within the branch's hours; deliveries may be at
/// any time.
///
/// # Errors
/// See [`ChangeError`].
pub fn change(
    before: Interval,
    start: Timestamp,
    end: Option<Timestamp>,
    now: Timestamp,
    open: Option<(&OpeningHours, &TimeZone)>,
) -> Result<Interval, ChangeError> {
    let length = (before.end.as_second() - before.start.as_second()).max(0);
    let after = match end {
        Some(end) => {
            let seconds = end.as_second() - start.as_second();
            if seconds < QUANTUM_SECONDS {
                return Err(ChangeError::TooShort);
            }
            if seconds > LONGEST_MINUTES * 60 && seconds > length {
                return Err(ChangeError::TooLong);
            }
            Interval { start, end }
        }
        None => Interval { start, end: super::later(start, length) },
    };
    if (start < now && start != before.start) || after.end <= now {
        return Err(ChangeError::Past);
    }
    let minutes = (after.end.as_second() - after.start.as_second() + 59) / 60;
    if let Some((hours, zone)) = open
        && !fits(hours, zone, start, minutes)
    {
        return Err(ChangeError::Closed);
    }
    Ok(after)
}
