//! The alert to the owners that something which worked does so no more. One letter for a fault, and not more than one an hour
//! about the same thing: a fault within the hour waits for its end, and is left out when it has passed by then.

use super::SendMail;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{company, job};
use assistant::letter::{Alert, Budget, Stopped, Written};
use domain::language::Language;
use entity::stored::{ChannelStatus, IntegrationKind, MailStatus, Role};
use entity::time::Time;
use entity::{channel, integration, mail, membership, user};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Time between two letters about one thing.
const PAUSE_SECONDS: i64 = 3600;
/// Owners that are written to.
const MOST_OWNERS: u64 = 20;

/// What the text is made from, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    company: String,
    name: String,
    code: String,
    detail: Option<String>,
    link: String,
}

struct Fault<'a> {
    kind: &'static str,
    subject_id: Uuid,
    name: &'a str,
    code: &'a str,
    detail: Option<&'a str>,
}

const CHANNEL: &str = "stopped_channel";
const PAYMENT: &str = "stopped_payment";
const CALENDAR: &str = "stopped_calendar";
const MEDIA: &str = "stopped_media";
const BUDGET: &str = "model_budget";

/// What the text of [`BUDGET`] is made from, as it is stored.
#[derive(Debug, Default, Serialize, Deserialize)]
struct BudgetFacts {
    company: String,
    all: bool,
    used: i64,
    limit: i64,
    link: String,
}

/// A company has used most, or all, of a month's budget of the installation's model. Call it once for each, in the transaction
/// that counted it.
pub(crate) async fn model_budget_used(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    month: Time,
    (used, limit): (i64, i64),
) -> Result<()> {
    let (company, readers) = owners(tx, scope).await?;
    let all = used >= limit;
    let link = settings_link(ctx, &company);
    let facts = BudgetFacts { company: company.name.clone(), all, used, limit, link };
    let now = ctx.time();
    let letter = Letter {
        kind: BUDGET,
        subject_id: scope.id(),
        event: format!("{}:{limit}:{}", month.0, if all { 100 } else { 80 }),
        facts: serde_json::to_value(facts)?,
        due_at: now,
    };
    put(ctx, tx, scope, &company, readers, letter).await
}

/// A letter before it is stored, once for each reader.
struct Letter {
    kind: &'static str,
    subject_id: Uuid,
    /// What it is about beside that: the same twice is one letter.
    event: String,
    facts: serde_json::Value,
    due_at: Time,
}

/// A channel that worked is broken. Call it in the transaction that writes it so, once for the change.
pub(crate) async fn channel_stopped(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    code: &str,
    detail: &str,
) -> Result<()> {
    // One that never worked is being set up by somebody who sees it.
    if channel.connected_at.is_none() {
        return Ok(());
    }
    let fault = Fault { kind: CHANNEL, subject_id: channel.id, name: &channel.name, code, detail: Some(detail) };
    // Rare, and part of many other futures: not in their size.
    Box::pin(tell(ctx, tx, scope, fault)).await
}

/// An account that is no channel and worked is broken; as [`channel_stopped`].
pub(crate) async fn account_stopped(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    account: &integration::Model,
    code: &str,
    detail: Option<&str>,
) -> Result<()> {
    if account.connected_at.is_none() {
        return Ok(());
    }
    let kind = match account.kind {
        IntegrationKind::Payment => PAYMENT,
        IntegrationKind::Calendar => CALENDAR,
        IntegrationKind::Media => MEDIA,
    };
    let name = account.name.as_deref().unwrap_or(&account.provider);
    Box::pin(tell(ctx, tx, scope, Fault { kind, subject_id: account.id, name, code, detail })).await
}

/// The company, and its owners that have an address.
async fn owners(tx: &Tx, scope: &CompanyScope) -> Result<(entity::company::Model, Vec<user::Model>)> {
    let company = entity::company::Entity::find_by_id(scope.id()).one(tx).await?.ok_or(Error::NotFound("company"))?;
    let owners = membership::Entity::find()
        .filter(membership::Column::OrganizationId.eq(company.organization_id))
        .filter(membership::Column::Role.eq(Role::Owner))
        .order_by_asc(membership::Column::Id)
        .limit(MOST_OWNERS)
        .all(tx)
        .await?;
    let readers = user::Entity::find()
        .filter(user::Column::Id.is_in(owners.iter().map(|owner| owner.user_id)))
        .filter(user::Column::Email.is_not_null())
        .all(tx)
        .await?;
    Ok((company, readers))
}

fn settings_link(ctx: &Ctx, company: &entity::company::Model) -> String {
    format!("{}/c/{}/settings", ctx.engine().public_url, company::code(company))
}

