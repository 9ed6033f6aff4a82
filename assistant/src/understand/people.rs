//! Names and phones in a text.

use domain::text::Token;

/// A run that looks like a phone number, valid or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneMention {
    /// As written; normalise and validate with `domain::phone`.
    pub raw: String,
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// The customer's name, spelled as written. `asked`: a name was asked for, so that a bare "Жанар" is one.
#[must_use]
pub fn names(text: &str, tokens: &[Token], asked: bool) -> Option<String> {
    let _ = (text, tokens, asked);
    None
}

/// Runs that look like phone numbers. `asked`: a phone was asked for, so that a short "12-34" is an attempt.
#[must_use]
pub fn phones(text: &str, asked: bool) -> Vec<PhoneMention> {
    let _ = (text, asked);
    Vec::new()
}

/// Whether the customer points at the number they write from ("use my current number").
#[must_use]
pub fn wants_current_phone(text: &str) -> bool {
    let _ = text;
    false
}

/// Whether the customer points at what was given before ("same name and phone").
#[must_use]
pub fn same_as_before(text: &str) -> bool {
    let _ = text;
    false
}
