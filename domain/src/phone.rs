//! Phone numbers as contacts (R111).

use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a normalised number, the `+` included.
pub const MIN_CHARS: usize = 7;
/// The most characters of a normalised number, the `+` included.
pub const MAX_CHARS: usize = 20;

/// A phone number in its normalised form: an optional `+`, then digits, 7 to 20 characters in all (R111).
///
/// It is a contact only: nothing is promised to be sent to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// Which rule a phone number broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was written.
    #[error("the phone number is empty")]
    Empty,
    /// A character that is neither a digit nor a separator.
    #[error("a phone number has digits only, not \u{201c}{0}\u{201d}")]
    Character(char),
    /// A `+` anywhere but in front.
    #[error("the + of a phone number stands in front of it")]
    PlusInside,
    /// Fewer than [`MIN_CHARS`].
    #[error("a phone number has at least 7 characters, this one has {0}")]
    TooShort(usize),
    /// More than [`MAX_CHARS`].
    #[error("a phone number has at most 20 characters, this one has {0}")]
    TooLong(usize),
}

impl Phone {
    /// Reads a number as people write it: spaces, dashes, dots and brackets are removed, full-width digits become plain.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut normalised = String::with_capacity(MAX_CHARS);
        let mut chars = 0_usize;
        for character in text.nfkc() {
            match character {
                '0'..='9' => {}
                '+' if chars == 0 => {}
                '+' => return Err(PhoneError::PlusInside),
                _ if is_separator(character) => continue,
                _ => return Err(PhoneError::Character(character)),
            }
            chars += 1;
            // What is longer is counted for the error but not kept.
            if chars <= MAX_CHARS {
                normalised.push(character);
            }
        }
        match chars {
            0 => Err(PhoneError::Empty),
            _ if chars < MIN_CHARS => Err(PhoneError::TooShort(chars)),
            _ if chars > MAX_CHARS => Err(PhoneError::TooLong(chars)),
            _ => Ok(Self(normalised)),
        }
    }

    /// The normalised number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Spaces, dashes, dots, brackets, and the invisible marks that copying from a chat leaves behind.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '.' | '(' | ')' | '[' | ']' | '\u{ad}' | '\u{2010}'..='\u{2015}' | '\u{2212}'
                | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn separators_are_removed() {
        for written in [
            "+34 (600) 111-215",
            "+34.600.111.215",
            "+34\u{a0}600\u{2011}111\u{2009}215",
            "\u{202a}+34600111215\u{202c}",
        ] {
            assert_eq!(
                Phone::parse(written).map(|phone| phone.to_string()),
                Ok("+34600111215".to_owned()),
                "{written}"
            );
        }
        assert_eq!(Phone::parse("\u{ff0b}\u{ff13}\u{ff14}600111215").map(String::from), Ok("+34600111215".to_owned()));
    }

    #[test]
    fn each_rule_is_named() {
        assert_eq!(Phone::parse(" - "), Err(PhoneError::Empty));
        assert_eq!(Phone::parse("12-34"), Err(PhoneError::TooShort(4)));
        assert_eq!(Phone::parse("123456"), Err(PhoneError::TooShort(6)));
        assert_eq!(Phone::parse("+12345"), Err(PhoneError::TooShort(6)));
        assert!(Phone::parse("+123456").is_ok());
        assert!(Phone::parse("12345678901234567890").is_ok());
        assert_eq!(Phone::parse("+12345678901234567890"), Err(PhoneError::TooLong(21)));
        assert_eq!(Phone::parse("600111O15"), Err(PhoneError::Character('O')));
        assert_eq!(Phone::parse("34+600111215"), Err(PhoneError::PlusInside));
        assert_eq!(Phone::parse("++34600111215"), Err(PhoneError::PlusInside));
    }

    #[test]
    fn stored_numbers_are_checked_when_read() {
        assert!(Phone::try_from("12".to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn any_separators_anywhere_change_nothing(
            plus in any::<bool>(),
            digits in proptest::collection::vec((0_u8..10, "[ ().\u{a0}-]{0,3}"), 7..=19),
        ) {
            let mut plain = String::from(if plus { "+" } else { "" });
            let mut written = plain.clone();
            for (digit, separator) in &digits {
                plain.push(char::from(b'0' + digit));
                written.push(char::from(b'0' + digit));
                written.push_str(separator);
            }
            prop_assert_eq!(Phone::parse(&written).map(String::from), Ok(plain));
        }

        #[test]
        fn whatever_is_accepted_obeys_the_rule(text in "[+0-9 a-c()-]{0,30}") {
            if let Ok(phone) = Phone::parse(&text) {
                let normalised = phone.as_str();
                prop_assert!((MIN_CHARS..=MAX_CHARS).contains(&normalised.chars().count()));
                prop_assert!(normalised.strip_prefix('+').unwrap_or(normalised).bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(Phone::parse(normalised), Ok(phone.clone()));
            }
        }
    }
}
