//! Connecting a phone by the company's own WAHA server (R44).

use super::adapter::{self, WAHA_KEY};
use super::connect::{ConnectChannel, NewChannel, already_connected, begin, note, start, with_new_key};
use super::{get, list, session};
use crate::access::CompanyScope;
use crate::company::{MAX_NAME, check_text};
use crate::credential;
use crate::ctx::Ctx;
use crate::error::{Error, Result, UserError};
use domain::channel::ChannelKind;
use entity::channel;
use entity::stored::{ChannelLogKind, ChannelStatus};
use gateway::channel::waha::{self, Place};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

/// The longest address of a server, characters.
const MAX_URL: usize = 300;
/// The longest name of a session, characters.
const MAX_SESSION: usize = 54;
/// The longest key of a server, characters.
const MAX_KEY: usize = 200;

/// A server, its key, and which of its sessions.
#[derive(Clone, Debug)]
pub struct Server<'a> {
    /// Its address.
    pub url: &'a str,
    /// Its key.
    pub api_key: &'a str,
    /// Name of the session; absent: one of our own. WAHA Core knows `default` only.
    pub session: Option<&'a str>,
}

/// Connects a phone. Its status is `connecting` until the code is scanned ([`code`](super::code)).
///
/// # Errors
/// `Forbidden`; `Invalid` for `name`, `url` (`INVALID`, `NOT_ALLOWED`), `apiKey` or `session` (`INVALID`,
/// `ALREADY_CONNECTED`).
pub async fn connect_waha(ctx: &Ctx, scope: &CompanyScope, name: &str, server: &Server<'_>) -> Result<channel::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let name = check_text(&mut errors, "name", name, MAX_NAME);
    let url = check_url(ctx, &mut errors, server.url);
    let api_key = check_key(&mut errors, server.api_key);
    let session = match server.session.map(str::trim).filter(|session| !session.is_empty()) {
        Some(session) => session.to_owned(),
        None => format!("x8_{}", ctx.engine().random.token(12).to_ascii_lowercase()),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if session.len() > MAX_SESSION || !session.chars().all(plain) {
        let text = "The name of a session has letters, digits, _ and - only, at most 54.";
        errors.push(UserError::new("session", "INVALID", text));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let place = Place { url, session };
    let same = |known: &channel::Model| {
        known.provider == waha::NAME && known.status != ChannelStatus::Disconnected && adapter::place(known) == place
    };
    // Two channels on one session would take each other's deliveries.
    if list(ctx, scope).await?.iter().any(same) {
        return Err(already_connected("session"));
    }
    // Until the number is known the account is named by its place; two that are connected at once meet there.
    let external_id = format!("{} {}", place.session, place.url);
    let new = NewChannel {
        kind: ChannelKind::Whatsapp,
        provider: waha::NAME,
        name,
        external_id: Some(&external_id),
        settings: json!({ "url": place.url, "session": place.session }),
        account_field: "session",
    };
    start(ctx, scope, new, &[(WAHA_KEY, api_key)]).await
}

/// Puts a new key in the place of the old one, and, where one is given, another address: the server has moved. Conversations
/// stay as they are.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for `url` or `apiKey`, or a channel that is none of this kind.
pub async fn replace_waha_key(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel_id: Uuid,
    url: Option<&str>,
    api_key: &str,
) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if channel.provider != waha::NAME || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("channelId", "NOT_CONNECTABLE", "This channel is no connected phone."));
    }
    let mut errors = Vec::new();
    let api_key = check_key(&mut errors, api_key);
    let url = match url.map(str::trim).filter(|url| !url.is_empty()) {
        Some(url) => check_url(ctx, &mut errors, url),
        None => adapter::place(&channel).url,
    };
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut tx = ctx.db().begin(scope).await?;
    credential::set(ctx, &tx, scope, channel_id, WAHA_KEY, &api_key).await?;
    let mut settings = channel.settings.clone();
    settings["url"] = json!(url);
    let mut row = with_new_key(channel);
    row.settings = Set(settings);
    let channel = row.update(&tx).await?;
    session::forgive(&tx, scope, channel_id).await?;
    note(ctx, &mut tx, scope, channel_id, ChannelLogKind::Replaced, None).await?;
    begin(ctx, &mut tx, scope, &channel, ConnectChannel::of(channel_id)).await?;
    ctx.commit(tx).await?;
    get(ctx, scope, channel_id).await
}

/// The address of a server, without a slash at its end. Which addresses may be called is the installation's to say.
fn check_url(ctx: &Ctx, errors: &mut Vec<UserError>, url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let bare = !url.contains(['?', '#']) && url.len() <= MAX_URL;
    if !bare || !(url.starts_with("http://") || url.starts_with("https://")) {
        let text = "This is not the address of a server, such as https://waha.example.com";
        errors.push(UserError::new("url", "INVALID", text));
    } else if let Err(error) = ctx.engine().outside.guarded.check(url) {
        let text = format!("Refused: {error}. Who runs the program can allow it.");
        errors.push(UserError::new("url", "NOT_ALLOWED", text));
    }
    url.to_owned()
}

fn check_key(errors: &mut Vec<UserError>, key: &str) -> SecretString {
    let key = key.trim();
    if key.is_empty() || key.len() > MAX_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        errors.push(UserError::new("apiKey", "INVALID", "This is not a key of a WAHA server."));
    }
    key.into()
}
