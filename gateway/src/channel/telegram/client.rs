//! Calls of the Bot API. The token is part of the address, so no error may show one (reliability.md case 97): errors of the
//! HTTP client come without it.

use super::{CAPABILITY, NAME, UPDATES, webhook, wire};
use crate::channel::parts::{self, Courier, Piece};
use crate::channel::{
    Button, Channel, Identity, Intake, MediaKind, Outbound, Press, Sent, Standing, TOO_LARGE, Update, of_fetch,
};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use bytes::Bytes;
use foundation::http::Http;
use futures::StreamExt as _;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// The largest answer that is read, bytes: a page of updates.
const MOST_ANSWER: usize = 4 * 1024 * 1024;
/// Added to the wait of a long poll before it counts as broken off.
const POLL_PATIENCE: Duration = Duration::from_secs(5);
/// Updates of one poll; a poll is stored as a whole before the next one begins.
const POLL_UPDATES: u32 = 100;
/// Pressed buttons that are answered side by side, and all of them together.
const BUTTONS_AT_ONCE: usize = 8;
const BUTTONS_PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a button's data (`callback_data`, 1–64 bytes).
const BUTTON_BYTES: usize = 64;

/// One bot.
#[derive(Clone, Debug)]
pub struct Telegram {
    http: Http,
    base_url: String,
    token: SecretString,
}

impl Telegram {
    /// The bot of this token. `base_url` without a slash at its end.
    #[must_use]
    pub fn new(http: Http, base_url: &str, token: SecretString) -> Self {
        Self { http, base_url: base_url.to_owned(), token }
    }

    /// Asks for updates after `offset`, waiting up to `wait` for the first. The number to go on from, and the updates.
    ///
    /// # Errors
    /// [`Error`]; `Conflict` while a webhook is set or another program asks too.
    pub async fn poll(&self, offset: i64, wait: Duration) -> Result<(i64, Vec<Update>), Error> {
        let ask = wire::GetUpdates { offset, limit: POLL_UPDATES, timeout: wait.as_secs(), allowed_updates: &UPDATES };
        let raw: Vec<serde_json::Value> =
            self.call_within("getUpdates", &ask, true, Some(wait + POLL_PATIENCE)).await?;
        let mut next = offset;
        let (mut updates, mut pressed) = (Vec::new(), Vec::new());
        for value in raw {
            // An update that can't be read must not be asked for again and again.
            if let Some(id) = value["update_id"].as_i64() {
                next = next.max(id + 1);
            }
            match serde_json::from_value::<wire::Update>(value) {
                Ok(update) => {
                    pressed.extend(update.callback_query.as_ref().map(|query| query.id.clone()));
                    updates.extend(webhook::read(update));
                }
                Err(error) => tracing::warn!(%error, "an update of Telegram cannot be read"),
            }
        }
        // However many were pressed while nobody asked, what was written is not kept waiting for the spinning of buttons.
        let answered =
            futures::stream::iter(&pressed).for_each_concurrent(BUTTONS_AT_ONCE, |id| self.answer_button(id));
        if tokio::time::timeout(BUTTONS_PATIENCE, answered).await.is_err() {
            tracing::debug!(pressed = pressed.len(), "not all buttons were answered");
        }
        Ok((next, updates))
    }

