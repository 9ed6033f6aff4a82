//! Which language a message is written in (R89): words that decide, words that hint, letters and endings.
//!
//! Short messages matter most, and a name, a number or a catalogue name in another language decides nothing.

use super::Language;
use crate::text::{Token, fold, is_cyrillic, latinize, tokens};
use std::collections::HashMap;
use std::sync::OnceLock;

/// Points a word gives to each language, in the order of [`Language::ALL`].
type Points = [u32; 4];

/// Below this nothing is clear.
const CLEAR: u32 = 2;
/// A word of this weight decides alone.
const DECIDING: u32 = 4;

/// The language a message is written in; `None` when unclear (a name, a number, an emoji, "ok").
#[must_use]
pub fn detect(text: &str) -> Option<Language> {
    detect_beside_names(text, &|_| false)
}

/// [`detect`], where folded words that `named` knows may be names of what is sold ("3 bottles of Ribera Reserva"): alone
/// none of them decides.
#[must_use]
pub fn detect_beside_names(text: &str, named: &dyn Fn(&str) -> bool) -> Option<Language> {
    let whole = score(&tokens(&without_addresses(text)), named);
    let unquoted = score(&tokens(&without_quotations(&without_addresses(text))), named);
    // What is quoted is a name; it counts only where nothing else was said.
    best(&unquoted).or_else(|| best(&whole))
}

/// A guess from the letters alone for a first message in which nothing is clear ("маникюр" leans to Russian).
#[must_use]
pub fn lean(text: &str) -> Option<Language> {
    if let Some(clear) = detect(text) {
        return Some(clear);
    }
    let folded = fold(&without_addresses(text));
    if folded.chars().any(is_kazakh_letter) {
        return Some(Language::Kk);
    }
    if folded.chars().any(is_cyrillic) {
        return Some(Language::Ru);
    }
    let score = score(&tokens(&without_addresses(text)), &|_| false);
    let [english, spanish, ..] = score.points;
    match english.cmp(&spanish) {
        std::cmp::Ordering::Greater => Some(Language::En),
        std::cmp::Ordering::Less => Some(Language::Es),
        std::cmp::Ordering::Equal => None,
    }
}

#[derive(Default)]
struct Score {
    points: Points,
    /// Points of deciding words only.
    deciding: Points,
}

fn best(score: &Score) -> Option<Language> {
    let mut points = score.points;
    for (points, deciding) in points.iter_mut().zip(score.deciding) {
        *points += deciding;
    }
    // Names of things in Latin letters do not outweigh a sentence in Cyrillic.
    let [english, spanish, russian, kazakh] = score.deciding;
    if russian + kazakh > 0 && english + spanish <= russian + kazakh {
        points[0] = 0;
        points[1] = 0;
    }
    let mut order: Vec<usize> = (0..4).collect();
    order.sort_by_key(|index| std::cmp::Reverse(points.get(*index).copied()));
    let first = *order.first()?;
    let second = *order.get(1)?;
    let (most, next) = (points.get(first).copied()?, points.get(second).copied()?);
    (most >= CLEAR && most > next).then(|| Language::ALL.get(first).copied()).flatten()
}

fn score(tokens: &[Token], named: &dyn Fn(&str) -> bool) -> Score {
    let mut score = Score::default();
    let mut give = |language: usize, weight: u32| {
        if let Some(points) = score.points.get_mut(language) {
            *points += weight;
        }
        if weight >= DECIDING
            && let Some(points) = score.deciding.get_mut(language)
        {
            *points += weight;
        }
    };
    let only_word = tokens.iter().filter(|token| token.is_word()).count() == 1;
    // "Quita la bolsa": one word that sounds Kazakh beside Spanish ones is Spanish.
    let known_latin = |token: &&Token| {
        table().words.get(token.folded.as_str()).is_some_and(|[english, spanish, ..]| english + spanish > 0)
    };
    let heard_latin =
        |token: &&Token| token.is_word() && !known_latin(token) && table().latin.contains_key(&loose(&token.folded));
    let outweighed = {
        let heard = tokens.iter().filter(heard_latin).count();
        heard > 0 && heard <= tokens.iter().filter(known_latin).count()
    };
    let cyrillic_sentence = tokens.iter().any(|token| token.folded.chars().any(is_cyrillic));
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "¿" | "¡" => give(1, DECIDING),
            _ => {}
        }
        if !token.is_word() {
            continue;
        }
        let word = token.folded.as_str();
        if is_unclear(word) {
            continue;
        }
        if is_contraction(tokens, index) {
            give(0, 4);
            continue;
        }
        if let Some(points) = table().words.get(word) {
            let sold = points.iter().any(|weight| *weight >= DECIDING) && named(word);
            for (language, weight) in points.iter().enumerate().filter(|(_, weight)| **weight > 0) {
                let weight = if *weight < DECIDING && in_a_name(tokens, index) { 0 } else { *weight };
                give(language, if sold { weight.min(1) } else { weight });
            }
            continue;
        }
        if word.chars().any(is_cyrillic) {
            let (language, weight) = cyrillic_sign(token, only_word);
            give(language, weight);
            continue;
        }
        if let Some((language, weight)) = table().latin.get(&loose(word)) {
            // "skolko stoit": Russian and Kazakh in Latin letters; not inside a Cyrillic sentence.
            give(*language, if cyrillic_sentence || outweighed { 1 } else { *weight });
            continue;
        }
        let (language, weight) = latin_sign(token);
        give(language, weight);
    }
    score
}

