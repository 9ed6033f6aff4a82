//! From the company's consent to a calendar that can be called: access tokens are kept sealed until shortly before their end.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::{credential, integration};
use entity::integration as integration_table;
use gateway::breaker::Circuit;
use gateway::calendar::google::{Google, NAME, OAuth, Tokens};
use gateway::error::{Error as ProviderError, Kind};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

/// Name of the credential that makes new access tokens.
pub(super) const REFRESH: &str = "google_refresh";
/// Name of the credential that calls: `<seconds of its end>:<token>`.
const ACCESS: &str = "google_access";
/// An access token is renewed so long before its end.
const MARGIN_SECONDS: i64 = 120;

/// The installation's registration at Google.
///
/// # Errors
/// `Invalid` when there is none.
pub(super) fn oauth(ctx: &Ctx) -> Result<OAuth> {
    let outside = &ctx.engine().outside;
    let google = outside.google.as_ref().ok_or_else(|| {
        let text = "This installation is not registered at Google: X8_GOOGLE_CLIENT_ID is not set.";
        Error::invalid("companyId", "NOT_CONFIGURED", text)
    })?;
    let redirect = format!("{}/oauth/google/callback", ctx.engine().public_url);
    let addresses = (outside.google_token_url.as_str(), outside.google_consent_url.as_str());
    Ok(OAuth::new(outside.http.clone(), addresses, &google.client_id, google.client_secret.clone(), redirect))
}

/// A calendar by tokens that have just come.
pub(super) fn with(ctx: &Ctx, row: &integration_table::Model, access: SecretString) -> Google {
    let outside = &ctx.engine().outside;
    Google::new(outside.http.clone(), &outside.google_api_url, access, circuit(ctx, row))
}

/// Tokens and calendar of an account fail together.
fn circuit(ctx: &Ctx, row: &integration_table::Model) -> Circuit {
    let outside = &ctx.engine().outside;
    outside.breakers.circuit(NAME, &outside.google_api_url, &row.id.to_string())
}

/// The calendar of a company; the inner error is the provider's.
pub(super) async fn google(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
) -> Result<std::result::Result<Google, ProviderError>> {
    let db = ctx.db().read(scope);
    let secret = |name| credential::open(ctx, &db, scope, row.id, name);
    if let Some(access) = secret(ACCESS).await?
        && let Some((end, token)) = access.expose_secret().split_once(':')
        && end.parse::<i64>().is_ok_and(|end| ctx.now().as_second() < end - MARGIN_SECONDS)
    {
        return Ok(Ok(with(ctx, row, SecretString::from(token))));
    }
    let Some(refresh) = secret(REFRESH).await? else {
        let text = "the consent was removed";
        return Ok(Err(ProviderError::new(NAME, Kind::Credentials, text)));
    };
    let oauth = oauth(ctx)?;
    let tokens = match circuit(ctx, row).call(oauth.refresh(&refresh)).await {
        Ok(tokens) => tokens,
        Err(error) => return Ok(Err(error)),
    };
    let tx = ctx.db().begin(scope).await?;
    keep(ctx, &tx, scope, row.id, &tokens).await?;
    ctx.commit(tx).await?;
    Ok(Ok(with(ctx, row, tokens.access)))
}

/// Keeps what Google gave.
pub(super) async fn keep(
    ctx: &Ctx,
    tx: &crate::db::Tx,
    scope: &CompanyScope,
    id: uuid::Uuid,
    tokens: &Tokens,
) -> Result<()> {
    let lives = i64::try_from(tokens.lives.min(Duration::from_secs(86_400)).as_secs()).unwrap_or(0);
    let access = format!("{}:{}", ctx.now().as_second() + lives, tokens.access.expose_secret());
    credential::set(ctx, tx, scope, id, ACCESS, &SecretString::from(access)).await?;
    match &tokens.refresh {
        Some(refresh) => credential::set(ctx, tx, scope, id, REFRESH, refresh).await,
        None => Ok(()),
    }
}

/// Remembers a fault. An access token that is refused is thrown away, so that the next try makes a new one; whether the
/// consent itself is dead is known then.
pub(super) async fn failed(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    error: &ProviderError,
) -> Result<Next> {
    let mut tx = ctx.db().begin(scope).await?;
    let refused = error.kind == Kind::Credentials && error.code.as_deref() != Some("invalid_grant");
    let had_token = refused && credential::take(ctx, &tx, scope, row.id, ACCESS).await?.is_some();
    let next = if had_token {
        Next::Again
    } else {
        integration::failed(ctx, &mut tx, scope, row, error).await?;
        if error.retry == gateway::error::Retry::Never { Next::Never } else { Next::Later }
    };
    ctx.commit(tx).await?;
    Ok(next)
}

/// What follows from a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// With a new token, soon.
    Again,
    /// When the provider is back.
    Later,
    /// Not by itself.
    Never,
}