    /// Where the bot delivers to; none: it waits to be asked.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn reports_to(&self) -> Result<Option<String>, Error> {
        let info: wire::WebhookInfo = self.call("getWebhookInfo", &serde_json::json!({}), true).await?;
        Ok(Some(info.url).filter(|url| !url.is_empty()))
    }

    /// Stops the button's spinning; a failure is seen by the customer only as that.
    async fn answer_button(&self, id: &str) {
        let ask = serde_json::json!({ "callback_query_id": id });
        if let Err(error) = self.call::<bool>("answerCallbackQuery", &ask, true).await {
            tracing::debug!(%error, "a button was not answered");
        }
    }

    /// `repeatable`: doing it twice is doing it once.
    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &impl Serialize,
        repeatable: bool,
    ) -> Result<T, Error> {
        self.call_within(method, body, repeatable, None).await
    }

    async fn call_within<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &impl Serialize,
        repeatable: bool,
        timeout: Option<Duration>,
    ) -> Result<T, Error> {
        let url = format!("{}/bot{}/{method}", self.base_url, self.token.expose_secret());
        let lost = |error| Error::of_http(NAME, &error, repeatable);
        let mut request = self.http.request(Method::POST, &url).map_err(lost)?.json(body);
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        let answer = self.http.send(request, MOST_ANSWER).await.map_err(lost)?;
        let unreadable = || {
            // A proxy's page instead of an answer; unless the door was closed the call may have been done.
            let status = answer.status.as_u16();
            let unsure = answer.status.is_success() || is_unsure(i64::from(status));
            let kind = if unsure && !repeatable { Kind::Unknown } else { Kind::Unavailable };
            Error::new(NAME, kind, "the answer cannot be read").with_code(status.to_string())
        };
        let read: wire::Answer<T> = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        match read {
            wire::Answer { ok: true, result: Some(result), .. } => Ok(result),
            wire::Answer { ok: true, .. } => Err(unreadable()),
            // A gateway in between may have words of its own: then the door's number counts.
            mut refused => {
                refused.error_code.get_or_insert_with(|| i64::from(answer.status.as_u16()));
                Err(refusal(&refused, repeatable))
            }
        }
    }

    async fn get_me(&self) -> Result<Identity, Error> {
        let me: wire::User = self.call("getMe", &serde_json::json!({}), true).await?;
        let name = me.username.map_or(me.first_name, |username| format!("@{username}"));
        Ok(Identity { external_id: me.id.to_string(), name })
    }

    async fn send_text(&self, chat_id: i64, text: &str, buttons: &[Button]) -> Result<wire::Message, Error> {
        let message = wire::SendMessage {
            chat_id,
            text,
            link_preview_options: wire::LinkPreviewOptions { is_disabled: true },
            reply_markup: keyboard(buttons),
        };
        match self.call("sendMessage", &message, false).await {
            // A refusal sends nothing: the text is worth more than its buttons.
            Err(error) if message.reply_markup.is_some() && is_of_buttons(&error) => {
                tracing::warn!(%error, "Telegram did not take the buttons of a message");
                self.call("sendMessage", &wire::SendMessage { reply_markup: None, ..message }, false).await
            }
            sent => sent,
        }
    }

    async fn send_media(
        &self,
        chat_id: i64,
        (kind, url): &(MediaKind, String),
        caption: Option<&str>,
        buttons: &[Button],
    ) -> Result<wire::Message, Error> {
        let video = *kind == MediaKind::Video;
        let media = wire::SendMedia {
            chat_id,
            photo: (!video).then_some(url.as_str()),
            video: video.then_some(url.as_str()),
            caption,
            reply_markup: keyboard(buttons),
        };
        let method = if video { "sendVideo" } else { "sendPhoto" };
        match self.call(method, &media, false).await {
            Err(error) if media.reply_markup.is_some() && is_of_buttons(&error) => {
                tracing::warn!(%error, "Telegram did not take the buttons of a message");
                self.call(method, &wire::SendMedia { reply_markup: None, ..media }, false).await
            }
            sent => sent,
        }
    }
}

/// A row for each button. Telegram opens public HTTPS pages only; anything else is left to the text.
fn keyboard(buttons: &[Button]) -> Option<wire::Keyboard<'_>> {
    let rows: Vec<_> = buttons
        .iter()
        .filter(|button| !button.label.is_empty())
        .filter_map(|button| match &button.press {
            Press::Back(data) => {
                (1..=BUTTON_BYTES).contains(&data.len()).then_some((button, Some(data.as_str()), None))
            }
            Press::Opens(url) => url.starts_with("https://").then_some((button, None, Some(url.as_str()))),
        })
        .map(|(button, callback_data, url)| vec![wire::Button { text: &button.label, callback_data, url }])
        .collect();
    (!rows.is_empty()).then_some(wire::Keyboard { inline_keyboard: rows })
}

/// Whether it was the buttons that Telegram did not take: `BUTTON_URL_INVALID`, "can't parse inline keyboard button"…
fn is_of_buttons(error: &Error) -> bool {
    let text = error.text.to_ascii_lowercase();
    error.kind == Kind::Request && ["button", "keyboard", "reply markup"].iter().any(|word| text.contains(word))
}

/// Whether a fault of the server leaves open what became of the call: any but 503, which says that it was not begun.
const fn is_unsure(code: i64) -> bool {
    code >= 500 && code != 503
}

/// What a refusal says of a call that may be repeated, or not.
fn refusal<T>(answer: &wire::Answer<T>, repeatable: bool) -> Error {
    match answer.error_code {
        Some(code) if is_unsure(code) && !repeatable => {
            Error::new(NAME, Kind::Unknown, &answer.description).with_code(code.to_string())
        }
        _ => parse_error(answer),
    }
}

