//! Platforms on which customers write. Each adapter turns its provider's wire into these shapes and back; what to do with
//! them is `service`'s.

mod parts;
pub mod telegram;
pub mod waha;

pub use parts::Part;

use crate::error::{Error, Kind};
use async_trait::async_trait;
use foundation::http::HttpError;
use jiff::Timestamp;
use std::time::Duration;

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
}

/// What the platform of a provider carries; none for a provider that is not spoken to.
#[must_use]
pub fn capability(provider: &str) -> Option<Capability> {
    match provider {
        telegram::NAME => Some(telegram::CAPABILITY),
        waha::NAME => Some(waha::CAPABILITY),
        _ => None,
    }
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
    /// A contact card: its reference is the phone, its name the person's.
    Contact,
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
            Self::Contact => "contact",
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
    /// Media type as the platform tells it; what the bytes are is seen when they are here.
    pub media_type: Option<String>,
    /// Bytes, as the platform tells them.
    pub size: Option<u64>,
}

impl Media {
    /// A contact card.
    #[must_use]
    pub fn card(phone: String, name: Option<String>) -> Self {
        Self { kind: MediaKind::Contact, reference: phone, name, media_type: None, size: None }
    }
}

/// A customer's message as the platform delivered it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbound {
    /// The provider's id: the same message twice is one.
    pub external_id: String,
    /// Who wrote.
    pub from: Peer,
    /// Text; a pressed button says its label where the platform tells it, a shared contact its phone.
    pub text: String,
    /// What the pressed button brings back.
    pub pressed: Option<String>,
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

/// A message that left the account by another way than this program: the owner wrote on the phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The provider's id.
    pub external_id: String,
    /// To whom.
    pub to: Peer,
    /// Text.
    pub text: String,
    /// What was attached.
    pub media: Vec<Media>,
    /// Whether it was sent through the provider's interface: then it is ours (or another program's), and no person's.
    pub by_program: bool,
}

/// How a session at a provider stands: the phone that is linked, where the account is somebody's phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// It was stopped.
    Stopped,
    /// It starts.
    Starting,
    /// It waits for a code to be scanned with the phone.
    ScanQr,
    /// The phone asks for a passkey.
    PasskeyRequired,
    /// The phone asks to compare a code.
    PasskeyConfirmation,
    /// It works.
    Working,
    /// It broke down, or nobody scanned a code.
    Failed,
}

impl Session {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Stopped,
        Self::Starting,
        Self::ScanQr,
        Self::PasskeyRequired,
        Self::PasskeyConfirmation,
        Self::Working,
        Self::Failed,
    ];

    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::ScanQr => "scan_qr",
            Self::PasskeyRequired => "passkey_required",
            Self::PasskeyConfirmation => "passkey_confirmation",
            Self::Working => "working",
            Self::Failed => "failed",
        }
    }

    /// Reads the stored word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|session| session.as_str() == word)
    }
}

/// What a provider reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A customer wrote.
    Message(Inbound),
    /// The account wrote by another way.
    Echo(Echo),
    /// The session came into a state. A report may be late or a replay: what holds is what the provider says when it is asked.
    Session {
        /// Which.
        session: Session,
        /// Since when, by the provider's clock.
        since: Option<Timestamp>,
        /// Whether it was in this state before already: the next of several codes.
        again: bool,
    },
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
    /// The provider's id of the delivery, where a replay can't be told otherwise.
    pub event_id: Option<String>,
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

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// It comes back as a message with this in [`Inbound::pressed`], 1–64 bytes.
    Back(String),
    /// It opens this page.
    Opens(String),
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
    /// Buttons, at most as many as the platform carries.
    pub buttons: Vec<Button>,
    /// What became of its first parts when it was sent before: these are not sent again.
    pub done: Vec<Part>,
}

/// What a provider says of a sent message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The provider has it.
    All {
        /// Its id of the message, by which statuses come.
        external_id: String,
        /// A part that was left out because the provider refused it, in its words.
        left_out: Option<String>,
    },
    /// The provider has its first parts, and stopped at the next.
    Begun {
        /// What became of the first parts.
        done: Vec<Part>,
        /// What is wrong with the next one, and whether and when trying it again makes sense.
        error: Error,
    },
}

/// Who we are at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's id of the account: a bot, a session, a number.
    pub external_id: String,
    /// Name for people: `@shop_bot`.
    pub name: String,
}

/// How the account stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The session's state; always `Working` where there are no sessions.
    pub session: Session,
    /// The account, once it is known.
    pub identity: Option<Identity>,
}

impl Standing {
    /// An account that works.
    #[must_use]
    pub const fn working(identity: Identity) -> Self {
        Self { session: Session::Working, identity: Some(identity) }
    }
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
    /// Checks the credentials and sets up how messages reach us.
    ///
    /// # Errors
    /// [`Error`]; nothing else has changed then.
    async fn connect(&self, intake: &Intake) -> Result<Standing, Error>;

    /// Looks whether the account works, changing nothing.
    ///
    /// # Errors
    /// [`Error`] when that can't be told.
    async fn check(&self) -> Result<Standing, Error>;

    /// Ends deliveries to us. What the account delivers elsewhere is left alone: `ours` is how our address ends.
    ///
    /// # Errors
    /// [`Error`].
    async fn disconnect(&self, ours: &str) -> Result<(), Error>;

    /// Sends a message.
    ///
    /// # Errors
    /// [`Error`]; of kind `Unknown` when it may have been sent.
    async fn send(&self, outbound: &Outbound) -> Result<Sent, Error>;

    /// Gets something that a customer attached, up to `limit` bytes, each call of it in the time `within`.
    ///
    /// # Errors
    /// [`Error`]; `Request` with the code [`TOO_LARGE`], `Gone` when the provider has it no more.
    async fn fetch(&self, reference: &str, limit: usize, within: Duration) -> Result<bytes::Bytes, Error>;
}

/// Code of the error for a file that is larger than is taken.
pub const TOO_LARGE: &str = "too_large";
/// A file that did not come. What is too large now is so the next time as well.
pub(crate) fn of_fetch(provider: &'static str, error: &HttpError) -> Error {
    match error {
        HttpError::TooLarge(_) => Error::new(provider, Kind::Request, error.to_string()).with_code(TOO_LARGE),
        _ => Error::of_http(provider, error, true),
    }
}
