//! Facts that are read for a model.

use crate::compose::{Composer, Names, Value, shorten};
use crate::turn::Shop;
use domain::catalog::{Area, Item};
use domain::language::Language;
use serde_json::{Value as Json, json};

/// Characters of an item's text in a search.
const ABOUT_CHARS: usize = 240;

/// Facts that were read for the model in this turn, beside what the engine said.
pub(in crate::model) struct Reads {
    say: Composer,
    /// Keys of the items.
    items: Vec<String>,
}

impl Reads {
    pub(in crate::model) fn new(shop: &dyn Shop, language: Language) -> Self {
        let mut reads = Self { say: Composer::naming(language), items: Vec::new() };
        let name = shop.profile().company_name.clone();
        reads.note(&name);
        reads
    }

    /// What the names stand for.
    pub(in crate::model) fn names(&self) -> Names {
        self.say.names()
    }

    /// What they rest on.
    pub(in crate::model) const fn facts(&self) -> &domain::reply::Facts {
        &self.say.facts
    }

    /// Keys of the items that were read.
    pub(in crate::model) fn items(&self) -> &[String] {
        &self.items
    }

    /// A text that may be repeated.
    pub(in crate::model) fn note(&mut self, text: &str) {
        if !text.is_empty() && !self.say.facts.texts.iter().any(|known| known == text) {
            self.say.facts.texts.push(text.to_owned());
        }
    }

    /// A fact under a name.
    pub(in crate::model) fn fact(&mut self, name: &str, value: &Value<'_>) -> String {
        self.say.named(name, value)
    }

    /// An item as a search shows it: nothing internal, its price under a name.
    pub(in crate::model) fn item(&mut self, shop: &dyn Shop, item: &Item) -> Json {
        self.note(&item.name);
        self.items.push(item.key.clone());
        let about = shorten(&item.description, ABOUT_CHARS);
        self.note(&about);
        let mut card = json!({ "id": item.key, "name": item.name, "about": about });
        if item.is_free() {
            card["price"] = json!("free");
        } else {
            let name = format!("price:{}", item.key);
            card["price"] = json!(self.fact(&name, &Value::Money(item.price(shop.profile().currency))));
            card["price_is"] = json!(self.names().get(&name));
        }
        for (field, text) in [("unit", &item.unit), ("category", &item.category), ("format", &item.format)] {
            if let Some(text) = text {
                self.note(text);
                card[field] = json!(text);
            }
        }
        match &item.area {
            Area::Everywhere => {}
            Area::Online => card["online"] = json!(true),
            Area::Cities(cities) => card["cities"] = json!(cities.iter().take(30).collect::<Vec<_>>()),
        }
        if let Some(minutes) = item.duration_minutes {
            let text = minutes.to_string();
            self.note(&text);
            card["minutes"] = json!(minutes);
        }
        if item.has_slots() {
            card["needs_a_time"] = json!(true);
        }
        card
    }
}
