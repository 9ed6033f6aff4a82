//! The order among the rows that a question may mean.

use super::forms::{FormId, Word, is_function_word};
use super::{CatalogueIndex, Weak};
use crate::lexicon::Lexicon;
use domain::text::tokens;

/// One word of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWord {
    /// Folded.
    pub text: String,
    /// Counts only when it matches: words that may belong to the name or to the rest of the sentence.
    pub optional: bool,
    /// Counts half: it stands behind a "for" ("a visit for my espresso machine").
    pub minor: bool,
}

/// What a question may mean.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Rows and scores, best first.
    pub ranked: Vec<(usize, f32)>,
    /// How many of the first rows are as good as the first: 1 for a specific question, more for a generic one.
    pub level: usize,
    /// Whether every word that tells items apart was met; `false` for "black roses" where there are red ones.
    pub exact: bool,
    /// Words that the best row does not have.
    pub unknown: Vec<String>,
    /// The words of the question that name the best rows, by position.
    pub named: Vec<usize>,
}

impl Found {
    /// The rows as good as the best.
    #[must_use]
    pub fn best(&self) -> Vec<usize> {
        self.ranked.iter().take(self.level).map(|(row, _)| *row).collect()
    }
}

/// Share of the best score that a row needs to be as good as the best.
const LEVEL: f32 = 0.93;

struct Weighted {
    position: usize,
    word: Word,
    weight: f32,
    optional: bool,
    weak: Option<Weak>,
}

struct Scored {
    row: usize,
    score: f32,
    matched: Vec<usize>,
    named: Vec<usize>,
    /// Share of the row's name that the question says.
    said: f32,
}

