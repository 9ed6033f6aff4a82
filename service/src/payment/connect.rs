//! A company's own account at Stripe: its key, its webhook, its end (issue 3.3, R26).

use super::provider::{self, STRIPE_KEY, STRIPE_KEY_BEFORE, STRIPE_WEBHOOK, WAS_LIVE, account, took_real_money};
use super::settle::apply;
use super::upkeep::{ExpirePage, cancel_look, leave_pages, take_up};
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
use gateway::payment::{Account, PageState, PaymentProvider as _, sandbox};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use uuid::Uuid;

/// Open pages that are ended one by one when an account is left; the others end by their own time, in a day.
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
    let kept = match &before {
        Some(row) => set_aside(ctx, &tx, scope, row).await?,
        None => json!({}),
    };
    let settings = json!({
        "live": live.unwrap_or(false),
        "webhook": webhook_secret.is_some(),
        // Names the request that sets the webhook, so that one whose answer was lost is found again.
        "request": ctx.new_id(),
        "old_endpoint": kept["endpoint"],
        "old_live": kept["live"],
        WAS_LIVE: before.as_ref().is_some_and(took_real_money),
    });
    let row = integration::begin(ctx, &mut tx, scope, IntegrationKind::Payment, stripe::NAME, settings).await?;
    credential::set(ctx, &tx, scope, row.id, STRIPE_KEY, &SecretString::from(secret_key)).await?;
    if let Some(secret) = webhook_secret {
        credential::set(ctx, &tx, scope, row.id, STRIPE_WEBHOOK, &SecretString::from(secret)).await?;
    }
    begin_connect(ctx, &mut tx, scope, row.id).await?;
    ctx.commit(tx).await?;
    Ok(row)
}