async fn tell(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, fault: Fault<'_>) -> Result<()> {
    let (company, readers) = owners(tx, scope).await?;
    if readers.is_empty() {
        return Ok(());
    }
    let now = ctx.time();
    let last = mail::Entity::find()
        .filter(mail::Column::CompanyId.eq(scope.id()))
        .filter(mail::Column::SubjectId.eq(fault.subject_id))
        .filter(mail::Column::Status.ne(MailStatus::Dropped))
        .order_by_desc(mail::Column::DueAt)
        .one(&*tx)
        .await?;
    let due_at = match last {
        // It will tell of this fault too.
        Some(last) if last.status == MailStatus::Waiting && last.due_at > now => return Ok(()),
        Some(last) => Ord::max(now, last.due_at.plus_seconds(PAUSE_SECONDS)),
        None => now,
    };
    let facts = serde_json::to_value(Facts {
        company: company.name.clone(),
        name: fault.name.to_owned(),
        code: fault.code.to_owned(),
        detail: fault.detail.map(str::to_owned),
        link: settings_link(ctx, &company),
    })?;
    let letter = Letter {
        kind: fault.kind,
        subject_id: fault.subject_id,
        event: format!("{}:{}", fault.code, due_at.0),
        facts,
        due_at,
    };
    put(ctx, tx, scope, &company, readers, letter).await
}

/// Stores a letter to each of them, with the job that sends it.
async fn put(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    company: &entity::company::Model,
    readers: Vec<user::Model>,
    letter: Letter,
) -> Result<()> {
    for reader in readers {
        let id = ctx.new_id();
        let inserted = mail::Entity::insert(mail::ActiveModel {
            id: Set(id),
            company_id: Set(scope.id()),
            user_id: Set(reader.id),
            subject_id: Set(letter.subject_id),
            kind: Set(letter.kind.to_owned()),
            event: Set(letter.event.clone()),
            address: Set(reader.email.unwrap_or_default()),
            language: Set(company.language.clone()),
            facts: Set(letter.facts.clone()),
            status: Set(MailStatus::Waiting),
            error_code: Set(None),
            last_error: Set(None),
            due_at: Set(letter.due_at),
            created_at: Set(ctx.time()),
            ended_at: Set(None),
        })
        .on_conflict(
            OnConflict::columns([mail::Column::SubjectId, mail::Column::UserId, mail::Column::Event])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(&*tx)
        .await?;
        if inserted > 0 {
            job::enqueue_at(ctx, tx, scope, &SendMail { mail_id: id }, letter.due_at).await?;
        }
    }
    Ok(())
}

/// Whether what a letter says still holds.
pub(super) async fn still_true(ctx: &Ctx, scope: &CompanyScope, row: &mail::Model) -> Result<bool> {
    let db = ctx.db().read(scope);
    // What was used stays used; a letter that comes after its month tells of no budget that is there.
    if row.kind == BUDGET {
        return Ok(crate::model::month_of(ctx.now()) == crate::model::month_of(row.created_at.timestamp()));
    }
    let status = if row.kind == CHANNEL {
        let found = channel::Entity::find_by_id(row.subject_id).filter(channel::Column::CompanyId.eq(scope.id()));
        found.one(&db).await?.map(|channel| channel.status)
    } else {
        let found = integration::Entity::find_by_id(row.subject_id);
        let found = found.filter(integration::Column::CompanyId.eq(scope.id()));
        found.one(&db).await?.map(|account| account.status)
    };
    Ok(status == Some(ChannelStatus::Error))
}

/// The words of a row.
pub(super) fn write(row: &mail::Model, language: Language) -> Written {
    if row.kind != BUDGET {
        return of(row).write(language);
    }
    let BudgetFacts { company, all, used, limit, link } = serde_json::from_value(row.facts.clone()).unwrap_or_default();
    Budget { company, all, used, limit, link }.write(language)
}

/// The alert of a row.
fn of(row: &mail::Model) -> Alert {
    let facts = serde_json::from_value::<Facts>(row.facts.clone()).ok();
    let stopped = match row.kind.as_str() {
        PAYMENT => Stopped::Payment,
        CALENDAR => Stopped::Calendar,
        MEDIA => Stopped::Media,
        _ => Stopped::Channel,
    };
    let facts = facts.unwrap_or_else(|| Facts {
        company: String::new(),
        name: String::new(),
        code: String::new(),
        detail: None,
        link: String::new(),
    });
    Alert {
        stopped,
        company: facts.company,
        name: facts.name,
        code: facts.code,
        detail: facts.detail,
        link: facts.link,
    }
}
