//! The rows of orders as they are stored.

use super::super::World;
use super::Planned;
use crate::error::Result;
use domain::quote::Quote;
use entity::stored::PaymentState;
use entity::time::Time;
use entity::{booking, order, order_line, payment, payment_event, reminder};
use gateway::payment::{EventKind, sandbox};
use uuid::Uuid;

pub(super) fn lines(world: &World<'_>, order: &order::Model, quote: &Quote) -> Vec<order_line::Model> {
    (0..)
        .zip(&quote.lines)
        .map(|(position, line)| order_line::Model {
            id: world.dice.id(order.created_at),
            company_id: order.company_id,
            order_id: order.id,
            position,
            key: line.key.clone(),
            sku: line.sku.clone(),
            name: line.name.clone(),
            kind: line.kind.as_str().to_owned(),
            quantity: line.quantity,
            unit_minor: line.unit_price.minor,
            total_minor: line.total.minor,
        })
        .collect()
}

/// A page of the bank, opened at that moment.
pub(super) fn page(
    world: &World<'_>,
    order: &order::Model,
    id: Uuid,
    created_at: Time,
    expires_at: Time,
    status: PaymentState,
) -> payment::Model {
    let page = crate::payment::bank(world.ctx).page(id);
    payment::Model {
        id,
        company_id: order.company_id,
        order_id: order.id,
        provider: sandbox::NAME.to_owned(),
        external_id: page.external_id,
        status,
        amount_minor: order.total_minor,
        currency: order.currency.clone(),
        url: page.url,
        expires_at,
        created_at,
        paid_at: None,
        refunded_at: None,
    }
}

/// What the bank reported of a page, as it stands after it was applied.
pub(super) fn event(
    world: &World<'_>,
    page: &payment::Model,
    at: Time,
    kind: EventKind,
    outcome: &str,
) -> payment_event::Model {
    let id = world.dice.id(at);
    let external_id = format!("evt_{}", id.simple());
    let bank = crate::payment::bank(world.ctx);
    let (body, _) =
        bank.event(&external_id, kind, &page.external_id, page.amount_minor, &page.currency, at.timestamp());
    payment_event::Model {
        id,
        company_id: Some(page.company_id),
        provider: page.provider.clone(),
        account: sandbox::ACCOUNT.to_owned(),
        external_id,
        kind: kind.as_str().to_owned(),
        payload: serde_json::from_str(&body).unwrap_or_default(),
        outcome: Some(outcome.to_owned()),
        received_at: at,
        processed_at: Some(at),
    }
}

/// Writes them.
pub(super) async fn write(world: &World<'_>, orders: Vec<Planned>) -> Result<()> {
    let (mut rows, mut lines, mut payments) = (Vec::new(), Vec::new(), Vec::new());
    let (mut events, mut bookings, mut reminders) = (Vec::new(), Vec::new(), Vec::new());
    for order in orders {
        rows.push(order.row);
        lines.extend(order.order_lines);
        payments.extend(order.payments);
        events.extend(order.events);
        bookings.extend(order.booking);
        reminders.extend(order.reminders);
    }
    world.write::<order::Entity>(rows, None).await?;
    world.write::<order_line::Entity>(lines, None).await?;
    world.write::<payment::Entity>(payments, None).await?;
    world.write::<payment_event::Entity>(events, None).await?;
    world.write::<booking::Entity>(bookings, None).await?;
    world.write::<reminder::Entity>(reminders, None).await
}
