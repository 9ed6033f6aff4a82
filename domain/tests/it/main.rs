//! Tests of the rules through their public face.

mod booking;
mod checkout;
mod money;
mod order;
mod quantity;
mod quote;
mod reply;
mod support;
