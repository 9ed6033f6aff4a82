//! How long a cart's appointments take, and what they occupy.

use crate::catalog::Item;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Minutes of an appointment whose row gives no duration.
pub const DEFAULT_DURATION_MINUTES: i64 = 60;

/// The longest block; what is longer cannot be one visit.
const MAX_MINUTES: i64 = 7 * 24 * 60;

/// What one line of the cart occupies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// [`Item::key`].
    pub key: String,
    /// Who or what is occupied: see [`resource`].
    pub resource: String,
    /// Minutes from the start of the block.
    pub offset_minutes: i64,
    /// Minutes it takes.
    pub minutes: i64,
    /// Seats it takes, 1 or more.
    pub seats: i64,
    /// Seats there are, 1 or more.
    pub capacity: i64,
}

/// The appointments of a cart, one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Minutes in all; 0 when nothing needs an appointment.
    pub minutes: i64,
    /// The most seats that any part takes; 0 when nothing needs an appointment.
    pub seats: i64,
    /// The parts in the cart's order, without gaps.
    pub parts: Vec<Part>,
}

impl Block {
    /// The same appointments, made to last so many minutes in all: the last of them becomes longer or shorter. `None` when
    /// nothing would be left of it, or there is none.
    #[must_use]
    pub fn lasting(mut self, minutes: i64) -> Option<Self> {
        let last = self.parts.last_mut()?;
        last.minutes = minutes.checked_sub(last.offset_minutes).filter(|left| *left > 0)?;
        self.minutes = minutes;
        Some(self)
    }
}

/// Why a cart is not one appointment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// More seats are wanted than one slot has.
    #[error("not so many places in one slot")]
    TooManySeats {
        /// [`Item::key`].
        key: String,
    },
    /// The sessions in a row take more than a week.
    #[error("too long for one appointment")]
    TooLong,
    /// A quantity of zero or less.
    #[error("quantity must be at least 1")]
    Quantity,
}

/// What the appointments of a cart occupy (commerce.md "Slots"): a quantity of n takes n seats where the item has
/// capacity above 1, else n slots in a row; several lines follow one another. Lines without slots take no time.
///
/// # Errors
/// [`BlockError`] when a quantity is below 1, above the capacity, or the block is longer than a week.
pub fn block(lines: &[(&Item, i64)]) -> Result<Block, BlockError> {
    let mut block = Block::default();
    for (item, quantity) in lines.iter().filter(|(item, _)| item.has_slots()) {
        if *quantity < 1 {
            return Err(BlockError::Quantity);
        }
        let duration = item.duration_minutes.filter(|minutes| *minutes > 0).unwrap_or(DEFAULT_DURATION_MINUTES);
        let capacity = item.capacity.unwrap_or(1).max(1);
        let (minutes, seats) = if capacity > 1 {
            if *quantity > capacity {
                return Err(BlockError::TooManySeats { key: item.key.clone() });
            }
            (duration, *quantity)
        } else {
            (duration.saturating_mul(*quantity), 1)
        };
        let total = block.minutes.saturating_add(minutes);
        if total > MAX_MINUTES {
            return Err(BlockError::TooLong);
        }
        block.parts.push(Part {
            key: item.key.clone(),
            resource: resource(item),
            offset_minutes: block.minutes,
            minutes,
            seats,
            capacity,
        });
        block.minutes = total;
        block.seats = block.seats.max(seats);
    }
    Ok(block)
}

/// Who or what an appointment occupies: the specialist, whose name is compared without case and accents, so that one
/// person is never in two places; where the row names none, the item itself.
#[must_use]
pub fn resource(item: &Item) -> String {
    let folded: String = item
        .details
        .specialist
        .as_deref()
        .unwrap_or_default()
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .collect();
    let words: Vec<&str> = folded.split_whitespace().collect();
    if words.is_empty() { item.key.clone() } else { words.join(" ") }
}
