//! Connecting Google Calendar: consent with a single-use state that is bound to the session, and PKCE (reliability.md cases 108,
//! 109); checking; ending.

use super::token::{self, Next, REFRESH, keep};
use super::write::{forget_ahead, show_all};
use super::{SyncCalendar, connected};
use crate::access::{self, Actor, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::integration::account_job;
use crate::job::{self, Claimed, Failure, Job as _};
use crate::{credential, integration};
use entity::integration as integration_table;
use entity::stored::{ChannelLogKind, ChannelStatus, IntegrationKind};
use foundation::secret::{equal_secret, sha256_hex};
use gateway::calendar::Calendar as _;
use gateway::calendar::google::{self, Consent, challenge};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Name of the credential that holds a consent which was begun.
const PENDING: &str = "google_pending";
/// How long a person may take to agree.
const PENDING_SECONDS: i64 = 900;
/// The longest state, code or error that is looked at.
const MOST_TEXT: usize = 2_000;

/// A consent that was begun.
#[derive(Serialize, Deserialize)]
struct Pending {
    state_hash: String,
    verifier: String,
    session_id: Uuid,
    until: i64,
}

account_job!(
    /// Asks the provider whether the calendar works.
    CheckCalendar, "check_calendar", joins "check_calendar"
);

account_job!(
    /// Takes the consent back and forgets the tokens.
    DisconnectCalendar, "disconnect_calendar"
);

/// Begins to connect the calendar of the signed-in person: the address at which they agree. A calendar that is connected stays
/// so until they have.
///
/// # Errors
/// `Unauthenticated`; `Forbidden`; `Invalid` when the installation is not registered at Google.
pub async fn begin_google(ctx: &Ctx, scope: &CompanyScope) -> Result<String> {
    scope.must_manage()?;
    let Actor::User { session_id, .. } = ctx.actor() else { return Err(Error::Unauthenticated) };
    let oauth = token::oauth(ctx)?;
    let random = &ctx.engine().random;
    let verifier = random.token(64);
    let tx = ctx.db().begin(scope).await?;
    let row = match integration::find(&tx, scope, IntegrationKind::Calendar).await? {
        Some(row) => row,
        None => new_row(ctx, scope).insert(&tx).await?,
    };
    let state = format!("{}.{}", row.public_key, random.token(40));
    let pending = Pending {
        state_hash: sha256_hex(state.as_bytes()),
        verifier: verifier.clone(),
        session_id: *session_id,
        until: ctx.now().as_second() + PENDING_SECONDS,
    };
    let sealed = SecretString::from(serde_json::to_string(&pending)?);
    credential::set(ctx, &tx, scope, row.id, PENDING, &sealed).await?;
    ctx.commit(tx).await?;
    let consent = Consent { state: &state, challenge: &challenge(&verifier) };
    oauth.consent_url(&consent).map_err(|error| Error::internal(error.to_string()))
}

fn new_row(ctx: &Ctx, scope: &CompanyScope) -> integration_table::ActiveModel {
    integration_table::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        kind: Set(IntegrationKind::Calendar),
        provider: Set(google::NAME.to_owned()),
        public_key: Set(ctx.engine().random.token(24)),
        status: Set(ChannelStatus::Disconnected),
        external_id: Set(None),
        name: Set(None),
        settings: Set(json!({})),
        last_error: Set(None),
        error_code: Set(None),
        error_count: Set(0),
        connected_at: Set(None),
        created_at: Set(ctx.time()),
    }
}

fn refused(field: &str, code: &str, text: &str) -> Error {
    Error::invalid(field, code, text)
}

