//! Platforms on which customers write. Each adapter turns its provider's wire into these shapes and back; what to do with
//! them is `service`'s.

pub mod telegram;

use crate::error::Error;
use async_trait::async_trait;
use jiff::Timestamp;

/// What a platform carries (R48, R67).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability {
    /// Longest text, characters.
    pub max_text: usize,
    /// Longest text beside a picture, characters.
    pub max_caption: usize,
    /// Most buttons of a message.
    pub buttons: usize,
    /// Hours after the customer's last message in which free text may be sent; none: always.
    pub window_hours: Option<u32>,
    /// Whether a send may be repeated under the same key without a second message.
    pub keyed_sends: bool,
}

/// Who wrote, as the platform knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Kind of the address: `telegram`, `whatsapp`, `email`….
    pub kind: &'static str,
    /// The address; sending to it reaches the person.
    pub value: String,
    /// Name as the platform shows it.
    pub name: Option<String>,
    /// A phone that the platform itself attests.
    pub phone: Option<String>,
}

/// Kinds of what is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// Picture.
    Image,
    /// Video.
    Video,
    /// Spoken message.
    Voice,
    /// Anything else.
    File,
}

impl MediaKind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Voice => "voice",
            Self::File => "file",
        }
    }
}

/// Something attached, still at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// What.
    pub kind: MediaKind,
    /// The provider's name of it, by which [`Channel::fetch`] gets it.
    pub reference: String,
    /// File name for people.
    pub name: Option<String>,
}

/// A customer's message as the platform delivered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// The provider's id: the same message twice is one.
    pub external_id: String,
    /// Who wrote.
    pub from: Peer,
    /// Text; a pressed button says its label, a shared contact its phone.
    pub text: String,
    /// What was attached.
    pub media: Vec<Media>,
    /// When it was written, by the provider's clock.
    pub at: Option<Timestamp>,
}

/// How far a sent message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Delivery {
    /// The platform has it.
    Sent,
    /// The person's device has it.
    Delivered,
    /// It was read.
    Read,
}

/// What a provider reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A customer wrote.
    Message(Inbound),
    /// A message of ours came further.
    Status {
        /// The provider's id of our message.
        external_id: String,
        /// How far.
        delivery: Delivery,
    },
    /// A message of ours did not arrive after all.
    Undelivered {
        /// The provider's id of our message.
        external_id: String,
        /// Why, in the provider's words.
        reason: String,
    },
    /// The customer closed the door (or opened it again): nothing can be sent until they write.
    Blocked {
        /// Who.
        peer: Peer,
        /// Whether it is closed now.
        blocked: bool,
    },
}

/// A delivery of a provider, parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// What it reports, in its order.
    pub updates: Vec<Update>,
    /// What the provider wants as the body of our 200, if anything.
    pub answer: Option<serde_json::Value>,
}

/// Why a delivery is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The secret or signature is missing or wrong.
    #[error("the signature is missing or wrong")]
    Signature,
    /// Signed, but not what the provider's documents describe.
    #[error("the body is not a delivery of this provider")]
    Body,
}

/// A message to a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbound {
    /// Our id, for providers that take a key.
    pub key: uuid::Uuid,
    /// To whom: [`Peer::value`].
    pub to: String,
    /// Text, may be empty beside media.
    pub text: String,
    /// Picture or video by public URL.
    pub media: Vec<(MediaKind, String)>,
    /// Labels of buttons; a pressed one comes back as a message with its label.
    pub buttons: Vec<String>,
}

/// What a provider says of a sent message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id of the message, by which statuses come.
    pub external_id: String,
    /// A part that was left out because the provider refused it, in its words.
    pub left_out: Option<String>,
}

/// Who we are at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's id of the account: a bot, a session, a number.
    pub external_id: String,
    /// Name for people: `@shop_bot`.
    pub name: String,
}

/// Where the provider reports to.
#[derive(Clone, Debug)]
pub enum Intake {
    /// Our public address and the secret that each delivery must carry.
    Webhook {
        /// The address.
        url: String,
        /// The secret.
        secret: String,
    },
    /// There is no public address: we ask.
    Polling,
}

/// One connected account at a provider.
#[async_trait]
pub trait Channel: std::fmt::Debug + Send + Sync {
    /// What the platform carries.
    fn capability(&self) -> Capability;

    /// Checks the credentials and sets up how messages reach us.
    ///
    /// # Errors
    /// [`Error`]; nothing else has changed then.
    async fn connect(&self, intake: &Intake) -> Result<Identity, Error>;

    /// Looks whether the account works, changing nothing.
    ///
    /// # Errors
    /// [`Error`] when it does not.
    async fn check(&self) -> Result<Identity, Error>;

    /// Ends deliveries to us.
    ///
    /// # Errors
    /// [`Error`].
    async fn disconnect(&self) -> Result<(), Error>;

    /// Sends a message.
    ///
    /// # Errors
    /// [`Error`]; of kind `Unknown` when it may have been sent.
    async fn send(&self, outbound: &Outbound) -> Result<Sent, Error>;

    /// Gets something that a customer attached, up to `limit` bytes.
    ///
    /// # Errors
    /// [`Error`].
    async fn fetch(&self, reference: &str, limit: usize) -> Result<bytes::Bytes, Error>;
}
