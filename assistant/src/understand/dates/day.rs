//! Days: relative ones, weekdays, and days of the calendar.

use super::{digits_at, is_phone_or_sum, touches, word_at, word_before};
use crate::stem::plain;
use crate::understand::numbers::{NumberKind, number_at};
use domain::language::Language;
use domain::text::{Token, fold};
use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Zoned};
use std::collections::HashMap;
use std::sync::OnceLock;

/// How sure a date is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// May be something else (a bare "5/3", "05.03").
    Possible,
    /// Meant as a date.
    Certain,
}

/// A day in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateMention {
    /// The day.
    pub date: Date,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
    /// How sure.
    pub certainty: Certainty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    Weekday(i8),
    Month(i8),
    Day(i64),
}

fn calendar() -> &'static HashMap<String, Word> {
    static CALENDAR: OnceLock<HashMap<String, Word>> = OnceLock::new();
    CALENDAR.get_or_init(|| {
        let mut calendar = HashMap::new();
        for row in include_str!("../../../lexicon/calendar.tsv").lines().filter(|row| !row.starts_with('#')) {
            let mut cells = row.split('|');
            let (Some(kind), Some(number), Some(words)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let number: i8 = number.parse().unwrap_or(0);
            let word = match kind {
                "weekday" => Word::Weekday(number),
                "month" => Word::Month(number),
                _ => Word::Day(i64::from(number)),
            };
            for form in words.split(',').map(fold) {
                calendar.entry(plain(&form)).or_insert(word);
                calendar.insert(form, word);
            }
        }
        calendar
    })
}

fn calendar_word(tokens: &[Token], index: usize) -> Option<Word> {
    tokens.get(index).filter(|token| token.is_word()).and_then(|token| calendar().get(&token.folded).copied())
}

/// The month a word names, and whether the word means nothing else.
fn month_at(tokens: &[Token], index: usize) -> Option<i8> {
    match calendar_word(tokens, index) {
        Some(Word::Month(month)) => Some(month),
        _ => None,
    }
}

struct Found {
    date: Date,
    end: usize,
    certainty: Certainty,
}

impl Found {
    const fn certain(date: Date, end: usize) -> Self {
        Self { date, end, certainty: Certainty::Certain }
    }
}

/// Days named in a text, in its order. Days and months are read day first in every language.
#[must_use]
pub fn dates(tokens: &[Token], now: &Zoned, language: Option<Language>) -> Vec<DateMention> {
    let today = now.date();
    let mut found: Vec<DateMention> = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        match day_at(tokens, index, today, language) {
            Some(day) => {
                let start_token = index;
                index = day.end;
                // "Wednesday 4 March" is one day, and the date in digits decides.
                match found.last_mut() {
                    Some(last) if joins(tokens, last.end_token, start_token) && belongs(tokens, last, start_token) => {
                        last.date = day.date;
                        last.end_token = day.end;
                        last.certainty = Certainty::Certain;
                    }
                    _ => found.push(DateMention {
                        date: day.date,
                        start_token,
                        end_token: day.end,
                        certainty: day.certainty,
                    }),
                }
            }
            None => index += 1,
        }
    }
    found
}

/// Whether only a comma, an article or "the" stands between.
fn joins(tokens: &[Token], end: usize, start: usize) -> bool {
    start >= end
        && (end..start)
            .all(|index| matches!(word_at(tokens, index), "," | "the" | "el" | "dia" | "(" | "күні" | "число" | "on"))
}

/// A weekday before a date, or "tomorrow" before either, is the same day told twice.
fn belongs(tokens: &[Token], last: &DateMention, start: usize) -> bool {
    let named = |index: usize| calendar_word(tokens, index);
    let weekday_before =
        (last.start_token..last.end_token).any(|index| matches!(named(index), Some(Word::Weekday(_) | Word::Day(_))));
    let date_after = tokens.get(start).is_some_and(Token::is_number) || matches!(named(start), Some(Word::Month(_)));
    weekday_before && date_after
}

fn day_at(tokens: &[Token], index: usize, today: Date, language: Option<Language>) -> Option<Found> {
    relative(tokens, index, today)
        .or_else(|| counted(tokens, index, today))
        .or_else(|| weekday(tokens, index, today, language))
        .or_else(|| month_named(tokens, index, today))
        .or_else(|| in_digits(tokens, index, today))
        .or_else(|| day_of_month(tokens, index, today))
}

