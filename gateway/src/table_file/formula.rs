//! Cells that a spreadsheet would run as formulas are written with an apostrophe before them and read without it
//! (reliability.md §8, OWASP "CSV injection": `=`, `+`, `-`, `@`, tab, CR, LF and their full-width forms).

use std::borrow::Cow;

/// The text with an apostrophe before it when a spreadsheet could take it for a formula.
#[must_use]
pub fn neutralise(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The inverse of [`neutralise`]: an apostrophe that only stands guard is removed.
#[must_use]
pub fn restore(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_dangerous(rest) => rest,
        _ => text,
    }
}

/// Spaces and quotation marks before the sign don't make it safe: programs strip them.
fn is_dangerous(text: &str) -> bool {
    let bare = text.trim_start_matches([' ', '\u{a0}', '\u{feff}', '\'', '"']);
    bare.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_sign_is_guarded_also_behind_spaces_and_quotes() {
        for sign in ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"] {
            for before in ["", " ", "\"", "'", " \"", "''"] {
                let text = format!("{before}{sign}cmd|' /C calc'!A0");
                let written = neutralise(&text);
                assert!(written.starts_with('\''), "{text:?}");
                assert_eq!(restore(&written), text);
            }
        }
        assert_eq!(neutralise("Taza azul"), "Taza azul");
        assert_eq!(restore("'Taza'"), "'Taza'");
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(text in "['\"=+@ a-c\\-\t＝]{0,6}") {
            let written = neutralise(&text).into_owned();
            prop_assert_eq!(restore(&written), text);
        }
    }
}
