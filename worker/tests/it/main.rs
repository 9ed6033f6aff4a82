//! The worker on SQLite and on PostgreSQL, in this process and in others that are killed.

mod bounds;
mod crash;
mod outage;
mod run;
mod stop;
mod support;
