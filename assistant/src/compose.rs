//! Wording: outcomes become sentences of the customer's language, from the Fluent texts in `assistant/texts`.
//!
//! Every value that goes into a sentence passes through [`Value`], which formats it for the language and notes it in
//! [`Facts`], so that `domain::reply` can tell a number that rests on a row from one that does not.

mod calendar;
mod names;

pub use calendar::{date, day, hours_of_week, time_of_day};
pub use names::Names;

use crate::texts::Texts;
use domain::language::Language;
use domain::money::{Money, format_money};
use domain::reply::Facts;
use fluent_bundle::{FluentArgs, FluentValue};
use jiff::civil;
use std::sync::LazyLock;

static TEXTS: LazyLock<Texts> = LazyLock::new(|| {
    Texts::read([
        include_str!("../texts/en.ftl"),
        include_str!("../texts/es.ftl"),
        include_str!("../texts/ru.ftl"),
        include_str!("../texts/kk.ftl"),
    ])
});

/// A value of a sentence.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// A text of the catalogue or the company; its numbers and links may be repeated.
    Text(&'a str),
    /// Words of the customer, or that a model passes on as theirs. The program repeats them; nothing that a model words rests on
    /// them, and where they could be made to promise something they stand in its sentence under a name.
    Theirs(&'a str),
    /// A word of ours; nothing in it needs a fact.
    Word(String),
    /// A sum.
    Money(Money),
    /// A count, which also chooses the plural form.
    Count(i64),
    /// A day.
    Day(civil::Date),
    /// A time of day.
    Time(civil::Time),
    /// A link.
    Link(&'a str),
    /// Several texts, joined with "and".
    List(Vec<String>),
}

/// Puts the reply together.
#[derive(Debug)]
pub struct Composer {
    language: Language,
    paragraphs: Vec<String>,
    /// How many of the first paragraphs are said by the program itself, whoever words the rest.
    fixed: usize,
    /// Sums, days, times and links stand in the sentences as names where a model words the reply.
    names: Option<Names>,
    /// What the reply rests on so far, without the customer's own words.
    pub facts: Facts,
    /// The customer's own words that the program repeats.
    pub theirs: Vec<String>,
}

impl Composer {
    /// An empty reply.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, paragraphs: Vec::new(), fixed: 0, names: None, facts: Facts::default(), theirs: Vec::new() }
    }

    /// An empty reply in which sums, days, times and links stand as `{{name}}`, for a model to take over.
    #[must_use]
    pub fn naming(language: Language) -> Self {
        Self { names: Some(Names::default()), ..Self::new(language) }
    }

    /// What the names of a [`naming`](Self::naming) composer stand for.
    #[must_use]
    pub fn names(&self) -> Names {
        self.names.clone().unwrap_or_default()
    }

    /// What was said so far is said by the program itself.
    pub fn fix(&mut self) {
        self.fixed = self.paragraphs.len();
    }

    /// The paragraphs that the program says itself.
    #[must_use]
    pub fn fixed(&self) -> String {
        self.filled(&self.paragraphs[..self.fixed].join("\n"))
    }

    /// A text with its names filled in.
    #[must_use]
    pub fn filled(&self, text: &str) -> String {
        self.names.as_ref().map_or_else(|| text.to_owned(), |names| names.fill(text).0)
    }

    /// Characters of a text once its names are filled in.
    #[must_use]
    pub fn length(&self, text: &str) -> usize {
        if self.names.is_none() { text.chars().count() } else { self.filled(text).chars().count() }
    }

    /// The language of the reply.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// One sentence; its values are noted as facts.
    pub fn word(&mut self, id: &str, values: &[(&'static str, Value<'_>)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            let formatted = self.format(name, value);
            args.set(*name, formatted);
        }
        TEXTS.fill(self.language, id, &args)
    }

    /// One value as it stands in a sentence; it is noted as a fact.
    pub fn named(&mut self, name: &str, value: &Value<'_>) -> String {
        match self.format(name, value) {
            FluentValue::String(text) => text.into_owned(),
            FluentValue::Number(number) => number.as_string().into_owned(),
            _ => String::new(),
        }
    }

    /// Adds a sentence as a paragraph of its own.
    pub fn say(&mut self, id: &str, values: &[(&'static str, Value<'_>)]) {
        let text = self.word(id, values);
        self.push(text);
    }

    /// Adds a finished paragraph; one that stands already is not repeated.
    pub fn push(&mut self, text: String) {
        if !text.is_empty() && !self.paragraphs.contains(&text) {
            self.paragraphs.push(text);
        }
    }

    /// Whether nothing has been said yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paragraphs.is_empty()
    }

    /// Characters of the reply so far.
    #[must_use]
    pub fn chars(&self) -> usize {
        self.paragraphs.iter().map(|text| self.length(text) + 1).sum()
    }

    /// The reply, cut at a paragraph where it is longer than `planned` characters; `true` when something was left out.
    #[must_use]
    pub fn finish(&self, planned: usize) -> (String, bool) {
        let mut text = String::new();
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            let needed = self.length(&text) + usize::from(!text.is_empty()) + self.length(paragraph);
            if needed > planned {
                if text.is_empty() {
                    return (shorten(&self.filled(paragraph), planned), true);
                }
                // What is asked last matters more than what fills the middle.
                let last = &self.paragraphs[self.paragraphs.len() - 1];
                if at + 1 < self.paragraphs.len() && self.length(&text) + 1 + self.length(last) <= planned {
                    text.push('\n');
                    text.push_str(last);
                }
                return (text, true);
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(paragraph);
        }
        (text, false)
    }

    fn format(&mut self, name: &str, value: &Value<'_>) -> FluentValue<'static> {
        let facts = &mut self.facts;
        let names = &mut self.names;
        let mut named = |shown: String| match names {
            Some(names) => names.name(name, &shown),
            None => shown,
        };
        match value {
            Value::Text(text) => {
                note(&mut facts.texts, text);
                FluentValue::from((*text).trim().to_owned())
            }
            Value::Theirs(text) => {
                let text = text.trim();
                note(&mut self.theirs, text);
                let shown = if crate::guard::is_harmless(text) { text.to_owned() } else { named(text.to_owned()) };
                FluentValue::from(shown)
            }
            Value::Word(word) => FluentValue::from(word.clone()),
            Value::Money(money) => {
                if !facts.money.contains(money) {
                    facts.money.push(*money);
                }
                FluentValue::from(named(format_money(*money, self.language)))
            }
            Value::Count(count) => {
                note(&mut facts.numbers, &count.to_string());
                FluentValue::from(*count as f64)
            }
            Value::Day(date) => {
                let text = day(*date, self.language);
                note(&mut facts.numbers, &date.day().to_string());
                note(&mut facts.texts, &text);
                FluentValue::from(named(text))
            }
            Value::Time(time) => {
                let text = time_of_day(*time);
                note(&mut facts.numbers, &text);
                note(&mut facts.texts, &text);
                FluentValue::from(named(text))
            }
            Value::Link(link) => {
                note(&mut facts.links, link);
                FluentValue::from(named((*link).to_owned()))
            }
            Value::List(texts) => {
                for text in texts {
                    note(&mut facts.texts, text);
                }
                FluentValue::from(self.join(texts))
            }
        }
    }

    /// "a, b and c".
    #[must_use]
    pub fn join(&self, texts: &[String]) -> String {
        let and = match self.language {
            Language::En => "and",
            Language::Es => "y",
            Language::Ru => "и",
            Language::Kk => "және",
        };
        match texts {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => {
                let and = if self.language == Language::Es && starts_with_i(last) { "e" } else { and };
                format!("{} {and} {last}", first.join(", "))
            }
        }
    }
}

/// Spanish "y" becomes "e" before the sound i.
fn starts_with_i(word: &str) -> bool {
    let folded = domain::text::fold(word);
    (folded.starts_with('i') || folded.starts_with("hi")) && !folded.starts_with("hie")
}

fn note(list: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !list.iter().any(|known| known == text) {
        list.push(text.to_owned());
    }
}

/// Cuts a text at the end of a sentence, else of a word, before `limit` characters.
#[must_use]
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    let end = cut
        .rfind(['.', '!', '?', '\n'])
        .filter(|at| *at > cut.len() / 2)
        .map(|at| at + 1)
        .or_else(|| cut.rfind(' '))
        .unwrap_or(cut.len());
    let mut short = cut[..end].trim_end().to_owned();
    if !short.ends_with(['.', '!', '?']) {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::FluentResource;
    use std::collections::BTreeSet;

    fn ids(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|character: char| character.is_ascii_lowercase()))
            .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim()))
            .collect()
    }

    #[test]
    fn every_language_has_every_text() {
        let english = ids(include_str!("../texts/en.ftl"));
        assert!(english.len() > 50);
        for (code, source) in [
            ("es", include_str!("../texts/es.ftl")),
            ("ru", include_str!("../texts/ru.ftl")),
            ("kk", include_str!("../texts/kk.ftl")),
        ] {
            let theirs = ids(source);
            let missing: Vec<_> = english.symmetric_difference(&theirs).collect();
            assert!(missing.is_empty(), "{code}: {missing:?}");
        }
    }

    #[test]
    fn every_text_reads_without_errors() {
        for (code, source) in [
            ("en", include_str!("../texts/en.ftl")),
            ("es", include_str!("../texts/es.ftl")),
            ("ru", include_str!("../texts/ru.ftl")),
            ("kk", include_str!("../texts/kk.ftl")),
        ] {
            assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{code}");
        }
    }

    #[test]
    fn a_long_reply_is_cut_at_a_paragraph_and_keeps_its_question() {
        let mut composer = Composer::new(Language::En);
        composer.push("a".repeat(40));
        composer.push("b".repeat(40));
        composer.push("Which one?".to_owned());
        let (text, cut) = composer.finish(60);
        assert!(cut);
        assert_eq!(text, format!("{}\nWhich one?", "a".repeat(40)));
    }
}
