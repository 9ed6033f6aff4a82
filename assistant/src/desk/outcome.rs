//! What the tools return.

use crate::turn::{Field, FreeSlot};
use domain::quote::Quote;
use jiff::civil;
use serde::{Deserialize, Serialize};

/// What came of setting a line of the cart. Carries no stock figure (R78).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CartOutcome {
    /// The line stands.
    Set {
        /// Item key.
        key: String,
        /// Packs.
        quantity: i64,
    },
    /// It stood already.
    Same {
        /// Item key.
        key: String,
    },
    /// The line is gone.
    Removed {
        /// Item key.
        key: String,
    },
    /// There was no such line.
    NotThere {
        /// Item key.
        key: String,
    },
    /// Not so many can be had.
    NotEnough {
        /// Item key.
        key: String,
    },
    /// None can be had.
    SoldOut {
        /// Item key.
        key: String,
    },
    /// More than an order may have.
    TooLarge {
        /// Item key.
        key: String,
    },
    /// The row has left the catalogue.
    Gone {
        /// Item key.
        key: String,
    },
}

/// What came of a field of the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecipientOutcome {
    /// It is remembered.
    Noted,
    /// It is no phone number.
    WrongPhone {
        /// Wrong ones in a row.
        attempts: u8,
    },
    /// The channel attests no phone.
    PhoneUnseen,
    /// Another tool sets that field.
    NotHere,
}

/// What came of the city.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CityOutcome {
    /// Every line goes there, or none needs a city.
    Fine,
    /// None was said.
    Unknown,
    /// Some lines do not go there.
    NotServed {
        /// As said.
        city: String,
        /// Keys of the lines that cannot.
        by: Vec<String>,
        /// Keys of the lines that can.
        keep: Vec<String>,
        /// Cities where all can.
        common: Vec<String>,
    },
}

/// What came of the date and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SlotOutcome {
    /// No line needs one, or the chosen one is free.
    Fine,
    /// Neither day nor time was chosen; the nearest free ones.
    Nearest {
        /// On offer.
        slots: Vec<FreeSlot>,
    },
    /// A day was chosen; its free times.
    OfDay {
        /// On offer, never empty.
        slots: Vec<FreeSlot>,
    },
    /// The day has no free time; the nearest ones.
    DayFull {
        /// On offer.
        slots: Vec<FreeSlot>,
    },
    /// The chosen time is not free; others.
    Taken {
        /// The day and time that was chosen, now forgotten.
        chosen: civil::DateTime,
        /// Whether these are of the same day.
        same_day: bool,
        /// On offer.
        slots: Vec<FreeSlot>,
    },
    /// The chosen time has passed.
    Past {
        /// The day and time that was chosen, now forgotten.
        chosen: civil::DateTime,
        /// On offer.
        slots: Vec<FreeSlot>,
    },
    /// More seats than one slot has.
    TooMany {
        /// Item key.
        key: String,
    },
}

/// The next step of the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CheckoutOutcome {
    /// There is nothing to order.
    Nothing,
    /// These fields are missing.
    Ask {
        /// All of them.
        fields: Vec<Field>,
    },
    /// A price has risen since it was said.
    AskRisenPrice,
    /// All is known and nothing confirmed.
    StateTotal {
        /// What it costs.
        quote: Quote,
    },
    /// The order is made.
    Done {
        /// What it costs.
        quote: Quote,
        /// Its appointment.
        appointment: Option<FreeSlot>,
    },
}

/// A unit price that is no longer what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceChanged {
    /// Item key.
    pub key: String,
    /// Said, minor units.
    pub before: i64,
    /// Now, minor units.
    pub now: i64,
    /// Whether it has risen.
    pub risen: bool,
}
