//! The alert to the owners that something which worked does so no more. One letter for a fault, and not more than one an hour
//! about the same thing: a fault within the hour waits for its end, and is left out when it has passed by then.

use super::SendMail;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::{company, job};
use assistant::letter::{Alert, Stopped};
use entity::stored::{ChannelStatus, IntegrationKind, MailStatus, Role};
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

async fn tell(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, fault: Fault<'_>) -> Result<()> {
    let company = entity::company::Entity::find_by_id(scope.id()).one(&*tx).await?.ok_or(Error::NotFound("company"))?;
    let owners = membership::Entity::find()
        .filter(membership::Column::OrganizationId.eq(company.organization_id))
        .filter(membership::Column::Role.eq(Role::Owner))
        .order_by_asc(membership::Column::Id)
        .limit(MOST_OWNERS)
        .all(&*tx)
        .await?;
    let readers = user::Entity::find()
        .filter(user::Column::Id.is_in(owners.iter().map(|owner| owner.user_id)))
        .filter(user::Column::Email.is_not_null())
        .all(&*tx)
        .await?;
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
        link: format!("{}/c/{}/settings", ctx.engine().public_url, company::code(&company)),
    })?;
    for reader in readers {
        let id = ctx.new_id();
        let inserted = mail::Entity::insert(mail::ActiveModel {
            id: Set(id),
            company_id: Set(scope.id()),
            user_id: Set(reader.id),
            subject_id: Set(fault.subject_id),
            kind: Set(fault.kind.to_owned()),
            event: Set(format!("{}:{}", fault.code, due_at.0)),
            address: Set(reader.email.unwrap_or_default()),
            language: Set(company.language.clone()),
            facts: Set(facts.clone()),
            status: Set(MailStatus::Waiting),
            error_code: Set(None),
            last_error: Set(None),
            due_at: Set(due_at),
            created_at: Set(now),
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
            job::enqueue_at(ctx, tx, scope, &SendMail { mail_id: id }, due_at).await?;
        }
    }
    Ok(())
}

/// Whether what a letter says still holds.
pub(super) async fn still_true(ctx: &Ctx, scope: &CompanyScope, row: &mail::Model) -> Result<bool> {
    let db = ctx.db().read(scope);
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

/// The alert of a row.
pub(super) fn of(row: &mail::Model) -> Alert {
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
