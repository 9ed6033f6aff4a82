//! Times of day and parts of the day.

use super::around::{is_free_of_nouns, is_noun_like, is_wait, stands_alone, touches_digits_before};
use super::{is_phone_or_sum, touches, word_at, word_before};
use crate::understand::numbers::cardinal_word;
use domain::language::Language;
use domain::text::Token;
use jiff::civil::Time;

/// A time of day in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeMention {
    /// The time.
    pub time: Time,
    /// Whether nothing said which half of the day is meant ("at 3"): the opening hours decide.
    pub vague: bool,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// The half of the day a word sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    Morning,
    Noon,
    Afternoon,
    Evening,
    Night,
}

/// A part of the day, and how many tokens name it.
pub(super) fn part_at(tokens: &[Token], index: usize) -> Option<(Half, usize)> {
    tokens.get(index)?;
    let word = word_at(tokens, index);
    let next = word_at(tokens, index + 1);
    let second = word_at(tokens, index + 2);
    Some(match word {
        "am" => (Half::Morning, 1),
        "pm" => (Half::Afternoon, 1),
        "a" | "p" if next == "." && second == "m" => {
            let dot = usize::from(word_at(tokens, index + 3) == ".");
            (if word == "a" { Half::Morning } else { Half::Afternoon }, 3 + dot)
        }
        "in" if matches!(next, "the") => {
            let (half, _) = part_at(tokens, index + 2)?;
            (half, 3)
        }
        "at" if matches!(next, "night") => (Half::Night, 2),
        "de" | "por" | "en" if next == "la" => match second {
            "manana" => (Half::Morning, 3),
            "tarde" => (Half::Afternoon, 3),
            "noche" => (Half::Night, 3),
            "madrugada" => (Half::Night, 3),
            _ => return None,
        },
        "al" | "a" if next == "mediodia" => (Half::Noon, 2),
        "del" if next == "mediodia" => (Half::Noon, 2),
        "morning" | "утра" | "утром" | "таңғы" | "таңертең" | "таңертеңгі" | "тангы" | "танертен" | "танертенги" => {
            (Half::Morning, 1)
        }
        "afternoon" | "дня" | "днем" | "түстен" | "күндіз" | "күндізгі" | "tarde" | "после"
            if word != "после" || next == "обеда" =>
        {
            let two = (word == "после") || (word == "түстен" && matches!(next, "кейін" | "кейин"));
            (Half::Afternoon, 1 + usize::from(two))
        }
        "evening" | "tonight" | "вечера" | "вечером" | "кешкі" | "кешке" | "кешкисин" | "кешкісін" | "кешки"
        | "noche" => (Half::Evening, 1),
        "night" | "ночи" | "ночью" | "түнгі" | "түнде" => (Half::Night, 1),
        _ => return None,
    })
}