/// The person came back from Google. Whatever is wrong, nothing is stored; a state is good once.
///
/// # Errors
/// `Unauthenticated`; `Invalid` for `state` (none, wrong, another session's, too old, used), `error` (the person said no),
/// `code` (used, too old, of another verifier), `scope` (a part was not agreed to); `Unavailable` when Google does not answer.
pub async fn finish_google(
    ctx: &Ctx,
    state: Option<&str>,
    code: Option<&str>,
    error: Option<&str>,
) -> Result<integration_table::Model> {
    access::user(ctx)?;
    let bad_state = || refused("state", "INVALID", "This consent was not begun here, is too old, or was used.");
    let state = state.filter(|state| state.len() <= MOST_TEXT).ok_or_else(bad_state)?;
    let (key, _) = state.split_once('.').ok_or_else(bad_state)?;
    let (_, row) = access::for_integration(ctx, key).await.map_err(|_| bad_state())?;
    let scope = access::company(ctx, row.company_id).await.map_err(|_| bad_state())?;
    scope.must_manage()?;
    let pending = open_pending(ctx, &scope, &row).await?.ok_or_else(bad_state)?;
    let Actor::User { session_id, .. } = ctx.actor() else { return Err(Error::Unauthenticated) };
    let known = equal_secret(pending.state_hash.as_bytes(), sha256_hex(state.as_bytes()).as_bytes());
    if !known || pending.session_id != *session_id {
        // Another's attempt must not end the one that was begun.
        return Err(bad_state());
    }
    let tx = ctx.db().begin(&scope).await?;
    let first = credential::take(ctx, &tx, &scope, row.id, PENDING).await?.is_some();
    ctx.commit(tx).await?;
    if !first || ctx.now().as_second() > pending.until {
        return Err(bad_state());
    }
    if error.is_some() {
        return Err(refused("error", "REFUSED", "The consent was not given."));
    }
    let code = code.filter(|code| !code.is_empty() && code.len() <= MOST_TEXT);
    let code = code.ok_or_else(|| refused("code", "REQUIRED", "Google sent no code."))?;
    let trouble = |error: gateway::error::Error| match error.retry {
        gateway::error::Retry::Never => refused("code", "INVALID", &error.text),
        gateway::error::Retry::Later | gateway::error::Retry::After(_) => Error::Unavailable(error.to_string()),
    };
    let partial = || {
        let text = "Not everything was agreed to. Connect again and leave all boxes ticked.";
        refused("scope", "PARTIAL_CONSENT", text)
    };
    let tokens = token::oauth(ctx)?.exchange(code, &pending.verifier).await.map_err(trouble)?;
    if !tokens.suffice() || tokens.refresh.is_none() {
        return Err(partial());
    }
    let whose = tokens.account.clone().ok_or_else(partial)?;
    let name = token::with(ctx, &row, tokens.access.clone()).check().await.map_err(trouble)?;
    let mut tx = ctx.db().begin(&scope).await?;
    let id = row.id;
    keep(ctx, &tx, &scope, id, &tokens, false).await?;
    let same = same_account(row.external_id.as_deref(), &whose);
    works_now(ctx, &mut tx, &scope, row, Some(Whose { id: whose.id, name: whose.email.or(name), same })).await?;
    ctx.commit(tx).await?;
    integration::get(ctx, &scope, id).await
}

async fn open_pending(ctx: &Ctx, scope: &CompanyScope, row: &integration_table::Model) -> Result<Option<Pending>> {
    let sealed = credential::open(ctx, &ctx.db().read(scope), scope, row.id, PENDING).await?;
    Ok(sealed.map(|sealed| serde_json::from_str(sealed.expose_secret())).transpose()?)
}

/// Whose calendar was just connected.
struct Whose {
    /// Google's id of the account, whose main calendar it is.
    id: String,
    name: Option<String>,
    /// Whether it was the one that is connected already.
    same: bool,
}

/// Whether the account is the one that was connected before. Connections that are older than the question whose account it is
/// were remembered by the name of the main calendar. Google names that by the account's address until a person changes it, so a
/// name that is the address is this account's; any other name may be that of two.
fn same_account(before: Option<&str>, now: &google::Account) -> bool {
    before.is_some_and(|before| {
        before == now.id || now.email.as_deref().is_some_and(|email| before.eq_ignore_ascii_case(email))
    })
}

