//! Our short link: it opens a fresh page of the provider while the order is open (commerce.md "Link and status").
//!
//! The payment's row is written before the provider is asked, and its id is the key of the request: a call whose answer was
//! lost is repeated under the same key and finds the page that it made (reliability.md case 37).

use super::provider::{self, Till};
use super::upkeep::{CheckPage, ExpirePage};
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::needs_attention;
use crate::{integration, job, order};
use assistant::notice::fee_name;
use domain::language::Language;
use domain::money::Money;
use entity::stored::{EventKind, PaymentState, PaymentStatus};
use entity::{order as order_table, payment};
use gateway::error::Kind;
use gateway::payment::{PageLine, PageRequest, PaymentPage};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// After its page should have ended, a payment is looked at once more, in case its events were lost.
pub(super) const AFTER_END_SECONDS: i64 = 120;
/// So often, where the provider cannot report to us.
pub(super) const BETWEEN_LOOKS_SECONDS: i64 = 60;

/// What a customer who opens our short link gets.
#[derive(Clone, Debug)]
pub enum Link {
    /// Go and pay here.
    Page {
        /// The provider's page.
        url: String,
    },
    /// Paid already.
    Paid(order_table::Model),
    /// The money is on its way, or we are asking whether it is.
    Waiting(order_table::Model),
    /// No longer open: expired or put aside.
    Closed(order_table::Model),
}

/// Opens the payment page of a short link: a fresh one, or the one that is open still.
///
/// # Errors
/// `NotFound` for a link that is not ours; `Unavailable` when the provider makes no page now: staff see it, and the link may be
/// opened again.
pub async fn open_link(ctx: &Ctx, token: &str) -> Result<Link> {
    let (scope, order) = access::for_link(ctx, token).await?;
    if let Some(known) = standing(ctx, &order) {
        return Ok(known);
    }
    for page in live_pages(&ctx.db().read(&scope), &scope, &order).await? {
        if page.status == PaymentState::Processing {
            return Ok(Link::Waiting(order));
        }
        if ctx.time() < page.expires_at && !page.url.is_empty() {
            return Ok(Link::Page { url: page.url });
        }
    }
    // Rare beside the look above, and much larger.
    Box::pin(make(ctx, &scope, order)).await
}

/// Has the provider make a page.
async fn make(ctx: &Ctx, scope: &CompanyScope, order: order_table::Model) -> Result<Link> {
    let Some(till) = provider::of_order(ctx, scope, &order).await? else {
        mark(ctx, scope, &order, "no_payment_provider").await?;
        return Err(Error::Unavailable("the company has nobody who takes its money".to_owned()));
    };
    // An unfinished row may belong to a page of other words: then a second one is begun.
    let mut fresh_only = false;
    loop {
        let (row, begun_before) = match begin(ctx, scope, &order, &till, fresh_only).await? {
            Begun::Known(link) => return Ok(*link),
            Begun::Row { row, before } => (*row, before),
        };
        match till.provider.create_page(&request(ctx, &order, &row)?).await {
            Ok(page) => return finish(ctx, scope, order, &till, row, page).await,
            Err(error) if begun_before && !fresh_only && matches!(error.kind, Kind::Conflict | Kind::Request) => {
                tracing::info!(payment = %row.id, %error, "an unfinished page is begun anew");
                fresh_only = true;
            }
            Err(error) => return refused(ctx, scope, &order, &till, &row, error).await,
        }
    }
}

/// The customer came back from the provider's page: how it stands, and a look at it when we have not heard of it yet.
///
/// # Errors
/// `NotFound` for a link that is not ours.
pub async fn returned(ctx: &Ctx, token: &str) -> Result<Link> {
    let (scope, order) = access::for_link(ctx, token).await?;
    if order.payment_status == PaymentStatus::Paid {
        return Ok(Link::Paid(order));
    }
    let pages = live_pages(&ctx.db().read(&scope), &scope, &order).await?;
    let Some(page) = pages.into_iter().find(|page| provider::is_outside(&page.provider) && !page.url.is_empty()) else {
        return Ok(if order::link_is_open(ctx, &order) { Link::Waiting(order) } else { Link::Closed(order) });
    };
    let mut tx = ctx.db().begin(&scope).await?;
    let look = CheckPage { payment_id: page.id, order_id: order.id };
    job::enqueue(ctx, &mut tx, &scope, &look).await?;
    ctx.commit(tx).await?;
    Ok(Link::Waiting(order))
}

