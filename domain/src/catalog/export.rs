//! Items written back as rows, so that reading them again gives the same items.

use super::heading::{Column, map_headings};
use super::{Area, Item, ItemKind};
use crate::money::{Currency, Money};

/// The columns that these items need: name, sku, description and price always, `kind` when headings alone do not
/// tell it, others when an item fills them, extra columns last.
#[must_use]
pub fn export_columns<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<Column> {
    const ALWAYS: [Column; 4] = [Column::Name, Column::Sku, Column::Description, Column::Price];
    let known: Vec<Column> =
        Column::all().into_iter().filter(|column| !matches!(column, Column::Kind | Column::Online)).collect();
    let mut used: Vec<bool> = known.iter().map(|column| ALWAYS.contains(column)).collect();
    let mut extra = std::collections::BTreeSet::new();
    let (mut products, mut services) = (false, false);
    for item in items {
        products |= item.kind == ItemKind::Product;
        services |= item.kind == ItemKind::Service;
        for (column, used) in known.iter().zip(&mut used) {
            *used = *used || !cell(item, column, Currency::EUR).is_empty();
        }
        extra.extend(item.extra.keys().cloned());
    }
    let filled = known.into_iter().zip(used).filter(|(_, used)| *used).map(|(column, _)| column);
    let columns: Vec<Column> = filled.chain(extra.into_iter().map(Column::Extra)).collect();
    let own = if services { ItemKind::Service } else { ItemKind::Product };
    // A product with many columns of services would be read as a service by its headings alone.
    let told = |hint| map_headings(&export_headings(&columns, own), hint).kind == own;
    let clear = products != services && told(None) && told(Some(own));
    let kind = (!clear && (products || services)).then_some(Column::Kind);
    kind.into_iter().chain(columns).collect()
}

/// The headings of these columns, canonical for that kind.
#[must_use]
pub fn export_headings(columns: &[Column], kind: ItemKind) -> Vec<String> {
    columns.iter().map(|column| column.canonical(kind).to_owned()).collect()
}

/// One item as texts, one for each column; sums as decimals of `currency`. The inverse of reading a row.
#[must_use]
pub fn export_row(item: &Item, columns: &[Column], currency: Currency) -> Vec<String> {
    columns.iter().map(|column| cell(item, column, currency)).collect()
}

/// Whether the column holds plain numbers, which a spreadsheet should store as numbers.
#[must_use]
pub const fn is_numeric(column: &Column) -> bool {
    matches!(
        column,
        Column::Price
            | Column::Fee
            | Column::FreeFrom
            | Column::Available
            | Column::DeliveryTime
            | Column::PaymentReminder
            | Column::Capacity
    )
}

fn cell(item: &Item, column: &Column, currency: Currency) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let sum = |value: Option<i64>| value.map_or_else(String::new, |minor| Money::new(minor, currency).to_decimal());
    let number = |value: Option<i64>| value.map_or_else(String::new, |number| number.to_string());
    match column {
        Column::Kind => item.kind.as_str().to_owned(),
        Column::Name => item.name.clone(),
        Column::Sku => text(&item.sku),
        Column::Description => item.description.clone(),
        Column::Unit => text(&item.unit),
        Column::Category => text(&item.category),
        Column::Subcategory => text(&item.subcategory),
        Column::Tags => list(&item.tags),
        Column::Online => if item.area == Area::Online { "yes" } else { "" }.to_owned(),
        Column::Price => sum(item.price_minor),
        Column::Fee => sum(item.fee_minor),
        Column::FreeFrom => sum(item.free_from_minor),
        Column::Available => number(item.available),
        Column::DeliveryTime => number(item.delivery_time_hours),
        Column::PaymentReminder => number(item.payment_reminder_hours),
        Column::Duration => item.duration_minutes.map_or_else(String::new, |minutes| format!("{minutes} min")),
        Column::Capacity => number(item.capacity),
        Column::Format => text(&item.format),
        Column::Area => match &item.area {
            Area::Everywhere => String::new(),
            Area::Online => "Online".to_owned(),
            Area::Cities(cities) => list(cities),
        },
        Column::WebsiteUrl => text(&item.website_url),
        Column::ImageUrl => text(&item.image_url),
        Column::VideoUrl => text(&item.video_url),
        Column::Included => text(&item.details.included),
        Column::NotIncluded => text(&item.details.not_included),
        Column::Guarantee => text(&item.details.guarantee),
        Column::NotGuarantee => text(&item.details.not_guarantee),
        Column::SuitableFor => text(&item.details.suitable_for),
        Column::NotSuitableFor => text(&item.details.not_suitable_for),
        Column::Specialist => text(&item.details.specialist),
        Column::SpecialistArea => text(&item.details.specialist_area),
        Column::Recommendations => text(&item.details.recommendations),
        Column::Company => text(&item.details.company),
        Column::SupplierContact => text(&item.contacts.supplier),
        Column::SupplierServices => text(&item.contacts.supplier_services),
        Column::Warehouse => text(&item.contacts.warehouse),
        Column::SpecialistContact => text(&item.contacts.specialist),
        Column::Office => text(&item.contacts.office),
        Column::Extra(heading) => item.extra.get(heading).cloned().unwrap_or_default(),
    }
}

/// Separated by commas; as a JSON list when an entry would be taken apart or the list taken for JSON.
fn list(entries: &[String]) -> String {
    let is_plain = |entry: &String| !entry.contains([',', ';', '\n', '|', '،', '；', '，']) && !entry.starts_with('[');
    if entries.iter().all(is_plain) {
        return entries.join(", ");
    }
    let quoted: Vec<String> = entries
        .iter()
        .map(|entry| {
            format!(
                "\"{}\"",
                entry.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t")
            )
        })
        .collect();
    format!("[{}]", quoted.join(", "))
}
