//! Rows of a file turned into typed items, or into problems that name row, column, reason and advice (R71–R77).
//!
//! A row becomes an item whole or not at all: any [`Severity::Error`] leaves it out, so that nothing half-read is sold.

use super::heading::{Column, MappedColumn, Mapping};
pub use super::problem::{Problem, ProblemCode, SHOWN_CHARACTERS, Severity, Suggestion};
use super::value::clean;
use super::{Area, Item, ItemKind, value};
use crate::money::Currency;
use crate::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// Longest name, in characters.
pub const NAME_LIMIT: u64 = 300;
/// Longest description, in characters.
pub const DESCRIPTION_LIMIT: u64 = 10_000;
/// Longest text of any other cell, in characters.
pub const TEXT_LIMIT: u64 = 2_000;

/// One cell as a reader of files gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing.
    #[default]
    #[serde(rename = "e")]
    Empty,
    /// A text as written.
    #[serde(rename = "t")]
    Text(String),
    /// A number as plain decimal text with a point: `-12.5`, no exponent.
    #[serde(rename = "n")]
    Number(String),
    /// TRUE or FALSE of a spreadsheet.
    #[serde(rename = "b")]
    Bool(bool),
    /// A date or a time of a spreadsheet in ISO 8601: `2026-03-02`, `01:30:00`.
    #[serde(rename = "d")]
    DateTime(String),
    /// A formula whose result the file does not hold, with the formula.
    #[serde(rename = "f")]
    FormulaWithoutValue(String),
    /// A spreadsheet error such as `#REF!`.
    #[serde(rename = "x")]
    Error(String),
    /// A text so long that the reader kept only its beginning.
    #[serde(rename = "l")]
    Long {
        /// The beginning.
        start: String,
        /// Characters of the whole.
        length: u64,
    },
}

impl Cell {
    /// Whether there is nothing to read in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => clean(text).is_empty(),
            _ => false,
        }
    }
}

/// What an empty cell means in this company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Hours after which an unpaid link is reminded of.
    pub payment_reminder_hours: Option<i64>,
    /// Hours from payment to delivery; products only.
    pub delivery_time_hours: Option<i64>,
    /// Minutes of an appointment; services only.
    pub duration_minutes: Option<i64>,
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowOutcome {
    /// The item, when nothing in the row is an error.
    pub item: Option<Item>,
    /// What is wrong or worth knowing.
    pub problems: Vec<Problem>,
    /// What names the row across versions, also while it has errors; `None` without a sku and a name.
    pub key: Option<String>,
    /// Product or service.
    pub kind: ItemKind,
}

impl RowOutcome {
    /// Of a row with nothing in it.
    fn empty(kind: ItemKind) -> Self {
        Self { item: None, problems: Vec::new(), key: None, kind }
    }
}

/// Reads the rows of one file, one after another; remembers keys, so that a duplicate names the row that came first.
#[derive(Debug)]
pub struct RowReader {
    mapping: Mapping,
    currency: Currency,
    defaults: Defaults,
    product_columns: Vec<usize>,
    service_columns: Vec<usize>,
    extra_names: Vec<String>,
    first_rows: HashMap<String, u32>,
}

impl RowReader {
    /// A reader for one file of a company with that currency.
    #[must_use]
    pub fn new(mapping: Mapping, currency: Currency, defaults: Defaults) -> Self {
        Self {
            product_columns: columns_for(&mapping, ItemKind::Product),
            service_columns: columns_for(&mapping, ItemKind::Service),
            extra_names: extra_names(&mapping),
            mapping,
            currency,
            defaults,
            first_rows: HashMap::new(),
        }
    }

