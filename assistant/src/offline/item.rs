//! Answers about one item.

use super::{CONTACT_OFFERED, TIMES_TOLD, Talk, line};
use crate::compose::{Value, hours_of_week};
use crate::turn::{Field, Pending, ShopError};
use crate::understand::{Act, Cue};
use domain::catalog::{Area, Item, ItemKind};
use domain::money::Money;
use serde_json::{Value as Json, json};

impl Talk<'_> {
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
        let mut answered = !topics.contains(&Cue::Cities) && self.is_out_of_reach(&item);
        // "Does it include the printing?": what is not included answers too.
        let excluded = topics.contains(&Cue::Included)
            && self.detail_of(&item, words).is_some_and(|(id, _)| id == "item-not-included");
        for topic in topics {
            let topic = if excluded && *topic == Cue::Included { Cue::NotIncluded } else { *topic };
            answered |= self.topic(&item, topic).await?;
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

    /// Asked about with a city where it cannot be had: that is the first thing to know.
    pub(super) fn is_out_of_reach(&mut self, item: &Item) -> bool {
        let Area::Cities(cities) = &item.area else { return false };
        let said = self.acts.iter().find_map(|act| match act {
            Act::City { said, spelled } => Some(spelled.clone().unwrap_or_else(|| said.clone())),
            _ => None,
        });
        let Some(said) = said.filter(|said| domain::city::resolve(said, cities).is_none()) else { return false };
        self.cities(item);
        // It is no choice of a city either.
        if self.desk.state.cart.is_empty() && self.desk.state.given.city_said.as_deref() == Some(said.as_str()) {
            self.desk.state.given.city_said = None;
            self.desk.state.given.city = None;
        }
        true
    }

    /// The detail in which the words of a question stand ("may the sofa be of leather?"), told only when asked (R82).
    pub(super) fn detail_of(&self, item: &Item, words: &[String]) -> Option<(&'static str, String)> {
        let details = &item.details;
        let stems = |text: &str| -> Vec<String> {
            domain::text::tokens(text)
                .iter()
                .filter(|token| token.is_word() && token.folded.chars().count() > 3)
                .flat_map(|token| crate::stem::stem_any(&token.folded))
                .collect()
        };
        let asked: Vec<String> = stems(&words.join(" "));
        let says =
            |text: &str| self.index().says_any(text, words) || stems(text).iter().any(|stem| asked.contains(stem));
        [
            ("item-not-suitable", &details.not_suitable_for),
            ("item-suitable", &details.suitable_for),
            ("item-not-included", &details.not_included),
            ("item-included", &details.included),
            ("item-prepare", &details.recommendations),
            ("item-not-guarantee", &details.not_guarantee),
            ("item-guarantee", &details.guarantee),
        ]
        .into_iter()
        .filter_map(|(id, text)| text.as_ref().map(|text| (id, text)))
        .find(|(_, text)| says(text))
        .map(|(id, text)| (id, text.clone()))
    }

    async fn about(&mut self, item: &Item, words: &[String], open: bool) -> Result<(), ShopError> {
        let available = self.shop.available(&item.key).await?;
        if available.is_some_and(|available| available <= 0) {
            self.say.say("item-unavailable", &[("name", Value::Text(&item.name))]);
        }
        let named: Vec<String> = words.iter().filter(|word| !self.names_item(word, item)).cloned().collect();
        let described = self.index().described(&named, &item.key) > 0;
        if let Some((id, text)) = self.detail_of(item, &named) {
            self.say.say(id, &[("name", Value::Text(&item.name)), ("text", Value::Text(&text))]);
            return Ok(());
        }
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

    pub(super) fn fee(&mut self, item: &Item) {
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

    pub(super) fn cities(&mut self, item: &Item) {
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
                        &[name, ("city", Value::Theirs(&city)), ("cities", Value::List(cities.clone()))],
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
        self.set_flag(TIMES_TOLD, true);
        self.halted = false;
        Ok(())
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
