//! What an event changes: the page is read again, then order, hold, reminders, booking and receipt follow in one transaction
//! (architecture §5 "Pay").

use super::provider::{self, Till};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{NewOutbound, needs_attention, store_outbound};
use crate::integration;
use crate::job::{self, Claimed, Failure, Job};
use crate::order::{self, BookOrder};
use assistant::notice::Notice;
use domain::order::{OrderEvent, PaymentStatus};
use entity::stored::{BookingStatus, EventKind, PaymentState};
use entity::{booking, conversation, order as order_table, payment, payment_event};
use gateway::error::Kind;
use gateway::payment::{EventKind as ProviderEvent, PageState, PaymentEvent, Standing, Subject};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait as _, QueryFilter,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// Applies one event of a provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SettlePayment {
    pub(crate) event_id: Uuid,
    /// None: found out by reading what the event is about.
    pub(crate) order_id: Option<Uuid>,
}

impl Job for SettlePayment {
    const KIND: &'static str = "settle_payment";
    const MAX_ATTEMPTS: i32 = 20;

    fn lane(&self) -> Option<String> {
        self.order_id.map(|order_id| format!("order:{order_id}"))
    }

    fn subject(&self) -> Option<Uuid> {
        self.order_id
    }
}

/// What was found at the provider.
enum Found {
    State(PageState),
    /// The account has no such page.
    Nothing,
}

/// Runs [`SettlePayment`].
pub(crate) async fn settle(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SettlePayment = claimed.payload()?;
    let stored = payment_event::Entity::find_by_id(payload.event_id)
        .filter(payment_event::Column::CompanyId.eq(scope.id()))
        .one(&ctx.db().read(&scope))
        .await?
        .ok_or(Error::NotFound("payment event"))?;
    if stored.processed_at.is_some() {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let event = PaymentEvent::read(&stored.payload).map_err(|error| Error::internal(error.to_string()))?;
    let till = provider::of_payment(ctx, &scope, &stored.provider).await?;
    // Before any transaction: a provider may take its time.
    let found = match till.provider.read_again(&event).await {
        Ok(Some(state)) => Found::State(state),
        Ok(None) => Found::Nothing,
        Err(error) if error.kind == Kind::Gone => Found::Nothing,
        Err(error) => return Err(unread(ctx, &scope, &till, error).await?),
    };
    let mut tx = ctx.db().begin(&scope).await?;
    if let Some(account) = &till.account {
        integration::answered(ctx, &mut tx, &scope, account).await?;
    }
    let outcome = match found {
        Found::Nothing => lost(ctx, &mut tx, &scope, &event, &stored, payload.order_id).await?,
        Found::State(state) => match of_page(&tx, &scope, &stored.provider, &state.external_id).await? {
            Some(payment) => {
                let ours = till.is_ours(event.account.as_deref());
                apply(ctx, &mut tx, &scope, &payment, &state, event.kind, ours).await?
            }
            None => "unknown_page",
        },
    };
    let mut row = stored.into_active_model();
    row.outcome = Set(Some(outcome.to_owned()));
    row.processed_at = Set(Some(ctx.time()));
    row.update(&tx).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

/// A new key begins the waiting work at once; this is for one that comes back to life by itself.
const BETWEEN_TRIES_OF_A_DEAD_KEY: Duration = Duration::from_secs(600);

/// The provider could not be asked: visible at the account, and tried again as the error says. A dead key is tried again too,
/// and not counted, since somebody will put a new one in its place and the customer has paid.
pub(super) async fn unread(
    ctx: &Ctx,
    scope: &CompanyScope,
    till: &Till,
    error: gateway::error::Error,
) -> Result<Failure> {
    if let Some(account) = &till.account {
        let mut tx = ctx.db().begin(scope).await?;
        integration::failed(ctx, &mut tx, scope, account, &error).await?;
        ctx.commit(tx).await?;
    }
    let mut failure = integration::failure(&error);
    if error.kind == Kind::Credentials {
        failure.retry = job::Retry::Uncounted(BETWEEN_TRIES_OF_A_DEAD_KEY);
    }
    Ok(failure)
}

/// A page of ours that the account does not know: its money, if any, is in another account.
async fn lost(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    event: &PaymentEvent,
    stored: &payment_event::Model,
    order_id: Option<Uuid>,
) -> Result<&'static str> {
    let Some(Subject::Page(page)) = &event.subject else { return Ok("unknown_page") };
    let known = of_page(tx, scope, &stored.provider, page).await?;
    let (Some(_), Some(order_id)) = (known, order_id) else { return Ok("unknown_page") };
    let order = order::lock(tx, scope, order_id).await?;
    needs_attention(ctx, tx, scope, order.conversation_id, "payment_mismatch").await?;
    Ok("mismatch")
}

async fn of_page(tx: &Tx, scope: &CompanyScope, provider: &str, page_id: &str) -> Result<Option<payment::Model>> {
    Ok(payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(provider))
        .filter(payment::Column::ExternalId.eq(page_id))
        .one(tx)
        .await?)
}

