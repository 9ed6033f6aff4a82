//! Lengths of time and measures.

use super::{number_at, text_at, touches};
use domain::text::Token;

/// A length of time in a text ("two hours").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DurationMention {
    /// Minutes.
    pub minutes: i64,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// What a measure measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dimension {
    /// Grams.
    Mass,
    /// Millilitres.
    Volume,
    /// Millimetres.
    Length,
}

/// A measure in a text ("2 kg", "пол-литра").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeasureMention {
    /// Grams, millilitres or millimetres.
    pub amount: i64,
    /// Which of them.
    pub dimension: Dimension,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// Minutes of a unit of time.
fn minutes_of(word: &str) -> Option<i64> {
    Some(match word {
        "hour" | "hours" | "hr" | "hrs" | "h" | "hora" | "horas" | "час" | "часа" | "часов" | "часик" | "часика"
        | "ч" | "сағат" | "сагат" | "сағаттық" | "сағатқа" | "часовой" | "часовую" => {
            60
        }
        "minute" | "minutes" | "min" | "mins" | "minuto" | "minutos" | "минута" | "минуты" | "минут" | "минуту"
        | "мин" | "минутный" | "минуттық" | "минутка" => 1,
        _ => return None,
    })
}

/// Words before a number that make it a time of day or a wait, not a length.
fn makes_a_time(word: &str) -> bool {
    matches!(
        word,
        "в" | "к"
            | "около"
            | "до"
            | "после"
            | "с"
            | "las"
            | "la"
            | "at"
            | "by"
            | "after"
            | "before"
            | "until"
            | "till"
            | "сағат"
            | "сагат"
            | "через"
            | "in"
            | "dentro"
            | "спустя"
    )
}

/// Lengths of time in the order of the text; not times of day ("в 5 часов") and waits ("через час").
#[must_use]
pub fn durations(tokens: &[Token]) -> Vec<DurationMention> {
    let mut found: Vec<DurationMention> = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let before = index.checked_sub(1).map_or("", |before| text_at(tokens, before));
        match duration_at(tokens, index) {
            Some((minutes, end)) => {
                let timely =
                    makes_a_time(before) || (before == "de" && index > 1 && text_at(tokens, index - 2) == "dentro");
                if !timely {
                    // "1 h 30 min"
                    match found.last_mut() {
                        Some(last) if last.end_token == index && last.minutes % 60 == 0 && minutes < 60 => {
                            last.minutes += minutes;
                            last.end_token = end;
                        }
                        _ => found.push(DurationMention { minutes, start_token: index, end_token: end }),
                    }
                }
                index = end;
            }
            None => index += 1,
        }
    }
    found
}

fn duration_at(tokens: &[Token], index: usize) -> Option<(i64, usize)> {
    match text_at(tokens, index) {
        "полчаса" | "получасовой" => return Some((30, index + 1)),
        "hora" if text_at(tokens, index + 1) == "y" && matches!(text_at(tokens, index + 2), "media" | "medio") => {
            return Some((90, index + 3));
        }
        "half" if text_at(tokens, index + 1) == "an" && text_at(tokens, index + 2) == "hour" => {
            return Some((30, index + 3));
        }
        "an" if text_at(tokens, index + 1) == "hour" => {
            let half = text_at(tokens, index + 2) == "and" && text_at(tokens, index + 4) == "half";
            return Some(if half { (90, index + 5) } else { (60, index + 2) });
        }
        "на" | "за" if text_at(tokens, index + 1) == "час" => return Some((60, index + 2)),
        "пол" if matches!(text_at(tokens, index + 1), "часа") => {
            return Some((30, index + 2));
        }
        _ => {}
    }
    let number = number_at(tokens, index)?;
    let mut at = number.end_token;
    if text_at(tokens, at) == "-" && touches(tokens, at) {
        at += 1;
    }
    let cuarto = matches!(text_at(tokens, at), "de") && matches!(text_at(tokens, at + 1), "hora");
    if cuarto && matches!(text_at(tokens, index), "cuarto" | "cuartos") {
        return Some((15, at + 2));
    }
    let unit = minutes_of(text_at(tokens, at))?;
    let mut minutes = number.hundredths * unit / 100;
    let mut end = at + 1;
    if unit == 60 {
        // "una hora y media", "два часа с половиной", "1h30"
        match (text_at(tokens, end), text_at(tokens, end + 1)) {
            ("y" | "and" | "с", "media" | "medio" | "half" | "половиной") => {
                minutes += 30;
                end += 2;
            }
            ("and", "a") if text_at(tokens, end + 2) == "half" => {
                minutes += 30;
                end += 3;
            }
            ("жарым", _) => {
                minutes += 30;
                end += 1;
            }
            (rest, _) if touches(tokens, at) && rest.len() == 2 => {
                if let Ok(rest @ 1..=59) = rest.parse::<i64>() {
                    minutes += rest;
                    end += 1;
                }
            }
            _ => {}
        }
    }
    Some((minutes, end))
}

