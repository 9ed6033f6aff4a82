//! Letters that come back: a server took one and says later that it cannot deliver it, in a report to the envelope's sender.
//! The installation's mailbox is read by one job at a time; what a report says of a letter ends as the same refusal would have
//! ended within the conversation.
//!
//! A report counts for the letter whose token it carries, and for that letter's address only, whatever addresses it names: a
//! token is the installation's signature, and who received a letter can at most say of this one that it came back.
//!
//! A message is removed after what it says is committed; dying in between brings it again, and a letter that has come back does
//! so once. Whatever is no report about a letter of ours stays as it is and is passed by: the place is remembered by the
//! server's numbers.

use super::{End, mark, settle, status_after};
use crate::access;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::stored::MailStatus;
use entity::time::Time;
use entity::{mail, mailbox_state, user};
use gateway::error::{Error as MailError, Kind};
use gateway::mail::mailbox::{Mailbox, Open};
use gateway::mail::report::{Report, Verdict};
use gateway::mail::returns;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait as _, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QuerySelect as _};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What the key for tokens is made for.
const PURPOSE: &str = "mail-returns";
/// Between two looks into the mailbox.
const PAUSE_SECONDS: i64 = 60;
/// The longest pause after faults; also the one after a refused login, which servers count.
const LONGEST_PAUSE_SECONDS: i64 = 15 * 60;
/// Messages of one look.
const BATCH: usize = 50;
/// A look takes no more messages after this.
const LOOK_TIME: Duration = Duration::from_secs(120);
/// A message that could not be read so often is passed by.
const MOST_TRIES: i32 = 5;

/// The token of a letter.
pub(super) fn token(ctx: &Ctx, mail_id: Uuid) -> String {
    returns::token(&ctx.engine().key.derive(PURPOSE), mail_id)
}

/// Looks into the mailbox, and enqueues itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReadReturns {}

impl Job for ReadReturns {
    const KIND: &'static str = "read_returns";
    // A mailbox that is away comes back some day.
    const MAX_ATTEMPTS: i32 = i32::MAX;

    fn unique_key(&self) -> Option<String> {
        Some("returns".to_owned())
    }

    fn lane(&self) -> Option<String> {
        Some("returns".to_owned())
    }
}

/// Has the mailbox looked at from now on, where there is one: every worker calls this at its start and once an hour.
///
/// # Errors
/// When the database does not answer.
pub async fn start_reading(ctx: &Ctx) -> Result<()> {
    if ctx.engine().outside.returns.is_none() {
        return Ok(());
    }
    let mut tx = ctx.db().begin_across().await?;
    job::enqueue_own(ctx, &mut tx, &ReadReturns {}, ctx.time()).await?;
    ctx.commit(tx).await
}

/// How the last look into the mailbox went; none: nobody has looked yet, or there is none.
///
/// # Errors
/// When the database does not answer.
pub async fn last_look(ctx: &Ctx) -> Result<Option<mailbox_state::Model>> {
    let Some(mailbox) = &ctx.engine().outside.returns else { return Ok(None) };
    Ok(mailbox_state::Entity::find_by_id(mailbox.place()).one(&ctx.db().read_platform()).await?)
}

/// What is the matter: theirs waits for the next look, ours for another run.
enum Fault {
    Theirs(MailError),
    Ours(Error),
}

