//! What the customer said, as [`Act`]s: what was meant, never what is true.
//!
//! [`offline`] is the built-in understanding; a language model may stand in its place, because acts carry words, counts
//! and pointers to catalogue rows only. Every fact that answers them comes from the desk.

pub mod cue;
pub mod dates;
pub mod numbers;
pub mod offline;
pub mod people;

use domain::language::Language;
use jiff::civil;
use serde::{Deserialize, Serialize};

pub use cue::Cue;

/// A count as it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many.
    pub value: i64,
    /// Whether packs were counted ("two bouquets"), not what is in them ("20 roses").
    pub of_packs: bool,
}

/// How much of something, as it was said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Amounts {
    /// Counts in the order in which they were said.
    pub counts: Vec<Count>,
    /// A length of time in minutes ("two hours of training").
    pub minutes: Option<i64>,
    /// A mass in grams.
    pub grams: Option<i64>,
    /// A volume in millilitres.
    pub millilitres: Option<i64>,
    /// One more, not that many in all.
    pub more: bool,
}

impl Amounts {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.minutes.is_none() && self.grams.is_none() && self.millilitres.is_none()
    }
}

/// Words that name something on offer, or something that is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mention {
    /// As written.
    pub words: String,
    /// How much of it.
    pub amounts: Amounts,
    /// Keys of the rows that these words may mean equally well; empty when none.
    pub candidates: Vec<String>,
    /// Whether every property that was said was met ("black roses").
    pub exact: bool,
    /// Whether some words of it are met by none of the candidates ("cat scratcher" where only cats are known).
    pub partial: bool,
}

/// What a contact question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// The supplier.
    Supplier,
    /// Who performs the service.
    Specialist,
    /// Where the customer may come.
    Office,
    /// Where goods lie.
    Warehouse,
    /// Any way to reach the company.
    Company,
}

/// One thing the customer meant. A message carries several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// A greeting.
    Greet,
    /// Thanks.
    Thanks,
    /// A farewell.
    Bye,
    /// What is on offer.
    Browse {
        /// In detail.
        detail: bool,
    },
    /// A question; without mentions it is about the items in focus.
    Ask {
        /// What about; empty: anything.
        topics: Vec<Cue>,
        /// About what.
        about: Vec<Mention>,
        /// Folded words of the question, for texts that may answer it.
        words: Vec<String>,
    },
    /// Wants an item.
    Want {
        /// Which, and how much.
        mention: Mention,
        /// On top of what is wanted already.
        add: bool,
    },
    /// How much of the item in focus.
    Quantity {
        /// How much.
        amounts: Amounts,
    },
    /// The n-th of the last list, 1 is the first, -1 the last.
    Choose {
        /// Which.
        ordinal: i64,
    },
    /// The cheapest or dearest of the candidates.
    ChooseByPrice {
        /// Whether the dearest.
        dearest: bool,
    },
    /// All that was offered or is wanted.
    All {
        /// Two were counted ("both of them").
        both: bool,
    },
    /// Without this.
    Drop {
        /// Which; `None`: the item in focus.
        mention: Option<Mention>,
    },
    /// Only this of what is wanted.
    Keep {
        /// Which; `None`: whatever can be had.
        mention: Option<Mention>,
    },
    /// One instead of another.
    Swap {
        /// What goes.
        from: Option<Mention>,
        /// What comes.
        to: Mention,
    },
    /// A city.
    City {
        /// As written.
        said: String,
        /// As the catalogue spells it; `None` when no item names it.
        spelled: Option<String>,
    },
    /// The customer's name.
    Name {
        /// As written.
        name: String,
    },
    /// A phone number, valid or not.
    Phone {
        /// As written.
        raw: String,
    },
    /// The number they write from.
    CurrentPhone,
    /// As given before.
    SameAsBefore,
    /// A street address.
    Address {
        /// As written.
        text: String,
    },
    /// A day.
    Date {
        /// Which.
        date: civil::Date,
    },
    /// A time of day.
    Time {
        /// Which.
        time: civil::Time,
        /// Whether the half of the day is open ("at 3").
        #[serde(default)]
        vague: bool,
    },
    /// A part of the day.
    PartOfDay {
        /// Earliest.
        from: civil::Time,
        /// Latest.
        to: civil::Time,
    },
    /// An explicit confirmation.
    Confirm,
    /// Yes.
    Yes,
    /// No.
    No,
    /// The order is off.
    Cancel,
    /// Something is wrong.
    Complain,
    /// "I have paid."
    ClaimPaid,
    /// "Did it arrive?"
    AskPaid,
    /// Money back.
    Refund {
        /// For what.
        about: Option<Mention>,
    },
    /// Whom to reach.
    Contact {
        /// Whom.
        kind: ContactKind,
        /// For what.
        about: Option<Mention>,
    },
    /// A person, please.
    Person,
    /// A lower price.
    Discount,
    /// Free delivery.
    FreeDelivery,
    /// A new order.
    NewOrder,
    /// What was ordered before, once more.
    Repeat,
    /// Another topic.
    OffTopic,
    /// An attempt to change the rules.
    Injection,
    /// How many are left.
    StockProbe,
    /// No more reminders.
    StopReminders,
    /// Go on.
    More,
    /// What about my order.
    OrderStatus,
    /// Are you a program.
    Bot,
    /// How to pay.
    PayMethod,
    /// The link again.
    LinkAgain,
    /// What happens with my data.
    Privacy,
    /// What do you advise.
    Recommend,
    /// Something to read that cannot be read.
    Unreadable,
    /// Words that nothing explains.
    Unknown {
        /// As written.
        text: String,
        /// Whether it was a question.
        question: bool,
    },
}

/// All that a turn's messages mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// The language, where it is clear.
    pub language: Option<Language>,
    /// In the order in which they were said.
    pub acts: Vec<Act>,
}
