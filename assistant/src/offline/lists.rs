//! Lists: the offer, the candidates of a question, what comes next.

use super::{LIST, Talk, line};
use crate::compose::{Value, shorten};
use crate::turn::{Field, Pending};
use crate::understand::Act;
use domain::catalog::Item;
use domain::money::Money;
use serde_json::{Value as Json, json};

/// Items of one part of the offer where no details are wanted.
const PART: usize = 10;
/// From so many items on, a first question is answered with the kinds of items.
const MANY: usize = 30;
/// Candidates that one question names.
const CANDIDATES: usize = 8;

impl Talk<'_> {
    pub(super) fn price_of(&self, item: &Item) -> Money {
        item.price(self.shop.profile().currency)
    }

    /// Remembers that a price was told, and says so where it has changed since it was told before (R91).
    pub(super) fn tell_price(&mut self, item: &Item) {
        for change in self.desk.prices_changed(std::slice::from_ref(&item.key)) {
            self.tell_change(item, change.before, change.now);
        }
        self.desk.state.said_prices.insert(item.key.clone(), item.price_minor.unwrap_or(0));
    }

    pub(super) fn tell_change(&mut self, item: &Item, before: i64, now: i64) {
        let currency = self.shop.profile().currency;
        if now == 0 {
            self.say.say("price-now-free", &[("name", Value::Text(&item.name))]);
        } else if before == 0 {
            self.say
                .say("item-price", &[("name", Value::Text(&item.name)), ("price", Value::Money(self.price_of(item)))]);
        } else {
            self.say.say(
                "price-changed",
                &[
                    ("name", Value::Text(&item.name)),
                    ("old", Value::Money(Money::new(before, currency))),
                    ("new", Value::Money(Money::new(now, currency))),
                ],
            );
        }
    }

    /// Lines of a list; how many fitted. Room is left for the closing question.
    pub(super) fn list(&mut self, keys: &[String], limit: usize, about: bool) -> usize {
        const CLOSING: usize = 160;
        let planned = self.shop.profile().channel.planned_chars();
        let mut shown = 0;
        for key in keys.iter().take(limit) {
            let Some(item) = self.item(key) else { continue };
            let price = Value::Money(self.price_of(&item));
            let text = shorten(&item.description, 220);
            let mut values = vec![("name", Value::Text(&item.name))];
            if !item.is_free() {
                values.push(("price", price));
            }
            if about {
                values.push(("about", Value::Text(&text)));
            }
            let id = match (item.is_free(), about) {
                (false, false) => "offer-line",
                (true, false) => "offer-line-free",
                (false, true) => "offer-line-about",
                (true, true) => "offer-line-free-about",
            };
            let line = self.say.word(id, &values);
            if shown > 0 && self.say.chars() + self.say.length(&line) + CLOSING > planned {
                break;
            }
            self.tell_price(&item);
            self.say.push(line);
            self.offer(key);
            shown += 1;
        }
        shown
    }

    /// What is on offer.
    pub(super) fn browse(&mut self, detail: bool) {
        self.meant("browse");
        let keys: Vec<String> = self.index().items().iter().map(|item| item.key.clone()).collect();
        if keys.is_empty() {
            self.say.say("offer-empty", &[]);
            return;
        }
        if keys.len() > MANY && !detail {
            let mut kinds: Vec<String> = Vec::new();
            for item in self.index().items() {
                if let Some(category) = &item.category
                    && !kinds.contains(category)
                {
                    kinds.push(category.clone());
                }
            }
            if (2..=24).contains(&kinds.len()) {
                self.say.say("offer-kinds", &[("kinds", Value::List(kinds))]);
                self.desk.state.page = 0;
                self.remember_list(&keys, false);
                return;
            }
        }
        self.say.say("offer-intro", &[]);
        self.go_on(&keys, 0, detail);
    }

    fn remember_list(&mut self, keys: &[String], detail: bool) {
        // The whole catalogue is not copied into the state: an empty list stands for it.
        let whole = keys.len() == self.index().items().len();
        let list = if whole { Vec::new() } else { keys.to_vec() };
        let value = serde_json::json!({ "keys": list, "detail": detail });
        self.desk.state.memory.insert(LIST.to_owned(), value);
        self.desk.state.pending = Some(Pending::More);
    }

    fn go_on(&mut self, keys: &[String], from: usize, detail: bool) {
        let rest = keys.get(from..).unwrap_or(&[]);
        let limit = if detail { rest.len() } else { PART };
        let shown = self.list(rest, limit, detail);
        let next = from + shown;
        if next < keys.len() {
            self.remember_list(keys, detail);
            self.desk.state.page = next;
            self.say.say("offer-more", &[]);
        } else {
            self.desk.state.memory.remove(LIST);
            self.desk.state.page = 0;
            if self.desk.state.pending == Some(Pending::More) {
                self.desk.state.pending = None;
            }
            self.say.say(if from > 0 { "offer-end" } else { "offer-ask" }, &[]);
        }
    }

    /// "More": the next part of the last list; `false` when there is none.
    pub(super) fn more(&mut self) -> bool {
        let Some(list) = self.desk.state.memory.get(LIST).cloned() else { return false };
        let listed: Vec<String> = list
            .get("keys")
            .and_then(Json::as_array)
            .map(|keys| keys.iter().filter_map(Json::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        let keys: Vec<String> =
            if listed.is_empty() { self.index().items().iter().map(|item| item.key.clone()).collect() } else { listed };
        let detail = list.get("detail").and_then(Json::as_bool).unwrap_or(false);
        let from = self.desk.state.page.min(keys.len());
        self.meant("more");
        if from >= keys.len() {
            self.say.say("more-none", &[]);
            return true;
        }
        self.go_on(&keys, from, detail);
        true
    }

    /// Several items fit: one question (R92).
    pub(super) fn which_item(&mut self, candidates: &[String]) {
        self.say.say("which-item-intro", &[]);
        self.list(candidates, CANDIDATES, false);
        self.say.say("which-item", &[]);
        self.ask(Field::Item);
        self.meant("question");
        self.halted = true;
    }

    /// Nothing fits: say so and ask (R92).
    pub(super) fn not_found(&mut self, words: &str) {
        self.meant("not_found");
        self.say.say("not-found", &[("what", Value::Theirs(words))]);
        let line = line::line("nothing_fits", json!({ "words": words }));
        self.reason("searched", format!("nothing fits “{words}”"), vec![line], Vec::new());
        // What is there goes on; only when nothing is left, the question is what else to look for.
        let goes_on = !self.desk.state.cart.is_empty()
            || self.has(|act| matches!(act, Act::Want { mention, .. } if !mention.candidates.is_empty()));
        if !goes_on {
            self.say.say("not-found-ask", &[]);
            self.halted = true;
        }
    }

    /// Something of the kind is there, but not with the property that was named.
    pub(super) fn similar(&mut self, words: &str, candidates: &[String]) {
        self.meant("not_found");
        self.say.say("not-found", &[("what", Value::Theirs(words))]);
        self.say.say("not-found-similar", &[]);
        self.list(candidates, CANDIDATES, false);
        self.say.say("which-item", &[]);
        self.ask(Field::Item);
        self.halted = true;
        self.set_flag(super::CHOOSING_TO_BUY, false);
        self.desk.state.pending = Some(Pending::ChooseItem { candidates: candidates.to_vec(), quantity: None });
    }
}