/// Puts the key of before aside: the pages that were made with it are ended with it. Events signed with the secret of before are
/// believed until there is another. What is known of that key; of several that are replaced before one was good, the first.
async fn set_aside(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    row: &integration_table::Model,
) -> Result<serde_json::Value> {
    if credential::open(ctx, tx, scope, row.id, STRIPE_KEY_BEFORE).await?.is_some() {
        return Ok(json!({ "endpoint": row.settings["old_endpoint"], "live": row.settings["old_live"] }));
    }
    // Of a disconnected account nothing is left.
    if let Some(key) = credential::open(ctx, tx, scope, row.id, STRIPE_KEY).await? {
        credential::set(ctx, tx, scope, row.id, STRIPE_KEY_BEFORE, &key).await?;
    }
    Ok(json!({ "endpoint": row.settings["endpoint"], "live": row.settings["live"] }))
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
    let before = provider::stripe_before(ctx, &scope, &row).await?;
    let last = claimed.row.attempts >= claimed.row.max_attempts;
    let connected = async {
        let who = account.check().await?;
        // Another account, or its other mode: this key cannot look at the pages of the one before.
        let known = row.external_id.as_ref();
        let other = (known.is_some() || before.is_some()) && known != Some(&who.external_id)
            || row.settings["old_live"].as_bool().is_some_and(|live| live != who.live);
        let ended = match (&before, other) {
            (Some(before), true) => Some(leave(ctx, &scope, &row, before, last).await?),
            (None, true) => Some(Ended::default()),
            (_, false) => None,
        };
        let webhook = set_webhook(ctx, &account, before.as_ref().filter(|_| other), &row, claimed.row.id).await?;
        Ok::<_, Failing>((who, webhook, ended))
    };
    let (who, webhook, ended) = match connected.await {
        Ok(connected) => connected,
        Err(Failing::Here(error)) => return Err(error.into()),
        Err(Failing::There(error)) => {
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
    settings[WAS_LIVE] = json!(who.live || took_real_money(&row));
    match &webhook {
        Webhook::Made { endpoint, secret } => {
            credential::set(ctx, &tx, &scope, row.id, STRIPE_WEBHOOK, secret).await?;
            settings["endpoint"] = json!(endpoint);
        }
        // The secret of before is of a webhook that this account does not have, or that this key may not change.
        Webhook::None(_) | Webhook::Unreachable if row.settings["endpoint"].is_null() => {
            credential::forget(&tx, &scope, row.id, STRIPE_WEBHOOK).await?;
        }
        Webhook::None(_) | Webhook::Unreachable | Webhook::Known => {}
    }
    settings["webhook"] = json!(matches!(webhook, Webhook::Known | Webhook::Made { .. }));
    settings["old_endpoint"] = json!(null);
    settings["old_live"] = json!(null);
    credential::forget(&tx, &scope, row.id, STRIPE_KEY_BEFORE).await?;
    let trouble = trouble(&who, &webhook);
    let known = row.clone();
    if let Some(ended) = &ended {
        settle_left(ctx, &mut tx, &scope, &known, ended).await?;
    }
    if who.live && !took_real_money(&known) {
        // What real money is asked for from now on is not given for a press of the sandbox bank's button.
        leave_pages(ctx, &mut tx, &scope, sandbox::NAME).await?;
    }
    take_up(ctx, &mut tx, &scope, &known.provider).await?;
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
        Webhook::None(why) => Some(why),
        Webhook::Known | Webhook::Made { .. } | Webhook::Unreachable => None,
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
    match webhook {
        Webhook::Unreachable => Some(("webhook_unreachable", false)),
        Webhook::None(_) => Some(("webhook_missing", false)),
        Webhook::Known | Webhook::Made { .. } => None,
    }
}

/// How the provider reports to us.
enum Webhook {
    /// Its secret is here.
    Known,
    /// Set now.
    Made { endpoint: String, secret: SecretString },
    /// Not at all, as the key may not set one: pages are looked at instead. Why, in the provider's words.
    None(String),
    /// Not at all, as no provider can call the address of this installation. Nobody at the company can change that.
    Unreachable,
}

/// The webhook that is set, renewed where Stripe has switched it off or lost it, or where it leads elsewhere; one that is made
/// anew otherwise. `before`: the other account whose webhook goes. `run`: names the request that makes one in the place of a lost
/// one.
async fn set_webhook(
    ctx: &Ctx,
    account: &Stripe,
    before: Option<&Stripe>,
    row: &integration_table::Model,
    run: Uuid,
) -> std::result::Result<Webhook, ProviderError> {
    let url = webhook_url(ctx, row);
    let mut request = row.settings["request"].as_str().and_then(|id| id.parse().ok()).unwrap_or(row.id);
    // Providers call public HTTPS addresses only.
    let reachable = ctx.engine().public_url.starts_with("https://");
    match row.settings["endpoint"].as_str() {
        Some(_) if !reachable => return Ok(Webhook::Unreachable),
        Some(endpoint) => match account.is_endpoint_well(endpoint, &url).await {
            Ok(true) => return Ok(Webhook::Known),
            Ok(false) => match account.renew_endpoint(endpoint, &url).await {
                Ok(()) => return Ok(Webhook::Known),
                Err(error) if matches!(error.kind, Kind::Credentials | Kind::Request) => {
                    return Ok(Webhook::None(error.text));
                }
                Err(error) => return Err(error),
            },
            Err(error) if error.kind == Kind::Gone => request = run,
            // The key may not look at webhooks; it is good, as was just seen.
            Err(error) if matches!(error.kind, Kind::Credentials | Kind::Request) => return Ok(Webhook::Known),
            Err(error) => return Err(error),
        },
        // One that a person has set by hand is known by its secret alone.
        None if row.settings["webhook"] == true => return Ok(Webhook::Known),
        None => {}
    }
    let made = match reachable {
        true => account.create_endpoint(request, &url).await.map(Some),
        false => Ok(None),
    };
    let made = match made {
        Ok(Some(made)) => Webhook::Made { endpoint: made.external_id, secret: made.secret.expose_secret().into() },
        Ok(None) => Webhook::Unreachable,
        Err(error) if matches!(error.kind, Kind::Credentials | Kind::Request) => Webhook::None(error.text),
        Err(error) => return Err(error),
    };
    if let Some(old) = row.settings["old_endpoint"].as_str()
        && (before.is_some() || matches!(made, Webhook::Made { .. }))
        && let Err(error) = before.unwrap_or(account).delete_endpoint(old).await
    {
        // It delivers to an address that believes the new secret only.
        tracing::warn!(integration = %row.id, %error, "an old webhook stays at Stripe");
    }
    Ok(made)
}

/// Why a connection fails.
enum Failing {
    Here(Error),
    There(ProviderError),
}

impl From<ProviderError> for Failing {
    fn from(error: ProviderError) -> Self {
        Self::There(error)
    }
}

impl From<Error> for Failing {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

/// Pages of an account that is left: which were tried to be ended, and how those stand that could be read.
#[derive(Default)]
struct Ended {
    tried: Vec<payment::Model>,
    stand: Vec<(payment::Model, PageState)>,
}

/// Ends the open pages of an account that is left, and reads them. `last`: what fails is given up, and marked later.
async fn leave(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    account: &Stripe,
    last: bool,
) -> std::result::Result<Ended, Failing> {
    let open = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(row.provider.as_str()))
        .filter(payment::Column::Status.is_in([PaymentState::Open, PaymentState::Processing]))
        .filter(payment::Column::Url.ne(""))
        .limit(MOST_ENDED)
        .all(&ctx.db().read(scope))
        .await
        .map_err(Error::from)?;
    let mut ended = Ended { tried: open, stand: Vec::new() };
    for page in &ended.tried {
        let read = async {
            account.expire_page(&page.external_id).await?;
            account.read_page(&page.external_id).await
        };
        match read.await {
            Ok(state) => ended.stand.push((page.clone(), state)),
            Err(error) if error.kind == Kind::Gone => {}
            // A key that is dead already, or an account that does not answer for long.
            Err(error) if error.retry == Retry::Never || last => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(ended)
}

/// Applies what was found at the pages of an account that is left; the others give way, and what may come by them is marked.
async fn settle_left(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    ended: &Ended,
) -> Result<()> {
    for (page, state) in &ended.stand {
        apply(ctx, tx, scope, page, state, None, true).await?;
    }
    leave_pages(ctx, tx, scope, &row.provider).await?;
    for page in &ended.tried {
        job::cancel(ctx, tx, scope, &key_of_end(page)).await?;
        cancel_look(ctx, tx, scope, page).await?;
    }
    Ok(())
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
    let last = claimed.row.attempts >= claimed.row.max_attempts;
    // Pages of a key that was being replaced are that key's.
    let (account, endpoint) = match provider::stripe_before(ctx, &scope, &row).await? {
        Some(account) => (Some(account), &row.settings["old_endpoint"]),
        None => match provider::stripe(ctx, &scope, &row).await {
            Ok(account) => (Some(account), &row.settings["endpoint"]),
            // The secrets are gone already.
            Err(Error::NoCredential(_)) => (None, &row.settings["endpoint"]),
            Err(error) => return Err(error.into()),
        },
    };
    let mut ended = Ended::default();
    if let Some(account) = account {
        // A page that was paid before it could be ended counts: its event finds a closed door.
        ended = match leave(ctx, &scope, &row, &account, last).await {
            Ok(ended) => ended,
            Err(Failing::Here(error)) => return Err(error.into()),
            Err(Failing::There(error)) => return Err(failure(&error)),
        };
        if let Some(endpoint) = endpoint.as_str()
            && let Err(error) = account.delete_endpoint(endpoint).await
            && error.retry != Retry::Never
            && !last
        {
            return Err(failure(&error));
        }
    }
    let mut tx = ctx.db().begin(&scope).await?;
    settle_left(ctx, &mut tx, &scope, &row, &ended).await?;
    let settings = json!({ "live": row.settings["live"], WAS_LIVE: took_real_money(&row) });
    integration::forget(&tx, &scope, row.id, settings).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

fn key_of_end(page: &payment::Model) -> String {
    ExpirePage { payment_id: page.id, order_id: page.order_id }.unique_key().unwrap_or_default()
}
