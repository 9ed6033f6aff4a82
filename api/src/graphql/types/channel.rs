//! A connection of a company to a platform, and how it fares.

use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::{ChannelKind, ChannelStatus, DateTime, count};
use crate::graphql::written::row;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use service::row::{channel, channel_log};
use service::{Error, access, channel as channels, credential, stored};

/// A connection of a company to a platform.
pub(crate) struct Channel(pub(crate) channel::Model);

impl Channel {
    const fn limits(&self) -> domain::channel::ChannelKind {
        match self.0.kind {
            stored::ChannelKind::Whatsapp => domain::channel::ChannelKind::Whatsapp,
            stored::ChannelKind::Telegram => domain::channel::ChannelKind::Telegram,
            stored::ChannelKind::Instagram => domain::channel::ChannelKind::Instagram,
            stored::ChannelKind::Facebook => domain::channel::ChannelKind::Facebook,
            stored::ChannelKind::Email => domain::channel::ChannelKind::Email,
            stored::ChannelKind::Webchat => domain::channel::ChannelKind::Webchat,
        }
    }
}

/// What happened to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ChannelLogKind {
    /// The provider is being asked.
    Connecting,
    /// It works.
    Connected,
    /// It failed.
    Failed,
    /// A secret was replaced.
    Replaced,
    /// Its session was started or set up anew.
    Restarted,
    /// It does not come back by itself: a person is needed.
    Alarm,
    /// It was tried out.
    Tested,
    /// It was ended.
    Disconnected,
}

impl From<stored::ChannelLogKind> for ChannelLogKind {
    fn from(kind: stored::ChannelLogKind) -> Self {
        match kind {
            stored::ChannelLogKind::Connecting => Self::Connecting,
            stored::ChannelLogKind::Connected => Self::Connected,
            stored::ChannelLogKind::Failed => Self::Failed,
            stored::ChannelLogKind::Replaced => Self::Replaced,
            stored::ChannelLogKind::Restarted => Self::Restarted,
            stored::ChannelLogKind::Alarm => Self::Alarm,
            stored::ChannelLogKind::Tested => Self::Tested,
            stored::ChannelLogKind::Disconnected => Self::Disconnected,
        }
    }
}

/// How the session of a linked phone stands at its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "service::Session")]
pub(crate) enum ChannelSession {
    /// It was stopped.
    Stopped,
    /// It starts.
    Starting,
    /// It waits for a code to be scanned with the phone.
    ScanQr,
    /// The phone asks for a passkey.
    PasskeyRequired,
    /// The phone asks to compare a code.
    PasskeyConfirmation,
    /// It works.
    Working,
    /// It broke down, or nobody scanned a code.
    Failed,
}

/// A code to be scanned with the phone, or why there is none. Whoever scans it has the account.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct ChannelCode {
    /// How the session stands; null while the provider does not say.
    pub(crate) session: Option<ChannelSession>,
    /// The code, to be drawn as a QR code; in `PASSKEY_CONFIRMATION` the digits to be compared with those on the phone.
    value: Option<String>,
    /// Which code in a row this is, from 1, where that is known.
    number: Option<i32>,
    /// So many codes come before the session gives up.
    of: Option<i32>,
    /// When the next code takes its place, where that is known.
    expires_at: Option<DateTime>,
    /// Why the provider does not say: `unavailable`, `credentials`…, or `no_code` for a channel that links no phone.
    pub(crate) error_code: Option<&'static str>,
}

