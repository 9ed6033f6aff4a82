//! The columns of a version: which heading means what, under which key its cells are stored.

use crate::error::{Error, Result};
use domain::catalog::ItemKind;
use domain::catalog::heading::{Column, How, MappedColumn, Mapping, map_headings, recognise};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Most columns of a version, the same as the parser's limit.
const MAX_COLUMNS: usize = 256;

/// A column as the grid shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnView {
    /// Names its cells.
    pub key: String,
    /// As the file heads it.
    pub heading: String,
    /// Never told to a customer unasked (R78, R79).
    pub internal: bool,
    /// No row goes live without it.
    pub required: bool,
    /// `text`, `money`, `number`, `duration`, `url`, `list`, `yes_no`, `kind`.
    pub kind: &'static str,
}

/// The columns of a version, as stored in `catalogue_version.columns`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Columns {
    /// What a row is when nothing in it says otherwise.
    pub(crate) kind: ItemKind,
    /// In the file's order.
    pub(crate) columns: Vec<StoredColumn>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct StoredColumn {
    /// Names its cells; unique in a version.
    pub(crate) key: String,
    /// What it is.
    #[serde(flatten)]
    pub(crate) mapped: MappedColumn,
}

impl Columns {
    /// Of a file.
    pub(crate) fn of_mapping(mapping: &Mapping) -> Self {
        let mut columns = Self { kind: mapping.kind, columns: Vec::with_capacity(mapping.columns.len()) };
        let mut taken = HashSet::new();
        // Known columns have their canonical key whatever an extra column before them is called.
        let known: Vec<Option<String>> = mapping
            .columns
            .iter()
            .map(|mapped| match mapped.column {
                Column::Extra(_) => None,
                _ => Some(unique(mapped.column.canonical(mapped.only.unwrap_or(mapping.kind)), &mut taken)),
            })
            .collect();
        for (index, (mapped, key)) in mapping.columns.iter().zip(known).enumerate() {
            let key = key.unwrap_or_else(|| {
                let heading = mapped.heading.trim().replace('\0', "");
                let base = if heading.is_empty() { format!("column {}", index + 1) } else { heading };
                unique(&base, &mut taken)
            });
            columns.columns.push(StoredColumn { key, mapped: mapped.clone() });
        }
        columns
    }

    /// Of a catalogue that is begun by hand.
    pub(crate) fn by_hand(kind: ItemKind) -> Self {
        let wanted = [Column::Name, Column::Sku, Column::Description, Column::Price, Column::Area];
        let headings: Vec<String> = wanted.iter().map(|column| column.canonical(kind).to_owned()).collect();
        Self::of_mapping(&map_headings(&headings, Some(kind)))
    }

    /// As stored.
    pub(crate) fn from_json(json: &serde_json::Value) -> Result<Self> {
        Ok(Self::deserialize(json)?)
    }

    /// As the reader of rows wants them.
    pub(crate) fn mapping(&self) -> Mapping {
        Mapping { columns: self.columns.iter().map(|column| column.mapped.clone()).collect(), kind: self.kind }
    }

    /// The key of the first column that means this.
    pub(crate) fn key_of(&self, column: &Column) -> Option<&str> {
        self.columns.iter().find(|stored| &stored.mapped.column == column).map(|stored| stored.key.as_str())
    }

    /// These columns and those of another version that are not among them.
    pub(crate) fn joined(mut self, other: Self) -> Self {
        for column in other.columns {
            if !self.has(&column.key) && self.columns.len() < MAX_COLUMNS {
                self.columns.push(column);
            }
        }
        self
    }

    /// Whether there is such a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.columns.iter().any(|stored| stored.key == key)
    }

    /// The key under which a cell named so by the caller is stored; a known column that the version lacks is added.
    ///
    /// # Errors
    /// `Invalid` for a word that is no column.
    pub(crate) fn take(&mut self, named: &str) -> Result<String> {
        if self.has(named) {
            return Ok(named.to_owned());
        }
        let refused = || Error::invalid(&format!("cells.{named}"), "UNKNOWN_COLUMN", "There is no such column.");
        let column = recognise(named).ok_or_else(refused)?;
        if let Some(key) = self.key_of(&column)
            && !matches!(column, Column::Available | Column::Fee | Column::FreeFrom)
        {
            return Ok(key.to_owned());
        }
        if self.columns.len() >= MAX_COLUMNS {
            return Err(refused());
        }
        let mut mapping = map_headings(&[named.to_owned()], Some(self.kind));
        let mut mapped = mapping.columns.pop().ok_or_else(refused)?;
        mapped.how = How::Chosen;
        let mut taken: HashSet<String> = self.columns.iter().map(|stored| stored.key.clone()).collect();
        let canonical = mapped.column.canonical(mapped.only.unwrap_or(self.kind)).to_owned();
        if taken.contains(&canonical) {
            return Ok(canonical);
        }
        mapped.heading.clone_from(&canonical);
        let key = unique(&canonical, &mut taken);
        self.columns.push(StoredColumn { key: key.clone(), mapped });
        Ok(key)
    }

    /// As the grid shows them.
    pub(crate) fn view(&self) -> Vec<ColumnView> {
        self.columns
            .iter()
            .map(|stored| ColumnView {
                key: stored.key.clone(),
                heading: stored.mapped.heading.clone(),
                internal: is_internal(&stored.mapped.column),
                required: matches!(stored.mapped.column, Column::Name | Column::Description),
                kind: value_kind(&stored.mapped.column),
            })
            .collect()
    }
}

fn unique(base: &str, taken: &mut HashSet<String>) -> String {
    let mut key = base.to_owned();
    let mut number = 2;
    while !taken.insert(key.clone()) {
        key = format!("{base} ({number})");
        number += 1;
    }
    key
}

const fn is_internal(column: &Column) -> bool {
    matches!(
        column,
        Column::Available
            | Column::SupplierContact
            | Column::SupplierServices
            | Column::Warehouse
            | Column::SpecialistContact
            | Column::Office
    )
}

const fn value_kind(column: &Column) -> &'static str {
    match column {
        Column::Kind => "kind",
        Column::Online => "yes_no",
        Column::Price | Column::Fee | Column::FreeFrom => "money",
        Column::Available | Column::DeliveryTime | Column::PaymentReminder | Column::Capacity => "number",
        Column::Duration => "duration",
        Column::WebsiteUrl | Column::ImageUrl | Column::VideoUrl => "url",
        Column::Area | Column::Tags => "list",
        _ => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn keys_are_canonical_and_never_twice() {
        let mapping = map_headings(&headings(&["Nombre del producto", "Precio", "shelf", "shelf", "", "price"]), None);
        let columns = Columns::of_mapping(&mapping);
        let keys: HashSet<&str> = columns.columns.iter().map(|column| column.key.as_str()).collect();
        assert_eq!(keys.len(), 6);
        assert!(keys.contains("product_name") && keys.contains("shelf (2)") && keys.contains("column 5"), "{keys:?}");
        let json = serde_json::to_value(&columns).unwrap();
        assert_eq!(Columns::from_json(&json).unwrap(), columns);
    }

    #[test]
    fn a_known_column_can_be_added_and_an_unknown_one_cannot() {
        let mut columns = Columns::by_hand(ItemKind::Product);
        assert_eq!(columns.take("image_url").unwrap(), "image_url");
        assert_eq!(columns.take("image_url").unwrap(), "image_url");
        assert_eq!(columns.columns.iter().filter(|column| column.key == "image_url").count(), 1);
        assert!(matches!(columns.take("no such thing at all"), Err(Error::Invalid(_))));
    }
}
