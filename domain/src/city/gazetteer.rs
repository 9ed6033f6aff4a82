//! Cities and towns with the names that other languages and times give them. Words only: no facts.

use super::inflection::{NameWord, plain};
use crate::text::latinize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// One name of one city.
#[derive(Debug)]
pub(super) struct Name {
    /// The city: a line of the gazetteer.
    pub(super) city: usize,
    pub(super) words: Vec<NameWord>,
    /// As the gazetteer writes it.
    pub(super) written: String,
}

/// All names, found by the first two letters of the first word.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    names: Vec<Name>,
    by_start: HashMap<String, Vec<usize>>,
}

impl Gazetteer {
    pub(super) fn global() -> &'static Self {
        static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();
        GAZETTEER.get_or_init(|| Self::read(include_str!("gazetteer.tsv")))
    }

    fn read(rows: &str) -> Self {
        let mut gazetteer = Self::default();
        for (city, row) in rows.lines().filter(|line| !line.starts_with('#')).enumerate() {
            let mut seen: Vec<String> = Vec::new();
            for name in row.split(['|', ',']).map(str::trim).filter(|name| !name.is_empty()) {
                let key = plain(name);
                if !seen.contains(&key) {
                    gazetteer.add(city, name);
                    seen.push(key);
                }
            }
        }
        gazetteer
    }

    fn add(&mut self, city: usize, name: &str) {
        let words: Vec<NameWord> = words_of(name).map(NameWord::new).collect();
        let Some(first) = words.first() else { return };
        let index = self.names.len();
        let mut starts = vec![start_of(&first.plain), start_of(&latinize(&first.plain))];
        starts.dedup();
        for start in starts {
            self.by_start.entry(start).or_default().push(index);
        }
        self.names.push(Name { city, words, written: name.to_owned() });
    }

    /// The name of a known city that these words (in plain letters) are, bent or not, in the script of the words.
    pub(super) fn name_of(&self, said: &[&str]) -> Option<&str> {
        let script = |text: &str| text.chars().next().is_some_and(crate::text::is_cyrillic);
        let first = said.first()?;
        let of_script = || self.names.iter().filter(|name| script(&name.written) == script(first));
        let as_said = |name: &&Name| name.words.iter().map(|word| word.plain.as_str()).eq(said.iter().copied());
        let bent = |name: &&Name| {
            name.words.len() == said.len() && name.words.iter().zip(said).all(|(word, said)| word.matches(said))
        };
        of_script().find(as_said).or_else(|| of_script().find(bent)).map(|name| name.written.as_str())
    }

    /// The longest name that begins a row of words (in plain letters): its cities, and how many words it took.
    pub(super) fn longest(&self, said: &[&str]) -> (Vec<usize>, usize) {
        let Some(first) = said.first() else {
            return (Vec::new(), 0);
        };
        let mut cities = Vec::new();
        let mut longest = 0;
        for index in self.by_start.get(&start_of(first)).into_iter().flatten() {
            let Some(name) = self.names.get(*index) else {
                continue;
            };
            let length = name.words.len();
            if length < longest || length > said.len() {
                continue;
            }
            if name.words.iter().zip(said).all(|(word, said)| word.matches(said)) {
                if length > longest {
                    cities.clear();
                    longest = length;
                }
                if !cities.contains(&name.city) {
                    cities.push(name.city);
                }
            }
        }
        (cities, longest)
    }

    /// Cities that a whole phrase names.
    pub(super) fn cities(&self, phrase: &str) -> Vec<usize> {
        let words: Vec<String> = words_of(phrase).map(plain).collect();
        let said: Vec<&str> = words.iter().map(String::as_str).collect();
        let (cities, length) = self.longest(&said);
        if length == said.len() { cities } else { Vec::new() }
    }
}

fn start_of(word: &str) -> String {
    word.chars().take(2).collect()
}

/// The words of a name; apostrophes and hyphens part them, as [`crate::text::tokens`] does.
pub(super) fn words_of(name: &str) -> impl Iterator<Item = &str> {
    name.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}