/// Words of all languages.
fn is_unclear(word: &str) -> bool {
    matches!(
        word,
        "ok" | "okay"
            | "oki"
            | "okey"
            | "ок"
            | "окей"
            | "no"
            | "online"
            | "онлайн"
            | "total"
            | "hotel"
            | "отель"
            | "wow"
            | "мм"
            | "хм"
            | "hmm"
    )
}

fn is_contraction(tokens: &[Token], index: usize) -> bool {
    let after_apostrophe =
        index > 0 && tokens.get(index - 1).is_some_and(|token| matches!(token.text.as_str(), "'" | "’" | "`"));
    let Some(token) = tokens.get(index) else {
        return false;
    };
    after_apostrophe && matches!(token.folded.as_str(), "m" | "re" | "ll" | "ve" | "t")
}

/// Whether a word is capitalised beside another capitalised word ("New York", "Playa Blanca").
fn in_a_name(tokens: &[Token], index: usize) -> bool {
    let capital = |index: usize| {
        tokens
            .get(index)
            .is_some_and(|token| token.is_word() && token.text.chars().next().is_some_and(char::is_uppercase))
    };
    capital(index) && (capital(index + 1) || (index > 0 && capital(index - 1)))
}

/// What the letters and the ending of a Cyrillic word that no list knows tell.
fn cyrillic_sign(token: &Token, only_word: bool) -> (usize, u32) {
    let word = token.folded.as_str();
    let length = word.chars().count();
    let capital = token.text.chars().next().is_some_and(char::is_uppercase);
    if word.chars().any(is_kazakh_letter) {
        // A name ("Айгүл") is no sentence.
        return (3, if capital { 1 } else { 2 });
    }
    if length >= 5 && KAZAKH_ENDINGS.iter().any(|ending| word.ends_with(ending)) && !word.contains(['щ', 'ъ', 'ц', 'ф'])
    {
        return (3, if capital && only_word { 1 } else { 2 });
    }
    if length >= 5 && RUSSIAN_VERB_ENDINGS.iter().any(|ending| word.ends_with(ending)) {
        return (2, 2);
    }
    if length >= 4 && RUSSIAN_ENDINGS.iter().any(|ending| word.ends_with(ending)) {
        return (2, if capital { 0 } else { 1 });
    }
    (2, 0)
}

const KAZAKH_ENDINGS: [&str; 24] = [
    "айын",
    "ейин",
    "амын",
    "емин",
    "аймын",
    "еймин",
    "ыныз",
    "иниз",
    "ындар",
    "гым",
    "аман",
    "асыз",
    "есиз",
    "йсыз",
    "йсиз",
    "лерге",
    "ларга",
    "лардын",
    "лердин",
    "сынба",
    "уге",
    "уга",
    "ныз",
    "сызба",
];

const RUSSIAN_VERB_ENDINGS: [&str; 12] =
    ["йте", "ьте", "ите", "ете", "ться", "тесь", "ить", "ать", "еть", "уйте", "ишь", "ешь"];

const RUSSIAN_ENDINGS: [&str; 19] = [
    "ого", "его", "ому", "ему", "ыми", "ими", "ая", "яя", "ую", "юю", "ые", "ый", "ой", "ения", "ение", "ость", "ами",
    "ями", "ются",
];

