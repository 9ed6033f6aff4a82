//! The use cases on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "all of it is test code; the lint knows only functions marked as tests")]

mod db_schema;
mod db_tx;
mod job_claim;
mod job_enqueue;
mod job_settle;
mod jobs;