/// The order of a short link.
///
/// # Errors
/// `NotFound` for a link that is not ours.
pub async fn linked(ctx: &Ctx, token: &str) -> Result<order_table::Model> {
    Ok(access::for_link(ctx, token).await?.1)
}

fn standing(ctx: &Ctx, order: &order_table::Model) -> Option<Link> {
    if order.payment_status == PaymentStatus::Paid {
        return Some(Link::Paid(order.clone()));
    }
    (!order::link_is_open(ctx, order)).then(|| Link::Closed(order.clone()))
}

async fn live_pages(
    db: &impl ConnectionTrait,
    scope: &CompanyScope,
    order: &order_table::Model,
) -> Result<Vec<payment::Model>> {
    Ok(payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order.id))
        .filter(payment::Column::Status.is_in([PaymentState::Open, PaymentState::Processing]))
        .all(db)
        .await?)
}

enum Begun {
    Known(Box<Link>),
    Row { row: Box<payment::Model>, before: bool },
}

/// Writes the row of a page that is to be made, or takes the one whose page was never named. Of two who open a link at once
/// both get the same row.
async fn begin(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: &order_table::Model,
    till: &Till,
    fresh_only: bool,
) -> Result<Begun> {
    let mut tx = ctx.db().begin(scope).await?;
    let order = order::lock(&tx, scope, order.id).await?;
    if let Some(known) = standing(ctx, &order) {
        return Ok(Begun::Known(Box::new(known)));
    }
    for page in live_pages(&tx, scope, &order).await? {
        if page.status == PaymentState::Processing {
            return Ok(Begun::Known(Box::new(Link::Waiting(order))));
        }
        let alive = ctx.time() < page.expires_at;
        if alive && !page.url.is_empty() {
            return Ok(Begun::Known(Box::new(Link::Page { url: page.url })));
        }
        if alive && !fresh_only && page.provider == till.provider.name() {
            return Ok(Begun::Row { row: Box::new(page), before: true });
        }
        close(&tx, &page, PaymentState::Expired).await?;
        if provider::is_outside(&page.provider) && !page.url.is_empty() {
            // It may have been paid in its last moment: the look at it is not waited for.
            let look = CheckPage { payment_id: page.id, order_id: order.id };
            job::enqueue(ctx, &mut tx, scope, &look).await?;
        }
    }
    let id = ctx.new_id();
    let link_end = order.link_expires_at.unwrap_or_else(|| ctx.time()).timestamp();
    let row = payment::ActiveModel {
        id: Set(id),
        company_id: Set(scope.id()),
        order_id: Set(order.id),
        provider: Set(till.provider.name().to_owned()),
        external_id: Set(format!("new:{id}")),
        status: Set(PaymentState::Open),
        amount_minor: Set(order.total_minor),
        currency: Set(order.currency.clone()),
        url: Set(String::new()),
        expires_at: Set(till.provider.page_end(ctx.now(), link_end).into()),
        created_at: Set(ctx.time()),
        paid_at: Set(None),
        refunded_at: Set(None),
    }
    .insert(&tx)
    .await?;
    ctx.commit(tx).await?;
    Ok(Begun::Row { row: Box::new(row), before: false })
}

pub(super) async fn close(db: &impl ConnectionTrait, page: &payment::Model, to: PaymentState) -> Result<()> {
    payment::Entity::update_many()
        .col_expr(payment::Column::Status, Expr::value(to.to_value()))
        .filter(payment::Column::Id.eq(page.id))
        .filter(payment::Column::CompanyId.eq(page.company_id))
        .filter(payment::Column::Status.eq(PaymentState::Open))
        .exec(db)
        .await?;
    Ok(())
}

