//! What of the Bot API is spoken, by the official description (Bot API 10.1, 2026-06-11).
//!
//! Inbound shapes read only what is used and take everything else as it comes: a typed copy of the whole API refuses an
//! update as soon as Telegram adds a kind of content, and a refused update is a lost customer.

use serde::{Deserialize, Serialize};

/// <https://core.telegram.org/bots/api#making-requests>
#[derive(Debug, Deserialize)]
pub(super) struct Answer<T> {
    pub(super) ok: bool,
    pub(super) result: Option<T>,
    #[serde(default)]
    pub(super) description: String,
    pub(super) error_code: Option<i64>,
    pub(super) parameters: Option<Parameters>,
}

/// <https://core.telegram.org/bots/api#responseparameters>
#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    pub(super) retry_after: Option<u64>,
}

/// <https://core.telegram.org/bots/api#update>
#[derive(Debug, Deserialize)]
pub(super) struct Update {
    pub(super) message: Option<Message>,
    pub(super) callback_query: Option<CallbackQuery>,
    pub(super) my_chat_member: Option<ChatMemberUpdated>,
}

/// <https://core.telegram.org/bots/api#message>
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) message_id: i64,
    pub(super) from: Option<User>,
    pub(super) chat: Chat,
    #[serde(default)]
    pub(super) date: i64,
    pub(super) text: Option<String>,
    pub(super) caption: Option<String>,
    #[serde(default)]
    pub(super) photo: Vec<File>,
    pub(super) voice: Option<File>,
    pub(super) audio: Option<File>,
    pub(super) video: Option<File>,
    pub(super) video_note: Option<File>,
    pub(super) document: Option<File>,
    pub(super) sticker: Option<Sticker>,
    pub(super) contact: Option<Contact>,
    pub(super) location: Option<Location>,
    pub(super) venue: Option<Venue>,
}

/// <https://core.telegram.org/bots/api#user>
#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) is_bot: bool,
    #[serde(default)]
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) username: Option<String>,
}

/// <https://core.telegram.org/bots/api#chat>
#[derive(Debug, Deserialize)]
pub(super) struct Chat {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// Any of the API's files.
#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) file_id: String,
    pub(super) file_name: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) file_size: Option<u64>,
}

/// <https://core.telegram.org/bots/api#sticker>
#[derive(Debug, Deserialize)]
pub(super) struct Sticker {
    pub(super) emoji: Option<String>,
}

/// <https://core.telegram.org/bots/api#contact>
#[derive(Debug, Deserialize)]
pub(super) struct Contact {
    pub(super) phone_number: String,
    #[serde(default)]
    pub(super) first_name: String,
    pub(super) last_name: Option<String>,
    pub(super) user_id: Option<i64>,
}

/// <https://core.telegram.org/bots/api#location>
#[derive(Debug, Deserialize)]
pub(super) struct Location {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

/// <https://core.telegram.org/bots/api#venue>
#[derive(Debug, Deserialize)]
pub(super) struct Venue {
    pub(super) title: String,
    pub(super) address: String,
}

/// <https://core.telegram.org/bots/api#callbackquery>
#[derive(Debug, Deserialize)]
pub(super) struct CallbackQuery {
    pub(super) id: String,
    pub(super) from: User,
    pub(super) message: Option<Pressed>,
    pub(super) data: Option<String>,
}

/// <https://core.telegram.org/bots/api#maybeinaccessiblemessage>: of one that is too old only the frame is told.
#[derive(Debug, Deserialize)]
pub(super) struct Pressed {
    pub(super) reply_markup: Option<PressedKeyboard>,
}

/// <https://core.telegram.org/bots/api#inlinekeyboardmarkup>, as it comes back.
#[derive(Debug, Deserialize)]
pub(super) struct PressedKeyboard {
    #[serde(default)]
    pub(super) inline_keyboard: Vec<Vec<PressedButton>>,
}

/// <https://core.telegram.org/bots/api#inlinekeyboardbutton>, as it comes back.
#[derive(Debug, Deserialize)]
pub(super) struct PressedButton {
    #[serde(default)]
    pub(super) text: String,
    pub(super) callback_data: Option<String>,
}

/// <https://core.telegram.org/bots/api#chatmemberupdated>
#[derive(Debug, Deserialize)]
pub(super) struct ChatMemberUpdated {
    pub(super) chat: Chat,
    pub(super) from: User,
    pub(super) new_chat_member: ChatMember,
}

/// <https://core.telegram.org/bots/api#chatmember>
#[derive(Debug, Deserialize)]
pub(super) struct ChatMember {
    pub(super) status: String,
}

/// <https://core.telegram.org/bots/api#getfile>
#[derive(Debug, Deserialize)]
pub(super) struct FilePath {
    pub(super) file_path: Option<String>,
    pub(super) file_size: Option<u64>,
}

/// <https://core.telegram.org/bots/api#sendmessage>
#[derive(Debug, Serialize)]
pub(super) struct SendMessage<'a> {
    pub(super) chat_id: i64,
    pub(super) text: &'a str,
    pub(super) link_preview_options: LinkPreviewOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_markup: Option<Keyboard<'a>>,
}

/// <https://core.telegram.org/bots/api#linkpreviewoptions>
#[derive(Debug, Serialize)]
pub(super) struct LinkPreviewOptions {
    pub(super) is_disabled: bool,
}

/// <https://core.telegram.org/bots/api#inlinekeyboardmarkup>
#[derive(Debug, Serialize)]
pub(super) struct Keyboard<'a> {
    pub(super) inline_keyboard: Vec<Vec<Button<'a>>>,
}

/// <https://core.telegram.org/bots/api#inlinekeyboardbutton>
#[derive(Debug, Serialize)]
pub(super) struct Button<'a> {
    pub(super) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<&'a str>,
}

/// <https://core.telegram.org/bots/api#sendphoto> and `sendVideo`, whose file has its own name.
#[derive(Debug, Serialize)]
pub(super) struct SendMedia<'a> {
    pub(super) chat_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) photo: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) video: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_markup: Option<Keyboard<'a>>,
}

/// <https://core.telegram.org/bots/api#setwebhook>
#[derive(Debug, Serialize)]
pub(super) struct SetWebhook<'a> {
    pub(super) url: &'a str,
    pub(super) secret_token: &'a str,
    pub(super) allowed_updates: &'a [&'a str],
    pub(super) max_connections: u32,
}

/// <https://core.telegram.org/bots/api#webhookinfo>; the address is empty where none is set.
#[derive(Debug, Deserialize)]
pub(super) struct WebhookInfo {
    pub(super) url: String,
}

/// <https://core.telegram.org/bots/api#getupdates>
#[derive(Debug, Serialize)]
pub(super) struct GetUpdates<'a> {
    pub(super) offset: i64,
    pub(super) limit: u32,
    pub(super) timeout: u64,
    pub(super) allowed_updates: &'a [&'a str],
}
