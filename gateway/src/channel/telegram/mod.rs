//! Telegram: the company's own bot (R52). By webhook where the installation has a public address, by long polling elsewhere.
//!
//! Relied on without proof (K in outside.md): none beyond the official description; the wording of 409 beside a webhook is
//! not looked at, only its code.

mod client;
mod webhook;
mod wire;

pub use client::Telegram;
pub use webhook::{SECRET_HEADER, receive};

use super::Capability;

/// The provider's name.
pub const NAME: &str = "telegram";
/// Kind of a contact's address: the id of the private chat, which is the user's id for every bot.
pub const ADDRESS: &str = "telegram";
/// What a bot carries (<https://core.telegram.org/bots/api#sendmessage>); more than eight buttons are a list to read.
pub const CAPABILITY: Capability = Capability { max_text: 4096, max_caption: 1024, buttons: 8, window_hours: None };
/// Where the Bot API is; a local Bot API server has the same layout.
pub const BASE_URL: &str = "https://api.telegram.org";
/// What is delivered to us; nothing else is asked for.
const UPDATES: [&str; 3] = ["message", "callback_query", "my_chat_member"];
