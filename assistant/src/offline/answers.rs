//! Answers to questions: about items, the company, the rules of the shop.

mod fees;

use super::{CHOOSING_TO_BUY, CONTACT_OFFERED, OrderNow, Talk, line};
use crate::compose::{Value, hours_of_week};
use crate::desk::{Resolved, resolve};
use crate::turn::{Field, Pending, ShopError};
use crate::understand::{Act, Cue, Mention};
use domain::catalog::{Area, Item, ItemKind};
use domain::money::Money;
use serde_json::{Value as Json, json};
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
                Resolved::Lines { lines, .. } => lines.into_iter().map(|(key, _)| key).collect::<Vec<_>>(),
                _ => mention.candidates.clone(),
            };
            match &keys[..] {
                [key] => {
                    self.show(key, topics, words).await?;
                    self.refuse_city(key, topics);
                }
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
        Ok(())
    }

    /// A city that was named in the question and is not served is told.
    fn refuse_city(&mut self, key: &str, topics: &[Cue]) {
        let Some(item) = self.item(key) else { return };
        let said = self.acts.iter().find_map(|act| match act {
            Act::City { said, spelled } => Some(spelled.clone().unwrap_or_else(|| said.clone())),
            _ => None,
        });
        if !topics.contains(&Cue::Cities)
            && let (Some(city), Area::Cities(_)) = (said, &item.area)
            && !domain::checkout::serves(&item.area, &city, &domain::city::same)
        {
            self.cities(&item);
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
        match focus {
            Some(key) => self.show(&key, &topics, words).await,
            None => {
                self.general_without_item(&topics);
                Ok(())
            }
        }
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

    /// One item: what was asked about it, else what it is.
    pub(super) async fn show(&mut self, key: &str, topics: &[Cue], words: &[String]) -> Result<(), ShopError> {
        let Some(item) = self.item(key) else { return Ok(()) };
        self.meant("question");
        self.focus(key);
        self.offer(key);
        if !matches!(
            self.desk.state.pending,
            Some(Pending::ChooseCity { .. } | Pending::Confirm | Pending::ConfirmPrice | Pending::ChooseSlot { .. })
        ) {
            self.desk.state.pending = None;
        }
        let line = line::line("shown", json!({ "name": item.name }));
        self.reason("searched", item.name.clone(), vec![line], vec![key.to_owned()]);
        let stock_asked = self.has(|act| matches!(act, Act::StockProbe));
        let mut answered = false;
        for topic in topics {
            answered |= self.topic(&item, *topic).await?;
        }
        if !answered && !stock_asked {
            self.about(&item, words, topics.is_empty()).await?;
        }
        let shows_picture = !topics.iter().any(|topic| matches!(topic, Cue::Video | Cue::Link | Cue::Photo));
        if shows_picture
            && self.offered.len() == 1
            && let Some(image) = &item.image_url
            && !self.desk.state.images_shown.contains(key)
        {
            self.image = Some(image.clone());
        }
        Ok(())
    }

    async fn about(&mut self, item: &Item, words: &[String], open: bool) -> Result<(), ShopError> {
        let available = self.shop.available(&item.key).await?;
        if available.is_some_and(|available| available <= 0) {
            self.say.say("item-unavailable", &[("name", Value::Text(&item.name))]);
        }
        let named: Vec<String> = words.iter().filter(|word| !self.names_item(word, item)).cloned().collect();
        let described = self.index().described(&named, &item.key) > 0;
        if open && !described && available.is_none_or(|available| available > 0) {
            self.price_line(item, true);
        }
        self.say.say("item-about", &[("name", Value::Text(&item.name)), ("text", Value::Text(&item.description))]);
        Ok(())
    }

    fn names_item(&self, word: &str, item: &Item) -> bool {
        let rows = self.index().rows_of(std::slice::from_ref(&item.key));
        self.index().names(word, &rows)
    }

    fn price_line(&mut self, item: &Item, available: bool) {
        self.tell_price(item);
        let name = ("name", Value::Text(&item.name));
        if item.is_free() {
            self.say.say(if available { "item-available-free" } else { "item-free" }, &[name]);
        } else {
            let price = ("price", Value::Money(self.price_of(item)));
            self.say.say(if available { "item-available" } else { "item-price" }, &[name, price]);
        }
    }

    /// Answers one topic; `false` when it is no question of its own.
    async fn topic(&mut self, item: &Item, topic: Cue) -> Result<bool, ShopError> {
        let name = ("name", Value::Text(&item.name));
        let details = &item.details;
        let told = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        match topic {
            Cue::Price | Cue::Total => {
                self.price_line(item, false);
                if item.is_free() {
                    // What is free is described by its other properties (R81).
                    self.say.say("item-about", &[name, ("text", Value::Text(&item.description))]);
                }
                let available = self.shop.available(&item.key).await?;
                if available.is_some_and(|available| available <= 0) {
                    self.say.say("item-unavailable", &[("name", Value::Text(&item.name))]);
                }
            }
            Cue::Describe | Cue::Size | Cue::Material => {
                if topic == Cue::Describe {
                    self.price_line(item, false);
                }
                self.say.say("item-about", &[name, ("text", Value::Text(&item.description))]);
                for (heading, value) in &item.extra {
                    let asked = topic == Cue::Size || topic == Cue::Material;
                    if asked
                        && crate::stem::stem_any(heading).iter().any(|stem| stem.len() > 3)
                        && extra_fits(topic, heading)
                    {
                        self.say.say("item-about", &[("name", Value::Text(heading)), ("text", Value::Text(value))]);
                    }
                }
            }
            Cue::Included => self.detail(item, "item-included", told(&details.included)),
            Cue::NotIncluded => self.detail(item, "item-not-included", told(&details.not_included)),
            Cue::Guarantee => self.detail(item, "item-guarantee", told(&details.guarantee)),
            Cue::NotGuarantee => self.detail(item, "item-not-guarantee", told(&details.not_guarantee)),
            Cue::Suitable => {
                self.detail(item, "item-suitable", told(&details.suitable_for));
                if let Some(text) = told(&details.not_suitable_for) {
                    self.say
                        .say("item-not-suitable", &[("name", Value::Text(&item.name)), ("text", Value::Text(&text))]);
                }
            }
            Cue::NotSuitable => self.detail(item, "item-not-suitable", told(&details.not_suitable_for)),
            Cue::Prepare => self.detail(item, "item-prepare", told(&details.recommendations)),
            Cue::Specialist => {
                let who = match (told(&details.specialist), told(&details.specialist_area)) {
                    (Some(who), Some(area)) => Some(format!("{who} ({area})")),
                    (who, area) => who.or(area),
                };
                self.detail(item, "item-specialist", who);
            }
            Cue::Duration => match item.duration_minutes {
                Some(minutes) => self.say.say("item-duration", &[name, ("minutes", Value::Count(minutes))]),
                None if item.kind == ItemKind::Product => self.delivery_time(item),
                None => self.unknown(item),
            },
            Cue::Format => self.detail(item, "item-format", told(&item.format)),
            Cue::DeliveryFee => self.fee(item),
            Cue::DeliveryTime => self.delivery_time(item),
            Cue::Cities => self.cities(item),
            Cue::Hours => {
                let hours = hours_of_week(&self.shop.profile().hours, self.say.language());
                self.say.say("shop-hours", &[("hours", Value::Text(&hours))]);
            }
            Cue::FreeTimes => self.free_times(item).await?,
            Cue::Link => match &item.website_url {
                Some(url) => self.say.say("item-link", &[name, ("url", Value::Link(url))]),
                None => self.say.say("item-no-link", &[name]),
            },
            Cue::Photo => match &item.image_url {
                Some(_) if self.desk.state.images_shown.contains(&item.key) => self.say.say("item-photo-sent", &[name]),
                Some(image) => {
                    self.image = Some(image.clone());
                    self.say.say("item-photo", &[name]);
                }
                None => self.say.say("item-no-photo", &[name]),
            },
            Cue::Video => match &item.video_url {
                Some(video) => {
                    self.video = Some(video.clone());
                    self.say.say("item-video", &[name]);
                }
                None => self.say.say("item-no-video", &[name]),
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn detail(&mut self, item: &Item, id: &str, text: Option<String>) {
        match text {
            Some(text) => self.say.say(id, &[("name", Value::Text(&item.name)), ("text", Value::Text(&text))]),
            None => self.unknown(item),
        }
    }

    /// The catalogue does not say: contacts are offered, never given unasked (R79, R153).
    fn unknown(&mut self, item: &Item) {
        let contacts = &item.contacts;
        let has = contacts.specialist.is_some() || contacts.supplier.is_some() || contacts.supplier_services.is_some();
        if has {
            self.say.say("item-unknown-contact", &[("name", Value::Text(&item.name))]);
            self.desk.state.memory.insert(CONTACT_OFFERED.to_owned(), Json::String(item.key.clone()));
        } else {
            self.say.say("item-unknown", &[("name", Value::Text(&item.name))]);
        }
    }

    fn fee(&mut self, item: &Item) {
        let currency = self.shop.profile().currency;
        let name = ("name", Value::Text(&item.name));
        let service = item.kind == ItemKind::Service;
        let fee = item.fee_minor.unwrap_or(0);
        let threshold = item.free_from_minor.filter(|minor| *minor > 0);
        if fee <= 0 {
            self.say.say(if service { "item-travel-none" } else { "item-fee-none" }, &[name]);
            return;
        }
        let fee = ("fee", Value::Money(Money::new(fee, currency)));
        match threshold {
            Some(threshold) => self.say.say(
                if service { "item-travel-threshold" } else { "item-fee-threshold" },
                &[name, fee, ("threshold", Value::Money(Money::new(threshold, currency)))],
            ),
            None => self.say.say(if service { "item-travel" } else { "item-fee" }, &[name, fee]),
        }
    }

    fn delivery_time(&mut self, item: &Item) {
        let name = ("name", Value::Text(&item.name));
        match item.delivery_time_hours {
            Some(hours) => self.say.say("item-delivery-time", &[name, ("hours", Value::Count(hours))]),
            None => self.say.say("item-delivery-time-unknown", &[name]),
        }
    }

    fn cities(&mut self, item: &Item) {
        let name = ("name", Value::Text(&item.name));
        let said = self.acts.iter().find_map(|act| match act {
            Act::City { said, spelled } => Some(spelled.clone().unwrap_or_else(|| said.clone())),
            _ => None,
        });
        match &item.area {
            Area::Online => self.say.say("item-online", &[name]),
            Area::Everywhere => self.say.say("item-everywhere", &[name]),
            Area::Cities(cities) => match said {
                Some(city) => match domain::city::resolve(&city, cities) {
                    Some(spelled) => self.say.say("item-city-yes", &[name, ("city", Value::Text(spelled))]),
                    None => self.say.say(
                        "item-city-no",
                        &[name, ("city", Value::Text(&city)), ("cities", Value::List(cities.clone()))],
                    ),
                },
                None => self.say.say("item-cities", &[name, ("cities", Value::List(cities.clone()))]),
            },
        }
    }

    /// "When is there a free time?" for an item that is not in the cart yet.
    async fn free_times(&mut self, item: &Item) -> Result<(), ShopError> {
        if !item.has_slots() {
            let hours = hours_of_week(&self.shop.profile().hours, self.say.language());
            self.say.say("shop-hours", &[("hours", Value::Text(&hours))]);
            return Ok(());
        }
        let cart = self.desk.state.cart.clone();
        if cart.quantity(&item.key) == 0 {
            self.desk.state.cart.lines.clear();
            self.desk.state.cart.set(&item.key, 1);
        }
        let outcome = self.desk.hold_slot(self.part).await?;
        self.tell_slots(&outcome);
        self.desk.state.cart = cart;
        self.asks.retain(|field| !matches!(field, Field::Date | Field::Time));
        self.halted = false;
        Ok(())
    }

    fn recommend(&mut self) {
        self.meant("recommend");
        let keys: Vec<String> = self.index().items().iter().take(5).map(|item| item.key.clone()).collect();
        self.say.say("recommend", &[]);
        self.list(&keys, 5, false);
        self.say.say("offer-ask", &[]);
    }
}

/// Whether a column without a meaning of its own answers such a question ("colour", "size").
fn extra_fits(topic: Cue, heading: &str) -> bool {
    let folded = domain::text::fold(heading);
    let words: &[&str] = match topic {
        Cue::Size => &[
            "size",
            "weight",
            "height",
            "width",
            "length",
            "volume",
            "talla",
            "tamano",
            "peso",
            "altura",
            "размер",
            "вес",
            "объем",
            "өлшем",
            "салмағ",
            "көлем",
        ],
        _ => &[
            "colour",
            "color",
            "material",
            "ingredient",
            "composition",
            "ingredientes",
            "composicion",
            "цвет",
            "состав",
            "материал",
            "түс",
            "құрам",
        ],
    };
    words.iter().any(|word| folded.starts_with(&domain::text::fold(word)))
}
