//! Conversations and their messages: what comes in, what staff see and write.

mod attached;
mod echo;
mod intake;
mod join;
mod pressed;
mod read;
mod receive;
mod send;
mod together;
mod trial;
mod visitor;
mod write;

pub use assistant::buttons::Button;
pub use attached::{Arrival, Attachment, Hearing, Received, fetch_again};
pub(crate) use attached::{FetchMedia, HearVoice, run_fetch, run_hear, said, waits_until};
pub(crate) use echo::{Echoed, echo};
pub use intake::Intake;
pub use join::join_contacts;
pub(crate) use join::{GatherMerged, attest, follow, has_attested_phone, join_by_phone, run_gather};
pub(crate) use pressed::said_by;
pub(crate) use read::like as read_like;
pub use read::{
    ConversationFilter, Talk, addresses_of, attachments, buttons, contact, contact_addresses, contacts, conversation,
    conversations, last_messages, messages, turns,
};
pub use receive::{Address, Incoming, MAX_ATTACHMENTS, MAX_TEXT, Receipt, receive};
pub(crate) use receive::{of_address, preview};
pub use send::retry_message;
pub(crate) use send::{SendMessage, blocked, delivered, not_sent, send, undelivered};
pub use trial::{TrialMessage, try_message};
pub use visitor::{VisitorCursor, visitor_conversation, visitor_messages};
pub(crate) use write::{NewOutbound, needs_attention, store_outbound};
pub use write::{hand_back, mark_read, reopen, resolve, send_as_operator, take_over, update_contact};
