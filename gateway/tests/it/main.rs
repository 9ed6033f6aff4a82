//! Tests of the outside world's edges, one binary for the crate.

#![expect(clippy::unwrap_used, reason = "a helper of a test that can't go on ends the test")]

mod table_file;
