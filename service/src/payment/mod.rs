//! Money: opening payment pages, and applying providers' events once, in any order (architecture §6.3).

use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{NewOutbound, needs_attention, store_outbound};
use crate::job::{self, Claimed, Failure, Job};
use crate::order::{self, BookOrder};
use assistant::notice::Notice;
use domain::order::{OrderEvent, PaymentStatus};
use entity::stored::{BookingStatus, EventKind, PaymentState};
use entity::{booking, conversation, order as order_table, payment, payment_event};
use gateway::payment::sandbox::{self, SandboxBank};
use gateway::payment::{EventError, EventKind as ProviderEvent, PageRequest};
/// What the sandbox bank can report, and the header that signs it.
pub use gateway::payment::{EventKind as BankEvent, sandbox::SIGNATURE_HEADER};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Applies one event of a provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SettlePayment {
    pub(crate) event_id: Uuid,
    pub(crate) order_id: Uuid,
}

impl Job for SettlePayment {
    const KIND: &'static str = "settle_payment";
    const MAX_ATTEMPTS: i32 = 20;

    fn lane(&self) -> Option<String> {
        Some(format!("order:{}", self.order_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.order_id)
    }
}

/// The sandbox bank of this installation.
#[must_use]
pub fn bank(ctx: &Ctx) -> SandboxBank {
    let engine = ctx.engine();
    SandboxBank::new(engine.public_url.clone(), engine.key.derive("sandbox-bank"))
}

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
    /// No longer open: expired or put aside.
    Closed(order_table::Model),
}

/// Opens the payment page of a short link: a fresh one, or the one that is open still.
///
/// # Errors
/// `NotFound` for a link that is not ours.
pub async fn open_link(ctx: &Ctx, token: &str) -> Result<Link> {
    let (scope, order) = access::for_link(ctx, token).await?;
    if order.payment_status == entity::stored::PaymentStatus::Paid {
        return Ok(Link::Paid(order));
    }
    if !order::link_is_open(ctx, &order) {
        return Ok(Link::Closed(order));
    }
    let open = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::OrderId.eq(order.id))
        .filter(payment::Column::Status.eq(PaymentState::Open))
        .one(&ctx.db().read(&scope))
        .await?;
    if let Some(page) = open.filter(|page| ctx.time() < page.expires_at) {
        return Ok(Link::Page { url: page.url });
    }
    let payment_id = ctx.new_id();
    let expires_at = order.link_expires_at.unwrap_or_else(|| ctx.time());
    let quote = order::quote_of(&order)?;
    let page = bank(ctx).create_page(&PageRequest {
        payment_id,
        amount: order::money(&order, order.total_minor),
        description: quote.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>().join(", "),
        language: order.language.clone(),
        expires_at: expires_at.timestamp(),
    });
    let mut tx = ctx.db().begin(&scope).await?;
    payment::ActiveModel {
        id: Set(payment_id),
        company_id: Set(scope.id()),
        order_id: Set(order.id),
        provider: Set(sandbox::NAME.to_owned()),
        external_id: Set(page.external_id),
        status: Set(PaymentState::Open),
        amount_minor: Set(order.total_minor),
        currency: Set(order.currency.clone()),
        url: Set(page.url.clone()),
        expires_at: Set(expires_at),
        created_at: Set(ctx.time()),
        paid_at: Set(None),
        refunded_at: Set(None),
    }
    .insert(&tx)
    .await?;
    crate::event::emit(ctx, &mut tx, &scope, EventKind::Order, order.id).await?;
    ctx.commit(tx).await?;
    Ok(Link::Page { url: page.url })
}

/// A page of the sandbox bank, as its customer sees it.
///
/// # Errors
/// `NotFound`.
pub async fn page(ctx: &Ctx, external_id: &str) -> Result<(CompanyScope, payment::Model, order_table::Model)> {
    let payment = payment::Entity::find()
        .filter(payment::Column::Provider.eq(sandbox::NAME))
        .filter(payment::Column::ExternalId.eq(external_id))
        .one(&ctx.db().read_across())
        .await?
        .ok_or(Error::NotFound("payment"))?;
    let scope = access::for_payment(&payment);
    let order = order::get(ctx, &scope, payment.order_id).await?;
    Ok((scope, payment, order))
}

/// The sandbox bank reports what its customer pressed: a signed event through the door that all providers use.
///
/// # Errors
/// `NotFound` for a page that is none.
pub async fn report(ctx: &Ctx, external_id: &str, kind: ProviderEvent) -> Result<()> {
    let (_, payment, _) = page(ctx, external_id).await?;
    let event_id = format!("evt_{}", ctx.new_id().simple());
    let (body, signature) =
        bank(ctx).event(&event_id, kind, external_id, payment.amount_minor, &payment.currency, ctx.now());
    receive(ctx, sandbox::NAME, Some(&signature), body.as_bytes()).await
}

