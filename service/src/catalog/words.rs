//! Problems in words: what is wrong and what to do, whole sentences in the reader's language. Row and column are shown
//! beside them, so the sentences don't repeat the place; a long cell is never repeated.

mod en;
mod es;
mod kk;
mod ru;

use domain::catalog::problem::Problem;
use domain::language::Language;

/// What is wrong, and what to do about it.
#[must_use]
pub fn problem_text(problem: &Problem, language: Language) -> (String, String) {
    match language {
        Language::En => (en::message(problem), en::suggestion(problem.suggestion).to_owned()),
        Language::Es => (es::message(problem), es::suggestion(problem.suggestion).to_owned()),
        Language::Ru => (ru::message(problem), ru::suggestion(problem.suggestion).to_owned()),
        Language::Kk => (kk::message(problem), kk::suggestion(problem.suggestion).to_owned()),
    }
}

/// The cell as it stands, for a sentence that quotes it.
fn value(problem: &Problem) -> &str {
    problem.value.as_deref().unwrap_or_default()
}

/// Bytes as megabytes.
const fn megabytes(bytes: u64) -> u64 {
    bytes / 1_000_000
}