impl CatalogueIndex {
    /// Ranks rows for the words of a question; `within` limits them to some rows (the candidates of an open question).
    #[must_use]
    pub fn find(&self, words: &[QueryWord], within: Option<&[usize]>) -> Found {
        let query = self.weigh(words);
        if query.iter().all(|word| word.word.forms.is_empty()) {
            return self.nothing(words);
        }
        let rows: Vec<usize> = match (within, &self.engine) {
            (Some(rows), _) => rows.to_vec(),
            (None, Some(engine)) => engine.candidates(
                query.iter().flat_map(|word| word.word.forms.iter().map(|form| self.vocabulary.spelling(*form))),
            ),
            (None, None) => (0..self.rows.len()).collect(),
        };
        let mut scored: Vec<Scored> = rows.into_iter().filter_map(|row| self.score(row, &query)).collect();
        // Equal scores keep the file's order.
        scored.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.row.cmp(&b.row)));
        let Some(best) = scored.first() else { return self.nothing(words) };
        let missed = |weighted: &&Weighted| !best.matched.contains(&weighted.position) && !weighted.optional;
        let unknown: Vec<&Weighted> = query.iter().filter(missed).collect();
        let strong = query.iter().any(|word| word.weak.is_none() && best.named.contains(&word.position));
        let strongly_described = query.iter().any(|word| word.weak.is_none() && best.matched.contains(&word.position));
        let missing_name = unknown.iter().any(|word| word.weak.is_none());
        // Generic words alone name nothing when something else was named that is not there; and a description that
        // happens to have one of several words is no answer either.
        let accepted = if strong {
            true
        } else if strongly_described {
            !missing_name
        } else {
            // "Three places in the puppy class": a counting word that no row has names nothing else.
            let counting = unknown.iter().all(|word| word.weak == Some(Weak::Unit) && word.word.forms.is_empty());
            !best.named.is_empty() && (unknown.is_empty() || (counting && best.named.len() >= 2))
        };
        if !accepted && within.is_none() {
            return self.nothing(words);
        }
        // Another colour than the row's own is another item; a colour that the row does not speak of may be had.
        let own_property = self.rows[best.row].name.iter().any(|word| word.weak == Some(Weak::Property));
        let exact = !(own_property && unknown.iter().any(|word| word.weak == Some(Weak::Property)));
        let top = best.score;
        let mut level = scored.iter().take_while(|one| one.score >= top * LEVEL).count().max(1);
        // The whole name was said: it is meant, even where longer names have the words too.
        if level > 1 {
            let whole: Vec<usize> =
                scored.iter().take(level).enumerate().filter(|(_, one)| one.said > 0.99).map(|(at, _)| at).collect();
            if let [only] = whole[..] {
                scored.swap(0, only);
                level = 1;
            }
        }
        let named = scored[0].named.clone();
        Found {
            level,
            exact,
            unknown: unknown.iter().map(|word| words[word.position].text.clone()).collect(),
            named,
            ranked: scored.iter().map(|one| (one.row, one.score)).collect(),
        }
    }

    fn nothing(&self, words: &[QueryWord]) -> Found {
        let unknown = words
            .iter()
            .filter(|word| !word.optional && !is_function_word(&word.text))
            .map(|word| word.text.clone())
            .collect();
        Found { unknown, ..Found::default() }
    }

    fn weigh(&self, words: &[QueryWord]) -> Vec<Weighted> {
        let joined = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let joined_tokens = tokens(&joined);
        let aligned = joined_tokens.len() == words.len();
        let phrases = if aligned { Lexicon::global().phrases(&joined_tokens) } else { Vec::new() };
        let rows = self.rows.len().max(1) as f32;
        words
            .iter()
            .enumerate()
            .filter(|(_, word)| !is_function_word(&word.text))
            .map(|(position, word)| {
                let extra: Vec<String> = phrases
                    .iter()
                    .filter(|phrase| {
                        phrase.end_token - phrase.start_token > 1
                            && (phrase.start_token..phrase.end_token).contains(&position)
                    })
                    .map(|phrase| format!("#{}", phrase.concept.0))
                    .collect();
                let known = self.vocabulary.look_up(&word.text, &extra);
                let rarest = known.forms.iter().filter_map(|form| self.frequency.get(form)).max();
                let frequency = rarest.map_or(0.5, |count| *count as f32);
                let mut weak = known.weak;
                if weak.is_none() && known.forms.iter().any(|form| self.units.contains(form)) && frequency > 1.0 {
                    weak = Some(Weak::Unit);
                }
                let rarity = (1.0 + rows / frequency).ln();
                let weight = if weak.is_some() { 0.4 * rarity } else { 0.6 + rarity };
                let weight = if word.minor { weight * 0.5 } else { weight };
                Weighted { position, word: known, weight, optional: word.optional, weak }
            })
            .collect()
    }

    fn score(&self, row: usize, query: &[Weighted]) -> Option<Scored> {
        let words = self.rows.get(row)?;
        let meets = |forms: &[FormId], other: &Word| forms.iter().any(|form| other.forms.binary_search(form).is_ok());
        let mut score = 0.0;
        let mut matched = Vec::new();
        let mut named = Vec::new();
        let mut said = vec![false; words.name.len()];
        for weighted in query {
            let forms = &weighted.word.forms;
            let mut quality = 0.0_f32;
            for (place, name) in words.name.iter().enumerate() {
                if meets(forms, name) {
                    quality = 1.0;
                    said[place] = true;
                }
            }
            if quality > 0.0 {
                named.push(weighted.position);
            } else if forms.iter().any(|form| words.meta.contains(form)) {
                quality = 0.6;
                named.push(weighted.position);
            } else if forms.iter().any(|form| words.body.contains(form)) {
                quality = 0.3;
            }
            if quality > 0.0 {
                matched.push(weighted.position);
                score += quality * weighted.weight;
            }
        }
        if matched.is_empty() {
            return None;
        }
        let said = said.iter().filter(|said| **said).count() as f32 / words.name.len().max(1) as f32;
        Some(Scored { row, score, matched, named, said })
    }
}
