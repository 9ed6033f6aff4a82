//! Sessions at providers that have such: a phone that a person links by a code, that can be unlinked at any time, and whose
//! server can break. What a session is said to be in a delivery may be late or a replay; it is looked at before it counts.

use super::connect::{note, works};
use super::watch::{self, WatchChannel};
use super::{adapter, get};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job;
use entity::stored::{ChannelLogKind, ChannelStatus, EventKind};
use entity::time::Time;
use entity::{channel, channel_session};
use gateway::channel::waha::{QR_CODES, QR_LIFE};
use gateway::channel::{Session, Standing};
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Word for a code that nobody scanned in time.
pub(super) const CODE_EXPIRED: &str = "code_expired";
/// Word for a phone that ended the link.
pub(super) const LOGGED_OUT: &str = "logged_out";
/// Word for a session that restarting did not bring back.
pub(super) const BROKEN: &str = "session_broken";
/// Word for a session whose deliveries do not reach us.
pub(super) const SILENT: &str = "silent";
/// Word for a channel that links no phone, or not any more.
pub const NO_CODE: &str = "no_code";
/// Word for an account that is another channel of the company.
pub(super) const CONFLICT: &str = "conflict";

/// A code to be scanned, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// How the session stands; none while the provider does not say.
    pub session: Option<Session>,
    /// The code as the phone reads it; the digits to be compared, while the phone asks for that.
    pub value: Option<String>,
    /// Which one in a row, from 1, and how many there are before the session gives up.
    pub number: Option<(u32, u32)>,
    /// When the next one takes its place, as far as that is known.
    pub expires_at: Option<Time>,
    /// Why the provider does not say, as a word for translations.
    pub error_code: Option<&'static str>,
}

/// The session of a channel, as it was seen last.
///
/// # Errors
/// When the database does not answer.
pub async fn session(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<Option<channel_session::Model>> {
    of(&ctx.db().read(scope), scope, channel_id).await
}

pub(super) async fn of(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    channel_id: Uuid,
) -> Result<Option<channel_session::Model>> {
    Ok(channel_session::Entity::find_by_id(channel_id)
        .filter(channel_session::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?)
}

/// The code that links a phone, as the provider shows it now. It opens the account to whoever scans it: it is asked for each
/// time, and stored nowhere.
///
/// # Errors
/// `Forbidden`; `NotFound`.
pub async fn code(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<Code> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    let none = Code { session: None, value: None, number: None, expires_at: None, error_code: None };
    if !watch::is_watched(&channel) || channel.status == ChannelStatus::Disconnected {
        return Ok(Code { error_code: Some(NO_CODE), ..none });
    }
    let provider = adapter::waha(ctx, scope, &channel).await?;
    let failed = |error: &gateway::error::Error| Code {
        error_code: Some(super::connect::fault_code(error.kind)),
        ..none.clone()
    };
    let session = match provider.look().await {
        Ok(look) => look.standing.session,
        // It is about to be made.
        Err(error) if error.kind == gateway::error::Kind::Gone => Session::Starting,
        Err(error) => return Ok(failed(&error)),
    };
    if session == Session::PasskeyConfirmation {
        return Ok(match provider.passkey_code().await {
            Ok(value) => Code { session: Some(session), value, ..none },
            Err(error) => failed(&error),
        });
    }
    if session != Session::ScanQr {
        return Ok(Code { session: Some(session), ..none });
    }
    let value = match provider.qr().await {
        Ok(value) => value,
        Err(error) => return Ok(failed(&error)),
    };
    let row = of(&ctx.db().read(scope), scope, channel_id).await?;
    let shown = row.and_then(|row| Some((u32::try_from(row.code_number).ok()?, row.code_at?)));
    let shown = shown.filter(|(number, _)| (1..=QR_CODES).contains(number));
    let expires_at = shown.map(|(number, at)| {
        let life = if number == 1 { QR_LIFE[0] } else { QR_LIFE[1] };
        at.plus_seconds(i64::try_from(life.as_secs()).unwrap_or_default())
    });
    Ok(Code {
        session: Some(session),
        value,
        number: shown.map(|(number, _)| (number, QR_CODES)),
        // A code whose time is over by our count is still what the provider shows.
        expires_at: expires_at.filter(|at| *at > ctx.time()),
        error_code: None,
    })
}

/// A person has compared the digits on the phone with those of [`code`]: the link is finished.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for a channel whose phone asks for nothing, or when the provider refuses.
pub async fn confirm_passkey(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<channel::Model> {
    scope.must_manage()?;
    let channel = get(ctx, scope, channel_id).await?;
    if !watch::is_watched(&channel) || channel.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("id", "NOT_CONNECTABLE", "This channel links no phone."));
    }
    let confirmed = adapter::waha(ctx, scope, &channel).await?.confirm_passkey().await;
    if let Err(error) = confirmed {
        return Err(Error::invalid("id", "NOT_CONFIRMED", format!("The code could not be confirmed: {}", error.text)));
    }
    let mut tx = ctx.db().begin(scope).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Channel, channel_id).await?;
    job::enqueue(ctx, &mut tx, scope, &WatchChannel { channel_id }).await?;
    ctx.commit(tx).await?;
    Ok(channel)
}

