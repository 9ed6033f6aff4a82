//! The use cases: load, ask the domain, store, emit. What the API and the workers both call.

pub mod access;
pub mod ctx;
pub mod db;
pub mod error;
pub mod event;
pub mod job;
pub mod page;

pub use ctx::{Ctx, Engine};
pub use error::{Error, Result, UserError};
