//! Letters to the people who work with the program: written down in the transaction that causes them, sent by a job, at most
//! once. Without a server they stay here and are shown on the mailbox page (development).

mod alert;
mod returns;

pub(crate) use alert::{account_stopped, channel_stopped, model_budget_used};
pub(crate) use returns::{ReadReturns, run_read};
pub use returns::{last_look, start_reading};

use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use crate::job::{self, Claimed, Failure, Job};
use assistant::letter::Written;
use domain::language::Language;
use entity::stored::MailStatus;
use entity::{mail, mail_refusal, user};
use gateway::error::{Error as MailError, Kind, Retry};
use gateway::mail::Letter;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Letters of a company that are kept, the newest.
const KEPT: u64 = 200;
/// Letters that the mailbox page shows.
const SHOWN: u64 = 50;
/// Word for a letter whose reader's address was refused earlier.
const ADDRESS_REFUSED: &str = "address_refused";
/// Word for a letter whose reader has no address any more.
const NO_ADDRESS: &str = "no_address";

/// Sends a letter.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SendMail {
    pub(crate) mail_id: Uuid,
}

impl Job for SendMail {
    const KIND: &'static str = "send_mail";
    /// Greylisting and a server's restart pass within hours: almost four, by the ledger's pauses.
    const MAX_ATTEMPTS: i32 = 24;

    fn unique_key(&self) -> Option<String> {
        Some(format!("mail:{}", self.mail_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.mail_id)
    }
}

/// A letter of the mailbox page.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Its row.
    pub row: mail::Model,
    /// Its words.
    pub written: Written,
}

/// The newest letters to the signed-in person that were kept because no server is set.
///
/// # Errors
/// `Unauthenticated`.
pub async fn mailbox(ctx: &Ctx) -> Result<Vec<Kept>> {
    let user_id = access::user(ctx)?;
    let rows = mail::Entity::find()
        .filter(mail::Column::UserId.eq(user_id))
        .filter(mail::Column::Status.eq(MailStatus::Kept))
        .order_by_desc(mail::Column::Id)
        .limit(SHOWN)
        // Of all companies of the person: each letter went to them.
        .all(&ctx.db().read_across())
        .await?;
    Ok(rows.into_iter().map(|row| Kept { written: write(&row), row }).collect())
}

/// Why letters to an address are refused; none: they are not.
///
/// # Errors
/// When the database does not answer.
pub async fn refusal(ctx: &Ctx, address: &str) -> Result<Option<mail_refusal::Model>> {
    refused(&ctx.db().read_platform(), address).await
}

async fn refused(db: &impl ConnectionTrait, address: &str) -> Result<Option<mail_refusal::Model>> {
    Ok(mail_refusal::Entity::find_by_id(address.to_lowercase()).one(db).await?)
}

/// A person has set this address (again): letters go to it until it is refused.
pub(crate) async fn forgive(tx: &Tx, address: &str) -> Result<()> {
    mail_refusal::Entity::delete_by_id(address.to_lowercase()).exec(tx).await?;
    Ok(())
}

fn write(row: &mail::Model) -> Written {
    alert::write(row, Language::from_code(&row.language).unwrap_or(Language::En))
}

/// How a letter ended.
struct End<'a> {
    status: MailStatus,
    code: Option<&'a str>,
    text: Option<&'a str>,
}

impl<'a> End<'a> {
    const fn of(status: MailStatus) -> Self {
        Self { status, code: None, text: None }
    }

    fn failed(status: MailStatus, error: &'a MailError) -> Self {
        Self { status, code: Some(crate::channel::fault_code(error.kind)), text: Some(&error.text) }
    }
}

/// Runs [`SendMail`].
pub(crate) async fn run_send(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SendMail = claimed.payload()?;
    let row = mail::Entity::find_by_id(payload.mail_id)
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(&scope))
        .await
        .map_err(crate::Error::from)?;
    let Some(row) = row else { return Ok(job::finish_if_running(ctx, claimed).await?) };
    match row.status {
        MailStatus::Waiting => {}
        // The run that handed it over did not come back: it may have arrived.
        MailStatus::Sending => return end(ctx, &scope, claimed, &row, End::of(MailStatus::Unknown)).await,
        _ => return Ok(job::finish_if_running(ctx, claimed).await?),
    }
    if !alert::still_true(ctx, &scope, &row).await? {
        return end(ctx, &scope, claimed, &row, End::of(MailStatus::Dropped)).await;
    }
    let Some(address) = address(ctx, &scope, row.user_id).await? else {
        let none = End { status: MailStatus::Failed, code: Some(NO_ADDRESS), text: None };
        return end(ctx, &scope, claimed, &row, none).await;
    };
    let row = mail::Model { address, ..row };
    if refused(&ctx.db().read(&scope), &row.address).await?.is_some() {
        let known = End { status: MailStatus::Refused, code: Some(ADDRESS_REFUSED), text: None };
        return end(ctx, &scope, claimed, &row, known).await;
    }
    let Some(server) = &ctx.engine().outside.mail else {
        return end(ctx, &scope, claimed, &row, End::of(MailStatus::Kept)).await;
    };
    let written = write(&row);
    let token = returns::token(ctx, row.id);
    let letter = Letter {
        returns_to: ctx.engine().outside.returns.as_ref().map(|mailbox| mailbox.returns.of(&token)),
        token,
        to: row.address.clone(),
        subject: written.subject,
        text: written.text,
        html: written.html,
    };
    let ready = match server.open(&letter).await {
        Ok(ready) => ready,
        Err(error) => return failed(ctx, &scope, claimed, &row, &error).await,
    };
    if !begin(ctx, &scope, &row).await? {
        // Another run has it.
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    match ready.deliver().await {
        Ok(()) => end(ctx, &scope, claimed, &row, End::of(MailStatus::Sent)).await,
        Err(error) => failed(ctx, &scope, claimed, &row, &error).await,
    }
}