fn plus_days(date: Date, days: i64) -> Option<Date> {
    date.checked_add(days.days()).ok()
}

fn relative(tokens: &[Token], index: usize, today: Date) -> Option<Found> {
    let word = word_at(tokens, index);
    let next = word_at(tokens, index + 1);
    match word {
        "day" if next == "after" && matches!(word_at(tokens, index + 2), "tomorrow" | "tomorow" | "tmrw") => {
            return plus_days(today, 2).map(|date| Found::certain(date, index + 3));
        }
        "pasado" if matches!(next, "manana") => {
            return plus_days(today, 2).map(|date| Found::certain(date, index + 2));
        }
        "после" if next == "завтра" => {
            return plus_days(today, 2).map(|date| Found::certain(date, index + 2));
        }
        "manana" => {
            // "por la mañana", "de la mañana", "esta mañana": the morning.
            let before = word_before(tokens, index, 1);
            if matches!(before, "la" | "esta" | "buena" | "una" | "las") {
                return None;
            }
            return plus_days(today, 1).map(|date| Found::certain(date, index + 1));
        }
        "esta" | "this" if matches!(next, "noche" | "tarde" | "manana" | "evening" | "afternoon" | "morning") => {
            return Some(Found::certain(today, index + 1));
        }
        "now" | "ahora" | "сейчас" | "қазір" => return None,
        _ => {}
    }
    match calendar_word(tokens, index) {
        Some(Word::Day(days)) => plus_days(today, days).map(|date| Found::certain(date, index + 1)),
        _ => None,
    }
}

/// "in three days", "через неделю", "dentro de dos semanas", "үш күннен кейін".
fn counted(tokens: &[Token], index: usize, today: Date) -> Option<Found> {
    let (mut at, leading) = match word_at(tokens, index) {
        "in" | "через" | "спустя" => (index + 1, true),
        "dentro" if word_at(tokens, index + 1) == "de" => (index + 2, true),
        "en" => (index + 1, true),
        _ => (index, false),
    };
    let mut count = 1;
    let mut counted = false;
    if matches!(word_at(tokens, at), "a" | "an") {
        at += 1;
    } else if let Some(number) = number_at(tokens, at).filter(|number| number.kind == NumberKind::Cardinal) {
        count = number.value;
        at = number.end_token;
        counted = true;
    }
    let unit = match word_at(tokens, at) {
        "day" | "days" | "dia" | "dias" | "день" | "дня" | "дней" | "денек" | "күннен" | "күн" | "куннен" => {
            1
        }
        "week" | "weeks" | "semana" | "semanas" | "неделю" | "недели" | "недель" | "недельку" | "аптадан" | "апта" => {
            7
        }
        _ => return None,
    };
    let trailing = match word_at(tokens, at + 1) {
        "кейін" | "кейин" | "соң" | "later" => true,
        "from" if word_at(tokens, at + 2) == "now" => true,
        _ => false,
    };
    if !(leading || trailing) || count > 366 {
        return None;
    }
    // "en una semana" waits, "en dos días" too; "en día" is nothing.
    if word_at(tokens, index) == "en" && !counted {
        return None;
    }
    plus_days(today, count * unit).map(|date| Found::certain(date, at + 1 + usize::from(trailing)))
}

