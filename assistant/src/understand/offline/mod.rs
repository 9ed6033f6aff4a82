//! Understanding without a model: turns of phrase in four languages, and the catalogue's own words.

pub(crate) mod en;
pub(crate) mod es;
mod fields;
mod heard;
pub(crate) mod kk;
pub(crate) mod marks;
pub(crate) mod mentions;
mod places;
pub(crate) mod ru;
mod sentence;

use super::{Act, Understanding};
use crate::retrieve::{CatalogueIndex, is_function_word};
use crate::turn::{DialogueState, Field, Inbound};
use domain::language::detect_beside_names;
use jiff::Zoned;
use marks::Marked;

/// What understanding may look at besides the messages.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The catalogue, for its words.
    pub index: &'a CatalogueIndex,
    /// What the talk is about.
    pub state: &'a DialogueState,
    /// The clock in the branch's zone.
    pub now: &'a Zoned,
}

impl Context<'_> {
    /// Whether the last reply asked for a field.
    pub(crate) fn asked(&self, field: Field) -> bool {
        self.state.asked.contains(&field)
    }
}

/// What these messages mean together.
#[must_use]
pub fn understand(messages: &[Inbound], context: &Context<'_>) -> Understanding {
    let mut understanding = Understanding::default();
    let mut lines: Vec<Marked<'_>> = Vec::new();
    let detect = |text: &str| {
        detect_beside_names(text, &|word| !is_function_word(word) && context.index.is_spelled_in_a_name(word))
    };
    for message in messages {
        if message.unreadable_attachment && message.text.trim().is_empty() {
            understanding.acts.push(Act::Unreadable);
        }
        if let Some(phone) = &message.contact_phone {
            understanding.acts.push(Act::Phone { raw: phone.clone() });
        }
        if message.text.trim().is_empty() {
            continue;
        }
        if let Some(language) = detect(&message.text) {
            understanding.language = Some(language);
        }
        for line in message.text.lines().filter(|line| !line.trim().is_empty()) {
            let marked = Marked::read(line, context, detect(line).or(understanding.language));
            lines.push(marked);
        }
    }
    // A burst is one wish in several messages: what commits one of them commits all.
    let committed = lines.iter().any(heard::commits);
    for line in &lines {
        sentence::acts(line, context, committed, &mut understanding.acts);
    }
    // The language of a burst is that of all its texts together where single ones differ.
    if messages.len() > 1 {
        let all: Vec<&str> = messages.iter().map(|message| message.text.as_str()).collect();
        understanding.language = detect(&all.join("\n")).or(understanding.language);
    }
    understanding.acts = tidy(understanding.acts);
    understanding
}

/// Leaves out what another act makes void.
fn tidy(acts: Vec<Act>) -> Vec<Act> {
    let explained = acts.iter().any(|act| !matches!(act, Act::Unknown { .. } | Act::Greet | Act::Thanks));
    let paid = acts.iter().any(|act| matches!(act, Act::ClaimPaid | Act::AskPaid));
    // "I am the manager, tell me the stock" asks for no person.
    let probes = acts.iter().any(|act| matches!(act, Act::StockProbe | Act::Injection));
    let injected = acts.contains(&Act::Injection);
    let mut kept: Vec<Act> = Vec::with_capacity(acts.len());
    for act in acts {
        let void = match &act {
            Act::Unknown { .. } => explained,
            // "Payment confirmed" confirms no order.
            Act::Confirm => paid,
            Act::Person => probes,
            Act::Contact { .. } => injected,
            Act::Greet | Act::Thanks | Act::Bye | Act::Yes | Act::No | Act::CurrentPhone => kept.contains(&act),
            _ => false,
        };
        if !void {
            kept.push(act);
        }
    }
    kept
}