pub(super) fn on_clock(hour: i64, minute: i64, half: Option<Half>) -> Option<Time> {
    let hour = match half {
        Some(Half::Morning) => match hour {
            12 => 0,
            13.. => return None,
            _ => hour,
        },
        Some(Half::Noon) => {
            if hour <= 3 {
                hour + 12
            } else {
                hour
            }
        }
        Some(Half::Afternoon | Half::Evening) if (1..=11).contains(&hour) => hour + 12,
        Some(Half::Night) => match hour {
            12 => 0,
            7..=11 => hour + 12,
            _ => hour,
        },
        _ => hour,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

/// An hour in digits or words, with minutes glued by a colon, point or h: hour, minute, end, and whether minutes were said.
fn hour_at(tokens: &[Token], index: usize, bent: bool) -> Option<(i64, i64, usize, bool)> {
    let token = tokens.get(index)?;
    if token.is_word() {
        let mut hour = cardinal_word(&token.folded, bent)?;
        let mut end = index + 1;
        // Kazakh "он бірде", Spanish "veinte": only Kazakh eleven and twelve have two words.
        if hour == 10
            && token.folded == "он"
            && let Some(unit @ 1..=9) = tokens.get(end).and_then(|next| cardinal_word(&next.folded, bent))
        {
            hour += unit;
            end += 1;
        }
        return (0..=24).contains(&hour).then_some((hour, 0, end, false));
    }
    if !token.is_number() {
        return None;
    }
    let glued = |at: usize| touches(tokens, at);
    // 17.30 (but 5.03 is a date or a sum)
    if let Some((hours, minutes)) = token.text.split_once('.') {
        let (hour, minute) = (hours.parse().ok()?, minutes.parse().ok()?);
        return (hours.len() <= 2 && minutes.len() == 2 && (0..24).contains(&hour) && (0..60).contains(&minute))
            .then_some((hour, minute, index + 1, true));
    }
    if token.text.len() > 2 {
        return None;
    }
    let hour: i64 = token.text.parse().ok()?;
    if !(0..=24).contains(&hour) {
        return None;
    }
    let mark = word_at(tokens, index + 1);
    if matches!(mark, ":" | "h") && glued(index) {
        let minute = tokens.get(index + 2).filter(|next| next.is_number() && next.text.len() == 2 && glued(index + 1));
        if let Some(minute) = minute.and_then(|next| next.text.parse::<i64>().ok()) {
            return (hour < 24 && minute < 60).then_some((hour, minute, index + 3, true));
        }
        if mark == "h" && !tokens.get(index + 2).is_some_and(|next| next.is_number() && glued(index + 1)) {
            return Some((hour, 0, index + 2, false));
        }
        return None;
    }
    Some((hour, 0, index + 1, false))
}

/// Minutes told in words behind an hour: "y media", "menos cuarto", "жарым", "с половиной", "thirty".
fn minutes_behind(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    let next = word_at(tokens, at + 1);
    Some(match word_at(tokens, at) {
        "y" | "i" if next == "media" => (30, at + 2),
        "y" if next == "cuarto" => (15, at + 2),
        "menos" if next == "cuarto" => (-15, at + 2),
        "y" | "menos" => {
            let sign = if word_at(tokens, at) == "y" { 1 } else { -1 };
            let number = crate::understand::numbers::number_at(tokens, at + 1)
                .filter(|number| (5..=55).contains(&number.value) && number.value % 5 == 0)?;
            // "a las 5 y 20 rosas" is an hour and a quantity.
            let noun = tokens
                .get(number.end_token)
                .is_some_and(|next| next.is_word() && !matches!(next.folded.as_str(), "de" | "por" | "en" | "minutos"));
            if noun {
                return None;
            }
            (sign * number.value, number.end_token)
        }
        "жарым" => (30, at + 1),
        "thirty" => (30, at + 1),
        "fifteen" => (15, at + 1),
        "с" if next == "половиной" => (30, at + 2),
        _ => return None,
    })
}

pub(super) struct Clock {
    pub(super) time: Time,
    pub(super) vague: bool,
    pub(super) end: usize,
}

/// Times named in a text, in its order. `asked`: a time was asked for, so that a bare "11" is one.
///
/// The language is not needed so far: no word of one language is a time in another. Hours without a half of the day are
/// read as said ("at 5" is 05:00); the caller knows the opening hours.
#[must_use]
pub fn times(tokens: &[Token], _language: Option<Language>, asked: bool) -> Vec<TimeMention> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        match time_at(tokens, index, asked) {
            // "18:00-ге дейін", "17:00-ден кейін" name a part of the day.
            Some(clock) if bound_behind(tokens, clock.end).is_some() => index = clock.end,
            Some(clock) => {
                found.push(TimeMention {
                    time: clock.time,
                    vague: clock.vague,
                    start_token: index,
                    end_token: clock.end,
                });
                index = clock.end;
            }
            None => index += 1,
        }
    }
    found
}

/// Kazakh "until" and "after" behind a time: whether later is meant.
pub(super) fn bound_behind(tokens: &[Token], end: usize) -> Option<bool> {
    match word_at(tokens, end) {
        "кейін" | "кейин" | "соң" | "сон" => Some(true),
        "дейін" | "дейин" | "шейін" | "шейин" => Some(false),
        _ => None,
    }
}

