//! One turn: what comes in, what the assistant may look at, and what comes out.

use async_trait::async_trait;
use domain::cart::Cart;
use domain::channel::ChannelKind;
use domain::language::Language;
use domain::money::{Currency, Money};
use domain::order::PaymentStatus;
use domain::quote::Quote;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::retrieve::CatalogueIndex;

pub use domain::checkout::Field;

/// What the company is, as far as the talk needs it.
#[derive(Clone, Debug)]
pub struct ShopProfile {
    /// The brand's name.
    pub company_name: String,
    /// Line of business in the owner's words ("flowers").
    pub shop_type: String,
    /// The company's currency.
    pub currency: Currency,
    /// The branch's zone.
    pub timezone: jiff::tz::TimeZone,
    /// The branch's opening hours.
    pub hours: domain::booking::OpeningHours,
    /// Fields a checkout needs; `None` means the default of commerce.md.
    pub required: Option<Vec<Field>>,
    /// The platform of the conversation.
    pub channel: ChannelKind,
    /// The customer's phone where the channel attests it.
    pub attested_phone: Option<String>,
    /// The customer's name as the channel shows it; used only when it looks like a name and none was given.
    pub profile_name: Option<String>,
    /// Where the privacy notice stands.
    pub privacy_url: Option<String>,
    /// Greeting video, at first contact or when asked.
    pub welcome_video: Option<String>,
    /// Language of last resort.
    pub default_language: Language,
}

/// The latest order of the conversation that is not ended.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderView {
    /// How far the payment is.
    pub payment_status: PaymentStatus,
    /// Whether it is booked already.
    pub booked: bool,
    /// Whether it cost nothing.
    pub free: bool,
    /// What it costs.
    pub total: Money,
    /// What was ordered.
    pub cart: Cart,
    /// City of delivery or visit, `online` for online orders.
    pub city: Option<String>,
    /// Start of the appointment.
    pub appointment: Option<Timestamp>,
    /// The short link, while it is open.
    pub payment_url: Option<String>,
    /// Whether reminders still run.
    pub reminders_on: bool,
}

/// A free time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FreeSlot {
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
}

/// What the assistant may look at during a turn.
#[async_trait]
pub trait Shop: Send + Sync {
    /// Who answers.
    fn profile(&self) -> &ShopProfile;
    /// The published catalogue, read for this turn.
    fn catalogue(&self) -> &Arc<CatalogueIndex>;
    /// The conversation's current order.
    fn order(&self) -> Option<&OrderView>;
    /// The short link that the next order of this turn will have.
    fn payment_url(&self) -> &str;
    /// Free starts for these lines together on these days (inclusive), within the branch's hours, soonest first,
    /// at most `limit`. The lines are taken one after the other (n slots in a row) or as n seats (domain::booking).
    async fn free_slots(
        &self,
        cart: &Cart,
        from: civil::Date,
        to: civil::Date,
        limit: usize,
    ) -> Result<Vec<FreeSlot>, ShopError>;
    /// How many units of an item can still be bought; `None`: not limited. Never told to the customer.
    async fn available(&self, key: &str) -> Result<Option<i64>, ShopError>;
}

/// A fact could not be had; the turn ends with the fallback message and a visible mark. Holds the shop's own error.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ShopError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What the assistant remembers of a conversation; stored as JSON between turns. Unknown keys are ignored and absent
/// ones have defaults, so that an older state always loads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DialogueState {
    /// The last language that was clear.
    pub language: Option<Language>,
    /// What is wanted.
    pub cart: Cart,
    /// Fields given so far, in any message.
    pub given: Given,
    /// Whether the customer confirmed what stands in the cart.
    pub confirmed: bool,
    /// What the last reply asked for.
    pub asked: Vec<Field>,
    /// The question that is open.
    pub pending: Option<Pending>,
    /// Items the talk is about now, the most recent first.
    pub focus: Vec<String>,
    /// Items of the last list, in its order ("the second one").
    pub offered: Vec<String>,
    /// How far the last long list or text got ("more").
    pub page: usize,
    /// Unit prices that were told, by item key, minor units: a change is said.
    pub said_prices: BTreeMap<String, i64>,
    /// Items whose picture was sent in this conversation.
    pub images_shown: BTreeSet<String>,
    /// Wrong phone numbers in a row.
    pub phone_attempts: u8,
    /// Anything else the dialogue needs to remember.
    #[serde(flatten)]
    pub memory: BTreeMap<String, serde_json::Value>,
}

/// Fields of a checkout given so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// Name.
    pub name: Option<String>,
    /// Phone, normalised.
    pub phone: Option<String>,
    /// City as the catalogue spells it, or `online`.
    pub city: Option<String>,
    /// City as the customer wrote it, while no line has settled its spelling.
    pub city_said: Option<String>,
    /// Street address.
    pub address: Option<String>,
    /// Date of the appointment in the branch's zone.
    pub date: Option<civil::Date>,
    /// Time of the appointment in the branch's zone.
    pub time: Option<civil::Time>,
}

