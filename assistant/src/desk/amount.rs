//! From amounts as they were said to packs of rows, by the rules of `domain::quantity` (R104).

use crate::understand::{Amounts, Count};
use domain::catalog::{Item, ItemKind};
use domain::quantity::{InnerCount, Measure, fewest_packs, inner_count, sessions};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What an amount of something comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Resolved {
    /// These packs.
    Lines {
        /// Item keys and packs.
        lines: Vec<(String, i64)>,
        /// Whether an amount was said at all.
        said: bool,
    },
    /// Several items fit: one question.
    Choose {
        /// Item keys.
        candidates: Vec<String>,
        /// Packs already said.
        quantity: Option<i64>,
    },
    /// No packs make that amount: one question.
    NoCombination {
        /// Item keys.
        candidates: Vec<String>,
        /// What was wanted.
        wanted: i64,
    },
    /// The time does not come out even.
    Uneven {
        /// Item key.
        key: String,
        /// Minutes of one session.
        minutes: i64,
    },
}

fn inner(item: &Item) -> Option<(i64, Measure)> {
    if item.kind == ItemKind::Service {
        return None;
    }
    inner_count(&item.name, item.unit.as_deref()).map(InnerCount::base)
}

/// Settles an amount among the candidates.
#[must_use]
pub fn resolve(candidates: &[Arc<Item>], amounts: &Amounts) -> Resolved {
    let keys = |items: &[Arc<Item>]| items.iter().map(|item| item.key.clone()).collect::<Vec<_>>();
    // Time: sessions of a service.
    if let (Some(minutes), [only]) = (amounts.minutes, candidates)
        && only.kind == ItemKind::Service
    {
        let packs = amounts.counts.iter().find(|count| count.of_packs).map(|count| count.value);
        return match (only.duration_minutes, packs) {
            (Some(session), Some(packs)) if session == minutes => one(only, packs, true),
            (Some(session), _) => match sessions(minutes, session) {
                Some(count) => one(only, count, true),
                None => Resolved::Uneven { key: only.key.clone(), minutes: session },
            },
            (None, _) => one(only, packs.unwrap_or(1), true),
        };
    }
    if let Some(minutes) = amounts.minutes {
        // The length tells sessions of one name apart.
        let fitting: Vec<Arc<Item>> =
            candidates.iter().filter(|item| item.duration_minutes == Some(minutes)).cloned().collect();
        if fitting.len() == 1 {
            return one(&fitting[0], packs_of(&amounts.counts).unwrap_or(1), true);
        }
    }
    // Mass and volume.
    for (amount, measure) in [(amounts.grams, Measure::Gram), (amounts.millilitres, Measure::Millilitre)] {
        let Some(amount) = amount else { continue };
        let sized: Vec<(Arc<Item>, i64)> = candidates
            .iter()
            .filter_map(|item| inner(item).filter(|(_, of)| *of == measure).map(|(size, _)| (item.clone(), size)))
            .collect();
        // "Two teas of 100 g each": with its size said, a count counts packs.
        let packs = packs_of(&amounts.counts).or(match &amounts.counts[..] {
            [only] => Some(only.value),
            _ => None,
        });
        let same: Vec<&(Arc<Item>, i64)> = sized.iter().filter(|(_, size)| *size == amount).collect();
        match same[..] {
            [(item, _)] => return one(item, packs.unwrap_or(1), true),
            [] if sized.is_empty() => continue,
            [] => {}
            _ => {
                let items: Vec<Arc<Item>> = same.iter().map(|(item, _)| item.clone()).collect();
                return Resolved::Choose { candidates: keys(&items), quantity: packs };
            }
        }
        // Whole kilograms and litres are told as such.
        return combine(&sized, amount, if amount % 1000 == 0 { amount / 1000 } else { amount });
    }
    let pieces: Vec<(Arc<Item>, i64)> = candidates
        .iter()
        .filter_map(|item| {
            inner(item).filter(|(size, of)| *of == Measure::Piece && *size > 1).map(|(size, _)| (item.clone(), size))
        })
        .collect();
    let counts = &amounts.counts;
    // A count that is what one of the candidates holds names that candidate; another count is how many of it.
    let named = counts.iter().position(|count| !count.of_packs && pieces.iter().any(|(_, size)| *size == count.value));
    if let Some(at) = named {
        let size = counts[at].value;
        let fitting: Vec<Arc<Item>> =
            pieces.iter().filter(|(_, inner)| *inner == size).map(|(item, _)| item.clone()).collect();
        let packs = counts.iter().enumerate().find(|(other, _)| *other != at).map(|(_, count)| count.value);
        return match &fitting[..] {
            [only] => one(only, packs.unwrap_or(1), true),
            _ => Resolved::Choose { candidates: keys(&fitting), quantity: packs },
        };
    }
    // The same thing sold singly and in packs: one alone is the single one, more are the fewest packs with it.
    if let Some(sized) = with_single(candidates, &pieces)
        && let Some(wanted) = counts.iter().find(|count| !count.of_packs)
        && packs_of(counts).is_none()
    {
        return combine(&sized, wanted.value, wanted.value);
    }
    match (candidates, packs_of(counts), counts.iter().find(|count| !count.of_packs)) {
        ([], _, _) => Resolved::Choose { candidates: Vec::new(), quantity: None },
        (_, None, Some(wanted)) if wanted.value > 1 && !pieces.is_empty() && pieces.len() == candidates.len() => {
            combine(&pieces, wanted.value, wanted.value)
        }
        ([only], packs, inner) => {
            let said = packs.or(inner.map(|count| count.value));
            one(only, said.unwrap_or(1), said.is_some())
        }
        (_, packs, inner) => {
            Resolved::Choose { candidates: keys(candidates), quantity: packs.or(inner.map(|count| count.value)) }
        }
    }
}

