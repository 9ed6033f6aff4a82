//! Providers that cannot be reached from a test, as small stateful worlds behind a real HTTP server on this machine.
//!
//! A [`World`] answers calls; the [`Server`] logs them and plays faults: a status, silence, a broken connection before or
//! after the call had its effect. Where the folder of official descriptions is at hand (`X8_SPECS`), every call is checked
//! against the provider's own.

pub mod cloudinary;
mod contract;
pub mod google;
pub mod obedient;
pub mod openai;
pub mod s3;
mod server;
pub mod smtp;
pub mod stripe;
pub mod telegram;
pub mod waha;

pub use contract::Contract;
pub use server::{Call, Fault, FormPart, Reply, Server, World, allow};
