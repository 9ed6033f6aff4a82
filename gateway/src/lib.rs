//! The outside world, one folder a capability: `mod.rs` says what the capability is, each provider or format is a file.
//!
//! - [`table_file`] catalogue files: CSV, XLSX, ODS and XLS, read in a child process with limits; CSV and XLSX written.

pub mod table_file;
