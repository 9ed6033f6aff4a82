//! Parts of the day: "in the evening", "after five".

use super::around::is_noun_like;
use super::clock::{Half, bound_behind, is_kazakh_part, on_clock, part_at, time_at, times};
use super::{word_at, word_before};
use domain::language::Language;
use domain::text::Token;
use jiff::civil::Time;

/// A part of the day in a text ("in the evening", "after five").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRangeMention {
    /// Earliest.
    pub from: Time,
    /// Latest.
    pub to: Time,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// Parts of the day named in a text, in its order; not where they belong to a time ("5 in the evening").
#[must_use]
pub fn parts_of_day(tokens: &[Token], language: Option<Language>) -> Vec<TimeRangeMention> {
    let taken = times(tokens, language, false);
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let inside = taken.iter().any(|time| {
            (time.start_token..time.end_token).contains(&index)
                || (time.start_token == index + 1 && is_kazakh_part(tokens, time.start_token))
        });
        let part = if inside { None } else { part_of_day_at(tokens, index) };
        match part {
            Some((from, to, end)) => {
                found.push(TimeRangeMention { from, to, start_token: index, end_token: end });
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

fn part_of_day_at(tokens: &[Token], index: usize) -> Option<(Time, Time, usize)> {
    let before = word_before(tokens, index, 1);
    let word = word_at(tokens, index);
    let hour = |hour: i8| Time::constant(hour, 0, 0, 0);
    // "after 5 pm", "después de las 5", "после пяти", "бестен кейін", "before noon", "до обеда".
    let direction = match word {
        "after" | "после" | "despues" | "from" => Some(true),
        "before" | "до" | "antes" | "until" => Some(false),
        _ => None,
    };
    if let Some(later) = direction {
        let mut at = index + 1;
        while matches!(word_at(tokens, at), "de" | "las" | "la" | "the") {
            at += 1;
        }
        if matches!(word_at(tokens, at), "обеда" | "lunch" | "comer" | "mediodia" | "noon") {
            let (from, to) = if later { (hour(13), hour(18)) } else { (hour(6), hour(13)) };
            return Some((from, to, at + 1));
        }
        let genitive = |word: &str| match word {
            "часу" => Some(13),
            "двух" => Some(14),
            "трех" => Some(15),
            "четырех" => Some(16),
            "пяти" => Some(17),
            "шести" => Some(18),
            "семи" => Some(19),
            "восьми" => Some(20),
            "девяти" => Some(9),
            "десяти" => Some(10),
            "одиннадцати" => Some(11),
            "двенадцати" => Some(12),
            _ => None,
        };
        let clocked = time_at(tokens, at, true)
            .filter(|_| word_before(tokens, at, 1) == "las" || tokens.get(at).is_some_and(Token::is_number));
        let (time, end) = match (clocked, genitive(word_at(tokens, at))) {
            (Some(clock), _) => (clock.time, clock.end),
            (None, Some(named)) => (hour(named), at + 1),
            (None, None) => return None,
        };
        // "after 5" at a shop is the afternoon.
        let time = if time.hour() >= 1 && time.hour() <= 7 {
            on_clock(i64::from(time.hour()), i64::from(time.minute()), Some(Half::Afternoon))?
        } else {
            time
        };
        return Some(if later { (time, hour(23), end) } else { (hour(0), time, end) });
    }
    // "18:00-ге дейін", "сағат бестен кейін".
    if let Some(clock) = time_at(tokens, index, true)
        && let Some(later) = bound_behind(tokens, clock.end)
        && (later || clock.time.hour() > 0)
    {
        let time = if (1..=7).contains(&clock.time.hour()) {
            on_clock(i64::from(clock.time.hour()), i64::from(clock.time.minute()), Some(Half::Afternoon))?
        } else {
            clock.time
        };
        let (from, to) = if later { (time, hour(23)) } else { (hour(0), time) };
        return Some((from, to, clock.end + 1));
    }
    let (half, length) = part_at(tokens, index)?;
    // Greetings: "good evening", "buenas tardes", "доброе утро" are none.
    if matches!(before, "good" | "buenas" | "buena" | "buenos" | "доброго" | "доброе" | "добрый") {
        return None;
    }
    // "evening make-up", "tarde" as "late", "дня" as "of the day".
    if matches!(word, "дня" | "вечера" | "утра" | "ночи")
        && !tokens.get(index.wrapping_sub(1)).is_some_and(Token::is_word)
    {
        return None;
    }
    if matches!(word, "дня" | "am" | "pm" | "a" | "p")
        || (word == "tarde" && matches!(before, "mas" | "muy" | "es"))
        || (word == "noche" && before == "de")
    {
        return None;
    }
    if matches!(word, "evening" | "morning" | "night" | "afternoon") {
        let placed = matches!(before, "tomorrow" | "this" | "in" | "the" | "every" | "today" | "")
            || before.ends_with("day")
            || tokens.get(index.wrapping_sub(1)).is_some_and(|token| !token.is_word());
        let noun_behind = tokens.get(index + 1).is_some_and(|next| next.is_word() && is_noun_like(&next.folded));
        if !placed || (noun_behind && !before.ends_with("day") && !matches!(before, "tomorrow" | "this")) {
            return None;
        }
    }
    let (from, to) = match half {
        Half::Morning => (hour(6), hour(12)),
        Half::Noon => (hour(12), hour(15)),
        Half::Afternoon => (hour(12), hour(20)),
        Half::Evening | Half::Night => (hour(17), hour(23)),
    };
    Some((from, to, index + length))
}