/// Takes a provider's event: verified, stored once, applied by a job. Nothing slow happens here.
///
/// # Errors
/// `Unauthenticated` for a wrong signature; `Invalid` for one that is too old or a body that is none; `NotFound` for an
/// unknown provider.
pub async fn receive(ctx: &Ctx, provider: &str, signature: Option<&str>, body: &[u8]) -> Result<()> {
    if provider != sandbox::NAME {
        return Err(Error::NotFound("provider"));
    }
    let event = bank(ctx).verify(signature, body, ctx.now()).map_err(|error| match error {
        EventError::Signature => Error::Unauthenticated,
        EventError::Time => Error::invalid("signature", "OUT_OF_TOLERANCE", error.to_string()),
        EventError::Body => Error::invalid("body", "INVALID", error.to_string()),
    })?;
    let Some(kind) = event.kind else { return Ok(()) };
    let payment = payment::Entity::find()
        .filter(payment::Column::Provider.eq(provider))
        .filter(payment::Column::ExternalId.eq(event.page_id.as_str()))
        .one(&ctx.db().read_across())
        .await?;
    let mut tx = ctx.db().begin_across().await?;
    let id = ctx.new_id();
    let inserted = payment_event::Entity::insert(payment_event::ActiveModel {
        id: Set(id),
        company_id: Set(payment.as_ref().map(|payment| payment.company_id)),
        provider: Set(provider.to_owned()),
        account: Set(event.account.clone()),
        external_id: Set(event.external_id.clone()),
        kind: Set(kind.as_str().to_owned()),
        payload: Set(serde_json::from_slice(body)?),
        outcome: Set(payment.is_none().then(|| "unknown_page".to_owned())),
        received_at: Set(ctx.time()),
        processed_at: Set(None),
    })
    .on_conflict(
        OnConflict::columns([
            payment_event::Column::Provider,
            payment_event::Column::Account,
            payment_event::Column::ExternalId,
        ])
        .do_nothing()
        .to_owned(),
    )
    .exec_without_returning(&tx)
    .await?;
    if inserted > 0
        && let Some(payment) = payment
    {
        let scope = access::for_payment(&payment);
        job::enqueue(ctx, &mut tx, &scope, &SettlePayment { event_id: id, order_id: payment.order_id }).await?;
    }
    ctx.commit(tx).await
}

/// Runs [`SettlePayment`]: order paid, hold confirmed, reminders cancelled, booking and receipt on their way
/// (architecture §5 "Pay").
pub(crate) async fn settle(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: SettlePayment = claimed.payload()?;
    let mut tx = ctx.db().begin(&scope).await?;
    let event = payment_event::Entity::find_by_id(payload.event_id)
        .filter(payment_event::Column::CompanyId.eq(scope.id()))
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("payment event"))?;
    if event.processed_at.is_none() {
        let outcome = apply(ctx, &mut tx, &scope, &event, payload.order_id).await?;
        let mut row = event.into_active_model();
        row.outcome = Set(Some(outcome.to_owned()));
        row.processed_at = Set(Some(ctx.time()));
        row.update(&tx).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

async fn apply(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    event: &payment_event::Model,
    order_id: Uuid,
) -> Result<&'static str> {
    let kind = ProviderEvent::parse(&event.kind).ok_or_else(|| Error::internal("stored event kind"))?;
    let object = &event.payload["data"]["object"];
    let page_id = object["id"].as_str().unwrap_or_default();
    let payment = payment::Entity::find()
        .filter(payment::Column::CompanyId.eq(scope.id()))
        .filter(payment::Column::Provider.eq(event.provider.as_str()))
        .filter(payment::Column::ExternalId.eq(page_id))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound("payment"))?;
    let order = order_table::Entity::find_by_id(order_id)
        .filter(order_table::Column::CompanyId.eq(scope.id()))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound("order"))?;
    let conversation = conversation::Entity::find_by_id(order.conversation_id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .one(&*tx)
        .await?
        .ok_or(Error::NotFound("conversation"))?;
    let amount = object["amount_total"].as_i64();
    let currency = object["currency"].as_str().unwrap_or_default();
    let ours = event.account == sandbox::ACCOUNT;
    if amount != Some(payment.amount_minor) || !currency.eq_ignore_ascii_case(&payment.currency) || !ours {
        needs_attention(ctx, tx, scope, conversation.id, "payment_mismatch").await?;
        return Ok("mismatch");
    }
    let outcome = match kind {
        ProviderEvent::Paid => paid(ctx, tx, scope, payment, &order, &conversation).await?,
        ProviderEvent::Refunded => refunded(ctx, tx, scope, payment, &order, &conversation).await?,
        ProviderEvent::Failed => "failed",
        ProviderEvent::Expired => {
            set_state(ctx, tx, payment, PaymentState::Expired).await?;
            "expired"
        }
    };
    crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await?;
    Ok(outcome)
}

/// A page's state only moves on: what is paid is not open again, what was given back is not paid again.
async fn set_state(ctx: &Ctx, tx: &Tx, payment: payment::Model, to: PaymentState) -> Result<bool> {
    let rank = |state: PaymentState| match state {
        PaymentState::Open => 0,
        PaymentState::Failed | PaymentState::Expired => 1,
        PaymentState::Paid => 2,
        PaymentState::Refunded => 3,
    };
    if rank(to) <= rank(payment.status) {
        return Ok(false);
    }
    let mut row = payment.into_active_model();
    row.status = Set(to);
    match to {
        PaymentState::Paid => row.paid_at = Set(Some(ctx.time())),
        PaymentState::Refunded => row.refunded_at = Set(Some(ctx.time())),
        PaymentState::Open | PaymentState::Failed | PaymentState::Expired => {}
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
        .exec(tx)
        .await?;
    let language = order::language(order);
    let zone = crate::company::zone(&crate::company::branch(ctx, scope, order.branch_id).await?);
    let text = Notice::Refunded { number: order.number, total: amount }.text(language, &zone);
    store_outbound(ctx, tx, scope, conversation, NewOutbound::system(text, language)).await?;
    Ok("refunded")
}
