//! What of WAHA is spoken, by its official description (2026.7.1). What comes in is read leniently: engines differ.

use crate::channel::Session;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `SessionCreateRequest`.
#[derive(Debug, Serialize)]
pub(super) struct CreateSession<'a> {
    pub(super) name: &'a str,
    pub(super) start: bool,
    pub(super) config: SessionConfig<'a>,
}

/// `SessionUpdateRequest`.
#[derive(Debug, Serialize)]
pub(super) struct UpdateSession<'a> {
    pub(super) config: SessionConfig<'a>,
}

/// `SessionConfig`.
#[derive(Debug, Serialize)]
pub(super) struct SessionConfig<'a> {
    pub(super) ignore: Ignore,
    pub(super) noweb: Noweb,
    pub(super) webhooks: Vec<Webhook<'a>>,
}

/// `IgnoreConfig`: what is no person's chat.
#[derive(Debug, Serialize)]
pub(super) struct Ignore {
    pub(super) status: bool,
    pub(super) groups: bool,
    pub(super) channels: bool,
    pub(super) broadcast: bool,
}

/// `NowebConfig`: without its store that engine can't name the phone of a hidden id; marked online, it would silence the
/// owner's phone.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Noweb {
    pub(super) store: NowebStore,
    pub(super) mark_online: bool,
}

/// `NowebStoreConfig`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NowebStore {
    pub(super) enabled: bool,
    pub(super) full_sync: bool,
}

/// `WebhookConfig`.
#[derive(Debug, Serialize)]
pub(super) struct Webhook<'a> {
    pub(super) url: &'a str,
    pub(super) events: &'a [&'a str],
    pub(super) hmac: Hmac<'a>,
    pub(super) retries: Retries,
}

/// `HmacConfiguration`.
#[derive(Debug, Serialize)]
pub(super) struct Hmac<'a> {
    pub(super) key: &'a str,
}

/// `RetriesConfiguration`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Retries {
    pub(super) policy: &'static str,
    pub(super) delay_seconds: u32,
    pub(super) attempts: u32,
}

/// `SessionDTO` and `SessionInfo`.
#[derive(Debug, Deserialize)]
pub(super) struct SessionInfo {
    pub(super) status: String,
    pub(super) me: Option<Me>,
    #[serde(default)]
    pub(super) timestamps: Timestamps,
    pub(super) config: Option<ConfigInfo>,
}

/// `SessionInfo.timestamps`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Timestamps {
    pub(super) activity: Option<f64>,
}

/// The part of `SessionConfig` that is looked at.
#[derive(Debug, Deserialize)]
pub(super) struct ConfigInfo {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) webhooks: Vec<WebhookInfo>,
}

/// The part of `WebhookConfig` that is looked at.
#[derive(Debug, Deserialize)]
pub(super) struct WebhookInfo {
    pub(super) url: String,
}

/// `MeInfo`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Me {
    pub(super) id: String,
    pub(super) push_name: Option<String>,
}

/// `QRCodeValue`.
#[derive(Debug, Deserialize)]
pub(super) struct Qr {
    pub(super) value: String,
}

/// `PasskeyConfirmationResponse`.
#[derive(Debug, Deserialize)]
pub(super) struct PasskeyConfirmation {
    pub(super) code: String,
}

/// `LidToPhoneNumber`.
#[derive(Debug, Deserialize)]
pub(super) struct Lid {
    pub(super) pn: Option<String>,
}

/// `WANumberExistResult`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Exists {
    pub(super) number_exists: bool,
    pub(super) chat_id: Option<String>,
}

/// `MessageTextRequest`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendText<'a> {
    pub(super) session: &'a str,
    pub(super) chat_id: &'a str,
    pub(super) text: &'a str,
    pub(super) link_preview: bool,
}

/// `MessageImageRequest`, and `MessageVideoRequest` with `convert`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendFile<'a> {
    pub(super) session: &'a str,
    pub(super) chat_id: &'a str,
    pub(super) file: RemoteFile<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) convert: Option<bool>,
}

/// `RemoteFile` and `VideoRemoteFile`. The latter's description calls `mimetype` and `filename` objects, with texts as their
/// defaults: texts they are.
#[derive(Debug, Serialize)]
pub(super) struct RemoteFile<'a> {
    pub(super) mimetype: &'static str,
    pub(super) filename: &'a str,
    pub(super) url: &'a str,
}

/// The id of a sent message: `WAMessage.id`, or what engines give instead.
pub(super) fn sent_id(answer: &Value) -> Option<&str> {
    let id = &answer["id"];
    id.as_str()
        .or_else(|| id["_serialized"].as_str())
        .or_else(|| id["id"].as_str())
        .or_else(|| answer["key"]["id"].as_str())
        .filter(|id| !id.is_empty())
}

/// A refusal, as far as it is looked at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refused {
    #[serde(default)]
    pub(super) message: Value,
    #[serde(default)]
    pub(super) error: Value,
    pub(super) expected: Option<Value>,
}

/// One delivery.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    pub(super) event: String,
    pub(super) me: Option<Me>,
    pub(super) payload: Value,
}

/// `WASessionStatusBody`.
#[derive(Debug, Deserialize)]
pub(super) struct SessionStatus {
    pub(super) status: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) statuses: Vec<StatusPoint>,
}

/// `SessionStatusPoint`.
#[derive(Debug, Deserialize)]
pub(super) struct StatusPoint {
    pub(super) status: String,
    pub(super) timestamp: f64,
}

/// `WAMessageAckBody`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ack {
    pub(super) id: String,
    #[serde(default)]
    pub(super) from_me: bool,
    pub(super) ack: i64,
}

/// `WAMessage`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) id: String,
    #[serde(default)]
    pub(super) timestamp: f64,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    #[serde(default)]
    pub(super) from_me: bool,
    pub(super) source: Option<String>,
    pub(super) body: Option<String>,
    #[serde(default)]
    pub(super) has_media: bool,
    pub(super) media: Option<Media>,
    pub(super) location: Option<Location>,
    #[serde(default, deserialize_with = "or_default", rename = "vCards")]
    pub(super) v_cards: Vec<String>,
    #[serde(default, rename = "_data")]
    pub(super) raw: Value,
}

/// `WAMedia`.
#[derive(Debug, Deserialize)]
pub(super) struct Media {
    pub(super) url: Option<String>,
    pub(super) mimetype: Option<String>,
    pub(super) filename: Option<String>,
}

/// `WALocation`; the description says texts, engines give numbers too.
#[derive(Debug, Deserialize)]
pub(super) struct Location {
    pub(super) latitude: Value,
    pub(super) longitude: Value,
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

/// WAHA's word for a state; none for one that is newer than this program.
pub(super) fn session(word: &str) -> Option<Session> {
    Some(match word {
        "STOPPED" => Session::Stopped,
        "STARTING" => Session::Starting,
        "SCAN_QR_CODE" => Session::ScanQr,
        "PASSKEY_REQUIRED" => Session::PasskeyRequired,
        "PASSKEY_CONFIRMATION_REQUIRED" => Session::PasskeyConfirmation,
        "WORKING" => Session::Working,
        "FAILED" => Session::Failed,
        _ => return None,
    })
}

/// `null` where a list is described is an empty one.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}