/// The next such weekday, today excluded; "next" in the week after this one.
fn weekday(tokens: &[Token], index: usize, today: Date, language: Option<Language>) -> Option<Found> {
    let Some(Word::Weekday(number)) = calendar_word(tokens, index) else {
        return None;
    };
    let word = word_at(tokens, index);
    // Two-letter short forms only after a preposition or with a full stop.
    let short = word.chars().count() <= 2;
    if short
        && !matches!(word_before(tokens, index, 1), "в" | "во" | "на" | ",")
        && word_at(tokens, index + 1) != "."
        && index > 0
    {
        return None;
    }
    // "среда", "mar" and "sun" mean other things; "Wed" and "Mon" need not.
    if word == "среды" && word_before(tokens, index, 1) == "окружающей" {
        return None;
    }
    let weekday = Weekday::from_monday_one_offset(number).ok()?;
    let ahead =
        (i64::from(weekday.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset())).rem_euclid(7);
    let ahead = if ahead == 0 { 7 } else { ahead };
    let before = word_before(tokens, index, 1);
    let second_before = word_before(tokens, index, 2);
    let after = word_at(tokens, index + 1);
    let next_word = |word: &str| {
        matches!(
            word,
            "next"
                | "proximo"
                | "proxima"
                | "следующий"
                | "следующую"
                | "следующее"
                | "следующая"
                | "следующей"
                | "след"
                | "келесі"
                | "келеси"
        )
    };
    let mut end = index + 1;
    let mut next = next_word(before) || (matches!(before, "." | "el") && next_word(second_before));
    if matches!(after, "que") && word_at(tokens, index + 2) == "viene" {
        end = index + 3;
    } else if matches!(after, "proximo") {
        end = index + 2;
        next = true;
    } else if matches!(after, "next") && word_at(tokens, index + 2) == "week" {
        end = index + 3;
        next = true;
    } else if after == "күні" || after == "куни" {
        end = index + 2;
    }
    if matches!(before, "аптаның" | "неделе" | "week") || matches!(second_before, "келесі" | "следующей" | "next")
    {
        next = next || second_before == "келесі" || second_before == "следующей" || second_before == "next";
    }
    if matches!(before, "last" | "pasado" | "прошлую" | "прошлый" | "прошлое" | "өткен") || after == "pasado"
    {
        return None;
    }
    next = next || is_in_next_week(tokens, index);
    // "sábado 7": the day of the month that is such a weekday.
    if let Some((day, after_day)) = day_number(tokens, end)
        && tokens.get(end).is_some_and(Token::is_number)
        && !matches!(word_at(tokens, after_day), ":" | "h" | "am" | "pm")
        && let Some(date) = (0..=1).find_map(|months: i64| {
            let first = today.first_of_month().checked_add(months.months()).ok()?;
            Date::new(first.year(), first.month(), day).ok().filter(|date| *date >= today)
        })
        && date.weekday() == weekday
        && month_at(tokens, after_day).is_none()
        && !matches!(word_at(tokens, after_day), "of" | "de" | "-")
    {
        return Some(Found::certain(date, after_day));
    }
    // Spanish "el próximo viernes" is the coming one; elsewhere "next Friday" is that of the week to come.
    let spanish = language == Some(Language::Es)
        || matches!(word, "lunes" | "martes" | "miercoles" | "jueves" | "viernes" | "sabado" | "domingo");
    let days = if (next && !spanish) || is_in_next_week(tokens, index) {
        let to_monday = 7 - i64::from(today.weekday().to_monday_zero_offset());
        to_monday + i64::from(weekday.to_monday_zero_offset())
    } else {
        ahead
    };
    plus_days(today, days).map(|date| Found::certain(date, end))
}

/// "next week on Tuesday", "на следующей неделе во вторник", "la semana que viene el martes".
fn is_in_next_week(tokens: &[Token], index: usize) -> bool {
    (1..=5).filter_map(|back| index.checked_sub(back)).any(|at| {
        let week = matches!(word_at(tokens, at), "week" | "неделе" | "неделю" | "аптада" | "аптаның" | "semana");
        let before =
            matches!(word_before(tokens, at, 1), "next" | "следующей" | "следующую" | "келесі" | "келеси" | "proxima");
        week && (before || (word_at(tokens, at + 1) == "que" && word_at(tokens, at + 2) == "viene"))
    })
}

/// A day this year, or next year when its month is past by more than one.
fn in_year(today: Date, month: i8, day: i8, year: Option<i16>) -> Option<Date> {
    let date = Date::new(year.unwrap_or_else(|| today.year()), month, day);
    if let Some(year) = year {
        return Date::new(year, month, day).ok();
    }
    let this_year = date.ok();
    let behind = i32::from(today.month()) - i32::from(month);
    let long_past =
        behind > 1 || (behind == 1 && this_year.is_some_and(|date| date < today && today.month() - month > 1));
    match this_year {
        Some(date) if !long_past => Some(date),
        _ => Date::new(today.year() + 1, month, day).ok(),
    }
}

fn day_number(tokens: &[Token], index: usize) -> Option<(i8, usize)> {
    let number =
        number_at(tokens, index).filter(|number| matches!(number.kind, NumberKind::Cardinal | NumberKind::Ordinal))?;
    let exact = number.hundredths % 100 == 0 && (1..=31).contains(&number.value);
    let whole = tokens.get(index).is_some_and(|token| !token.is_number() || token.text.len() <= 2);
    (exact && whole).then(|| i8::try_from(number.value).ok().map(|day| (day, number.end_token))).flatten()
}

