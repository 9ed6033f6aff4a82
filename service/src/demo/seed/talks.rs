//! Conversations: who talked when and about what, how each stands now.

use super::episodes::{self, Ending};
use super::orders::{self, Planned};
use super::voice::Voice;
use super::{DAYS, Part, World};
use crate::error::Result;
use assistant::turn::{DialogueState, Given};
use domain::cart::{Cart, CartLine};
use domain::channel::ChannelKind;
use entity::stored::{ConversationOwner, ConversationStatus, MessageDirection, OrderStatus};
use entity::time::Time;
use entity::{conversation, message, turn};

/// A conversation before it is written.
pub(super) struct Talk {
    row: conversation::Model,
    messages: Vec<message::Model>,
    turns: Vec<turn::Model>,
}

/// How long conversations are, as shares of the average: many short ones, a few very long.
const LENGTHS: [(u32, f32); 5] = [(22, 0.3), (30, 0.6), (26, 1.0), (14, 1.6), (8, 3.0)];

/// All conversations with what is said in them.
pub(super) fn plan(world: &mut World<'_>, orders: &mut [Planned]) -> Result<()> {
    let mine = orders::by_talk(orders);
    let mut endings = Ending::all(world.place.unread);
    let mut talks = Vec::with_capacity(world.place.conversations);
    let mut said = 0_usize;
    let mut noticed = Vec::with_capacity(world.place.conversations);
    for place in 0..world.place.conversations {
        let own: Vec<&Planned> = mine.get(&place).into_iter().flatten().map(|at| &orders[*at]).collect();
        let person = &world.people[place];
        let broken = ChannelKind::from(world.channels[person.channel].kind) == ChannelKind::Instagram;
        let ending = if own.is_empty() && !broken { endings.pop() } else { None };
        let left = (world.place.messages.saturating_sub(said)) as f32 / (world.place.conversations - place) as f32;
        let target = (left * world.dice.weighted(&LENGTHS)).max(3.0) as usize;
        let last = match (&own[..], ending) {
            ([first, ..], _) => first.row.created_at.plus_seconds(-86_400),
            (_, Some(_)) => world.moment(1, 1_500),
            _ if broken => world.moment(DAYS, 25 * 3600),
            _ => world.moment(DAYS, 1_500),
        };
        let id = world.dice.id(last);
        let mut voice = Voice::new(world, place, id);
        episodes::history(world, &mut voice, last, target.saturating_sub(own.len() * 10), ending.is_some());
        for order in &own {
            episodes::ordering(world, &mut voice, order);
        }
        if let Some(ending) = ending {
            voice.at = Ord::max(last, voice.at);
            episodes::end(world, &mut voice, ending);
        }
        if voice.messages.is_empty() {
            voice.at = last;
            episodes::question(world, &mut voice);
        }
        said += voice.messages.len();
        noticed.push((voice.messages.iter().map(|row| row.created_at).min().unwrap_or(last), voice.noticed_at));
        talks.push(talk(world, place, voice, &own, ending));
    }
    for (place, (first, notice_at)) in noticed.into_iter().enumerate() {
        let bought = mine.contains_key(&place);
        let person = &mut world.people[place];
        person.created_at = first;
        person.notice_at = notice_at;
        person.named |= bought;
        person.phoned |= bought;
    }
    for (place, own) in mine {
        for order in own {
            orders[order].within(talks[place].row.id)?;
        }
    }
    world.talks = talks;
    Ok(())
}

fn talk(world: &World<'_>, place: usize, voice: Voice<'_>, own: &[&Planned], ending: Option<Ending>) -> Talk {
    let dice = &world.dice;
    let person = &world.people[place];
    let unanswered = voice.unanswered();
    let Voice { mut messages, turns, .. } = voice;
    messages.sort_by_key(|row| (row.created_at, row.id));
    let id = messages[0].conversation_id;
    let shown = messages.iter().rfind(|row| row.direction != MessageDirection::Note);
    let last_message_at = shown.map_or(Time::from(world.now), |row| row.created_at);
    let old = last_message_at < Time::from(world.now).plus_seconds(-48 * 3600);
    let waits = own.iter().any(|order| order.row.status == OrderStatus::Open);
    let attention = own.iter().rev().find_map(|order| order.attention).or_else(|| ending.and_then(Ending::attention));
    let held = ending.is_some_and(Ending::held);
    let settled = ending.is_none() && attention.is_none() && !waits && dice.chance(if old { 94 } else { 45 });
    let unread = match ending {
        Some(ending) if ending.unread() => {
            let inbound = messages.iter().rev().take(8).filter(|row| row.direction == MessageDirection::Inbound);
            Ord::max(if held { unanswered } else { inbound.count() }, 1).min(5)
        }
        _ => 0,
    };
    let row = conversation::Model {
        id,
        company_id: world.scope.id(),
        channel_id: world.channels[person.channel].id,
        contact_id: person.id,
        status: if settled { ConversationStatus::Resolved } else { ConversationStatus::Open },
        owner: if held { ConversationOwner::Operator } else { ConversationOwner::Assistant },
        owner_user_id: held.then(|| world.operators[place % world.operators.len()]),
        needs_attention: attention.is_some(),
        attention_reason: attention.map(str::to_owned),
        language: Some(person.language.code().to_owned()),
        dialogue: serde_json::to_value(state(world, place, own)).unwrap_or_default(),
        revision: i64::try_from(turns.len()).unwrap_or(0) + i64::from(held),
        unread_count: i32::try_from(unread).unwrap_or(0),
        preview: shown.map(|row| crate::inbox::preview(&row.text)).unwrap_or_default(),
        current_order_id: own.last().map(|order| order.row.id),
        last_message_at,
        created_at: messages[0].created_at,
    };
    Talk { row, messages, turns }
}

/// What the assistant remembers: the order that was made, or a cart that waits for a word.
fn state(world: &World<'_>, place: usize, own: &[&Planned]) -> DialogueState {
    let person = &world.people[place];
    let mut state = DialogueState { language: Some(person.language), ..DialogueState::default() };
    let Some(order) = own.last() else { return state };
    let start = order.row.appointment_start.map(|start| world.zone.to_datetime(start.timestamp()));
    state.cart =
        Cart { lines: order.lines.iter().map(|(item, n)| CartLine { key: item.key.clone(), quantity: *n }).collect() };
    state.focus = order.lines.iter().map(|(item, _)| item.key.clone()).collect();
    state.given = Given {
        name: order.row.name.clone(),
        phone: order.row.phone.clone(),
        city: order.row.city.clone(),
        date: start.map(|start| start.date()),
        time: start.map(|start| start.time()),
        ..Given::default()
    };
    state.confirmed = true;
    state.memory.insert("ordered".to_owned(), serde_json::Value::Bool(true));
    state
}

/// Writes them: the lists first, then what is said.
pub(super) async fn write(world: &mut World<'_>, told: Part<'_>) -> Result<()> {
    let (mut rows, mut messages, mut turns) = (Vec::new(), Vec::new(), Vec::new());
    for talk in std::mem::take(&mut world.talks) {
        rows.push(talk.row);
        messages.extend(talk.messages);
        turns.extend(talk.turns);
    }
    world.write::<conversation::Entity>(rows, Some(told.between(0, 10))).await?;
    world.write::<message::Entity>(messages, Some(told.between(10, 70))).await?;
    world.write::<turn::Entity>(turns, Some(told.between(70, 100))).await
}
