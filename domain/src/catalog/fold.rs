//! Texts of a file made comparable and clean.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents, marks of byte order, or characters of no width. й becomes и, ё becomes е.
pub(super) fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|character| !is_combining_mark(*character) && !is_invisible(*character))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Folded words with single spaces: how names without a sku are told apart.
pub(super) fn fold_words(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Trimmed, with line ends as `\n` and without control characters, which no database and no reader wants.
pub(super) fn clean(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if !trimmed.chars().any(char::is_control) {
        return trimmed.to_owned();
    }
    let lines = trimmed.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t')).collect()
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{00ad}')
}
