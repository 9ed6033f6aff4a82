//! Answers to questions: about items, the company, the rules of the shop.

mod fees;

use super::{ASKED, CHOOSING_TO_BUY, CONTACT_OFFERED, OrderNow, Talk};
use crate::compose::{Value, hours_of_week};
use crate::desk::{Resolved, resolve};
use crate::turn::{Pending, ShopError};
use crate::understand::{Act, Cue, Mention};
use domain::catalog::{Area, Item};
use std::sync::Arc;

impl Talk<'_> {
    pub(super) async fn answers(&mut self) -> Result<(), ShopError> {
        let company = self.shop.profile().company_name.clone();
        let acts = self.acts.clone();
        let yes = self.has(|act| matches!(act, Act::Yes));
        if yes && !self.progress && self.offered_contact() {
            return Ok(());
        }
        self.desk.state.memory.remove(CONTACT_OFFERED);
        let asked_about: Vec<&Act> = acts.iter().filter(|act| matches!(act, Act::Ask { .. })).collect();
        let continuing =
            matches!(self.desk.state.pending, Some(Pending::More)) || self.desk.state.memory.contains_key(super::LIST);
        for act in &acts {
            match act {
                Act::Browse { detail } => self.browse(*detail),
                Act::Ask { topics, about, words } => self.asked(topics, about, words).await?,
                Act::More if continuing && asked_about.is_empty() && !self.progress => {
                    self.more();
                }
                Act::More if asked_about.is_empty() && !self.progress && self.intent == "none" => {
                    match self.desk.state.focus.first().cloned() {
                        Some(key) => self.show(&key, &[Cue::Describe], &[]).await?,
                        None => self.browse(true),
                    }
                }
                Act::Yes
                    if matches!(self.desk.state.pending, Some(Pending::More))
                        && !self.progress
                        && self.intent == "none" =>
                {
                    self.more();
                }
                Act::Recommend if asked_about.is_empty() => self.recommend(),
                Act::Refund { about: None } if self.has(|act| matches!(act, Act::Refund { about: Some(_) })) => {}
                Act::Refund { about } => self.refund(about.as_ref()),
                Act::Contact { kind, about } => self.contact(*kind, about.as_ref()),
                Act::Complain if !self.has(|act| matches!(act, Act::Refund { .. })) => self.complains(),
                Act::StopReminders => {
                    self.desk.stop_reminders();
                    self.say.say("reminders-stopped", &[]);
                    self.meant("stop_reminders");
                }
                Act::ClaimPaid | Act::AskPaid if self.intent != "paid_claim" => self.claims_paid(),
                Act::OrderStatus
                    if matches!(self.intent, "none" | "greeting")
                        && !self.has(|act| matches!(act, Act::Complain | Act::Refund { .. } | Act::Cancel)) =>
                {
                    self.order_status();
                }
                Act::LinkAgain => self.link_again(),
                Act::Person => {
                    self.desk.call_person("wish");
                    self.say.say("person-called", &[]);
                    self.meant("person");
                }
                Act::Discount => {
                    self.say.say("discount-none", &[]);
                    self.meant("discount");
                }
                Act::FreeDelivery => self.free_delivery(),
                Act::StockProbe => {
                    self.say.say("stock-secret", &[]);
                    self.meant("stock");
                }
                Act::Injection => {
                    self.say.say("rules-fixed", &[]);
                    self.meant("rules");
                }
                Act::OffTopic if self.intent == "none" => self.off_topic(&company),
                Act::Bot => {
                    self.say.say("bot", &[("company", Value::Text(&company))]);
                    self.meant("bot");
                }
                Act::PayMethod if !self.card => {
                    self.say.say("pay-method", &[]);
                    self.meant("pay_method");
                }
                Act::Privacy => {
                    match self.shop.profile().privacy_url.clone() {
                        Some(url) => self.say.say("privacy-link", &[("url", Value::Link(&url))]),
                        None => self.say.say("privacy", &[]),
                    }
                    self.meant("privacy");
                }
                Act::Unreadable if acts.len() > 1 => self.say.say("unreadable", &[]),
                _ => {}
            }
        }
        Ok(())
    }

    async fn asked(&mut self, topics: &[Cue], about: &[Mention], words: &[String]) -> Result<(), ShopError> {
        let total = topics.contains(&Cue::Total);
        if total && (!self.desk.state.cart.is_empty() || topics.len() == 1 && about.is_empty()) {
            self.total_wanted = true;
            if self.order_now == OrderNow::Open || self.order_now == OrderNow::Settled {
                self.order_status();
                return Ok(());
            }
            if !self.desk.state.cart.is_empty() {
                self.progress = true;
                self.meant("total");
                if topics.len() == 1 && about.is_empty() {
                    return Ok(());
                }
            }
        }
        if about.is_empty() {
            return self.asked_in_general(topics, words).await;
        }
        if self.reckoned(topics, about) {
            return Ok(());
        }
        let mut counted: Vec<(String, i64)> = Vec::new();
        for mention in about {
            self.meant("question");
            if mention.candidates.is_empty() {
                self.not_found(&mention.words);
                continue;
            }
            if !mention.exact {
                self.similar(&mention.words, &mention.candidates);
                continue;
            }
            // "Are the windows included?" asks about the cleaning that is being talked about.
            if let Some(key) = self.includes_it(topics, mention, words) {
                self.show(&key, topics, words).await?;
                continue;
            }
            let focus = self.desk.state.focus.first().filter(|key| mention.candidates.contains(key)).cloned();
            if let Some(key) = focus
                && mention.amounts.counts.is_empty()
                && mention.candidates.len() > 1
            {
                self.show(&key, topics, words).await?;
                continue;
            }
            let items: Vec<Arc<Item>> = mention.candidates.iter().filter_map(|key| self.item(key)).collect();
            let keys = match resolve(&items, &mention.amounts) {
                Resolved::Lines { lines, .. } => {
                    let keys = lines.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
                    counted.extend(lines);
                    keys
                }
                _ => mention.candidates.clone(),
            };
            match &keys[..] {
                [key] => self.show(key, topics, words).await?,
                _ => {
                    // The question is answered for all of them at once where there are few words to it.
                    if keys.len() <= 4
                        && topics.iter().any(|topic| {
                            matches!(topic, Cue::Cities | Cue::DeliveryFee | Cue::DeliveryTime | Cue::Duration)
                        })
                    {
                        for key in keys.iter().take(4) {
                            self.show(key, topics, words).await?;
                        }
                    } else {
                        self.which_item(&keys);
                        self.set_flag(CHOOSING_TO_BUY, false);
                        self.desk.state.pending =
                            Some(Pending::ChooseItem { candidates: keys.clone(), quantity: None });
                    }
                }
            }
        }
        self.remember_asked(&counted);
        Ok(())
    }

    /// "Six windows, how much?", "the teapot and the tea with delivery to Tula": what all of that comes to.
    fn reckoned(&mut self, topics: &[Cue], about: &[Mention]) -> bool {
        let sums = |topic: &Cue| matches!(topic, Cue::Price | Cue::Total | Cue::DeliveryFee);
        if !self.desk.state.cart.is_empty()
            || topics.is_empty()
            || !topics.iter().all(sums)
            || topics == [Cue::DeliveryFee]
        {
            return false;
        }
        let mut counted: Vec<(String, i64)> = Vec::new();
        for mention in about {
            let items: Vec<Arc<Item>> = mention.candidates.iter().filter_map(|key| self.item(key)).collect();
            match resolve(&items, &mention.amounts) {
                Resolved::Lines { lines, .. } if mention.exact => counted.extend(lines),
                _ => return false,
            }
        }
        if counted.len() < 2 && counted.iter().all(|(_, quantity)| *quantity < 2) {
            return false;
        }
        let items: Vec<(Arc<Item>, i64)> =
            counted.iter().filter_map(|(key, quantity)| self.item(key).map(|item| (item, *quantity))).collect();
        let pairs: Vec<(&Item, i64)> = items.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
        let Ok(quote) = domain::quote::quote(&pairs, self.shop.profile().currency) else { return false };
        self.meant("question");
        for (item, _) in &items {
            self.focus(&item.key);
        }
        self.tell_lines(&quote);
        let mut reached = true;
        for (item, _) in &items {
            reached &= !self.is_out_of_reach(item);
        }
        // The fee belongs to it where the whole was asked for, or where it goes.
        let whole = topics.iter().any(|topic| *topic != Cue::Price) || self.city_said_now || items.len() > 1;
        if reached && whole {
            self.tell_fees(&quote);
            if !quote.is_free() {
                self.say.say("total-sum", &[("total", Value::Money(quote.total))]);
            }
        }
        self.trace_quote(&quote);
        self.remember_asked(&counted);
        true
    }

    /// The item in focus, where its own details say whether what was named is included.
    pub(super) fn includes_it(&self, topics: &[Cue], mention: &Mention, words: &[String]) -> Option<String> {
        let asks = !topics.is_empty() && topics.iter().all(|topic| matches!(topic, Cue::Included | Cue::NotIncluded));
        let key = self.desk.state.focus.first().filter(|key| asks && !mention.candidates.contains(key))?;
        let item = self.item(key)?;
        let (id, _) = self.detail_of(&item, words)?;
        matches!(id, "item-included" | "item-not-included").then(|| key.clone())
    }

    /// That so much was asked about: a wish without a name means that ("yes, book it").
    pub(super) fn remember_asked(&mut self, counted: &[(String, i64)]) {
        if !counted.is_empty() {
            self.desk.state.memory.insert(ASKED.to_owned(), serde_json::json!(counted));
        }
    }

    /// A question that names no item: about those in focus, or about the company.
    async fn asked_in_general(&mut self, topics: &[Cue], words: &[String]) -> Result<(), ShopError> {
        let mut topics = topics.to_vec();
        // "And if you send them to Cuenca?"
        if topics.is_empty() && !self.desk.state.cart.is_empty() {
            if self.city_said_now {
                self.progress = true;
                return Ok(());
            }
            if self.has(|act| matches!(act, Act::City { .. }))
                && let Some((item, _)) = self.desk.lines().into_iter().next()
            {
                self.meant("question");
                self.cities(&item);
                return Ok(());
            }
        }
        // "Where is my link?" while a payment link is open.
        if topics == [Cue::Link] && self.order_now == OrderNow::Open {
            self.link_again();
            return Ok(());
        }
        if topics.contains(&Cue::Hours) {
            self.meant("question");
            let hours = hours_of_week(&self.shop.profile().hours, self.say.language());
            self.say.say("shop-hours", &[("hours", Value::Text(&hours))]);
            topics.retain(|topic| !matches!(topic, Cue::Hours | Cue::Cities));
            if topics.is_empty() {
                return Ok(());
            }
        }
        let focus = self.fresh.last().cloned().or_else(|| self.desk.state.focus.first().cloned());
        // "Which cities do you work in?" is about the company unless one item is being talked about just now.
        if topics.contains(&Cue::Cities) && (focus.is_none() || !self.about_this(words)) {
            self.shop_cities();
            topics.retain(|topic| *topic != Cue::Cities);
            if topics.is_empty() {
                return Ok(());
            }
        }
        if self.desk.state.cart.lines.len() > 1 {
            self.about_the_whole(&mut topics);
            if topics.is_empty() {
                return Ok(());
            }
        }
        match focus {
            Some(key) => self.show(&key, &topics, words).await,
            None => {
                self.general_without_item(&topics);
                Ok(())
            }
        }
    }

    /// Fee and time of delivery of several lines are those of the order.
    fn about_the_whole(&mut self, topics: &mut Vec<Cue>) {
        let Some(quote) = self.desk.price() else { return };
        let lines = self.desk.lines();
        topics.retain(|topic| match topic {
            Cue::DeliveryFee if !(quote.delivery.full.is_zero() && quote.travel.full.is_zero()) => {
                self.tell_fees(&quote);
                false
            }
            Cue::DeliveryTime if lines.iter().any(|(item, _)| item.delivery_time_hours.is_some()) => {
                let pairs: Vec<(&Item, i64)> =
                    lines.iter().map(|(item, quantity)| (item.as_ref(), *quantity)).collect();
                let hours = domain::booking::delivery_hours(&pairs);
                self.say.say("order-delivery-time", &[("hours", Value::Count(hours))]);
                false
            }
            _ => true,
        });
        self.meant("question");
    }

    /// Whether a question points at the item in focus ("where is it available?").
    fn about_this(&self, words: &[String]) -> bool {
        words.len() <= 1
            || words.iter().any(|word| {
                ["available", "disponible", "доступ", "қолжетімді"].iter().any(|known| word.starts_with(known))
            })
    }

    fn general_without_item(&mut self, topics: &[Cue]) {
        self.meant("question");
        for topic in topics {
            match topic {
                Cue::DeliveryFee => {
                    let mut fees: Vec<i64> =
                        self.index().items().iter().filter_map(|item| item.fee_minor).filter(|fee| *fee > 0).collect();
                    fees.sort_unstable();
                    fees.dedup();
                    self.say.say("free-delivery-depends", &[]);
                    return;
                }
                Cue::Video => {
                    match self.shop.profile().welcome_video.clone() {
                        Some(video) => {
                            self.video = Some(video);
                            self.say.say("shop-video", &[]);
                        }
                        None => self.say.say("shop-no-video", &[]),
                    }
                    return;
                }
                Cue::Link => {
                    self.say.say("shop-no-link", &[]);
                    return;
                }
                Cue::Price | Cue::Total | Cue::Describe => {
                    self.browse(false);
                    return;
                }
                _ => {}
            }
        }
        self.say.say("which-about", &[]);
    }

    fn shop_cities(&mut self) {
        self.meant("question");
        let cities = self.index().cities().to_vec();
        if !cities.is_empty() {
            self.say.say("shop-cities", &[("cities", Value::List(cities))]);
        } else if self.index().items().iter().all(|item| item.area == Area::Online) {
            self.say.say("shop-cities-online", &[]);
        } else {
            self.say.say("shop-cities-any", &[]);
        }
    }

    fn recommend(&mut self) {
        self.meant("recommend");
        let keys: Vec<String> = self.index().items().iter().take(5).map(|item| item.key.clone()).collect();
        self.say.say("recommend", &[]);
        self.list(&keys, 5, false);
        self.say.say("offer-ask", &[]);
    }
}
