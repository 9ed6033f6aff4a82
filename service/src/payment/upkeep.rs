//! What is done at the provider beside making pages: ending them, giving money back, and looking at those of which nothing was
//! heard.

use super::link::{AFTER_END_SECONDS, BETWEEN_LOOKS_SECONDS};
use super::provider::{self, Till};
use super::settle::{SettlePayment, apply, unread};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::needs_attention;
use crate::job::{self, Claimed, Failure, Job};
use crate::{integration, order};
use domain::money::Currency;
use entity::payment;
use entity::stored::PaymentState;
use gateway::error::Kind;
use gateway::payment::{PageState, Refund, Standing};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So many payments are marked when an account is left, and looked at when it is there again.
const MOST_LEFT: u64 = 500;
/// Money that is on its way takes days: so often it is looked for where the provider cannot report to us,
const BETWEEN_LOOKS_FOR_MONEY_SECONDS: i64 = 3600;
/// where it can,
const BETWEEN_LOOKS_BESIDE_EVENTS_SECONDS: i64 = 6 * 3600;
/// and so long after the page's end: bank debits fail or come within 14 business days
/// (<https://docs.stripe.com/payments/payment-methods#payment-notification>).
const LONGEST_WAY_SECONDS: i64 = 30 * 24 * 3600;

macro_rules! page_job {
    ($(#[$about:meta])* $name:ident, $kind:literal, $key:literal, $lane:literal of $whose:ident) => {
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
                Some(format!(concat!($lane, ":{}"), self.$whose))
            }

            fn subject(&self) -> Option<Uuid> {
                Some(self.order_id)
            }
        }
    };
}

page_job!(
    /// Ends a page at its provider. Where a dead key lets nobody end it, it waits for days: whatever else is to be done for the
    /// order does not wait behind it. What it finds is applied under the order's lock, as everything is.
    ExpirePage,
    "expire_page",
    "expire_page",
    "page" of payment_id
);
page_job!(
    /// Reads a page of which nothing was heard. Its money may be there: nobody says meanwhile that the link has run out.
    CheckPage,
    "check_page",
    "check_page",
    "order" of order_id
);
page_job!(
    /// Gives the money of a page back.
    RefundPayment,
    "refund_payment",
    "refund",
    "order" of order_id
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

/// Nothing more is to be found by looking at a page.
pub(super) async fn cancel_look(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, page: &payment::Model) -> Result<()> {
    let look = CheckPage { payment_id: page.id, order_id: page.order_id };
    job::cancel(ctx, tx, scope, &look.unique_key().unwrap_or_default()).await?;
    Ok(())
}

/// The key is good (again): what waited for it runs now, what gave up meanwhile is taken up again, and each page that may be paid
/// is looked at, since nothing was heard of it.
pub(super) async fn take_up(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, provider: &str) -> Result<()> {
    let read = [SettlePayment::KIND, CheckPage::KIND, ExpirePage::KIND];
    job::revive(ctx, tx, scope, &read, job::Dead::Any).await?;
    // Staff have seen a refund that was refused.
    job::revive(ctx, tx, scope, &[RefundPayment::KIND], job::Dead::OutOfAttempts).await?;
    for page in live(tx, scope, provider).await? {
        let look = CheckPage { payment_id: page.id, order_id: page.order_id };
        job::enqueue(ctx, tx, scope, &look).await?;
    }
    Ok(())
}

/// Pages by which money may come, or is on its way; one that was never named was shown to nobody.
async fn live(tx: &Tx, scope: &CompanyScope, provider: &str) -> Result<Vec<payment::Model>> {
    Ok(payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(provider))
        .filter(payment::Column::Status.is_in([PaymentState::Open, PaymentState::Processing]))
        .filter(payment::Column::Url.ne(""))
        .limit(MOST_LEFT)
        .all(tx)
        .await?)
}

/// Leaves the pages of an account that is asked no more: open ones give way to fresh ones, and staff see where money was on its
/// way, or may come still by a page that a customer has in hand.
pub(super) async fn leave_pages(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, provider: &str) -> Result<()> {
    if provider::is_outside(provider) {
        for page in live(tx, scope, provider).await? {
            unwatch(ctx, tx, scope, &page).await?;
        }
    }
    payment::Entity::update_many()
        .col_expr(payment::Column::Status, Expr::value(PaymentState::Expired.to_value()))
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(provider))
        .filter(payment::Column::Status.eq(PaymentState::Open))
        .exec(&*tx)
        .await?;
    Ok(())
}

/// Nobody can look at this page any more. Where a customer has its address, money may come by it: staff are to look.
async fn unwatch(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, page: &payment::Model) -> Result<()> {
    if page.url.is_empty() || matches!(page.status, PaymentState::Failed | PaymentState::Paid | PaymentState::Refunded)
    {
        return Ok(());
    }
    let order = order::lock(tx, scope, page.order_id).await?;
    needs_attention(ctx, tx, scope, order.conversation_id, "payment_unwatched").await
}

