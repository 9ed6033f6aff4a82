//! What the customer wants: items by key and how many (R103).

use serde::{Deserialize, Serialize};

/// One wanted item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// [`crate::catalog::Item::key`].
    pub key: String,
    /// Packs (units of sale), 1 or more.
    pub quantity: i64,
}

/// The wanted items, in the order in which they were asked for; keys are unique.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The lines.
    pub lines: Vec<CartLine>,
}

/// The most units of one line; more is refused with a question (bad input, not a business limit).
pub const MAX_QUANTITY: i64 = 100_000;

impl Cart {
    /// Whether nothing is wanted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many of an item are wanted.
    #[must_use]
    pub fn quantity(&self, key: &str) -> i64 {
        self.lines.iter().find(|line| line.key == key).map_or(0, |line| line.quantity)
    }

    /// Sets a line; zero or less removes it.
    pub fn set(&mut self, key: &str, quantity: i64) {
        if quantity <= 0 {
            self.lines.retain(|line| line.key != key);
        } else if let Some(line) = self.lines.iter_mut().find(|line| line.key == key) {
            line.quantity = quantity.min(MAX_QUANTITY);
        } else {
            self.lines.push(CartLine { key: key.to_owned(), quantity: quantity.min(MAX_QUANTITY) });
        }
    }

    /// Adds to a line.
    pub fn add(&mut self, key: &str, quantity: i64) {
        self.set(key, self.quantity(key).saturating_add(quantity));
    }
}