    /// The mapping it reads by.
    #[must_use]
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Reads one row; `row` is its number as a spreadsheet shows it. An empty row is neither an item nor a problem.
    /// While the mapping lacks a required column no row becomes an item: [`Mapping::problems`] says so once.
    pub fn read(&mut self, row: u32, cells: &[Cell]) -> RowOutcome {
        if cells.iter().all(Cell::is_empty) {
            return RowOutcome::empty(self.mapping.kind);
        }
        let mut reading = Reading { row, currency: self.currency, problems: Vec::new(), unread: HashMap::new() };
        let kind = self.kind_of(cells, &mut reading);
        let columns = match kind {
            ItemKind::Product => &self.product_columns,
            ItemKind::Service => &self.service_columns,
        };
        let mut draft = Draft::default();
        for index in columns {
            if let Some(mapped) = self.mapping.columns.get(*index) {
                draft.take(mapped, cells.get(*index).unwrap_or(&Cell::Empty), &mut reading);
            }
        }
        for (index, mapped) in self.mapping.columns.iter().enumerate() {
            if let (Column::Extra(_), Some(cell)) = (&mapped.column, cells.get(index)) {
                let name = self.extra_names.get(index).map_or("", String::as_str);
                if let Some(text) = reading.extra(name, cell) {
                    draft.extra.insert(name.to_owned(), text);
                }
            }
        }
        let beyond = cells.iter().skip(self.mapping.columns.len()).filter(|cell| !cell.is_empty()).count();
        if beyond > 0 {
            let count = u32::try_from(beyond).unwrap_or(u32::MAX);
            let last = self.mapping.columns.last().map_or("", |mapped| &mapped.heading);
            reading.problems.push(Problem::of_cell(row, last, ProblemCode::ExtraCells { count }, None));
        }
        forgive(kind, &mut draft, &mut reading);
        let key = draft.key();
        let item = self.finish(kind, draft, &mut reading);
        let sound = !reading.problems.iter().any(Problem::is_error);
        RowOutcome { item: item.filter(|_| sound), problems: reading.problems, key, kind }
    }

    /// The cell of the column `kind`, else the only name that is filled, else the kind of the file.
    fn kind_of(&self, cells: &[Cell], reading: &mut Reading) -> ItemKind {
        let mapped = self.mapping.columns.iter().enumerate();
        for (index, column) in mapped.filter(|(_, mapped)| mapped.column == Column::Kind) {
            let cell = cells.get(index).unwrap_or(&Cell::Empty);
            if let Some(text) = reading.text(column, cell, TEXT_LIMIT) {
                match fold(&text).as_str() {
                    "product" | "goods" | "producto" | "товар" | "продукт" | "тауар" | "өнім" => {
                        return ItemKind::Product;
                    }
                    "service" | "servicio" | "услуга" | "қызмет" => return ItemKind::Service,
                    _ => reading.report(column, ProblemCode::NotAKind, Some(&text)),
                }
            }
        }
        let named = |kind: ItemKind| {
            let is_name = |mapped: &MappedColumn| mapped.column == Column::Name && mapped.only == Some(kind);
            let index = self.mapping.columns.iter().position(is_name);
            index.is_some_and(|index| cells.get(index).is_some_and(|cell| !cell.is_empty()))
        };
        match (named(ItemKind::Product), named(ItemKind::Service)) {
            (true, false) if self.mapping.kind == ItemKind::Service => {
                let other =
                    self.mapping.columns.iter().any(|c| c.column == Column::Name && c.only == Some(ItemKind::Service));
                if other { ItemKind::Product } else { ItemKind::Service }
            }
            (false, true) if self.mapping.kind == ItemKind::Product => {
                let other =
                    self.mapping.columns.iter().any(|c| c.column == Column::Name && c.only == Some(ItemKind::Product));
                if other { ItemKind::Service } else { ItemKind::Product }
            }
            _ => self.mapping.kind,
        }
    }

