//! Workbooks: XLSX as a stream of cells; ODS and XLS as a whole, which only the limits of the child make safe.

use super::assemble::{Assembler, HEADING_ROWS, Stop, heading_index, text_cell};
use super::csv::Row;
use super::{Event, Format, Limits, ROW_BYTES};
use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError, XlsxFormulaMetadata,
};
use domain::catalog::problem::ProblemCode;
use domain::catalog::row::Cell;
use std::io::{self, Read, Seek};

/// Reads one sheet of a workbook: the named one, else the first visible one with a row of headings.
///
/// # Errors
/// [`Stop`]: what is wrong with the file, or that nobody receives.
pub(super) fn read<R: Read + Seek>(
    mut source: R,
    format: Format,
    sheet: Option<&str>,
    limits: &Limits,
    receive: &mut dyn FnMut(Event) -> io::Result<()>,
) -> Result<(), Stop> {
    match format {
        Format::Ods => {
            let workbook = calamine::Ods::new(source).map_err(|error| match error {
                calamine::OdsError::Password => ProblemCode::Encrypted,
                _ => ProblemCode::Damaged,
            })?;
            whole(workbook, format, sheet, limits, receive)
        }
        Format::Xls => match calamine::Xls::new(&mut source) {
            Ok(workbook) => whole(workbook, format, sheet, limits, receive),
            // A locked XLSX looks like an old workbook from outside.
            Err(calamine::XlsError::Password) => Err(ProblemCode::Encrypted.into()),
            Err(_) => streamed(source, sheet, limits, receive),
        },
        Format::Xlsx | Format::Csv => streamed(source, sheet, limits, receive),
    }
}

fn streamed<R: Read + Seek>(
    source: R,
    wanted: Option<&str>,
    limits: &Limits,
    receive: &mut dyn FnMut(Event) -> io::Result<()>,
) -> Result<(), Stop> {
    let mut workbook = Xlsx::new(source).map_err(|error| match error {
        XlsxError::Password => ProblemCode::Encrypted.into(),
        _ => Stop::from(ProblemCode::Damaged),
    })?;
    let names = sheet_names(workbook.sheets_metadata(), limits)?;
    let chosen = choose(&names, wanted, |name| {
        let mut first = Vec::new();
        cells_of(&mut workbook, name, limits, &mut |row| {
            if row.cells.iter().any(|cell| !cell.is_empty()) {
                first.push(row.cells);
            }
            if first.len() < HEADING_ROWS { Ok(Go::On) } else { Ok(Go::Enough) }
        })?;
        Ok(first)
    })?;
    let mut assembler = Assembler::new(Format::Xlsx, limits, receive);
    assembler.sheet = Some(chosen.clone());
    assembler.sheets = names;
    cells_of(&mut workbook, &chosen, limits, &mut |row| assembler.take(row).map(|()| Go::On))?;
    assembler.finish()
}

enum Go {
    On,
    Enough,
}

fn cells_of<R: Read + Seek>(
    workbook: &mut Xlsx<R>,
    name: &str,
    limits: &Limits,
    hand_on: &mut dyn FnMut(Row) -> Result<Go, Stop>,
) -> Result<(), Stop> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| ProblemCode::Damaged)?;
    let mut row = Row { number: 0, cells: Vec::new(), muddled: false };
    let mut row_bytes = 0;
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(|_| ProblemCode::Damaged)? {
        let cell = match (&record.value, &record.formula) {
            (DataRef::Empty, Some(formula)) => Cell::FormulaWithoutValue(formula_text(formula)),
            (value, _) => cell_of_ref(value),
        };
        if cell.is_empty() {
            continue;
        }
        let number = record.pos.0.saturating_add(1);
        if number < row.number {
            return Err(ProblemCode::Damaged.into());
        }
        if number > row.number {
            let next = Row { number, cells: Vec::new(), muddled: false };
            let done = std::mem::replace(&mut row, next);
            row_bytes = 0;
            if done.number > 0 && matches!(hand_on(done)?, Go::Enough) {
                return Ok(());
            }
        }
        row_bytes += bytes_of(&cell);
        if row_bytes > ROW_BYTES {
            return Err(ProblemCode::TooManyBytes { limit: ROW_BYTES as u64 }.into());
        }
        place(&mut row.cells, record.pos.1, cell, limits)?;
    }
    if row.number > 0 {
        hand_on(row)?;
    }
    Ok(())
}

fn whole<R, W>(
    mut workbook: W,
    format: Format,
    wanted: Option<&str>,
    limits: &Limits,
    receive: &mut dyn FnMut(Event) -> io::Result<()>,
) -> Result<(), Stop>
where
    R: Read + Seek,
    W: Reader<R>,
{
    let names = sheet_names(workbook.sheets_metadata(), limits)?;
    let chosen = choose(&names, wanted, |name| {
        let range = workbook.worksheet_range(name).map_err(|_| ProblemCode::Damaged)?;
        let rows = range.rows().filter(|row| row.iter().any(|cell| *cell != Data::Empty)).take(HEADING_ROWS);
        Ok(rows.map(|row| row.iter().take(300).map(cell_of).collect()).collect())
    })?;
    let range = workbook.worksheet_range(&chosen).map_err(|_| ProblemCode::Damaged)?;
    let formulas = workbook.worksheet_formula(&chosen).unwrap_or_default();
    let mut assembler = Assembler::new(format, limits, receive);
    assembler.sheet = Some(chosen);
    assembler.sheets = names;
    let (top, left) = range.start().unwrap_or_default();
    for (offset, values) in range.rows().enumerate() {
        let index = top.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
        let mut row = Row { number: index.saturating_add(1), cells: Vec::new(), muddled: false };
        let mut row_bytes = 0;
        for (offset, value) in values.iter().enumerate() {
            let column = left.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            let formula = formulas.get_value((index, column)).filter(|formula| !formula.is_empty());
            let cell = match (value, formula) {
                (Data::Empty, Some(formula)) => Cell::FormulaWithoutValue(formula.clone()),
                (value, _) => cell_of(value),
            };
            row_bytes += bytes_of(&cell);
            if row_bytes > ROW_BYTES {
                return Err(ProblemCode::TooManyBytes { limit: ROW_BYTES as u64 }.into());
            }
            if !cell.is_empty() {
                place(&mut row.cells, column, cell, limits)?;
            }
        }
        assembler.take(row)?;
    }
    assembler.finish()
}

