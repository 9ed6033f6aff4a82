//! Errors that may be passed over, by name.

use std::fmt::Display;

/// Says that a failure is expected and harmless, and logs it.
pub trait CanFail {
    /// Logs the error with what was tried, and goes on.
    fn can_fail(self, what: &str);
}

impl<T, E: Display> CanFail for Result<T, E> {
    fn can_fail(self, what: &str) {
        if let Err(error) = self {
            tracing::warn!(%error, "could not {what}");
        }
    }
}
