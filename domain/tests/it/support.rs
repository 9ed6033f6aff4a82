//! Items for tests.

use domain::catalog::{Area, Contacts, Details, Item, ItemKind};
use std::collections::BTreeMap;

/// A product of 10.00 that goes everywhere.
pub(crate) fn product(key: &str) -> Item {
    Item {
        key: key.to_owned(),
        kind: ItemKind::Product,
        name: format!("Item {key}"),
        sku: Some(key.to_owned()),
        description: String::new(),
        unit: None,
        category: None,
        subcategory: None,
        tags: Vec::new(),
        price_minor: Some(1000),
        fee_minor: None,
        free_from_minor: None,
        available: None,
        area: Area::Everywhere,
        delivery_time_hours: None,
        payment_reminder_hours: None,
        duration_minutes: None,
        capacity: None,
        format: None,
        website_url: None,
        image_url: None,
        video_url: None,
        details: Details::default(),
        contacts: Contacts::default(),
        extra: BTreeMap::new(),
    }
}

/// A service of an hour with slots.
pub(crate) fn service(key: &str) -> Item {
    Item { kind: ItemKind::Service, available: Some(100), duration_minutes: Some(60), ..product(key) }
}

/// An area of cities.
pub(crate) fn cities(names: &[&str]) -> Area {
    Area::Cities(names.iter().map(|name| (*name).to_owned()).collect())
}
