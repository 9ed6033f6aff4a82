//! Taking money: pages that a provider hosts, its signed events, and the page read again before anything follows from them.
//!
//! `service` speaks to a [`PaymentProvider`] and asks nobody which one it is.

pub mod event;
pub mod sandbox;
pub mod signature;
pub mod stripe;

pub use event::{EventKind, PaymentEvent, Subject};

use crate::error::Error;
use async_trait::async_trait;
use domain::language::Language;
use domain::money::{Currency, Money};
use jiff::Timestamp;
use uuid::Uuid;

/// One priced line of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLine {
    /// What the customer reads.
    pub name: String,
    /// Price of one.
    pub unit: Money,
    /// How many.
    pub quantity: i64,
}

/// What a provider is asked to take.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// Our id of the payment; also the idempotency key: asked twice under one id, there is one page.
    pub payment_id: Uuid,
    /// The readable number of the order, for the provider's own lists.
    pub order_number: i32,
    /// The sum.
    pub amount: Money,
    /// What it is made of; a provider that cannot show it exactly shows one line of the sum.
    pub lines: Vec<PageLine>,
    /// What is being bought, in one line.
    pub description: String,
    /// Page language.
    pub language: Language,
    /// When the page ends, within [`PaymentProvider::page_end`].
    pub expires_at: Timestamp,
    /// Where the customer goes after paying.
    pub success_url: String,
    /// Where the customer goes who leaves without paying.
    pub cancel_url: String,
}

/// A page that a provider made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentPage {
    /// The provider's id of it.
    pub external_id: String,
    /// Where the customer pays.
    pub url: String,
}

/// How far a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may be paid.
    Open,
    /// The customer did their part, the money is on its way (bank debits): no second page meanwhile.
    Processing,
    /// The whole sum came.
    Paid,
    /// It ended without money.
    Failed,
    /// It ran out or was ended.
    Expired,
    /// The whole sum went back.
    Refunded,
}

/// A page as the provider knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageState {
    /// The provider's id of it.
    pub external_id: String,
    /// Our id of the payment, where the provider keeps it.
    pub payment_id: Option<String>,
    /// The provider's account that has the money; none where there is only one.
    pub account: Option<String>,
    /// How far.
    pub standing: Standing,
    /// The sum in our minor units; none when the provider gives none, or one that is no whole sum of ours.
    pub amount_minor: Option<i64>,
    /// The currency.
    pub currency: Option<Currency>,
    /// What of it went back, in our minor units.
    pub refunded_minor: i64,
}

/// Who takes the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The provider's id of the account.
    pub external_id: String,
    /// Name for people.
    pub name: Option<String>,
    /// Whether the money is real.
    pub live: bool,
    /// Whether the account may take money now.
    pub takes_money: bool,
}

/// How a refund went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refund {
    /// The money is on its way back.
    Done,
    /// The provider will report.
    Pending,
}

/// Why an event is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// No signature, or not ours.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed, but too long ago or ahead.
    #[error("the signature's time is out of tolerance")]
    Time,
    /// Signed, but not an event.
    #[error("the body is not an event")]
    Body,
}

/// One account at a provider that takes money for a company.
#[async_trait]
pub trait PaymentProvider: std::fmt::Debug + Send + Sync {
    /// The provider's name in tables.
    fn name(&self) -> &'static str;

    /// The end nearest to `wanted` that a page made now may have.
    fn page_end(&self, now: Timestamp, wanted: Timestamp) -> Timestamp;

    /// Looks whether the account works, changing nothing.
    ///
    /// # Errors
    /// [`Error`] when it does not.
    async fn check(&self) -> Result<Account, Error>;

    /// Makes a page, or names the one that was made for this payment before.
    ///
    /// # Errors
    /// [`Error`]; of kind `Conflict` when a page of this payment was made for something else.
    async fn create_page(&self, request: &PageRequest) -> Result<PaymentPage, Error>;

    /// Reads a page.
    ///
    /// # Errors
    /// [`Error`]; of kind `Gone` when this account has no such page.
    async fn read_page(&self, external_id: &str) -> Result<PageState, Error>;

    /// Reads the page that a verified event is about; none when it is about no page.
    ///
    /// # Errors
    /// As [`read_page`](Self::read_page).
    async fn read_again(&self, event: &PaymentEvent) -> Result<Option<PageState>, Error>;

    /// Ends a page, so that nobody pays it any more. One that has ended already stays as it is.
    ///
    /// # Errors
    /// [`Error`].
    async fn expire_page(&self, external_id: &str) -> Result<(), Error>;

    /// Gives the whole sum of a paid page back, once for each payment however often it is asked.
    ///
    /// # Errors
    /// [`Error`].
    async fn refund(&self, payment_id: Uuid, external_id: &str) -> Result<Refund, Error>;

    /// Verifies the raw bytes of an event, then reads them.
    ///
    /// # Errors
    /// [`EventError`]: signature, its time, or the body.
    fn verify(&self, signature: Option<&str>, body: &[u8], now: Timestamp) -> Result<PaymentEvent, EventError>;
}
