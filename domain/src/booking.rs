//! Opening hours, slots, holds and delivery windows (R126–R128).

use jiff::civil;
use serde::{Deserialize, Serialize};

/// When a branch is open, by weekday (Monday first); several intervals a day are allowed. Times are local.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// Seven lists of (open, close), each sorted and not overlapping; close may be 24:00 only as 23:59:59.
    pub days: [Vec<(civil::Time, civil::Time)>; 7],
}
