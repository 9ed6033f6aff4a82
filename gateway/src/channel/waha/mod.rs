//! WhatsApp by WAHA, a server of the company's own that links a phone by a QR code (R44, R45). Written from the description of
//! WAHA 2026.7.1.
//!
//! Relied on without proof (K): that `timestamps.activity` of a session moves with its traffic; that an engine's raw data
//! (`_data`) names a writer's profile and phone, which is only ever more than the described fields say; that a caption may have
//! 1,024 characters; that the last part of a message's id is the same whether the chat is named by phone or by a hidden id;
//! the bodies of refusals, of which only the status and the words "session" and "expected" are looked at.

mod client;
mod webhook;
mod wire;

pub use client::{Look, Place, Waha};
pub use webhook::{ALGORITHM_HEADER, SIGNATURE_HEADER, receive};

use super::Capability;
use std::time::Duration;

/// The provider's name.
pub const NAME: &str = "waha";
/// Kind of an address that is a phone: `<digits>@c.us`.
pub const ADDRESS: &str = "whatsapp";
/// Kind of an address behind which WhatsApp hides the phone: `<digits>@lid`.
pub const HIDDEN_ADDRESS: &str = "whatsapp_lid";
/// What WhatsApp carries through WAHA. Its buttons come and go with WhatsApp's versions, so none are sent.
pub const CAPABILITY: Capability = Capability { max_text: 4096, max_caption: 1024, buttons: 0, window_hours: None };
/// How long the first QR code of a session stands, and each one after it
/// (<https://waha.devlike.pro/docs/how-to/sessions/>).
pub const QR_LIFE: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(20)];
/// So many QR codes are shown until the session fails.
pub const QR_CODES: u32 = 6;
/// What is delivered to us. `message.any` holds what customers write and what the owner writes on the phone.
const EVENTS: [&str; 3] = ["message.any", "message.ack", "session.status"];

/// Whether a chat is a person's: not a group, a channel or a status.
fn is_person(chat: &str) -> bool {
    chat.ends_with("@c.us") || chat.ends_with("@lid")
}

/// A chat's id without the device and in WAHA's own spelling.
fn chat_id(id: &str) -> String {
    let (user, server) = id.split_once('@').unwrap_or((id, "c.us"));
    let user = user.split(':').next().unwrap_or(user);
    let server = if server == "s.whatsapp.net" { "c.us" } else { server };
    format!("{user}@{server}")
}

/// The phone of a chat that is named by one.
fn phone_of(chat: &str) -> Option<String> {
    let digits = chat.strip_suffix("@c.us")?;
    let phone = domain::phone::Phone::parse(&format!("+{digits}")).ok()?;
    Some(phone.as_str().to_owned())
}

/// A message's id without the chat: `true_1@c.us_AAA` and `true_2@lid_AAA` are one message.
fn message_id(id: &str, from_me: bool) -> String {
    let key = id.splitn(3, '_').nth(2).unwrap_or(id);
    format!("{from_me}:{}", key.split('_').next().unwrap_or(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_apart_and_together() {
        assert_eq!(chat_id("34600111222:7@s.whatsapp.net"), "34600111222@c.us");
        assert_eq!(chat_id("111@lid"), "111@lid");
        assert!(is_person("1@c.us") && is_person("1@lid"));
        for other in ["1-2@g.us", "status@broadcast", "1@newsletter", "1@broadcast"] {
            assert!(!is_person(other), "{other}");
        }
        assert_eq!(phone_of("34600111222@c.us").as_deref(), Some("+34600111222"));
        assert_eq!(phone_of("111111@lid"), None);
        assert_eq!(message_id("true_1@c.us_AAA", true), message_id("true_2@lid_AAA", true));
        assert_ne!(message_id("true_1@c.us_AAA", true), message_id("false_1@c.us_AAA", false));
        assert_eq!(message_id("AAA", true), "true:AAA");
    }
}
