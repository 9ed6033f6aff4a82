//! A company's own account at Stripe: its key, its webhook, its end (issue 3.3, R26).

use super::provider::{self, STRIPE_KEY, STRIPE_WEBHOOK, account};
use super::settle::apply;
use super::upkeep::{ExpirePage, cancel_look, leave_pages};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result, UserError};
use crate::integration::{account_job, failure};
use crate::job::{self, Claimed, Failure, Job as _};
use crate::{credential, integration};
use entity::stored::{ChannelLogKind, ChannelStatus, IntegrationKind, PaymentState};
use entity::{integration as integration_table, payment};
use gateway::error::{Error as ProviderError, Kind, Retry};
use gateway::payment::stripe::{self, Stripe};
use gateway::payment::{Account, PaymentProvider as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

/// Open pages that are ended one by one when an account is disconnected; the others end by their own time, in a day.
const MOST_ENDED: u64 = 500;

account_job!(
    /// Asks the provider who the key is, and sets the webhook.
    ConnectPayment, "connect_payment", joins "connect"
);

account_job!(
    /// Ends open pages and the webhook, and forgets the secrets.
    DisconnectPayment, "disconnect_payment"
);

/// Where the account's events come in.
#[must_use]
pub fn webhook_url(ctx: &Ctx, row: &integration_table::Model) -> String {
    format!("{}/webhooks/payment/{}", ctx.engine().public_url, row.public_key)
}

/// Connects a company's account at Stripe, or puts another key in the place of the one it has. The signing secret is given by
/// hand only where Stripe cannot reach us or the key may set no webhook.
///
/// # Errors
/// `Forbidden`; `Invalid` for `secretKey` or `webhookSecret`.
pub async fn connect_stripe(
    ctx: &Ctx,
    scope: &CompanyScope,
    secret_key: &str,
    webhook_secret: Option<&str>,
) -> Result<integration_table::Model> {
    scope.must_manage()?;
    let secret_key = secret_key.trim();
    let webhook_secret = webhook_secret.map(str::trim).filter(|secret| !secret.is_empty());
    let mut errors = Vec::new();
    let live = stripe::key_mode(secret_key);
    if live.is_none() {
        let text = "This is not a secret key of Stripe. It begins with sk_live_, sk_test_, rk_live_ or rk_test_.";
        errors.push(UserError::new("secretKey", "INVALID", text));
    }
    if webhook_secret.is_some_and(|secret| !stripe::is_webhook_secret(secret)) {
        let text = "This is not a signing secret of Stripe. It begins with whsec_.";
        errors.push(UserError::new("webhookSecret", "INVALID", text));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let mut tx = ctx.db().begin(scope).await?;
    let before = integration::find(&tx, scope, IntegrationKind::Payment).await?;
    let settings = json!({
        "live": live.unwrap_or(false),
        "webhook": webhook_secret.is_some(),
        // Names the request that sets the webhook, so that one whose answer was lost is found again.
        "request": ctx.new_id(),
        "old_endpoint": before.and_then(|row| row.settings["endpoint"].as_str().map(str::to_owned)),
    });
    let row = integration::begin(ctx, &mut tx, scope, IntegrationKind::Payment, stripe::NAME, settings).await?;
    credential::remove(&tx, scope, row.id).await?;
    credential::set(ctx, &tx, scope, row.id, STRIPE_KEY, &SecretString::from(secret_key)).await?;
    if let Some(secret) = webhook_secret {
        credential::set(ctx, &tx, scope, row.id, STRIPE_WEBHOOK, &SecretString::from(secret)).await?;
    }
    begin_connect(ctx, &mut tx, scope, row.id).await?;
    ctx.commit(tx).await?;
    Ok(row)
}

/// Asks the provider by a job.
pub(crate) async fn begin_connect(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, integration_id: Uuid) -> Result<()> {
    job::enqueue(ctx, tx, scope, &ConnectPayment { integration_id }).await?;
    Ok(())
}

/// Ends open pages, the webhook and the secrets by a job.
pub(crate) async fn begin_disconnect(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, integration_id: Uuid) -> Result<()> {
    job::enqueue(ctx, tx, scope, &DisconnectPayment { integration_id }).await?;
    Ok(())
}

/// Runs [`ConnectPayment`].
pub(crate) async fn run_connect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ConnectPayment = claimed.payload()?;
    let row = integration::get(ctx, &scope, payload.integration_id).await?;
    if row.status == ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let account = provider::stripe(ctx, &scope, &row).await?;
    let connected = async {
        let who = account.check().await?;
        Ok::<_, ProviderError>((who, set_webhook(ctx, &account, &row).await?))
    };
    let (who, webhook) = match connected.await {
        Ok(connected) => connected,
        Err(error) => {
            let mut tx = ctx.db().begin(&scope).await?;
            integration::failed(ctx, &mut tx, &scope, &row, &error).await?;
            if error.retry == Retry::Never {
                // Visible at the account, where it can be mended; a dead job beside it would say it twice.
                job::finish(ctx, &mut tx, claimed).await?;
                return Ok(ctx.commit(tx).await?);
            }
            ctx.commit(tx).await?;
            return Err(failure(&error));
        }
    };
    let mut tx = ctx.db().begin(&scope).await?;
    let mut settings = row.settings.clone();
    settings["live"] = json!(who.live);
    if let Webhook::Made { endpoint, secret } = &webhook {
        credential::set(ctx, &tx, &scope, row.id, STRIPE_WEBHOOK, secret).await?;
        settings["endpoint"] = json!(endpoint);
    }
    settings["webhook"] = json!(!matches!(webhook, Webhook::None(_)));
    settings["old_endpoint"] = json!(null);
    let trouble = trouble(&who, &webhook);
    let known = row.clone();
    if known.external_id.as_ref().is_some_and(|before| *before != who.external_id) {
        // Another account: this key cannot look at the pages of the one before.
        leave_pages(ctx, &mut tx, &scope, &known.provider).await?;
    }
    let mut row = row.into_active_model();
    row.external_id = Set(Some(who.external_id));
    row.name = Set(who.name);
    row.settings = Set(settings);
    row.status = Set(if trouble.as_ref().is_some_and(|(_, ends)| *ends) {
        ChannelStatus::Error
    } else {
        ChannelStatus::Connected
    });
    row.error_code = Set(trouble.as_ref().map(|(code, _)| (*code).to_owned()));
    row.last_error = Set(match webhook {
        Webhook::None(why) => why,
        Webhook::Known | Webhook::Made { .. } => None,
    });
    row.error_count = Set(0);
    row.connected_at = Set(Some(ctx.time()));
    let row = row.update(&tx).await?;
    if row.status == ChannelStatus::Error && known.status != ChannelStatus::Error {
        let code = row.error_code.clone().unwrap_or_default();
        crate::mail::account_stopped(ctx, &mut tx, &scope, &known, &code, row.last_error.as_deref()).await?;
    }
    if known.status != ChannelStatus::Connected || known.error_code != row.error_code {
        let kind = if trouble.is_some() { ChannelLogKind::Failed } else { ChannelLogKind::Connected };
        let detail = trouble.map(|(code, _)| code.to_owned()).or_else(|| row.name.clone());
        integration::note(ctx, &mut tx, &scope, row.id, kind, detail).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// What is wrong with an account whose key is good, and whether it can take money all the same.
fn trouble(who: &Account, webhook: &Webhook) -> Option<(&'static str, bool)> {
    if !who.takes_money {
        return Some(("charges_disabled", true));
    }
    matches!(webhook, Webhook::None(_)).then_some(("webhook_missing", false))
}

/// How the provider reports to us.
enum Webhook {
    /// Its secret is here.
    Known,
    /// Set now.
    Made { endpoint: String, secret: SecretString },
    /// Not at all: pages are looked at instead. Why, in the provider's words.
    None(Option<String>),
}

async fn set_webhook(
    ctx: &Ctx,
    account: &Stripe,
    row: &integration_table::Model,
) -> std::result::Result<Webhook, ProviderError> {
    if row.settings["webhook"] == true {
        return Ok(Webhook::Known);
    }
    // Providers call public HTTPS addresses only.
    if !ctx.engine().public_url.starts_with("https://") {
        return Ok(Webhook::None(None));
    }
    let request = row.settings["request"].as_str().and_then(|id| id.parse().ok()).unwrap_or(row.id);
    let endpoint = match account.create_endpoint(request, &webhook_url(ctx, row)).await {
        Ok(endpoint) => endpoint,
        Err(error) if matches!(error.kind, Kind::Credentials | Kind::Request) => {
            return Ok(Webhook::None(Some(error.text)));
        }
        Err(error) => return Err(error),
    };
    if let Some(old) = row.settings["old_endpoint"].as_str()
        && let Err(error) = account.delete_endpoint(old).await
    {
        // It delivers to an address that believes the new secret only.
        tracing::warn!(integration = %row.id, %error, "an old webhook stays at Stripe");
    }
    Ok(Webhook::Made { endpoint: endpoint.external_id, secret: endpoint.secret.expose_secret().into() })
}

/// Runs [`DisconnectPayment`]. A provider that does not answer for long is left: its events are refused anyway.
pub(crate) async fn run_disconnect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: DisconnectPayment = claimed.payload()?;
    let Some(row) = account(ctx, &scope)
        .await?
        .filter(|row| row.id == payload.integration_id && row.status == ChannelStatus::Disconnected)
    else {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    };
    let open = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(row.provider.as_str()))
        .filter(payment::Column::Status.is_in([PaymentState::Open, PaymentState::Processing]))
        .filter(payment::Column::Url.ne(""))
        .limit(MOST_ENDED)
        .all(&ctx.db().read(&scope))
        .await?;
    // A page that was paid before it could be ended counts: its event finds a closed door.
    let mut stand = Vec::with_capacity(open.len());
    match provider::stripe(ctx, &scope, &row).await {
        Ok(account) => {
            let last = claimed.row.attempts >= claimed.row.max_attempts;
            let ended = async {
                for page in &open {
                    account.expire_page(&page.external_id).await?;
                    match account.read_page(&page.external_id).await {
                        Ok(state) => stand.push((page, state)),
                        Err(error) if error.kind == Kind::Gone => {}
                        Err(error) => return Err(error),
                    }
                }
                match row.settings["endpoint"].as_str() {
                    Some(endpoint) => account.delete_endpoint(endpoint).await,
                    None => Ok(()),
                }
            };
            if let Err(error) = ended.await
                && error.retry != Retry::Never
                && !last
            {
                return Err(failure(&error));
            }
        }
        // The secrets are gone already.
        Err(Error::NoCredential(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut tx = ctx.db().begin(&scope).await?;
    for (page, state) in &stand {
        apply(ctx, &mut tx, &scope, page, state, None, true).await?;
    }
    leave_pages(ctx, &mut tx, &scope, &row.provider).await?;
    for page in &open {
        job::cancel(ctx, &mut tx, &scope, &key_of_end(page)).await?;
        cancel_look(ctx, &mut tx, &scope, page).await?;
    }
    credential::remove(&tx, &scope, row.id).await?;
    let mut row = row.into_active_model();
    row.settings = Set(json!({}));
    row.update(&tx).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

fn key_of_end(page: &payment::Model) -> String {
    ExpirePage { payment_id: page.id, order_id: page.order_id }.unique_key().unwrap_or_default()
}
