//! A channel's life: connecting, replacing its credentials, checking, disconnecting (R44, R45, R52, R59). What the provider
//! must be asked is asked by a job, so that a slow provider holds up nobody and a restart forgets nothing.

use super::adapter::{self, TELEGRAM_TOKEN};
use super::poll::PollChannel;
use super::watch::{self, WatchChannel};
use super::{DEFAULT_QUIET_PERIOD_MS, get};
use super::{pause, session};
use crate::access::CompanyScope;
use crate::company::{self, MAX_NAME, check_text};
use crate::credential;
use crate::ctx::Ctx;
use crate::db::{Tx, is_constraint};
use crate::error::{Error, Result, UserError};
use crate::inbox::SendMessage;
use crate::job::{self, Claimed, Failure, Job, Retry};
use domain::channel::ChannelKind;
use entity::stored::{ChannelLogKind, ChannelStatus, EventKind};
use entity::{channel, channel_log, conversation};
use gateway::channel::{Channel as _, Identity, Intake, Standing, telegram};
use gateway::error::Kind;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// So many failures in a row make a channel one in error.
const FAILURES_IN_ERROR: i32 = 3;

/// Asks the provider to deliver to us.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ConnectChannel {
    pub(crate) channel_id: Uuid,
    /// Whether the phone is unlinked first: what is left when restarting did not help.
    #[serde(default)]
    pub(crate) relink: bool,
}

impl ConnectChannel {
    /// Connects as things are.
    pub(crate) const fn of(channel_id: Uuid) -> Self {
        Self { channel_id, relink: false }
    }
}

impl Job for ConnectChannel {
    const KIND: &'static str = "connect_channel";

    fn unique_key(&self) -> Option<String> {
        Some(format!("connect:{}", self.channel_id))
    }

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Asks the provider to stop, and forgets the credentials.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct DisconnectChannel {
    pub(crate) channel_id: Uuid,
}

impl Job for DisconnectChannel {
    const KIND: &'static str = "disconnect_channel";

