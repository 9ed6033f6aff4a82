//! What numbers, packs and units tell about which rows are meant.

use super::Chunk;
use crate::understand::offline::Context;
use crate::understand::offline::marks::Marked;
use crate::understand::{Amounts, Count};

/// Numbers that names state choose among the rows and are no amounts: "Luch 5 with 128 GB", "the bouquet of 20".
pub(super) fn by_number(
    marked: &Marked<'_>,
    context: &Context<'_>,
    mut rows: Vec<usize>,
    amounts: &mut Amounts,
) -> Vec<usize> {
    let mut kept: Vec<Count> = Vec::with_capacity(amounts.counts.len());
    let mut chosen = false;
    for (at, count) in amounts.counts.iter().enumerate() {
        let fitting: Vec<usize> = rows.iter().copied().filter(|row| context.index.states(*row, count.value)).collect();
        let again = amounts.counts[at + 1..].iter().any(|later| later.value == count.value);
        let told_apart = fitting.len() < rows.len() && told_by_description(marked, context, &fitting, count.value);
        if fitting.is_empty() || (count.of_packs && !told_apart) || again {
            kept.push(*count);
        } else {
            rows = fitting;
            chosen = true;
        }
    }
    // "Markers of 48 colours, two pieces": what is counted besides is how many of them.
    if chosen {
        kept.iter_mut().for_each(|count| count.of_packs = true);
    }
    amounts.counts = kept;
    rows
}

/// "A 4 person tent": the word behind the number stands in the description of the row whose name has the number.
fn told_by_description(marked: &Marked<'_>, context: &Context<'_>, rows: &[usize], value: i64) -> bool {
    let counted = marked.numbers.iter().find(|number| number.value == value).and_then(|number| {
        let hyphen = marked.tokens.get(number.end_token).is_some_and(|next| next.text == "-");
        marked.tokens.get(number.end_token + usize::from(hyphen))
    });
    let Some(word) = counted.filter(|word| word.is_word()) else { return false };
    let words = [word.folded.clone()];
    rows.iter().all(|row| {
        !context.index.is_sold_by(*row, &word.folded)
            && context.index.items().get(*row).is_some_and(|item| context.index.described(&words, &item.key) > 0)
    })
}

/// Eight candles, where one row is a candle and another is a pack of six: both make up the count, whichever is named
/// more exactly.
pub(super) fn with_packs(
    marked: &Marked<'_>,
    context: &Context<'_>,
    chunk: &Chunk,
    rows: Vec<usize>,
    amounts: &mut Amounts,
) -> Vec<usize> {
    let ([row], [count]) = (&rows[..], &amounts.counts[..]) else { return rows };
    let (row, value) = (*row, count.value);
    if value < 2 || amounts.grams.is_some() || amounts.millilitres.is_some() {
        return rows;
    }
    let Some(single) = context.index.items().get(row) else { return rows };
    let of_unit = marked
        .numbers
        .iter()
        .find(|number| chunk.start <= number.start_token && number.end_token <= chunk.end && number.value == value)
        .and_then(|number| marked.tokens.get(number.end_token))
        .is_some_and(|next| context.index.is_sold_by(row, &next.folded));
    if count.of_packs && !of_unit {
        return rows;
    }
    let packs: Vec<usize> = context
        .index
        .search(&single.name, 12)
        .into_iter()
        .filter(|hit| crate::desk::is_pack_of(&hit.item, single))
        .flat_map(|hit| context.index.rows_of(std::slice::from_ref(&hit.item.key)))
        .collect();
    if packs.is_empty() {
        return rows;
    }
    amounts.counts[0].of_packs = false;
    std::iter::once(row).chain(packs).collect()
}

/// The unit that was counted tells rows apart: "two boxes" leaves out single bottles, and "six bottles" counts what is in
/// the box of six.
pub(super) fn by_unit(
    marked: &Marked<'_>,
    context: &Context<'_>,
    chunk: &Chunk,
    rows: Vec<usize>,
    amounts: &mut Amounts,
) -> Vec<usize> {
    let unit = marked
        .numbers
        .iter()
        .filter(|number| chunk.start <= number.start_token && number.end_token <= chunk.end)
        .filter_map(|number| marked.tokens.get(number.end_token).map(|next| (number.value, next)))
        .find(|(value, next)| {
            next.is_word() && amounts.counts.iter().any(|count| count.of_packs && count.value == *value)
        });
    let Some((value, unit)) = unit else { return rows };
    let sold: Vec<usize> = rows.iter().copied().filter(|row| context.index.is_sold_by(*row, &unit.folded)).collect();
    if sold.is_empty() || sold.len() == rows.len() {
        return rows;
    }
    let holds = |row: usize| {
        let item = context.index.items().get(row);
        item.and_then(|item| domain::quantity::inner_count(&item.name, None))
            .is_some_and(|inner| matches!(inner.base(), (size, domain::quantity::Measure::Piece) if size <= value))
    };
    if rows.iter().any(|row| !sold.contains(row) && holds(*row)) {
        for count in amounts.counts.iter_mut().filter(|count| count.value == value) {
            count.of_packs = false;
        }
        return rows;
    }
    sold
}
