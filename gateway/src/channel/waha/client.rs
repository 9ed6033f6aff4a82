//! Calls of WAHA. Its address is typed in by people, so every call goes by the guarded client.

use super::{CAPABILITY, EVENTS, NAME, chat_id, message_id, phone_of, wire};
use crate::channel::parts::{self, Courier, Piece};
use crate::channel::{Channel, Identity, Intake, MediaKind, Outbound, Sent, Session, Standing, of_fetch};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use bytes::Bytes;
use foundation::http::{Answer, Http};
use jiff::Timestamp;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::time::Duration;

/// The largest answer that is read, bytes.
const MOST_ANSWER: usize = 1024 * 1024;
/// Begins a reference that is a message's id, where WAHA gave no address of the file.
const BY_MESSAGE: &str = "message:";
/// How long WAHA is asked for the phone of a hidden id, while a delivery waits.
const LID_PATIENCE: Duration = Duration::from_secs(2);

/// Where a session is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// WAHA's address, without a slash at its end.
    pub url: String,
    /// Name of the session.
    pub session: String,
}

/// What WAHA says of a session.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// How it stands.
    pub standing: Standing,
    /// When there was traffic last.
    pub active_at: Option<Timestamp>,
    /// Where it reports to; none when the server does not say.
    pub reports_to: Option<Vec<String>>,
}

/// One session of a WAHA server.
#[derive(Clone, Debug)]
pub struct Waha {
    http: Http,
    place: Place,
    api_key: SecretString,
}

impl Waha {
    /// The session of this name. `http` must be the guarded client.
    #[must_use]
    pub const fn new(http: Http, place: Place, api_key: SecretString) -> Self {
        Self { http, place, api_key }
    }

    /// How the session stands.
    ///
    /// # Errors
    /// [`Error`]; `Gone` when the server does not know it.
    pub async fn look(&self) -> Result<Look, Error> {
        let info: wire::SessionInfo = self.call(Method::GET, self.session_path(&[]), None::<&()>, true).await?;
        look(info)
    }