/// A question the assistant asked and waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Pending {
    /// Which of these items; the quantity already said waits here.
    ChooseItem {
        /// Item keys.
        candidates: Vec<String>,
        /// Packs or inner count already said.
        quantity: Option<i64>,
    },
    /// How many packs.
    ChooseQuantity {
        /// Item key.
        key: String,
    },
    /// Which city, or which lines to keep.
    ChooseCity {
        /// Cities common to all lines.
        cities: Vec<String>,
    },
    /// Which of these times.
    ChooseSlot {
        /// Starts on offer.
        starts: Vec<Timestamp>,
    },
    /// Missing checkout fields.
    Fields,
    /// "Shall I send the link?": the total was stated.
    Confirm,
    /// The price has risen since the confirmation; asked once.
    ConfirmPrice,
    /// More of a list or text is on offer.
    More,
}

/// One inbound message of the turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inbound {
    /// What was written; empty for a bare attachment.
    pub text: String,
    /// A contact card's phone, attested by the channel.
    pub contact_phone: Option<String>,
    /// Whether something came that cannot be read (voice, picture, file).
    pub unreadable_attachment: bool,
}

/// What a turn starts from.
#[derive(Clone, Debug)]
pub struct TurnInput {
    /// Messages, oldest first, answered together.
    pub messages: Vec<Inbound>,
    /// The clock.
    pub now: Timestamp,
    /// What was remembered.
    pub state: DialogueState,
    /// Whether the contact gets the assistant's notice now: once per contact.
    pub first_contact: bool,
}

/// One outbound message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Text; never empty unless an attachment goes alone.
    pub text: String,
    /// Picture sent with it.
    pub image: Option<String>,
    /// Video sent with it.
    pub video: Option<String>,
}

/// What a turn changes beyond the talk. Carried out by `service` in the transaction that stores the reply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// Make the order; with a link when the total is above zero, else book at once.
    Checkout(Box<OrderDraft>),
    /// The open unpaid order is put aside (new topic, correction): link expired, holds released, reminders cancelled.
    PutOrderAside,
    /// The customer wants no more reminders, or complains.
    StopReminders,
    /// A person is called.
    CallPerson {
        /// Why, one word: `wish`, `complaint`, `phone`, `paid_unbooked`…
        reason: String,
    },
}

/// A confirmed order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderDraft {
    /// Priced from rows read in this turn.
    pub quote: Quote,
    /// City as the catalogue spells it, or `online`; `None` where every line goes everywhere and none was required.
    pub city: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Street address.
    pub address: Option<String>,
    /// Start and end of the appointment.
    pub appointment: Option<FreeSlot>,
    /// Largest delivery time of the lines, hours.
    pub delivery_time_hours: Option<i64>,
    /// Smallest reminder of the lines, hours.
    pub payment_reminder_hours: Option<i64>,
    /// The customer's language.
    pub language: Language,
}

/// Why the assistant said what it said: shown to staff under the turn, never to the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// `understood`, `searched`, `quoted`, `checked`, `decided`…
    pub step: String,
    /// One plain English line, for logs and for programs without words of their own.
    pub detail: String,
    /// The same as codes and values.
    #[serde(default)]
    pub lines: Vec<ReasonLine>,
    /// Item keys it rests on.
    #[serde(default)]
    pub items: Vec<String>,
}

/// One statement of a [`Reason`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonLine {
    /// Which: for the step `understood` the name of an act (`want`), else `line`, `total`, `send_link`…
    pub code: String,
    /// What it speaks of: sums as `{amount, currency}`, days as `2026-03-09`, times as `15:00:00`.
    #[serde(default)]
    pub values: serde_json::Map<String, serde_json::Value>,
}

/// What a turn comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct TurnOutput {
    /// To be stored.
    pub state: DialogueState,
    /// To be sent, in order, after `domain::reply` has checked each. Already within the channel's limit.
    pub replies: Vec<Reply>,
    /// To be carried out.
    pub effects: Vec<Effect>,
    /// Language of the replies.
    pub language: Language,
    /// The engine's own word for what the customer wanted.
    pub intent: String,
    /// Exactly the fields the reply asks for.
    pub asks: Vec<Field>,
    /// Items named in the reply, by key.
    pub items_offered: Vec<String>,
    /// What every number and link of the replies rests on.
    pub facts: domain::reply::Facts,
    /// Whether the customer asked for contacts in this turn, so that they may be named (R79).
    pub contacts_allowed: bool,
    /// The trace.
    pub reasons: Vec<Reason>,
}
