//! What is done at the provider beside making pages: ending them, giving money back, and looking at those of which nothing was
//! heard.

use super::link::BETWEEN_LOOKS_SECONDS;
use super::provider;
use super::settle::{apply, unread};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::needs_attention;
use crate::job::{self, Claimed, Failure, Job};
use crate::order;
use domain::money::Currency;
use entity::payment;
use entity::stored::PaymentState;
use gateway::error::{Kind, Retry};
use gateway::payment::{PageState, Refund, Standing};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! page_job {
    ($(#[$about:meta])* $name:ident, $kind:literal, $key:literal) => {
        $(#[$about])*
        #[derive(Clone, Debug, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) payment_id: Uuid,
            pub(crate) order_id: Uuid,
        }

        impl Job for $name {
            const KIND: &'static str = $kind;
            const MAX_ATTEMPTS: i32 = 20;

            fn unique_key(&self) -> Option<String> {
                Some(format!(concat!($key, ":{}"), self.payment_id))
            }

            fn lane(&self) -> Option<String> {
                Some(format!("order:{}", self.order_id))
            }

            fn subject(&self) -> Option<Uuid> {
                Some(self.order_id)
            }
        }
    };
}

page_job!(
    /// Ends a page at its provider.
    ExpirePage,
    "expire_page",
    "expire_page"
);
page_job!(
    /// Reads a page of which nothing was heard.
    CheckPage,
    "check_page",
    "check_page"
);
page_job!(
    /// Gives the money of a page back.
    RefundPayment,
    "refund_payment",
    "refund"
);

/// Closes the open pages of an order: here at once, at their providers by jobs.
pub(crate) async fn close_pages(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, order_id: Uuid) -> Result<()> {
    let open = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order_id))
        .filter(payment::Column::Status.eq(PaymentState::Open))
        .all(&*tx)
        .await?;
    if open.is_empty() {
        return Ok(());
    }
    payment::Entity::update_many()
        .col_expr(payment::Column::Status, Expr::value(PaymentState::Expired.to_value()))
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order_id))
        .filter(payment::Column::Status.eq(PaymentState::Open))
        .exec(&*tx)
        .await?;
    // A page that was never named was shown to nobody.
    for page in open.into_iter().filter(|page| provider::is_outside(&page.provider) && !page.url.is_empty()) {
        let payment_id = page.id;
        job::enqueue(ctx, tx, scope, &ExpirePage { payment_id, order_id }).await?;
    }
    Ok(())
}

/// Runs [`ExpirePage`]. A page that was paid before it could be ended counts as every late payment.
pub(crate) async fn run_expire(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ExpirePage = claimed.payload()?;
    let payment = provider::payment_of(ctx, &scope, payload.payment_id).await?;
    let till = match provider::of_payment(ctx, &scope, &payment.provider).await {
        Ok(till) => till,
        // The key is gone: nobody can end it any more but its own time.
        Err(Error::Unavailable(_) | Error::NotFound(_)) => return Ok(job::finish_if_running(ctx, claimed).await?),
        Err(error) => return Err(error.into()),
    };
    let ended = async {
        till.provider.expire_page(&payment.external_id).await?;
        till.provider.read_page(&payment.external_id).await
    };
    match ended.await {
        Ok(state) => finish(ctx, &scope, &payment, Some(&state), claimed).await,
        Err(error) if error.kind == Kind::Gone => finish(ctx, &scope, &payment, None, claimed).await,
        Err(error) => Err(unread(ctx, &scope, &till, error).await?),
    }
}

/// Runs [`CheckPage`].
pub(crate) async fn run_check(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: CheckPage = claimed.payload()?;
    let payment = provider::payment_of(ctx, &scope, payload.payment_id).await?;
    if !matches!(payment.status, PaymentState::Open | PaymentState::Processing) {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let till = match provider::of_payment(ctx, &scope, &payment.provider).await {
        Ok(till) => till,
        Err(Error::Unavailable(_) | Error::NotFound(_)) => return Ok(job::finish_if_running(ctx, claimed).await?),
        Err(error) => return Err(error.into()),
    };
    let state = match till.provider.read_page(&payment.external_id).await {
        Ok(state) => state,
        Err(error) if error.kind == Kind::Gone => return finish(ctx, &scope, &payment, None, claimed).await,
        Err(error) => return Err(unread(ctx, &scope, &till, error).await?),
    };
    let reports = till.account.as_ref().is_some_and(|row| row.settings["webhook"] == true);
    if state.standing == Standing::Open && ctx.time() < payment.expires_at {
        // Looked at early (the customer came back), or the provider cannot report to us.
        let next = if reports {
            payment.expires_at.plus_seconds(2 * BETWEEN_LOOKS_SECONDS)
        } else {
            ctx.time().plus_seconds(BETWEEN_LOOKS_SECONDS)
        };
        let mut tx = ctx.db().begin(&scope).await?;
        job::finish(ctx, &mut tx, claimed).await?;
        job::enqueue_at(ctx, &mut tx, &scope, &payload, next).await?;
        return Ok(ctx.commit(tx).await?);
    }
    finish(ctx, &scope, &payment, Some(&state), claimed).await
}

async fn finish(
    ctx: &Ctx,
    scope: &CompanyScope,
    payment: &payment::Model,
    state: Option<&PageState>,
    claimed: &Claimed,
) -> Result<(), Failure> {
    let mut tx = ctx.db().begin(scope).await?;
    if let Some(state) = state {
        apply(ctx, &mut tx, scope, payment, state, None, true).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Runs [`RefundPayment`].
pub(crate) async fn run_refund(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: RefundPayment = claimed.payload()?;
    let payment = provider::payment_of(ctx, &scope, payload.payment_id).await?;
    if payment.status != PaymentState::Paid {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let till = provider::of_payment(ctx, &scope, &payment.provider).await?;
    match till.provider.refund(payment.id, &payment.external_id).await {
        Ok(Refund::Done) => {
            let state = PageState {
                external_id: payment.external_id.clone(),
                payment_id: None,
                account: None,
                standing: Standing::Refunded,
                amount_minor: Some(payment.amount_minor),
                currency: Currency::parse(&payment.currency),
                refunded_minor: payment.amount_minor,
            };
            finish(ctx, &scope, &payment, Some(&state), claimed).await
        }
        // The event of the provider ends it.
        Ok(Refund::Pending) => finish(ctx, &scope, &payment, None, claimed).await,
        Err(error) => {
            let gives_up = error.retry == Retry::Never || claimed.row.attempts >= claimed.row.max_attempts;
            let failure = unread(ctx, &scope, &till, error).await?;
            if gives_up {
                let mut tx = ctx.db().begin(&scope).await?;
                let order = order::lock(&tx, &scope, payload.order_id).await?;
                needs_attention(ctx, &mut tx, &scope, order.conversation_id, "refund_failed").await?;
                ctx.commit(tx).await?;
            }
            Err(failure)
        }
    }
}