/// The calendar works: what is ahead is shown there, what changes there is read from now on. `anew`: a person has just agreed.
async fn works_now(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: integration_table::Model,
    anew: Option<Whose>,
) -> Result<()> {
    let id = row.id;
    let mut name = row.name.clone();
    let mut row = row.into_active_model();
    if let Some(whose) = anew {
        if !whose.same {
            forget_ahead(ctx, tx, scope).await?;
        }
        row.external_id = Set(Some(whose.id));
        name = whose.name;
        row.name = Set(name.clone());
        row.settings = Set(json!({}));
    }
    row.status = Set(ChannelStatus::Connected);
    row.last_error = Set(None);
    row.error_code = Set(None);
    row.error_count = Set(0);
    row.connected_at = Set(Some(ctx.time()));
    row.update(&*tx).await?;
    integration::note(ctx, tx, scope, id, ChannelLogKind::Connected, name).await?;
    show_all(ctx, tx, scope).await?;
    job::enqueue(ctx, tx, scope, &SyncCalendar { integration_id: id }).await?;
    Ok(())
}

/// Asks by a job whether the calendar works.
pub(crate) async fn begin_check(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, integration_id: Uuid) -> Result<()> {
    job::enqueue(ctx, tx, scope, &CheckCalendar { integration_id }).await?;
    // A dead consent has ended the reading; should Google be away now, nobody else would begin it again.
    let later = ctx.time().plus_seconds(super::sync::EVERY_SECONDS);
    job::enqueue_unless_waiting(ctx, tx, scope, &SyncCalendar { integration_id }, later).await?;
    Ok(())
}

/// Takes the consent back by a job.
pub(crate) async fn begin_disconnect(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, integration_id: Uuid) -> Result<()> {
    job::cancel(ctx, tx, scope, &SyncCalendar { integration_id }.unique_key().unwrap_or_default()).await?;
    job::enqueue(ctx, tx, scope, &DisconnectCalendar { integration_id }).await?;
    Ok(())
}

/// Runs [`CheckCalendar`].
pub(crate) async fn run_check(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: CheckCalendar = claimed.payload()?;
    let row = connected(&ctx.db().read(&scope), &scope).await?.filter(|row| row.id == payload.integration_id);
    let Some(row) = row else { return Ok(job::finish_if_running(ctx, claimed).await?) };
    let (used, checked) = match token::google(ctx, &scope, &row).await? {
        Ok(open) => (Some(open.access), open.calendar.check().await),
        Err(error) => (None, Err(error)),
    };
    match checked {
        Ok(_) => {
            let mut tx = ctx.db().begin(&scope).await?;
            works_now(ctx, &mut tx, &scope, row, None).await?;
            job::finish(ctx, &mut tx, claimed).await?;
            Ok(ctx.commit(tx).await?)
        }
        Err(error) => match token::failed(ctx, &scope, &row, used.as_ref(), &error).await? {
            Next::Never => Ok(job::finish_if_running(ctx, claimed).await?),
            Next::Again => Err(token::at_once(&error)),
            Next::Later => Err(integration::failure(&error)),
        },
    }
}

/// Runs [`DisconnectCalendar`]. Entries stay in the calendar: it is the company's own.
pub(crate) async fn run_disconnect(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: DisconnectCalendar = claimed.payload()?;
    let row = integration::get(ctx, &scope, payload.integration_id).await?;
    if row.status != ChannelStatus::Disconnected {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    super::watch::stop_last(ctx, &scope, &row).await?;
    if let Some(refresh) = credential::open(ctx, &ctx.db().read(&scope), &scope, row.id, REFRESH).await?
        && let Ok(oauth) = token::oauth(ctx)
        && let Err(error) = oauth.revoke(&refresh).await
        && error.retry != gateway::error::Retry::Never
        && claimed.row.attempts < claimed.row.max_attempts
    {
        return Err(integration::failure(&error));
    }
    let mut tx = ctx.db().begin(&scope).await?;
    integration::forget(&tx, &scope, row.id, json!({})).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}
