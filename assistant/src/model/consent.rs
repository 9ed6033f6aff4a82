//! Whether an order that a model's calls come to is the customer's own: what is ordered, where it goes and when must stand
//! since before the turn, or be what the rules hear in the customer's words, or be of a kind that these words changed.

use super::acts::{self, Written};
use crate::turn::{DialogueState, Effect, OrderDraft, Pending, Shop, TurnInput, TurnOutput};
use crate::understand::{Act, Understanding};
use domain::cart::Cart;
use domain::checkout::ONLINE;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The order that a turn makes.
pub(super) fn ordered(output: &TurnOutput) -> Option<&OrderDraft> {
    output.effects.iter().find_map(|effect| match effect {
        Effect::Checkout(draft) => Some(&**draft),
        _ => None,
    })
}

/// What stands between an order and the customer's words, for the model. `ruled` is what the rules alone come to.
pub(super) fn fault(
    shop: &dyn Shop,
    input: &TurnInput,
    heard: &Understanding,
    written: &Written,
    order: &OrderDraft,
    ruled: &TurnOutput,
) -> Option<String> {
    if !heard.acts.iter().any(acts::moves_an_order) {
        return Some("the customer said nothing that makes an order; ask instead".to_owned());
    }
    let own = ordered(ruled);
    let lines: BTreeMap<&str, i64> = order.quote.lines.iter().map(|line| (line.key.as_str(), line.quantity)).collect();
    if lines != of(&input.state.cart) && lines != of(&ruled.state.cart) && own.is_none_or(|own| lines != of_draft(own))
    {
        if !heard.acts.iter().any(changes_the_cart) {
            return Some(
                "it orders something else than the customer was told and said yes to; state the new total and ask"
                    .to_owned(),
            );
        }
        let counted = lines.iter().find(|(key, quantity)| {
            input.state.cart.quantity(key) != **quantity && **quantity != 1 && !written.counts(heard, **quantity)
        });
        if let Some((_, quantity)) = counted {
            return Some(format!("the customer did not say {quantity}; state the total and ask"));
        }
    }
    if !is_same_place(order, &input.state, ruled, heard) {
        return Some("the customer did not name this city; ask for it".to_owned());
    }
    if !is_same_time(shop, order, &input.state, ruled, heard) {
        return Some("the customer did not choose this time; state it and ask".to_owned());
    }
    None
}

fn of(cart: &Cart) -> BTreeMap<&str, i64> {
    cart.lines.iter().map(|line| (line.key.as_str(), line.quantity)).collect()
}

fn of_draft(order: &OrderDraft) -> BTreeMap<&str, i64> {
    order.quote.lines.iter().map(|line| (line.key.as_str(), line.quantity)).collect()
}

/// Whether the customer's words themselves are about what is wanted.
const fn changes_the_cart(act: &Act) -> bool {
    matches!(
        act,
        Act::Want { .. }
            | Act::Quantity { .. }
            | Act::Choose { .. }
            | Act::ChooseByPrice { .. }
            | Act::Swap { .. }
            | Act::Drop { .. }
            | Act::Keep { .. }
            | Act::All { .. }
            | Act::Repeat
    )
}

fn is_same_place(order: &OrderDraft, before: &DialogueState, ruled: &TurnOutput, heard: &Understanding) -> bool {
    let Some(city) = order.city.as_deref().filter(|city| *city != ONLINE) else { return true };
    let given = [&before.given.city, &before.given.city_said, &ruled.state.given.city, &ruled.state.given.city_said];
    given.into_iter().flatten().any(|known| domain::city::same(known, city))
        || heard.acts.iter().any(|act| matches!(act, Act::City { .. } | Act::Repeat))
        || matches!(before.pending, Some(Pending::ChooseCity { .. }))
}

fn is_same_time(
    shop: &dyn Shop,
    order: &OrderDraft,
    before: &DialogueState,
    ruled: &TurnOutput,
    heard: &Understanding,
) -> bool {
    let Some(slot) = order.appointment else { return true };
    let given = |state: &DialogueState| -> Option<Timestamp> {
        let start = state.given.date?.to_datetime(state.given.time?);
        Some(shop.profile().timezone.to_zoned(start).ok()?.timestamp())
    };
    [given(before), given(&ruled.state)].contains(&Some(slot.start))
        || ordered(ruled).is_some_and(|own| own.appointment == order.appointment)
        || heard
            .acts
            .iter()
            .any(|act| matches!(act, Act::Date { .. } | Act::Time { .. } | Act::PartOfDay { .. } | Act::Choose { .. }))
        || matches!(before.pending, Some(Pending::ChooseSlot { .. }))
}
