//! Cues: what the customer's turns of phrase mean, found in the folded words of a message.
//!
//! A pattern is a row of words: `word*` is a prefix, `a/b` either of two, `_` any one word. The tables of the four
//! languages stand in [`super::offline`]; here is how they are read and matched.

use domain::text::{Token, TokenKind, fold};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What a turn of phrase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cue {
    /// A greeting.
    Greet,
    /// Thanks.
    Thanks,
    /// A farewell.
    Bye,
    /// What is on offer.
    Offer,
    /// In more detail.
    Detail,
    /// What it costs.
    Price,
    /// What everything costs together.
    Total,
    /// Tell about it.
    Describe,
    /// How big, heavy, tall.
    Size,
    /// What it is made of.
    Material,
    /// What is included.
    Included,
    /// What is not included.
    NotIncluded,
    /// What is guaranteed.
    Guarantee,
    /// What is not guaranteed.
    NotGuarantee,
    /// For whom it is.
    Suitable,
    /// For whom it is not.
    NotSuitable,
    /// Who does it.
    Specialist,
    /// How to prepare.
    Prepare,
    /// How long it takes.
    Duration,
    /// Where or how it takes place (in person, by video).
    Format,
    /// What delivery costs.
    DeliveryFee,
    /// When it is delivered.
    DeliveryTime,
    /// Which cities are served.
    Cities,
    /// Opening hours.
    Hours,
    /// When there is a free time.
    FreeTimes,
    /// A page of the item.
    Link,
    /// A picture.
    Photo,
    /// A video.
    Video,
    /// Wants to have it.
    Want,
    /// Wants to know: takes the force of a `Want` in its sentence.
    WantToKnow,
    /// Is there such a thing.
    Available,
    /// One more thing.
    Add,
    /// Without it.
    Remove,
    /// Nothing but it.
    Only,
    /// In place of it.
    Instead,
    /// A change of mind about a detail.
    Change,
    /// The explicit confirmation of an order.
    Confirm,
    /// Yes.
    Yes,
    /// No.
    No,
    /// The order or the talk about it is off.
    Cancel,
    /// Something is wrong.
    Complaint,
    /// "I have paid."
    ClaimPaid,
    /// "Did my payment arrive?"
    AskPaid,
    /// Wants money back.
    Refund,
    /// Asks for the supplier's contacts.
    SupplierContact,
    /// Asks for the specialist's contacts.
    SpecialistContact,
    /// Asks where the office is.
    OfficeAddress,
    /// Asks where the warehouse is.
    WarehouseAddress,
    /// Asks for a phone or an address of e-mail.
    CompanyContact,
    /// Wants a person.
    Person,
    /// Asks for a lower price.
    Discount,
    /// Asks for or asks about free delivery.
    FreeDelivery,
    /// A new order.
    NewOrder,
    /// What was ordered before, once more.
    Repeat,
    /// Something that a shop does not talk about.
    OffTopic,
    /// Tries to change the assistant's rules.
    Injection,
    /// How many are in stock.
    StockProbe,
    /// No more reminders.
    StopReminders,
    /// Go on.
    More,
    /// What about my order.
    OrderStatus,
    /// Are you a program.
    Bot,
    /// How can one pay.
    PayMethod,
    /// What do you advise.
    Recommend,
    /// The cheapest.
    Cheapest,
    /// The dearest.
    Dearest,
    /// The link has been lost or does not work.
    LinkAgain,
    /// What happens with personal data.
    Privacy,
    /// Takes all of them.
    All,
    /// One of each.
    Each,
    /// Please: a bare item in such a sentence is wanted.
    Please,
}

