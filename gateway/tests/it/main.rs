//! Tests of the outside world's edges, one binary for the crate.

mod table_file;
