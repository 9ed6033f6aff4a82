//! What staff see of a talk: its cart priced as of now, and why the assistant answered as it did.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use assistant::retrieve::CatalogueIndex;
use assistant::turn::{DialogueState, Reason};
use domain::catalog::Item;
use domain::money::{Currency, Money};
use domain::quote::QuoteLine;
use entity::{conversation, turn};
use jiff::civil;
use sea_orm::prelude::Json;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use std::sync::Arc;
use uuid::Uuid;

/// What carts are priced with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shelf {
    currency: Currency,
    catalogue: Option<Arc<CatalogueIndex>>,
}

/// Reads what carts are priced with: once for many carts.
///
/// # Errors
/// When the database does not answer.
pub async fn shelf(ctx: &Ctx, scope: &CompanyScope) -> Result<Shelf> {
    let currency = crate::company::currency(&crate::company::get(ctx, scope).await?);
    let catalogue = crate::catalog::published(ctx, scope).await?.map(|(_, catalogue)| catalogue);
    Ok(Shelf { currency, catalogue })
}

/// What a customer wants so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartView {
    /// The lines that are still in the catalogue, at its prices.
    pub lines: Vec<QuoteLine>,
    /// City given, or `online`.
    pub city: Option<String>,
    /// Name given.
    pub name: Option<String>,
    /// Phone given.
    pub phone: Option<String>,
    /// Date of the appointment.
    pub date: Option<civil::Date>,
    /// Time of the appointment.
    pub time: Option<civil::Time>,
    /// What it all costs, fees included; none for an empty cart.
    pub total: Option<Money>,
}

/// What the assistant keeps of a conversation.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Dialogue {
    /// Whose.
    pub conversation_id: Uuid,
    state: Json,
}

/// What the assistant keeps of several conversations.
///
/// # Errors
/// When the database does not answer.
pub async fn dialogues(ctx: &Ctx, scope: &CompanyScope, conversation_ids: &[Uuid]) -> Result<Vec<Dialogue>> {
    Ok(conversation::Entity::find()
        .select_only()
        .column_as(conversation::Column::Id, "conversation_id")
        .column_as(conversation::Column::Dialogue, "state")
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::Id.is_in(conversation_ids.iter().copied()))
        .into_model()
        .all(&ctx.db().read(scope))
        .await?)
}

/// The cart of a conversation; none while nothing is wanted and nothing was given.
///
/// # Errors
/// When the stored dialogue does not decode.
pub fn cart(shelf: &Shelf, dialogue: Dialogue) -> Result<Option<CartView>> {
    let state: DialogueState = serde_json::from_value(dialogue.state)?;
    let given = state.given;
    let nothing_given = given.name.is_none()
        && given.phone.is_none()
        && given.city.is_none()
        && given.city_said.is_none()
        && given.date.is_none()
        && given.time.is_none();
    if state.cart.is_empty() && nothing_given {
        return Ok(None);
    }
    let items = shelf.catalogue.as_ref().map_or(&[][..], |catalogue| catalogue.items());
    let lines: Vec<(&Item, i64)> = state
        .cart
        .lines
        .iter()
        .filter_map(|line| {
            let item = items.iter().find(|item| item.key == line.key)?;
            Some((&**item, line.quantity))
        })
        .collect();
    // A cart that cannot be priced is shown without its sums: the assistant asks about it.
    let quote = domain::quote::quote(&lines, shelf.currency).ok();
    Ok(Some(CartView {
        total: quote.as_ref().filter(|quote| !quote.lines.is_empty()).map(|quote| quote.total),
        lines: quote.map(|quote| quote.lines).unwrap_or_default(),
        city: given.city.or(given.city_said),
        name: given.name,
        phone: given.phone,
        date: given.date,
        time: given.time,
    }))
}

/// Why the assistant answered as it did, step by step.
#[must_use]
pub fn reasons(turn: &turn::Model) -> Vec<Reason> {
    serde_json::from_value(turn.reasons.clone()).unwrap_or_default()
}
