//! From a channel's row to the provider's adapter, and the shapes that all providers share.

use crate::access::CompanyScope;
use crate::credential;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::channel;
use entity::stored::ChannelKind;
use foundation::secret::{hex, hmac_sha256};
use gateway::channel::telegram::{self, Telegram};
use gateway::channel::waha::{self, Place, Waha};
use gateway::channel::{Channel, Intake};
use secrecy::SecretString;
use std::sync::Arc;

/// Name of the credential that holds a Telegram bot's token.
pub(crate) const TELEGRAM_TOKEN: &str = "telegram_token";

/// Name of the credential that holds the key of a WAHA server.
pub(crate) const WAHA_KEY: &str = "waha_key";

/// Whether messages of this channel go through a provider outside; the widget and the phone frame read theirs from the database.
#[must_use]
pub(crate) fn is_outside(channel: &channel::Model) -> bool {
    !matches!(channel.provider.as_str(), super::WEBCHAT | super::TRIAL | super::DEMO)
}

/// The bot of a Telegram channel.
///
/// # Errors
/// `NoCredential` when its token was removed.
pub(crate) async fn telegram(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model) -> Result<Telegram> {
    let token = secret(ctx, scope, channel, TELEGRAM_TOKEN).await?;
    let outside = &ctx.engine().outside;
    Ok(Telegram::new(outside.http.clone(), &outside.telegram_url, token))
}

/// The session of a channel by WAHA. Its address was typed in by a person: the guarded client calls it.
///
/// # Errors
/// `NoCredential` when its key was removed.
pub(crate) async fn waha(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model) -> Result<Waha> {
    let key = secret(ctx, scope, channel, WAHA_KEY).await?;
    Ok(Waha::new(ctx.engine().outside.guarded.clone(), place(channel), key))
}

/// Where the session of a channel by WAHA is.
pub(super) fn place(channel: &channel::Model) -> Place {
    let text = |name: &str| channel.settings[name].as_str().unwrap_or_default().to_owned();
    Place { url: text("url"), session: text("session") }
}

/// Kinds of the addresses by which a contact is reached on this channel, the best one first.
#[must_use]
pub(crate) fn address_kinds(channel: &channel::Model) -> &'static [&'static str] {
    match (channel.provider.as_str(), channel.kind) {
        (waha::NAME, _) => &[waha::ADDRESS, waha::HIDDEN_ADDRESS],
        (_, ChannelKind::Whatsapp) => &["whatsapp"],
        (_, ChannelKind::Telegram) => &[telegram::ADDRESS],
        (_, ChannelKind::Instagram) => &["instagram"],
        (_, ChannelKind::Facebook) => &["facebook"],
        (_, ChannelKind::Email) => &["email"],
        (_, ChannelKind::Webchat) => &["webchat"],
    }
}

/// The adapter of a channel whose provider is outside.
///
/// # Errors
/// `NoCredential` when its credentials were removed; `Internal` for a provider that this program does not know.
pub(crate) async fn of(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model) -> Result<Arc<dyn Channel>> {
    match channel.provider.as_str() {
        telegram::NAME => Ok(Arc::new(telegram(ctx, scope, channel).await?)),
        waha::NAME => Ok(Arc::new(waha(ctx, scope, channel).await?)),
        other => Err(Error::internal(format!("channel {} has the provider {other}", channel.id))),
    }
}

async fn secret(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, name: &str) -> Result<SecretString> {
    credential::open(ctx, &ctx.db().read(scope), scope, channel.id, name)
        .await?
        .ok_or_else(|| Error::NoCredential(format!("channel {} has no {name}", channel.id)))
}

/// The secret that each delivery to this channel must carry (R28): made from the program's key, so that it is stored nowhere.
#[must_use]
pub(crate) fn webhook_secret(ctx: &Ctx, channel: &channel::Model) -> String {
    secret_of(&ctx.engine().key.derive(WEBHOOK), channel)
}

/// All secrets that a delivery may carry: the provider keeps the one it was given until the channel is connected again, also
/// when the program's key has changed meanwhile.
pub(crate) fn webhook_secrets(ctx: &Ctx, channel: &channel::Model) -> impl Iterator<Item = String> {
    ctx.engine().key.derived(WEBHOOK).map(|key| secret_of(&key, channel))
}

/// What the key of deliveries is for.
const WEBHOOK: &str = "channel-webhook";

fn secret_of(key: &[u8], channel: &channel::Model) -> String {
    hex(&hmac_sha256(key, channel.id.as_bytes()))
}

/// The path at which deliveries to this channel come in, and to no other; it stays when the public address changes.
#[must_use]
pub(crate) fn webhook_path(channel: &channel::Model) -> String {
    format!("/webhooks/channel/{}", channel.public_key)
}

/// How the provider's messages reach us: Telegram calls public HTTPS addresses only, a company's own server any that it
/// reaches.
#[must_use]
pub(crate) fn intake(ctx: &Ctx, channel: &channel::Model) -> Intake {
    let public_url = &ctx.engine().public_url;
    if channel.provider == waha::NAME || public_url.starts_with("https://") {
        let url = format!("{public_url}{}", webhook_path(channel));
        Intake::Webhook { url, secret: webhook_secret(ctx, channel) }
    } else {
        Intake::Polling
    }
}
