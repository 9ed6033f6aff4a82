//! A line of text with everything marked that is not the name of an item: phones, days, names, cities, turns of phrase.

use super::super::cue::{self, CueMatch};
use super::super::dates::{DateMention, TimeMention, TimeRangeMention, dates, parts_of_day};
use super::super::numbers::{
    Dimension, DurationMention, MeasureMention, NumberKind, NumberMention, durations, measures, numbers,
};
use super::super::people::{names, nominative, phones, without_genitive, without_predicate};
use super::Context;
use crate::retrieve::is_function_word;
use crate::turn::{Field, Pending};
use domain::city::{CityMention, mentions, resolve};
use domain::language::Language;
use domain::text::{Token, TokenKind, fold, tokens};

/// What a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing yet.
    Free,
    /// Phone, day, time, name, city, address, e-mail: never part of an item's name.
    Taken,
    /// A turn of phrase that no item's name overrules.
    Phrase,
    /// A turn of phrase that may as well be part of an item's name.
    Soft,
    /// A sum of money that the customer named.
    Money,
}

/// A line and what stands in it.
#[derive(Debug)]
pub(crate) struct Marked<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: Vec<Token>,
    pub(crate) marks: Vec<Mark>,
    /// Number of the sentence of each token.
    pub(crate) sentences: Vec<usize>,
    pub(crate) cues: Vec<CueMatch>,
    pub(crate) numbers: Vec<NumberMention>,
    pub(crate) durations: Vec<DurationMention>,
    pub(crate) measures: Vec<MeasureMention>,
    pub(crate) dates: Vec<DateMention>,
    pub(crate) times: Vec<TimeMention>,
    pub(crate) parts: Vec<TimeRangeMention>,
    pub(crate) cities: Vec<CityMention>,
    pub(crate) phones: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) address: Option<String>,
}

/// Words of money after or before a number.
const MONEY: &[&str] = &[
    "€",
    "$",
    "₸",
    "₽",
    "£",
    "eur",
    "euro",
    "euros",
    "евро",
    "еуро",
    "usd",
    "dollar",
    "dollars",
    "доллар",
    "долларов",
    "тенге",
    "теңге",
    "tenge",
    "kzt",
    "руб",
    "рублей",
    "рубля",
    "рубль",
    "тг",
];

impl<'a> Marked<'a> {
    pub(crate) fn read(text: &'a str, context: &Context<'_>, language: Option<Language>) -> Self {
        let tokens = tokens(text);
        let mut sentences = Vec::with_capacity(tokens.len());
        let mut sentence = 0;
        for (at, token) in tokens.iter().enumerate() {
            sentences.push(sentence);
            let decimal_point = token.text == "."
                && tokens.get(at + 1).is_some_and(|next| next.start == token.end && next.kind == TokenKind::Word);
            if cue::ends_sentence(token) && !decimal_point {
                sentence += 1;
            }
        }
        let asked_slot =
            context.asked(Field::Time) || matches!(context.state.pending, Some(Pending::ChooseSlot { .. }));
        let mut marked = Self {
            text,
            marks: vec![Mark::Free; tokens.len()],
            sentences,
            cues: Vec::new(),
            numbers: Vec::new(),
            durations: durations(&tokens),
            measures: Vec::new(),
            dates: dates(&tokens, context.now, language),
            times: Vec::new(),
            parts: Vec::new(),
            cities: Vec::new(),
            phones: Vec::new(),
            name: None,
            address: None,
            tokens,
        };
        marked.mark_email();
        for phone in phones(text, context.asked(Field::Phone)) {
            if marked.take_bytes(phone.start, phone.end) {
                marked.phones.push(phone.raw);
            }
        }
        if marked.phones.is_empty() {
            marked.short_phone();
        }
        let clear = |marks: &[Mark], start: usize, end: usize| {
            marks.get(start..end).is_some_and(|marks| marks.iter().all(|mark| *mark == Mark::Free))
        };
        // "Thursday 5": the number belongs to the day.
        for date in &mut marked.dates {
            let next = marked.tokens.get(date.end_token);
            if next.is_some_and(|next| next.is_number() && next.text == date.date.day().to_string()) {
                date.end_token += 1;
            }
        }
        marked.dates.retain(|date| clear(&marked.marks, date.start_token, date.end_token));
        for date in marked.dates.clone() {
            marked.take(date.start_token, date.end_token);
        }
        // A bare number is a time only where none is spelled out ("no, three. Tuesday at 10").
        let mut times = super::super::dates::times(&marked.tokens, language, false);
        if times.is_empty() && asked_slot {
            times = super::super::dates::times(&marked.tokens, language, true);
        }
        // "5 марта, 12.00": beside a day a point parts hours from minutes.
        if times.is_empty() && !marked.dates.is_empty() {
            times = super::super::dates::times(&marked.tokens, language, true);
            times.retain(|time| marked.tokens[time.start_token].text.contains('.'));
        }
        for time in
            times.into_iter().filter(|time| clear(&marked.marks, time.start_token, time.end_token)).collect::<Vec<_>>()
        {
            marked.take(time.start_token, time.end_token);
            marked.times.push(time);
        }
        for part in parts_of_day(&marked.tokens, language) {
            if clear(&marked.marks, part.start_token, part.end_token) {
                marked.take(part.start_token, part.end_token);
                marked.parts.push(part);
            }
        }
        marked.cues = cue::find(&marked.tokens);
        let cities = mentions(text, context.index.cities());
        marked.find_name(context, language, &cities);
        for city in cities {
            let (from, to) = marked.range(city.start, city.end);
            // A place in an item's name ("a trip to La Graciosa") is no city of delivery unless it is served.
            let in_a_name = city.spelled.is_none()
                && marked.tokens[from..to].iter().any(|token| context.index.is_named(&token.folded));
            if !in_a_name && clear(&marked.marks, from, to) {
                marked.take(from, to);
                marked.cities.push(city);
            }
        }
        marked.numbers = numbers(&marked.tokens)
            .into_iter()
            .filter(|number| clear(&marked.marks, number.start_token, number.end_token))
            .collect();
        marked.mark_money();
        marked.measures = measures(&marked.tokens)
            .into_iter()
            .filter(|measure| {
                clear(&marked.marks, measure.start_token, measure.end_token) && measure.dimension != Dimension::Length
            })
            .collect();
        let taken = marked.marks.clone();
        marked.durations.retain(|duration| clear(&taken, duration.start_token, duration.end_token));
        if context.asked(Field::Address) {
            marked.find_address(context.asked(Field::City));
        }
        marked.mark_cues();
        marked
    }

