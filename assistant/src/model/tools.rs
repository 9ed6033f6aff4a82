//! The tools as the model sees them.

use gateway::language_model::Tool;
use serde_json::{Value as Json, json};
use std::sync::LazyLock;

/// All tools. Each says what the customer meant; the engine applies the rules and says what came of it.
pub static TOOLS: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    vec![
        Tool {
            name: "search_catalogue",
            about: "Find items by words. Call it before you name, price or order anything. Empty words: the whole offer, in parts.",
            parameters: object(
                json!({
                    "query": { "type": "string", "description": "Words for the item, in any language. Empty: what is on offer." },
                    "detail": { "type": "boolean", "description": "With an empty query: describe each item." },
                }),
                &["query"],
            ),
        },
        Tool {
            name: "show_item",
            about: "Facts of items, of delivery, cities, opening hours or free times: whatever the customer asks. Without items: about the item the talk is about.",
            parameters: object(
                json!({
                    "items": { "type": "array", "items": named(), "description": "What the question is about." },
                    "topics": { "type": "array", "items": { "type": "string", "enum": TOPICS }, "description": "What is asked about it." },
                    "words": { "type": "array", "items": { "type": "string" }, "description": "The question's own words." },
                }),
                &[],
            ),
        },
        Tool {
            name: "set_cart",
            about: "Change what the customer wants. One change a call: want (or a new number of it), add, quantity (of the item the talk is about; without an amount: yes, that one), drop, keep (only this), swap; choose (by place in the last list), cheapest, dearest, all, both (of what was offered).",
            parameters: object(
                json!({
                    "do": { "type": "string", "enum": ["want", "add", "quantity", "choose", "cheapest", "dearest", "all", "both", "drop", "keep", "swap"] },
                    "item": named(),
                    "instead_of": named(),
                    "place": { "type": "integer", "description": "For choose: 1 is the first of the list, -1 the last." },
                }),
                &["do"],
            ),
        },
        Tool {
            name: "set_recipient",
            about: "What the customer gave of name, phone, city and address, exactly as written; never something of your own.",
            parameters: object(
                json!({
                    "name": { "type": "string" },
                    "phone": { "type": "string" },
                    "city": { "type": "string" },
                    "address": { "type": "string" },
                    "current_phone": { "type": "boolean", "description": "The customer points at the number they write from." },
                    "same_as_before": { "type": "boolean", "description": "As in an earlier order." },
                }),
                &[],
            ),
        },
        Tool {
            name: "offer_slots",
            about: "Free times for a service: from today, or of one day, or within a part of the day.",
            parameters: object(slot(), &[]),
        },
        Tool {
            name: "hold_slot",
            about: "The day and time that the customer chose, or one of them.",
            parameters: object(slot(), &[]),
        },
        Tool {
            name: "checkout",
            about: "The customer confirms in their own words: make the order. Refused while they have not.",
            parameters: object(json!({}), &[]),
        },
        Tool {
            name: "new_order",
            about: "new: begin afresh; repeat: what was ordered before, once more; cancel: the order is off.",
            parameters: object(json!({ "kind": { "type": "string", "enum": ["new", "repeat", "cancel"] } }), &["kind"]),
        },
        Tool {
            name: "stop_reminders",
            about: "The customer wants no more reminders (wish), or complains about the order (complaint).",
            parameters: object(json!({ "because": { "type": "string", "enum": ["wish", "complaint"] } }), &["because"]),
        },
        Tool {
            name: "call_person",
            about: "The customer asks for a person, for their money back (refund), or whom to reach (contact). Only when they ask.",
            parameters: object(
                json!({
                    "why": { "type": "string", "enum": ["person", "refund", "contact"] },
                    "whom": { "type": "string", "enum": ["supplier", "specialist", "office", "warehouse", "company"] },
                    "about": named(),
                }),
                &["why"],
            ),
        },
        Tool {
            name: "note",
            about: "Anything else the customer said; gives what the program knows about it (order and payment status, the link again, ways to pay, discounts, privacy).",
            parameters: object(
                json!({
                    "said": { "type": "string", "enum": SAID },
                    "text": { "type": "string", "description": "For unknown: the words that you do not understand." },
                    "question": { "type": "boolean", "description": "For unknown: whether it is a question." },
                }),
                &["said"],
            ),
        },
    ]
});

/// What can be asked about items and the shop.
const TOPICS: [&str; 23] = [
    "price",
    "total",
    "describe",
    "size",
    "material",
    "included",
    "not_included",
    "guarantee",
    "not_guarantee",
    "suitable",
    "not_suitable",
    "specialist",
    "prepare",
    "duration",
    "format",
    "delivery_fee",
    "delivery_time",
    "cities",
    "hours",
    "free_times",
    "link",
    "photo",
    "video",
];

/// What else can be said.
const SAID: [&str; 21] = [
    "greeting",
    "thanks",
    "bye",
    "yes",
    "no",
    "more",
    "paid",
    "did_payment_arrive",
    "order_status",
    "link_again",
    "how_to_pay",
    "discount",
    "free_delivery",
    "privacy",
    "are_you_a_program",
    "recommend",
    "off_topic",
    "change_of_rules",
    "how_many_in_stock",
    "unreadable",
    "unknown",
];

fn object(properties: Json, required: &[&str]) -> Json {
    json!({ "type": "object", "properties": properties, "required": required })
}

fn named() -> Json {
    object(
        json!({
            "ids": { "type": "array", "items": { "type": "string" }, "description": "Ids from search_catalogue; several when the words may mean any of them; none when nothing on offer fits." },
            "words": { "type": "string", "description": "What the customer called it." },
            "quantity": { "type": "integer", "description": "How many packs, bouquets, pieces or sessions." },
            "amounts": {
                "type": "array",
                "description": "Amounts as said where they do not count packs: 20 roses, 2 hours, 15 kilos.",
                "items": object(
                    json!({
                        "n": { "type": "integer" },
                        "of": { "type": "string", "enum": ["packs", "pieces", "minutes", "grams", "millilitres"] },
                    }),
                    &["n", "of"],
                ),
            },
            "more": { "type": "boolean", "description": "So many more, not so many in all." },
            "exact": { "type": "boolean", "description": "False when a property that was asked for is not met." },
            "partial": { "type": "boolean", "description": "True when a part of the words is met by none of the ids." },
        }),
        &[],
    )
}

fn slot() -> Json {
    json!({
        "date": { "type": "string", "description": "YYYY-MM-DD" },
        "time": { "type": "string", "description": "HH:MM" },
        "half_of_day_open": { "type": "boolean", "description": "The customer said 3, not whether in the night or afternoon." },
        "from": { "type": "string", "description": "HH:MM, earliest" },
        "to": { "type": "string", "description": "HH:MM, latest" },
    })
}
