//! Days and times of day in a text.
//!
//! Never a phone number, a price, a quantity or a sku: a bare number is a time only after a word that says so, or when
//! a time was asked for.

mod around;
mod clock;
mod day;
mod part;

pub use clock::{TimeMention, times};
pub use day::{Certainty, DateMention, dates};
pub use part::{TimeRangeMention, parts_of_day};

use domain::text::Token;

fn word_at(tokens: &[Token], index: usize) -> &str {
    tokens.get(index).map_or("", |token| token.folded.as_str())
}

fn word_before(tokens: &[Token], index: usize, back: usize) -> &str {
    index.checked_sub(back).map_or("", |index| word_at(tokens, index))
}

fn touches(tokens: &[Token], index: usize) -> bool {
    match (tokens.get(index), tokens.get(index + 1)) {
        (Some(left), Some(right)) => left.end == right.start,
        _ => false,
    }
}

/// A whole number in digits, without marks.
fn digits_at(tokens: &[Token], index: usize) -> Option<i64> {
    let token = tokens.get(index).filter(|token| token.is_number())?;
    (token.text.len() <= 4).then(|| token.text.parse().ok()).flatten()
}

/// Whether a number stands inside a phone, a sum or a longer code: digits or a plus glued to it, or groups of digits
/// around it that make seven digits or more, or a currency beside it.
fn is_phone_or_sum(tokens: &[Token], start: usize, end: usize) -> bool {
    let glue = |index: usize| matches!(word_at(tokens, index), "-" | "+" | "(" | ")");
    let mut first = start;
    while first > 0 && (glue(first - 1) || tokens.get(first - 1).is_some_and(Token::is_number)) {
        first -= 1;
    }
    let mut last = end;
    while glue(last) || tokens.get(last).is_some_and(Token::is_number) {
        last += 1;
    }
    let run = tokens.get(first..last).unwrap_or_default();
    let count: usize = run.iter().map(|token| token.text.chars().filter(char::is_ascii_digit).count()).sum();
    let plus = run.iter().any(|token| token.text == "+");
    let iso = run.len() == 5 && run.first().is_some_and(|year| year.text.len() == 4);
    if (count >= 7 && !iso && run.len() > end - start) || plus {
        return true;
    }
    let money = |word: &str| {
        matches!(
            word,
            "€" | "$"
                | "₸"
                | "₽"
                | "£"
                | "eur"
                | "euro"
                | "euros"
                | "евро"
                | "тенге"
                | "тг"
                | "теңге"
                | "руб"
                | "рублей"
                | "usd"
                | "kzt"
                | "%"
        )
    };
    money(word_at(tokens, end)) || money(word_before(tokens, start, 1))
}

#[cfg(test)]
mod tests;
