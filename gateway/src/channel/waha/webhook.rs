//! Deliveries of WAHA: checked by HMAC over the raw bytes, parsed into what `service` knows.

use super::client::by_message;
use super::{ADDRESS, HIDDEN_ADDRESS, chat_id, is_person, message_id, phone_of, wire};
use crate::channel::{Delivery, Echo, Inbound, Media, MediaKind, Parsed, Peer, Refusal, Session, Update};
use foundation::secret::{equal_secret, hmac_sha512, unhex};
use jiff::Timestamp;
use serde_json::Value;

/// Carries the HMAC of the body (<https://waha.devlike.pro/docs/how-to/events/>).
pub const SIGNATURE_HEADER: &str = "x-webhook-hmac";
/// Names the HMAC's algorithm; another one than SHA-512 is refused.
pub const ALGORITHM_HEADER: &str = "x-webhook-hmac-algorithm";

/// Checks and parses one delivery. `header` gives a header by its name in small letters. There is no time in the signature: a
/// replay is told by [`Parsed::event_id`] and by the messages' own ids.
///
/// # Errors
/// [`Refusal`].
pub fn receive<'a>(key: &str, header: impl Fn(&str) -> Option<&'a str>, body: &[u8]) -> Result<Parsed, Refusal> {
    let given = header(SIGNATURE_HEADER).and_then(|given| unhex(given.trim())).ok_or(Refusal::Signature)?;
    if header(ALGORITHM_HEADER).is_some_and(|algorithm| !algorithm.eq_ignore_ascii_case("sha512")) {
        return Err(Refusal::Signature);
    }
    if !equal_secret(&hmac_sha512(key.as_bytes(), body), &given) {
        return Err(Refusal::Signature);
    }
    let event: wire::Event = serde_json::from_slice(body).map_err(|_| Refusal::Body)?;
    let updates = match event.event.as_str() {
        "message" | "message.any" => {
            let me = event.me.map(|me| chat_id(&me.id));
            let message = serde_json::from_value(event.payload).map_err(|_| Refusal::Body)?;
            message_of(message, me.as_deref()).into_iter().collect()
        }
        "message.ack" => {
            let ack = serde_json::from_value(event.payload).map_err(|_| Refusal::Body)?;
            ack_of(&ack).into_iter().collect()
        }
        "session.status" => {
            let status = serde_json::from_value(event.payload).map_err(|_| Refusal::Body)?;
            session_of(&status).into_iter().collect()
        }
        _ => Vec::new(),
    };
    let event_id = event.id.filter(|id| !id.is_empty() && id.len() <= 100);
    Ok(Parsed { event_id, updates, answer: None })
}

/// A time in seconds or milliseconds.
pub(super) fn moment(value: f64) -> Option<Timestamp> {
    // Seconds of the year 5138 and milliseconds of the year 1973 meet at this number.
    let millis = if value < 1e11 { value * 1000.0 } else { value };
    #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds are what is wanted")]
    (millis > 0.0 && millis < 1e15).then(|| Timestamp::from_millisecond(millis as i64).ok()).flatten()
}

fn session_of(report: &wire::SessionStatus) -> Option<Update> {
    let session = wire::session(&report.status)?;
    let mut points = report.statuses.iter().rev();
    let last = points.next();
    let again = session == Session::ScanQr && points.next().is_some_and(|point| point.status == report.status);
    Some(Update::Session { session, since: last.and_then(|point| moment(point.timestamp)), again })
}

fn ack_of(ack: &wire::Ack) -> Option<Update> {
    // What we have read of others is no news.
    if !ack.from_me && !ack.id.starts_with("true_") {
        return None;
    }
    let external_id = message_id(&ack.id, true);
    let delivery = match ack.ack {
        ..0 => return Some(Update::Undelivered { external_id, reason: "WhatsApp could not deliver it".to_owned() }),
        0 => return None,
        1 => Delivery::Sent,
        2 => Delivery::Delivered,
        3.. => Delivery::Read,
    };
    Some(Update::Status { external_id, delivery })
}

fn message_of(message: wire::Message, me: Option<&str>) -> Option<Update> {
    let named = if message.from_me { message.to.as_deref() } else { message.from.as_deref() };
    // The chat is in the id too.
    let chat = chat_id(named.or_else(|| message.id.split('_').nth(1))?);
    // Notes to oneself are nobody's.
    if !is_person(&chat) || me == Some(chat.as_str()) {
        return None;
    }
    let peer = peer(&chat, &message);
    let external_id = message_id(&message.id, message.from_me);
    let mut media = media_of(&message);
    media.extend(message.v_cards.iter().filter_map(|card| Some(Media::card(phone_on(card)?, card_value(card, "FN")))));
    let text = text_of(&message);
    if text.trim().is_empty() && media.is_empty() {
        // Notices of the platform itself: encryption, a changed number.
        return None;
    }
    if message.from_me {
        let by_program = message.source.as_deref() == Some("api");
        return Some(Update::Echo(Echo { external_id, to: peer, text, media, by_program }));
    }
    let at = moment(message.timestamp);
    Some(Update::Message(Inbound { external_id, from: peer, text, pressed: None, media, at }))
}