/// What a provider says of the account when it is asked.
pub(super) async fn settle(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    standing: &Standing,
) -> Result<()> {
    if !watch::is_watched(channel) {
        return works(ctx, tx, scope, channel, standing.identity.as_ref()).await;
    }
    remember(ctx, tx, scope, channel.id, standing.session).await?;
    match standing.session {
        Session::Working => {
            let twin = match &standing.identity {
                Some(identity) => twin(tx, scope, channel, &identity.external_id).await?,
                None => None,
            };
            match twin {
                Some(twin) => {
                    let text = format!("This number is connected as the channel \"{}\" already.", twin.name);
                    broken(ctx, tx, scope, channel, CONFLICT, &text).await
                }
                None => works(ctx, tx, scope, channel, standing.identity.as_ref()).await,
            }
        }
        // Waited for while it is being connected; for a channel that worked, the phone has ended the link.
        Session::ScanQr | Session::PasskeyRequired | Session::PasskeyConfirmation => {
            if channel.status == ChannelStatus::Connecting {
                return Ok(());
            }
            let text = "The phone ended the link. Scan the code once more.";
            broken(ctx, tx, scope, channel, LOGGED_OUT, text).await
        }
        Session::Failed if channel.status == ChannelStatus::Connecting => {
            let text = "No code was scanned in time.";
            broken(ctx, tx, scope, channel, CODE_EXPIRED, text).await
        }
        // The watch restarts it.
        Session::Failed | Session::Stopped | Session::Starting => Ok(()),
    }
}

/// Another channel of the company that is this account.
async fn twin(
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    external_id: &str,
) -> Result<Option<channel::Model>> {
    Ok(channel::Entity::find()
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(channel::Column::Provider.eq(channel.provider.as_str()))
        .filter(channel::Column::ExternalId.eq(external_id))
        .filter(channel::Column::Id.ne(channel.id))
        .one(tx)
        .await?)
}

/// The channel is broken, and staff are to know: its status, a line of its log, a line for who runs the program. Once for each
/// reason.
pub(super) async fn broken(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    code: &'static str,
    text: &str,
) -> Result<()> {
    let done = channel::Entity::update_many()
        .col_expr(channel::Column::Status, Expr::value("error"))
        .col_expr(channel::Column::ErrorCode, Expr::value(code))
        .col_expr(channel::Column::LastError, Expr::value(text))
        .col_expr(channel::Column::ErrorCount, Expr::col(channel::Column::ErrorCount).add(1))
        .filter(channel::Column::Id.eq(channel.id))
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(channel::Column::Status.ne(ChannelStatus::Disconnected))
        .filter(channel::Column::Status.ne(ChannelStatus::Error).or(channel::Column::ErrorCode.ne(code)))
        .exec(tx)
        .await?;
    if done.rows_affected > 0 {
        tracing::error!(channel = %channel.id, company = %scope.id(), code, "a channel is broken");
        metrics::counter!("channel_alarms_total", "code" => code).increment(1);
        note(ctx, tx, scope, channel.id, ChannelLogKind::Alarm, Some(format!("{code}: {text}"))).await?;
        crate::mail::channel_stopped(ctx, tx, scope, channel, code, text).await?;
    }
    Ok(())
}

