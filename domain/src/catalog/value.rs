//! Single cells read as sums, numbers, lengths of time, lists and addresses. Nothing is guessed: what is not clearly
//! one of these is a problem.

use super::Area;
use super::fold::{clean, fold, fold_words};
use super::heading::TimeUnit;
use super::problem::ProblemCode;
use crate::money::Currency;

/// Above this no sum and no number of a catalogue is meant seriously; keeps totals far from the edge of an i64.
const LARGEST: i64 = 1_000_000_000_000;

/// A sum as people write it: `9,50`, `1 149,00`, `1.149,00`, `€12`. The result is in minor units.
pub(super) fn amount(text: &str, currency: Currency) -> Result<i64, ProblemCode> {
    let bare = without_currency(text, currency)?;
    if is_free_word(&bare) {
        return Ok(0);
    }
    let (whole, fraction) = split_amount(&bare, currency)?;
    to_minor(&whole, &fraction, currency)
}

/// A sum out of a cell that holds a number: a point is a decimal point, and what a float adds after nine digits is noise.
pub(super) fn numeric_amount(decimal: &str, currency: Currency) -> Result<i64, ProblemCode> {
    if decimal.starts_with('-') && decimal.chars().any(|c| matches!(c, '1'..='9')) {
        return Err(ProblemCode::Negative);
    }
    let decimal = without_noise(decimal);
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(ProblemCode::NotAnAmount);
    }
    to_minor(whole, fraction, currency)
}

/// A whole number from zero up: `24`, `24.0`, `1 200`.
pub(super) fn whole_number(text: &str) -> Result<i64, ProblemCode> {
    let compact: String = text.chars().filter(|c| !is_group_space(*c)).collect();
    let (negative, digits) = match compact.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, compact.strip_prefix('+').unwrap_or(&compact)),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    if whole.is_empty() || !whole.chars().chain(fraction.chars()).all(|c| c.is_ascii_digit()) {
        return Err(ProblemCode::NotANumber);
    }
    // In a count, `1.200` is as likely twelve hundred as one and a fifth: only zeros may follow the point.
    if fraction.chars().any(|c| c != '0') || (fraction.len() == 3 && whole.len() <= 3 && whole != "0") {
        return Err(ProblemCode::NotWhole);
    }
    let number: i64 = whole.parse().map_err(|_| ProblemCode::TooLarge)?;
    match (negative && number != 0, number > LARGEST) {
        (true, _) => Err(ProblemCode::Negative),
        (_, true) => Err(ProblemCode::TooLarge),
        _ => Ok(number),
    }
}

/// Hours as a whole number; `2 days` and `48 h` too. A bare number counts in `unit`.
pub(super) fn hours(text: &str, unit: Option<TimeUnit>) -> Result<i64, ProblemCode> {
    let unit = unit.unwrap_or(TimeUnit::Hours);
    if unit == TimeUnit::Hours {
        match whole_number(text) {
            Err(ProblemCode::NotANumber) => {}
            other => return other,
        }
    }
    let minutes = minutes(text, Some(unit)).map_err(|code| match code {
        ProblemCode::BadDuration => ProblemCode::NotANumber,
        other => other,
    })?;
    if minutes % 60 == 0 { Ok(minutes / 60) } else { Err(ProblemCode::NotWhole) }
}

/// A length of time in minutes: `60 min`, `1 h 30`, `1,5 ч`, `2 сағат`, `1:30`. A bare number counts in `unit`, or minutes.
pub(super) fn minutes(text: &str, unit: Option<TimeUnit>) -> Result<i64, ProblemCode> {
    let folded = fold(text);
    let folded = folded.trim();
    if folded.starts_with(['-', '−']) {
        return Err(ProblemCode::Negative);
    }
    if let Some(minutes) = clock(folded) {
        return in_bounds(minutes);
    }
    let mut total = 0.0_f64;
    let mut last: Option<TimeUnit> = None;
    let mut parts = time_parts(folded)?.into_iter().peekable();
    if parts.peek().is_none() {
        return Err(ProblemCode::BadDuration);
    }
    while let Some((number, word)) = parts.next() {
        let named = match word.as_str() {
            "" => None,
            word => Some(time_word(word).ok_or(ProblemCode::BadDuration)?),
        };
        // "1 h 30": what follows hours without a unit are minutes, what follows anything else is a muddle.
        let unit = match (named, last) {
            (Some(unit), _) => unit,
            (None, None) => unit.unwrap_or(TimeUnit::Minutes),
            (None, Some(TimeUnit::Hours)) if parts.peek().is_none() && number < 60.0 => TimeUnit::Minutes,
            (None, Some(_)) => return Err(ProblemCode::BadDuration),
        };
        if last.is_some_and(|before| before.minutes() <= unit.minutes()) {
            return Err(ProblemCode::BadDuration);
        }
        total += number * unit.minutes() as f64;
        last = Some(unit);
    }
    let rounded = total.round();
    if (total - rounded).abs() > 1e-6 {
        return Err(ProblemCode::NotWhole);
    }
    in_bounds(rounded as i64)
}

