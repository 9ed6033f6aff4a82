//! Single cells read as sums, numbers, lengths of time, lists and addresses. Nothing is guessed: what is not clearly
//! one of these is a problem.

use super::Area;
use super::heading::TimeUnit;
use super::problem::ProblemCode;
use crate::money::{AmountError, Currency, amount_from_number, parse_amount};
use crate::text::fold;

/// Above this no sum and no number of a catalogue is meant seriously; keeps totals far from the edge of an i64.
const LARGEST: i64 = 1_000_000_000_000;

/// A sum as people write it, or a word for "free". The result is in minor units.
pub(super) fn amount(text: &str, currency: Currency) -> Result<i64, ProblemCode> {
    if is_free_word(text) {
        return Ok(0);
    }
    parse_amount(text, currency).map_err(|error| code_of(&error))
}

/// A sum out of a cell that holds a number.
pub(super) fn numeric_amount(decimal: &str, currency: Currency) -> Result<i64, ProblemCode> {
    let number: f64 = decimal.parse().map_err(|_| ProblemCode::NotAnAmount)?;
    amount_from_number(number, currency).map_err(|error| code_of(&error))
}

const fn code_of(error: &AmountError) -> ProblemCode {
    match error {
        AmountError::NotAnAmount(_) => ProblemCode::NotAnAmount,
        AmountError::Ambiguous(_) => ProblemCode::Ambiguous,
        AmountError::Negative(_) => ProblemCode::Negative,
        AmountError::Decimals(_) => ProblemCode::TooPrecise,
        AmountError::OtherCurrency(_) => ProblemCode::OtherCurrency,
        AmountError::TooLarge(_) => ProblemCode::TooLarge,
    }
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
    let folded = without_about(&folded);
    let folded = upper_end(folded).unwrap_or(folded);
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

/// Whether a length of time is written as a range, `60–90 min`: then it is read as its upper end, which is the one that
/// a calendar and a promise of delivery can keep.
pub(super) fn is_range(text: &str) -> bool {
    upper_end(without_about(&fold(text))).is_some()
}

/// Cities as a JSON list of texts or separated by commas, semicolons, bars or line ends; a word for online anywhere in it
/// is online; nothing is everywhere.
pub(super) fn area(text: &str) -> Result<Area, ProblemCode> {
    let names = list(text)?;
    let mut cities: Vec<String> = Vec::new();
    for name in names {
        match fold(&name).as_str() {
            "online" | "on line" | "on-line" | "онлайн" | "он-лайн" | "en linea" | "желіде" => {
                return Ok(Area::Online);
            }
            "*"
            | "everywhere"
            | "anywhere"
            | "all"
            | "all cities"
            | "todas"
            | "todas las ciudades"
            | "везде"
            | "все города"
            | "барлық қалалар"
            | "барлық жерде" => return Ok(Area::Everywhere),
            folded if cities.iter().any(|known| fold(known) == folded) => {}
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
    let is_clean = !text.chars().any(|c| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '}' | '|')
    });
    is_clean && !host.is_empty() && !host.contains('@') && host.chars().any(char::is_alphanumeric)
}

/// Words by which owners say that a picture, a page or a video does not exist.
pub(super) fn is_placeholder(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "-" | "—" | "–" | "--" | "n/a" | "na" | "none" | "no" | "нет" | "жоқ" | "no hay" | "ninguno" | "ninguna"
    )
}

/// Yes or no in the four languages.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "✓" | "✔" | "+" | "si" | "s" | "verdadero" | "да" | "д" | "истина"
        | "иә" | "ия" | "online" | "онлайн" | "en linea" => Some(true),
        "no" | "n" | "false" | "0" | "-" | "—" | "falso" | "нет" | "н" | "ложь" | "жоқ" => Some(false),
        _ => None,
    }
}

/// Trimmed, with line ends as `\n` and without control characters, which no database and no reader wants.
pub(super) fn clean(text: &str) -> String {
    let trimmed = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
    if !trimmed.chars().any(char::is_control) {
        return trimmed.to_owned();
    }
    let lines = trimmed.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|character| !character.is_control() || matches!(character, '\n' | '\t')).collect()
}

fn in_bounds(number: i64) -> Result<i64, ProblemCode> {
    if number > LARGEST { Err(ProblemCode::TooLarge) } else { Ok(number) }
}