fn year_at(tokens: &[Token], index: usize) -> (Option<i16>, usize) {
    let mut at = index;
    while matches!(word_at(tokens, at), "," | "de" | "del" | "of") {
        at += 1;
    }
    match digits_at(tokens, at).filter(|year| (2000..2100).contains(year)).and_then(|year| i16::try_from(year).ok()) {
        Some(year) => {
            let word = matches!(word_at(tokens, at + 1), "года" | "год" | "жылы" | "жыл" | "г");
            (Some(year), at + 1 + usize::from(word))
        }
        None => (None, index),
    }
}

/// "5 марта", "4th of March", "March 5th", "5 de marzo", "5 наурыз", "наурыздың 5-і".
fn month_named(tokens: &[Token], index: usize, today: Date) -> Option<Found> {
    if let Some((day, mut at)) = day_number(tokens, index) {
        while matches!(word_at(tokens, at), "of" | "de" | "-" | "го" | "ое" | "е" | "числа" | "th") {
            at += 1;
        }
        let month = month_at(tokens, at)?;
        let (year, end) = year_at(tokens, at + 1);
        let end = if matches!(word_at(tokens, end), "күні") { end + 1 } else { end };
        return in_year(today, month, day, year).map(|date| Found::certain(date, end));
    }
    let month = month_at(tokens, index)?;
    // "May I…", "mar" alone: only with a day behind, not with a unit behind that.
    let mut at = index + 1;
    if word_at(tokens, at) == "the" {
        at += 1;
    }
    let (day, end) = day_number(tokens, at)?;
    let english = matches!(
        word_at(tokens, index),
        "january"
            | "february"
            | "march"
            | "april"
            | "may"
            | "june"
            | "july"
            | "august"
            | "september"
            | "october"
            | "november"
            | "december"
            | "jan"
            | "feb"
            | "apr"
            | "jun"
            | "jul"
            | "aug"
            | "sep"
            | "sept"
            | "oct"
            | "nov"
            | "dec"
    );
    let kazakh = word_at(tokens, index).ends_with("дың") || word_at(tokens, index).ends_with("дын");
    if !(english || kazakh) || word_at(tokens, end) == ":" {
        return None;
    }
    let (year, end) = year_at(tokens, end);
    in_year(today, month, day, year).map(|date| Found::certain(date, end))
}

/// "2026-03-05", "05.03.2026", "05.03", "5/3".
fn in_digits(tokens: &[Token], index: usize, today: Date) -> Option<Found> {
    let token = tokens.get(index).filter(|token| token.is_number())?;
    let before = word_before(tokens, index, 1);
    let glued_before = index > 0 && touches(tokens, index - 1) && !matches!(before, "(" | "«" | "\"");
    if glued_before {
        return None;
    }
    // 2026-03-05, 2026/03/05
    let dash = word_at(tokens, index + 1);
    if matches!(dash, "-" | "/" | "–") && touches(tokens, index) && touches(tokens, index + 1) {
        let (first, second) = (digits_at(tokens, index)?, digits_at(tokens, index + 2)?);
        let third_glued =
            touches(tokens, index + 2) && word_at(tokens, index + 3) == dash && touches(tokens, index + 3);
        let third = if third_glued { digits_at(tokens, index + 4) } else { None };
        if touches(tokens, index + 2) && !third_glued && matches!(word_at(tokens, index + 3), "-" | "/" | "%") {
            return None;
        }
        return match third {
            Some(third) if token.text.len() == 4 => {
                exact(first, second, third).map(|date| Found::certain(date, index + 5))
            }
            Some(third) if touches(tokens, index + 4) && word_at(tokens, index + 5) == "-" => {
                let _ = third;
                None
            }
            Some(third) => exact(full_year(third)?, second, first).map(|date| Found::certain(date, index + 5)),
            // "12-34" may be a phone, "20-25" a range, "1/2" a half.
            None if dash == "/"
                && !third_glued
                && !(first == 1 && (2..=4).contains(&second) && has_unit(tokens, index + 3)) =>
            {
                possible(tokens, index, index + 3, first, second, today)
            }
            None => None,
        };
    }
    // 05.03.2026, 05.03, 5.3
    let parts: Vec<&str> = token.text.split('.').collect();
    if token.text.contains(',') {
        return None;
    }
    match parts.as_slice() {
        [day, month, year] if day.len() <= 2 && month.len() <= 2 && (year.len() == 4 || year.len() == 2) => {
            exact(full_year(year.parse().ok()?)?, month.parse().ok()?, day.parse().ok()?)
                .map(|date| Found::certain(date, index + 1))
        }
        [day, month] if day.len() <= 2 && month.len() == 2 => {
            let (day, month) = (day.parse().ok()?, month.parse().ok()?);
            if has_unit(tokens, index + 1) || is_phone_or_sum(tokens, index, index + 1) {
                return None;
            }
            possible(tokens, index, index + 1, day, month, today)
        }
        _ => None,
    }
}