    fn finish(&mut self, kind: ItemKind, draft: Draft, reading: &mut Reading) -> Option<Item> {
        let row = reading.row;
        for (column, present) in
            [(Column::Name, draft.name.is_some()), (Column::Description, draft.description.is_some())]
        {
            let Some(index) = self.mapping.position(&column, kind) else { continue };
            let heading = self.mapping.columns.get(index).map_or("", |mapped| &mapped.heading);
            let told = reading.problems.iter().any(|problem| problem.column.as_deref() == Some(heading));
            if !present && !told {
                reading.problems.push(Problem::of_cell(row, heading, ProblemCode::Missing, None));
            }
        }
        let key = draft.key();
        if let Some(key) = &key {
            if let Some(first_row) = self.first_rows.get(key).copied() {
                let (column, code, shown) = match &draft.sku {
                    Some(sku) => (Column::Sku, ProblemCode::DuplicateSku { first_row }, Some(sku)),
                    None => (Column::Name, ProblemCode::DuplicateName { first_row }, draft.name.as_ref()),
                };
                let heading = self.mapping.position(&column, kind).and_then(|index| self.mapping.columns.get(index));
                let heading = heading.map_or("", |mapped| &mapped.heading);
                reading.problems.push(Problem::of_cell(row, heading, code, shown.map(String::as_str)));
            } else {
                self.first_rows.insert(key.clone(), row);
            }
        }
        let is_product = kind == ItemKind::Product;
        Some(Item {
            key: key?,
            kind,
            name: draft.name?,
            sku: draft.sku,
            description: draft.description?,
            unit: draft.unit,
            category: draft.category,
            subcategory: draft.subcategory,
            tags: draft.tags,
            price_minor: draft.price_minor,
            fee_minor: draft.fee_minor,
            free_from_minor: draft.free_from_minor,
            available: draft.available,
            area: if draft.online == Some(true) { Area::Online } else { draft.area },
            delivery_time_hours: draft.delivery_time_hours.or(self.defaults.delivery_time_hours.filter(|_| is_product)),
            payment_reminder_hours: draft.payment_reminder_hours.or(self.defaults.payment_reminder_hours),
            duration_minutes: draft.duration_minutes.or(self.defaults.duration_minutes.filter(|_| !is_product)),
            capacity: draft.capacity,
            format: draft.format,
            website_url: draft.website_url,
            image_url: draft.image_url,
            video_url: draft.video_url,
            details: draft.details,
            contacts: draft.contacts,
            extra: draft.extra,
        })
    }
}

/// What no sum, date or promise depends on does not keep a row out: a link that is none, and a length of time of an item
/// that takes no slot. The cell stays as written among the extra ones, and the owner is told.
fn forgive(kind: ItemKind, draft: &mut Draft, reading: &mut Reading) {
    let has_slots = kind == ItemKind::Service && draft.available.is_some();
    for problem in &mut reading.problems {
        let forgiven = match problem.code {
            ProblemCode::BadUrl => true,
            ProblemCode::BadDuration => !has_slots,
            _ => false,
        };
        if forgiven {
            problem.severity = Severity::Notice;
            if let (Some(heading), Some(text)) =
                (&problem.column, problem.column.as_ref().and_then(|heading| reading.unread.remove(heading)))
            {
                draft.extra.insert(heading.clone(), text);
            }
        }
    }
}

/// The columns that count for rows of that kind: its own and the common ones; another kind's where there is no such.
fn columns_for(mapping: &Mapping, kind: ItemKind) -> Vec<usize> {
    let fits = |mapped: &MappedColumn| mapped.only.is_none() || mapped.only == Some(kind);
    let columns = mapping.columns.iter().enumerate();
    columns
        .filter(|(_, mapped)| !matches!(mapped.column, Column::Extra(_) | Column::Kind))
        .filter(|(_, mapped)| {
            fits(mapped) || !mapping.columns.iter().any(|other| other.column == mapped.column && fits(other))
        })
        .map(|(index, _)| index)
        .collect()
}

/// Under which name each extra column is kept: its heading; the letter of the column where it has none; numbered when
/// the heading stands twice.
fn extra_names(mapping: &Mapping) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(mapping.columns.len());
    for (index, mapped) in mapping.columns.iter().enumerate() {
        let heading = clean(&mapped.heading);
        let base = if heading.is_empty() { letters(index) } else { heading };
        let mut name = base.clone();
        let mut number = 2;
        while matches!(mapped.column, Column::Extra(_)) && names.contains(&name) {
            name = format!("{base} ({number})");
            number += 1;
        }
        names.push(if matches!(mapped.column, Column::Extra(_)) { name } else { String::new() });
    }
    names
}

fn letters(mut index: usize) -> String {
    let mut name = String::new();
    loop {
        let letter = u8::try_from(index % 26).unwrap_or(0) + b'A';
        name.insert(0, char::from(letter));
        if index < 26 {
            return name;
        }
        index = index / 26 - 1;
    }
}

/// An item in the making.
#[derive(Default)]
struct Draft {
    name: Option<String>,
    sku: Option<String>,
    description: Option<String>,
    unit: Option<String>,
    category: Option<String>,
    subcategory: Option<String>,
    tags: Vec<String>,
    online: Option<bool>,
    price_minor: Option<i64>,
    fee_minor: Option<i64>,
    free_from_minor: Option<i64>,
    available: Option<i64>,
    area: Area,
    delivery_time_hours: Option<i64>,
    payment_reminder_hours: Option<i64>,
    duration_minutes: Option<i64>,
    capacity: Option<i64>,
    format: Option<String>,
    website_url: Option<String>,
    image_url: Option<String>,
    video_url: Option<String>,
    details: super::Details,
    contacts: super::Contacts,
    extra: BTreeMap<String, String>,
}

