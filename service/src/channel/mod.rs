//! Channels of a company: the built-in ones, and connections to providers.

pub(crate) mod adapter;
mod connect;
mod deliver;
mod identify;
mod intake;
pub(crate) mod pause;
mod poll;
mod session;
mod test;
mod test_link;
mod waha;
mod watch;

pub(crate) use connect::{
    ConnectChannel, DisconnectChannel, failed, failure, fault_code, run_connect, run_disconnect, works,
};
pub use connect::{connect_telegram, disconnect, log, reconnect, replace_telegram_token};
pub(crate) use deliver::KEEP_DELIVERIES_HOURS;
pub use deliver::deliver;
pub(crate) use identify::{IdentifyContact, run_identify};
pub use intake::check_intakes;
pub(crate) use intake::{CheckIntake, run_check};
pub(crate) use poll::{PollChannel, run_poll};
pub use session::{Code, NO_CODE, code, confirm_passkey, session};
pub use test::test;
pub(crate) use test::{TestChannel, run_test};
pub use test_link::{TestLink, start_test};
pub use waha::{Server as WahaServer, connect_waha, replace_waha_key};
pub(crate) use watch::{WatchChannel, run_watch};

use crate::access::CompanyScope;
use crate::company::{self, MAX_NAME, check_text};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use domain::channel::ChannelKind;
use entity::channel;
use entity::stored::ChannelStatus;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use uuid::Uuid;

/// How long a burst is waited for by default (architecture §5, issue line 7).
pub const DEFAULT_QUIET_PERIOD_MS: i32 = 4000;
/// The longest wait that may be set.
pub const MAX_QUIET_PERIOD_MS: i32 = 60_000;
/// Provider of the phone frame and of rehearsals: it plays any platform and sends to nobody.
pub const TRIAL: &str = "trial";
/// Provider of the demo's channels, which send to nobody.
pub const DEMO: &str = "demo";
/// Provider of the widget.
pub const WEBCHAT: &str = "webchat";

/// The channels of a company, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(ctx: &Ctx, scope: &CompanyScope) -> Result<Vec<channel::Model>> {
    Ok(channel::Entity::find()
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .order_by_asc(channel::Column::CreatedAt)
        .order_by_asc(channel::Column::Id)
        .limit(crate::page::MAX_SIZE)
        .all(&ctx.db().read(scope))
        .await?)
}

/// One channel.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, channel_id: Uuid) -> Result<channel::Model> {
    channel::Entity::find_by_id(channel_id)
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("channel"))
}

/// Adds a channel of the widget, or of the phone frame, which plays any platform.
///
/// # Errors
/// `Forbidden`; `Invalid` for a name that is none or a platform whose provider is not built in.
pub async fn create(
    ctx: &Ctx,
    scope: &CompanyScope,
    kind: ChannelKind,
    provider: &str,
    name: &str,
) -> Result<channel::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let name = check_text(&mut errors, "name", name, MAX_NAME);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if provider != TRIAL && kind != ChannelKind::Webchat {
        return Err(Error::invalid(
            "kind",
            "NOT_AVAILABLE",
            "This program connects web chat; other platforms can be tried in the phone frame.",
        ));
    }
    let branch = company::default_branch(ctx, scope).await?;
    let tx = ctx.db().begin(scope).await?;
    let channel = channel::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        branch_id: Set(branch.id),
        kind: Set(kind.into()),
        provider: Set(provider.to_owned()),
        name: Set(name),
        status: Set(ChannelStatus::Connected),
        public_key: Set(ctx.engine().random.token(24)),
        quiet_period_ms: Set(DEFAULT_QUIET_PERIOD_MS),
        settings: Set(json!({})),
        last_error: Set(None),
        created_at: Set(ctx.time()),
        external_id: Set(None),
        error_code: Set(None),
        error_count: Set(0),
        connected_at: Set(Some(ctx.time())),
        paused_until: Set(None),
    }
    .insert(&tx)
    .await?;
    ctx.commit(tx).await?;
    Ok(channel)
}

/// The phone frame's channel for a platform, made at first use.
///
/// # Errors
/// As [`create`].
pub async fn trial(ctx: &Ctx, scope: &CompanyScope, kind: ChannelKind) -> Result<channel::Model> {
    let found = channel::Entity::find()
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(channel::Column::Provider.eq(TRIAL))
        .filter(channel::Column::Kind.eq(entity::stored::ChannelKind::from(kind)))
        .one(&ctx.db().read(scope))
        .await?;
    match found {
        Some(channel) => Ok(channel),
        None => create(ctx, scope, kind, TRIAL, kind.as_str()).await,
    }
}

/// Changes a channel's name or quiet period.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid`.
pub async fn update(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel_id: Uuid,
    name: Option<String>,
    quiet_period_ms: Option<i32>,
) -> Result<channel::Model> {
    scope.must_manage()?;
    let mut errors = Vec::new();
    let mut row = get(ctx, scope, channel_id).await?.into_active_model();
    if let Some(name) = name {
        row.name = Set(check_text(&mut errors, "name", &name, MAX_NAME));
    }
    if let Some(quiet) = quiet_period_ms {
        if !(0..=MAX_QUIET_PERIOD_MS).contains(&quiet) {
            errors.push(crate::error::UserError::new(
                "quietPeriodMs",
                "OUT_OF_RANGE",
                format!("quietPeriodMs must be between 0 and {MAX_QUIET_PERIOD_MS}."),
            ));
        }
        row.quiet_period_ms = Set(quiet);
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if !row.is_changed() {
        return get(ctx, scope, channel_id).await;
    }
    let tx = ctx.db().begin(scope).await?;
    let channel = row.update(&tx).await?;
    ctx.commit(tx).await?;
    Ok(channel)
}
