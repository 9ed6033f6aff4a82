//! One of a list, all of it, what was asked about.

use crate::offline::{ASKED, CHOOSING_TO_BUY, OrderNow, Talk, is_choosing_to_buy};
use crate::turn::{Pending, ShopError};

impl Talk<'_> {
    /// What was asked about with this item, as much as was asked for; one of it otherwise.
    pub(super) async fn set_asked(&mut self, key: &str) -> Result<(), ShopError> {
        let asked = self.asked_about();
        if !asked.iter().any(|(known, _)| known == key) {
            return self.set_line(key, 1).await;
        }
        for (key, quantity) in asked {
            if self.desk.state.cart.quantity(&key) == 0 {
                self.set_line(&key, quantity).await?;
            }
        }
        Ok(())
    }

    pub(super) fn asked_about(&self) -> Vec<(String, i64)> {
        let asked = self.desk.state.memory.get(ASKED).cloned();
        asked.and_then(|asked| serde_json::from_value(asked).ok()).unwrap_or_default()
    }

    pub(super) async fn choose(&mut self, ordinal: i64) -> Result<(), ShopError> {
        let list = match &self.desk.state.pending {
            Some(Pending::ChooseItem { candidates, .. }) => candidates.clone(),
            _ => self.desk.state.offered.clone(),
        };
        let at = if ordinal < 0 { list.len().checked_sub(1) } else { usize::try_from(ordinal - 1).ok() };
        let Some(key) = at.and_then(|at| list.get(at)).cloned() else { return Ok(()) };
        self.chosen(key).await
    }

    pub(super) async fn choose_by_price(&mut self, dearest: bool) -> Result<(), ShopError> {
        let list = match &self.desk.state.pending {
            Some(Pending::ChooseItem { candidates, .. }) => candidates.clone(),
            _ => self.index().items().iter().map(|item| item.key.clone()).collect(),
        };
        let mut items: Vec<_> = self.items(&list).into_iter().filter(|item| !item.is_free()).collect();
        items.sort_by_key(|item| item.price_minor.unwrap_or(0));
        let chosen = if dearest { items.last() } else { items.first() };
        match chosen.map(|item| item.key.clone()) {
            Some(key) => self.chosen(key).await,
            None => Ok(()),
        }
    }

    async fn chosen(&mut self, key: String) -> Result<(), ShopError> {
        if is_choosing_to_buy(&self.desk.state) {
            let quantity = match &self.desk.state.pending {
                Some(Pending::ChooseItem { quantity, .. }) => *quantity,
                _ => None,
            };
            self.desk.state.pending = None;
            self.set_flag(CHOOSING_TO_BUY, false);
            self.meant("order");
            self.set_line(&key, quantity.unwrap_or(1)).await
        } else {
            self.desk.state.pending = None;
            self.show(&key, &[], &[]).await
        }
    }

    pub(super) async fn all(&mut self, both: bool) -> Result<(), ShopError> {
        if let Some(Pending::ChooseItem { candidates, quantity }) = self.desk.state.pending.clone()
            && is_choosing_to_buy(&self.desk.state)
            && candidates.len() <= 3
        {
            self.desk.state.pending = None;
            self.meant("order");
            for key in candidates {
                self.set_line(&key, quantity.unwrap_or(1)).await?;
            }
            return Ok(());
        }
        // "Both", "one of each" of what was shown a moment ago.
        let offered = self.desk.state.offered.clone();
        if both
            && (2..=3).contains(&offered.len())
            && self.order_now == OrderNow::None
            && self.fresh.is_empty()
            && offered.iter().all(|key| self.desk.state.cart.quantity(key) == 0)
            && !matches!(self.desk.state.pending, Some(Pending::ChooseCity { .. } | Pending::Confirm))
        {
            self.meant("order");
            self.desk.state.pending = None;
            for key in offered {
                self.set_line(&key, 1).await?;
            }
            return Ok(());
        }
        // "One of each" of what was asked about together.
        let asked = self.asked_about();
        if asked.len() > 1 && self.order_now == OrderNow::None && !self.halted {
            self.meant("order");
            return match asked.first() {
                Some((key, _)) => self.set_asked(key).await,
                None => Ok(()),
            };
        }
        // "I'll take both" of one item that is being talked about: two of it.
        let alone =
            self.desk.state.cart.lines.len() <= 1 && self.desk.state.pending.is_none() && self.offered.len() <= 1;
        if both
            && alone
            && self.order_now == OrderNow::None
            && let Some(key) = self.fresh.last().or(self.desk.state.focus.first()).cloned()
        {
            self.meant("order");
            self.set_line(&key, 2).await?;
        }
        Ok(())
    }
}
