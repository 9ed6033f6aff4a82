//! Days, times of day, lengths of time and counts of stock that a model wrote in words. They come under their names; in words
//! they would be promises that neither the calendar nor the stock has made.

use super::sums::{is_number, is_small_number, words};
use super::{Kind, Sentence, Token};
use regex::Regex;
use std::sync::LazyLock;

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "(?:mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|tonight\
         |lunes|martes|miercoles|jueves|viernes|sabados?|domingos?\
         |понедельник\\w*|вторник\\w*|сред[ауы]|четверг\\w*|пятниц\\w*|суббот\\w*|воскресень\\w*|завтра|послезавтра\
         |дүйсенбі\\w*|сейсенбі\\w*|сәрсенбі\\w*|бейсенбі\\w*|жұма\\w*|сенбі\\w*|жексенбі\\w*|ертең\\w*|бүрсігүні\\w*",
    )
});
/// "Mañana" is the morning behind these.
static MORNING: LazyLock<Regex> = LazyLock::new(|| words("la|esta|cada|una"));
/// A time of day may stand behind these, where nothing is counted behind it.
static AT: LazyLock<Regex> = LazyLock::new(|| words("at|by|until|las|в|к|до|около|с"));
/// What may stand behind the number of a time of day.
static OF_DAY: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "am|pm|o'clock|oclock|sharp|y|menos|en|de|horas?|час\\w*|утра|вечера|дня|ночи|ровно|half|quarter|in|on|tomorrow|today|hoy\
         |сегодня|завтра",
    )
});
/// Kazakh names the hour first, and puts a case on its number.
static HOUR_OF: LazyLock<Regex> = LazyLock::new(|| words("(?:бір|екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|он)\\w{0,5}"));
static UNIT: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "hours?|minutes?|days?|weeks?|horas?|minutos?|dias?|semanas?|час(?:а|ов|ам)?|минут\\w*|дн(?:я|ей|ям)|недел\\w*\
         |сағат\\w*|минут\\w*|күн\\w*|апта\\w*",
    )
});
/// What is left of something.
static LEFT: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "left|remain\\w*|available|stock|quedan?|disponibles?|existencias|остал\\w*|остает\\w*|наличии|қалды\\w*|қалған\\w*",
    )
});
/// A sentence with one of these is about when the shop is open.
static OPEN: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "open\\w*|close[sd]?|hours|abr(?:e|en|imos|ir|iremos)|abiert[oa]s?|cierra\\w*|cerramos|cerrad[oa]s?|horarios?|atendemos\
         |работа(?:ем|ет|ют)|открыт\\w*|закрыт\\w*|график\\w*|расписани\\w*|жұмыс|ашық\\w*|жабық\\w*|кесте\\w*",
    )
});
/// So many words may stand between a number and what is left.
const NEAR: usize = 3;

impl Sentence {
    /// Whether it is about when the shop is open.
    pub(crate) fn is_of_hours(&self) -> bool {
        self.tokens.iter().any(|token| token.kind == Kind::Word && OPEN.is_match(&token.text))
    }
}

/// What a sentence says by hand of days, times and stock, where `stands` does not say that the phrase is a fact's own. A question
/// promises no time.
pub(crate) fn times(sentence: &Sentence, stands: &dyn Fn(&str) -> bool) -> Vec<String> {
    let tokens: Vec<&Token> = sentence.tokens.iter().collect();
    let mut found = Vec::new();
    let mut told = |from: usize, to: usize| {
        let phrase: Vec<&str> = tokens[from..=to].iter().map(|token| token.text.as_str()).collect();
        let phrase = phrase.join(" ");
        if !stands(&format!(" {phrase} ")) {
            found.push(phrase);
        }
    };
    let word = |at: usize| tokens.get(at).filter(|token| token.kind == Kind::Word).map(|token| token.text.as_str());
    for at in 0..tokens.len() {
        let Some(here) = word(at) else { continue };
        let before = at.checked_sub(1).and_then(word);
        let strong = is_number(here);
        let is_left = |other: usize| word(other).is_some_and(|word| LEFT.is_match(word));
        if strong && let Some(other) = (at.saturating_sub(NEAR)..=at + NEAR).find(|other| is_left(*other)) {
            told(at.min(other), at.max(other));
            continue;
        }
        if sentence.is_question {
            continue;
        }
        let morning = before.is_some_and(|before| MORNING.is_match(before));
        if DAY.is_match(here) || (here == "manana" && !morning) {
            told(at, at);
            continue;
        }
        if strong && word(at + 1).is_some_and(|next| UNIT.is_match(next)) {
            told(at, at + 1);
            continue;
        }
        let counts = |at: usize| {
            tokens.get(at).is_some_and(|next| match next.kind {
                Kind::Clause => false,
                Kind::Word => !OF_DAY.is_match(&next.text),
                Kind::Number | Kind::Sign | Kind::Name => true,
            })
        };
        if (strong || is_small_number(here)) && before.is_some_and(|before| AT.is_match(before)) && !counts(at + 1)
            || before == Some("сағат") && HOUR_OF.is_match(here)
        {
            told(at - 1, at);
        }
    }
    found
}
