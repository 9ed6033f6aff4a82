//! The rules of X8: values in, values out. No I/O, no async, no clock, no randomness.
//!
//! Everything here is deterministic: the caller passes the time, the catalogue rows and the words of the customer.
//! Sums are integers in minor units ([`money::Money`]); times are [`jiff::Timestamp`] at rest and
//! [`jiff::civil`] values in the branch's zone at the edges.

pub mod booking;
pub mod cart;
pub mod catalog;
pub mod channel;
pub mod checkout;
pub mod city;
pub mod language;
pub mod money;
pub mod order;
pub mod phone;
pub mod quantity;
pub mod quote;
pub mod reply;
pub mod text;
