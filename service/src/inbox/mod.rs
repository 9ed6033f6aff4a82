//! Conversations and their messages: what comes in, what staff see and write.

mod intake;
mod read;
mod receive;
mod visitor;
mod trial;
mod write;

pub use read::{
    ConversationFilter, attachments, addresses_of, contact, contact_addresses, contacts, conversation, conversations, last_messages, messages, turns,
};
pub use intake::Intake;
pub use receive::{Address, Incoming, MAX_TEXT, Receipt, receive};
pub use visitor::{VisitorCursor, visitor_conversation, visitor_messages};
pub use trial::{TrialMessage, try_message};
pub use write::{
    hand_back, mark_read, reopen, resolve, send_as_operator, take_over, update_contact,
};
pub(crate) use read::like as read_like;
pub(crate) use write::{NewOutbound, SendMessage, needs_attention, send, store_outbound};

use serde::{Deserialize, Serialize};

/// Something attached to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `voice`, `file`.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// Name for people.
    #[serde(default)]
    pub name: Option<String>,
}