/// Cities as a JSON list of texts or separated by commas, semicolons, bars or line ends; a word for online anywhere in it
/// is online; nothing is everywhere.
pub(super) fn area(text: &str) -> Result<Area, ProblemCode> {
    let names = list(text)?;
    let mut cities: Vec<String> = Vec::new();
    for name in names {
        match fold_words(&name).as_str() {
            "online" | "on line" | "on-line" | "онлаин" | "он-лаин" | "en linea" | "желіде" => return Ok(Area::Online),
            "*" | "everywhere" | "anywhere" | "all" | "all cities" | "todas" | "todas las ciudades" | "везде" | "все города"
            | "барлық қалалар" | "барлық жерде" => return Ok(Area::Everywhere),
            folded if cities.iter().any(|known| fold_words(known) == folded) => {}
            _ => cities.push(name),
        }
    }
    Ok(if cities.is_empty() { Area::Everywhere } else { Area::Cities(cities) })
}

/// A list of texts, as JSON or separated; empty entries are dropped.
pub(super) fn list(text: &str) -> Result<Vec<String>, ProblemCode> {
    let text = text.trim();
    let entries = if text.starts_with('[') {
        json_texts(text).ok_or(ProblemCode::BadList)?
    } else {
        text.split([',', ';', '\n', '|', '،', '；', '，']).map(str::to_owned).collect()
    };
    Ok(entries.iter().map(|entry| clean(entry)).filter(|entry| !entry.is_empty()).collect())
}

/// Whether a text is a web address: http or https, a host, no spaces or quotation marks.
pub(super) fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_clean = !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '}' | '|'));
    is_clean && !host.is_empty() && !host.contains('@') && host.chars().any(char::is_alphanumeric)
}

/// Words by which owners say that a picture, a page or a video does not exist.
pub(super) fn is_placeholder(text: &str) -> bool {
    matches!(fold_words(text).as_str(), "-" | "—" | "–" | "--" | "n/a" | "na" | "none" | "no" | "нет" | "жоқ" | "no hay" | "ninguno" | "ninguna")
}

/// Yes or no in the four languages.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match fold_words(text).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "✓" | "✔" | "+" | "si" | "s" | "verdadero" | "да" | "д" | "истина" | "иә" | "ия" | "online" | "онлаин"
        | "en linea" => Some(true),
        "no" | "n" | "false" | "0" | "-" | "—" | "falso" | "нет" | "н" | "ложь" | "жоқ" => Some(false),
        _ => None,
    }
}

fn in_bounds(number: i64) -> Result<i64, ProblemCode> {
    if number > LARGEST { Err(ProblemCode::TooLarge) } else { Ok(number) }
}

fn is_group_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

fn is_free_word(text: &str) -> bool {
    matches!(fold_words(text).as_str(), "free" | "gratis" | "gratuito" | "gratuita" | "бесплатно" | "даром" | "тегін")
}