fn peer(chat: &str, message: &wire::Message) -> Peer {
    let raw = &message.raw;
    // Where each engine keeps what the described fields leave out (K).
    let name = (!message.from_me)
        .then(|| [&raw["notifyName"], &raw["pushName"], &raw["Info"]["PushName"]].into_iter().find_map(Value::as_str))
        .flatten();
    let hidden = chat.ends_with("@lid");
    let phone = if hidden && !message.from_me {
        [&raw["key"]["senderPn"], &raw["key"]["remoteJidAlt"], &raw["Info"]["SenderAlt"]]
            .into_iter()
            .filter_map(Value::as_str)
            .find_map(|id| phone_of(&chat_id(id)))
    } else {
        phone_of(chat)
    };
    Peer {
        kind: if hidden { HIDDEN_ADDRESS } else { ADDRESS },
        value: chat.to_owned(),
        name: name.map(str::trim).filter(|name| !name.is_empty()).map(|name| name.chars().take(200).collect()),
        phone,
    }
}

fn media_of(message: &wire::Message) -> Vec<Media> {
    if !message.has_media && message.media.is_none() {
        return Vec::new();
    }
    let media = message.media.as_ref();
    let mimetype = media.and_then(|media| media.mimetype.as_deref()).unwrap_or_default();
    let kind = match mimetype.split('/').next().unwrap_or_default() {
        "image" => MediaKind::Image,
        "video" => MediaKind::Video,
        "audio" => MediaKind::Voice,
        _ => MediaKind::File,
    };
    let reference = media.and_then(|media| media.url.clone()).filter(|url| !url.is_empty());
    let name = media.and_then(|media| media.filename.clone()).filter(|name| !name.is_empty());
    // Announced and not loaded: it is asked for by its message.
    let media_type = Some(mimetype.to_owned()).filter(|media_type| !media_type.is_empty());
    let reference = reference.unwrap_or_else(|| by_message(&message.id));
    vec![Media { kind, reference, name, media_type, size: None }]
}

fn text_of(message: &wire::Message) -> String {
    if let Some(place) = &message.location {
        let named: Vec<&str> = [&place.name, &place.address]
            .into_iter()
            .flatten()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect();
        if !named.is_empty() {
            return named.join(", ");
        }
        if let (Some(latitude), Some(longitude)) = (degrees(&place.latitude), degrees(&place.longitude)) {
            return format!("{latitude:.5}, {longitude:.5}");
        }
    }
    let cards: Vec<String> = message.v_cards.iter().filter_map(|card| card_of(card)).collect();
    if !cards.is_empty() {
        return cards.join("\n");
    }
    message.body.clone().unwrap_or_default()
}

fn degrees(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|degrees| degrees.abs() <= 180.0)
}

/// Name and phone of a vCard; of its many lines only these two say something to a shop.
fn card_of(card: &str) -> Option<String> {
    let found: Vec<String> = [card_value(card, "FN"), phone_on(card)].into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join(" "))
}

fn phone_on(card: &str) -> Option<String> {
    card_value(card, "TEL")
}

