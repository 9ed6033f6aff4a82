//! Free times.

use crate::graphql::scalar::{Date, DateTime};
use async_graphql::SimpleObject;
use service::turn::FreeSlot;

/// A free time.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Slot {
    /// Start.
    start: DateTime,
    /// End.
    end: DateTime,
}

impl Slot {
    pub(crate) fn all(slots: Vec<FreeSlot>) -> Vec<Self> {
        slots.into_iter().map(|slot| Self { start: DateTime(slot.start), end: DateTime(slot.end) }).collect()
    }
}

/// The most free times that one question gets; refuses what is not 1 to 100, and a stretch that is none or over 60 days.
pub(crate) fn bounds(from: Date, to: Date, limit: i32) -> service::Result<usize> {
    let out_of_range = |field, message| service::Error::invalid(field, "OUT_OF_RANGE", message);
    if !(0..=60).contains(&(to.0 - from.0).get_days()) {
        return Err(out_of_range("to", "The last day must be 0 to 60 days after the first."));
    }
    usize::try_from(limit)
        .ok()
        .filter(|limit| (1..=100).contains(limit))
        .ok_or_else(|| out_of_range("limit", "limit must be between 1 and 100."))
}
