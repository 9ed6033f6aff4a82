//! The use cases on SQLite and on PostgreSQL.

mod db_schema;
mod db_tx;
mod job_claim;
mod job_enqueue;
mod job_settle;
mod jobs;