/// The same for the same row, whenever it is asked: the provider holds it against the key.
fn request(ctx: &Ctx, order: &order_table::Model, row: &payment::Model) -> Result<PageRequest> {
    let quote = order::quote_of(order)?;
    let language = order::language(order);
    let amount = order::money(order, row.amount_minor);
    let back = order.link_token.as_deref().map(|token| order::link_url(ctx, token)).unwrap_or_default();
    Ok(PageRequest {
        payment_id: row.id,
        order_number: order.number,
        amount,
        lines: lines(&quote, language),
        description: quote.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", "),
        language,
        expires_at: row.expires_at.timestamp(),
        success_url: format!("{back}?done=1"),
        cancel_url: format!("{back}?left=1"),
    })
}

fn lines(quote: &domain::quote::Quote, language: Language) -> Vec<PageLine> {
    let line = |name: String, unit: Money, quantity| PageLine { name, unit, quantity };
    let goods = quote.lines.iter().map(|each| line(each.name.clone(), each.unit_price, each.quantity));
    let fees = [(quote.delivery, false), (quote.travel, true)].into_iter().filter(|(fee, _)| !fee.charged.is_zero());
    goods.chain(fees.map(|(fee, travel)| line(fee_name(language, travel), fee.charged, 1))).collect()
}

async fn finish(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: order_table::Model,
    till: &Till,
    row: payment::Model,
    page: PaymentPage,
) -> Result<Link> {
    let mut tx = ctx.db().begin(scope).await?;
    let order = order::lock(&tx, scope, order.id).await?;
    payment::Entity::update_many()
        .col_expr(payment::Column::ExternalId, Expr::value(page.external_id.as_str()))
        .col_expr(payment::Column::Url, Expr::value(page.url.as_str()))
        .filter(payment::Column::Id.eq(row.id))
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .exec(&tx)
        .await?;
    let now = payment::Entity::find_by_id(row.id)
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("payment"))?;
    let known =
        standing(ctx, &order).or_else(|| (now.status != PaymentState::Open).then(|| Link::Closed(order.clone())));
    if provider::is_outside(&now.provider) {
        if known.is_some() {
            // The order ended while its page was being made.
            close(&tx, &now, PaymentState::Expired).await?;
            let ends = ExpirePage { payment_id: now.id, order_id: order.id };
            job::enqueue(ctx, &mut tx, scope, &ends).await?;
        } else {
            let look = CheckPage { payment_id: now.id, order_id: order.id };
            let reports = till.account.as_ref().is_some_and(|row| row.settings["webhook"] == true);
            let at = if reports {
                now.expires_at.plus_seconds(AFTER_END_SECONDS)
            } else {
                ctx.time().plus_seconds(BETWEEN_LOOKS_SECONDS)
            };
            job::enqueue_at(ctx, &mut tx, scope, &look, at).await?;
        }
    }
    if let Some(account) = &till.account {
        integration::works(ctx, &mut tx, scope, account).await?;
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Order, order.id).await?;
    ctx.commit(tx).await?;
    Ok(known.unwrap_or(Link::Page { url: page.url }))
}

/// The provider made no page: staff see it at the conversation and at the account.
async fn refused(
    ctx: &Ctx,
    scope: &CompanyScope,
    order: &order_table::Model,
    till: &Till,
    row: &payment::Model,
    error: gateway::error::Error,
) -> Result<Link> {
    let mut tx = ctx.db().begin(scope).await?;
    if error.retry == gateway::error::Retry::Never {
        // Asking the same again changes nothing: the next try is a new one.
        close(&tx, row, PaymentState::Failed).await?;
    }
    if let Some(account) = &till.account {
        integration::failed(ctx, &mut tx, scope, account, &error).await?;
    }
    needs_attention(ctx, &mut tx, scope, order.conversation_id, "payment_page_failed").await?;
    ctx.commit(tx).await?;
    Err(Error::Unavailable(error.to_string()))
}

async fn mark(ctx: &Ctx, scope: &CompanyScope, order: &order_table::Model, reason: &str) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    needs_attention(ctx, &mut tx, scope, order.conversation_id, reason).await?;
    ctx.commit(tx).await
}