    fn lane(&self) -> Option<String> {
        Some(lane(self.channel_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.channel_id)
    }
}

/// Connecting, asking for updates and disconnecting of one channel never run at once.
pub(super) fn lane(channel_id: Uuid) -> String {
    format!("channel:{channel_id}")
}

/// The bot's id, when this can be a token (`<bot id>:<35 characters>`, <https://core.telegram.org/bots/api#authorizing-your-bot>).
fn bot_id(token: &str) -> Option<&str> {
    let (id, key) = token.split_once(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = !id.is_empty() && id.len() <= 20 && id.bytes().all(|b| b.is_ascii_digit());
    (good && (30..=60).contains(&key.len()) && key.chars().all(plain)).then_some(id)
}

fn not_a_token() -> UserError {
    UserError::new("botToken", "INVALID", "This is not a bot token. BotFather gives one such as 123456:ABC-DEF…")
}

/// Connects a Telegram bot. It answers as soon as its status is `connected`.
///
/// # Errors
/// `Forbidden`; `Invalid` for `name` or `botToken`, `ALREADY_CONNECTED` when this company or another has this bot.
pub async fn connect_telegram(ctx: &Ctx, scope: &CompanyScope, name: &str, token: &str) -> Result<channel::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let name = check_text(&mut errors, "name", name, MAX_NAME);
    let token = token.trim();
    let bot = bot_id(token);
    if bot.is_none() {
        errors.push(not_a_token());
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if let Some(bot) = bot
        && is_elsewhere(ctx, scope, telegram::NAME, bot).await?
    {
        return Err(already_connected("botToken"));
    }
    let new = NewChannel {
        kind: ChannelKind::Telegram,
        provider: telegram::NAME,
        name,
        external_id: bot,
        settings: json!({}),
        account_field: "botToken",
    };
    start(ctx, scope, new, &[(TELEGRAM_TOKEN, token.into())]).await
}

/// Whether the account is connected in another company of this installation: a bot delivers to one place, and two would take its
/// messages from each other.
async fn is_elsewhere(ctx: &Ctx, scope: &CompanyScope, provider: &str, external_id: &str) -> Result<bool> {
    use sea_orm::PaginatorTrait as _;
    let elsewhere = channel::Entity::find()
        .filter(channel::Column::Provider.eq(provider))
        .filter(channel::Column::ExternalId.eq(external_id))
        .filter(channel::Column::CompanyId.ne(scope.id()))
        .filter(channel::Column::Status.ne(ChannelStatus::Disconnected))
        .count(&ctx.db().read_across())
        .await?;
    Ok(elsewhere > 0)
}

/// A channel about to be connected.
pub(super) struct NewChannel<'a> {
    pub(super) kind: ChannelKind,
    pub(super) provider: &'static str,
    pub(super) name: String,
    pub(super) external_id: Option<&'a str>,
    pub(super) settings: serde_json::Value,
    /// The field of the input that names the account.
    pub(super) account_field: &'static str,
}

/// Stores channel, secrets and the job that connects, together.
pub(super) async fn start(
    ctx: &Ctx,
    scope: &CompanyScope,
    new: NewChannel<'_>,
    secrets: &[(&str, SecretString)],
) -> Result<channel::Model> {
    let branch = company::default_branch(ctx, scope).await?;
    let mut tx = ctx.db().begin(scope).await?;
    let inserted = channel::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        branch_id: Set(branch.id),
        kind: Set(new.kind.into()),
        provider: Set(new.provider.to_owned()),
        name: Set(new.name),
        status: Set(ChannelStatus::Connecting),
        public_key: Set(ctx.engine().random.token(32)),
        quiet_period_ms: Set(DEFAULT_QUIET_PERIOD_MS),
        settings: Set(new.settings),
        last_error: Set(None),
        created_at: Set(ctx.time()),
        external_id: Set(new.external_id.map(str::to_owned)),
        error_code: Set(None),
        error_count: Set(0),
        connected_at: Set(None),
        paused_until: Set(None),
    }
    .insert(&tx)
    .await;
    let channel = match inserted {
        Ok(channel) => channel,
        Err(error) if is_constraint(&error) => {
            return Err(already_connected(new.account_field));
        }
        Err(error) => return Err(error.into()),
    };
    for (name, secret) in secrets {
        credential::set(ctx, &tx, scope, channel.id, name, secret).await?;
    }
    note(ctx, &mut tx, scope, channel.id, ChannelLogKind::Connecting, None).await?;
    begin(ctx, &mut tx, scope, &channel, ConnectChannel::of(channel.id)).await?;
    ctx.commit(tx).await?;
    Ok(channel)
}

/// The account is another channel of the company.
pub(super) fn already_connected(field: &'static str) -> Error {
    Error::invalid(field, "ALREADY_CONNECTED", "This account is connected already.")
}

/// Enqueues the connecting, and the watch over what has a session.
pub(super) async fn begin(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    connect: ConnectChannel,
) -> Result<()> {
    job::enqueue(ctx, tx, scope, &connect).await?;
    job::hasten(ctx, tx, scope, &lane(channel.id)).await?;
    if watch::is_watched(channel) {
        let first = ctx.time().plus_seconds(watch::EVERY_SECONDS);
        job::enqueue_at(ctx, tx, scope, &WatchChannel { channel_id: channel.id }, first).await?;
    }
    Ok(())
}

/// Puts a new token in the place of the old one; conversations and orders stay as they are.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a token that is none (`INVALID`) or of another bot (`OTHER_ACCOUNT`).
pub async fn replace_telegram_token(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel_id: Uuid,
    token: &str,
) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if channel.provider != telegram::NAME || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("channelId", "NOT_CONNECTABLE", "This channel is no connected Telegram bot."));
    }
    let token = token.trim();
    let Some(bot) = bot_id(token) else { return Err(Error::Invalid(vec![not_a_token()])) };
    if channel.external_id.as_deref().is_some_and(|known| known != bot) {
        return Err(Error::invalid(
            "botToken",
            "OTHER_ACCOUNT",
            "This token belongs to another bot. Connect it as a new channel.",
        ));
    }
    let mut tx = ctx.db().begin(scope).await?;
    credential::set(ctx, &tx, scope, channel_id, TELEGRAM_TOKEN, &token.into()).await?;
    let mut row = with_new_key(channel);
    row.external_id = Set(Some(bot.to_owned()));
    let channel = row.update(&tx).await?;
    note(ctx, &mut tx, scope, channel_id, ChannelLogKind::Replaced, None).await?;
    begin(ctx, &mut tx, scope, &channel, ConnectChannel::of(channel_id)).await?;
    ctx.commit(tx).await?;
    get(ctx, scope, channel_id).await
}

