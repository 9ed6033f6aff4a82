//! Cells at rest: one JSON object a row, by column key, as written. A text is stored as a plain string; everything that a
//! spreadsheet typed (numbers, dates, formulas without a value) keeps its type, so that a row can be read again.

use domain::catalog::row::Cell;
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;

/// Cells of one row by column key; empty ones are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cells(pub(crate) BTreeMap<String, Cell>);

#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Text(String),
    Typed(Cell),
}

struct Writing<'a>(&'a Cell);

impl Serialize for Writing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Text(text) => serializer.serialize_str(text),
            typed => typed.serialize(serializer),
        }
    }
}

impl Cells {
    /// From the stored object; what does not decode is treated as absent.
    pub(crate) fn from_json(json: &serde_json::Value) -> Self {
        let mut cells = BTreeMap::new();
        if let serde_json::Value::Object(object) = json {
            for (key, value) in object {
                match Stored::deserialize(value) {
                    Ok(Stored::Text(text)) => cells.insert(key.clone(), Cell::Text(text)),
                    Ok(Stored::Typed(cell)) => cells.insert(key.clone(), cell),
                    Err(_) => None,
                };
            }
        }
        Self(cells)
    }

    /// As the owner sees them.
    pub(crate) fn shown(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(key, cell)| (key.clone(), shown(cell))).collect()
    }

    /// As the stored object.
    pub(crate) fn to_json(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(self)
    }
}

impl Serialize for Cells {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, cell) in self.0.iter().filter(|(_, cell)| !matches!(cell, Cell::Empty)) {
            map.serialize_entry(key, &Writing(cell))?;
        }
        map.end()
    }
}

/// The stored object of a row just read, without building it first.
pub(crate) fn write_row<'a>(cells: impl Iterator<Item = (&'a str, &'a Cell)>) -> serde_json::Result<String> {
    struct Row<I>(std::cell::RefCell<I>);
    impl<'a, I: Iterator<Item = (&'a str, &'a Cell)>> Serialize for Row<I> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for (key, cell) in &mut *self.0.borrow_mut() {
                if !matches!(cell, Cell::Empty) {
                    map.serialize_entry(key, &Writing(cell))?;
                }
            }
            map.end()
        }
    }
    serde_json::to_string(&Row(std::cell::RefCell::new(cells)))
}

/// A cell without the character that no database keeps.
pub(crate) fn without_nul(cell: Cell) -> Cell {
    let clean = |text: String| if text.contains('\0') { text.replace('\0', "") } else { text };
    match cell {
        Cell::Text(text) => Cell::Text(clean(text)),
        Cell::FormulaWithoutValue(text) => Cell::FormulaWithoutValue(clean(text)),
        Cell::Error(text) => Cell::Error(clean(text)),
        Cell::Number(text) => Cell::Number(clean(text)),
        Cell::DateTime(text) => Cell::DateTime(clean(text)),
        Cell::Long { start, length } => Cell::Long { start: clean(start), length },
        other @ (Cell::Empty | Cell::Bool(_)) => other,
    }
}

/// Bytes of a cell in a text file, nearly.
pub(crate) fn length(cell: &Cell) -> usize {
    match cell {
        Cell::Empty => 0,
        Cell::Text(text) | Cell::Number(text) | Cell::DateTime(text) | Cell::Error(text) => text.len(),
        Cell::Bool(_) => 4,
        Cell::FormulaWithoutValue(formula) => formula.len(),
        Cell::Long { length, .. } => usize::try_from(*length).unwrap_or(usize::MAX / 2),
    }
}

/// A cell as the owner sees it.
pub(crate) fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Number(text) | Cell::DateTime(text) | Cell::Error(text) => text.clone(),
        Cell::Bool(true) => "true".to_owned(),
        Cell::Bool(false) => "false".to_owned(),
        Cell::FormulaWithoutValue(formula) => format!("={}", formula.trim_start_matches('=')),
        Cell::Long { start, .. } => format!("{start}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_were_stored() {
        let cells = Cells(BTreeMap::from([
            ("sku".to_owned(), Cell::Text("001".to_owned())),
            ("price".to_owned(), Cell::Number("18.5".to_owned())),
            ("online".to_owned(), Cell::Bool(true)),
            ("note".to_owned(), Cell::FormulaWithoutValue("6+1.2".to_owned())),
            ("long".to_owned(), Cell::Long { start: "abc".to_owned(), length: 120_000 }),
        ]));
        let json = cells.to_json().unwrap();
        assert_eq!(json["sku"], "001");
        assert_eq!(Cells::from_json(&json), cells);
        assert_eq!(cells.shown()["note"], "=6+1.2");
        let direct = write_row(cells.0.iter().map(|(key, cell)| (key.as_str(), cell))).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&direct).unwrap(), json);
    }
}
