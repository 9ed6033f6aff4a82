//! One error for all use cases: what the caller may know, and what only the log may.

use sea_orm::DbErr;

/// A field that was refused, and why.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct UserError {
    /// Path of the field in the input; empty: the whole input.
    pub field: Vec<String>,
    /// A stable word for programs and translations, `TOO_LONG`.
    pub code: String,
    /// One English sentence; the web application words the code itself.
    pub message: String,
}

impl UserError {
    /// A refused field.
    #[must_use]
    pub fn new(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// Why a use case did nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing for this caller; a foreign tenant's thing is the same (style.md habit 7).
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Nobody is signed in.
    #[error("sign in first")]
    Unauthenticated,
    /// The caller's role does not allow it.
    #[error("not allowed")]
    Forbidden,
    /// The input was refused; data for the form.
    #[error("the input was refused: {}", .0.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<UserError>),
    /// Too many tries.
    #[error("too many tries, wait {0} seconds")]
    RateLimited(u64),
    /// Something is busy or down; trying again later may help.
    #[error("not available now")]
    Unavailable(String),
    /// Our own database lets nobody in: it starts, stops or is away. What was asked of it was not begun; the text is for the log.
    #[error("not available now")]
    Away(String),
    /// An account or a channel has no key any more: it was disconnected. Waiting does not help. The text names it, for the log.
    #[error("not available now")]
    NoCredential(String),
    /// A fault of ours or of the database: the text is for the log only.
    #[error("internal error")]
    Internal(String),
}

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A fault of ours.
    #[must_use]
    pub fn internal(context: impl Into<String>) -> Self {
        Self::Internal(context.into())
    }

    /// One refused field.
    #[must_use]
    pub fn invalid(field: &str, code: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![UserError::new(field, code, message)])
    }

    /// What the log may know.
    #[must_use]
    pub fn private(&self) -> String {
        match self {
            Self::Internal(context)
            | Self::Unavailable(context)
            | Self::Away(context)
            | Self::NoCredential(context) => context.clone(),
            other => other.to_string(),
        }
    }

    /// Whether the same may succeed later without anybody doing anything.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Away(_) | Self::RateLimited(_))
    }

    /// The same for another who waited for it: what passes is told as such.
    #[must_use]
    pub fn shared(&self) -> Self {
        match self {
            Self::Unavailable(context) => Self::Unavailable(context.clone()),
            Self::Away(context) => Self::Away(context.clone()),
            other => Self::Internal(other.private()),
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if crate::db::is_away(&error) {
            Self::Away(error.to_string())
        } else if crate::db::is_passing(&error) {
            Self::Unavailable(error.to_string())
        } else {
            Self::Internal(error.to_string())
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("stored JSON: {error}"))
    }
}