fn without_currency(text: &str, expected: Currency) -> Result<String, ProblemCode> {
    const NAMES: [(&str, &[&str]); 5] = [
        ("EUR", &["€", "eur", "euros", "euro", "евро", "еуро"]),
        ("KZT", &["₸", "kzt", "тенге", "теңге", "тг.", "тг", "тңг", "tenge"]),
        ("RUB", &["₽", "rub", "рублей", "рубля", "рубль", "руб.", "руб", "р."]),
        ("USD", &["us$", "$", "usd", "dollars", "dolares", "долларов"]),
        ("GBP", &["£", "gbp"]),
    ];
    let mut bare = text.trim().to_lowercase();
    let mut found: Option<&str> = None;
    for (code, names) in NAMES {
        for name in names {
            let stripped = bare.strip_suffix(name).or_else(|| bare.strip_prefix(name)).map(|rest| rest.trim().to_owned());
            if let Some(rest) = stripped {
                found = Some(code);
                bare = rest;
                break;
            }
        }
    }
    let own = expected.code().to_lowercase();
    if let Some(rest) = bare.strip_suffix(&own).or_else(|| bare.strip_prefix(&own)) {
        bare = rest.trim().to_owned();
    }
    match found {
        Some(code) if code != expected.code() => Err(ProblemCode::OtherCurrency),
        _ => Ok(bare),
    }
}

/// The digits before and after the decimal separator, the groups checked and joined.
fn split_amount(bare: &str, currency: Currency) -> Result<(String, String), ProblemCode> {
    let unsigned = bare.strip_prefix('+').unwrap_or(bare);
    if let Some(rest) = unsigned.strip_prefix(['-', '−']) {
        return match split_amount(rest.trim(), currency) {
            Ok((whole, fraction)) if whole.chars().chain(fraction.chars()).all(|c| c == '0') => Ok((whole, fraction)),
            Ok(_) => Err(ProblemCode::Negative),
            Err(code) => Err(code),
        };
    }
    let known = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',') || is_group_space(c);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit()) || !unsigned.ends_with(|c: char| c.is_ascii_digit()) || !unsigned.chars().all(known) {
        return Err(ProblemCode::NotAnAmount);
    }
    let marks: Vec<char> = unsigned.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let decimal = match marks.as_slice() {
        [] => None,
        [only] => {
            let (whole, fraction) = unsigned.split_once(*only).unwrap_or((unsigned, ""));
            let groups = fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
            if groups && currency.exponent() != 3 { None } else { Some(*only) }
        }
        [first, .., last] if first != last => {
            if marks.iter().filter(|mark| *mark == last).count() > 1 {
                return Err(ProblemCode::NotAnAmount);
            }
            Some(*last)
        }
        _ => None,
    };
    let (whole, fraction) = match decimal {
        Some(mark) => unsigned.rsplit_once(mark).unwrap_or((unsigned, "")),
        None => (unsigned, ""),
    };
    if !fraction.chars().all(|c| c.is_ascii_digit()) {
        return Err(ProblemCode::NotAnAmount);
    }
    Ok((joined_groups(whole)?, fraction.to_owned()))
}

/// Groups of three after the first, all separated by the same mark; or no groups at all.
fn joined_groups(whole: &str) -> Result<String, ProblemCode> {
    let normal: String = whole.chars().map(|c| if is_group_space(c) { ' ' } else { c }).collect();
    let marks: Vec<char> = normal.chars().filter(|c| !c.is_ascii_digit()).collect();
    let Some(mark) = marks.first() else { return Ok(normal) };
    let groups: Vec<&str> = normal.split(*mark).collect();
    let well_formed = marks.iter().all(|other| other == mark)
        && groups.first().is_some_and(|first| (1..=3).contains(&first.len()))
        && groups.iter().skip(1).all(|group| group.len() == 3);
    if well_formed { Ok(groups.concat()) } else { Err(ProblemCode::NotAnAmount) }
}

fn to_minor(whole: &str, fraction: &str, currency: Currency) -> Result<i64, ProblemCode> {
    let places = currency.exponent() as usize;
    let significant = fraction.trim_end_matches('0');
    if significant.len() > places {
        return Err(ProblemCode::TooPrecise);
    }
    let digits = format!("{whole}{significant:0<places$}");
    let minor: i64 = digits.parse().map_err(|_| ProblemCode::TooLarge)?;
    in_bounds(minor)
}