    /// The QR code as the phone reads it; none while the session shows none.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn qr(&self) -> Result<Option<String>, Error> {
        let mut url = self.path(&["api", &self.place.session, "auth", "qr"]);
        url.query_pairs_mut().append_pair("format", "raw");
        match self.call::<wire::Qr>(Method::GET, url, None::<&()>, true).await {
            Ok(qr) => Ok(Some(qr.value)),
            Err(error) if error.code.as_deref() == Some("422") || error.kind == Kind::Gone => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The digits that the phone shows too, while it asks to compare them; none otherwise.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn passkey_code(&self) -> Result<Option<String>, Error> {
        let url = self.path(&["api", &self.place.session, "auth", "passkey", "confirmation"]);
        match self.call::<wire::PasskeyConfirmation>(Method::GET, url, None::<&()>, true).await {
            Ok(confirmation) => Ok(Some(confirmation.code)),
            Err(error) if error.code.as_deref() == Some("422") || error.kind == Kind::Gone => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The digits are the same on the phone: the link is finished.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn confirm_passkey(&self) -> Result<(), Error> {
        let url = self.path(&["api", &self.place.session, "auth", "passkey", "confirm"]);
        let request = self.request(Method::POST, &url)?;
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(|error| Error::of_http(NAME, &error, true))?;
        if answer.status.is_success() { Ok(()) } else { Err(refusal(&answer)) }
    }

    /// Starts the session anew: what WAHA advises for one that failed.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn restart(&self) -> Result<Session, Error> {
        let info: wire::SessionInfo =
            self.call(Method::POST, self.session_path(&["restart"]), None::<&()>, true).await?;
        state(&info)
    }

    /// Logs the phone out; the session goes on and shows codes.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn unlink(&self) -> Result<(), Error> {
        match self.call::<Value>(Method::POST, self.session_path(&["logout"]), None::<&()>, true).await {
            Ok(_) => Ok(()),
            // It is about to be made anew.
            Err(error) if error.kind == Kind::Gone => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The phone behind a hidden id, where WAHA knows it.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn phone_behind(&self, lid: &str) -> Result<Option<String>, Error> {
        let url = self.path(&["api", &self.place.session, "lids", lid]);
        let request = self.request(Method::GET, &url)?.timeout(LID_PATIENCE);
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(|error| Error::of_http(NAME, &error, true))?;
        match read::<wire::Lid>(&answer, true) {
            Ok(found) => Ok(found.pn.and_then(|pn| phone_of(&chat_id(&pn)))),
            Err(error) if error.kind == Kind::Gone => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The chat of a phone; none when WhatsApp does not know the number.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn chat_of(&self, phone: &str) -> Result<Option<String>, Error> {
        let mut url = self.path(&["api", "contacts", "check-exists"]);
        url.query_pairs_mut()
            .append_pair("phone", phone.trim_start_matches('+'))
            .append_pair("session", &self.place.session);
        let found: wire::Exists = self.call(Method::GET, url, None::<&()>, true).await?;
        Ok(found.chat_id.filter(|_| found.number_exists).map(|id| chat_id(&id)))
    }

    fn session_path(&self, rest: &[&str]) -> Url {
        let mut parts = vec!["api", "sessions", self.place.session.as_str()];
        parts.extend(rest);
        self.path(&parts)
    }

    /// An address at the server, each part escaped.
    fn path(&self, parts: &[&str]) -> Url {
        // An address that can't be one is refused by the client's check, not here.
        let mut url = Url::parse(&self.place.url).unwrap_or_else(|_| refused_url());
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(parts);
        }
        url
    }

    fn request(&self, method: Method, url: &Url) -> Result<reqwest::RequestBuilder, Error> {
        let request = self.http.request(method, url.as_str()).map_err(|error| Error::of_http(NAME, &error, true))?;
        Ok(request.header("X-Api-Key", self.api_key.expose_secret()))
    }

    /// `repeatable`: doing it twice is doing it once.
    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<&impl Serialize>,
        repeatable: bool,
    ) -> Result<T, Error> {
        let mut request = self.request(method, &url)?;
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer =
            self.http.send(request, MOST_ANSWER).await.map_err(|error| Error::of_http(NAME, &error, repeatable))?;
        read(&answer, repeatable)
    }

    fn config<'a>(&self, url: &'a str, key: &'a str) -> wire::SessionConfig<'a> {
        wire::SessionConfig {
            ignore: wire::Ignore { status: true, groups: true, channels: true, broadcast: true },
            noweb: wire::Noweb { store: wire::NowebStore { enabled: true, full_sync: false }, mark_online: false },
            webhooks: vec![wire::Webhook {
                url,
                events: &EVENTS,
                hmac: wire::Hmac { key },
                // Over a day: as long as we may be away and lose nothing.
                retries: wire::Retries { policy: "exponential", delay_seconds: 2, attempts: 15 },
            }],
        }
    }

    async fn send_text(&self, to: &str, text: &str) -> Result<String, Error> {
        let message = wire::SendText { session: &self.place.session, chat_id: to, text, link_preview: false };
        self.sent("sendText", &message).await
    }

    async fn send_file(
        &self,
        to: &str,
        (kind, address): &(MediaKind, String),
        caption: Option<&str>,
    ) -> Result<String, Error> {
        let video = *kind == MediaKind::Video;
        let filename = file_name(address).unwrap_or(if video { "video.mp4" } else { "image.jpg" });
        let file = wire::RemoteFile { mimetype: mimetype(*kind, filename), filename, url: address };
        let convert = video.then_some(false);
        let message = wire::SendFile { session: &self.place.session, chat_id: to, file, caption, convert };
        self.sent(if video { "sendVideo" } else { "sendImage" }, &message).await
    }

    async fn sent(&self, method: &str, message: &impl Serialize) -> Result<String, Error> {
        let answer: Value =
            self.call(Method::POST, self.path(&["api", method]), Some(message), false).await.map_err(of_send)?;
        // Sent, but under which name nobody says: its reports will not be found.
        Ok(wire::sent_id(&answer).map_or_else(String::new, |id| message_id(id, true)))
    }
}

/// What is no address leads nowhere: the guarded client refuses the scheme.
#[expect(clippy::expect_used, reason = "a constant")]
fn refused_url() -> Url {
    Url::parse("invalid:///").expect("a constant URL")
}

/// A session that is not working, or is being made anew, sends nothing: the message waits for it. After any other fault of the
/// server the message may be out.
fn of_send(error: Error) -> Error {
    match (error.kind, error.code.as_deref()) {
        (Kind::Gone, Some("404")) => Error::new(NAME, Kind::Unavailable, error.text).with_code("404"),
        (Kind::Unavailable, Some(code)) if code.starts_with('5') && code != "503" => {
            Error::new(NAME, Kind::Unknown, &error.text).with_code(code)
        }
        _ => error,
    }
}

fn read<T: DeserializeOwned>(answer: &Answer, repeatable: bool) -> Result<T, Error> {
    if !answer.status.is_success() {
        return Err(refusal(answer));
    }
    serde_json::from_slice(&answer.body).map_err(|_| {
        // A proxy's page instead of an answer; after a 2xx the call may have been done.
        let kind = if repeatable { Kind::Unavailable } else { Kind::Unknown };
        Error::new(NAME, kind, "the answer cannot be read").with_code(answer.status.as_u16().to_string())
    })
}

fn refusal(answer: &Answer) -> Error {
    let refused: wire::Refused = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = [&refused.error, &refused.message]
        .into_iter()
        .find_map(Value::as_str)
        .unwrap_or_else(|| answer.status.canonical_reason().unwrap_or("refused"));
    let waits = answer.status.as_u16() == 422
        && (refused.expected.is_some() || text.to_ascii_lowercase().contains("session status"));
    if waits {
        // Not working yet or any more: nothing was done, and it may go in a while.
        return Error::new(NAME, Kind::Unavailable, text).with_code("422");
    }
    Error::of_status(NAME, answer, text)
}

fn state(info: &wire::SessionInfo) -> Result<Session, Error> {
    wire::session(&info.status)
        .ok_or_else(|| Error::new(NAME, Kind::Unavailable, format!("unknown state {}", info.status)))
}

fn look(info: wire::SessionInfo) -> Result<Look, Error> {
    let session = state(&info)?;
    let identity = info.me.map(|me| {
        let account = chat_id(&me.id);
        let external_id = account.split('@').next().unwrap_or_default().to_owned();
        let name = phone_of(&account).unwrap_or_else(|| me.push_name.unwrap_or_else(|| external_id.clone()));
        Identity { external_id, name }
    });
    let active_at = info.timestamps.activity.and_then(super::webhook::moment);
    let reports_to = info.config.map(|config| config.webhooks.into_iter().map(|webhook| webhook.url).collect());
    Ok(Look { standing: Standing { session, identity }, active_at, reports_to })
}

/// The last part of an address's path.
fn file_name(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next().unwrap_or(address);
    path.rsplit('/').next().filter(|name| name.contains('.') && name.len() < 100)
}

fn mimetype(kind: MediaKind, name: &str) -> &'static str {
    let extension = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match (kind, extension.as_str()) {
        (MediaKind::Video, "webm") => "video/webm",
        (MediaKind::Video, "mov") => "video/quicktime",
        (MediaKind::Video, _) => "video/mp4",
        (_, "png") => "image/png",
        (_, "webp") => "image/webp",
        (_, "gif") => "image/gif",
        _ => "image/jpeg",
    }
}

#[async_trait]
impl Courier for Waha {
    const NAME: &'static str = NAME;
    const MAX_CAPTION: usize = CAPABILITY.max_caption;

    async fn hand_over(&self, outbound: &Outbound, piece: Piece<'_>) -> Result<String, Error> {
        match piece {
            Piece::Media(media, caption) => self.send_file(&outbound.to, media, caption).await,
            Piece::Text(text) => self.send_text(&outbound.to, text).await,
        }
    }
}

#[async_trait]
impl Channel for Waha {
    /// The session is made where there is none, is told where to report, and runs after this. It works once a phone is linked.
    async fn connect(&self, intake: &Intake) -> Result<Standing, Error> {
        let Intake::Webhook { url, secret } = intake else {
            return Err(Error::new(NAME, Kind::Request, "WAHA delivers by webhook only"));
        };
        let config = self.config(url, secret);
        let found = match self.look().await {
            Ok(found) => found,
            Err(error) if error.kind == Kind::Gone => {
                let new = wire::CreateSession { name: &self.place.session, start: true, config };
                let made: wire::SessionInfo =
                    self.call(Method::POST, self.path(&["api", "sessions"]), Some(&new), true).await?;
                return Ok(look(made)?.standing);
            }
            Err(error) => return Err(error),
        };
        let update = wire::UpdateSession { config };
        let updated: wire::SessionInfo = self.call(Method::PUT, self.session_path(&[]), Some(&update), true).await?;
        let session = match state(&updated)? {
            Session::Failed => self.restart().await?,
            Session::Stopped => {
                let started: wire::SessionInfo =
                    self.call(Method::POST, self.session_path(&["start"]), None::<&()>, true).await?;
                state(&started)?
            }
            other => other,
        };
        Ok(Standing { session, identity: found.standing.identity })
    }

    async fn check(&self) -> Result<Standing, Error> {
        Ok(self.look().await?.standing)
    }

    /// The phone is logged out, the session removed, unless it reports to somebody else by now.
    async fn disconnect(&self, ours: &str) -> Result<(), Error> {
        let found: Result<wire::SessionInfo, Error> =
            self.call(Method::GET, self.session_path(&[]), None::<&()>, true).await;
        match found {
            Ok(info) => {
                let leaves = |config: wire::ConfigInfo| !config.webhooks.iter().any(|hook| hook.url.ends_with(ours));
                if info.config.is_some_and(leaves) {
                    return Ok(());
                }
            }
            Err(error) if error.kind == Kind::Gone => return Ok(()),
            Err(error) => return Err(error),
        }
        let request = self.request(Method::DELETE, &self.session_path(&[]))?;
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(|error| Error::of_http(NAME, &error, true))?;
        match answer.status.as_u16() {
            200..300 | 404 => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    async fn send(&self, outbound: &Outbound) -> Result<Sent, Error> {
        parts::send(self, outbound).await
    }

    async fn fetch(&self, reference: &str, limit: usize, within: Duration) -> Result<Bytes, Error> {
        let address = match reference.strip_prefix(BY_MESSAGE) {
            None => reference.to_owned(),
            Some(id) => {
                let chat = id.split('_').nth(1).unwrap_or_default();
                let mut url = self.path(&["api", &self.place.session, "chats", chat, "messages", id]);
                url.query_pairs_mut().append_pair("downloadMedia", "true");
                let message: Value = self.call(Method::GET, url, None::<&()>, true).await?;
                let address = message["media"]["url"].as_str().unwrap_or_default();
                if address.is_empty() {
                    return Err(Error::new(NAME, Kind::Gone, "the file is not available"));
                }
                address.to_owned()
            }
        };
        let lost = |error| of_fetch(NAME, &error);
        // WAHA names its own files by the address under which it sees itself; the path is what counts. A file elsewhere (S3)
        // does not get our key.
        let given = Url::parse(&address).map_err(|_| Error::new(NAME, Kind::Gone, "the file has no address"))?;
        let request = if given.path().starts_with("/api/") {
            let mut url = self.path(&[]);
            url.set_path(&format!("{}{}", url.path().trim_end_matches('/'), given.path()));
            url.set_query(given.query());
            self.request(Method::GET, &url)?
        } else {
            self.http.request(Method::GET, given.as_str()).map_err(lost)?
        };
        let answer = self.http.send(request.timeout(within), limit).await.map_err(lost)?;
        if !answer.status.is_success() {
            return Err(Error::of_status(NAME, &answer, "the file cannot be loaded"));
        }
        Ok(answer.body)
    }
}

/// The reference of a file whose address WAHA did not give.
pub(super) fn by_message(id: &str) -> String {
    format!("{BY_MESSAGE}{id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_fault_after_a_send_is_never_a_reason_to_send_again() {
        let of = |kind, code: &str| of_send(Error::new(NAME, kind, "x").with_code(code)).kind;
        assert_eq!(of(Kind::Unavailable, "500"), Kind::Unknown);
        assert_eq!(of(Kind::Unavailable, "504"), Kind::Unknown);
        assert_eq!(of(Kind::Unavailable, "503"), Kind::Unavailable);
        assert_eq!(of(Kind::Unavailable, "422"), Kind::Unavailable, "the session is not working: not sent");
        assert_eq!(of(Kind::Gone, "404"), Kind::Unavailable, "the session is being made anew");
        assert_eq!(of(Kind::Credentials, "401"), Kind::Credentials);
    }

    #[test]
    fn ids_of_sent_messages_are_found_whatever_the_engine() {
        for answer in [
            json!({ "id": "true_1@c.us_AAA" }),
            json!({ "id": { "_serialized": "true_1@c.us_AAA", "fromMe": true } }),
            json!({ "key": { "id": "AAA", "fromMe": true } }),
        ] {
            assert_eq!(message_id(wire::sent_id(&answer).unwrap(), true), "true:AAA");
        }
        assert_eq!(wire::sent_id(&json!({})), None);
    }

    #[test]
    fn names_and_kinds_of_files_come_from_their_address() {
        assert_eq!(file_name("https://x.example/a/rose.png?v=1"), Some("rose.png"));
        assert_eq!(file_name("https://x.example/a/"), None);
        assert_eq!(mimetype(MediaKind::Image, "rose.png"), "image/png");
        assert_eq!(mimetype(MediaKind::Video, "film"), "video/mp4");
    }
}
