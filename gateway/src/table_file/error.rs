//! Why a file could not be read.

use domain::catalog::problem::{Problem, ProblemCode};

/// The file is at fault, or reading itself is.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file can't be used; the owner is told what is wrong with it. Trying again gives the same.
    #[error("the file can't be read: {0:?}")]
    File(Problem),
    /// The child process could not be started.
    #[error("the process that reads files could not be started")]
    Start(#[source] std::io::Error),
    /// The file or the pipe could not be read.
    #[error("the file could not be opened or read")]
    Io(#[from] std::io::Error),
    /// The child ended or spoke in a way that is not agreed; a fault of the program.
    #[error("the process that reads files broke off: {0}")]
    Child(String),
}

impl TableError {
    /// The problem to show to the owner, when the file is at fault.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::File(problem) => Some(problem),
            _ => None,
        }
    }
}

impl From<ProblemCode> for TableError {
    fn from(code: ProblemCode) -> Self {
        Self::File(Problem::of_file(code))
    }
}