pub(super) fn time_at(tokens: &[Token], index: usize, asked: bool) -> Option<Clock> {
    named(tokens, index)
        .or_else(|| english_half(tokens, index))
        .or_else(|| russian_half(tokens, index))
        .or_else(|| counted(tokens, index, asked))
}

/// "noon", "midnight", "полдень", "al mediodía", "тал түсте".
fn named(tokens: &[Token], index: usize) -> Option<Clock> {
    let clock = |hour: i8, length: usize| {
        Some(Clock { time: Time::constant(hour, 0, 0, 0), vague: false, end: index + length })
    };
    match word_at(tokens, index) {
        "noon" | "midday" | "полдень" | "полдня" => clock(12, 1),
        "mediodia" if matches!(word_before(tokens, index, 1), "al" | "a" | "") => clock(12, 1),
        "midnight" | "полночь" | "medianoche" => clock(0, 1),
        "тал" if matches!(word_at(tokens, index + 1), "түсте" | "тусте") => clock(12, 2),
        _ => None,
    }
}

/// "half past ten", "quarter to five", "ten past three".
fn english_half(tokens: &[Token], index: usize) -> Option<Clock> {
    let mut at = index;
    if word_at(tokens, at) == "a" {
        at += 1;
    }
    let minutes = match word_at(tokens, at) {
        "half" => 30,
        "quarter" => 15,
        _ => crate::understand::numbers::number_at(tokens, at)
            .filter(|number| number.end_token == at + 1)
            .map(|number| number.value)?,
    };
    if !(1..60).contains(&minutes) {
        return None;
    }
    let past = match word_at(tokens, at + 1) {
        "past" => true,
        "to" | "till" if matches!(minutes, 5 | 10 | 15 | 20 | 25) && word_at(tokens, at) != "half" => false,
        _ => return None,
    };
    let (hour, _, end, exact) = hour_at(tokens, at + 2, false)?;
    if exact || !(1..=12).contains(&hour) {
        return None;
    }
    // "10 to 12 roses" is a range.
    if !past && tokens.get(at).is_some_and(Token::is_number) {
        return None;
    }
    let (half, length) = part_at(tokens, end).map_or((None, 0), |(half, length)| (Some(half), length));
    let (hour, minute) = if past { (hour, minutes) } else { (if hour == 1 { 12 } else { hour - 1 }, 60 - minutes) };
    on_clock(hour, minute, half).map(|time| Clock { time, vague: half.is_none(), end: end + length })
}

/// "половина шестого", "полшестого", "без четверти пять", "пол пятого".
fn russian_half(tokens: &[Token], index: usize) -> Option<Clock> {
    let ordinal = |word: &str| {
        [
            "первого",
            "второго",
            "третьего",
            "четвертого",
            "пятого",
            "шестого",
            "седьмого",
            "восьмого",
            "девятого",
            "десятого",
            "одиннадцатого",
            "двенадцатого",
        ]
        .iter()
        .position(|hour| *hour == word)
        .and_then(|position| i64::try_from(position).ok())
    };
    let word = word_at(tokens, index);
    let (hour, minute, end) = if let Some(previous) = word.strip_prefix("пол").and_then(ordinal) {
        (previous, 30, index + 1)
    } else if matches!(word, "пол" | "половина" | "половине" | "половину") {
        let dash = usize::from(word_at(tokens, index + 1) == "-");
        (ordinal(word_at(tokens, index + 1 + dash))?, 30, index + 2 + dash)
    } else if word == "без"
        && matches!(
            word_at(tokens, index + 1),
            "четверти"
                | "пятнадцати"
                | "десяти"
                | "пяти"
                | "двадцати"
                | "15"
                | "10"
                | "5"
                | "20"
        )
    {
        let missing = match word_at(tokens, index + 1) {
            "десяти" | "10" => 10,
            "пяти" | "5" => 5,
            "двадцати" | "20" => 20,
            _ => 15,
        };
        let (hour, _, end, _) = hour_at(tokens, index + 2, false)?;
        (hour - 1, 60 - missing, end)
    } else {
        return None;
    };
    let hour = if hour == 0 { 12 } else { hour };
    let (half, length) = part_at(tokens, end).map_or((None, 0), |(half, length)| (Some(half), length));
    on_clock(hour, minute, half).map(|time| Clock { time, vague: half.is_none(), end: end + length })
}