/// The key is gone: a page that was not ended before has its own time only.
async fn without_key(ctx: &Ctx, scope: &CompanyScope, page: &payment::Model, claimed: &Claimed) -> Result<(), Failure> {
    let mut tx = ctx.db().begin(scope).await?;
    unwatch(ctx, &mut tx, scope, page).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Runs [`ExpirePage`]. A page that was paid before it could be ended counts as every late payment.
pub(crate) async fn run_expire(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: ExpirePage = claimed.payload()?;
    let payment = provider::payment_of(ctx, &scope, payload.payment_id).await?;
    let till = match provider::of_payment(ctx, &scope, &payment.provider).await {
        Ok(till) => till,
        Err(Error::NoCredential(_) | Error::NotFound(_)) => return without_key(ctx, &scope, &payment, claimed).await,
        Err(error) => return Err(error.into()),
    };
    let ended = async {
        till.provider.expire_page(&payment.external_id).await?;
        till.provider.read_page(&payment.external_id).await
    };
    match ended.await {
        Ok(state) => finish(ctx, &scope, &till, &payment, Some(&state), claimed).await,
        Err(error) if error.kind == Kind::Gone => finish(ctx, &scope, &till, &payment, None, claimed).await,
        Err(error) => Err(unread(ctx, &scope, &till, error).await?),
    }
}

/// Runs [`CheckPage`]. A page that was closed here is looked at too: it may have been paid in its last moment.
pub(crate) async fn run_check(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: CheckPage = claimed.payload()?;
    let payment = provider::payment_of(ctx, &scope, payload.payment_id).await?;
    if matches!(payment.status, PaymentState::Failed | PaymentState::Paid | PaymentState::Refunded) {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let till = match provider::of_payment(ctx, &scope, &payment.provider).await {
        Ok(till) => till,
        Err(Error::NoCredential(_) | Error::NotFound(_)) => return without_key(ctx, &scope, &payment, claimed).await,
        Err(error) => return Err(error.into()),
    };
    let state = match till.provider.read_page(&payment.external_id).await {
        Ok(state) => state,
        Err(error) if error.kind == Kind::Gone => return finish(ctx, &scope, &till, &payment, None, claimed).await,
        Err(error) => return Err(unread(ctx, &scope, &till, error).await?),
    };
    let reports = till.account.as_ref().is_some_and(|row| row.settings["webhook"] == true);
    let now = ctx.time();
    let mut tx = ctx.db().begin(&scope).await?;
    if let Some(account) = &till.account {
        integration::answered(ctx, &mut tx, &scope, account).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    match state.standing {
        // Looked at early (the customer came back), or the provider cannot report to us.
        Standing::Open if now < payment.expires_at => {
            let next = if reports {
                payment.expires_at.plus_seconds(AFTER_END_SECONDS)
            } else {
                now.plus_seconds(BETWEEN_LOOKS_SECONDS)
            };
            job::enqueue_at(ctx, &mut tx, &scope, &payload, next).await?;
        }
        // Its time is over and the provider lets it be paid still.
        Standing::Open => {
            let ends = ExpirePage { payment_id: payment.id, order_id: payment.order_id };
            job::enqueue(ctx, &mut tx, &scope, &ends).await?;
        }
        Standing::Processing => {
            apply(ctx, &mut tx, &scope, &payment, &state, None, true).await?;
            if now < payment.expires_at.plus_seconds(LONGEST_WAY_SECONDS) {
                let pause = if reports { BETWEEN_LOOKS_BESIDE_EVENTS_SECONDS } else { BETWEEN_LOOKS_FOR_MONEY_SECONDS };
                job::enqueue_at(ctx, &mut tx, &scope, &payload, now.plus_seconds(pause)).await?;
            } else {
                unwatch(ctx, &mut tx, &scope, &payment).await?;
            }
        }
        Standing::Paid | Standing::Failed | Standing::Expired | Standing::Refunded => {
            apply(ctx, &mut tx, &scope, &payment, &state, None, true).await?;
        }
    }
    Ok(ctx.commit(tx).await?)
}

async fn finish(
    ctx: &Ctx,
    scope: &CompanyScope,
    till: &Till,
    payment: &payment::Model,
    state: Option<&PageState>,
    claimed: &Claimed,
) -> Result<(), Failure> {
    let mut tx = ctx.db().begin(scope).await?;
    if let Some(account) = &till.account {
        integration::answered(ctx, &mut tx, scope, account).await?;
    }
    match state {
        Some(state) => {
            apply(ctx, &mut tx, scope, payment, state, None, true).await?;
            if state.standing == Standing::Processing {
                // Its money may come without an event.
                let look = CheckPage { payment_id: payment.id, order_id: payment.order_id };
                let next = ctx.time().plus_seconds(BETWEEN_LOOKS_FOR_MONEY_SECONDS);
                job::enqueue_unless_waiting(ctx, &mut tx, scope, &look, next).await?;
            }
        }
        // The account does not know it: the customer is given another one, and may have paid this one elsewhere.
        None => {
            super::link::close(&tx, payment, PaymentState::Expired).await?;
            unwatch(ctx, &mut tx, scope, payment).await?;
        }
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
    let asked = async {
        match till.provider.refund(payment.id, &payment.external_id).await? {
            Refund::Done => Ok(None),
            // On its way: how far, the page says; where it does not yet, the provider's event ends it.
            Refund::Pending => till.provider.read_page(&payment.external_id).await.map(Some),
        }
    };
    match asked.await {
        Ok(None) => {
            let state = PageState {
                external_id: payment.external_id.clone(),
                payment_id: None,
                account: None,
                standing: Standing::Refunded,
                amount_minor: Some(payment.amount_minor),
                currency: Currency::parse(&payment.currency),
                refunded_minor: payment.amount_minor,
            };
            finish(ctx, &scope, &till, &payment, Some(&state), claimed).await
        }
        Ok(Some(state)) => finish(ctx, &scope, &till, &payment, Some(&state), claimed).await,
        Err(error) => {
            // A refusal buries the job, which marks the talk.
            Err(unread(ctx, &scope, &till, error).await?)
        }
    }
}
