//! Deliveries of the Bot API: checked by the secret header, parsed into what `service` knows.

use super::wire;
use crate::channel::{Inbound, Media, MediaKind, Parsed, Peer, Refusal, Update};
use domain::phone::Phone;
use foundation::secret::equal_secret;
use jiff::Timestamp;
use serde_json::json;

/// The header that carries our secret; there is no signature over the body
/// (<https://core.telegram.org/bots/api#setwebhook>).
pub const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";

/// Checks and parses one delivery.
///
/// # Errors
/// [`Refusal`].
pub fn receive(secret: &str, header: Option<&str>, body: &[u8]) -> Result<Parsed, Refusal> {
    let given = header.ok_or(Refusal::Signature)?;
    if !equal_secret(secret.as_bytes(), given.as_bytes()) {
        return Err(Refusal::Signature);
    }
    let update: wire::Update = serde_json::from_slice(body).map_err(|_| Refusal::Body)?;
    let mut parsed = Parsed::default();
    if let Some(query) = &update.callback_query {
        // Answering in the body of our 200 spares a call; unanswered, the button spins.
        parsed.answer = Some(json!({ "method": "answerCallbackQuery", "callback_query_id": query.id }));
    }
    parsed.updates.extend(read(update));
    Ok(parsed)
}

/// What an update reports, if anything that concerns us: private chats only.
pub(super) fn read(update: wire::Update) -> Option<Update> {
    let private = |chat: &wire::Chat| chat.kind == "private";
    if let Some(message) = update.message {
        return private(&message.chat).then(|| message_of(message)).flatten();
    }
    if let Some(query) = update.callback_query {
        let data = query.data.filter(|data| !data.trim().is_empty())?;
        let external_id = format!("callback:{}", query.id);
        // What stood on it, where the message is not too old to be told.
        let rows = query.message.and_then(|message| message.reply_markup).map(|markup| markup.inline_keyboard);
        let label = rows.into_iter().flatten().flatten().find(|button| button.callback_data.as_ref() == Some(&data));
        return Some(Update::Message(Inbound {
            external_id,
            from: peer(&query.from, query.from.id),
            text: label.map_or_else(|| data.clone(), |button| button.text),
            pressed: Some(data),
            media: Vec::new(),
            at: None,
        }));
    }
    let change = update.my_chat_member.filter(|change| private(&change.chat))?;
    let blocked = matches!(change.new_chat_member.status.as_str(), "kicked" | "left");
    Some(Update::Blocked { peer: peer(&change.from, change.chat.id), blocked })
}

fn message_of(message: wire::Message) -> Option<Update> {
    let user = message.from.as_ref().filter(|user| !user.is_bot)?;
    let mut from = peer(user, message.chat.id);
    let mut media = Vec::new();
    let mut add = |kind, file: Option<wire::File>| {
        media.extend(file.map(|file| Media {
            kind,
            reference: file.file_id,
            name: file.file_name,
            media_type: file.mime_type,
            size: file.file_size,
        }));
    };
    // Sizes of one picture, the largest last.
    add(MediaKind::Image, message.photo.into_iter().next_back());
    add(MediaKind::Video, message.video.or(message.video_note));
    add(MediaKind::Voice, message.voice.or(message.audio));
    add(MediaKind::File, message.document);
    let mut text = message.text.or(message.caption).unwrap_or_default();
    if let Some(contact) = &message.contact {
        let phone = Phone::parse(&international(&contact.phone_number)).ok();
        // A shared card of somebody else attests nothing.
        if contact.user_id == Some(user.id) {
            from.phone = phone.as_ref().map(|phone| phone.as_str().to_owned());
        }
        text = phone.map_or_else(|| contact.phone_number.clone(), |phone| phone.as_str().to_owned());
        media.push(Media::card(text.clone(), full_name(&contact.first_name, contact.last_name.as_deref())));
    } else if let Some(venue) = &message.venue {
        text = format!("{}, {}", venue.title, venue.address);
    } else if let Some(place) = &message.location {
        text = format!("{:.5}, {:.5}", place.latitude, place.longitude);
    } else if let Some(emoji) = message.sticker.and_then(|sticker| sticker.emoji) {
        text = emoji;
    }
    if text.trim().is_empty() && media.is_empty() {
        // Service messages: a picture of the chat changed, a message was pinned.
        return None;
    }
    let at = Timestamp::from_second(message.date).ok();
    Some(Update::Message(Inbound {
        external_id: format!("{}:{}", message.chat.id, message.message_id),
        from,
        text,
        pressed: None,
        media,
        at,
    }))
}

/// Telegram gives phones with or without the plus.
fn international(phone: &str) -> String {
    if phone.starts_with('+') { phone.to_owned() } else { format!("+{phone}") }
}

fn full_name(first: &str, last: Option<&str>) -> Option<String> {
    let full = match last {
        Some(last) => format!("{first} {last}"),
        None => first.to_owned(),
    };
    Some(full.trim().to_owned()).filter(|name| !name.is_empty())
}

fn peer(user: &wire::User, chat_id: i64) -> Peer {
    let name = full_name(&user.first_name, user.last_name.as_deref()).or_else(|| user.username.clone());
    Peer { kind: super::ADDRESS, value: chat_id.to_string(), name, phone: None }
}