/// Words before an hour that say that a time follows.
pub(super) fn leads(tokens: &[Token], index: usize) -> bool {
    let before = word_before(tokens, index, 1);
    let second = word_before(tokens, index, 2);
    match before {
        "at" | "в" | "во" | "@" | "сағат" | "сагат" | "часов" => true,
        // "к пяти", "до 6", "после 5", "с 10": hours only with a word for them.
        "las" | "la" => matches!(second, "a" | "sobre" | "hacia" | "para" | "desde" | "hasta" | "de" | "tras"),
        "около" | "about" | "around" => matches!(second, "at" | "в"),
        _ => false,
    }
}

fn counted(tokens: &[Token], index: usize, asked: bool) -> Option<Clock> {
    let before = word_before(tokens, index, 1);
    // "кешкі бесте", "таңғы сағат 9-да": the half of the day stands before.
    let half_before = match part_at(tokens, index.wrapping_sub(1)) {
        Some((half, 1)) if index > 0 => Some(half),
        _ => match part_at(tokens, index.wrapping_sub(2)) {
            // "Через три дня в 11": such a word belongs to the number before it.
            Some((half, 1))
                if index > 1
                    && matches!(before, "сағат" | "сагат" | "в" | "at")
                    && !matches!(word_before(tokens, index, 2), "дня" | "утра" | "вечера" | "ночи") =>
            {
                Some(half)
            }
            // "түстен кейін 4-те", "түстен кейін сағат 4-те"
            _ => {
                let back = if matches!(before, "сағат" | "сагат") { 3 } else { 2 };
                index
                    .checked_sub(back)
                    .and_then(|at| part_at(tokens, at))
                    .filter(|(_, length)| *length == 2 && word_at(tokens, index - back).starts_with("түстен"))
                    .map(|(half, _)| half)
            }
        },
    };
    let led = leads(tokens, index);
    let kazakh_led = matches!(before, "сағат" | "сагат") || half_before.is_some() && is_kazakh_part(tokens, index);
    let (hour, minute, mut end, exact) = hour_at(tokens, index, true)?;
    let token = tokens.get(index)?;
    // A word with a Kazakh case of its own ("бесте", "онға") is bent.
    let bent = token.is_word() && cardinal_word(&token.folded, false).is_none();
    if touches_digits_before(tokens, index) || is_phone_or_sum(tokens, index, end) {
        return None;
    }
    // A point is a time only where one is expected.
    let pointed = token.text.contains('.');
    let mut hour = hour;
    let mut minute = minute;
    if !exact && let Some((behind, after)) = minutes_behind(tokens, end) {
        let spanish_led = led && matches!(before, "las" | "la");
        if spanish_led || led || kazakh_led {
            minute = behind;
            end = after;
            if minute < 0 {
                hour -= 1;
                minute += 60;
            }
        }
    } else if !exact && led && matches!(before, "в" | "at" | "сағат" | "сагат") {
        // "в 10 30", "сағат 10 30"
        let spoken =
            tokens.get(end).filter(|next| next.is_number() && matches!(next.text.as_str(), "00" | "15" | "30" | "45"));
        if spoken.is_some() && !tokens.get(end + 1).is_some_and(|next| next.is_word() && is_noun_like(&next.folded)) {
            minute = spoken.and_then(|next| next.text.parse().ok()).unwrap_or(0);
            end += 1;
        }
    }
    // "-де", "-ге": the case behind digits.
    let mut suffixed = false;
    if word_at(tokens, end) == "-"
        && matches!(
            word_at(tokens, end + 1),
            "де" | "да"
                | "те"
                | "та"
                | "ге"
                | "га"
                | "ға"
                | "ке"
                | "ка"
                | "қа"
                | "ден"
                | "дан"
                | "тен"
                | "тан"
        )
    {
        suffixed = true;
        end += 2;
    }
    let mut hours_word = false;
    if matches!(
        word_at(tokens, end),
        "часов"
            | "часа"
            | "час"
            | "ч"
            | "horas"
            | "hora"
            | "hrs"
            | "h"
            | "hours"
            | "o"
            | "oclock"
            | "сағатта"
            | "сағатқа"
            | "сагатта"
            | "сагатка"
    ) {
        let clock = word_at(tokens, end) == "o" && matches!(word_at(tokens, end + 1), "'" | "’" | "clock");
        if word_at(tokens, end) != "o" {
            hours_word = true;
            end += 1;
        } else if clock {
            hours_word = true;
            end += if word_at(tokens, end + 1) == "clock" { 2 } else { 3 };
        }
    }
    let mut half = half_before;
    let mut half_behind = false;
    if let Some((behind, length)) = part_at(tokens, end) {
        // "3 дня" are three days unless "в 3 дня".
        let days = matches!(word_at(tokens, end), "дня") && !led;
        // "5 evening make-ups" are not five o'clock.
        let ambiguous = matches!(
            word_at(tokens, end),
            "evening"
                | "morning"
                | "night"
                | "noche"
                | "tarde"
                | "afternoon"
                | "tonight"
                | "кешке"
                | "вечером"
                | "утром"
                | "днем"
        ) && !led
            && !exact;
        if !days && !ambiguous {
            half = Some(behind);
            half_behind = true;
            end += length;
        }
    }
    let clocked = matches!(
        word_at(tokens, end.saturating_sub(1)),
        "clock" | "сағатта" | "сағатқа" | "сагатта" | "сагатка" | "hrs" | "h"
    );
    let lone = asked && stands_alone(tokens, index, end);
    let evident = (exact && (!pointed || led || lone))
        || half_behind
        || (kazakh_led && (bent || half_before.is_some() || matches!(before, "сағат" | "сагат")))
        || (led && is_free_of_nouns(tokens, end, hours_word) && !is_wait(tokens, index))
        || (clocked
            && token.is_number()
            && (6..=23).contains(&hour)
            && word_at(tokens, end.saturating_sub(1)) != "h"
            && led)
        || (word_at(tokens, end.saturating_sub(1)) == "clock")
        || (bent && kazakh_dative_time(tokens, end))
        || (suffixed && hour > 0 && (is_kazakh_day(before) || kazakh_dative_time(tokens, end)))
        || lone;
    if !evident {
        return None;
    }
    if hour == 24 {
        hour = 0;
    }
    // "5 pm" but "17 pm" stays; a half that does not fit is dropped.
    on_clock(hour, minute, half).map(|time| Clock { time, vague: half.is_none(), end })
}