/// What the ending of a Latin word that no list knows tells.
fn latin_sign(token: &Token) -> (usize, u32) {
    let word = token.folded.as_str();
    let capital = token.text.chars().next().is_some_and(char::is_uppercase);
    let length = word.len();
    if capital {
        return (1, 0);
    }
    let accented = token.text.chars().any(|letter| matches!(letter, 'á' | 'é' | 'í' | 'ó' | 'ú' | 'ñ'));
    if accented
        || (length >= 6
            && ["cion", "ciones", "amos", "emos", "ando", "iendo", "mente"].iter().any(|end| word.ends_with(end)))
    {
        return (1, 2);
    }
    if length >= 6 && ["ing", "tion", "ness", "ful", "ight", "ould"].iter().any(|end| word.ends_with(end)) {
        return (0, 1);
    }
    (0, 0)
}

const fn is_kazakh_letter(letter: char) -> bool {
    matches!(letter, 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'і' | 'һ')
}

/// E-mails, links and words with an underscore or a digit say nothing about the language.
fn without_addresses(text: &str) -> String {
    text.split_whitespace()
        .filter(|word| !word.contains(['@', '_']) && !word.contains("://") && !word.starts_with("www."))
        .collect::<Vec<_>>()
        .join(" ")
}

fn without_quotations(text: &str) -> String {
    let mut outside = String::with_capacity(text.len());
    let mut closing: Option<char> = None;
    for character in text.chars() {
        match (closing, character) {
            (Some(end), _) if character == end => {
                closing = None;
                outside.push(' ');
            }
            (Some(_), _) => {}
            (None, '«') => closing = Some('»'),
            (None, '“' | '„') => closing = Some('”'),
            (None, '"') => closing = Some('"'),
            (None, _) => outside.push(character),
        }
    }
    // An unclosed quotation mark quotes nothing.
    if closing.is_some() { text.to_owned() } else { outside }
}

#[derive(Default)]
struct Table {
    words: HashMap<String, Points>,
    /// Russian and Kazakh words in loose Latin spelling.
    latin: HashMap<String, (usize, u32)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("words.tsv")))
}

fn read(rows: &str) -> Table {
    let mut table = Table::default();
    for row in rows.lines().filter(|row| !row.starts_with('#')) {
        let mut cells = row.split('|');
        let (Some(code), Some(weight), Some(words)) = (cells.next(), cells.next(), cells.next()) else {
            continue;
        };
        let Some(language) = Language::ALL.iter().position(|language| language.code() == code) else {
            continue;
        };
        let weight: u32 = weight.parse().unwrap_or(1);
        for word in words.split(',').map(fold) {
            for form in [unspecific(&word), word] {
                let points = table.words.entry(form).or_default();
                if let Some(points) = points.get_mut(language) {
                    *points = (*points).max(weight);
                }
            }
        }
    }
    let cyrillic: Vec<(String, Points)> = table
        .words
        .iter()
        .filter(|(word, _)| word.chars().count() >= 4 && word.chars().any(is_cyrillic))
        .map(|(word, points)| (word.clone(), *points))
        .collect();
    for (word, points) in cyrillic {
        let Some((language, weight)) = points.iter().enumerate().skip(2).max_by_key(|(_, weight)| **weight) else {
            continue;
        };
        let latin = loose(&latinize(&word));
        let taken = LATIN_NAMES.contains(&latin.as_str())
            || table.words.contains_key(&latin)
            || table.words.contains_key(&latinize(&word));
        if latin.len() >= 4 && !taken && *weight >= 2 {
            table.latin.insert(latin, (language, *weight));
        }
    }
    table
}

/// Names and words of other languages that Russian and Kazakh words in Latin letters look like.
const LATIN_NAMES: [&str; 14] =
    ["marta", "maia", "dana", "adam", "mama", "alma", "moia", "sani", "jane", "jana", "sona", "mona", "tami", "keri"];

/// Kazakh letters as people without a Kazakh keyboard write them.
fn unspecific(word: &str) -> String {
    word.chars()
        .map(|letter| match letter {
            'ә' => 'а',
            'ғ' => 'г',
            'қ' => 'к',
            'ң' => 'н',
            'ө' => 'о',
            'ұ' | 'ү' => 'у',
            'і' => 'и',
            'һ' => 'х',
            other => other,
        })
        .collect()
}

/// Latin spellings of Cyrillic made one: "qansha", "kansha"; "zhok", "jok"; "xochu", "hochu".
fn loose(word: &str) -> String {
    word.replace("kh", "h")
        .replace("gh", "g")
        .replace("zh", "j")
        .replace('x', "h")
        .replace('q', "k")
        .replace('y', "i")
        .replace("ii", "i")
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
