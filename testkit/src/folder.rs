//! A folder of a test's own.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

/// A new, empty folder that no other test has or had, removed when the value goes. A name made of the process's number is not
/// enough: numbers come again, and what a cut-off test left (a database's `-wal` file) would then be read as one's own.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn folder(name: &str) -> TempDir {
    tempfile::Builder::new()
        .prefix(&format!("x8-{name}-"))
        // The servers of tests run under users of their own, and must get through.
        .permissions(Permissions::from_mode(0o755))
        .tempdir()
        .expect("a folder for the test")
}