impl From<MailError> for Fault {
    fn from(error: MailError) -> Self {
        Self::Theirs(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Runs [`ReadReturns`].
pub(crate) async fn run_read(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let Some(mailbox) = ctx.engine().outside.returns.clone() else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    let known = last_look(ctx).await?;
    let mut state = known.clone().unwrap_or_else(|| mailbox_state::Model {
        place: mailbox.place(),
        uid_validity: 0,
        read_to: 0,
        stuck_at: None,
        stuck_times: 0,
        error_code: None,
        last_error: None,
        error_count: 0,
        looked_at: ctx.time(),
        read_at: None,
    });
    let looked = Box::pin(look(ctx, &mailbox, &mut state)).await;
    state.looked_at = ctx.time();
    let pause = match looked {
        Ok(more) => {
            if state.error_code.is_some() {
                tracing::info!("the mailbox for returned letters can be read again");
            }
            (state.error_code, state.last_error, state.error_count) = (None, None, 0);
            state.read_at = Some(ctx.time());
            if more { 0 } else { PAUSE_SECONDS }
        }
        Err(Fault::Theirs(error)) => {
            let code = crate::channel::fault_code(error.kind);
            if state.error_code.as_deref() != Some(code) {
                tracing::error!(%error, "the mailbox for returned letters cannot be read");
            }
            state.error_code = Some(code.to_owned());
            state.last_error = Some(error.text);
            state.error_count = state.error_count.saturating_add(1);
            match error.kind {
                Kind::Credentials => LONGEST_PAUSE_SECONDS,
                _ => (PAUSE_SECONDS << state.error_count.clamp(0, 5)).min(LONGEST_PAUSE_SECONDS),
            }
        }
        Err(Fault::Ours(error)) => return Err(error.into()),
    };
    metrics::counter!("mailbox_looks_total", "result" => state.error_code.clone().unwrap_or_else(|| "ok".to_owned()))
        .increment(1);
    let mut tx = ctx.db().begin_across().await?;
    store(&tx, state).await?;
    job::enqueue_own(ctx, &mut tx, &ReadReturns {}, ctx.time().plus_seconds(pause)).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

async fn store(tx: &Tx, state: mailbox_state::Model) -> Result<()> {
    use mailbox_state::Column;
    mailbox_state::Entity::insert(state.into_active_model().reset_all())
        .on_conflict(
            OnConflict::column(Column::Place)
                .update_columns([
                    Column::UidValidity,
                    Column::ReadTo,
                    Column::StuckAt,
                    Column::StuckTimes,
                    Column::ErrorCode,
                    Column::LastError,
                    Column::ErrorCount,
                    Column::LookedAt,
                    Column::ReadAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// One look. What it got to stands in `state` in any case; true: there is more to read at once.
async fn look(ctx: &Ctx, mailbox: &Mailbox, state: &mut mailbox_state::Model) -> Result<bool, Fault> {
    let began = Instant::now();
    let mut open = mailbox.open().await?;
    if state.uid_validity != i64::from(open.uid_validity) {
        // The server counts anew: what was read may have any number now. Reading it again changes nothing.
        state.uid_validity = open.uid_validity.into();
        (state.read_to, state.stuck_at, state.stuck_times) = (0, None, 0);
    }
    let found = open.after(u32::try_from(state.read_to).unwrap_or(u32::MAX), BATCH).await?;
    for uid in found.uids {
        if began.elapsed() > LOOK_TIME {
            open.close().await;
            return Ok(true);
        }
        let message = match open.read(uid).await {
            Ok(message) => message,
            Err(error) => {
                stuck(state, uid);
                return Err(error.into());
            }
        };
        let report = message.and_then(|message| Report::read(&message, &mailbox.returns));
        let became = match report {
            Some(report) => apply(ctx, &report).await?,
            None => Became::Foreign,
        };
        match became {
            Became::Foreign => {}
            // Its letter is being handed over this very moment.
            Became::TooEarly => {
                open.close().await;
                return Ok(false);
            }
            Became::Counted(outcome) => {
                remove(&mut open, uid).await?;
                count(outcome);
            }
        }
        state.read_to = uid.into();
    }
    state.read_to = found.seen_to.into();
    let more = found.seen_to < open.uid_next.saturating_sub(1);
    open.close().await;
    Ok(more)
}

fn count(outcome: &'static str) {
    metrics::counter!("mails_returned_total", "outcome" => outcome).increment(1);
}

/// A message that breaks the connection each time is passed by in the end, so that those behind it are read.
fn stuck(state: &mut mailbox_state::Model, uid: u32) {
    let uid = i64::from(uid);
    state.stuck_times = if state.stuck_at == Some(uid) { state.stuck_times.saturating_add(1) } else { 1 };
    state.stuck_at = Some(uid);
    if state.stuck_times >= MOST_TRIES {
        tracing::warn!(uid, "a message in the mailbox for returned letters cannot be read and is passed by");
        count("unreadable");
        (state.read_to, state.stuck_at, state.stuck_times) = (uid, None, 0);
    }
}

/// Removes what has been counted. A mailbox that may not be changed keeps it, and the place is remembered all the same.
async fn remove(open: &mut Open, uid: u32) -> Result<(), MailError> {
    match open.remove(uid).await {
        Err(error) if error.kind == Kind::Request => {
            tracing::warn!(uid, %error, "a report stays in the mailbox");
            Ok(())
        }
        done => done,
    }
}

/// What became of a message.
enum Became {
    /// It is not about a letter of ours.
    Foreign,
    /// It came before the letter was settled.
    TooEarly,
    /// It is done with; a word for the counter.
    Counted(&'static str),
}

async fn apply(ctx: &Ctx, report: &Report) -> Result<Became> {
    let key = &ctx.engine().key;
    let Some(id) = report.tokens.iter().find_map(|token| returns::letter_of(key.derived(PURPOSE), token)) else {
        if !report.tokens.is_empty() {
            tracing::warn!("a report carries a token that this installation has not made");
            count("forged");
        }
        return Ok(Became::Foreign);
    };
    // The signature says that it is ours; whose it is the row says.
    let Some(row) = mail::Entity::find_by_id(id).one(&ctx.db().read_across()).await? else {
        return Ok(Became::Counted("forgotten"));
    };
    match report.verdict(&row.address) {
        Verdict::Failed(error) => returned(ctx, &row, &error).await,
        Verdict::Delayed => Ok(Became::Counted("delayed")),
        Verdict::Other => Ok(Became::Counted("arrived")),
    }
}

/// A letter came back for good. Once: what is settled by a report, or was refused at once, stays so.
async fn returned(ctx: &Ctx, row: &mail::Model, error: &MailError) -> Result<Became> {
    let scope = access::for_letter(row);
    let tx = ctx.db().begin(&scope).await?;
    let row = mail::Entity::find_by_id(row.id)
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .lock_exclusive()
        .one(&tx)
        .await?;
    let Some(row) = row else { return Ok(Became::Counted("forgotten")) };
    match row.status {
        MailStatus::Sent | MailStatus::Unknown => {}
        MailStatus::Sending => return Ok(Became::TooEarly),
        _ => return Ok(Became::Counted("known")),
    }
    let status = status_after(error);
    settle(ctx, &tx, &scope, &row, &End::failed(status, error)).await?;
    let outcome = match status {
        MailStatus::Refused if set_again(&tx, &row.address, row.ended_at.unwrap_or(row.created_at)).await? => {
            "outdated"
        }
        MailStatus::Refused => {
            mark(ctx, &tx, &row.address, &error.text).await?;
            "refused"
        }
        _ => "failed",
    };
    ctx.commit(tx).await?;
    tracing::error!(mail = %row.id, company = %scope.id(), outcome, %error, "a letter came back");
    Ok(Became::Counted(outcome))
}

/// Whether a person has set this address after a moment. The lock makes one who is just doing so come before or after.
async fn set_again(tx: &Tx, address: &str, since: Time) -> Result<bool> {
    let owner = user::Entity::find().filter(user::Column::Email.eq(address.to_lowercase())).lock_exclusive().one(tx);
    Ok(owner.await?.and_then(|owner| owner.email_set_at).is_some_and(|set_at| set_at > since))
}
