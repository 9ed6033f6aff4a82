//! Retrieval over one published catalogue version: tantivy in RAM, stemming for the four languages, typing errors
//! forgiven, names in another script and another language matched.
//!
//! tantivy says which rows are worth a look; the order among them comes from which words of the question name the row,
//! because "roses" must put three bouquets level and "classic manicure" must not.

mod engine;
mod forms;
mod rank;
mod weak;

pub use rank::{Found, QueryWord};

pub(crate) use forms::{is_function_word, size_letter};
pub(crate) use weak::{Weak, weakness};

use crate::understand::numbers::numbers;
use domain::catalog::{Area, Item};
use domain::text::tokens;
use engine::{Engine, Row};
use forms::{FormId, Vocabulary, Word};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// One published version: its items and the index over them. Built once a version and shared by all turns.
#[derive(Debug)]
pub struct CatalogueIndex {
    items: Vec<Arc<Item>>,
    by_key: HashMap<String, usize>,
    rows: Vec<RowWords>,
    vocabulary: Vocabulary,
    /// How many rows a form names (name, category, tags).
    frequency: HashMap<FormId, u32>,
    /// Forms of units of sale: "ramo", "session".
    units: HashSet<FormId>,
    engine: Option<Engine>,
    cities: Vec<String>,
    /// Whether some item can go to any city.
    anywhere: bool,
    /// Forms that stand in names.
    named: HashSet<FormId>,
    /// Forms of what names count: "12 bottles", "20 пакетиков".
    inner: HashSet<FormId>,
}

/// The words of one row.
#[derive(Debug)]
struct RowWords {
    name: Vec<Word>,
    meta: HashSet<FormId>,
    body: HashSet<FormId>,
    /// Numbers that the name states, in digits or words.
    numbers: Vec<i64>,
}

/// An item that a search found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The row.
    pub item: Arc<Item>,
    /// Above 0; comparable within one search only.
    pub score: f32,
}

impl CatalogueIndex {
    /// Builds the index. Rows are kept in the given order.
    #[must_use]
    pub fn build(items: Vec<Item>) -> Self {
        let items: Vec<Arc<Item>> = items.into_iter().map(Arc::new).collect();
        let mut vocabulary = Vocabulary::default();
        let mut units = HashSet::new();
        let mut rows = Vec::with_capacity(items.len());
        let mut cities: Vec<String> = Vec::new();
        for item in &items {
            let name = vocabulary.add_text(&item.name);
            let mut meta = HashSet::new();
            for text in
                [&item.category, &item.subcategory, &item.unit, &item.sku].into_iter().flatten().chain(&item.tags)
            {
                meta.extend(vocabulary.add_text(text).into_iter().flat_map(|word| word.forms));
            }
            if let Some(unit) = &item.unit {
                units.extend(vocabulary.add_text(unit).into_iter().flat_map(|word| word.forms));
            }
            let mut body = HashSet::new();
            let details = &item.details;
            for text in [
                Some(&item.description),
                item.format.as_ref(),
                details.included.as_ref(),
                details.suitable_for.as_ref(),
                details.recommendations.as_ref(),
            ]
            .into_iter()
            .flatten()
            {
                body.extend(vocabulary.add_text(text).into_iter().flat_map(|word| word.forms));
            }
            if let Area::Cities(listed) = &item.area {
                for city in listed {
                    if !cities.contains(city) {
                        cities.push(city.clone());
                    }
                }
            }
            let words = tokens(&item.name);
            let numbers = numbers(&words)
                .into_iter()
                // "Cable 2 m" is no cable of two.
                .filter(|number| {
                    let unit = words.get(number.end_token).map_or("", |next| next.folded.as_str());
                    !matches!(
                        unit,
                        "m" | "cm"
                            | "mm"
                            | "м"
                            | "см"
                            | "мм"
                            | "metre"
                            | "metres"
                            | "meter"
                            | "meters"
                            | "metro"
                            | "metros"
                    )
                })
                .map(|number| number.value)
                .collect();
            rows.push(RowWords { name, meta, body, numbers });
        }
        let mut frequency: HashMap<FormId, u32> = HashMap::new();
        for row in &rows {
            let forms: HashSet<FormId> =
                row.name.iter().flat_map(|word| word.forms.iter().copied()).chain(row.meta.iter().copied()).collect();
            for form in forms {
                *frequency.entry(form).or_default() += 1;
            }
        }
        let joined = |forms: &mut dyn Iterator<Item = FormId>| {
            let mut text = String::new();
            for form in forms {
                text.push_str(vocabulary.spelling(form));
                text.push(' ');
            }
            text
        };
        let texts: Vec<Row> = rows
            .iter()
            .map(|row| Row {
                name: joined(&mut row.name.iter().flat_map(|word| word.forms.iter().copied())),
                meta: joined(&mut row.meta.iter().copied()),
                body: joined(&mut row.body.iter().copied()),
            })
            .collect();
        let engine = match Engine::build(&texts) {
            Ok(engine) => Some(engine),
            Err(error) => {
                // Ranking alone still answers; only large catalogues get slower.
                tracing::error!(%error, "the search index could not be built");
                None
            }
        };
        let by_key = items.iter().enumerate().map(|(row, item)| (item.key.clone(), row)).collect();
        let named = rows.iter().flat_map(|row| row.name.iter().flat_map(|word| word.forms.iter().copied())).collect();
        let anywhere = items.iter().any(|item| item.area == Area::Everywhere);
        let mut inner = HashSet::new();
        for item in &items {
            let words = tokens(&item.name);
            for pair in words.windows(2) {
                if let [number, thing] = pair
                    && number.is_number()
                    && thing.is_word()
                {
                    inner.extend(vocabulary.look_up(&thing.folded, &[]).forms);
                }
            }
        }
        Self { items, by_key, rows, vocabulary, frequency, units, engine, cities, anywhere, named, inner }
    }

