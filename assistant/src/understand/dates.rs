//! Days and times of day in a text.

use domain::language::Language;
use domain::text::Token;
use jiff::{Zoned, civil};

/// How sure a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// May be something else (a bare "5/3").
    Possible,
    /// Meant as a date.
    Certain,
}

/// A day in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateMention {
    /// The day.
    pub date: civil::Date,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
    /// How sure.
    pub certainty: Certainty,
}

/// A time of day in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeMention {
    /// The time.
    pub time: civil::Time,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// A part of the day in a text ("in the evening", "after five").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRangeMention {
    /// Earliest.
    pub from: civil::Time,
    /// Latest.
    pub to: civil::Time,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// Days named in a text, in its order.
#[must_use]
pub fn dates(tokens: &[Token], now: &Zoned, language: Option<Language>) -> Vec<DateMention> {
    let _ = (tokens, now, language);
    Vec::new()
}

/// Times named in a text, in its order. `asked`: a time was asked for, so that a bare "11" is one.
#[must_use]
pub fn times(tokens: &[Token], language: Option<Language>, asked: bool) -> Vec<TimeMention> {
    let _ = (tokens, language, asked);
    Vec::new()
}

/// Parts of the day named in a text, in its order; not where they belong to a time ("5 in the evening").
#[must_use]
pub fn parts_of_day(tokens: &[Token], language: Option<Language>) -> Vec<TimeRangeMention> {
    let _ = (tokens, language);
    Vec::new()
}