    fn take(&mut self, from: usize, to: usize) {
        for mark in self.marks.iter_mut().take(to).skip(from) {
            *mark = Mark::Taken;
        }
    }

    fn take_bytes(&mut self, start: usize, end: usize) -> bool {
        let (from, to) = self.range(start, end);
        if from >= to || self.marks[from..to].contains(&Mark::Taken) {
            return false;
        }
        self.take(from, to);
        true
    }

    /// Tokens of a span of bytes.
    pub(crate) fn range(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.tokens.iter().position(|token| token.end > start).unwrap_or(self.tokens.len());
        let to = self.tokens.iter().position(|token| token.start >= end).unwrap_or(self.tokens.len());
        (from, to.max(from))
    }

    /// The customer's name: what `people` finds, unless it is a served city or no name at all ("Lovely, one to Dublin").
    fn find_name(&mut self, context: &Context<'_>, language: Option<Language>, cities: &[CityMention]) {
        let text = self.text;
        let mut offset = 0;
        for _ in 0..3 {
            let rest = &text[offset..];
            let Some(name) = names(rest, &tokens(rest), context.asked(Field::Name)) else { break };
            let Some(start) = rest.find(&name).map(|at| at + offset) else { break };
            let end = start + name.len();
            // "Алматы Дос, +7…": the city before the name is none of it.
            let (name, start) = cities
                .iter()
                .filter(|city| city.spelled.is_some() && city.start == start && city.end < end)
                .find_map(|city| {
                    let rest = text[city.end..end].trim_start_matches([' ', ',']);
                    (!rest.is_empty()).then(|| (rest.to_owned(), end - rest.len()))
                })
                .unwrap_or((name, start));
            let is_city = cities.iter().any(|city| city.spelled.is_some() && city.start <= start && end <= city.end);
            // "It's Cork, not Galway" names no person.
            if let Some(spelled) = resolve(&name, context.index.cities())
                && self.take_bytes(start, end)
            {
                self.cities.push(CityMention { said: name, spelled: Some(spelled.to_owned()), start, end });
                offset = end;
                continue;
            }
            // Beside a phone a word in lower case may be anything: a name that is known stands.
            let weak = context.state.given.name.is_some()
                && !context.asked(Field::Name)
                && name.chars().next().is_some_and(char::is_lowercase)
                && !rest[..rest.find(&name).unwrap_or(0)].contains(char::is_alphabetic);
            // "And a sampler": what is on offer is nobody in lower case.
            let offered = name.chars().next().is_some_and(char::is_lowercase)
                && tokens(&name).iter().any(|word| word.is_word() && context.index.is_named(&word.folded));
            if is_city || weak || offered || is_function_word(&fold(&name)) {
                offset = end;
                continue;
            }
            self.take_name(start, end, language);
            return;
        }
        // "Not Olga but Helen."
        if let Some(known) = &context.state.given.name {
            let first = fold(known.split_whitespace().next().unwrap_or_default());
            let denied = (1..self.tokens.len()).find(|at| {
                self.tokens[*at].folded == first && ["not", "no", "не"].contains(&self.tokens[*at - 1].folded.as_str())
            });
            if let Some(at) = denied {
                let (start, end) = (self.tokens[at].start, self.tokens[at].end);
                self.take_name(start, end, language);
            }
        }
    }

