//! From the company's consent to a calendar that can be called: access tokens are kept sealed until shortly before their end.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::{self, Failure};
use crate::{credential, integration};
use entity::integration as integration_table;
use gateway::breaker::Circuit;
use gateway::calendar::google::{Google, NAME, OAuth, Tokens};
use gateway::error::{Error as ProviderError, Kind};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::Duration;

/// Name of the credential that makes new access tokens.
pub(super) const REFRESH: &str = "google_refresh";
/// Name of the credential that calls: `<seconds of its end>,<seconds of its making, where one was refused before>:<token>`.
const ACCESS: &str = "google_access";
/// A token that was made in the place of a refused one, and is refused within this time, is refused for what it may not do: the
/// next one would be too.
const NEW_SECONDS: i64 = 60;
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

/// A calendar that can be called, and the token that it is called with.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) calendar: Google,
    pub(super) access: Access,
}

/// An access token.
#[derive(Clone, Debug)]
pub(super) struct Access {
    token: SecretString,
    /// Seconds.
    end: i64,
    /// When it was made in the place of one that was refused, seconds; 0: it was not.
    instead: i64,
}

impl Access {
    fn parse(stored: &SecretString) -> Option<Self> {
        let (times, token) = stored.expose_secret().split_once(':')?;
        let (end, instead) = times.split_once(',').unwrap_or((times, "0"));
        Some(Self { token: token.into(), end: end.parse().ok()?, instead: instead.parse().ok()? })
    }

    fn new(ctx: &Ctx, tokens: &Tokens, after_refusal: bool) -> Self {
        let lives = i64::try_from(tokens.lives.min(Duration::from_secs(86_400)).as_secs()).unwrap_or(0);
        let now = ctx.now().as_second();
        Self { token: tokens.access.clone(), end: now + lives, instead: if after_refusal { now } else { 0 } }
    }

    fn stored(&self) -> SecretString {
        format!("{},{}:{}", self.end, self.instead, self.token.expose_secret()).into()
    }
}

/// The calendar of a company; the inner error is the provider's.
pub(super) async fn google(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
) -> Result<std::result::Result<Open, ProviderError>> {
    let db = ctx.db().read(scope);
    let secret = |name| credential::open(ctx, &db, scope, row.id, name);
    let open = |access: Access| Open { calendar: with(ctx, row, access.token.clone()), access };
    let stored = secret(ACCESS).await?;
    if let Some(access) = stored.as_ref().and_then(Access::parse)
        && ctx.now().as_second() < access.end - MARGIN_SECONDS
    {
        return Ok(Ok(open(access)));
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
    // One that ends by itself stays until the next takes its place; only a refused one is thrown away.
    let access = keep(ctx, &tx, scope, row.id, &tokens, stored.is_none()).await?;
    ctx.commit(tx).await?;
    Ok(Ok(open(access)))
}

/// Keeps what Google gave: for a consent, or in the place of an access token, which was perhaps refused.
pub(super) async fn keep(
    ctx: &Ctx,
    tx: &crate::db::Tx,
    scope: &CompanyScope,
    id: uuid::Uuid,
    tokens: &Tokens,
    after_refusal: bool,
) -> Result<Access> {
    let access = Access::new(ctx, tokens, after_refusal);
    credential::set(ctx, tx, scope, id, ACCESS, &access.stored()).await?;
    if let Some(refresh) = &tokens.refresh {
        credential::set(ctx, tx, scope, id, REFRESH, refresh).await?;
    }
    Ok(access)
}

/// Remembers a fault of a call that was made with this token, or of getting one. A token that is refused is thrown away, so
/// that the next try makes a new one; somebody else may have done so already. When that one is refused too, it is for good: the
/// consent does not reach so far, or the account is barred.
pub(super) async fn failed(
    ctx: &Ctx,
    scope: &CompanyScope,
    row: &integration_table::Model,
    used: Option<&Access>,
    error: &ProviderError,
) -> Result<Next> {
    let mut tx = ctx.db().begin(scope).await?;
    let again = match used {
        Some(used) if error.kind == Kind::Credentials => {
            let stored = credential::open(ctx, &tx, scope, row.id, ACCESS).await?.as_ref().and_then(Access::parse);
            let same = stored.is_some_and(|stored| stored.token.expose_secret() == used.token.expose_secret());
            let ended = same && ctx.now().as_second() >= used.instead + NEW_SECONDS;
            if ended {
                credential::forget(&tx, scope, row.id, ACCESS).await?;
            }
            ended || !same
        }
        Some(_) | None => false,
    };
    let next = if again {
        Next::Again
    } else {
        integration::failed(ctx, &mut tx, scope, row, error).await?;
        if error.retry == gateway::error::Retry::Never { Next::Never } else { Next::Later }
    };
    ctx.commit(tx).await?;
    Ok(next)
}

/// The next run of a job that met a refused token: with a new one, soon.
pub(super) fn at_once(error: &ProviderError) -> Failure {
    Failure { reason: error.to_string(), retry: job::Retry::After(Duration::from_secs(1)) }
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
