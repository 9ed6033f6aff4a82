//! Catalogues for tests: files read with the domain's own row reader.

use calamine::{Data, Reader, open_workbook_auto};
use domain::catalog::heading::map_headings;
use domain::catalog::row::{Cell, Defaults, RowReader};
use domain::catalog::{Item, ItemKind};
use domain::money::Currency;
use std::path::Path;

fn table(file: &Path) -> Vec<Vec<Cell>> {
    let xlsx = file.extension().is_some_and(|extension| extension == "xlsx");
    if !xlsx {
        let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let text = String::from_utf8(bytes).expect("the knowledge of rehearsals is UTF-8");
        let first = text.lines().next().unwrap_or_default();
        let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
        return csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
            .records()
            .map(|record| record.expect("a record").iter().map(|cell| Cell::Text(cell.to_owned())).collect())
            .collect();
    }
    let mut book = open_workbook_auto(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let range = book.worksheet_range_at(0).expect("a sheet").expect("a readable sheet");
    range
        .rows()
        .map(|row| {
            row.iter()
                .map(|cell| match cell {
                    Data::Empty => Cell::Empty,
                    Data::String(text) => Cell::Text(text.clone()),
                    Data::Float(number) => Cell::Number(number.to_string()),
                    Data::Int(number) => Cell::Number(number.to_string()),
                    Data::Bool(value) => Cell::Bool(*value),
                    other => Cell::Text(other.to_string()),
                })
                .collect()
        })
        .collect()
}

/// The items of one file.
pub(crate) fn items(file: &Path, currency: Currency, hint: Option<ItemKind>) -> Vec<Item> {
    let mut rows = table(file).into_iter();
    let headings: Vec<String> = rows
        .next()
        .expect("headings")
        .into_iter()
        .map(|cell| if let Cell::Text(text) = cell { text } else { String::new() })
        .collect();
    let mut reader = RowReader::new(map_headings(&headings, hint), currency, Defaults::default());
    rows.enumerate()
        .filter_map(|(at, cells)| reader.read(u32::try_from(at).expect("few rows") + 2, &cells).item)
        .collect()
}