async fn address(ctx: &Ctx, scope: &CompanyScope, user_id: Uuid) -> Result<Option<String>> {
    Ok(user::Entity::find_by_id(user_id).one(&ctx.db().read(scope)).await?.and_then(|user| user.email))
}

/// Writes down that the letter is being handed over; false when another run did.
async fn begin(ctx: &Ctx, scope: &CompanyScope, row: &mail::Model) -> Result<bool> {
    let tx = ctx.db().begin(scope).await?;
    let begun = mail::Entity::update_many()
        .col_expr(mail::Column::Status, Expr::value("sending"))
        .col_expr(mail::Column::Address, Expr::value(row.address.as_str()))
        .filter(mail::Column::Id.eq(row.id))
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .filter(mail::Column::Status.eq(MailStatus::Waiting))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await?;
    Ok(begun.rows_affected > 0)
}

/// A fault: another try when nothing was sent and it may go better, else the end.
async fn failed(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    row: &mail::Model,
    error: &MailError,
) -> Result<(), Failure> {
    if error.retry != Retry::Never && claimed.row.attempts < claimed.row.max_attempts {
        let tx = ctx.db().begin(scope).await?;
        mail::Entity::update_many()
            .col_expr(mail::Column::Status, Expr::value("waiting"))
            .col_expr(mail::Column::ErrorCode, Expr::value(crate::channel::fault_code(error.kind)))
            .col_expr(mail::Column::LastError, Expr::value(error.text.as_str()))
            .filter(mail::Column::Id.eq(row.id))
            .filter(mail::Column::CompanyId.eq(scope.id()))
            .exec(&tx)
            .await
            .map_err(crate::Error::from)?;
        ctx.commit(tx).await?;
        return Err(crate::channel::failure(error));
    }
    let status = status_after(error);
    tracing::error!(mail = %row.id, company = %scope.id(), %error, "a letter was not sent");
    end(ctx, scope, claimed, row, End::failed(status, error)).await
}

/// How a letter stands after a fault that ends it, told at once or in a report later.
const fn status_after(error: &MailError) -> MailStatus {
    match error.kind {
        Kind::Recipient => MailStatus::Refused,
        Kind::Unknown => MailStatus::Unknown,
        _ => MailStatus::Failed,
    }
}

/// Settles a letter and its job; a refused address is marked with it.
async fn end(
    ctx: &Ctx,
    scope: &CompanyScope,
    claimed: &Claimed,
    row: &mail::Model,
    end: End<'_>,
) -> Result<(), Failure> {
    let mut tx = ctx.db().begin(scope).await?;
    settle(ctx, &tx, scope, row, &end).await?;
    if let (MailStatus::Refused, Some(reason)) = (end.status, end.text) {
        mark(ctx, &tx, &row.address, reason).await?;
    }
    tidy(&tx, scope).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    metrics::counter!("mails_total", "status" => word(end.status)).increment(1);
    Ok(())
}

async fn settle(ctx: &Ctx, tx: &Tx, scope: &CompanyScope, row: &mail::Model, end: &End<'_>) -> Result<()> {
    mail::Entity::update_many()
        .col_expr(mail::Column::Status, Expr::value(word(end.status)))
        .col_expr(mail::Column::Address, Expr::value(row.address.as_str()))
        .col_expr(mail::Column::ErrorCode, Expr::value(end.code))
        .col_expr(mail::Column::LastError, Expr::value(end.text))
        .col_expr(mail::Column::EndedAt, ctx.time().0.into())
        .filter(mail::Column::Id.eq(row.id))
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// No more letters go to this address, until somebody sets it again.
async fn mark(ctx: &Ctx, tx: &Tx, address: &str, reason: &str) -> Result<()> {
    mail_refusal::Entity::insert(mail_refusal::ActiveModel {
        address: Set(address.to_lowercase()),
        reason: Set(reason.to_owned()),
        created_at: Set(ctx.time()),
    })
    .on_conflict(
        OnConflict::column(mail_refusal::Column::Address)
            .update_columns([mail_refusal::Column::Reason, mail_refusal::Column::CreatedAt])
            .to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// The oldest letters go.
async fn tidy(tx: &Tx, scope: &CompanyScope) -> Result<()> {
    let oldest = mail::Entity::find()
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .order_by_desc(mail::Column::Id)
        .offset(KEPT)
        .one(tx)
        .await?;
    if let Some(oldest) = oldest {
        mail::Entity::delete_many()
            .filter(mail::Column::CompanyId.eq(scope.id()))
            .filter(mail::Column::Id.lte(oldest.id))
            .filter(mail::Column::Status.is_not_in([MailStatus::Waiting, MailStatus::Sending]))
            .exec(tx)
            .await?;
    }
    Ok(())
}

fn word(status: MailStatus) -> String {
    use sea_orm::ActiveEnum as _;
    status.to_value()
}
