//! The fields of the checkout that a line gives.

use super::super::Act;
use super::super::cue::Cue;
use super::super::people::{same_as_before, wants_current_phone};
use super::Context;
use super::marks::Marked;
use super::places::{lone_capitals, lone_city, place_after_preposition, points_at_number, whole_place};
use crate::turn::{Field, Pending};

/// Fields of the checkout.
pub(super) fn fields(marked: &Marked<'_>, context: &Context<'_>, acts: &mut Vec<Act>) {
    let lone_name = || {
        let names_itself = context.state.given.name.is_none()
            && marked.cues.iter().any(|cue| cue.cue == Cue::Confirm)
            && (!context.asked(Field::City) || !marked.cities.is_empty());
        if names_itself { lone_capitals(marked, context, true) } else { None }
    };
    if let Some(name) = marked.name.clone().or_else(lone_name) {
        acts.push(Act::Name { name });
    }
    for raw in &marked.phones {
        acts.push(Act::Phone { raw: raw.clone() });
    }
    if marked.phones.is_empty() && (wants_current_phone(marked.text) || points_at_number(marked)) {
        acts.push(Act::CurrentPhone);
    }
    if same_as_before(marked.text) {
        acts.push(Act::SameAsBefore);
    }
    for city in &marked.cities {
        // "Cork, not Galway".
        let (at, _) = marked.range(city.start, city.end);
        let before = &marked.tokens[at.saturating_sub(2)..at];
        if marked.cities.len() > 1 && before.iter().any(|token| ["not", "не", "no"].contains(&token.folded.as_str()))
        {
            continue;
        }
        let said = match &city.spelled {
            None if context.index.goes_anywhere() => whole_place(marked, &city.said, city.end),
            // What is said back to the customer stands in no case.
            _ => domain::city::dictionary_form(&city.said).unwrap_or(&city.said).to_owned(),
        };
        acts.push(Act::City { said, spelled: city.spelled.clone() });
    }
    if let Some(address) = &marked.address {
        acts.push(Act::Address { text: address.clone() });
    }
    if let Some(date) = marked.dates.first() {
        acts.push(Act::Date { date: date.date });
    }
    if let Some(time) = marked.times.first() {
        acts.push(Act::Time { time: time.time, vague: time.vague && (1..=11).contains(&time.time.hour()) });
    }
    if marked.times.is_empty()
        && let Some(part) = marked.parts.first()
    {
        acts.push(Act::PartOfDay { from: part.from, to: part.to });
    }
    if marked.cities.is_empty()
        && (context.asked(Field::City) || matches!(context.state.pending, Some(Pending::ChooseCity { .. })))
        && let Some(said) = lone_capitals(marked, context, false)
    {
        acts.push(Act::City { said, spelled: None });
    } else if marked.cities.is_empty()
        && context.index.goes_anywhere()
        && let Some(said) = place_after_preposition(marked, context).or_else(|| lone_city(marked, context))
    {
        acts.push(Act::City { said, spelled: None });
    }
}