impl ChannelCode {
    /// The code itself.
    pub(crate) fn code(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

impl From<channels::Code> for ChannelCode {
    fn from(code: channels::Code) -> Self {
        Self {
            session: code.session.map(Into::into),
            value: code.value,
            number: code.number.map(|(number, _)| count(number.into())),
            of: code.number.map(|(_, of)| count(of.into())),
            expires_at: code.expires_at.map(Into::into),
            error_code: code.error_code,
        }
    }
}

/// A link by which a person tries a bot out.
#[derive(SimpleObject)]
pub(crate) struct ChannelTestLink {
    /// The link, to be opened where Telegram is; good once.
    url: String,
    /// Until when it is good.
    expires_at: DateTime,
}

impl From<channels::TestLink> for ChannelTestLink {
    fn from(link: channels::TestLink) -> Self {
        Self { url: link.url, expires_at: DateTime(link.expires_at) }
    }
}

/// A line of a connection's log.
#[derive(SimpleObject)]
pub(crate) struct ChannelLogEntry {
    /// When.
    at: DateTime,
    /// What happened.
    kind: ChannelLogKind,
    /// The account's name, or the provider's own words.
    detail: Option<String>,
}

/// A secret as it may be shown.
#[derive(SimpleObject)]
pub(crate) struct CredentialHint {
    /// Which secret.
    name: String,
    /// Its last characters; empty for a short one.
    last: String,
    /// When it was set.
    updated_at: DateTime,
}

impl ChannelLogEntry {
    pub(crate) fn of(row: channel_log::Model) -> Self {
        Self { at: row.created_at.into(), kind: row.kind.into(), detail: row.detail }
    }
}

impl CredentialHint {
    pub(crate) fn of(hint: credential::Hint) -> Self {
        Self { name: hint.name, last: hint.last, updated_at: hint.updated_at.into() }
    }
}

/// A connection of a company to a platform.
#[Object]
impl Channel {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Channel.id(self.0.id)
    }

    /// Platform.
    async fn kind(&self) -> ChannelKind {
        self.limits().into()
    }

    /// What connects it: `webchat`, `telegram`, `waha`…, or `trial` for the phone frame.
    async fn provider(&self) -> &str {
        &self.0.provider
    }

    /// Name for staff.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether it works.
    async fn status(&self) -> ChannelStatus {
        self.0.status.into()
    }

    /// How long a burst of messages is waited for before the answer, milliseconds.
    async fn quiet_period_ms(&self) -> i32 {
        self.0.quiet_period_ms
    }

    /// The most characters of one message.
    async fn max_chars(&self) -> i32 {
        count(self.limits().max_chars() as u64)
    }

    /// What the widget on the company's site is named by; null for other channels.
    async fn widget_key(&self) -> Option<&str> {
        (self.0.provider == channels::WEBCHAT).then_some(self.0.public_key.as_str())
    }

    /// Why it failed last, in the provider's words.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// Why it failed last, as a word for translations: `credentials`, `unavailable`, `rate_limited`, `conflict`, `request`;
    /// for a linked phone also `code_expired`, `logged_out`, `session_broken`, `silent`.
    async fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// Failures since it worked last.
    async fn error_count(&self) -> i32 {
        self.0.error_count
    }

    /// Since when it works; null while it does not.
    async fn connected_at(&self) -> Option<DateTime> {
        self.0.connected_at.map(Into::into)
    }

    /// Until when nothing is sent, because the platform asked to wait; messages wait with it. In the past when that is over.
    async fn paused_until(&self) -> Option<DateTime> {
        self.0.paused_until.map(Into::into)
    }

    /// The account at the provider: a bot's id, a number.
    async fn account(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// The address of the company's own server, where the platform is reached by one.
    async fn server(&self) -> Option<&str> {
        self.0.settings["url"].as_str()
    }

    /// How the session of a linked phone stood when it was looked at last; null for channels without one.
    #[graphql(complexity = 10)]
    async fn session(&self, ctx: &Context<'_>) -> Result<Option<ChannelSession>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<channel::Entity>(op, self.0.id, "channel").await?;
        let row = channels::session(op, &scope, self.0.id).await?;
        Ok(row.and_then(|row| service::Session::parse(&row.session)).map(Into::into))
    }

    /// What happened to the connection, the newest first, at most 50. For people who manage the company; empty for others.
    #[graphql(complexity = 50)]
    async fn log(&self, ctx: &Context<'_>) -> Result<Vec<ChannelLogEntry>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<channel::Entity>(op, self.0.id, "channel").await?;
        if scope.must_manage().is_err() {
            return Ok(Vec::new());
        }
        let rows = channels::log(op, &scope, self.0.id, 50).await?;
        Ok(rows.into_iter().map(ChannelLogEntry::of).collect())
    }

    /// Its secrets, never more than their last characters. For people who manage the company; empty for others.
    #[graphql(complexity = 50)]
    async fn credentials(&self, ctx: &Context<'_>) -> Result<Vec<CredentialHint>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<channel::Entity>(op, self.0.id, "channel").await?;
        match credential::hints(op, &scope, self.0.id).await {
            Ok(hints) => Ok(hints.into_iter().map(CredentialHint::of).collect()),
            Err(Error::Forbidden) => Ok(Vec::new()),
            Err(other) => Err(other.into()),
        }
    }
}

row! {
    Channel {
        id, kind, provider, name, status, quiet_period_ms, max_chars, widget_key, last_error, error_code, error_count,
        connected_at, paused_until, account, server,
    }
}
