//! Numbers, durations and measures in digits and words of the four languages.

use domain::text::Token;

/// How a number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// "seventy", "70", "una".
    Cardinal,
    /// "the second", "2-й".
    Ordinal,
    /// "полтора", "half", "0,5".
    Fraction,
    /// "both", "los dos", "оба", "екеуі": value 2.
    Both,
}

/// A number in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberMention {
    /// The number, rounded down for fractions.
    pub value: i64,
    /// The number in hundredths ("1,5" is 150).
    pub hundredths: i64,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
    /// How it is meant.
    pub kind: NumberKind,
}

/// A length of time in a text ("two hours").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DurationMention {
    /// Minutes.
    pub minutes: i64,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// What a measure measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Grams.
    Mass,
    /// Millilitres.
    Volume,
    /// Millimetres.
    Length,
}

/// A measure in a text ("2 kg", "пол-литра").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureMention {
    /// Grams, millilitres or millimetres.
    pub amount: i64,
    /// Which of them.
    pub dimension: Dimension,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// Numbers in the order of the text.
#[must_use]
pub fn numbers(tokens: &[Token]) -> Vec<NumberMention> {
    let _ = tokens;
    Vec::new()
}

/// Lengths of time in the order of the text.
#[must_use]
pub fn durations(tokens: &[Token]) -> Vec<DurationMention> {
    let _ = tokens;
    Vec::new()
}

/// Measures in the order of the text.
#[must_use]
pub fn measures(tokens: &[Token]) -> Vec<MeasureMention> {
    let _ = tokens;
    Vec::new()
}
