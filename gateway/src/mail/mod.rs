//! Mail to people who work with the program. One letter goes to one address, so that what a server says of an address is said
//! of this letter.
//!
//! Sending has two halves: [`Mail::open`] goes as far as the server accepts sender and recipient, and changes nothing;
//! [`Ready::deliver`] hands the letter over. Between them the caller writes down that it may be on its way, so that no letter
//! whose outcome is unknown goes twice.
//!
//! A server that takes a letter and cannot deliver it says so later, by a [`report`] to the envelope's sender. Letters carry a
//! token there and in their Message-ID ([`returns`]), and [`mailbox`] reads what came back.

pub mod mailbox;
mod refusal;
pub mod report;
pub mod returns;
mod server;
pub mod smtp;

use crate::error::Error;
use async_trait::async_trait;

/// Name of the provider, in errors.
pub const NAME: &str = "smtp";

/// One letter to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Ours ([`returns::token`]); the Message-ID is made from it, so that every try is the same letter to those who read it.
    pub token: String,
    /// The envelope's sender, where refusals go; none: the sender whom people see.
    pub returns_to: Option<String>,
    /// Address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text for those who read no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A way to send letters.
#[async_trait]
pub trait Mail: std::fmt::Debug + Send + Sync {
    /// Goes as far as the server accepts the recipient.
    ///
    /// # Errors
    /// `Recipient` when the server says that there is no such address; `Credentials`; `Request` for what it refuses otherwise;
    /// `Unavailable` when another try may do. Nothing was sent in any case.
    async fn open(&self, letter: &Letter) -> Result<Box<dyn Ready>, Error>;

    /// Connects and signs in, and sends nothing.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    async fn check(&self) -> Result<(), Error>;
}

/// A letter whose recipient the server has accepted.
#[async_trait]
pub trait Ready: Send {
    /// Hands the letter over.
    ///
    /// # Errors
    /// `Unavailable` and `Request` when the server refused it in words; `Unknown` when its answer did not come: it may have
    /// arrived.
    async fn deliver(self: Box<Self>) -> Result<(), Error>;
}