    /// Takes a name, with a first name before it that reads like a word ("Una Pratt"), or the one that replaces it
    /// ("not Olga but Helen").
    fn take_name(&mut self, start: usize, end: usize, language: Option<Language>) {
        let (mut from, mut to) = self.range(start, end);
        let word = |marked: &Self, at: usize| marked.tokens.get(at).is_some_and(Token::is_word);
        let capital = |marked: &Self, at: usize| {
            marked.tokens.get(at).is_some_and(|token| token.text.chars().next().is_some_and(char::is_uppercase))
        };
        if from > 0 && ["not", "no", "не"].contains(&self.tokens[from - 1].folded.as_str()) {
            let Some(next) = (to..self.tokens.len().min(to + 4)).find(|at| word(self, *at) && capital(self, *at))
            else {
                return;
            };
            (from, to) = (next, next + 1);
            while word(self, to) && capital(self, to) && self.marks[to] == Mark::Free {
                to += 1;
            }
        }
        let joins = from > 0
            && language == Some(Language::En)
            && word(self, from - 1)
            && capital(self, from - 1)
            && self.marks[from - 1] == Mark::Free
            && self.tokens[from - 1].end + 1 == self.tokens[from].start
            && (from == 1 || !self.tokens[from - 2].is_word())
            && ["una", "an", "will", "may", "mark", "rose", "grace", "joy"]
                .contains(&self.tokens[from - 1].folded.as_str());
        if joins {
            from -= 1;
        }
        if from < to && self.marks[from..to].iter().all(|mark| *mark != Mark::Taken) {
            let name = self.text[self.tokens[from].start..self.tokens[to - 1].end].to_owned();
            let name = self.in_the_nominative(name, from, to);
            self.take(from, to);
            self.name = Some(name);
        }
    }

    /// A name that stands in an oblique case, where that is sure: "на имя Анны Петровой", "Әлияның атына".
    fn in_the_nominative(&self, name: String, from: usize, to: usize) -> String {
        let word = |at: Option<usize>| at.and_then(|at| self.tokens.get(at)).map_or("", |token| token.folded.as_str());
        let bent = match word(from.checked_sub(1)) {
            "имя" if word(from.checked_sub(2)) == "на" => nominative(&name),
            "на" | "для" | "запишите" | "оформите" => nominative(&name),
            "мен" => without_predicate(&name),
            _ if matches!(word(Some(to)), "атына" | "атқа" | "есіміне") => without_genitive(&name),
            _ => None,
        };
        bent.unwrap_or(name)
    }

    /// "Phone 123": too short for a number, yet meant as one.
    fn short_phone(&mut self) {
        const PHONE: &[&str] = &["phone", "tel", "telephone", "телефон", "тел", "telefono", "нөмірім", "номер"];
        let found = (1..self.tokens.len()).find(|at| {
            let number = &self.tokens[*at];
            number.is_number() && number.text.len() >= 3 && PHONE.contains(&self.tokens[*at - 1].folded.as_str())
        });
        if let Some(at) = found {
            self.phones.push(self.tokens[at].text.clone());
            self.take(at, at + 1);
        }
    }

    fn mark_email(&mut self) {
        let spans: Vec<(usize, usize)> = self
            .text
            .split_whitespace()
            .filter(|word| word.contains('@') || word.starts_with("http://") || word.starts_with("https://"))
            .map(|word| {
                let start = word.as_ptr() as usize - self.text.as_ptr() as usize;
                (start, start + word.len())
            })
            .collect();
        for (start, end) in spans {
            self.take_bytes(start, end);
        }
    }

    /// "for 1 euro" is no quantity.
    fn mark_money(&mut self) {
        let is_money = |token: Option<&Token>| token.is_some_and(|token| MONEY.contains(&token.folded.as_str()));
        let spans: Vec<(usize, usize)> = self
            .numbers
            .iter()
            .filter_map(|number| {
                if is_money(self.tokens.get(number.end_token)) {
                    Some((number.start_token, number.end_token + 1))
                } else if number.start_token > 0 && is_money(self.tokens.get(number.start_token - 1)) {
                    Some((number.start_token - 1, number.end_token))
                } else {
                    None
                }
            })
            .collect();
        for (from, to) in spans {
            for mark in &mut self.marks[from..to] {
                *mark = Mark::Money;
            }
        }
        let marks = &self.marks;
        self.numbers.retain(|number| marks[number.start_token] != Mark::Money);
    }