impl Draft {
    /// The sku, or `~` and the folded name where there is none.
    fn key(&self) -> Option<String> {
        match (&self.sku, &self.name) {
            (Some(sku), _) => Some(sku.clone()),
            (None, Some(name)) => Some(format!("~{}", fold(name))),
            (None, None) => None,
        }
    }

    fn take(&mut self, mapped: &MappedColumn, cell: &Cell, reading: &mut Reading) {
        let r = reading;
        match &mapped.column {
            Column::Name => self.name = r.text(mapped, cell, NAME_LIMIT),
            Column::Description => self.description = r.text(mapped, cell, DESCRIPTION_LIMIT),
            Column::Sku => self.sku = r.text(mapped, cell, TEXT_LIMIT),
            Column::Unit => self.unit = r.text(mapped, cell, TEXT_LIMIT),
            Column::Category => self.category = r.text(mapped, cell, TEXT_LIMIT),
            Column::Subcategory => self.subcategory = r.text(mapped, cell, TEXT_LIMIT),
            Column::Format => self.format = r.text(mapped, cell, TEXT_LIMIT),
            Column::Tags => self.tags = r.parsed(mapped, cell, value::list).unwrap_or_default(),
            Column::Area => self.area = r.parsed(mapped, cell, value::area).unwrap_or_default(),
            Column::Online => {
                self.online = r.parsed(mapped, cell, |text| value::yes_or_no(text).ok_or(ProblemCode::NotYesOrNo));
            }
            Column::Price => self.price_minor = r.amount(mapped, cell),
            Column::Fee => self.fee_minor = r.amount(mapped, cell),
            Column::FreeFrom => self.free_from_minor = r.amount(mapped, cell),
            Column::Available => self.available = r.parsed(mapped, cell, value::whole_number),
            Column::Capacity => self.capacity = r.parsed(mapped, cell, value::whole_number),
            Column::DeliveryTime => {
                self.delivery_time_hours = r.time(mapped, cell, |text| value::hours(text, mapped.unit));
            }
            Column::PaymentReminder => {
                self.payment_reminder_hours = r.parsed(mapped, cell, |text| value::hours(text, mapped.unit));
            }
            Column::Duration => self.duration_minutes = r.time(mapped, cell, |text| value::minutes(text, mapped.unit)),
            Column::WebsiteUrl => self.website_url = r.url(mapped, cell),
            Column::ImageUrl => self.image_url = r.url(mapped, cell),
            Column::VideoUrl => self.video_url = r.url(mapped, cell),
            Column::Included => self.details.included = r.text(mapped, cell, TEXT_LIMIT),
            Column::NotIncluded => self.details.not_included = r.text(mapped, cell, TEXT_LIMIT),
            Column::Guarantee => self.details.guarantee = r.text(mapped, cell, TEXT_LIMIT),
            Column::NotGuarantee => self.details.not_guarantee = r.text(mapped, cell, TEXT_LIMIT),
            Column::SuitableFor => self.details.suitable_for = r.text(mapped, cell, TEXT_LIMIT),
            Column::NotSuitableFor => self.details.not_suitable_for = r.text(mapped, cell, TEXT_LIMIT),
            Column::Specialist => self.details.specialist = r.text(mapped, cell, TEXT_LIMIT),
            Column::SpecialistArea => self.details.specialist_area = r.text(mapped, cell, TEXT_LIMIT),
            Column::Recommendations => self.details.recommendations = r.text(mapped, cell, TEXT_LIMIT),
            Column::Company => self.details.company = r.text(mapped, cell, TEXT_LIMIT),
            Column::SupplierContact => self.contacts.supplier = r.text(mapped, cell, TEXT_LIMIT),
            Column::SupplierServices => self.contacts.supplier_services = r.text(mapped, cell, TEXT_LIMIT),
            Column::Warehouse => self.contacts.warehouse = r.text(mapped, cell, TEXT_LIMIT),
            Column::SpecialistContact => self.contacts.specialist = r.text(mapped, cell, TEXT_LIMIT),
            Column::Office => self.contacts.office = r.text(mapped, cell, TEXT_LIMIT),
            Column::Kind | Column::Extra(_) => {}
        }
    }
}

