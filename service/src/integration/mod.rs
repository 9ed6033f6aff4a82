//! A company's accounts at providers that are no channel (who takes its money, who keeps its calendar or its media): whether they work, and
//! what was wrong.

use crate::access::CompanyScope;
use crate::channel::fault_code;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{Failure, Retry};
use entity::stored::{ChannelLogKind, ChannelStatus, EventKind, IntegrationKind};
use entity::{channel_log, integration};
use gateway::error::Kind;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

/// A job about one account: those of one account never run at once; one with a key joins the one that waits.
macro_rules! account_job {
    ($(#[$about:meta])* $name:ident, $kind:literal $(, joins $key:literal)? $(, attempts $most:expr)?) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
        pub(crate) struct $name {
            pub(crate) integration_id: uuid::Uuid,
        }

        impl crate::job::Job for $name {
            const KIND: &'static str = $kind;
            $(const MAX_ATTEMPTS: i32 = $most;)?

            $(fn unique_key(&self) -> Option<String> {
                Some(format!(concat!($key, ":{}"), self.integration_id))
            })?

            fn lane(&self) -> Option<String> {
                Some(format!("integration:{}", self.integration_id))
            }

            fn subject(&self) -> Option<uuid::Uuid> {
                Some(self.integration_id)
            }
        }
    };
}
pub(crate) use account_job;

/// So many failures in a row make an integration one in error.
const FAILURES_IN_ERROR: i32 = 3;

/// The account of a kind, connected or not.
///
/// # Errors
/// When the database does not answer.
pub async fn of_kind(ctx: &Ctx, scope: &CompanyScope, kind: IntegrationKind) -> Result<Option<integration::Model>> {
    find(&ctx.db().read(scope), scope, kind).await
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    kind: IntegrationKind,
) -> Result<Option<integration::Model>> {
    Ok(integration::Entity::find()
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .filter(integration::Column::Kind.eq(kind))
        .one(db)
        .await?)
}

/// One of them.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, scope: &CompanyScope, id: Uuid) -> Result<integration::Model> {
    integration::Entity::find_by_id(id)
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(scope))
        .await?
        .ok_or(Error::NotFound("integration"))
}

/// What happened to it, the newest first.
///
/// # Errors
/// `NotFound`.
pub async fn log(ctx: &Ctx, scope: &CompanyScope, id: Uuid, first: u64) -> Result<Vec<channel_log::Model>> {
    get(ctx, scope, id).await?;
    Ok(channel_log::Entity::find()
        .filter(channel_log::Column::CompanyId.eq(scope.id()))
        .filter(channel_log::Column::ChannelId.eq(id))
        .order_by_desc(channel_log::Column::Id)
        .limit(Ord::min(first, crate::page::MAX_SIZE))
        .all(&ctx.db().read(scope))
        .await?)
}

/// All of them, connected or not.
///
/// # Errors
/// When the database does not answer.
pub async fn list(ctx: &Ctx, scope: &CompanyScope) -> Result<Vec<integration::Model>> {
    Ok(integration::Entity::find()
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .order_by_asc(integration::Column::Kind)
        .limit(crate::page::MAX_SIZE)
        .all(&ctx.db().read(scope))
        .await?)
}

/// Asks the provider once more whether the account works.
///
/// # Errors
/// `Forbidden`; `Invalid` when it is not connected.
pub async fn check(ctx: &Ctx, scope: &CompanyScope, row: integration::Model) -> Result<integration::Model> {
    scope.must_manage()?;
    if row.status == ChannelStatus::Disconnected {
        return Err(Error::invalid("id", "NOT_CONNECTED", "This account is not connected."));
    }
    let (id, kind) = (row.id, row.kind);
    let mut tx = ctx.db().begin(scope).await?;
    let mut row = row.into_active_model();
    row.status = Set(ChannelStatus::Connecting);
    row.update(&tx).await?;
    note(ctx, &mut tx, scope, id, ChannelLogKind::Connecting, None).await?;
    match kind {
        IntegrationKind::Payment => crate::payment::begin_connect(ctx, &mut tx, scope, id).await?,
        IntegrationKind::Calendar => crate::calendar::begin_check(ctx, &mut tx, scope, id).await?,
        IntegrationKind::Media => crate::media::begin_connect(ctx, &mut tx, scope, id).await?,
    }
    ctx.commit(tx).await?;
    get(ctx, scope, id).await
}