/// Stores the state; since when only when it is another one.
pub(super) async fn remember(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel_id: Uuid,
    session: Session,
) -> Result<()> {
    let known = of(tx, scope, channel_id).await?;
    let now = ctx.time();
    match known {
        None => {
            insert(tx, scope, channel_id, session, now).await?;
        }
        Some(known) if known.session == session.as_str() => return Ok(()),
        Some(_) => {
            channel_session::Entity::update_many()
                .col_expr(channel_session::Column::Session, Expr::value(session.as_str()))
                .col_expr(channel_session::Column::ChangedAt, now.0.into())
                .filter(channel_session::Column::ChannelId.eq(channel_id))
                .filter(channel_session::Column::CompanyId.eq(scope.id()))
                .exec(tx)
                .await?;
        }
    }
    crate::event::emit(ctx, tx, scope, EventKind::Channel, channel_id).await
}

async fn insert(tx: &Tx, scope: &CompanyScope, channel_id: Uuid, session: Session, now: Time) -> Result<()> {
    channel_session::Entity::insert(channel_session::ActiveModel {
        channel_id: Set(channel_id),
        company_id: Set(scope.id()),
        session: Set(session.as_str().to_owned()),
        changed_at: Set(now),
        code_number: Set(0),
        code_at: Set(None),
        restarts: Set(0),
        restarted_at: Set(None),
    })
    .on_conflict(OnConflict::column(channel_session::Column::ChannelId).do_nothing().to_owned())
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// A delivery says that the session came into a state. What is believed of it is only which code is shown, for the eyes of the
/// person who scans; the state itself is looked at by the watch, at once.
pub(super) async fn reported(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    session: Session,
    since: Option<Timestamp>,
    again: bool,
) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    if session == Session::ScanQr
        && let Some(since) = since.map(Time::from)
    {
        insert(&tx, scope, channel.id, session, ctx.time()).await?;
        let number = if again { Expr::col(channel_session::Column::CodeNumber).add(1) } else { Expr::value(1) };
        channel_session::Entity::update_many()
            .col_expr(channel_session::Column::CodeNumber, number)
            .col_expr(channel_session::Column::CodeAt, since.0.into())
            .filter(channel_session::Column::ChannelId.eq(channel.id))
            .filter(channel_session::Column::CompanyId.eq(scope.id()))
            // Late and repeated reports change nothing.
            .filter(channel_session::Column::CodeAt.is_null().or(channel_session::Column::CodeAt.lt(since)))
            .exec(&tx)
            .await?;
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Channel, channel.id).await?;
    job::enqueue(ctx, &mut tx, scope, &WatchChannel { channel_id: channel.id }).await?;
    ctx.commit(tx).await
}

/// The session was restarted, or set up again.
pub(super) async fn restarted(tx: &Tx, scope: &CompanyScope, channel_id: Uuid, at: Time) -> Result<()> {
    channel_session::Entity::update_many()
        .col_expr(channel_session::Column::Restarts, Expr::col(channel_session::Column::Restarts).add(1))
        .col_expr(channel_session::Column::RestartedAt, at.0.into())
        .filter(channel_session::Column::ChannelId.eq(channel_id))
        .filter(channel_session::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Restarts are counted anew: it works, or a person took it in hand.
pub(super) async fn forgive(tx: &Tx, scope: &CompanyScope, channel_id: Uuid) -> Result<()> {
    channel_session::Entity::update_many()
        .col_expr(channel_session::Column::Restarts, Expr::value(0))
        .col_expr(channel_session::Column::RestartedAt, Expr::value(Option::<i64>::None))
        .filter(channel_session::Column::ChannelId.eq(channel_id))
        .filter(channel_session::Column::CompanyId.eq(scope.id()))
        .filter(channel_session::Column::Restarts.gt(0))
        .exec(tx)
        .await?;
    Ok(())
}

/// The channel was disconnected.
pub(super) async fn remove(tx: &Tx, scope: &CompanyScope, channel_id: Uuid) -> Result<()> {
    channel_session::Entity::delete_many()
        .filter(channel_session::Column::ChannelId.eq(channel_id))
        .filter(channel_session::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}
