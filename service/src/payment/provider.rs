//! Who takes a company's money: the one place that knows which providers there are.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::{channel, credential, integration};
use entity::stored::{ChannelStatus, IntegrationKind};
use entity::{integration as integration_table, order, payment};
use gateway::payment::PaymentProvider;
use gateway::payment::sandbox::{self, SandboxBank};
use gateway::payment::stripe::{self, Stripe};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::sync::Arc;

/// Name of the credential that holds the secret key.
pub(super) const STRIPE_KEY: &str = "stripe_key";
/// Name of the credential that holds the secret key of before, until the pages that were made with it are ended.
pub(super) const STRIPE_KEY_BEFORE: &str = "stripe_key_before";
/// Name of the credential that holds the signing secret of the webhook.
pub(super) const STRIPE_WEBHOOK: &str = "stripe_webhook";

/// The sandbox bank of this installation.
#[must_use]
pub fn bank(ctx: &Ctx) -> SandboxBank {
    let engine = ctx.engine();
    SandboxBank::new(engine.public_url.clone(), engine.key.derive("sandbox-bank"))
}

/// Whether the provider's pages stand at the provider and must be ended there.
pub(crate) fn is_outside(provider: &str) -> bool {
    provider != sandbox::NAME
}

/// The account at Stripe.
///
/// # Errors
/// `NoCredential` when its key was removed.
pub(super) async fn stripe(ctx: &Ctx, scope: &CompanyScope, row: &integration_table::Model) -> Result<Stripe> {
    with_key(ctx, scope, row, STRIPE_KEY)
        .await?
        .ok_or_else(|| Error::NoCredential(format!("integration {} has no {STRIPE_KEY}", row.id)))
}

/// The account of the key that was replaced, as long as its pages are not ended; none otherwise.
pub(super) async fn stripe_before(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
) -> Result<Option<Stripe>> {
    with_key(ctx, scope, row, STRIPE_KEY_BEFORE).await
}

async fn with_key(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    name: &str,
) -> Result<Option<Stripe>> {
    let db = ctx.db().read(scope);
    let secret = |name| credential::open(ctx, &db, scope, row.id, name);
    let Some(key) = secret(name).await? else { return Ok(None) };
    let (outside, webhook) = (&ctx.engine().outside, secret(STRIPE_WEBHOOK).await?);
    Ok(Some(Stripe::new(outside.http.clone(), &outside.stripe_url, key, webhook, &outside.breakers)))
}

/// The company's own account, connected or not; none when it never had one.
pub(super) async fn account(ctx: &Ctx, scope: &CompanyScope) -> Result<Option<integration_table::Model>> {
    integration::of_kind(ctx, scope, IntegrationKind::Payment).await
}

/// What a job or a link works with.
pub(super) struct Till {
    pub(super) provider: Arc<dyn PaymentProvider>,
    /// The company's own account; none for the sandbox bank.
    pub(super) account: Option<integration_table::Model>,
}

impl Till {
    fn sandbox(ctx: &Ctx) -> Self {
        Self { provider: Arc::new(bank(ctx)), account: None }
    }

    /// Whether money of this account belongs to the company's till.
    pub(super) fn is_ours(&self, account: Option<&str>) -> bool {
        match (&self.account, account) {
            (None, account) => account == Some(sandbox::ACCOUNT),
            // Stripe names the account in events of connected accounts only.
            (Some(_), None) => true,
            (Some(row), Some(account)) => row.external_id.as_deref() == Some(account),
        }
    }
}

/// The provider that made a payment's page.
///
/// # Errors
/// `NoCredential` when it was disconnected.
pub(super) async fn of_payment(ctx: &Ctx, scope: &CompanyScope, provider: &str) -> Result<Till> {
    match provider {
        sandbox::NAME => Ok(Till::sandbox(ctx)),
        stripe::NAME => {
            let row = account(ctx, scope).await?.ok_or(Error::NotFound("integration"))?;
            Ok(Till { provider: Arc::new(stripe(ctx, scope, &row).await?), account: Some(row) })
        }
        other => Err(Error::internal(format!("a payment has the provider {other}"))),
    }
}

/// The provider that takes the money of an order: the company's own account, else the sandbox bank where it may; none: nobody
/// can take it. The phone frame and the demo never take real money.
pub(super) async fn of_order(ctx: &Ctx, scope: &CompanyScope, order: &order::Model) -> Result<Option<Till>> {
    let known = account(ctx, scope).await?;
    let connected = known.as_ref().filter(|row| row.status != ChannelStatus::Disconnected);
    match connected {
        Some(row) if !(row.settings["live"] == true && is_trial(ctx, scope, order).await?) => {
            Ok(Some(Till { provider: Arc::new(stripe(ctx, scope, row).await?), account: known }))
        }
        _ => Ok(sandbox_may(ctx, scope, known.as_ref(), order).await?.then(|| Till::sandbox(ctx))),
    }
}

/// Whether what the sandbox bank says of an order counts.
pub(super) async fn believes_sandbox(ctx: &Ctx, scope: &CompanyScope, order: &order::Model) -> Result<bool> {
    sandbox_may(ctx, scope, account(ctx, scope).await?.as_ref(), order).await
}

/// The sandbox bank takes nothing: a company that has taken real money gives its goods away no more for a press of its button.
async fn sandbox_may(
    ctx: &Ctx,
    scope: &CompanyScope,
    account: Option<&integration_table::Model>,
    order: &order::Model,
) -> Result<bool> {
    Ok(ctx.engine().outside.test_bank && (!account.is_some_and(took_real_money) || is_trial(ctx, scope, order).await?))
}

/// Whether a live account was ever connected. Where it was disconnected before this was remembered, nobody knows: then it counts
/// as one.
pub(super) fn took_real_money(row: &integration_table::Model) -> bool {
    let unknown = || row.external_id.is_some() && row.settings["live"] != false;
    row.settings[WAS_LIVE].as_bool().unwrap_or_else(unknown)
}

/// Setting of an account that stays with all its keys: it has been one for real money.
pub(super) const WAS_LIVE: &str = "was_live";

async fn is_trial(ctx: &Ctx, scope: &CompanyScope, order: &order::Model) -> Result<bool> {
    let talk = crate::inbox::conversation(ctx, scope, order.conversation_id).await?;
    let channel = channel::get(ctx, scope, talk.channel_id).await?;
    Ok(matches!(channel.provider.as_str(), channel::TRIAL | channel::DEMO))
}

/// The payment's row, whoever asks.
pub(super) async fn payment_of(ctx: &Ctx, scope: &CompanyScope, id: uuid::Uuid) -> Result<payment::Model> {
    payment::Entity::find_by_id(id)
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("payment"))
}
