//! Where providers' events come in: verified, stored once, applied by a job. Nothing slow happens here.

use super::provider::{self, bank};
use super::settle::SettlePayment;
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::{job, order};
use entity::stored::{ChannelStatus, IntegrationKind};
use entity::{integration, order as order_table, payment, payment_event};
use gateway::payment::sandbox;
use gateway::payment::{EventError, EventKind, PaymentEvent, PaymentProvider, Subject};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// A page of the sandbox bank, as its customer sees it.
///
/// # Errors
/// `NotFound`.
pub async fn page(ctx: &Ctx, external_id: &str) -> Result<(CompanyScope, payment::Model, order_table::Model)> {
    let payment = payment::Entity::find()
        .filter(payment::Column::Provider.eq(sandbox::NAME))
        .filter(payment::Column::ExternalId.eq(external_id))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("payment"))?;
    let scope = access::for_payment(&payment);
    let order = order::get(ctx, &scope, payment.order_id).await?;
    Ok((scope, payment, order))
}

/// The sandbox bank reports what its customer pressed: a signed event through the door that all providers use.
///
/// # Errors
/// `NotFound` for a page that is none.
pub async fn report(ctx: &Ctx, external_id: &str, kind: EventKind) -> Result<()> {
    let (_, payment, _) = page(ctx, external_id).await?;
    let event_id = format!("evt_{}", ctx.new_id().simple());
    let (body, signature) =
        bank(ctx).event(&event_id, kind, external_id, payment.amount_minor, &payment.currency, ctx.now());
    receive(ctx, sandbox::NAME, Some(&signature), body.as_bytes()).await
}

/// Takes an event at the door of this name: `sandbox`, or the public key of a company's account.
///
/// # Errors
/// `Unauthenticated` for a wrong signature; `Invalid` for one that is too old or a body that is none; `NotFound` for an
/// unknown door.
pub async fn receive(ctx: &Ctx, door: &str, signature: Option<&str>, body: &[u8]) -> Result<()> {
    if door == sandbox::NAME {
        return from_sandbox(ctx, signature, body).await;
    }
    let (scope, account) = access::for_integration(ctx, door).await?;
    if account.kind != IntegrationKind::Payment || account.status == ChannelStatus::Disconnected {
        return Err(Error::NotFound("integration"));
    }
    let event = provider::stripe(ctx, &scope, &account).await?.verify(signature, body, ctx.now()).map_err(refused)?;
    from_account(ctx, &scope, &account, event, body).await
}

fn refused(error: EventError) -> Error {
    match error {
        EventError::Signature => Error::Unauthenticated,
        EventError::Time => Error::invalid("signature", "OUT_OF_TOLERANCE", error.to_string()),
        EventError::Body => Error::invalid("body", "INVALID", error.to_string()),
    }
}

async fn from_sandbox(ctx: &Ctx, signature: Option<&str>, body: &[u8]) -> Result<()> {
    if !ctx.engine().outside.test_bank {
        return Err(Error::NotFound("provider"));
    }
    let event = bank(ctx).verify(signature, body, ctx.now()).map_err(refused)?;
    let (Some(kind), Some(Subject::Page(page))) = (event.kind, &event.subject) else { return Ok(()) };
    let payment = payment::Entity::find()
        .filter(payment::Column::Provider.eq(sandbox::NAME))
        .filter(payment::Column::ExternalId.eq(page.as_str()))
        .one(&ctx.db().read_across())
        .await?;
    let scope = payment.as_ref().map(access::for_payment);
    if let (Some(scope), Some(payment)) = (&scope, &payment) {
        let order = order::get(ctx, scope, payment.order_id).await?;
        if !provider::believes_sandbox(ctx, scope, &order).await? {
            return Err(Error::NotFound("provider"));
        }
    }
    let known = scope.as_ref().map(|scope| (scope, payment.as_ref().map(|payment| payment.order_id)));
    let account = event.account.clone().unwrap_or_default();
    let stored = Stored { provider: sandbox::NAME, account, kind, payload: serde_json::from_slice(body)? };
    store(ctx, known, stored, event.external_id).await
}

/// Events of the same account that are not about our pages come too: other programs sell through it.
async fn from_account(
    ctx: &Ctx,
    scope: &CompanyScope,
    account: &integration::Model,
    event: PaymentEvent,
    body: &[u8],
) -> Result<()> {
    let (Some(kind), Some(subject)) = (event.kind, &event.subject) else { return Ok(()) };
    let mut stored = Stored {
        provider: gateway::payment::stripe::NAME,
        account: account.id.to_string(),
        kind,
        payload: serde_json::from_slice(body)?,
    };
    // Which page a refund is about is known when it is read again.
    let Subject::Page(page) = subject else {
        return store(ctx, Some((scope, None)), stored, event.external_id).await;
    };
    let payment = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(stored.provider))
        .filter(payment::Column::ExternalId.eq(page.as_str()))
        .one(&ctx.db().read(scope))
        .await?;
    match payment {
        Some(payment) => store(ctx, Some((scope, Some(payment.order_id))), stored, event.external_id).await,
        None => {
            // Somebody else's customer: nothing of them is kept.
            stored.payload = json!({ "id": event.external_id, "data": { "object": { "id": page } } });
            store(ctx, None, stored, event.external_id).await
        }
    }
}

struct Stored {
    provider: &'static str,
    account: String,
    kind: EventKind,
    payload: serde_json::Value,
}

/// Once for each event of an account; with a job when it may be ours.
async fn store(
    ctx: &Ctx,
    known: Option<(&CompanyScope, Option<uuid::Uuid>)>,
    event: Stored,
    external_id: String,
) -> Result<()> {
    let mut tx = ctx.db().begin_across().await?;
    let id = ctx.new_id();
    let inserted = payment_event::Entity::insert(payment_event::ActiveModel {
        id: Set(id),
        company_id: Set(known.map(|(scope, _)| scope.id())),
        provider: Set(event.provider.to_owned()),
        account: Set(event.account),
        external_id: Set(external_id),
        kind: Set(event.kind.as_str().to_owned()),
        payload: Set(event.payload),
        outcome: Set(known.is_none().then(|| "unknown_page".to_owned())),
        received_at: Set(ctx.time()),
        processed_at: Set(None),
    })
    .on_conflict(
        OnConflict::columns([
            payment_event::Column::Provider,
            payment_event::Column::Account,
            payment_event::Column::ExternalId,
        ])
        .do_nothing()
        .to_owned(),
    )
    .exec_without_returning(&tx)
    .await?;
    if inserted > 0
        && let Some((scope, order_id)) = known
    {
        job::enqueue(ctx, &mut tx, scope, &SettlePayment { event_id: id, order_id }).await?;
    }
    ctx.commit(tx).await
}
