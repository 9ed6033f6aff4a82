//! The last gate before a reply leaves (R67, R78, R79, R90).

use crate::money::Money;
use serde::{Deserialize, Serialize};

/// What the numbers and links of a reply may rest on: catalogue rows, the quote, the booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Sums that may be named.
    pub money: Vec<Money>,
    /// Other numbers that may be named, as written (quantities, dates, times, phone digits, sizes in item texts).
    pub numbers: Vec<String>,
    /// Texts whose every number and link may be repeated (item names, descriptions, details, the customer's own words).
    pub texts: Vec<String>,
    /// Links that may be named: ours and the catalogue's.
    pub links: Vec<String>,
}