fn full_year(year: i64) -> Option<i64> {
    match year {
        0..=99 => Some(2000 + year),
        2000..=2099 => Some(year),
        _ => None,
    }
}

fn exact(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok().filter(|year| (2000..2100).contains(year))?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

fn possible(tokens: &[Token], start: usize, end: usize, day: i64, month: i64, today: Date) -> Option<Found> {
    if is_phone_or_sum(tokens, start, end) {
        return None;
    }
    let date = in_year(today, i8::try_from(month).ok()?, i8::try_from(day).ok()?, None)?;
    let certain = matches!(word_before(tokens, start, 1), "on" | "el" | "на" | "dia" | "for" | "числа");
    Some(Found { date, end, certainty: if certain { Certainty::Certain } else { Certainty::Possible } })
}

/// "5 числа", "el día 5", "on the 5th", "5-го", "айдың 5-і": the next day of that number.
fn day_of_month(tokens: &[Token], index: usize, today: Date) -> Option<Found> {
    let (day, mut end) = day_number(tokens, index)?;
    let before = word_before(tokens, index, 1);
    let second_before = word_before(tokens, index, 2);
    let mut after = word_at(tokens, end);
    if after == "-" && matches!(word_at(tokens, end + 1), "го" | "е" | "ое") {
        end += 2;
        after = word_at(tokens, end);
    }
    let numbered = matches!(after, "числа" | "число" | "числу");
    let spanish = before == "dia" && matches!(second_before, "el" | "del" | "al" | "para" | "");
    let english = before == "the" && matches!(second_before, "on" | "for") && {
        let ordinal = number_at(tokens, index).is_some_and(|number| number.kind == NumberKind::Ordinal);
        ordinal
            && !tokens.get(end).is_some_and(|token| {
                token.is_word() && !matches!(token.folded.as_str(), "at" | "please" | "in" | "if" | "then")
            })
    };
    let kazakh = matches!(before, "айдың" | "айдын");
    // "el 15 por la mañana", "el 15 a las 10".
    let spanish = spanish
        || (before == "el"
            && matches!((after, word_at(tokens, end + 1)), ("por", "la") | ("a", "las" | "la") | ("al", "mediodia")));
    if !(numbered || spanish || english || kazakh) {
        return None;
    }
    let end = if numbered { end + 1 } else { end };
    let this_month = Date::new(today.year(), today.month(), day).ok().filter(|date| *date >= today);
    let date = this_month.or_else(|| {
        (1..=2).find_map(|months: i64| {
            let first = today.first_of_month().checked_add(months.months()).ok()?;
            Date::new(first.year(), first.month(), day).ok()
        })
    })?;
    Some(Found::certain(date, end))
}

fn has_unit(tokens: &[Token], index: usize) -> bool {
    tokens.get(index).is_some_and(|token| {
        matches!(
            token.folded.as_str(),
            "kg" | "кг"
                | "l"
                | "л"
                | "g"
                | "г"
                | "kilo"
                | "kilos"
                | "кило"
                | "cm"
                | "см"
                | "m"
                | "м"
                | "litros"
                | "литра"
                | "h"
                | "ч"
                | "часа"
                | "horas"
                | "hours"
                | "€"
                | "$"
                | "₸"
                | "₽"
                | "£"
                | "eur"
                | "euro"
                | "euros"
                | "евро"
                | "тенге"
                | "тг"
                | "руб"
                | "рублей"
                | "%"
        )
    })
}