/// Applies how a page stands at its provider: the same standing twice changes nothing more, whoever found it and in whatever
/// order. `ours`: the account that reported it is the one that is connected.
pub(super) async fn apply(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    payment: &payment::Model,
    state: &PageState,
    event: Option<ProviderEvent>,
    ours: bool,
) -> Result<&'static str> {
    let order = order::lock(tx, scope, payment.order_id).await?;
    // Whoever changed it while the provider was asked is seen now.
    let payment = payment::Entity::find_by_id(payment.id)
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound("payment"))?;
    let conversation = conversation::Entity::find_by_id(order.conversation_id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound("conversation"))?;
    let same_sum = state.amount_minor == Some(payment.amount_minor);
    let same_currency = state.currency.is_some_and(|currency| currency.code() == payment.currency);
    let same_payment = state.payment_id.as_ref().is_none_or(|id| *id == payment.id.to_string());
    if !(same_sum && same_currency && same_payment && ours) {
        needs_attention(ctx, tx, scope, conversation.id, "payment_mismatch").await?;
        return Ok("mismatch");
    }
    if matches!(state.standing, Standing::Paid | Standing::Refunded | Standing::Failed | Standing::Expired) {
        // Nothing more is to be found by looking.
        super::upkeep::cancel_look(ctx, tx, scope, &payment).await?;
    }
    // The money came back to the account after it was believed to have gone, or is said to have. A stale reading of the page is told
    // from that by the event.
    let came_back = match event {
        Some(ProviderEvent::RefundFailed) => state.standing == Standing::Paid,
        Some(ProviderEvent::Refunded) => state.standing == Standing::Paid && payment.status == PaymentState::Refunded,
        _ => false,
    };
    let outcome = match state.standing {
        Standing::Paid => paid(ctx, tx, scope, payment, &order, &conversation).await?,
        Standing::Refunded => refunded(ctx, tx, scope, payment, &order, &conversation).await?,
        Standing::Processing => moved(ctx, tx, payment, PaymentState::Processing, "processing").await?,
        Standing::Failed => moved(ctx, tx, payment, PaymentState::Failed, "failed").await?,
        Standing::Expired => moved(ctx, tx, payment, PaymentState::Expired, "expired").await?,
        Standing::Open if event == Some(ProviderEvent::Failed) => "failed",
        Standing::Open => "open",
    };
    let mut outcome = outcome;
    if event == Some(ProviderEvent::Disputed) {
        needs_attention(ctx, tx, scope, conversation.id, "payment_disputed").await?;
        outcome = "disputed";
    } else if came_back {
        needs_attention(ctx, tx, scope, conversation.id, "refund_failed").await?;
        outcome = "refund_failed";
    } else if state.standing == Standing::Paid && state.refunded_minor > 0 {
        // Only the whole sum ends an order; a part is staff's own agreement with the customer.
        needs_attention(ctx, tx, scope, conversation.id, "refunded_partly").await?;
        outcome = "refunded_partly";
    }
    crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await?;
    Ok(outcome)
}

async fn moved(
    ctx: &Ctx,
    tx: &Tx,
    payment: payment::Model,
    to: PaymentState,
    outcome: &'static str,
) -> Result<&'static str> {
    set_state(ctx, tx, payment, to).await?;
    Ok(outcome)
}

