//! What the customer said: numbers, dates, people; the acts stand on these.

pub mod dates;
pub mod numbers;
pub mod people;