    /// An address that was asked for: the rest of a line that has a number or a word for a street.
    fn find_address(&mut self, wants_city: bool) {
        const STREETS: &[&str] = &[
            "street",
            "st",
            "avenue",
            "ave",
            "road",
            "rd",
            "lane",
            "calle",
            "avenida",
            "plaza",
            "paseo",
            "carrer",
            "camino",
            "улица",
            "ул",
            "проспект",
            "пр",
            "переулок",
            "шоссе",
            "бульвар",
            "дом",
            "кв",
            "кошеси",
            "көшесі",
            "көше",
            "даңғылы",
            "даңғыл",
            "үй",
            "пәтер",
            "мкр",
            "микрорайон",
        ];
        let folded_streets: Vec<String> = STREETS.iter().map(|street| fold(street)).collect();
        let free: Vec<usize> = (0..self.tokens.len()).filter(|at| self.marks[*at] == Mark::Free).collect();
        let has_street = free.iter().any(|at| folded_streets.contains(&self.tokens[*at].folded));
        let has_number = free.iter().any(|at| self.tokens[*at].is_number());
        if !(has_street || (has_number && free.len() >= 2)) {
            return;
        }
        let (Some(first), Some(last)) = (free.first(), free.last()) else { return };
        let mut last = *last;
        let street = free.iter().copied().find(|at| folded_streets.contains(&self.tokens[*at].folded));
        let mut from = street.unwrap_or(*first).min(last);
        // "12 Sample Street": the number and the name may stand before the word.
        let ahead = |at: usize| {
            at > 0
                && free.contains(&(at - 1))
                && (self.tokens[at - 1].is_number() || self.tokens[at - 1].is_word())
                && self.marks[at - 1] == Mark::Free
        };
        while street.is_some() && ahead(from) {
            from -= 1;
        }
        // "…, Boise": a clause of its own behind the last number is the city that was asked for too.
        let comma = (from..last).rev().find(|at| self.tokens[*at].text == ",");
        if let Some(comma) = comma
            && self.cities.is_empty()
            && wants_city
            && free.iter().filter(|at| **at > comma).all(|at| {
                let token = &self.tokens[*at];
                token.is_word()
                    && token.text.chars().next().is_some_and(char::is_uppercase)
                    && !folded_streets.contains(&token.folded)
            })
        {
            last = comma - 1;
        }
        let last = &last;
        let text = self.text[self.tokens[from].start..self.tokens[*last].end].trim_matches([' ', ',', '.']).to_owned();
        self.take(from, *last + 1);
        let marks = self.marks.clone();
        self.numbers.retain(|number| marks[number.start_token] == Mark::Free);
        self.address = Some(text);
    }

    fn mark_cues(&mut self) {
        let marks = self.marks.clone();
        // A turn of phrase that reaches into a day or a name is none ("May").
        self.cues.retain(|cue| !marks[cue.start_token..cue.end_token].contains(&Mark::Taken));
        for cue in &self.cues {
            for mark in &mut self.marks[cue.start_token..cue.end_token] {
                *mark = match (*mark, cue.cue.yields_to_names()) {
                    (Mark::Free | Mark::Soft, true) => Mark::Soft,
                    (Mark::Free | Mark::Soft, false) => Mark::Phrase,
                    (other, _) => other,
                };
            }
        }
        // Both a yielding and another cue on one token: the other holds it.
        for cue in self.cues.clone().iter().filter(|cue| !cue.cue.yields_to_names()) {
            for mark in &mut self.marks[cue.start_token..cue.end_token] {
                if *mark == Mark::Soft {
                    *mark = Mark::Phrase;
                }
            }
        }
    }

    /// Whether a number counts both of two things ("los dos").
    pub(crate) fn both(&self, sentence: usize) -> bool {
        self.numbers
            .iter()
            .any(|number| number.kind == NumberKind::Both && self.sentences[number.start_token] == sentence)
    }

    /// Whether a sentence ends with a question mark.
    pub(crate) fn is_question(&self, sentence: usize) -> bool {
        self.tokens.iter().zip(&self.sentences).any(|(token, of)| *of == sentence && token.text == "?")
    }

    /// How many sentences there are.
    pub(crate) fn sentence_count(&self) -> usize {
        self.sentences.last().map_or(0, |last| last + 1)
    }
}