fn card_value(card: &str, key: &str) -> Option<String> {
    card.lines().find_map(|line| {
        let (name, value) = line.trim().split_once(':')?;
        let name = name.split(';').next().unwrap_or(name);
        // Grouped: `item1.TEL`.
        let name = name.rsplit('.').next().unwrap_or(name);
        (name.eq_ignore_ascii_case(key) && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use foundation::secret::hex;
    use serde_json::json;

    const KEY: &str = "my-secret-key";

    fn signed(body: &Value) -> Result<Parsed, Refusal> {
        let body = body.to_string();
        let mac = hex(&hmac_sha512(KEY.as_bytes(), body.as_bytes()));
        receive(KEY, |name| (name == SIGNATURE_HEADER).then_some(mac.as_str()), body.as_bytes())
    }

    fn one(event: &str, payload: Value) -> Option<Update> {
        let body = json!({ "id": "evt_1", "event": event, "session": "default", "me": { "id": "99@c.us", "pushName": "Shop" }, "payload": payload });
        signed(&body).unwrap().updates.into_iter().next()
    }

    /// The vector of WAHA's documentation.
    #[test]
    fn the_signature_is_hmac_sha512_of_the_raw_bytes() {
        let body = br#"{"event":"message","session":"default","engine":"WEBJS"}"#;
        let mac = "208f8a55dde9e05519e898b10b89bf0d0b3b0fdf11fdbf09b6b90476301b98d8097c462b2b17a6ce93b6b47a136cf2e78a33a63f6752c2c1631777076153fa89";
        let with = |mac: Option<&'static str>, algorithm: Option<&'static str>, body: &[u8]| {
            receive(KEY, |name| if name == SIGNATURE_HEADER { mac } else { algorithm }, body)
        };
        // Signed, and not what an event is.
        assert_eq!(with(Some(mac), Some("sha512"), body), Err(Refusal::Body));
        assert_eq!(with(Some(mac), Some("sha256"), body), Err(Refusal::Signature));
        assert_eq!(with(None, None, body), Err(Refusal::Signature));
        assert_eq!(with(Some(""), None, body), Err(Refusal::Signature));
        assert_eq!(with(Some(&mac[..64]), None, body), Err(Refusal::Signature));
        assert_eq!(with(Some(mac), None, &body[1..]), Err(Refusal::Signature));
    }

    #[test]
    fn only_persons_are_read() {
        for chat in ["1-2@g.us", "status@broadcast", "7@newsletter", "99@c.us"] {
            let payload = json!({ "id": format!("false_{chat}_A"), "from": chat, "body": "x" });
            assert_eq!(one("message.any", payload), None, "{chat}");
        }
        assert_eq!(one("presence.update", json!({})), None);
    }

    #[test]
    fn a_hidden_writer_keeps_the_hidden_address() {
        let payload = json!({ "id": "false_5@lid_A", "from": "5@lid", "body": "x", "fromMe": false });
        let Some(Update::Message(inbound)) = one("message", payload) else { panic!("a message") };
        assert_eq!(
            (inbound.from.kind, inbound.from.value.as_str(), inbound.from.phone),
            (HIDDEN_ADDRESS, "5@lid", None)
        );
        let payload = json!({ "id": "false_5@lid_A", "from": "5@lid", "body": "x", "_data": { "key": { "senderPn": "34600111222@s.whatsapp.net" } } });
        let Some(Update::Message(inbound)) = one("message", payload) else { panic!("a message") };
        assert_eq!(inbound.from.phone.as_deref(), Some("+34600111222"));
    }

    #[test]
    fn places_and_cards_become_words() {
        let of = |content: Value| {
            let mut payload = json!({ "id": "false_1@c.us_A", "from": "1@c.us" });
            payload.as_object_mut().unwrap().extend(content.as_object().unwrap().clone());
            match one("message.any", payload) {
                Some(Update::Message(inbound)) => inbound.text,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            of(json!({ "location": { "latitude": "41.4", "longitude": 2.17, "live": false } })),
            "41.40000, 2.17000"
        );
        assert_eq!(
            of(
                json!({ "body": "x", "location": { "latitude": "1", "longitude": "2", "name": "Parc", "address": "C/ Mar 1" } })
            ),
            "Parc, C/ Mar 1"
        );
        let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Eva Sol\nitem1.TEL;waid=34600:+34 600 111 222\nEND:VCARD";
        assert_eq!(of(json!({ "vCards": [card] })), "Eva Sol +34 600 111 222");
    }

    #[test]
    fn media_that_did_not_come_is_asked_for_by_its_message() {
        let payload = json!({ "id": "false_1@c.us_A", "from": "1@c.us", "hasMedia": true, "media": null });
        let Some(Update::Message(inbound)) = one("message.any", payload) else { panic!("a message") };
        assert_eq!(
            inbound.media,
            [Media {
                kind: MediaKind::File,
                reference: "message:false_1@c.us_A".to_owned(),
                name: None,
                media_type: None,
                size: None
            }]
        );
    }

    #[test]
    fn acks_and_states_are_read() {
        let ack = |ack: i64| one("message.ack", json!({ "id": "true_1@c.us_A", "fromMe": true, "ack": ack }));
        assert!(matches!(ack(-1), Some(Update::Undelivered { .. })));
        assert_eq!(ack(0), None);
        assert_eq!(ack(4), Some(Update::Status { external_id: "true:A".to_owned(), delivery: Delivery::Read }));
        let point = |status: &str, timestamp: i64| json!({ "status": status, "timestamp": timestamp });
        let report = one(
            "session.status",
            json!({ "name": "default", "status": "SCAN_QR_CODE", "statuses": [point("SCAN_QR_CODE", 1_741_249_700_000), point("SCAN_QR_CODE", 1_741_249_760_000)] }),
        );
        let since = Timestamp::from_millisecond(1_741_249_760_000).ok();
        assert_eq!(report, Some(Update::Session { session: Session::ScanQr, since, again: true }));
    }
}
