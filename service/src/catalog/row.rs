//! One row: from what a file or a person wrote to what is stored, and back to what is shown.

use super::bulk::NewRow;
use super::cell::{self, Cells};
use super::columns::Columns;
use crate::error::Result;
use domain::catalog::heading::{Column, normalise};
use domain::catalog::problem::Problem;
use domain::catalog::row::{Cell, Defaults, RowOutcome, RowReader};
use domain::catalog::{Item, ItemKind};
use domain::money::Currency;
use entity::catalogue_row;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Characters of the description that the grid's search looks at.
const SEARCHED_CHARACTERS: usize = 400;
/// Characters of a name in lists.
const NAME_CHARACTERS: usize = 300;

/// A row as the grid shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Id.
    pub id: Uuid,
    /// Version.
    pub version_id: Uuid,
    /// Its order; the cursor.
    pub position: i32,
    /// As a spreadsheet shows it.
    pub number: i32,
    /// What names it across versions.
    pub key: String,
    /// Product or service.
    pub kind: ItemKind,
    /// For lists.
    pub name: String,
    /// Cells by column key, as written; empty ones are absent.
    pub cells: BTreeMap<String, String>,
    /// What is wrong or worth knowing.
    pub problems: Vec<Problem>,
    /// Whether a problem keeps it from going live.
    pub has_error: bool,
    /// Left out by the owner's choice.
    pub left_out: bool,
    /// Typed; none while it has errors.
    pub item: Option<Item>,
}

/// A stored row as it is shown.
///
/// # Errors
/// When what is stored does not decode.
pub(crate) fn view(row: catalogue_row::Model) -> Result<Row> {
    Ok(Row {
        id: row.id,
        version_id: row.version_id,
        position: row.position,
        number: row.number,
        key: row.key,
        kind: kind(&row.kind),
        name: row.name,
        cells: Cells::from_json(&row.cells).shown(),
        problems: serde_json::from_value(row.problems)?,
        has_error: row.has_error,
        left_out: row.left_out,
        item: row.item.map(serde_json::from_value).transpose()?,
    })
}

/// The stored word of a kind.
pub(crate) fn kind(word: &str) -> ItemKind {
    if word == ItemKind::Service.as_str() { ItemKind::Service } else { ItemKind::Product }
}

/// A reader for rows of these columns.
pub(crate) fn reader(columns: &Columns, currency: Currency) -> RowReader {
    RowReader::new(columns.mapping(), currency, Defaults::default())
}

/// The cells in the order of the columns, as the reader wants them.
pub(crate) fn in_order(columns: &Columns, cells: &Cells) -> Vec<Cell> {
    columns.columns.iter().map(|column| cells.0.get(&column.key).cloned().unwrap_or_default()).collect()
}

/// What is stored of a row that was read.
///
/// # Errors
/// When it cannot be written as JSON.
pub(crate) fn build(
    id: Uuid,
    position: i32,
    number: u32,
    columns: &Columns,
    places: &Places,
    cells: &[Cell],
    outcome: &RowOutcome,
) -> Result<NewRow> {
    let by_key = columns.columns.iter().zip(cells).map(|(column, cell)| (column.key.as_str(), cell));
    let text = |place: Option<usize>| place.and_then(|index| cells.get(index)).map(cell::shown).unwrap_or_default();
    let (name, sku, description) = match &outcome.item {
        Some(item) => (item.name.clone(), item.sku.clone().unwrap_or_default(), item.description.clone()),
        None => (text(places.name(outcome.kind)), text(places.sku), text(places.description)),
    };
    Ok(NewRow {
        id,
        position,
        number: i32::try_from(number).unwrap_or(i32::MAX),
        key: key(outcome, number),
        kind: outcome.kind.as_str(),
        search: search(&name, &sku, &description),
        name: name.chars().take(NAME_CHARACTERS).collect(),
        cells: cell::write_row(by_key)?,
        item: outcome.item.as_ref().map(serde_json::to_string).transpose()?,
        problems: if outcome.problems.is_empty() { "[]".to_owned() } else { serde_json::to_string(&outcome.problems)? },
        has_error: outcome.item.is_none(),
    })
}

/// What names the row: its sku or name, else its number, which no sku or name is like.
fn key(outcome: &RowOutcome, number: u32) -> String {
    outcome.key.clone().unwrap_or_else(|| format!("#{number}"))
}

/// Folded name, sku and description.
fn search(name: &str, sku: &str, description: &str) -> String {
    let mut text = String::with_capacity(name.len() + sku.len() + SEARCHED_CHARACTERS + 2);
    text.push_str(name);
    text.push(' ');
    text.push_str(sku);
    text.push(' ');
    text.extend(description.chars().take(SEARCHED_CHARACTERS));
    normalise(&text)
}

/// Where the columns stand that every list needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    product_name: Option<usize>,
    service_name: Option<usize>,
    sku: Option<usize>,
    description: Option<usize>,
}

impl Places {
    pub(crate) fn of(columns: &Columns) -> Self {
        let mapping = columns.mapping();
        Self {
            product_name: mapping.position(&Column::Name, ItemKind::Product),
            service_name: mapping.position(&Column::Name, ItemKind::Service),
            sku: mapping.position(&Column::Sku, columns.kind),
            description: mapping.position(&Column::Description, columns.kind),
        }
    }

    const fn name(&self, kind: ItemKind) -> Option<usize> {
        match kind {
            ItemKind::Product => self.product_name,
            ItemKind::Service => self.service_name,
        }
    }
}