/// A page's state only moves on: what is paid is not open again, what was given back is not paid again. A page that was closed
/// here is no more than believed to be ended: the customer may have done their part before the provider heard of it.
async fn set_state(ctx: &Ctx, tx: &Tx, payment: payment::Model, to: PaymentState) -> Result<bool> {
    let rank = |state: PaymentState| match state {
        PaymentState::Open => 0,
        PaymentState::Expired => 1,
        PaymentState::Processing => 2,
        PaymentState::Failed => 3,
        PaymentState::Paid => 4,
        PaymentState::Refunded => 5,
    };
    if rank(to) <= rank(payment.status) {
        return Ok(false);
    }
    let mut row = payment.into_active_model();
    row.status = Set(to);
    match to {
        PaymentState::Paid => row.paid_at = Set(Some(ctx.time())),
        PaymentState::Refunded => row.refunded_at = Set(Some(ctx.time())),
        PaymentState::Open | PaymentState::Processing | PaymentState::Failed | PaymentState::Expired => {}
    }
    row.update(tx).await?;
    Ok(true)
}

async fn paid(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    payment: payment::Model,
    order: &order_table::Model,
    conversation: &conversation::Model,
) -> Result<&'static str> {
    if !set_state(ctx, tx, payment, PaymentState::Paid).await? {
        return Ok("known");
    }
    let language = order::language(order);
    let zone = crate::company::zone(&crate::company::branch(ctx, scope, order.branch_id).await?);
    let was_paid = order::state(order).payment == PaymentStatus::Paid;
    if was_paid {
        // Another page of the same order was paid too: the money is visible, nothing is booked twice.
        needs_attention(ctx, tx, scope, conversation.id, "paid_twice").await?;
        let text = Notice::PaidAgain { number: order.number }.text(language, &zone);
        store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
        return Ok("paid_twice");
    }
    let mut row = order.clone().into_active_model();
    let Some(after) = order::apply(order, &mut row, ctx, OrderEvent::Paid) else { return Ok("passed_over") };
    row.update(&*tx).await?;
    order::cancel_link_work(ctx, tx, scope, order.id).await?;
    // Another page that is open still would be paid a second time.
    super::close_pages(ctx, tx, scope, order.id).await?;
    let total = order::money(order, order.total_minor);
    let text = Notice::Paid { number: order.number, total }.text(language, &zone);
    store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    if after.status == domain::order::OrderStatus::Confirmed {
        job::enqueue(ctx, tx, scope, &BookOrder { order_id: order.id, announce: true }).await?;
    } else {
        needs_attention(ctx, tx, scope, conversation.id, "paid_after_end").await?;
    }
    if conversation.current_order_id != Some(order.id) {
        // A late payment of an order that was put aside: staff see which one it was.
        needs_attention(ctx, tx, scope, conversation.id, "late_payment").await?;
    }
    Ok("paid")
}

async fn refunded(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    payment: payment::Model,
    order: &order_table::Model,
    conversation: &conversation::Model,
) -> Result<&'static str> {
    let amount = order::money(order, payment.amount_minor);
    if !set_state(ctx, tx, payment, PaymentState::Refunded).await? {
        return Ok("known");
    }
    let language = order::language(order);
    let zone = crate::company::zone(&crate::company::branch(ctx, scope, order.branch_id).await?);
    let text = Notice::Refunded { number: order.number, total: amount }.text(language, &zone);
    let another = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order.id))
        .filter(payment::Column::Status.eq(PaymentState::Paid))
        .count(&*tx)
        .await?;
    if another > 0 {
        // What was paid too much went back: the order is paid still.
        store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
        return Ok("refunded_surplus");
    }
    let mut row = order.clone().into_active_model();
    if order::apply(order, &mut row, ctx, OrderEvent::Refunded).is_none() {
        needs_attention(ctx, tx, scope, conversation.id, "refund_unexplained").await?;
        return Ok("passed_over");
    }
    row.update(&*tx).await?;
    order::close(ctx, tx, scope, order, "refunded").await?;
    booking::Entity::update_many()
        .col_expr(booking::Column::Status, Expr::value(sea_orm::ActiveEnum::to_value(&BookingStatus::Cancelled)))
        .filter(booking::Column::OrderId.eq(order.id))
        .filter(booking::Column::CompanyId.eq(scope.id()))
        .exec(&*tx)
        .await?;
    crate::calendar::show(ctx, tx, scope, order.id).await?;
    store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    Ok("refunded")
}
