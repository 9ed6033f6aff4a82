//! The worker on SQLite and on PostgreSQL, in this process and in others that are killed.

#![expect(clippy::unwrap_used, reason = "all of it is test code; the lint knows only functions marked as tests")]

mod bounds;
mod crash;
mod outage;
mod run;
mod stop;
mod support;