fn is_group_space(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’')
}

fn is_free_word(text: &str) -> bool {
    matches!(fold(text).as_str(), "free" | "gratis" | "gratuito" | "gratuita" | "бесплатно" | "даром" | "тегін")
}

/// `1:30` and `01:30:00`, hours first.
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len())
        || parts.iter().any(|part| part.is_empty() || part.len() > 3 || !part.chars().all(|c| c.is_ascii_digit()))
    {
        return None;
    }
    let numbers: Vec<i64> = parts.iter().filter_map(|part| part.parse().ok()).collect();
    match numbers.as_slice() {
        [hours, minutes] if *minutes < 60 => Some(hours * 60 + minutes),
        [hours, minutes, 0] if *minutes < 60 => Some(hours * 60 + minutes),
        _ => None,
    }
}

/// Without a word that says "about" or "up to".
fn without_about(folded: &str) -> &str {
    const ABOUT: [&str; 17] = [
        "~",
        "≈",
        "about ",
        "approx. ",
        "approx ",
        "up to ",
        "aprox. ",
        "aprox ",
        "aproximadamente ",
        "unos ",
        "unas ",
        "hasta ",
        "около ",
        "примерно ",
        "прим. ",
        "до ",
        "шамамен ",
    ];
    ABOUT.iter().find_map(|about| folded.strip_prefix(about)).map_or(folded, str::trim_start)
}

/// The upper end of `60-90 min`, `1–2 дня`, `de 2 a 3 horas`; `None` when it is no range or its ends don't fit together.
fn upper_end(folded: &str) -> Option<&str> {
    let bare = ["de ", "from ", "от ", "between "].iter().find_map(|from| folded.strip_prefix(from)).unwrap_or(folded);
    let (lower, upper) =
        ["-", "–", "—", "−", " a ", " to ", " до ", " and "].iter().find_map(|between| bare.split_once(between))?;
    let (lower, upper) = (time_parts(lower.trim()).ok()?, (upper.trim(), time_parts(upper.trim()).ok()?));
    let ([(low, low_word)], [(high, high_word)]) = (lower.as_slice(), upper.1.as_slice()) else { return None };
    let minutes = |number: &f64, word: &str| match word {
        "" => Some(*number),
        word => Some(number * time_word(word)?.minutes() as f64),
    };
    // `60-90 min` names the unit once, at its end; `1 h - 90` names it where it can't be meant for both.
    let low = minutes(low, if low_word.is_empty() { high_word } else { low_word })?;
    let fits = (low_word.is_empty() || !high_word.is_empty()) && low < minutes(high, high_word)?;
    fits.then_some(upper.0)
}

/// Numbers, each with the word that follows it (or "").
fn time_parts(folded: &str) -> Result<Vec<(f64, String)>, ProblemCode> {
    match folded.split_whitespace().collect::<Vec<_>>().join(" ").as_str() {
        "media hora" | "half an hour" | "half hour" | "полчаса" | "пол часа" | "жарты сағат" => {
            return Ok(vec![(30.0, "min".to_owned())]);
        }
        "una hora" | "an hour" | "one hour" | "hour" | "час" | "один час" | "бір сағат" => {
            return Ok(vec![(1.0, "h".to_owned())]);
        }
        "hora y media" | "una hora y media" | "полтора часа" | "бір жарым сағат" => {
            return Ok(vec![(90.0, "min".to_owned())]);
        }
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
        let word =
            [" y", " и", " and", " e", " және"].iter().find_map(|joint| word.strip_suffix(joint)).unwrap_or(word);
        parts.push((number, word.trim().trim_end_matches('.').to_owned()));
        rest = next;
    }
    Ok(parts)
}

