//! Times at rest: microseconds since the epoch, UTC, in a 64-bit integer on both databases.
//!
//! Text times of SQLite do not sort once their fractions differ in length, and the two databases round differently;
//! an integer compares, sorts and indexes the same everywhere (docs/decisions/0002-times-as-integers.md).

use jiff::Timestamp;
use sea_orm::DeriveValueType;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Time(pub i64);

impl Time {
    /// The time as jiff has it.
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// So many seconds later; earlier when negative.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// So many milliseconds later; earlier when negative.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis.saturating_mul(1_000)))
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}
