//! A model at its best: it understands by the offline assistant's own rules, says what it understood by the tools, and words
//! the reply as the program drafts it. With it every rehearsal can be played through the model's path.
//!
//! It sees what a model sees, the request; only the words of the catalogue, which a model knows by itself, come from outside.

use super::openai::{OpenAi, Turn};
use assistant::model::{CONTACT_CARD, FACTS, UNREADABLE};
use assistant::retrieve::CatalogueIndex;
use assistant::turn::{DialogueState, Inbound};
use assistant::understand::offline::{Context, understand};
use assistant::understand::{Act, Amounts, Mention};
use jiff::civil::Time;
use serde_json::{Map, Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// The catalogue whose words the model knows. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<Mutex<Option<Arc<CatalogueIndex>>>>);

impl Shelf {
    /// Another catalogue is published.
    pub fn put(&self, catalogue: Arc<CatalogueIndex>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(catalogue);
    }

    fn get(&self) -> Arc<CatalogueIndex> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.clone().unwrap_or_else(|| Arc::new(CatalogueIndex::build(Vec::new())))
    }
}

/// An obedient model.
#[must_use]
pub fn model(shelf: &Shelf) -> OpenAi {
    let shelf = shelf.clone();
    OpenAi::new(move |request| answer(request, &shelf.get()))
}

/// What an obedient model answers to a request.
#[must_use]
pub fn answer(request: &Value, catalogue: &CatalogueIndex) -> Turn {
    let Some(messages) = request["messages"].as_array() else { return Turn::text("no messages") };
    let system = messages.first().and_then(|message| message["content"].as_str()).unwrap_or_default();
    let facts: Value =
        system.split_once(FACTS).and_then(|(_, facts)| serde_json::from_str(facts).ok()).unwrap_or_default();
    let (said, rounds) = of_this_turn(messages, &facts);
    let results = messages.iter().rev().filter(|message| message["role"] == "tool");
    let mut now = results.filter_map(|result| {
        let read: Value = serde_json::from_str(result["content"].as_str()?).ok()?;
        read.get("now").cloned()
    });
    if let Some(now) = now.next() {
        return Turn::text(now["draft"].as_str().unwrap_or_default());
    }
    let acts = acts(&said, &facts, catalogue);
    let calls: Vec<(String, String)> = if rounds == 0 { searches(&acts) } else { Vec::new() };
    if !calls.is_empty() {
        return Turn::Calls(calls);
    }
    let calls: Vec<(String, String)> = acts
        .iter()
        .filter_map(|act| call(act, &acts))
        .map(|(name, with)| (name.to_owned(), with.to_string()))
        .collect();
    if calls.is_empty() {
        return Turn::text(facts["draft_if_nothing_is_called"].as_str().unwrap_or_default());
    }
    Turn::Calls(calls)
}

/// The messages that are to be answered, and how many rounds of calls stand behind them.
fn of_this_turn(messages: &[Value], facts: &Value) -> (Vec<Inbound>, usize) {
    let rounds = messages.iter().filter(|message| message["tool_calls"].is_array()).count();
    let count = usize::try_from(facts["messages_now"].as_u64().unwrap_or(1)).unwrap_or(1);
    let end = messages.iter().position(|message| message["tool_calls"].is_array());
    let talk = &messages[..end.unwrap_or(messages.len())];
    let users: Vec<&Value> = talk.iter().filter(|message| message["role"] == "user").collect();
    let said = users[users.len().saturating_sub(count)..]
        .iter()
        .map(|message| inbound(message["content"].as_str().unwrap_or_default()))
        .collect();
    (said, rounds)
}

fn inbound(text: &str) -> Inbound {
    if text == UNREADABLE {
        return Inbound { unreadable_attachment: true, ..Inbound::default() };
    }
    match text.strip_prefix(CONTACT_CARD) {
        Some(card) => {
            let (phone, text) = card.split_once('\n').unwrap_or((card, ""));
            Inbound { text: text.to_owned(), contact_phone: Some(phone.to_owned()), unreadable_attachment: false }
        }
        None => Inbound { text: text.to_owned(), ..Inbound::default() },
    }
}

fn acts(said: &[Inbound], facts: &Value, catalogue: &CatalogueIndex) -> Vec<Act> {
    let state: DialogueState = serde_json::from_value(facts["remembered"].clone()).unwrap_or_default();
    let Some(now) = facts["now"].as_str().and_then(|now| now.parse().ok()) else { return Vec::new() };
    understand(said, &Context { index: catalogue, state: &state, now: &now }).acts
}

/// It looks up what it is about to name.
fn searches(acts: &[Act]) -> Vec<(String, String)> {
    let mut calls = Vec::new();
    for act in acts {
        let mention = match act {
            Act::Want { mention, .. } | Act::Swap { to: mention, .. } => mention,
            _ => continue,
        };
        let call = ("search_catalogue".to_owned(), json!({ "query": mention.words }).to_string());
        if !mention.words.trim().is_empty() && !calls.contains(&call) {
            calls.push(call);
        }
    }
    calls
}