/// Ends the connection: what waits at the provider is ended there by a job, which then removes the secrets.
///
/// # Errors
/// `Forbidden`.
pub async fn disconnect(ctx: &Ctx, scope: &CompanyScope, row: integration::Model) -> Result<integration::Model> {
    scope.must_manage()?;
    if row.status == ChannelStatus::Disconnected {
        return Ok(row);
    }
    let (id, kind) = (row.id, row.kind);
    let mut tx = ctx.db().begin(scope).await?;
    let mut row = row.into_active_model();
    row.status = Set(ChannelStatus::Disconnected);
    row.connected_at = Set(None);
    row.update(&tx).await?;
    note(ctx, &mut tx, scope, id, ChannelLogKind::Disconnected, None).await?;
    match kind {
        IntegrationKind::Payment => crate::payment::begin_disconnect(ctx, &mut tx, scope, id).await?,
        IntegrationKind::Calendar => crate::calendar::begin_disconnect(ctx, &mut tx, scope, id).await?,
        // What lies there stays there; there is nothing to end.
        IntegrationKind::Media => crate::credential::remove(&tx, scope, id).await?,
    }
    ctx.commit(tx).await?;
    get(ctx, scope, id).await
}

/// Begins to connect the account of a kind, in the place of the one that is there.
pub(crate) async fn begin(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    kind: IntegrationKind,
    provider: &str,
    settings: serde_json::Value,
) -> Result<integration::Model> {
    let before = find(&*tx, scope, kind).await?;
    let row = match before {
        Some(before) => {
            let mut row = before.into_active_model();
            row.provider = Set(provider.to_owned());
            row.status = Set(ChannelStatus::Connecting);
            row.settings = Set(settings);
            row.last_error = Set(None);
            row.error_code = Set(None);
            row.error_count = Set(0);
            row.update(&*tx).await?
        }
        None => {
            integration::ActiveModel {
                id: Set(ctx.new_id()),
                company_id: Set(scope.id()),
                kind: Set(kind),
                provider: Set(provider.to_owned()),
                public_key: Set(ctx.engine().random.token(24)),
                status: Set(ChannelStatus::Connecting),
                external_id: Set(None),
                name: Set(None),
                settings: Set(settings),
                last_error: Set(None),
                error_code: Set(None),
                error_count: Set(0),
                connected_at: Set(None),
                created_at: Set(ctx.time()),
            }
            .insert(&*tx)
            .await?
        }
    };
    note(ctx, tx, scope, row.id, ChannelLogKind::Connecting, None).await?;
    Ok(row)
}

/// Forgets the secrets of an account that is disconnected, and all but these of its settings. One that was connected anew while its
/// provider was told of the end is left as it is.
pub(crate) async fn forget(tx: &Tx, scope: &CompanyScope, id: Uuid, settings: serde_json::Value) -> Result<()> {
    let forgotten = integration::Entity::update_many()
        .col_expr(integration::Column::Settings, Expr::value(settings))
        .filter(integration::Column::Id.eq(id))
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .filter(integration::Column::Status.eq(ChannelStatus::Disconnected))
        .exec(tx)
        .await?;
    if forgotten.rows_affected > 0 {
        crate::credential::remove(tx, scope, id).await?;
    }
    Ok(())
}

/// Writes into the log, and tells those who watch.
pub(crate) async fn note(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    id: Uuid,
    kind: ChannelLogKind,
    detail: Option<String>,
) -> Result<()> {
    channel_log::Entity::insert(channel_log::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        channel_id: Set(id),
        kind: Set(kind),
        detail: Set(detail),
        created_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Integration, id).await
}

/// It works: remembered only when that is news.
pub(crate) async fn works(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, row: &integration::Model) -> Result<()> {
    if row.status == ChannelStatus::Connected && row.error_count == 0 && !is_left_alone(row) {
        return Ok(());
    }
    let done = integration::Entity::update_many()
        .col_expr(integration::Column::Status, Expr::value("connected"))
        .col_expr(integration::Column::LastError, Expr::value(Option::<String>::None))
        .col_expr(integration::Column::ErrorCode, Expr::value(Option::<String>::None))
        .col_expr(integration::Column::ErrorCount, Expr::value(0))
        .col_expr(integration::Column::ConnectedAt, ctx.time().0.into())
        .filter(integration::Column::Id.eq(row.id))
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .filter(integration::Column::Status.ne(ChannelStatus::Disconnected))
        .exec(tx)
        .await?;
    if done.rows_affected > 0 {
        note(ctx, tx, scope, row.id, ChannelLogKind::Connected, row.name.clone()).await?;
    }
    Ok(())
}

