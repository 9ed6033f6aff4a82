//! The knowledge base: one row is a [`Item`], a product or a service (R71–R77).
//!
//! `heading` maps the headings of a file to [`heading::Column`]s; `row` turns cells into a typed [`Item`] or
//! [`row::Problem`]s that name the column, the reason and what to do. `export` writes items back so that reading them
//! again gives the same items.

pub mod export;
pub mod heading;
pub mod problem;
pub mod row;
mod value;

use crate::money::{Currency, Money};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Whether a row is delivered or attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Goods: paid, then delivered.
    Product,
    /// An appointment or another service: paid, then booked.
    Service,
}

impl ItemKind {
    /// The stored word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Service => "service",
        }
    }
}

/// Where an item can be had (R105–R107).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "cities", rename_all = "snake_case")]
pub enum Area {
    /// An empty list of cities: everywhere.
    #[default]
    Everywhere,
    /// Needs no city at all.
    Online,
    /// Only these cities, spelled as the catalogue spells them; never empty.
    Cities(Vec<String>),
}

/// One row of a catalogue, typed. Texts are trimmed; an absent cell is `None` or an empty list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What names the row across versions: the sku, or `~` and the folded name where there is none. Unique in a version.
    pub key: String,
    /// Product or service.
    pub kind: ItemKind,
    /// product_name or service_name.
    pub name: String,
    /// Stock-keeping unit, as written; digits stay digits.
    pub sku: Option<String>,
    /// What the item is, in the company's language.
    pub description: String,
    /// ramo, kg, session…
    pub unit: Option<String>,
    /// category (service_category).
    pub category: Option<String>,
    /// service_subcategory.
    pub subcategory: Option<String>,
    /// tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Price of one unit in minor units; `None` and 0 both mean free (R81).
    pub price_minor: Option<i64>,
    /// logistics_price (product) or travel_fee (service), minor units, once an order (R113).
    pub fee_minor: Option<i64>,
    /// free_delivery or free_travel_threshold, minor units; `None` or 0: no threshold (R114).
    pub free_from_minor: Option<i64>,
    /// stock_units or slots_available: caps what can be bought, never told (R78). `None`: not limited.
    pub available: Option<i64>,
    /// Where it can be had.
    pub area: Area,
    /// Hours from payment to delivery.
    pub delivery_time_hours: Option<i64>,
    /// Hours after the link was sent at which an unpaid order is reminded of (R122).
    pub payment_reminder_hours: Option<i64>,
    /// Minutes an appointment takes.
    pub duration_minutes: Option<i64>,
    /// Seats in one slot; `None` is 1.
    pub capacity: Option<i64>,
    /// in person, video call…
    pub format: Option<String>,
    /// Page of the item.
    pub website_url: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Video.
    pub video_url: Option<String>,
    /// Told only when asked (R82).
    #[serde(default)]
    pub details: Details,
    /// Told only when asked for or on a refund (R79).
    #[serde(default)]
    pub contacts: Contacts,
    /// Columns of the file that have no meaning here, kept as written.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

/// What is told only when the customer asks for it (R82).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// included
    pub included: Option<String>,
    /// not_included
    pub not_included: Option<String>,
    /// what_guarantee
    pub guarantee: Option<String>,
    /// what_not_guarantee
    pub not_guarantee: Option<String>,
    /// suitable_for
    pub suitable_for: Option<String>,
    /// not_suitable_for
    pub not_suitable_for: Option<String>,
    /// specialist_initials
    pub specialist: Option<String>,
    /// specialist_area
    pub specialist_area: Option<String>,
    /// details (recommendations)
    pub recommendations: Option<String>,
    /// company
    pub company: Option<String>,
}

/// Internal contacts: only when the customer asks for them (R79).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// supplier_contact
    pub supplier: Option<String>,
    /// supplier_company_services
    pub supplier_services: Option<String>,
    /// warehouse_address
    pub warehouse: Option<String>,
    /// specialist_contact
    pub specialist: Option<String>,
    /// office_address
    pub office: Option<String>,
}

impl Item {
    /// Whether one unit costs nothing (R81).
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.price_minor.unwrap_or(0) == 0
    }

    /// The price of one unit.
    #[must_use]
    pub fn price(&self, currency: Currency) -> Money {
        Money::new(self.price_minor.unwrap_or(0), currency)
    }

    /// Whether an appointment time must be chosen: a service whose slots_available is not empty.
    #[must_use]
    pub fn has_slots(&self) -> bool {
        self.kind == ItemKind::Service && self.available.is_some()
    }
}
