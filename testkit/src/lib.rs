//! testkit

pub mod db;
pub mod postgres;

pub use db::{Backend, TestDb};
pub use postgres::Postgres;