/// It answered after faults: they are over. What else is wrong with the account stays.
pub(crate) async fn answered(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, row: &integration::Model) -> Result<()> {
    if row.error_count > 0 || is_left_alone(row) { works(ctx, tx, scope, row).await } else { Ok(()) }
}

/// A provider's fault as the ledger takes it.
pub(crate) fn failure(error: &gateway::error::Error) -> Failure {
    let mut failure = crate::channel::failure(error);
    if error.was_not_asked
        && let Retry::After(pause) = failure.retry
    {
        failure.retry = Retry::Uncounted(pause);
    }
    failure
}

/// The code of an account that failed repeatedly, or asked to wait (reliability.md case 129).
const LEFT_ALONE: &str = "circuit_open";

fn is_left_alone(row: &integration::Model) -> bool {
    row.error_code.as_deref() == Some(LEFT_ALONE)
}

/// Remembers that the account is left alone: no fault by itself, and one line in its log.
async fn left_alone(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: &integration::Model,
    error: &gateway::error::Error,
) -> Result<()> {
    if is_left_alone(row) {
        return Ok(());
    }
    let first = integration::Entity::update_many()
        .col_expr(integration::Column::LastError, Expr::value(error.text.as_str()))
        .col_expr(integration::Column::ErrorCode, Expr::value(LEFT_ALONE))
        .filter(integration::Column::Id.eq(row.id))
        .filter(integration::Column::CompanyId.eq(scope.id()))
        .filter(integration::Column::Status.ne(ChannelStatus::Disconnected))
        .filter(
            Condition::any()
                .add(integration::Column::ErrorCode.is_null())
                .add(integration::Column::ErrorCode.ne(LEFT_ALONE)),
        )
        .exec(tx)
        .await?;
    if first.rows_affected > 0 {
        let detail = format!("{LEFT_ALONE}: {}", error.text);
        note(ctx, tx, scope, row.id, ChannelLogKind::Failed, Some(detail)).await?;
    }
    Ok(())
}

/// Remembers a fault of the account itself.
pub(crate) async fn failed(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    row: &integration::Model,
    error: &gateway::error::Error,
) -> Result<()> {
    if error.was_not_asked {
        return left_alone(ctx, tx, scope, row, error).await;
    }
    let ends = error.kind == Kind::Credentials || row.error_count + 1 >= FAILURES_IN_ERROR;
    // Whoever tries an account that was left alone finds it as it was.
    let still = is_left_alone(row) && matches!(error.kind, Kind::Unavailable | Kind::RateLimited);
    let code = if still { LEFT_ALONE } else { fault_code(error.kind) };
    let mut update = integration::Entity::update_many()
        .col_expr(integration::Column::LastError, Expr::value(error.text.as_str()))
        .col_expr(integration::Column::ErrorCode, Expr::value(code))
        .col_expr(integration::Column::ErrorCount, Expr::col(integration::Column::ErrorCount).add(1));
    if ends {
        update = update.col_expr(integration::Column::Status, Expr::value("error"));
    }
    let this = Condition::all()
        .add(integration::Column::Id.eq(row.id))
        .add(integration::Column::CompanyId.eq(scope.id()))
        .add(integration::Column::Status.ne(ChannelStatus::Disconnected));
    // Two faults at once end it once.
    let mut ended = false;
    if ends {
        let first = update.clone().filter(this.clone()).filter(integration::Column::Status.ne(ChannelStatus::Error));
        ended = first.exec(tx).await?.rows_affected > 0;
    }
    if !ended {
        update.filter(this).exec(tx).await?;
    }
    if ended {
        crate::mail::account_stopped(ctx, tx, scope, row, fault_code(error.kind), Some(&error.text)).await?;
    }
    // A long outage is one line, not one for each try.
    if row.error_count == 0 || (ends && row.status != ChannelStatus::Error) {
        let detail = format!("{}: {}", fault_code(error.kind), error.text);
        note(ctx, tx, scope, row.id, ChannelLogKind::Failed, Some(detail)).await?;
    }
    Ok(())
}