pub(super) fn is_kazakh_part(tokens: &[Token], index: usize) -> bool {
    let word = word_before(tokens, index, 1);
    // "түстен кейін үште"
    if matches!(word, "кейін" | "кейин") && matches!(word_before(tokens, index, 2), "түстен" | "тустен")
    {
        return true;
    }
    matches!(word, "кешкі" | "таңғы" | "түнгі" | "түскі" | "күндізгі" | "кешки" | "тангы" | "таңертеңгі" | "танертенги")
}

/// "Ертең", "жұмада", "сейсенбі күні": an hour follows.
fn is_kazakh_day(word: &str) -> bool {
    ["ертең", "ертен", "бүгін", "бугин", "бүрсігүні", "бурсигуни", "күні", "куни", "жұма", "жума"]
        .iter()
        .any(|day| word.starts_with(day))
        || word.contains("сенбі")
        || word.contains("сенби")
}

/// "бес сағатқа", "ертең бесте": only behind a day or before a verb; a bent number alone may be a quantity.
fn kazakh_dative_time(tokens: &[Token], end: usize) -> bool {
    end >= 2 && matches!(word_before(tokens, end, 2), "ертең" | "бүгін" | "ертен" | "бугин" | "күні")
        || matches!(word_at(tokens, end), "жазылайын" | "келемін" | "келейін" | "барамын")
}
