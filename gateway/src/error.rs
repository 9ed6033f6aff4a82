//! What went wrong at a provider: one shape for all, made where the provider's answer is read. Whether to try again is a
//! property of the error, set there and nowhere else (style.md habit 9).

use foundation::http::{Answer, HttpError};
use std::time::Duration;

/// What kind of fault it is; decides what staff are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The key, token or password is not or no longer accepted: a person must connect again.
    Credentials,
    /// The recipient can't be written to: blocked us, left, does not exist.
    Recipient,
    /// The provider refuses what was asked; asking the same again changes nothing.
    Request,
    /// Too many calls.
    RateLimited,
    /// The provider is down, slow or not reached.
    Unavailable,
    /// What was asked may have been done: the answer did not come.
    Unknown,
    /// Something of that name exists already: with our own id it means that an earlier try succeeded.
    Conflict,
    /// It is not there (any more).
    Gone,
}

/// Whether and when another try makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never by itself.
    Never,
    /// With growing pauses.
    Later,
    /// The provider said when.
    After(Duration),
}

/// A fault of a provider. Its text is fit for staff: no URL, no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{provider}: {text}")]
pub struct Error {
    /// Which provider.
    pub provider: &'static str,
    /// What kind of fault.
    pub kind: Kind,
    /// Whether to try again.
    pub retry: Retry,
    /// The provider's own code, where it has one.
    pub code: Option<String>,
    /// The provider's own words, cut.
    pub text: String,
    /// Nothing was sent: the provider failed repeatedly and is left alone for a while, or asked to be.
    pub was_not_asked: bool,
}

/// Characters of a provider's words that are kept.
const TEXT_CHARACTERS: usize = 300;

impl Error {
    /// A fault with what follows from its kind: only what was surely not done and may go better is tried again.
    #[must_use]
    pub fn new(provider: &'static str, kind: Kind, text: impl AsRef<str>) -> Self {
        let retry = match kind {
            Kind::RateLimited | Kind::Unavailable => Retry::Later,
            Kind::Credentials | Kind::Recipient | Kind::Request | Kind::Unknown | Kind::Conflict | Kind::Gone => {
                Retry::Never
            }
        };
        let text = text.as_ref().chars().filter(|c| !c.is_control()).take(TEXT_CHARACTERS).collect();
        Self { provider, kind, retry, code: None, text, was_not_asked: false }
    }

    /// A call that was not made, because the provider is left alone for so long.
    #[must_use]
    pub fn not_asked(provider: &'static str, pause: Duration) -> Self {
        let text = "it failed repeatedly, or asked to wait, and is left alone for a while";
        let error = Self::new(provider, Kind::Unavailable, text).with_code("circuit_open").after(pause);
        Self { was_not_asked: true, ..error }
    }

    /// With the provider's own code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With the provider's own time to wait.
    #[must_use]
    pub const fn after(mut self, pause: Duration) -> Self {
        self.retry = Retry::After(pause);
        self
    }

    /// A call that gave no answer. `repeatable`: the call changes nothing or carries a key, so that doing it twice is doing it
    /// once.
    #[must_use]
    pub fn of_http(provider: &'static str, error: &HttpError, repeatable: bool) -> Self {
        let kind = match error {
            HttpError::Refused(_) => Kind::Request,
            HttpError::Unreachable => Kind::Unavailable,
            HttpError::TimedOut | HttpError::Broken | HttpError::TooLarge(_) if repeatable => Kind::Unavailable,
            HttpError::TimedOut | HttpError::Broken | HttpError::TooLarge(_) => Kind::Unknown,
        };
        Self::new(provider, kind, error.to_string())
    }

    /// An answer with an error status, by the meaning that the status has everywhere; a provider with codes of its own looks at
    /// them first.
    #[must_use]
    pub fn of_status(provider: &'static str, answer: &Answer, text: impl AsRef<str>) -> Self {
        let kind = match answer.status.as_u16() {
            401 | 403 => Kind::Credentials,
            404 | 410 => Kind::Gone,
            409 => Kind::Conflict,
            429 => Kind::RateLimited,
            408 | 425 | 500.. => Kind::Unavailable,
            _ => Kind::Request,
        };
        let error = Self::new(provider, kind, text).with_code(answer.status.as_u16().to_string());
        match answer.retry_after() {
            Some(pause) if matches!(kind, Kind::RateLimited | Kind::Unavailable) => error.after(pause),
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_surely_not_done_is_tried_again() {
        assert_eq!(Error::of_http("x", &HttpError::Unreachable, false).retry, Retry::Later);
        assert_eq!(Error::of_http("x", &HttpError::TimedOut, false).kind, Kind::Unknown);
        assert_eq!(Error::of_http("x", &HttpError::TimedOut, false).retry, Retry::Never);
        assert_eq!(Error::of_http("x", &HttpError::TimedOut, true).retry, Retry::Later);
    }

    #[test]
    fn words_are_cut_and_cleaned() {
        let error = Error::new("x", Kind::Request, format!("a\u{0}b{}", "c".repeat(999)));
        assert_eq!(error.text.len(), TEXT_CHARACTERS);
        assert!(error.text.starts_with("abc"));
    }
}
