//! From a call of a tool to [`Act`]s: what the model wrote is read strictly, and what it may not decide is decided here.

mod arguments;
mod reader;
mod reads;
mod written;

pub(super) use reads::Reads;
pub(super) use written::Written;

use crate::turn::{Shop, TurnInput};
use crate::understand::{Act, Cue, Understanding};
use arguments::{Because, NewOrder, OrderKind, Search, Show, StopReminders};
use gateway::language_model::ToolCall;
use reader::Reader;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

/// Items that one search gives.
const HITS: usize = 8;
/// The longest words taken from a model.
const WORDS_CHARS: usize = 300;

/// What a call comes to.
pub(super) enum Step {
    /// Facts, and nothing changes.
    Read(Json),
    /// What the customer meant.
    Acts(Vec<Act>),
}

/// Whether the customer said something that brings an order on.
pub(super) fn moves_an_order(act: &Act) -> bool {
    matches!(
        act,
        Act::Confirm
            | Act::Yes
            | Act::Repeat
            | Act::LinkAgain
            | Act::Want { .. }
            | Act::Quantity { .. }
            | Act::Choose { .. }
            | Act::ChooseByPrice { .. }
            | Act::All { .. }
            | Act::Drop { .. }
            | Act::Keep { .. }
            | Act::Swap { .. }
            | Act::City { .. }
            | Act::Name { .. }
            | Act::Phone { .. }
            | Act::CurrentPhone
            | Act::SameAsBefore
            | Act::Address { .. }
            | Act::Date { .. }
            | Act::Time { .. }
            | Act::PartOfDay { .. }
    )
}

/// Reads one call.
///
/// # Errors
/// What is wrong with it, for the model.
pub(super) fn step(
    shop: &dyn Shop,
    heard: &Understanding,
    written: &Written,
    input: &TurnInput,
    reads: &mut Reads,
    call: &ToolCall,
) -> Result<Step, String> {
    let arguments = if call.arguments.trim().is_empty() { "{}" } else { call.arguments.as_str() };
    let reader = Reader { shop, heard, written, input };
    let acts = match call.name.as_str() {
        "search_catalogue" => {
            let search: Search = read(arguments)?;
            if search.query.trim().is_empty() {
                return Ok(Step::Acts(vec![Act::Browse { detail: search.detail }]));
            }
            let query: String = search.query.chars().take(WORDS_CHARS).collect();
            let found: Vec<Json> =
                shop.catalogue().search(&query, HITS).into_iter().map(|hit| reads.item(shop, &hit.item)).collect();
            let hint = if found.is_empty() { "Nothing on offer fits these words: say so and ask." } else { "" };
            return Ok(Step::Read(json!({ "items": found, "hint": hint })));
        }
        "show_item" => {
            let show: Show = read(arguments)?;
            let about = show.items.into_iter().map(|named| reader.mention(named)).collect::<Result<Vec<_>, _>>()?;
            let words: Vec<String> = show.words.into_iter().take(60).collect();
            reader.clean(&words.join(" "))?;
            vec![Act::Ask { topics: show.topics, about, words }]
        }
        "set_cart" => reader.set_cart(read(arguments)?)?,
        "set_recipient" => reader.recipient(read(arguments)?)?,
        "offer_slots" => {
            let mut acts = Reader::slot(&read(arguments)?)?;
            acts.push(Act::Ask { topics: vec![Cue::FreeTimes], about: Vec::new(), words: Vec::new() });
            acts
        }
        "hold_slot" => {
            let acts = Reader::slot(&read(arguments)?)?;
            if acts.is_empty() {
                return Err("give a date, a time, or both".to_owned());
            }
            acts
        }
        "checkout" => reader.confirmation()?,
        "new_order" => {
            let order: NewOrder = read(arguments)?;
            vec![match order.kind {
                OrderKind::New => Act::NewOrder,
                OrderKind::Repeat => Act::Repeat,
                OrderKind::Cancel => Act::Cancel,
            }]
        }
        "stop_reminders" => {
            let stop: StopReminders = read(arguments)?;
            vec![match stop.because {
                Because::Wish => Act::StopReminders,
                Because::Complaint => Act::Complain,
            }]
        }
        "call_person" => reader.person(read(arguments)?)?,
        "note" => reader.note(&read(arguments)?)?,
        _ => return Err("there is no such tool".to_owned()),
    };
    Ok(Step::Acts(acts))
}

fn read<T: DeserializeOwned>(arguments: &str) -> Result<T, String> {
    serde_json::from_str(arguments).map_err(|error| format!("the arguments cannot be read: {error}"))
}
