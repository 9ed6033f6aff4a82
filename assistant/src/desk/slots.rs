//! Free times: what is offered, and whether the chosen one can be had.

use super::Desk;
use super::outcome::SlotOutcome;
use crate::turn::{FreeSlot, ShopError};
use domain::booking::{BlockError, block};
use domain::catalog::Item;
use jiff::civil::{Date, Time};
use jiff::{Span, Timestamp};

/// How far ahead the nearest free times are looked for.
const HORIZON_DAYS: i64 = 14;
/// How many of the nearest are offered.
const NEAREST: usize = 4;
/// How many times of one day are offered.
const OF_DAY: usize = 8;
/// How many starts of a day are looked at.
const ALL_OF_DAY: usize = 2000;

impl Desk<'_> {
    /// Tool: free times between two days, soonest first; those on the hour and half past it where there are any.
    ///
    /// # Errors
    /// [`ShopError`] when the calendar cannot be read.
    pub async fn offer_slots(&self, from: Date, to: Date, limit: usize) -> Result<Vec<FreeSlot>, ShopError> {
        let all = self.free_slots(from, to).await?;
        let zone = &self.shop.profile().timezone;
        let even: Vec<FreeSlot> =
            all.iter().filter(|slot| zone.to_datetime(slot.start).minute() % 30 == 0).copied().collect();
        let mut offered = if even.is_empty() { all } else { even };
        offered.truncate(limit);
        Ok(offered)
    }

    async fn free_slots(&self, from: Date, to: Date) -> Result<Vec<FreeSlot>, ShopError> {
        let found = self.shop.free_slots(&self.state.cart, from, to, ALL_OF_DAY).await?;
        Ok(found.into_iter().filter(|slot| slot.start >= self.now.timestamp()).collect())
    }

    /// Tool: checks the chosen day and time, or offers what is free.
    ///
    /// # Errors
    /// [`ShopError`] when the calendar cannot be read.
    pub async fn hold_slot(&mut self, part: Option<(Time, Time)>) -> Result<SlotOutcome, ShopError> {
        if !self.needs_slot() {
            return Ok(SlotOutcome::Fine);
        }
        let lines = self.lines();
        let pairs: Vec<(&Item, i64)> = lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        if let Err(BlockError::TooManySeats { key }) = block(&pairs) {
            return Ok(SlotOutcome::TooMany { key });
        }
        let today = self.now.date();
        let horizon = |from: Date| from.checked_add(Span::new().days(HORIZON_DAYS)).unwrap_or(from);
        let (date, time) = (self.state.given.date, self.state.given.time);
        let Some(date) = date else {
            let slots = self.offer_slots(today, horizon(today), ALL_OF_DAY).await?;
            return Ok(SlotOutcome::Nearest { slots: self.chosen(slots, part, time, NEAREST) });
        };
        let Some(time) = time else {
            let slots = self.offer_slots(date, date, ALL_OF_DAY).await?;
            if slots.is_empty() {
                let from = date.max(today);
                let slots = self.offer_slots(from, horizon(from), NEAREST).await?;
                self.state.given.date = None;
                return Ok(SlotOutcome::DayFull { slots });
            }
            return Ok(SlotOutcome::OfDay { slots: self.chosen(slots, part, None, OF_DAY) });
        };
        let zone = &self.shop.profile().timezone;
        let chosen = date.to_datetime(time);
        let Ok(start) = zone.to_zoned(chosen) else {
            self.state.given.date = None;
            return Ok(SlotOutcome::Taken { chosen, same_day: false, slots: Vec::new() });
        };
        let start = start.timestamp();
        if start < self.now.timestamp() {
            let slots = self.offer_slots(today, horizon(today), NEAREST).await?;
            self.state.given.date = None;
            return Ok(SlotOutcome::Past { chosen, slots });
        }
        if let Some(slot) = self.free_slots(date, date).await?.iter().find(|slot| slot.start == start) {
            self.appointment = Some(*slot);
            return Ok(SlotOutcome::Fine);
        }
        let of_day = self.offer_slots(date, date, ALL_OF_DAY).await?;
        if of_day.is_empty() {
            let from = date.max(today);
            let slots = self.offer_slots(from, horizon(from), NEAREST).await?;
            self.state.given.date = None;
            return Ok(SlotOutcome::Taken { chosen, same_day: false, slots });
        }
        self.state.given.time = None;
        Ok(SlotOutcome::Taken { chosen, same_day: true, slots: nearest_to(of_day, start, NEAREST) })
    }

    /// Of many free times a few: those of the wanted part of the day or hour, else spread over the day.
    fn chosen(
        &self,
        slots: Vec<FreeSlot>,
        part: Option<(Time, Time)>,
        time: Option<Time>,
        limit: usize,
    ) -> Vec<FreeSlot> {
        let zone = &self.shop.profile().timezone;
        let local = |slot: &FreeSlot| zone.to_datetime(slot.start).time();
        let mut fitting: Vec<FreeSlot> = slots
            .iter()
            .filter(|slot| part.is_none_or(|(from, to)| from <= local(slot) && local(slot) <= to))
            .filter(|slot| time.is_none_or(|time| local(slot) == time))
            .copied()
            .collect();
        if fitting.is_empty() {
            fitting = slots;
        }
        let whole: Vec<FreeSlot> = fitting.iter().filter(|slot| local(slot).minute() == 0).copied().collect();
        let fitting = if whole.len() >= 2 { whole } else { fitting };
        fitting.into_iter().take(limit).collect()
    }
}

fn nearest_to(mut slots: Vec<FreeSlot>, start: Timestamp, limit: usize) -> Vec<FreeSlot> {
    slots.sort_by_key(|slot| (slot.start.as_second() - start.as_second()).abs());
    slots.truncate(limit);
    slots.sort();
    slots
}
