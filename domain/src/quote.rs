//! What a cart costs now (R113–R115). Totals are computed here and nowhere else.

use crate::catalog::{Item, ItemKind};
use crate::money::{Currency, Money};
use serde::{Deserialize, Serialize};

/// One priced line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    /// [`Item::key`].
    pub key: String,
    /// The sku where the row has one.
    pub sku: Option<String>,
    /// Name at the time of the quote.
    pub name: String,
    /// Product or service.
    pub kind: ItemKind,
    /// Packs.
    pub quantity: i64,
    /// Price of one pack.
    pub unit_price: Money,
    /// Price × quantity.
    pub total: Money,
}

/// The fee of one kind of line: delivery for products, travel for services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// What is charged: zero when the threshold is reached or no line has a fee.
    pub charged: Money,
    /// The highest fee among the lines, before the threshold.
    pub full: Money,
    /// The highest threshold among the lines that have one.
    pub free_from: Option<Money>,
    /// Whether there was a fee and the threshold made it zero.
    pub waived: bool,
}

/// What a cart costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// The lines, in the cart's order.
    pub lines: Vec<QuoteLine>,
    /// Sum of the lines (products and services), without fees. "products" in rehearsals and orders.
    pub products: Money,
    /// Fee on the product lines.
    pub delivery: Fee,
    /// Fee on the service lines.
    pub travel: Fee,
    /// Everything the customer pays.
    pub total: Money,
}

/// Why a cart cannot be priced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuoteError {
    /// A sum does not fit 64 bits of minor units.
    #[error("the total is too large")]
    Overflow,
    /// A quantity of zero or less.
    #[error("quantity must be at least 1")]
    Quantity,
}

/// Prices items × packs. Fees: once an order for each kind, the highest among its lines; free when the sum of that
/// kind's lines reaches the highest threshold among the lines that have one (R113, R114).
///
/// # Errors
/// [`QuoteError`] when a quantity is below 1 or a sum overflows.
pub fn quote(lines: &[(&Item, i64)], currency: Currency) -> Result<Quote, QuoteError> {
    let mut priced = Vec::with_capacity(lines.len());
    let mut products = 0_i64;
    for (item, quantity) in lines {
        if *quantity < 1 {
            return Err(QuoteError::Quantity);
        }
        let unit = item.price_minor.unwrap_or(0);
        let total = unit.checked_mul(*quantity).ok_or(QuoteError::Overflow)?;
        products = products.checked_add(total).ok_or(QuoteError::Overflow)?;
        priced.push(QuoteLine {
            key: item.key.clone(),
            sku: item.sku.clone(),
            name: item.name.clone(),
            kind: item.kind,
            quantity: *quantity,
            unit_price: Money::new(unit, currency),
            total: Money::new(total, currency),
        });
    }
    let delivery = fee(lines, ItemKind::Product, currency);
    let travel = fee(lines, ItemKind::Service, currency);
    let total = products
        .checked_add(delivery.charged.minor)
        .and_then(|sum| sum.checked_add(travel.charged.minor))
        .ok_or(QuoteError::Overflow)?;
    Ok(Quote {
        lines: priced,
        products: Money::new(products, currency),
        delivery,
        travel,
        total: Money::new(total, currency),
    })
}

fn fee(lines: &[(&Item, i64)], kind: ItemKind, currency: Currency) -> Fee {
    let of_kind = || lines.iter().filter(move |(item, _)| item.kind == kind);
    let full = of_kind().filter_map(|(item, _)| item.fee_minor).max().unwrap_or(0).max(0);
    let free_from = of_kind().filter_map(|(item, _)| item.free_from_minor).filter(|minor| *minor > 0).max();
    let sum: i64 = of_kind().map(|(item, quantity)| item.price_minor.unwrap_or(0).saturating_mul(*quantity)).sum();
    let waived = full > 0 && free_from.is_some_and(|threshold| sum >= threshold);
    Fee {
        charged: Money::new(if waived { 0 } else { full }, currency),
        full: Money::new(full, currency),
        free_from: free_from.map(|minor| Money::new(minor, currency)),
        waived,
    }
}

impl Quote {
    /// Whether the customer pays nothing at all, fees included (R118).
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.total.is_zero()
    }

    /// Whether a fee was due and the threshold waived it: `free_delivery` of an order.
    #[must_use]
    pub fn free_delivery(&self) -> bool {
        (self.delivery.waived || self.travel.waived) && self.delivery.charged.is_zero() && self.travel.charged.is_zero()
    }
}