/// Base units in a unit, its dimension, and whether the word alone means one ("килограмм пельменей").
fn unit(word: &str) -> Option<(i64, Dimension, bool)> {
    use Dimension::{Length, Mass, Volume};
    // Kazakh sizes: "бір келілігін", "екі литрлік".
    let sized = [
        ("келіліг", 1000, Mass),
        ("келилиг", 1000, Mass),
        ("келілік", 1000, Mass),
        ("килолык", 1000, Mass),
        ("литрлик", 1000, Volume),
        ("литрлік", 1000, Volume),
        ("метрлик", 1000, Length),
        ("метрлік", 1000, Length),
    ];
    if let Some((_, amount, dimension)) =
        sized.into_iter().find(|(start, _, _)| word.starts_with(&domain::text::fold(start)))
    {
        return Some((amount, dimension, false));
    }
    Some(match word {
        "kg" | "kgs" | "кг" => (1000, Mass, false),
        "kilo"
        | "kilos"
        | "kilogram"
        | "kilograms"
        | "kilogramo"
        | "kilogramos"
        | "кило"
        | "килограмм"
        | "килограмма"
        | "килограммов"
        | "килограм"
        | "килограма"
        | "килограмов"
        | "килограмчик"
        | "келі"
        | "кели" => (1000, Mass, true),
        "g" | "gr" | "gram" | "grams" | "gramo" | "gramos" | "г" | "гр" | "грамм" | "грамма" | "граммов" | "грам" => {
            (1, Mass, false)
        }
        "l" | "lt" | "л" => (1000, Volume, false),
        "liter" | "liters" | "litre" | "litres" | "litro" | "litros" | "литр" | "литра" | "литров" => {
            (1000, Volume, true)
        }
        "ml" | "мл" | "миллилитров" | "mililitros" => (1, Volume, false),
        "cm" | "см" | "centimetros" | "сантиметров" | "centimeters" | "centimetres" => (10, Length, false),
        "mm" | "мм" => (1, Length, false),
        "m" | "м" | "metro" | "metros" | "метр" | "метра" | "метров" | "meter" | "meters" | "metre" | "metres" => {
            (1000, Length, false)
        }
        _ => return None,
    })
}

/// Measures in the order of the text.
#[must_use]
pub fn measures(tokens: &[Token]) -> Vec<MeasureMention> {
    let mut found = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        match measure_at(tokens, index) {
            Some(mention) => {
                index = mention.end_token;
                found.push(mention);
            }
            None => index += 1,
        }
    }
    found
}

fn measure_at(tokens: &[Token], index: usize) -> Option<MeasureMention> {
    let mention = |amount: i64, dimension: Dimension, end_token: usize| {
        Some(MeasureMention { amount, dimension, start_token: index, end_token })
    };
    let word = text_at(tokens, index);
    match word {
        "полкило" | "полкилограмма" => {
            return mention(500, Dimension::Mass, index + 1);
        }
        "поллитра" => return mention(500, Dimension::Volume, index + 1),
        "полметра" => return mention(500, Dimension::Length, index + 1),
        _ => {}
    }
    if let Some(number) = number_at(tokens, index) {
        let mut at = number.end_token;
        while matches!(text_at(tokens, at), "a" | "-" | "of") {
            at += 1;
        }
        let (size, dimension, _) = unit(text_at(tokens, at))?;
        let mut amount = number.hundredths * size / 100;
        let mut end = at + 1;
        // "kilo y medio"
        if matches!(text_at(tokens, end), "y" | "and") && matches!(text_at(tokens, end + 1), "medio" | "media") {
            amount += size / 2;
            end += 2;
        }
        return mention(amount, dimension, end);
    }
    let (size, dimension, alone) = unit(word)?;
    if !alone {
        return None;
    }
    if text_at(tokens, index + 1) == "y" && matches!(text_at(tokens, index + 2), "medio" | "media") {
        return mention(size * 3 / 2, dimension, index + 3);
    }
    mention(size, dimension, index + 1)
}
