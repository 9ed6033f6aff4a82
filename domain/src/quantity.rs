//! Packs and session counts (R104).

mod inner;
mod words;

pub use inner::{InnerCount, Measure, inner_count};

/// The most inner things that are packed.
pub const MAX_WANTED: i64 = 100_000;

/// The most different pack sizes that are combined.
const MAX_SIZES: usize = 64;

/// The fewest packs that make exactly so many inner things (R104), as (index into `packs`, how many), larger packs first.
///
/// Of two ways with equally few packs, the one with more of the larger packs is taken; of two packs of one size, the first.
/// `None` when no combination makes the sum, or when more than [`MAX_WANTED`] are wanted: then one question is asked.
/// Sizes below 1 are no packs.
#[must_use]
pub fn fewest_packs(wanted: i64, packs: &[i64]) -> Option<Vec<(usize, i64)>> {
    if !(1..=MAX_WANTED).contains(&wanted) {
        return None;
    }
    let mut sizes: Vec<(i64, usize)> = packs
        .iter()
        .enumerate()
        .filter(|(_, size)| (1..=wanted).contains(*size))
        .map(|(index, size)| (*size, index))
        .collect();
    sizes.sort_by_key(|(size, index)| (std::cmp::Reverse(*size), *index));
    sizes.dedup_by_key(|(size, _)| *size);
    if sizes.is_empty() || sizes.len() > MAX_SIZES {
        return None;
    }
    let to_index = |value: i64| usize::try_from(value).ok();
    // fewest[n]: the fewest packs that make n, MAX where none do.
    let mut fewest = vec![u32::MAX; to_index(wanted)? + 1];
    fewest[0] = 0;
    for sum in 1..=to_index(wanted)? {
        for (size, _) in &sizes {
            let rest = to_index(*size).and_then(|size| sum.checked_sub(size)).map(|rest| fewest[rest]);
            if let Some(count) = rest.and_then(|count| count.checked_add(1)) {
                fewest[sum] = fewest[sum].min(count);
            }
        }
    }
    let mut sum = to_index(wanted)?;
    if fewest[sum] == u32::MAX {
        return None;
    }
    let mut combination = Vec::new();
    for (size, index) in sizes {
        let size = to_index(size)?;
        let mut count = 0;
        // A larger pack that fits no longer will not fit later either, so each size is looked at once.
        while sum >= size && fewest[sum - size].checked_add(1) == Some(fewest[sum]) {
            sum -= size;
            count += 1;
        }
        if count > 0 {
            combination.push((index, count));
        }
    }
    Some(combination)
}

/// How many sessions make so many minutes: "two hours" of a 60-minute session are 2 (R104). `None` when they do not come
/// out even, or when either is not positive: then one question is asked.
#[must_use]
pub fn sessions(wanted_minutes: i64, session_minutes: i64) -> Option<i64> {
    (wanted_minutes > 0 && session_minutes > 0 && wanted_minutes % session_minutes == 0)
        .then(|| wanted_minutes / session_minutes)
}
