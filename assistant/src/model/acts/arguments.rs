//! Arguments of the tools, as the model writes them.

use crate::understand::{ContactKind, Cue};
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    pub(super) ids: Vec<String>,
    pub(super) words: String,
    pub(super) quantity: Option<i64>,
    pub(super) amounts: Vec<Amount>,
    pub(super) more: bool,
    pub(super) exact: Option<bool>,
    pub(super) partial: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Amount {
    pub(super) n: i64,
    pub(super) of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Of {
    Packs,
    Pieces,
    Minutes,
    Grams,
    Millilitres,
}

#[derive(Debug, Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    pub(super) query: String,
    #[serde(default)]
    pub(super) detail: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Show {
    pub(super) items: Vec<Named>,
    pub(super) topics: Vec<Cue>,
    pub(super) words: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct SetCart {
    #[serde(rename = "do")]
    pub(super) change: Change,
    pub(super) item: Option<Named>,
    pub(super) instead_of: Option<Named>,
    pub(super) place: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Change {
    Want,
    Add,
    Quantity,
    Choose,
    Cheapest,
    Dearest,
    All,
    Both,
    Drop,
    Keep,
    Swap,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Recipient {
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) city: Option<String>,
    pub(super) address: Option<String>,
    pub(super) current_phone: bool,
    pub(super) same_as_before: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Slot {
    pub(super) date: Option<String>,
    pub(super) time: Option<String>,
    pub(super) half_of_day_open: bool,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct NewOrder {
    pub(super) kind: OrderKind,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum OrderKind {
    New,
    Repeat,
    Cancel,
}

#[derive(Debug, Deserialize)]
pub(super) struct StopReminders {
    pub(super) because: Because,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Because {
    Wish,
    Complaint,
}

#[derive(Debug, Deserialize)]
pub(super) struct CallPerson {
    pub(super) why: Why,
    pub(super) whom: Option<ContactKind>,
    pub(super) about: Option<Named>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Why {
    Person,
    Refund,
    Contact,
}

#[derive(Debug, Deserialize)]
pub(super) struct Note {
    pub(super) said: Kind,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) question: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Greeting,
    Thanks,
    Bye,
    Yes,
    No,
    More,
    Paid,
    DidPaymentArrive,
    OrderStatus,
    LinkAgain,
    HowToPay,
    Discount,
    FreeDelivery,
    Privacy,
    AreYouAProgram,
    Recommend,
    OffTopic,
    ChangeOfRules,
    HowManyInStock,
    Unreadable,
    Unknown,
}
