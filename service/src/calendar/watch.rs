//! Google tells that something changed: a push channel where the installation has a public address (outside.md §8). A push only
//! moves the next reading forward; who hears none reads every five minutes as before.

use super::sync::SyncCalendar;
use super::{is_dead, token};
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job;
use entity::integration as integration_table;
use entity::stored::{ChannelStatus, IntegrationKind};
use foundation::secret::{equal_secret, sha256_hex};
use gateway::calendar::google::Google;
use gateway::error::Retry;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A channel is renewed so long before its end.
const RENEW_BEFORE_SECONDS: i64 = 24 * 3600;
/// An address that Google refuses is offered again after so long.
const TRY_AGAIN_SECONDS: i64 = 24 * 3600;
/// Several changes at once are read together.
const TOGETHER_SECONDS: i64 = 1;

/// The channel as it is kept in the account's settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    id: String,
    token_hash: String,
    resource: String,
    /// Seconds.
    until: i64,
}

/// What Google says in the headers of a push; its body is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Push<'a> {
    /// `X-Goog-Channel-ID`
    pub channel: Option<&'a str>,
    /// `X-Goog-Channel-Token`
    pub token: Option<&'a str>,
    /// `X-Goog-Resource-ID`
    pub resource: Option<&'a str>,
    /// `X-Goog-Resource-State`: `sync` (the channel was opened), `exists`, `not_exists`.
    pub state: Option<&'a str>,
}

/// Takes a push at the address of an account.
///
/// # Errors
/// `NotFound` for an unknown address; `Unauthenticated` for a channel that is not the account's, whatever is wrong with it.
pub async fn pushed(ctx: &Ctx, key: &str, push: Push<'_>) -> Result<()> {
    let (scope, row) = access::for_integration(ctx, key).await?;
    if row.kind != IntegrationKind::Calendar || row.status == ChannelStatus::Disconnected {
        return Err(Error::NotFound("integration"));
    }
    let known = kept(&row).ok_or(Error::Unauthenticated)?;
    let same =
        |left: &str, right: Option<&str>| right.is_some_and(|right| equal_secret(left.as_bytes(), right.as_bytes()));
    let hash = push.token.map(|token| sha256_hex(token.as_bytes()));
    if !(same(&known.id, push.channel)
        && same(&known.resource, push.resource)
        && same(&known.token_hash, hash.as_deref()))
    {
        return Err(Error::Unauthenticated);
    }
    if push.state == Some("sync") || is_dead(&row) {
        return Ok(());
    }
    let mut tx = ctx.db().begin(&scope).await?;
    let soon = ctx.time().plus_seconds(TOGETHER_SECONDS);
    job::enqueue_unless_waiting(ctx, &mut tx, &scope, &SyncCalendar { integration_id: row.id }, soon).await?;
    ctx.commit(tx).await
}

fn kept(row: &integration_table::Model) -> Option<Kept> {
    serde_json::from_value(row.settings["watch"].clone()).ok()
}

/// What the settings say of the channel after this, and the channel that has become superfluous; none: nothing changes. The new
/// one is opened before the old one is stopped, so that no change falls between them. Without a public address there is none.
pub(super) async fn renew(
    ctx: &Ctx,
    row: &integration_table::Model,
    calendar: &Google,
) -> Option<(Value, Option<Kept>)> {
    let public_url = &ctx.engine().public_url;
    let (now, old) = (ctx.now().as_second(), kept(row));
    let lasts = old.as_ref().is_some_and(|old| now < old.until - RENEW_BEFORE_SECONDS);
    let refused = row.settings["watch_refused"].as_i64().is_some_and(|at| now < at + TRY_AGAIN_SECONDS);
    if lasts || refused || !public_url.starts_with("https://") {
        return None;
    }
    let (id, token) = (ctx.new_id().to_string(), ctx.engine().random.token(40));
    let address = format!("{public_url}/webhooks/calendar/{}", row.public_key);
    let mut settings = row.settings.clone();
    match calendar.watch(&id, &token, &address).await {
        Ok(watch) => {
            let new = Kept {
                id,
                token_hash: sha256_hex(token.as_bytes()),
                resource: watch.resource,
                until: watch.until.as_second(),
            };
            settings["watch"] = json!(new);
            settings["watch_refused"] = Value::Null;
            Some((settings, old))
        }
        Err(error) => {
            tracing::warn!(integration = %row.id, %error, "Google does not report changes; the calendar is read every five minutes");
            // One that may do better is asked again at the next reading.
            (error.retry == Retry::Never).then(|| {
                settings["watch_refused"] = json!(now);
                (settings, None)
            })
        }
    }
}

/// Stops a channel. One that cannot be stopped ends by itself within a week, and is not listened to.
pub(super) async fn stop(row: &integration_table::Model, calendar: &Google, old: &Kept) {
    if let Err(error) = calendar.stop(&old.id, &old.resource).await {
        tracing::warn!(integration = %row.id, %error, "a channel of Google stays until its end");
    }
}

/// Stops the channel of an account that is being disconnected.
pub(super) async fn stop_last(ctx: &Ctx, scope: &CompanyScope, row: &integration_table::Model) -> Result<()> {
    if let Some(old) = kept(row)
        && let Ok(open) = token::google(ctx, scope, row).await?
    {
        stop(row, &open.calendar, &old).await;
    }
    Ok(())
}
