//! The number of inner things that an item's name states.

use serde::{Deserialize, Serialize};

/// What the inner things are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Roses, eggs, balloons.
    Piece,
    /// Grams.
    Gram,
    /// Kilograms.
    Kilogram,
    /// Millilitres.
    Millilitre,
    /// Litres.
    Litre,
}

/// So many inner things in one pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InnerCount {
    /// How many, 1 or more.
    pub count: i64,
    /// Of what.
    pub measure: Measure,
}

impl InnerCount {
    /// In the smallest measure of its kind (pieces, grams, millilitres), so that 1 kg and 1000 g compare equal.
    #[must_use]
    pub fn base(self) -> (i64, Measure) {
        match self.measure {
            Measure::Piece | Measure::Gram | Measure::Millilitre => (self.count, self.measure),
            Measure::Kilogram => (self.count.saturating_mul(1000), Measure::Gram),
            Measure::Litre => (self.count.saturating_mul(1000), Measure::Millilitre),
        }
    }
}

/// The number of inner things that the name states ("Ramo de 20 rosas rojas": 20 pieces), else the unit ("кг": 1 kilogram).
/// `None` where neither states one; sizes, percentages, years and durations are not counts.
#[must_use]
pub fn inner_count(name: &str, unit: Option<&str>) -> Option<InnerCount> {
    let _ = (name, unit);
    None
}
