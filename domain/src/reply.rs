//! The last gate before a reply leaves (R67, R78, R79, R81, R89, R90, R96, R99).
//!
//! A reply is compared with the facts of its turn. What the gate reads it first makes plain: full-width digits become
//! ASCII, invisible characters go. Numbers spelled out in words are not looked at.

mod internal;
mod link;
mod number;
mod script;

use crate::catalog::Item;
use crate::language::Language;
use crate::money::Money;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What the numbers and links of a reply may rest on: catalogue rows, the quote, the booking.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Sums that may be named.
    pub money: Vec<Money>,
    /// Other numbers that may be named, as written (quantities, dates, times, phone digits, sizes in item texts).
    pub numbers: Vec<String>,
    /// Texts whose every number and link may be repeated (item names, descriptions, details, the customer's own words).
    pub texts: Vec<String>,
    /// Links that may be named: ours and the catalogue's.
    pub links: Vec<String>,
}

/// A reply before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftReply<'a> {
    /// Text.
    pub text: &'a str,
    /// Picture sent with it.
    pub image: Option<&'a str>,
    /// Video sent with it.
    pub video: Option<&'a str>,
}

/// What the reply must obey.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// Most characters ([`crate::channel::ChannelKind::max_chars`]).
    pub max_chars: usize,
    /// Language of the turn.
    pub language: Language,
    /// Our own hosts: their bare address may be named; a page on them must be in [`Facts::links`].
    pub own_hosts: &'a [String],
    /// Items whose stock and contacts must not appear.
    pub internal: &'a [&'a Item],
    /// The customer asked for contacts (R79).
    pub contacts_allowed: bool,
}

/// What is wrong with a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Violation {
    /// Nothing to send.
    Empty,
    /// Longer than the channel carries.
    TooLong {
        /// Characters it has.
        chars: usize,
        /// Characters it may have.
        max_chars: usize,
    },
    /// A number that no fact has.
    UnboundNumber {
        /// As written.
        fragment: String,
    },
    /// A link, an e-mail address or an attachment that no fact has.
    UnboundLink {
        /// As written.
        fragment: String,
    },
    /// The link of a picture or video in the text (R99).
    MediaInText {
        /// As written.
        fragment: String,
    },
    /// An internal contact or address (R79).
    InternalContact {
        /// As written in the catalogue.
        fragment: String,
    },
    /// Stock or free places told (R78).
    Stock {
        /// The words around the number.
        fragment: String,
    },
    /// "Costs 0" (R81).
    ZeroPrice {
        /// As written.
        fragment: String,
    },
    /// Digits that look like a payment card (R96). Masked.
    CardNumber {
        /// The last four digits.
        fragment: String,
    },
    /// Not in the language of the turn (R89).
    Language {
        /// The first words that are not.
        fragment: String,
    },
}

/// Checks a reply (architecture, "What always holds" 6).
///
/// # Errors
/// Everything that is wrong with it, in the order of the text where it has one.
pub fn check(reply: &DraftReply<'_>, facts: &Facts, policy: &Policy<'_>) -> Result<(), Vec<Violation>> {
    let mut violations = Vec::new();
    if reply.text.trim().is_empty() && reply.image.is_none() && reply.video.is_none() {
        violations.push(Violation::Empty);
    }
    let chars = reply.text.chars().count();
    if chars > policy.max_chars {
        violations.push(Violation::TooLong { chars, max_chars: policy.max_chars });
    }
    let plain = plain(reply.text);
    let links = link::find(&plain);
    violations.extend(link::check(reply, &links, facts, policy));
    // A link's digits belong to the link.
    let words = link::blanked(&plain, &links);
    violations.extend(number::check(&words, facts));
    violations.extend(internal::check(&plain, &words, facts, policy));
    violations.extend(script::check(&words, facts, policy.language));
    if violations.is_empty() { Ok(()) } else { Err(violations) }
}

/// The text as the checks read it: every decimal digit that looks like one is ASCII, what cannot be seen is gone.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
                | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}')
        })
        .map(|c| match u32::from(c) {
            code @ 0xff10..=0xff19 => char::from_digit(code - 0xff10, 10).unwrap_or(c),
            code @ 0x1d7ce..=0x1d7ff => char::from_digit((code - 0x1d7ce) % 10, 10).unwrap_or(c),
            code @ 0xff01..=0xff5e => char::from_u32(code - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// Lower case without accents, words parted by single spaces, so that spellings of one text compare equal.
fn folded(text: &str) -> String {
    let folded: String = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}
