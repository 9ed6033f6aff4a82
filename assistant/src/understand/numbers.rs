//! Numbers, durations and measures in digits and words of the four languages.

use crate::stem::plain;
use domain::text::{Token, fold, is_cyrillic};
use std::collections::HashMap;
use std::sync::OnceLock;

mod measure;

pub use measure::{Dimension, DurationMention, MeasureMention, durations, measures};

/// How a number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NumberKind {
    /// "seventy", "70", "una".
    Cardinal,
    /// "the second", "2-й"; the last one is -1.
    Ordinal,
    /// "полтора", "half", "0,5".
    Fraction,
    /// "both", "los dos", "оба", "екеуі": value 2.
    Both,
}

/// A number in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberMention {
    /// The number, rounded down for fractions.
    pub value: i64,
    /// The number in hundredths ("1,5" is 150).
    pub hundredths: i64,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
    /// How it is meant.
    pub kind: NumberKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Unit,
    Ten,
    Hundred,
    Times100,
    Thousand,
    Group,
    Ordinal,
    Both,
    Half,
}

type Words = HashMap<String, (i64, Class)>;

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| read(include_str!("../../lexicon/numbers.tsv")))
}

fn read(rows: &str) -> Words {
    let mut words = Words::new();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('|');
        let (Some(value), Some(class), Some(forms)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let class = match class {
            "unit" => Class::Unit,
            "ten" => Class::Ten,
            "hundred" => Class::Hundred,
            "times100" => Class::Times100,
            "thousand" => Class::Thousand,
            "group" => Class::Group,
            "ordinal" => Class::Ordinal,
            "both" => Class::Both,
            _ => Class::Half,
        };
        let value: i64 = value.parse().unwrap_or(0);
        for form in forms.split(',').map(fold) {
            let typed = plain(&form);
            // "төрт" typed plainly is a cake.
            if typed != "торт" {
                words.entry(typed).or_insert((value, class));
            }
            words.insert(form, (value, class));
        }
    }
    words
}

/// The value of a cardinal word below a hundred; Kazakh case suffixes ("бесте", "онға") cut when `bent`.
pub(super) fn cardinal_word(folded: &str, bent: bool) -> Option<i64> {
    let cardinal = |word: &str| match words().get(word) {
        Some((value, Class::Unit | Class::Ten)) => Some(*value),
        _ => None,
    };
    if let Some(value) = cardinal(folded) {
        return Some(value);
    }
    if !bent || !folded.chars().any(is_cyrillic) {
        return None;
    }
    let typed = plain(folded);
    ["дан", "ден", "тан", "тен", "нан", "нен", "га", "ге", "ка", "ке", "да", "де", "та", "те"]
        .iter()
        .filter_map(|suffix| typed.strip_suffix(suffix))
        .find_map(|word| if word == "торт" { Some(4) } else { cardinal(word) })
}

