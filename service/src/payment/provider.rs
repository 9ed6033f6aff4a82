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
    let db = ctx.db().read(scope);
    let secret = |name| credential::open(ctx, &db, scope, row.id, name);
    let key = secret(STRIPE_KEY)
        .await?
        .ok_or_else(|| Error::NoCredential(format!("integration {} has no {STRIPE_KEY}", row.id)))?;
    let outside = &ctx.engine().outside;
    Ok(Stripe::new(outside.http.clone(), &outside.stripe_url, key, secret(STRIPE_WEBHOOK).await?, &outside.breakers))
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

/// The provider that takes the money of an order: the company's own account, else the sandbox bank where it is allowed; none:
/// nobody can take it. The phone frame and the demo never take real money.
pub(super) async fn of_order(ctx: &Ctx, scope: &CompanyScope, order: &order::Model) -> Result<Option<Till>> {
    let sandbox = || ctx.engine().outside.test_bank.then(|| Till::sandbox(ctx));
    let connected = account(ctx, scope).await?.filter(|row| row.status != ChannelStatus::Disconnected);
    let Some(row) = connected else { return Ok(sandbox()) };
    if row.settings["live"] == true && is_trial(ctx, scope, order).await? {
        return Ok(sandbox());
    }
    Ok(Some(Till { provider: Arc::new(stripe(ctx, scope, &row).await?), account: Some(row) }))
}

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
