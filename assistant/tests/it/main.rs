//! One binary for the integration tests of this crate.

mod hostile;
mod knowledge;
mod played;
mod rehearsals;
mod scripted;
mod search;
mod stage;