/// Words that are numbers in one language and something else in another.
fn is_number_here(tokens: &[Token], index: usize) -> bool {
    let Some(token) = tokens.get(index) else {
        return false;
    };
    match token.folded.as_str() {
        // Russian "he": ten only beside a Kazakh number or in a Kazakh sentence.
        "он" => {
            let next_is_unit = tokens.get(index + 1).is_some_and(|next| {
                matches!(words().get(&next.folded), Some((1..=9, Class::Unit)))
                    && !matches!(next.folded.as_str(), "один" | "одна" | "одно")
            });
            next_is_unit || tokens.iter().any(|token| token.folded.contains(['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'і']))
        }
        // English "once".
        "once" => !tokens.get(index.wrapping_sub(1)).is_some_and(|before| {
            matches!(before.folded.as_str(), "at" | "only" | "just" | "i" | "you" | "it" | "than")
        }),
        _ => true,
    }
}

fn class_at(tokens: &[Token], index: usize) -> Option<(i64, Class)> {
    let token = tokens.get(index)?;
    if !token.is_word() || !is_number_here(tokens, index) {
        return None;
    }
    words().get(&token.folded).copied()
}

/// Numbers in the order of the text. Parts of times ("17:00"), phones and long codes are no numbers.
#[must_use]
pub fn numbers(tokens: &[Token]) -> Vec<NumberMention> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        if let Some(skipped) = clock_or_code(tokens, index) {
            index = skipped;
            continue;
        }
        match number_at(tokens, index) {
            Some(mention) => {
                index = mention.end_token;
                found.push(mention);
            }
            None => index += 1,
        }
    }
    found
}

fn text_at(tokens: &[Token], index: usize) -> &str {
    tokens.get(index).map_or("", |token| token.folded.as_str())
}

fn touches(tokens: &[Token], index: usize) -> bool {
    match (tokens.get(index), tokens.get(index + 1)) {
        (Some(left), Some(right)) => left.end == right.start,
        _ => false,
    }
}

/// The token after a clock time, a date in digits, a phone number or a code that begins here.
fn clock_or_code(tokens: &[Token], index: usize) -> Option<usize> {
    let token = tokens.get(index)?;
    if token.text == "+" && touches(tokens, index) && tokens.get(index + 1).is_some_and(|next| next.text.len() > 3) {
        return Some(index + 2);
    }
    if !token.is_number() {
        return None;
    }
    if text_at(tokens, index + 1) == ":"
        && tokens.get(index + 2).is_some_and(|next| next.is_number() && next.text.len() == 2)
    {
        return Some(index + 3);
    }
    // Groups of digits that make seven or more together: a phone.
    let mut end = index;
    let mut last = index;
    while tokens
        .get(end)
        .is_some_and(|token| token.is_number() || (end > index && matches!(token.text.as_str(), "-" | "(" | ")")))
    {
        if tokens.get(end).is_some_and(Token::is_number) {
            last = end;
        }
        end += 1;
    }
    let digits: usize = tokens
        .get(index..=last)
        .unwrap_or_default()
        .iter()
        .map(|token| token.text.chars().filter(char::is_ascii_digit).count())
        .sum();
    let zeros = tokens.get(index + 1).is_some_and(|token| token.text == "000");
    (digits >= 7 && !zeros).then_some(last + 1)
}

/// The number that begins at a token.
pub(super) fn number_at(tokens: &[Token], index: usize) -> Option<NumberMention> {
    let token = tokens.get(index)?;
    let mention = |hundredths: i64, end_token: usize, kind: NumberKind| {
        Some(NumberMention { value: hundredths.div_euclid(100), hundredths, start_token: index, end_token, kind })
    };
    match token.text.as_str() {
        "½" => return mention(50, index + 1, NumberKind::Fraction),
        "¼" => return mention(25, index + 1, NumberKind::Fraction),
        "¾" => return mention(75, index + 1, NumberKind::Fraction),
        _ => {}
    }
    if token.is_number() {
        return digits_at(tokens, index);
    }
    let (value, class) = class_at(tokens, index)?;
    match class {
        Class::Ordinal => mention(value * 100, index + 1, NumberKind::Ordinal),
        Class::Both => mention(200, index + 1, NumberKind::Both),
        Class::Half => half_at(tokens, index, value),
        Class::Group => mention(value * 100, index + 1, NumberKind::Cardinal),
        Class::Unit | Class::Ten | Class::Hundred | Class::Times100 | Class::Thousand => {
            // "los dos", "las dos": both, unless a number or an hour follows.
            let (sum, end) = sum_at(tokens, index)?;
            if sum == 2 && end == index + 1 && index > 0 && is_both(tokens, index) {
                return mention(200, end, NumberKind::Both);
            }
            finish(tokens, index, sum * 100, end)
        }
    }
}

fn is_both(tokens: &[Token], index: usize) -> bool {
    let article = matches!(text_at(tokens, index - 1), "los" | "las");
    let clock = index > 1 && matches!(text_at(tokens, index - 2), "a" | "sobre" | "desde" | "hasta" | "de");
    let spanish = text_at(tokens, index) == "dos";
    spanish && article && !clock
}

/// "half a dozen", "media docena", "полтора".
fn half_at(tokens: &[Token], index: usize, hundredths: i64) -> Option<NumberMention> {
    // "half past ten" is a time; "half" alone a fraction.
    let mut next = index + 1;
    while matches!(text_at(tokens, next), "a" | "an" | "of" | "-") {
        next += 1;
    }
    let (hundredths, end, kind) = match class_at(tokens, next) {
        Some((group, Class::Group)) => (hundredths * group, next + 1, NumberKind::Cardinal),
        _ => (hundredths, index + 1, NumberKind::Fraction),
    };
    Some(NumberMention { value: hundredths.div_euclid(100), hundredths, start_token: index, end_token: end, kind })
}

fn digits_at(tokens: &[Token], index: usize) -> Option<NumberMention> {
    let token = tokens.get(index)?;
    let mut hundredths = hundredths_of(&token.text)?;
    let mut end = index + 1;
    // "20 000"
    let grouped = hundredths % 100 == 0 && hundredths < 100_000 && text_at(tokens, end) == "000";
    if grouped {
        hundredths *= 1000;
        end += 1;
    }
    // "1/2"
    if text_at(tokens, end) == "/" && touches(tokens, index) && touches(tokens, end) {
        let below = tokens.get(end + 1).and_then(|token| token.text.parse::<i64>().ok());
        if let Some(below @ 2..=4) = below
            && hundredths < below * 100
        {
            return Some(NumberMention {
                value: 0,
                hundredths: hundredths / below,
                start_token: index,
                end_token: end + 2,
                kind: NumberKind::Fraction,
            });
        }
    }
    if let Some(end) = ordinal_ending(tokens, end) {
        return Some(NumberMention {
            value: hundredths / 100,
            hundredths,
            start_token: index,
            end_token: end,
            kind: NumberKind::Ordinal,
        });
    }
    if let Some((_, Class::Thousand)) = class_at(tokens, end) {
        hundredths *= 1000;
        end += 1;
    }
    finish(tokens, index, hundredths, end)
}

/// "2nd", "2-й", "2ª", "2-ші": the token after the ending.
fn ordinal_ending(tokens: &[Token], at: usize) -> Option<usize> {
    let glued = at > 0 && touches(tokens, at - 1);
    if !glued {
        return None;
    }
    let dash = text_at(tokens, at) == "-";
    let ending = at + usize::from(dash);
    let token = tokens.get(ending)?;
    let fits = matches!(token.folded.as_str(), "st" | "nd" | "rd" | "th")
        || matches!(token.text.as_str(), "º" | "ª" | "°")
        || (dash
            && matches!(
                token.folded.as_str(),
                "й" | "я"
                    | "е"
                    | "го"
                    | "му"
                    | "ая"
                    | "ый"
                    | "ой"
                    | "ую"
                    | "ю"
                    | "ші"
                    | "шы"
                    | "інші"
                    | "ншы"
                    | "ншісі"
                    | "шісі"
            ));
    fits.then_some(ending + 1)
}

/// Hundredths of a number in digits with any grouping; `None` for dates ("05.03.2026") and codes.
pub(super) fn hundredths_of(text: &str) -> Option<i64> {
    let marks: Vec<char> = text.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    if text.chars().filter(char::is_ascii_digit).count() > 9 {
        return None;
    }
    let groups: Vec<&str> = text.split(['.', ',']).collect();
    let (last, before) = groups.split_last()?;
    let thousands = |groups: &[&str]| groups.iter().skip(1).all(|group| group.len() == 3);
    let whole: i64;
    let cents: i64;
    match marks.as_slice() {
        [] => {
            whole = text.parse().ok()?;
            cents = 0;
        }
        [_] if last.len() == 3 && before.first().is_some_and(|first| first.len() <= 3 && *first != "0") => {
            whole = groups.concat().parse().ok()?;
            cents = 0;
        }
        [_] => {
            whole = before.first()?.parse().ok()?;
            let two: String = format!("{last}00").chars().take(2).collect();
            cents = two.parse().ok()?;
        }
        [first, .., end] if first != end && thousands(before) => {
            whole = before.concat().parse().ok()?;
            let two: String = format!("{last}00").chars().take(2).collect();
            cents = two.parse().ok()?;
        }
        _ if thousands(&groups) => {
            whole = groups.concat().parse().ok()?;
            cents = 0;
        }
        _ => return None,
    }
    Some(whole * 100 + cents)
}

/// "two hundred and thirty five", "тысяча двести", "veinte y cinco".
fn sum_at(tokens: &[Token], index: usize) -> Option<(i64, usize)> {
    let mut total = 0;
    let mut current = 0;
    // Only smaller places may follow.
    let mut room = 1000;
    let mut end = index;
    let mut at = index;
    while let Some((value, class)) = class_at(tokens, at) {
        let fits = match class {
            Class::Unit => value < room && (value > 0 || end == index),
            Class::Ten | Class::Hundred => value < room && (room != 10 || value < 10),
            Class::Times100 => current < 10 && room >= 1 && (current > 0 || room == 1000),
            Class::Thousand => total == 0,
            _ => false,
        };
        if !fits {
            break;
        }
        match class {
            Class::Unit => {
                current += value;
                room = 1;
            }
            Class::Ten => {
                current += value;
                room = 10;
            }
            Class::Hundred => {
                current += value;
                room = 100;
            }
            Class::Times100 => {
                current = current.max(1) * 100;
                room = 100;
            }
            _ => {
                total = current.max(1) * 1000;
                current = 0;
                room = 1000;
            }
        }
        at += 1;
        end = at;
        let joined = match text_at(tokens, at) {
            "y" | "-" => room == 10,
            "and" => room == 100,
            _ => false,
        };
        // "veinte y cinco" is one number, "veinte y treinta" two.
        if joined
            && class_at(tokens, at + 1)
                .is_some_and(|(value, class)| value < room && matches!(class, Class::Unit | Class::Ten))
        {
            at += 1;
        }
    }
    (end > index).then_some((total + current, end))
}

/// What may follow a number: a half, a dozen.
fn finish(tokens: &[Token], start: usize, mut hundredths: i64, mut end: usize) -> Option<NumberMention> {
    let mut kind = if hundredths % 100 == 0 { NumberKind::Cardinal } else { NumberKind::Fraction };
    if let Some((group, Class::Group)) = class_at(tokens, end) {
        hundredths *= group;
        end += 1;
    }
    let half = match (text_at(tokens, end), text_at(tokens, end + 1), text_at(tokens, end + 2)) {
        ("and", "a", "half") => 3,
        ("y", "medio" | "media", _) | ("с", "половиной" | "половинои", _) | ("and", "half", _) => 2,
        ("жарым", ..) => 1,
        _ => 0,
    };
    if half > 0 {
        hundredths += 50;
        end += half;
        kind = NumberKind::Fraction;
    }
    Some(NumberMention { value: hundredths.div_euclid(100), hundredths, start_token: start, end_token: end, kind })
}

#[cfg(test)]
#[path = "numbers/tests.rs"]
mod tests;
