//! The outside world, a folder a capability: the trait or wire form in `mod.rs`, each provider a file.

pub mod payment;