/// Telegram's codes are HTTP's, its reasons are texts whose beginnings are stable.
fn parse_error<T>(answer: &wire::Answer<T>) -> Error {
    let code = answer.error_code.unwrap_or_default();
    let text = answer.description.as_str();
    let kind = match code {
        // A token of an unknown bot is 404, a revoked one 401.
        401 | 404 => Kind::Credentials,
        403 => Kind::Recipient,
        400 if text.contains("chat not found") || text.contains("user is deactivated") => Kind::Recipient,
        409 => Kind::Conflict,
        429 => Kind::RateLimited,
        500.. => Kind::Unavailable,
        _ => Kind::Request,
    };
    let error = Error::new(NAME, kind, text).with_code(code.to_string());
    match answer.parameters.as_ref().and_then(|parameters| parameters.retry_after) {
        Some(seconds) => error.after(Duration::from_secs(seconds.min(3600))),
        None => error,
    }
}

/// What `getFile` says of files: <https://core.telegram.org/bots/api#getfile> gives 20 MB as the most that bots can load.
fn of_file(error: Error) -> Error {
    match error.kind {
        Kind::Request if error.text.contains("too big") => too_big(&error.text),
        // "wrong file_id or the file is temporarily unavailable": the first stays so, the second does not; the tries are counted.
        Kind::Request if error.text.contains("temporarily") => Error::new(NAME, Kind::Unavailable, &error.text),
        Kind::Request => Error::new(NAME, Kind::Gone, &error.text),
        _ => error,
    }
}

fn too_big(text: &str) -> Error {
    Error::new(NAME, Kind::Request, text).with_code(TOO_LARGE)
}

#[async_trait]
impl Courier for Telegram {
    const NAME: &'static str = NAME;
    const MAX_CAPTION: usize = CAPABILITY.max_caption;

    async fn hand_over(&self, outbound: &Outbound, piece: Piece<'_>) -> Result<String, Error> {
        let chat_id: i64 = outbound
            .to
            .parse()
            .map_err(|_| Error::new(NAME, Kind::Recipient, "the address is not an id of Telegram"))?;
        let message = match piece {
            Piece::Media(media, caption) => {
                // Buttons stand under the text.
                let buttons = if caption.is_some() { outbound.buttons.as_slice() } else { &[] };
                self.send_media(chat_id, media, caption, buttons).await?
            }
            Piece::Text(text) => self.send_text(chat_id, text, &outbound.buttons).await?,
        };
        Ok(format!("{}:{}", message.chat.id, message.message_id))
    }
}

#[async_trait]
impl Channel for Telegram {
    async fn connect(&self, intake: &Intake) -> Result<Standing, Error> {
        let identity = self.get_me().await?;
        let _: bool = match intake {
            Intake::Webhook { url, secret } => {
                let hook =
                    wire::SetWebhook { url, secret_token: secret, allowed_updates: &UPDATES, max_connections: 40 };
                self.call("setWebhook", &hook, true).await?
            }
            Intake::Polling => self.call("deleteWebhook", &serde_json::json!({}), true).await?,
        };
        Ok(Standing::working(identity))
    }

    async fn check(&self) -> Result<Standing, Error> {
        self.get_me().await.map(Standing::working)
    }

    async fn disconnect(&self, ours: &str) -> Result<(), Error> {
        // The bot may be connected anew already: as another channel, or by another program.
        if self.reports_to().await?.is_some_and(|url| url.ends_with(ours)) {
            let _: bool = self.call("deleteWebhook", &serde_json::json!({}), true).await?;
        }
        Ok(())
    }

    async fn send(&self, outbound: &Outbound) -> Result<Sent, Error> {
        parts::send(self, outbound).await
    }

    async fn fetch(&self, reference: &str, limit: usize, within: Duration) -> Result<Bytes, Error> {
        let asked = serde_json::json!({ "file_id": reference });
        let file: wire::FilePath = self.call("getFile", &asked, true).await.map_err(of_file)?;
        if file.file_size.is_some_and(|size| size > limit as u64) {
            return Err(too_big("the file is larger than is taken"));
        }
        let path = file.file_path.ok_or_else(|| Error::new(NAME, Kind::Gone, "the file is not available"))?;
        let url = format!("{}/file/bot{}/{path}", self.base_url, self.token.expose_secret());
        let lost = |error| of_fetch(NAME, &error);
        let request = self.http.request(Method::GET, &url).map_err(lost)?.timeout(within);
        let answer = self.http.send(request, limit).await.map_err(lost)?;
        if !answer.status.is_success() {
            return Err(Error::of_status(NAME, &answer, "the file cannot be loaded"));
        }
        Ok(answer.body)
    }
}
