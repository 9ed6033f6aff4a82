//! Seeded chance: the same companies at every start, only the dates move.

use entity::time::Time;
use foundation::Random;
use uuid::Uuid;

/// Chance that repeats.
#[derive(Clone, Debug)]
pub(super) struct Dice(Random);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(Random::seeded(seed))
    }

    /// From 0 to `below` − 1.
    pub(super) fn below(&self, below: usize) -> usize {
        usize::try_from(self.0.below(below as u64)).unwrap_or(0)
    }

    /// Both ends included.
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to - from).unwrap_or(0) + 1;
        from + i64::try_from(self.0.below(width)).unwrap_or(0)
    }

    pub(super) fn chance(&self, percent: u64) -> bool {
        self.0.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(super) fn of<'a, T>(&self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// One of several texts.
    pub(super) fn say<'a>(&self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    /// One of a list of (weight, thing) that is not empty.
    pub(super) fn weighted<'a, T>(&self, list: &'a [(u32, T)]) -> &'a T {
        let total: u32 = list.iter().map(|(weight, _)| weight).sum();
        let mut left = u32::try_from(self.0.below(u64::from(total))).unwrap_or(0);
        for (weight, thing) in list {
            if left < *weight {
                return thing;
            }
            left -= weight;
        }
        &list[list.len() - 1].1
    }

    /// An id as it would have been made at that time, so that rows of the past sort among themselves.
    pub(super) fn id(&self, at: Time) -> Uuid {
        let millis = u64::try_from(at.0.div_euclid(1000)).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.0.bytes()).into_uuid()
    }

    /// A token for a link.
    pub(super) fn token(&self, characters: usize) -> String {
        self.0.token(characters)
    }
}