fn time_word(word: &str) -> Option<TimeUnit> {
    match word {
        "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" | "'" | "′" | "м" | "мин" | "минут"
        | "минута" | "минуты" => Some(TimeUnit::Minutes),
        "h" | "hr" | "hrs" | "hs" | "hour" | "hours" | "hora" | "horas" | "ч" | "час" | "часа" | "часов" | "сағ"
        | "сағат" => Some(TimeUnit::Hours),
        "night" | "nights" | "noche" | "noches" | "ночь" | "ночи" | "ночей" | "түн" => {
            Some(TimeUnit::Days)
        }
        "d" | "day" | "days" | "dia" | "dias" | "дн" | "день" | "дня" | "дней" | "сут" | "сутки" | "суток" | "күн"
        | "тәулік" => Some(TimeUnit::Days),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sums_are_read_as_people_write_them() {
        let sums = [
            ("9,50", 950),
            ("9.5", 950),
            ("18.00", 1800),
            ("1 149,00", 114_900),
            ("1\u{a0}149,00", 114_900),
            ("1.149,00", 114_900),
            ("1,149.00", 114_900),
            ("1,149.0", 114_900),
            ("€12", 1200),
            ("12 €", 1200),
            ("12,5 EUR", 1250),
            ("EUR 7", 700),
            ("0", 0),
            ("0,00", 0),
            ("1'234.50", 123_450),
            ("12.345.678,90", 1_234_567_890),
            ("gratis", 0),
            ("Бесплатно", 0),
            ("тегін", 0),
            ("45", 4500),
            ("3,9 евро", 390),
        ];
        for (text, minor) in sums {
            assert_eq!(amount(text, Currency::EUR), Ok(minor), "{text}");
        }
        assert_eq!(amount("4 500 ₸", Currency::KZT), Ok(450_000));
        assert_eq!(amount("4500 тг", Currency::KZT), Ok(450_000));
        assert_eq!(amount("4500 тг.", Currency::KZT), Ok(450_000));
        assert_eq!(amount("1500", Currency::parse("JPY").unwrap()), Ok(1500));
    }

    #[test]
    fn what_is_not_clearly_a_sum_is_refused() {
        for text in [
            "18,O0", "18,00,", "abc", "1 14,00", "1,14,900", "12-15", "от 12", "12..5", "١٢", "1e3", "0x10", "9,50,20",
            "½", "", "--5", "12 34", "0,500,00", "NaN", "inf",
        ] {
            assert_eq!(amount(text, Currency::EUR), Err(ProblemCode::NotAnAmount), "{text}");
        }
        assert_eq!(amount("-5", Currency::EUR), Err(ProblemCode::Negative));
        assert_eq!(amount("$12", Currency::EUR), Err(ProblemCode::OtherCurrency));
        assert_eq!(amount("1.149", Currency::EUR), Err(ProblemCode::Ambiguous), "1149 or 1.149");
        assert_eq!(amount("0,005", Currency::EUR), Err(ProblemCode::TooPrecise));
        assert_eq!(amount("1,5", Currency::parse("JPY").unwrap()), Err(ProblemCode::TooPrecise));
        assert_eq!(amount("99999999999999999999", Currency::EUR), Err(ProblemCode::TooLarge));
        assert_eq!(numeric_amount("9.8000000000000007", Currency::EUR), Ok(980));
        assert_eq!(numeric_amount("1.149", Currency::EUR), Err(ProblemCode::TooPrecise));
        assert_eq!(numeric_amount("NaN", Currency::EUR), Err(ProblemCode::NotAnAmount));
        assert_eq!(numeric_amount("-1", Currency::EUR), Err(ProblemCode::Negative));
    }

    #[test]
    fn lengths_of_time_are_read_in_four_languages() {
        let lengths = [
            ("60 min", 60),
            ("60", 60),
            ("1 h 30", 90),
            ("1h30m", 90),
            ("1,5 ч", 90),
            ("3 часа", 180),
            ("2 h", 120),
            ("45 мин", 45),
            ("2 сағат", 120),
            ("1 сағат 30 минут", 90),
            ("1:30", 90),
            ("01:30:00", 90),
            ("90'", 90),
            ("1 hora y 15 minutos", 75),
            ("media hora", 30),
            ("полтора часа", 90),
            ("1 day", 1440),
            ("2 часа 5 мин.", 125),
            ("1 час, 10 минут", 70),
            ("0.5 h", 30),
        ];
        for (text, expected) in lengths {
            assert_eq!(minutes(text, None), Ok(expected), "{text}");
        }
        assert_eq!(minutes("1.5", Some(TimeUnit::Hours)), Ok(90));
        for (range, expected) in [
            ("60-90 min", 90),
            ("60 – 90", 90),
            ("1–2 дня", 2880),
            ("de 2 a 3 horas", 180),
            ("30 min - 1 h", 60),
            ("45 до 60 минут", 60),
        ] {
            assert_eq!((minutes(range, None), is_range(range)), (Ok(expected), true), "{range}");
        }
        assert_eq!(hours("24-48", None), Ok(48));
        assert_eq!(
            (minutes("~ 60 min", None), minutes("до 2 часов", None), minutes("3 noches", None)),
            (Ok(60), Ok(120), Ok(4320))
        );
        assert!(!is_range("1:30") && !is_range("90 min") && !is_range("-5 min"));
        for text in ["90-60 min", "1 h - 90", "от 60 мин", "1-2-3 h", "долго", "min", "5 km", "1 min 2 h", "30 30"]
        {
            assert_eq!(minutes(text, None), Err(ProblemCode::BadDuration), "{text}");
        }
        assert_eq!(hours("24", None), Ok(24));
        assert_eq!(hours("2 days", None), Ok(48));
        assert_eq!(hours("3", Some(TimeUnit::Days)), Ok(72));
        assert_eq!(hours("90 min", None), Err(ProblemCode::NotWhole));
        assert_eq!(hours("soon", None), Err(ProblemCode::NotANumber));
    }

    #[test]
    fn areas_are_lists_or_online() {
        let cities = |names: &[&str]| Ok(Area::Cities(names.iter().map(|name| (*name).to_owned()).collect()));
        assert_eq!(area(r#"["Valencia", "Málaga"]"#), cities(&["Valencia", "Málaga"]));
        assert_eq!(area(r#"["\u041a\u0438\u0435\u0432","a\"b, c"]"#), cities(&["Киев", "a\"b, c"]));
        assert_eq!(area("Valencia; Madrid\nvalencia,"), cities(&["Valencia", "Madrid"]));
        for online in ["Online", "онлайн", "En línea", r#"["Online"]"#, "ONLINE"] {
            assert_eq!(area(online), Ok(Area::Online), "{online}");
        }
        assert_eq!(area("[]"), Ok(Area::Everywhere));
        for broken in [r#"["Valencia", "Madrid""#, r#"["Valencia" "Madrid"]"#, "[Valencia]", "[1]", r#"["a"] x"#] {
            assert_eq!(area(broken), Err(ProblemCode::BadList), "{broken}");
        }
    }

    #[test]
    fn counts_are_whole() {
        for (text, expected) in [
            ("24", Ok(24)),
            ("24.0", Ok(24)),
            ("1 200", Ok(1200)),
            ("-3", Err(ProblemCode::Negative)),
            ("2.5", Err(ProblemCode::NotWhole)),
            ("1.200", Err(ProblemCode::NotWhole)),
            ("много", Err(ProblemCode::NotANumber)),
            ("", Err(ProblemCode::NotANumber)),
            ("0", Ok(0)),
        ] {
            assert_eq!(whole_number(text), expected, "{text}");
        }
    }

    #[test]
    fn addresses_begin_with_http() {
        for good in [
            "https://flores.example.com/p/100",
            "http://example.com",
            "HTTPS://EXAMPLE.com/a?b=c#d",
            "https://пример.example/ф",
        ] {
            assert!(is_url(good), "{good}");
        }
        for bad in [
            "www.example.com",
            "javascript:alert(1)",
            "https://",
            "https:// example.com",
            "https://a@b.example",
            "ftp://example.com",
            "https://x.example/\"onload",
        ] {
            assert!(!is_url(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn nothing_written_by_anybody_panics(text in ".{0,40}") {
            let _ = amount(&text, Currency::EUR);
            let _ = numeric_amount(&text, Currency::EUR);
            let _ = minutes(&text, None);
            let _ = hours(&text, Some(TimeUnit::Days));
            let _ = area(&text);
            let _ = whole_number(&text);
            let _ = yes_or_no(&text);
        }

        #[test]
        fn every_sum_is_read_back(minor in 0_i64..1_000_000_000_000) {
            let text = crate::money::Money::new(minor, Currency::EUR).to_decimal();
            prop_assert_eq!(amount(&text, Currency::EUR), Ok(minor));
            prop_assert_eq!(amount(&text.replace('.', ","), Currency::EUR), Ok(minor));
            prop_assert_eq!(numeric_amount(&text, Currency::EUR), Ok(minor));
        }
    }
}