    /// All items in the file's order.
    #[must_use]
    pub fn items(&self) -> &[Arc<Item>] {
        &self.items
    }

    /// The item with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Arc<Item>> {
        self.by_key.get(key).and_then(|row| self.items.get(*row))
    }

    /// Every city that some item names, in the file's order, each once.
    #[must_use]
    pub fn cities(&self) -> &[String] {
        &self.cities
    }

    /// Items that the words may mean, best first; empty when only generic words ("bouquet", "black") would match.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let words: Vec<QueryWord> = tokens(query)
            .into_iter()
            .filter(|token| token.is_word() || token.is_number())
            .map(|token| QueryWord { optional: token.is_number(), text: token.folded, minor: false })
            .collect();
        self.find(&words, None)
            .ranked
            .into_iter()
            .take(limit)
            .filter_map(|(row, score)| self.items.get(row).map(|item| Hit { item: item.clone(), score }))
            .collect()
    }

    /// Whether a word is the unit of sale of an item or a container in general: "two bouquets" are two packs.
    #[must_use]
    pub fn is_pack_word(&self, folded: &str) -> bool {
        let word = self.vocabulary.look_up(folded, &[]);
        let sold = word.forms.iter().any(|form| self.units.contains(form));
        // "70 tea bags" count what is in the boxes where names count bags and nothing is sold by the bag.
        sold || word.weak == Some(Weak::Unit) && !word.forms.iter().any(|form| self.inner.contains(form))
    }

    /// Whether a row is sold by this unit: "botella", "box".
    #[must_use]
    pub fn is_sold_by(&self, row: usize, folded: &str) -> bool {
        let word = self.vocabulary.look_up(folded, &[]);
        self.items.get(row).and_then(|item| item.unit.as_deref()).is_some_and(|unit| {
            tokens(unit).iter().filter(|token| token.is_word()).any(|token| {
                let known = self.vocabulary.look_up(&token.folded, &[]);
                known.forms.iter().any(|form| word.forms.binary_search(form).is_ok())
            })
        })
    }

    /// Whether a word stands in the name of one of these rows.
    #[must_use]
    pub fn names(&self, folded: &str, rows: &[usize]) -> bool {
        let word = self.vocabulary.look_up(folded, &[]);
        rows.iter().filter_map(|row| self.rows.get(*row)).any(|row| {
            row.name.iter().any(|named| named.forms.iter().any(|form| word.forms.binary_search(form).is_ok()))
        })
    }

    /// How many of these words stand in an item's description or details: whether these may answer a question.
    #[must_use]
    pub fn described(&self, words: &[String], key: &str) -> usize {
        let Some(row) = self.by_key.get(key).and_then(|row| self.rows.get(*row)) else { return 0 };
        words
            .iter()
            .filter(|word| !is_function_word(word))
            .filter(|word| self.vocabulary.look_up(word, &[]).forms.iter().any(|form| row.body.contains(form)))
            .count()
    }

    /// Whether a text of the catalogue has one of these words, bent or in another language.
    #[must_use]
    pub fn says_any(&self, text: &str, words: &[String]) -> bool {
        let forms = |word: &str| self.vocabulary.look_up(word, &[]).forms;
        let asked: Vec<FormId> =
            words.iter().filter(|word| !is_function_word(word)).flat_map(|word| forms(word)).collect();
        tokens(text)
            .iter()
            .filter(|token| token.is_word() && !is_function_word(&token.folded))
            .any(|token| forms(&token.folded).iter().any(|form| asked.contains(form)))
    }

    /// Whether a word stands in the name of any row.
    #[must_use]
    pub fn is_named(&self, folded: &str) -> bool {
        self.vocabulary.look_up(folded, &[]).forms.iter().any(|form| self.named.contains(form))
    }

    /// Whether a name has this word just so, in no other form.
    #[must_use]
    pub fn is_spelled_in_a_name(&self, folded: &str) -> bool {
        self.vocabulary.number_of(folded).is_some_and(|form| self.named.contains(&form))
    }

    /// Whether some item can go to any city.
    #[must_use]
    pub fn goes_anywhere(&self) -> bool {
        self.anywhere
    }

    /// Whether the name of a row states a number ("Luch 5", "bouquet of 20").
    #[must_use]
    pub fn states(&self, row: usize, number: i64) -> bool {
        self.rows.get(row).is_some_and(|row| row.numbers.contains(&number))
    }

    /// How much the names of two rows have in common: words that name things weigh double, colours and sizes nothing.
    #[must_use]
    pub fn kinship(&self, one: &str, other: &str) -> usize {
        let row = |key: &str| self.by_key.get(key).and_then(|row| self.rows.get(*row));
        let (Some(one), Some(other)) = (row(one), row(other)) else { return 0 };
        one.name
            .iter()
            .filter(|word| {
                other.name.iter().any(|known| known.forms.iter().any(|form| word.forms.binary_search(form).is_ok()))
            })
            .map(|word| match word.weak {
                None => 2,
                Some(Weak::Unit) => 1,
                Some(Weak::Property) => 0,
            })
            .sum()
    }

    /// The one of these rows that has most in common with another; none when two have as much.
    #[must_use]
    pub fn nearest_kin<'k>(&self, of: &str, among: &'k [String]) -> Option<&'k String> {
        let mut ranked: Vec<(usize, &String)> = among.iter().map(|key| (self.kinship(of, key), key)).collect();
        ranked.sort_by_key(|(kinship, _)| std::cmp::Reverse(*kinship));
        match ranked[..] {
            [(kinship, key)] if kinship > 0 => Some(key),
            [(most, key), (next, _), ..] if most > 1 && most > next => Some(key),
            _ => None,
        }
    }

    /// Rows of these keys.
    #[must_use]
    pub fn rows_of(&self, keys: &[String]) -> Vec<usize> {
        keys.iter().filter_map(|key| self.by_key.get(key).copied()).collect()
    }
}
