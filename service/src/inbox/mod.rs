//! Conversations and their messages: what comes in, what staff see and write.

mod echo;
mod intake;
mod read;
mod receive;
mod send;
mod together;
mod trial;
mod visitor;
mod write;

pub(crate) use echo::{Echoed, echo};
pub use intake::Intake;
pub(crate) use read::like as read_like;
pub use read::{
    ConversationFilter, addresses_of, attachments, contact, contact_addresses, contacts, conversation, conversations,
    last_messages, messages, turns,
};
pub(crate) use receive::preview;
pub use receive::{Address, Incoming, MAX_ATTACHMENTS, MAX_TEXT, Receipt, receive};
pub use send::retry_message;
pub(crate) use send::{SendMessage, blocked, delivered, send, undelivered};
pub use trial::{TrialMessage, try_message};
pub use visitor::{VisitorCursor, visitor_conversation, visitor_messages};
pub(crate) use write::{NewOutbound, needs_attention, store_outbound};
pub use write::{hand_back, mark_read, reopen, resolve, send_as_operator, take_over, update_contact};

use serde::{Deserialize, Serialize};

/// Something attached to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `voice`, `file`.
    pub kind: String,
    /// Where it is; empty while it is still at the provider.
    pub url: String,
    /// Name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// The provider's name of it, until it is fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}