/// The sheets that can hold a table, visible ones first.
fn sheet_names(sheets: &[calamine::Sheet], limits: &Limits) -> Result<Vec<String>, Stop> {
    if sheets.len() as u64 > limits.sheets {
        return Err(ProblemCode::TooManySheets { limit: limits.sheets }.into());
    }
    let tables = |visible: bool| {
        let fits = move |sheet: &&calamine::Sheet| {
            sheet.typ == SheetType::WorkSheet && (sheet.visible == SheetVisible::Visible) == visible
        };
        sheets.iter().filter(fits).map(|sheet| sheet.name.clone())
    };
    Ok(tables(true).chain(tables(false)).collect())
}

/// The wanted sheet, else the first with a row of headings, else the first with anything in it.
fn choose(
    names: &[String],
    wanted: Option<&str>,
    mut first_rows: impl FnMut(&str) -> Result<Vec<Vec<Cell>>, Stop>,
) -> Result<String, Stop> {
    if let Some(wanted) = wanted {
        return names.iter().find(|name| *name == wanted).cloned().ok_or_else(|| ProblemCode::NoSuchSheet.into());
    }
    let mut filled = None;
    for name in names {
        let rows = first_rows(name)?;
        if heading_index(&rows).is_some() {
            return Ok(name.clone());
        }
        if filled.is_none() && !rows.is_empty() {
            filled = Some(name.clone());
        }
    }
    filled.ok_or_else(|| ProblemCode::Empty.into())
}

fn place(cells: &mut Vec<Cell>, column: u32, cell: Cell, limits: &Limits) -> Result<(), Stop> {
    let column = column as usize;
    if column as u64 >= limits.columns {
        return Err(ProblemCode::TooManyColumns { limit: limits.columns }.into());
    }
    if cells.len() <= column {
        cells.resize(column + 1, Cell::Empty);
    }
    if let Some(place) = cells.get_mut(column) {
        *place = cell;
    }
    Ok(())
}

fn formula_text(formula: &XlsxFormulaMetadata) -> String {
    let text = match formula {
        XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => formula.as_str(),
        _ => "",
    };
    format!("={}", text.chars().take(200).collect::<String>())
}

fn bytes_of(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text)
        | Cell::Number(text)
        | Cell::DateTime(text)
        | Cell::FormulaWithoutValue(text)
        | Cell::Error(text) => text.len(),
        Cell::Long { start, .. } => start.len(),
        Cell::Empty | Cell::Bool(_) => 0,
    }
}

fn cell_of_ref(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => number_cell(*number),
        DataRef::String(text) => whole_text(text),
        DataRef::SharedString(text) => whole_text(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::DateTime(time) => time_cell(*time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::DateTime(text.clone()),
        DataRef::Error(error) => error_cell(error),
    }
}

fn cell_of(value: &Data) -> Cell {
    match value {
        Data::Empty => Cell::Empty,
        Data::Int(number) => Cell::Number(number.to_string()),
        Data::Float(number) => number_cell(*number),
        Data::String(text) => whole_text(text),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(time) => time_cell(*time),
        Data::DateTimeIso(text) => Cell::DateTime(text.clone()),
        Data::DurationIso(text) => duration_cell(text),
        Data::Error(error) => error_cell(error),
    }
}

fn whole_text(text: &str) -> Cell {
    text_cell(text.to_owned(), text.chars().count() as u64)
}

/// As a spreadsheet shows it: fifteen significant digits, which hides what binary fractions add (`7.1999999999999993`).
fn number_cell(number: f64) -> Cell {
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded.is_finite() { Cell::Number(format!("{rounded}")) } else { Cell::Error("#NUM!".to_owned()) }
}

fn error_cell(error: &CellErrorType) -> Cell {
    Cell::Error(error.to_string())
}

fn time_cell(time: ExcelDateTime) -> Cell {
    let days = time.as_f64();
    if time.is_duration() || (0.0..1.0).contains(&days) {
        let seconds = (days * 86_400.0).round();
        if !(0.0..1e9).contains(&seconds) {
            return Cell::Error("#VALUE!".to_owned());
        }
        let seconds = seconds as u64;
        return Cell::DateTime(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        Cell::DateTime(date)
    } else {
        Cell::DateTime(format!("{date}T{hour:02}:{minute:02}:{second:02}"))
    }
}

/// `PT01H30M00S` of OpenDocument as `01:30:00`.
fn duration_cell(text: &str) -> Cell {
    let parts = || -> Option<(u32, u32, u32)> {
        let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
        let (minutes, rest) = rest.split_once('M')?;
        let seconds = rest.strip_suffix('S')?.split('.').next()?;
        Some((hours.parse().ok()?, minutes.parse().ok()?, seconds.parse().ok()?))
    };
    match parts() {
        Some((hours, minutes, seconds)) => Cell::DateTime(format!("{hours:02}:{minutes:02}:{seconds:02}")),
        None => Cell::DateTime(text.to_owned()),
    }
}