impl Cue {
    /// Whether the words may also belong to an item's name ("photo session"): then the name wins.
    #[must_use]
    pub fn yields_to_names(self) -> bool {
        matches!(
            self,
            Self::Photo
                | Self::Video
                | Self::Link
                | Self::Specialist
                | Self::Duration
                | Self::Format
                | Self::Hours
                | Self::Size
                | Self::Material
                | Self::Want
                | Self::Suitable
                | Self::OffTopic
                | Self::Detail
                | Self::Describe
                | Self::Person
                | Self::Recommend
                | Self::Available
                | Self::Guarantee
                | Self::Add
                | Self::Prepare
                | Self::Refund
                | Self::Change
                | Self::Cities
                | Self::OfficeAddress
                | Self::Offer
                | Self::Complaint
                | Self::Only
                | Self::Cheapest
                | Self::All
        )
    }
}

/// A cue found in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CueMatch {
    /// Which.
    pub cue: Cue,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// One word of a pattern.
#[derive(Debug)]
enum PatternWord {
    /// Any word.
    Any,
    /// One of these; `true` for a prefix.
    OneOf(Vec<(String, bool)>),
}

impl PatternWord {
    fn read(word: &str) -> Self {
        if word == "_" {
            return Self::Any;
        }
        Self::OneOf(
            word.split('/')
                .map(|option| match option.strip_suffix('*') {
                    Some(prefix) => (fold(prefix), true),
                    None => (fold(option), false),
                })
                .collect(),
        )
    }

    fn matches(&self, folded: &str) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(options) => options
                .iter()
                .any(|(option, prefix)| if *prefix { folded.starts_with(option.as_str()) } else { folded == option }),
        }
    }
}

#[derive(Debug)]
struct Pattern {
    cue: Cue,
    words: Vec<PatternWord>,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let tables =
        [super::offline::en::CUES, super::offline::es::CUES, super::offline::ru::CUES, super::offline::kk::CUES];
    let mut patterns = Vec::new();
    for (cue, alternatives) in tables.into_iter().flatten() {
        for alternative in alternatives.split('|') {
            let words: Vec<_> = alternative.split_whitespace().map(PatternWord::read).collect();
            if !words.is_empty() {
                patterns.push(Pattern { cue: *cue, words });
            }
        }
    }
    patterns
});

/// Cues in a text, in its order. Where two of one kind overlap, the longer stands; different kinds may overlap, except
/// that a longer match hides the shorter ones that lie wholly inside it.
#[must_use]
pub fn find(tokens: &[Token]) -> Vec<CueMatch> {
    // Marks between words end a phrase only where they end a sentence; apostrophes and hyphens never do.
    let words: Vec<usize> = (0..tokens.len())
        .filter(|&index| {
            matches!(tokens[index].kind, TokenKind::Word | TokenKind::Number) || ends_sentence(&tokens[index])
        })
        .collect();
    let mut found: Vec<CueMatch> = Vec::new();
    for (position, &first) in words.iter().enumerate() {
        if ends_sentence(&tokens[first]) {
            continue;
        }
        for pattern in PATTERNS.iter() {
            let Some(window) = words.get(position..position + pattern.words.len()) else { continue };
            let fits = pattern
                .words
                .iter()
                .zip(window)
                .all(|(word, &index)| !ends_sentence(&tokens[index]) && word.matches(&tokens[index].folded));
            if fits {
                let last = window[window.len() - 1];
                found.push(CueMatch { cue: pattern.cue, start_token: first, end_token: last + 1 });
            }
        }
    }
    let inside = |small: &CueMatch, large: &CueMatch| {
        large.start_token <= small.start_token
            && small.end_token <= large.end_token
            && (large.end_token - large.start_token) > (small.end_token - small.start_token)
    };
    let mut kept: Vec<CueMatch> =
        found.iter().filter(|one| !found.iter().any(|other| inside(one, other))).copied().collect();
    kept.dedup();
    kept
}

/// Whether a token ends a sentence.
#[must_use]
pub fn ends_sentence(token: &Token) -> bool {
    token.kind == TokenKind::Punct && matches!(token.text.as_str(), "." | "!" | "?" | ";" | "…" | "¿" | "¡" | "\n")
}