/// The row of a channel whose key was just replaced: it connects, and nothing is wrong with a key that nobody has tried.
pub(super) fn with_new_key(channel: channel::Model) -> channel::ActiveModel {
    let refused = channel.error_code.as_deref() == Some(fault_code(Kind::Credentials));
    let mut row = channel.into_active_model();
    row.status = Set(ChannelStatus::Connecting);
    if refused {
        row.error_code = Set(None);
        row.last_error = Set(None);
        row.error_count = Set(0);
    }
    row
}

/// Tries to connect once more: after a failure, when no code was scanned in time, or when the public address of the program has
/// changed.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a channel that needs no connection or was disconnected.
pub async fn reconnect(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if !adapter::is_outside(&channel) || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("channelId", "NOT_CONNECTABLE", "This channel has nothing to connect again."));
    }
    let mut tx = ctx.db().begin(scope).await?;
    // Restarting a broken session again would show the same; a person who presses the button is there to scan a code.
    let connect = ConnectChannel { channel_id, relink: channel.error_code.as_deref() == Some(session::BROKEN) };
    let mut row = channel.into_active_model();
    row.status = Set(ChannelStatus::Connecting);
    row.error_code = Set(None);
    row.last_error = Set(None);
    row.error_count = Set(0);
    let channel = row.update(&tx).await?;
    session::forgive(&tx, scope, channel_id).await?;
    note(ctx, &mut tx, scope, channel_id, ChannelLogKind::Connecting, None).await?;
    begin(ctx, &mut tx, scope, &channel, connect).await?;
    ctx.commit(tx).await?;
    get(ctx, scope, channel_id).await
}

/// Ends the connection: nothing comes in or goes out by it any more, its conversations stay, its credentials are removed.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a channel that is no connection.
pub async fn disconnect(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if !adapter::is_outside(&channel) {
        return Err(Error::invalid("channelId", "NOT_CONNECTABLE", "This channel is built in."));
    }
    if channel.status == ChannelStatus::Disconnected {
        return Ok(channel);
    }
    let mut tx = ctx.db().begin(scope).await?;
    let mut row = channel.into_active_model();
    row.status = Set(ChannelStatus::Disconnected);
    row.connected_at = Set(None);
    // The account may be connected anew as another channel.
    row.external_id = Set(None);
    row.update(&tx).await?;
    note(ctx, &mut tx, scope, channel_id, ChannelLogKind::Disconnected, None).await?;
    job::enqueue(ctx, &mut tx, scope, &DisconnectChannel { channel_id }).await?;
    job::hasten(ctx, &mut tx, scope, &lane(channel_id)).await?;
    ctx.commit(tx).await?;
    get(ctx, scope, channel_id).await
}

/// What happened to a channel's connection, the newest first.
///
/// # Errors
/// `NotFound`.
pub async fn log(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid, first: u64) -> Result<Vec<channel_log::Model>> {
    get(ctx, scope, channel_id).await?;
    Ok(channel_log::Entity::find()
        .filter(channel_log::Column::CompanyId.eq(scope.id()))
        .filter(channel_log::Column::ChannelId.eq(channel_id))
        .order_by_desc(channel_log::Column::Id)
        .limit(Ord::min(first, crate::page::MAX_SIZE))
        .all(&ctx.db().read(scope))
        .await?)
}