/// The candidates with their sizes where exactly one holds no count and the names of all others begin with its name.
fn with_single(candidates: &[Arc<Item>], pieces: &[(Arc<Item>, i64)]) -> Option<Vec<(Arc<Item>, i64)>> {
    let mut others = candidates.iter().filter(|item| !pieces.iter().any(|(packed, _)| packed.key == item.key));
    let (single, None) = (others.next()?, others.next()) else { return None };
    if pieces.is_empty() || !pieces.iter().all(|(item, _)| is_pack_of(item, single)) {
        return None;
    }
    let mut sized = pieces.to_vec();
    sized.push((single.clone(), 1));
    Some(sized)
}

/// Whether one row is a pack of what another row sells singly: the same words, and of its own only a count and a container
/// ("Beeswax candles, pack of 6", "Beeswax candle").
pub(crate) fn is_pack_of(pack: &Item, single: &Item) -> bool {
    let holds = |item: &Item| inner(item).filter(|(size, of)| *of == Measure::Piece && *size > 1);
    if pack.key == single.key || holds(pack).is_none() || holds(single).is_some() {
        return false;
    }
    let words = |item: &Item| -> Vec<Vec<String>> {
        let tokens = domain::text::tokens(&item.name);
        let measured = |at: usize| {
            tokens.get(at).is_some_and(|token| token.is_word() && token.folded.chars().count() <= 2)
                && at.checked_sub(1).is_some_and(|before| tokens[before].is_number())
        };
        (0..tokens.len())
            .filter(|at| {
                tokens[*at].is_word() && !measured(*at) && !crate::retrieve::is_function_word(&tokens[*at].folded)
            })
            .map(|at| {
                let mut forms = crate::stem::stem_any(&tokens[at].folded);
                forms.push(tokens[at].folded.clone());
                forms
            })
            .collect()
    };
    let (packed, alone) = (words(pack), words(single));
    let meets =
        |one: &[String], other: &[Vec<String>]| other.iter().any(|other| other.iter().any(|form| one.contains(form)));
    let container = |word: &[String]| {
        word.iter().any(|form| crate::retrieve::weakness(form) == Some(crate::retrieve::Weak::Unit) || form == "pack")
    };
    !alone.is_empty()
        && alone.iter().all(|word| meets(word, &packed))
        && packed.iter().all(|word| meets(word, &alone) || container(word))
}

fn packs_of(counts: &[Count]) -> Option<i64> {
    counts.iter().find(|count| count.of_packs).map(|count| count.value)
}

fn one(item: &Item, quantity: i64, said: bool) -> Resolved {
    Resolved::Lines { lines: vec![(item.key.clone(), quantity)], said }
}

fn combine(sized: &[(Arc<Item>, i64)], wanted: i64, told: i64) -> Resolved {
    let sizes: Vec<i64> = sized.iter().map(|(_, size)| *size).collect();
    // Grams and millilitres are large numbers: only their common measure matters.
    let unit = sizes.iter().fold(wanted, |a, b| greatest_common_divisor(a, *b)).max(1);
    let reduced: Vec<i64> = sizes.iter().map(|size| size / unit).collect();
    match fewest_packs(wanted / unit, &reduced) {
        Some(packs) => Resolved::Lines {
            lines: packs
                .into_iter()
                .filter_map(|(at, count)| sized.get(at).map(|(item, _)| (item.key.clone(), count)))
                .collect(),
            said: true,
        },
        None => Resolved::NoCombination {
            candidates: sized.iter().map(|(item, _)| item.key.clone()).collect(),
            wanted: told,
        },
    }
}

fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::is_pack_of;
    use domain::catalog::{Area, Contacts, Details, Item, ItemKind};
    use std::collections::BTreeMap;

    fn item(key: &str, name: &str) -> Item {
        Item {
            key: key.to_owned(),
            kind: ItemKind::Product,
            name: name.to_owned(),
            sku: None,
            description: name.to_owned(),
            unit: None,
            category: None,
            subcategory: None,
            tags: Vec::new(),
            price_minor: None,
            fee_minor: None,
            free_from_minor: None,
            available: None,
            area: Area::Everywhere,
            delivery_time_hours: None,
            payment_reminder_hours: None,
            duration_minutes: None,
            capacity: None,
            format: None,
            website_url: None,
            image_url: None,
            video_url: None,
            details: Details::default(),
            contacts: Contacts::default(),
            extra: BTreeMap::new(),
        }
    }

    #[test]
    fn a_pack_has_the_words_of_the_single_thing_and_a_container() {
        for (pack, single) in [
            ("Beeswax candles, pack of 6", "Beeswax candle"),
            ("Latas de atún para gato, pack de 12", "Lata de atún para gato"),
            ("Ручки гелевые чёрные, набор из 10", "Ручка гелевая чёрная"),
            ("Gas cartridges, 4-pack", "Gas cartridge 230 g"),
        ] {
            assert!(is_pack_of(&item("p", pack), &item("s", single)), "{pack}");
            assert!(!is_pack_of(&item("s", single), &item("p", pack)), "{single}");
        }
        assert!(!is_pack_of(&item("p", "Rose soap, box of 3"), &item("s", "Rose")));
    }
}