/// One row being read: where problems gather.
struct Reading {
    row: u32,
    currency: Currency,
    problems: Vec<Problem>,
    /// Cells that could not be parsed, by heading.
    unread: HashMap<String, String>,
}

impl Reading {
    fn report(&mut self, mapped: &MappedColumn, code: ProblemCode, value: Option<&str>) {
        self.problems.push(Problem::of_cell(self.row, &mapped.heading, code, value));
    }

    /// The text of a cell within its limit; `None` when empty or when a problem was reported.
    fn text(&mut self, mapped: &MappedColumn, cell: &Cell, limit: u64) -> Option<String> {
        match plain(cell, limit) {
            Ok(text) => text,
            Err((code, shown)) => {
                self.report(mapped, code, Some(shown));
                None
            }
        }
    }

    fn parsed<T>(
        &mut self,
        mapped: &MappedColumn,
        cell: &Cell,
        parse: impl Fn(&str) -> Result<T, ProblemCode>,
    ) -> Option<T> {
        let text = self.text(mapped, cell, TEXT_LIMIT)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(code) => {
                self.report(mapped, code, Some(&text));
                self.unread.insert(mapped.heading.clone(), text);
                None
            }
        }
    }

    fn amount(&mut self, mapped: &MappedColumn, cell: &Cell) -> Option<i64> {
        let currency = self.currency;
        match cell {
            Cell::Number(_) => self.parsed(mapped, cell, |text| value::numeric_amount(text, currency)),
            Cell::Bool(_) | Cell::DateTime(_) => self.parsed(mapped, cell, |_| Err(ProblemCode::NotAnAmount)),
            _ => self.parsed(mapped, cell, |text| value::amount(text, currency)),
        }
    }

    /// A length of time; that a range was read as its upper end is told.
    fn time(
        &mut self,
        mapped: &MappedColumn,
        cell: &Cell,
        parse: impl Fn(&str) -> Result<i64, ProblemCode>,
    ) -> Option<i64> {
        let read = self.parsed(mapped, cell, parse)?;
        if let Cell::Text(text) = cell
            && value::is_range(text)
        {
            let problem = Problem::of_cell(self.row, &mapped.heading, ProblemCode::UpperEndRead, Some(text));
            self.problems.push(problem.notice());
        }
        Some(read)
    }

    fn url(&mut self, mapped: &MappedColumn, cell: &Cell) -> Option<String> {
        let parse = |text: &str| match text {
            text if value::is_placeholder(text) => Ok(None),
            text if value::is_url(text) => Ok(Some(text.to_owned())),
            _ => Err(ProblemCode::BadUrl),
        };
        self.parsed(mapped, cell, parse).flatten()
    }

    /// The text of a column without a meaning: a formula or an error in it is only worth a notice.
    fn extra(&mut self, name: &str, cell: &Cell) -> Option<String> {
        match plain(cell, TEXT_LIMIT) {
            Ok(text) => text,
            Err((code, shown)) => {
                let is_long = matches!(code, ProblemCode::TooLong { .. });
                let problem = Problem::of_cell(self.row, name, code, Some(shown));
                self.problems.push(if is_long { problem } else { problem.notice() });
                None
            }
        }
    }
}

/// The clean text of a cell, or why it has none with what may be shown of it.
fn plain(cell: &Cell, limit: u64) -> Result<Option<String>, (ProblemCode, &str)> {
    let (text, raw) = match cell {
        Cell::Empty => return Ok(None),
        Cell::Text(text) => (clean(text), text.as_str()),
        Cell::Number(text) | Cell::DateTime(text) => (text.clone(), text.as_str()),
        Cell::Bool(true) => ("true".to_owned(), "true"),
        Cell::Bool(false) => ("false".to_owned(), "false"),
        Cell::FormulaWithoutValue(formula) => return Err((ProblemCode::FormulaWithoutValue, formula)),
        Cell::Error(error) => return Err((ProblemCode::ErrorValue, error)),
        Cell::Long { start, length } => return Err((ProblemCode::TooLong { length: *length, limit }, start)),
    };
    let length = text.chars().count() as u64;
    if length > limit {
        return Err((ProblemCode::TooLong { length, limit }, raw));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

#[cfg(test)]
mod tests;