/// Writes into the log, and tells those who watch.
pub(super) async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel_id: Uuid,
    kind: ChannelLogKind,
    detail: Option<String>,
) -> Result<()> {
    channel_log::Entity::insert(channel_log::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        channel_id: Set(channel_id),
        kind: Set(kind),
        detail: Set(detail),
        created_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Channel, channel_id).await
}

/// Runs [`ConnectChannel`].
pub(crate) async fn run_connect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ConnectChannel = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    if channel.status == ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let intake = adapter::intake(ctx, &channel);
    let connected = match payload.relink {
        true => relink(ctx, &scope, &channel, &intake).await?,
        false => adapter::of(ctx, &scope, &channel).await?.connect(&intake).await,
    };
    let mut tx = ctx.db().begin(&scope).await?;
    match connected {
        Ok(standing) => {
            session::settle(ctx, &mut tx, &scope, &channel, &standing).await?;
            if matches!(intake, Intake::Polling) {
                job::enqueue(ctx, &mut tx, &scope, &PollChannel { channel_id: channel.id }).await?;
            }
            job::finish(ctx, &mut tx, claimed).await?;
            Ok(ctx.commit(tx).await?)
        }
        Err(error) => fails(ctx, tx, &scope, &channel, claimed, &error).await,
    }
}

async fn relink(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    intake: &Intake,
) -> Result<std::result::Result<Standing, gateway::error::Error>> {
    let provider = adapter::waha(ctx, scope, channel).await?;
    Ok(match provider.unlink().await {
        Ok(()) => provider.connect(intake).await,
        Err(error) => Err(error),
    })
}

/// Runs [`DisconnectChannel`]. A provider that does not answer for long is left: its deliveries are refused anyway.
pub(crate) async fn run_disconnect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: DisconnectChannel = claimed.payload()?;
    let channel = get(ctx, &scope, payload.channel_id).await?;
    if channel.status != ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let ended = match adapter::of(ctx, &scope, &channel).await {
        Ok(provider) => provider.disconnect(&adapter::webhook_path(&channel)).await,
        // The credentials are gone already.
        Err(Error::NoCredential(_)) => Ok(()),
        Err(error) => return Err(error.into()),
    };
    if let Err(error) = ended
        && error.retry != gateway::error::Retry::Never
        && claimed.row.attempts < claimed.row.max_attempts
    {
        return Err(failure(&error));
    }
    let mut tx = ctx.db().begin(&scope).await?;
    credential::remove(&tx, &scope, channel.id).await?;
    session::remove(&tx, &scope, channel.id).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// The channel works: remembered only when that is news.
pub(crate) async fn works(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    identity: Option<&Identity>,
) -> Result<()> {
    let news = channel.status != ChannelStatus::Connected || channel.error_count > 0;
    // That something got out says nothing of whose number it is.
    let twin = identity.is_none() && channel.error_code.as_deref() == Some(session::CONFLICT);
    if !news || twin {
        return Ok(());
    }
    let mut update = channel::Entity::update_many()
        .col_expr(channel::Column::Status, Expr::value("connected"))
        .col_expr(channel::Column::LastError, Expr::value(Option::<String>::None))
        .col_expr(channel::Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(channel::Column::ErrorCount, Expr::value(0))
        .col_expr(channel::Column::ConnectedAt, ctx.time().0.into());
    if let Some(identity) = identity {
        update = update.col_expr(channel::Column::ExternalId, Expr::value(identity.external_id.as_str()));
    }
    let done = update
        .filter(channel::Column::Id.eq(channel.id))
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(channel::Column::Status.ne(ChannelStatus::Disconnected))
        .exec(tx)
        .await?;
    if done.rows_affected > 0 {
        let name = identity.map(|identity| identity.name.clone());
        note(ctx, tx, scope, channel.id, ChannelLogKind::Connected, name).await?;
        // What was to be said meanwhile leaves now, and not when its pause ends.
        let talks = conversation::Entity::find()
            .select_only()
            .column(conversation::Column::Id)
            .filter(conversation::Column::CompanyId.eq(scope.id()))
            .filter(conversation::Column::ChannelId.eq(channel.id))
            .into_query();
        job::hasten_about(ctx, tx, scope, SendMessage::KIND, talks).await?;
    }
    Ok(())
}

/// The word by which the web application words a fault.
pub(crate) const fn fault_code(kind: Kind) -> &'static str {
    match kind {
        Kind::Credentials => "credentials",
        Kind::Recipient => "recipient",
        Kind::Request => "request",
        Kind::RateLimited => "rate_limited",
        Kind::Unavailable => "unavailable",
        Kind::Unknown => "unknown",
        Kind::Conflict => "conflict",
        Kind::Gone => "gone",
    }
}

