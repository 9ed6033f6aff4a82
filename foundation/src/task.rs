//! Blocking work off the async threads, inside the caller's span.

use tokio::task::JoinError;

/// Runs blocking work on tokio's blocking threads and keeps the tracing span.
///
/// # Errors
/// When the work panicked.
#[expect(clippy::disallowed_methods, reason = "the one place that spawns blocking work; it keeps the span")]
pub async fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await
}
