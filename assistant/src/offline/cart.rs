//! What is wanted: adding, changing, leaving out, and the questions that come up.

mod choices;

use super::{ASKED, CHOOSING_TO_BUY, COUNTED, OrderNow, TIMES_TOLD, Talk};
use crate::compose::Value;
use crate::desk::{CartOutcome, Resolved, resolve};
use crate::turn::{Field, Pending, ShopError};
use crate::understand::{Act, Amounts, Mention};
use domain::catalog::Item;
use std::sync::Arc;

/// That many single things.
fn singly(value: i64) -> Amounts {
    Amounts { counts: vec![crate::understand::Count { value, of_packs: false }], ..Amounts::default() }
}

impl Talk<'_> {
    pub(super) async fn change_of_cart(&mut self) -> Result<(), ShopError> {
        let acts = self.acts.clone();
        let lines_before: Vec<String> = self.desk.state.cart.lines.iter().map(|line| line.key.clone()).collect();
        let choosing = matches!(self.desk.state.pending, Some(Pending::ChooseItem { .. }));
        for (key, quantity) in std::mem::take(&mut self.repeated) {
            self.set_line(&key, quantity).await?;
        }
        // Removals first, so that "without the vase, and two orchids" never passes through the old line.
        for act in &acts {
            match act {
                Act::Drop { mention: Some(mention) } => self.drop_line(mention).await?,
                Act::Keep { mention: Some(mention) } => self.keep_line(mention).await?,
                Act::Swap { from, to } => self.swap(from.as_ref(), to).await?,
                _ => {}
            }
        }
        for act in &acts {
            match act {
                // What was asked about a moment ago is what "one, please" means.
                Act::Ask { topics, about, words } => {
                    if let [mention] = &about[..]
                        && let [key] = &mention.candidates[..]
                    {
                        if self.includes_it(topics, mention, words).is_none() {
                            self.focus(key);
                        }
                    } else if about.len() > 1 && about.iter().all(|mention| mention.candidates.len() == 1) {
                        let asked: Vec<(String, i64)> =
                            about.iter().flat_map(|mention| &mention.candidates).map(|key| (key.clone(), 1)).collect();
                        self.remember_asked(&asked);
                    }
                }
                Act::Want { mention, add } => self.want(mention, *add).await?,
                Act::Quantity { amounts } => self.quantity(amounts).await?,
                Act::Choose { ordinal } => self.choose(*ordinal).await?,
                Act::ChooseByPrice { dearest } => self.choose_by_price(*dearest).await?,
                Act::All { both } => self.all(*both).await?,
                _ => {}
            }
        }
        // Something else on top of what was confirmed earlier is not confirmed yet.
        let another = self.fresh.iter().any(|key| !lines_before.contains(key));
        if another
            && !lines_before.is_empty()
            && !choosing
            && !self.correcting
            && !self.has(|act| matches!(act, Act::Confirm))
        {
            self.desk.state.confirmed = false;
        }
        // "I confirm" right after a single item was shown is about that item.
        // So is a yes that comes with what only an order needs ("Leeds, Tuesday at 11, Kim Lee, yes please").
        let detailed =
            self.has(|act| matches!(act, Act::Phone { .. } | Act::CurrentPhone | Act::Date { .. } | Act::Time { .. }));
        let confirms =
            self.has(|act| matches!(act, Act::Confirm)) || (detailed && self.has(|act| matches!(act, Act::Yes)));
        let chooses = super::flag(&self.desk.state, TIMES_TOLD) && self.has(|act| matches!(act, Act::Time { .. }));
        self.set_flag(TIMES_TOLD, false);
        let confirms = confirms || chooses;
        if confirms
            && self.order_now == OrderNow::None
            && self.desk.state.cart.is_empty()
            && !self.halted
            && !self.has(|act| matches!(act, Act::Want { .. } | Act::Ask { .. } | Act::Drop { .. }))
            && let Some(key) = self.desk.state.focus.first().cloned()
        {
            self.set_asked(&key).await?;
        }
        Ok(())
    }

    async fn drop_line(&mut self, mention: &Mention) -> Result<(), ShopError> {
        let lines: Vec<String> =
            mention.candidates.iter().filter(|key| self.desk.state.cart.quantity(key) > 0).cloned().collect();
        if lines.is_empty() {
            if !self.has(|act| matches!(act, Act::Want { .. } | Act::Confirm)) && !self.desk.state.cart.is_empty() {
                self.say.say("cart-not-there", &[("name", Value::Theirs(&mention.words))]);
                self.meant("order");
            }
            return Ok(());
        }
        for key in lines {
            // "Take one bone off" leaves the other four.
            let off = mention.amounts.counts.first().map_or(0, |count| count.value);
            let left = self.desk.state.cart.quantity(&key) - off;
            if off > 0 && left > 0 {
                self.set_line(&key, left).await?;
                continue;
            }
            let outcome = self.desk.set_cart(&key, 0).await?;
            self.tell_cart(&outcome);
        }
        self.moved();
        Ok(())
    }

    async fn keep_line(&mut self, mention: &Mention) -> Result<(), ShopError> {
        let keep: Vec<String> =
            mention.candidates.iter().filter(|key| self.desk.state.cart.quantity(key) > 0).cloned().collect();
        if !keep.is_empty() {
            self.desk.state.cart.lines.retain(|line| keep.contains(&line.key));
            self.moved();
        }
        // "Only the soap, three of it", and "only the soap" where nothing is wanted yet.
        let begins = self.desk.state.cart.is_empty() && self.order_now == OrderNow::None && mention.exact;
        if !mention.candidates.is_empty() && (begins || !keep.is_empty() && !mention.amounts.is_empty()) {
            self.want(mention, false).await?;
        }
        Ok(())
    }

    async fn swap(&mut self, from: Option<&Mention>, to: &Mention) -> Result<(), ShopError> {
        let cart = &self.desk.state.cart;
        let there = to.candidates.iter().any(|key| cart.quantity(key) > 0);
        let old = match from {
            None if there => None,
            Some(from) => from.candidates.iter().find(|key| cart.quantity(key) > 0).cloned(),
            None => {
                // What comes stands in place of what is most like it: another colour, another size.
                let lines: Vec<String> = cart.lines.iter().map(|line| line.key.clone()).collect();
                let alike = to.candidates.first().and_then(|key| self.index().nearest_kin(key, &lines)).cloned();
                alike.or_else(|| {
                    let focus = self.desk.state.focus.iter().find(|key| cart.quantity(key) > 0);
                    focus.or(cart.lines.last().map(|line| &line.key)).cloned()
                })
            }
        };
        let quantity = old.as_ref().map_or(0, |key| cart.quantity(key));
        let mut to = to.clone();
        // "For dogs, not for cats": of several, the one that is otherwise the same.
        if let Some(old) = &old
            && to.candidates.len() > 1
            && let Some(same) = self.index().nearest_kin(old, &to.candidates)
        {
            to.candidates = vec![same.clone()];
        }
        if let Some(old) = old
            && !to.candidates.contains(&old)
        {
            self.desk.set_cart(&old, 0).await?;
            if to.amounts.is_empty() && quantity > 1 {
                to.amounts.counts.push(crate::understand::Count { value: quantity, of_packs: true });
            }
        }
        self.want(&to, false).await
    }

    pub(super) fn items(&self, keys: &[String]) -> Vec<Arc<Item>> {
        keys.iter().filter_map(|key| self.item(key)).collect()
    }

    async fn want(&mut self, mention: &Mention, add: bool) -> Result<(), ShopError> {
        self.meant("order");
        if mention.candidates.is_empty() {
            self.not_found(&mention.words);
            return Ok(());
        }
        if !mention.exact && !self.pending_has(&mention.candidates) {
            self.similar(&mention.words, &mention.candidates);
            return Ok(());
        }
        // The quantity that was said before the question "which one?" still counts.
        let mut amounts = mention.amounts.clone();
        if let Some(Pending::ChooseItem { quantity: Some(quantity), .. }) = &self.desk.state.pending
            && self.pending_has(&mention.candidates)
            && !amounts.counts.iter().any(|count| count.of_packs)
            && amounts.counts.len() < 2
        {
            amounts.counts.push(crate::understand::Count { value: *quantity, of_packs: true });
        }
        // As many as were asked about a moment ago.
        if amounts.is_empty()
            && let [key] = &mention.candidates[..]
            && let Some((_, asked)) = self.asked_about().iter().find(|(known, _)| known == key)
            && *asked > 1
            && self.desk.state.cart.quantity(key) == 0
        {
            amounts.counts.push(crate::understand::Count { value: *asked, of_packs: true });
        }
        // "Litter and a cat scratcher": words that only another line of this turn half meets name something else.
        if mention.partial && mention.candidates.iter().any(|key| self.fresh.contains(key)) {
            self.not_found(&mention.words);
            return Ok(());
        }
        // The city that was said leaves out what cannot go there.
        let mut mention = mention.clone();
        if mention.candidates.len() > 1
            && !mention.partial
            && let Some(city) = &self.desk.state.given.city_said
        {
            let going: Vec<String> = self
                .items(&mention.candidates)
                .into_iter()
                .filter(|item| domain::checkout::serves(&item.area, city, &domain::city::same))
                .map(|item| item.key.clone())
                .collect();
            if !going.is_empty() {
                mention.candidates = going;
            }
        }
        // "The green one then", where the red one cannot go to the city.
        if matches!(self.desk.state.pending, Some(Pending::ChooseCity { .. }))
            && !add
            && let [key] = &mention.candidates[..]
            && self.desk.state.cart.quantity(key) == 0
            && let Some((old, quantity)) = self.other_variant(key)
        {
            self.desk.state.cart.set(&old, 0);
            if amounts.counts.is_empty() {
                amounts.counts.push(crate::understand::Count { value: quantity, of_packs: true });
            }
        }
        // "Make it 150 bags": of what is in the cart already and its other packs.
        if let Some(family) = self.family_in_cart(&mention.candidates)
            && !add
            && let [count] = &mut amounts.counts[..]
            && count.value > 1
            && let items = self.items(&family)
            && items.iter().all(|item| {
                domain::quantity::inner_count(&item.name, item.unit.as_deref())
                    .is_some_and(|inner| (2..=count.value).contains(&inner.base().0))
            })
            && let resolved @ Resolved::Lines { .. } = resolve(&items, &singly(count.value))
        {
            count.of_packs = false;
            for key in &family {
                self.desk.state.cart.set(key, 0);
            }
            self.note_counted(&resolved, &family, &amounts);
            return self.resolved(resolved, false).await;
        }
        // One of several that are in the cart already is the one that is meant.
        let in_cart: Vec<String> =
            mention.candidates.iter().filter(|key| self.desk.state.cart.quantity(key) > 0).cloned().collect();
        let focus = self.desk.state.focus.first().filter(|key| mention.candidates.contains(key)).cloned();
        // Where nothing is sold in packs, a number counts what is being talked about.
        let uncounted = self.items(&mention.candidates).iter().all(|item| {
            domain::quantity::inner_count(&item.name, item.unit.as_deref()).is_none_or(|inner| inner.base().0 <= 1)
        });
        let keys = match in_cart.len() {
            _ if mention.partial => mention.candidates.clone(),
            0 if focus.is_some()
                && mention.candidates.len() > 1
                && (uncounted || amounts.counts.iter().all(|count| count.of_packs)) =>
            {
                focus.into_iter().collect()
            }
            1 if mention.candidates.len() > 1
                && !add
                && (uncounted || amounts.counts.iter().all(|count| count.of_packs)) =>
            {
                in_cart
            }
            _ => mention.candidates.clone(),
        };
        let resolved = resolve(&self.items(&keys), &amounts);
        self.note_counted(&resolved, &keys, &amounts);
        self.resolved(resolved, add).await
    }

    /// The line of the cart that is the same thing in another colour or size, and how many of it.
    fn other_variant(&self, key: &str) -> Option<(String, i64)> {
        let whole = self.index().kinship(key, key);
        self.desk
            .state
            .cart
            .lines
            .iter()
            .find(|line| whole > 0 && self.index().kinship(key, &line.key) == whole)
            .map(|line| (line.key.clone(), line.quantity))
    }

    /// Of several rows, the one that is in the cart with those that are most like it.
    fn family_in_cart(&self, candidates: &[String]) -> Option<Vec<String>> {
        let mut ordered = candidates.iter().filter(|key| self.desk.state.cart.quantity(key) > 0);
        let (line, None) = (ordered.next()?, ordered.next()) else { return None };
        let kin = |key: &String| self.index().kinship(line, key);
        let nearest = candidates.iter().filter(|key| *key != line).map(kin).max()?;
        Some(candidates.iter().filter(|key| *key == line || kin(key) == nearest).cloned().collect())
    }

    /// Remembers that single things were counted, so that "no, 40" counts them again.
    fn note_counted(&mut self, resolved: &Resolved, keys: &[String], amounts: &Amounts) {
        let Resolved::Lines { lines, .. } = resolved else { return };
        let [count] = &amounts.counts[..] else { return };
        let packs: i64 = lines.iter().map(|(_, quantity)| quantity).sum();
        if count.of_packs || packs == count.value {
            self.desk.state.memory.remove(COUNTED);
        } else {
            self.desk.state.memory.insert(COUNTED.to_owned(), serde_json::json!(keys));
        }
    }

    /// A new count of single things for what was counted so before.
    fn counted_again(&self, amounts: &Amounts) -> Option<(Vec<String>, Resolved)> {
        let keys: Vec<String> = serde_json::from_value(self.desk.state.memory.get(COUNTED)?.clone()).ok()?;
        let cart = &self.desk.state.cart;
        let [count] = &amounts.counts[..] else { return None };
        if count.of_packs || amounts.more || !keys.iter().any(|key| cart.quantity(key) > 0) {
            return None;
        }
        let resolved = resolve(&self.items(&keys), amounts);
        match &resolved {
            Resolved::Lines { lines, .. } if lines.iter().map(|(_, packs)| packs).sum::<i64>() != count.value => {
                Some((keys, resolved))
            }
            _ => None,
        }
    }

    fn pending_has(&self, keys: &[String]) -> bool {
        matches!(&self.desk.state.pending, Some(Pending::ChooseItem { candidates, .. })
            if keys.iter().any(|key| candidates.contains(key)))
    }

    async fn resolved(&mut self, resolved: Resolved, add: bool) -> Result<(), ShopError> {
        match resolved {
            Resolved::Lines { lines, said } => {
                self.desk.state.pending = None;
                self.set_flag(CHOOSING_TO_BUY, false);
                for (key, quantity) in lines {
                    let before = self.desk.state.cart.quantity(&key);
                    let wanted = match (add, said, before) {
                        (_, _, 0) => quantity,
                        (true, _, before) => before.saturating_add(quantity),
                        (false, true, _) => quantity,
                        (false, false, before) => before,
                    };
                    self.set_line(&key, wanted).await?;
                }
            }
            Resolved::Choose { candidates, quantity } => {
                if self.halted {
                    return Ok(());
                }
                self.which_item(&candidates);
                self.set_flag(CHOOSING_TO_BUY, true);
                self.desk.state.pending = Some(Pending::ChooseItem { candidates, quantity });
            }
            Resolved::NoCombination { candidates, wanted } => {
                self.say.say("which-quantity-packs", &[("wanted", Value::Theirs(&wanted.to_string()))]);
                self.list(&candidates, candidates.len(), false);
                self.say.say("which-quantity-packs-ask", &[]);
                self.ask(Field::Quantity);
                self.halted = true;
                self.set_flag(CHOOSING_TO_BUY, true);
                self.desk.state.pending = Some(Pending::ChooseItem { candidates, quantity: None });
            }
            Resolved::Uneven { key, minutes } => {
                if let Some(item) = self.item(&key) {
                    self.say.say(
                        "sessions-uneven",
                        &[("name", Value::Text(&item.name)), ("minutes", Value::Count(minutes))],
                    );
                }
                self.offer(&key);
                self.focus(&key);
                self.ask(Field::Quantity);
                self.halted = true;
                self.desk.state.pending = Some(Pending::ChooseQuantity { key });
            }
        }
        Ok(())
    }

    async fn quantity(&mut self, amounts: &Amounts) -> Result<(), ShopError> {
        if self.order_now == OrderNow::Open || self.order_now == OrderNow::Settled {
            return Ok(());
        }
        match self.desk.state.pending.clone() {
            Some(Pending::ChooseItem { candidates, quantity }) => {
                let mut amounts = amounts.clone();
                if amounts.is_empty() {
                    return Ok(());
                }
                // "A kilo one, two of them": beside a size, a number counts packs.
                if amounts.grams.is_some() || amounts.millilitres.is_some() {
                    amounts.counts.iter_mut().for_each(|count| count.of_packs = true);
                }
                if let Some(quantity) = quantity {
                    amounts.counts.push(crate::understand::Count { value: quantity, of_packs: true });
                }
                let resolved = resolve(&self.items(&candidates), &amounts);
                self.meant("order");
                return self.resolved(resolved, false).await;
            }
            Some(Pending::ChooseCity { .. }) if amounts.is_empty() => return Ok(()),
            _ => {}
        }
        let asked = match &self.desk.state.pending {
            Some(Pending::ChooseQuantity { key }) => Some(key.clone()),
            _ => None,
        };
        let cart = &self.desk.state.cart;
        let target = asked
            .clone()
            .or_else(|| self.fresh.last().cloned())
            .or_else(|| self.desk.state.focus.first().cloned())
            .or_else(|| match &cart.lines[..] {
                [only] => Some(only.key.clone()),
                _ => None,
            });
        let Some(key) = target else {
            if amounts.is_empty()
                && self.desk.state.cart.is_empty()
                && self.intent == "none"
                && !self.has(|act| matches!(act, Act::Ask { .. }))
            {
                self.browse(false);
                self.meant("order");
            }
            return Ok(());
        };
        let Some(item) = self.item(&key) else { return Ok(()) };
        // A bare number counts what is sold: "two, please".
        let mut packs = amounts.clone();
        for count in &mut packs.counts {
            count.of_packs = true;
        }
        let before = self.desk.state.cart.quantity(&key);
        if amounts.is_empty() {
            if before == 0 {
                self.meant("order");
                // "To Almaty then": all that was asked about with the other city.
                let offered = self.desk.state.offered.clone();
                if self.city_said_now
                    && self.desk.state.cart.is_empty()
                    && (2..=3).contains(&offered.len())
                    && self.desk.state.pending.is_none()
                    && offered.contains(&key)
                {
                    for key in offered {
                        self.set_line(&key, 1).await?;
                    }
                    return Ok(());
                }
                self.set_asked(&key).await?;
            }
            return Ok(());
        }
        self.meant("order");
        if asked.is_none()
            && let Some((keys, resolved)) = self.counted_again(amounts)
            && keys.contains(&key)
        {
            for key in keys {
                self.desk.state.cart.set(&key, 0);
            }
            return self.resolved(resolved, false).await;
        }
        let mut sizes = vec![item.clone()];
        if amounts.grams.is_some() || amounts.millilitres.is_some() {
            // "Better 15 kilos": other sizes of the same thing count too.
            let hits = self.index().search(&item.name, 6);
            let top = hits.first().map_or(0.0, |hit| hit.score);
            sizes.extend(
                hits.into_iter().filter(|hit| hit.score >= 0.7 * top && hit.item.key != item.key).map(|hit| hit.item),
            );
        }
        let resolved = resolve(&sizes, &packs);
        self.resolved(resolved, amounts.more && before > 0).await
    }

    pub(super) async fn set_line(&mut self, key: &str, quantity: i64) -> Result<(), ShopError> {
        let outcome = self.desk.set_cart(key, quantity).await?;
        self.tell_cart(&outcome);
        self.focus(key);
        self.desk.state.memory.remove(ASKED);
        if matches!(outcome, CartOutcome::Set { .. } | CartOutcome::Same { .. }) {
            self.moved();
        }
        Ok(())
    }

    fn moved(&mut self) {
        self.progress = true;
        self.meant("order");
    }

    fn tell_cart(&mut self, outcome: &CartOutcome) {
        match outcome {
            CartOutcome::Set { key, .. } => {
                self.fresh.retain(|known| known != key);
                self.fresh.push(key.clone());
            }
            CartOutcome::Same { .. } | CartOutcome::NotThere { .. } => {}
            CartOutcome::Removed { key } => {
                if let Some(item) = self.item(key) {
                    self.say.say("cart-removed", &[("name", Value::Text(&item.name))]);
                }
            }
            CartOutcome::NotEnough { key } => {
                if let Some(item) = self.item(key) {
                    self.say.say("not-enough", &[("name", Value::Text(&item.name))]);
                    self.say.say("not-enough-ask", &[]);
                }
                self.offer(key);
                self.ask(Field::Quantity);
                self.halted = true;
                self.desk.state.pending = Some(Pending::ChooseQuantity { key: key.clone() });
            }
            CartOutcome::SoldOut { key } => {
                if let Some(item) = self.item(key) {
                    let alone = self.desk.state.cart.is_empty();
                    let id = if alone { "item-unavailable" } else { "sold-out" };
                    self.say.say(id, &[("name", Value::Text(&item.name))]);
                    if alone {
                        self.say.say("not-found-ask", &[]);
                        self.halted = true;
                    }
                }
                self.offer(key);
                self.meant("order");
            }
            CartOutcome::TooLarge { key } => {
                self.say.say("quantity-too-large", &[]);
                self.ask(Field::Quantity);
                self.halted = true;
                self.desk.state.pending = Some(Pending::ChooseQuantity { key: key.clone() });
            }
            CartOutcome::Gone { key } => self.say.say("gone", &[("name", Value::Text(key))]),
        }
    }
}
