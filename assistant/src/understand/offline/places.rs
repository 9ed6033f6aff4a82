//! Names, cities and numbers that are only pointed at or stand alone between commas.

use super::super::people::is_first_name;
use super::Context;
use super::marks::{Mark, Marked};
use crate::retrieve::is_function_word;
use domain::text::fold;

/// Other ways to point at the number one writes from.
pub(super) fn points_at_number(marked: &Marked<'_>) -> bool {
    const WAYS: &[&str] = &[
        "you have my number",
        "this number",
        "same number",
        "number is this one",
        "my number is here",
        "this very number",
        "este mismo numero",
        "el numero es este",
        "este numero",
        "mi numero es este",
        "ya tiene mi numero",
        "mismo numero",
        "этот номер",
        "этот же номер",
        "с которого пишу",
        "номер этот",
        "мой номер у вас есть",
        "номер тот же",
        "осы номир",
        "осы нөмір",
        "нөмірім осы",
        "осы нөмірім",
        "жазып отырған нөмір",
    ];
    let folded = fold(marked.text);
    WAYS.iter().any(|way| folded.contains(&fold(way)))
}

/// A short answer to "which city?" that is no city we know: capitalised words between commas that name nothing else.
/// With `after_first`, not at the beginning of the line.
pub(super) fn lone_capitals(marked: &Marked<'_>, context: &Context<'_>, after_first: bool) -> Option<String> {
    let mut from = 0;
    while from < marked.tokens.len() {
        let to = (from..marked.tokens.len())
            .find(|at| matches!(marked.tokens[*at].text.as_str(), "," | "." | ";" | "!" | "?"))
            .unwrap_or(marked.tokens.len());
        let words: Vec<usize> =
            (from..to).filter(|at| !is_function_word(&marked.tokens[*at].folded) || capital(marked, *at)).collect();
        let plain = (1..=3).contains(&words.len())
            && words.iter().all(|at| {
                marked.marks[*at] == Mark::Free
                    && marked.tokens[*at].is_word()
                    && capital(marked, *at)
                    && !known(context, marked, *at)
            })
            // "Марат, …" answers no question for a city.
            && (after_first || !words.iter().all(|at| is_first_name(&marked.tokens[*at].folded)));
        if plain && (from > 0 || !after_first) {
            let (first, last) = (words[0], words[words.len() - 1]);
            return Some(marked.text[marked.tokens[first].start..marked.tokens[last].end].to_owned());
        }
        from = to + 1;
    }
    None
}

fn capital(marked: &Marked<'_>, at: usize) -> bool {
    marked.tokens[at].text.chars().next().is_some_and(char::is_uppercase)
}

fn known(context: &Context<'_>, marked: &Marked<'_>, at: usize) -> bool {
    context.index.is_named(&marked.tokens[at].folded)
}

/// "…to Hull" where items can go to any city: capitalised words after a preposition that name nothing on offer.
pub(super) fn place_after_preposition(marked: &Marked<'_>, context: &Context<'_>) -> Option<String> {
    const BEFORE: &[&str] = &["to", "in", "a", "en", "в", "во"];
    const BEHIND: &[&str] = &["ға", "ге", "қа", "ке", "да", "де", "та", "те"];
    let place = |at: usize| {
        at < marked.tokens.len()
            && marked.marks[at] == Mark::Free
            && marked.tokens[at].is_word()
            && capital(marked, at)
            && !is_function_word(&marked.tokens[at].folded)
            && !known(context, marked, at)
    };
    for at in 1..marked.tokens.len() {
        if BEFORE.contains(&marked.tokens[at - 1].folded.as_str()) && place(at) {
            let last = (at..at + 3).take_while(|next| place(*next)).last().unwrap_or(at);
            return Some(marked.text[marked.tokens[at].start..marked.tokens[last].end].to_owned());
        }
    }
    (1..marked.tokens.len()).filter(|at| place(*at)).find_map(|at| {
        let text = &marked.tokens[at].text;
        let suffix = BEHIND.iter().find(|suffix| text.ends_with(**suffix))?;
        let base = text.strip_suffix(suffix)?;
        (base.chars().count() >= 4).then(|| base.to_owned())
    })
}

/// A clause that is the name of a known city, where items can go to any city ("…and the stove, Denver").
pub(super) fn lone_city(marked: &Marked<'_>, context: &Context<'_>) -> Option<String> {
    let free = |at: usize| marked.marks[at] == Mark::Free && marked.tokens[at].is_word() && capital(marked, at);
    let parts = |at: usize| marked.tokens.get(at).is_none_or(|token| !token.is_word());
    (0..marked.tokens.len()).filter(|at| free(*at) && (*at == 0 || parts(at - 1))).find_map(|from| {
        let to = (from..marked.tokens.len()).find(|at| !free(*at)).unwrap_or(marked.tokens.len());
        let said = &marked.text[marked.tokens[from].start..marked.tokens[to - 1].end];
        (parts(to) && from > 0 && !known(context, marked, from) && domain::city::is_listed(said))
            .then(|| said.to_owned())
    })
}

/// "Salt Lake City": a name that is also a word goes on with the capitalised words behind it.
pub(super) fn whole_place(marked: &Marked<'_>, said: &str, end: usize) -> String {
    if domain::city::is_known(said) {
        return said.to_owned();
    }
    let (_, mut to) = marked.range(0, end);
    let mut last = end;
    while let Some(token) = marked.tokens.get(to) {
        let goes_on = token.is_word()
            && capital(marked, to)
            && marked.marks[to] == Mark::Free
            && marked.text.get(last..token.start).is_some_and(|gap| gap == " ");
        if !goes_on {
            break;
        }
        last = token.end;
        to += 1;
    }
    let start = end - said.len();
    marked.text.get(start..last).unwrap_or(said).to_owned()
}