fn call(act: &Act, acts: &[Act]) -> Option<(&'static str, Value)> {
    let note = |said: &str| ("note", json!({ "said": said }));
    let clock = |time: Time| time.strftime("%H:%M:%S").to_string();
    Some(match act {
        Act::Greet => note("greeting"),
        Act::Thanks => note("thanks"),
        Act::Bye => note("bye"),
        Act::Browse { detail } => ("search_catalogue", json!({ "query": "", "detail": detail })),
        Act::Ask { topics, about, words } => (
            "show_item",
            json!({ "items": about.iter().map(named).collect::<Vec<_>>(), "topics": topics, "words": words }),
        ),
        Act::Want { mention, add } => {
            ("set_cart", json!({ "do": if *add { "add" } else { "want" }, "item": named(mention) }))
        }
        Act::Quantity { amounts: wanted } => {
            ("set_cart", json!({ "do": "quantity", "item": Value::Object(amounts(wanted)) }))
        }
        Act::Choose { ordinal } => ("set_cart", json!({ "do": "choose", "place": ordinal })),
        Act::ChooseByPrice { dearest } => ("set_cart", json!({ "do": if *dearest { "dearest" } else { "cheapest" } })),
        Act::All { both } => ("set_cart", json!({ "do": if *both { "both" } else { "all" } })),
        Act::Drop { mention } => ("set_cart", json!({ "do": "drop", "item": mention.as_ref().map(named) })),
        Act::Keep { mention } => ("set_cart", json!({ "do": "keep", "item": mention.as_ref().map(named) })),
        Act::Swap { from, to } => {
            ("set_cart", json!({ "do": "swap", "item": named(to), "instead_of": from.as_ref().map(named) }))
        }
        Act::City { said, .. } => ("set_recipient", json!({ "city": said })),
        Act::Name { name } => ("set_recipient", json!({ "name": name })),
        Act::Phone { raw } => ("set_recipient", json!({ "phone": raw })),
        Act::CurrentPhone => ("set_recipient", json!({ "current_phone": true })),
        Act::SameAsBefore => ("set_recipient", json!({ "same_as_before": true })),
        Act::Address { text } => ("set_recipient", json!({ "address": text })),
        Act::Date { date } => ("hold_slot", json!({ "date": date.to_string() })),
        Act::Time { time, vague } => ("hold_slot", json!({ "time": clock(*time), "half_of_day_open": vague })),
        Act::PartOfDay { from, to } => ("hold_slot", json!({ "from": clock(*from), "to": clock(*to) })),
        Act::Confirm => ("checkout", json!({})),
        // A confirmation stands for both.
        Act::Yes if acts.contains(&Act::Confirm) => return None,
        Act::Yes => note("yes"),
        Act::No => note("no"),
        Act::Cancel => ("new_order", json!({ "kind": "cancel" })),
        Act::Complain => ("stop_reminders", json!({ "because": "complaint" })),
        Act::ClaimPaid => note("paid"),
        Act::AskPaid => note("did_payment_arrive"),
        Act::Refund { about } => ("call_person", json!({ "why": "refund", "about": about.as_ref().map(named) })),
        Act::Contact { kind, about } => {
            ("call_person", json!({ "why": "contact", "whom": kind, "about": about.as_ref().map(named) }))
        }
        Act::Person => ("call_person", json!({ "why": "person" })),
        Act::Discount => note("discount"),
        Act::FreeDelivery => note("free_delivery"),
        Act::NewOrder => ("new_order", json!({ "kind": "new" })),
        Act::Repeat => ("new_order", json!({ "kind": "repeat" })),
        Act::OffTopic => note("off_topic"),
        Act::Injection => note("change_of_rules"),
        Act::StockProbe => note("how_many_in_stock"),
        Act::StopReminders => ("stop_reminders", json!({ "because": "wish" })),
        Act::More => note("more"),
        Act::OrderStatus => note("order_status"),
        Act::Bot => note("are_you_a_program"),
        Act::PayMethod => note("how_to_pay"),
        Act::LinkAgain => note("link_again"),
        Act::Privacy => note("privacy"),
        Act::Recommend => note("recommend"),
        Act::Unreadable => note("unreadable"),
        Act::Unknown { text, question } => ("note", json!({ "said": "unknown", "text": text, "question": question })),
    })
}

fn named(mention: &Mention) -> Value {
    let mut named = amounts(&mention.amounts);
    named.insert("ids".to_owned(), json!(mention.candidates));
    named.insert("words".to_owned(), json!(mention.words));
    named.insert("exact".to_owned(), json!(mention.exact));
    named.insert("partial".to_owned(), json!(mention.partial));
    Value::Object(named)
}

fn amounts(amounts: &Amounts) -> Map<String, Value> {
    let mut list: Vec<Value> = amounts
        .counts
        .iter()
        .map(|count| json!({ "n": count.value, "of": if count.of_packs { "packs" } else { "pieces" } }))
        .collect();
    for (of, amount) in [("minutes", amounts.minutes), ("grams", amounts.grams), ("millilitres", amounts.millilitres)] {
        list.extend(amount.map(|n| json!({ "n": n, "of": of })));
    }
    let mut named = Map::new();
    named.insert("amounts".to_owned(), Value::Array(list));
    named.insert("more".to_owned(), json!(amounts.more));
    named
}