/// Remembers a fault of the connection itself. Whether a line of the log says so.
pub(crate) async fn failed(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    error: &gateway::error::Error,
) -> Result<bool> {
    // A platform that wants to be left alone works: the channel pauses, and nothing is wrong with it.
    if error.kind == Kind::RateLimited && matches!(error.retry, gateway::error::Retry::After(_)) {
        return pause::asked_for(ctx, tx, scope, channel, error).await;
    }
    let ends = error.kind == Kind::Credentials || channel.error_count + 1 >= FAILURES_IN_ERROR;
    let mut update = channel::Entity::update_many()
        .col_expr(channel::Column::LastError, Expr::value(error.text.as_str()))
        .col_expr(channel::Column::ErrorCode, Expr::value(fault_code(error.kind)))
        .col_expr(channel::Column::ErrorCount, Expr::col(channel::Column::ErrorCount).add(1));
    if ends {
        update = update.col_expr(channel::Column::Status, Expr::value("error"));
    }
    let this = Condition::all()
        .add(channel::Column::Id.eq(channel.id))
        .add(channel::Column::CompanyId.eq(scope.id()))
        .add(channel::Column::Status.ne(ChannelStatus::Disconnected));
    // Two faults at once end it once.
    let mut ended = false;
    if ends {
        let first = update.clone().filter(this.clone()).filter(channel::Column::Status.ne(ChannelStatus::Error));
        ended = first.exec(tx).await?.rows_affected > 0;
    }
    if !ended {
        update.filter(this).exec(tx).await?;
    }
    if ended {
        crate::mail::channel_stopped(ctx, tx, scope, channel, fault_code(error.kind), &error.text).await?;
    }
    // A long outage is one line, not one for each try.
    let news = channel.error_count == 0 || (ends && channel.status != ChannelStatus::Error);
    if news {
        let detail = format!("{}: {}", fault_code(error.kind), error.text);
        note(ctx, tx, scope, channel.id, ChannelLogKind::Failed, Some(detail)).await?;
    }
    Ok(news)
}

/// A provider's fault as the ledger takes it.
pub(crate) fn failure(error: &gateway::error::Error) -> Failure {
    let retry = match error.retry {
        gateway::error::Retry::Never => Retry::Never,
        gateway::error::Retry::Later => Retry::Later,
        gateway::error::Retry::After(pause) => Retry::After(pause),
    };
    Failure { reason: error.to_string(), retry }
}

/// Remembers a fault and ends the job's run: for another one, or for good when asking again changes nothing.
pub(super) async fn fails(
    ctx: &Ctx,
    mut tx: Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    claimed: &Claimed,
    error: &gateway::error::Error,
) -> Result<(), Failure> {
    failed(ctx, &mut tx, scope, channel, error).await?;
    if error.retry == gateway::error::Retry::Never {
        // Visible at the channel, where it can be mended; a dead job beside it would say it twice.
        job::finish(ctx, &mut tx, claimed).await?;
        return Ok(ctx.commit(tx).await?);
    }
    ctx.commit(tx).await?;
    Err(failure(error))
}

#[cfg(test)]
mod tests {
    use super::bot_id;

    #[test]
    fn tokens_are_told_from_other_text() {
        assert_eq!(bot_id("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8"), Some("110201543"));
        for text in [
            "",
            "110201543",
            "x:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8",
            "1:short",
            "1:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw8/../x",
        ] {
            assert_eq!(bot_id(text), None, "{text}");
        }
    }
}