/// `9.800000000000001` is 9.8: digits behind a run of six zeros or nines that begins after the third place are noise.
fn without_noise(decimal: &str) -> String {
    let Some((_, fraction)) = decimal.split_once('.') else { return decimal.to_owned() };
    if fraction.len() < 10 {
        return decimal.to_owned();
    }
    let Ok(value) = decimal.parse::<f64>() else { return decimal.to_owned() };
    let rounded = format!("{value:.9}");
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `1:30` and `01:30:00`, hours first.
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) || parts.iter().any(|part| part.is_empty() || part.len() > 3 || !part.chars().all(|c| c.is_ascii_digit())) {
        return None;
    }
    let numbers: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        [hours, minutes] if *minutes < 60 => Some(hours * 60 + minutes),
        [hours, minutes, 0] if *minutes < 60 => Some(hours * 60 + minutes),
        _ => None,
    }
}

/// Numbers, each with the word that follows it (or "").
fn time_parts(folded: &str) -> Result<Vec<(f64, String)>, ProblemCode> {
    match folded.split_whitespace().collect::<Vec<_>>().join(" ").as_str() {
        "media hora" | "half an hour" | "half hour" | "полчаса" | "пол часа" | "жарты сағат" => return Ok(vec![(30.0, "min".to_owned())]),
        "una hora" | "an hour" | "one hour" | "hour" | "час" | "один час" | "бір сағат" => return Ok(vec![(1.0, "h".to_owned())]),
        "hora y media" | "una hora y media" | "полтора часа" | "бір жарым сағат" => return Ok(vec![(90.0, "min".to_owned())]),
        _ => {}
    }
    let mut parts = Vec::new();
    let mut rest = folded;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(number_end);
        let digits = digits.trim_end_matches(',').replace(',', ".");
        let number: f64 = digits.parse().map_err(|_| ProblemCode::BadDuration)?;
        let after = after.trim_start();
        let word_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (word, next) = after.split_at(word_end);
        let word = word.trim().trim_end_matches([',', '.']).trim();
        let word = [" y", " и", " and", " e", " және"].iter().find_map(|joint| word.strip_suffix(joint)).unwrap_or(word);
        parts.push((number, word.trim().trim_end_matches('.').to_owned()));
        rest = next;
    }
    Ok(parts)
}

fn time_word(word: &str) -> Option<TimeUnit> {
    match word {
        "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" | "'" | "′" | "м" | "мин" | "минут" | "минута" | "минуты" => Some(TimeUnit::Minutes),
        "h" | "hr" | "hrs" | "hs" | "hour" | "hours" | "hora" | "horas" | "ч" | "час" | "часа" | "часов" | "сағ" | "сағат" => Some(TimeUnit::Hours),
        "d" | "day" | "days" | "dia" | "dias" | "дн" | "день" | "дня" | "днеи" | "сут" | "сутки" | "суток" | "күн" | "тәулік" => Some(TimeUnit::Days),
        _ => None,
    }
}

/// The texts of a flat JSON list; `None` when it is anything else.
fn json_texts(text: &str) -> Option<Vec<String>> {
    let mut rest = text.strip_prefix('[')?.trim_start();
    let mut texts = Vec::new();
    if let Some(after) = rest.strip_prefix(']') {
        return after.trim().is_empty().then_some(texts);
    }
    loop {
        let (entry, after) = json_text(rest)?;
        texts.push(entry);
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
        } else {
            return rest.strip_prefix(']')?.trim().is_empty().then_some(texts);
        }
    }
}

fn json_text(text: &str) -> Option<(String, &str)> {
    let body = text.strip_prefix('"')?;
    let mut out = String::new();
    let mut characters = body.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((out, body.get(at + 1..)?)),
            '\\' => match characters.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => out.push('\r'),
                'b' | 'f' => {}
                'u' => {
                    let first = json_unit(&mut characters)?;
                    let unit = if (0xd800..0xdc00).contains(&first) {
                        (characters.next()?.1 == '\\' && characters.next()?.1 == 'u').then_some(())?;
                        let second = json_unit(&mut characters)?;
                        0x10000 + ((first - 0xd800) << 10) + second.checked_sub(0xdc00)?
                    } else {
                        first
                    };
                    out.push(char::from_u32(unit)?);
                }
                escaped @ ('"' | '\\' | '/') => out.push(escaped),
                _ => return None,
            },
            other => out.push(other),
        }
    }
    None
}

fn json_unit(characters: &mut std::str::CharIndices<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + characters.next()?.1.to_digit(16)?))
}
