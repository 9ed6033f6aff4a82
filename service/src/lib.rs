//! The use cases: load, ask the domain, store, emit. What the API and the workers both call.

pub mod access;
pub mod calendar;
pub mod catalog;
pub mod channel;
pub mod cluster;
pub mod company;
pub mod credential;
pub mod ctx;
pub mod db;
pub mod demo;
pub mod error;
pub mod event;
pub mod file;
pub mod identity;
pub mod inbox;
pub mod integration;
pub mod job;
pub mod jobs;
pub mod mail;
pub mod media;
pub mod model;
pub mod order;
pub mod page;
pub mod payment;
pub mod rehearsal;
pub mod turn;

pub use ctx::{Ctx, Engine};
/// Rows as the use cases hand them out.
pub use entity as row;
pub use entity::stored;
pub use error::{Error, Result, UserError};
pub use gateway::channel::Session;
