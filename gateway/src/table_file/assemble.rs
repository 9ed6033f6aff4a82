//! What is the same for every kind of file: finding the row of headings, counting, and handing events on.

use super::csv::Row;
use super::{CELL_BYTES, Event, Format, Heading, Limits, Summary, TableError, formula};
use domain::catalog::heading;
use domain::catalog::problem::{Problem, ProblemCode};
use domain::catalog::row::Cell;
use std::io;

/// Among how many filled rows the headings are looked for.
pub(super) const HEADING_ROWS: usize = 20;
/// How many known headings make a row the row of headings.
const KNOWN_HEADINGS: usize = 2;
/// Of a cell that is too long in any column, how many characters are handed on.
const LONG_START: usize = 200;
/// A cell of more characters is too long in any column, spaces around it included.
const LONG_CHARACTERS: u64 = 2 * domain::catalog::row::DESCRIPTION_LIMIT;

/// Why reading ends before its end.
#[derive(Debug)]
pub enum Stop {
    /// Something is wrong with the file.
    Problem(Problem),
    /// The file can't be read, or nobody receives the events any more.
    Io(io::Error),
}

impl From<ProblemCode> for Stop {
    fn from(code: ProblemCode) -> Self {
        Self::Problem(Problem::of_file(code))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Stop> for TableError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Problem(problem) => Self::File(problem),
            Stop::Io(error) => Self::Io(error),
        }
    }
}

/// A text as a cell: guards against formulas removed, only the beginning of one that is too long anywhere.
pub(super) fn text_cell(text: String, length: u64) -> Cell {
    if length > LONG_CHARACTERS || text.len() > CELL_BYTES {
        return Cell::Long { start: text.chars().take(LONG_START).collect(), length };
    }
    let bare = formula::restore(&text);
    match bare.len() {
        0 => Cell::Empty,
        length if length == text.len() => Cell::Text(text),
        _ => Cell::Text(bare.to_owned()),
    }
}

/// Where the headings stand among the first filled rows: the first with two known ones, else the first of all.
pub(super) fn heading_index(rows: &[Vec<Cell>]) -> Option<usize> {
    rows.iter().position(|cells| is_heading(cells))
}

fn is_heading(cells: &[Cell]) -> bool {
    let known = cells.iter().filter(|cell| matches!(cell, Cell::Text(text) if heading::is_known(text)));
    known.take(KNOWN_HEADINGS).count() == KNOWN_HEADINGS
}

/// Turns rows into events.
pub(super) struct Assembler<'a> {
    pub(super) encoding: Option<String>,
    pub(super) separator: Option<char>,
    pub(super) sheet: Option<String>,
    pub(super) sheets: Vec<String>,
    format: Format,
    limits: &'a Limits,
    receive: &'a mut dyn FnMut(Event) -> io::Result<()>,
    /// Filled rows before the headings are found.
    waiting: Vec<Row>,
    found: bool,
    rows: u64,
}

impl<'a> Assembler<'a> {
    pub(super) fn new(format: Format, limits: &'a Limits, receive: &'a mut dyn FnMut(Event) -> io::Result<()>) -> Self {
        Self {
            encoding: None,
            separator: None,
            sheet: None,
            sheets: Vec::new(),
            format,
            limits,
            receive,
            waiting: Vec::new(),
            found: false,
            rows: 0,
        }
    }

    pub(super) fn report(&mut self, problem: Problem) -> Result<(), Stop> {
        (self.receive)(Event::Problem(problem))?;
        Ok(())
    }

    pub(super) fn take(&mut self, mut row: Row) -> Result<(), Stop> {
        while row.cells.last().is_some_and(Cell::is_empty) {
            row.cells.pop();
        }
        if row.cells.len() as u64 > self.limits.columns {
            return Err(ProblemCode::TooManyColumns { limit: self.limits.columns }.into());
        }
        if row.cells.is_empty() {
            return Ok(());
        }
        if self.found {
            return self.hand_on(row);
        }
        let is_heading = is_heading(&row.cells);
        self.waiting.push(row);
        if is_heading {
            return self.begin(self.waiting.len() - 1);
        }
        if self.waiting.len() == HEADING_ROWS {
            return self.begin(0);
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Stop> {
        if !self.found {
            if self.waiting.is_empty() {
                return Err(ProblemCode::Empty.into());
            }
            self.begin(0)?;
        }
        if self.rows == 0 {
            return Err(ProblemCode::NoRows.into());
        }
        (self.receive)(Event::End(Summary { rows: self.rows, format: self.format }))?;
        Ok(())
    }

    /// The row at `index` is the headings; what stands above it is a title and not read.
    fn begin(&mut self, index: usize) -> Result<(), Stop> {
        self.found = true;
        let mut rows = std::mem::take(&mut self.waiting).into_iter().skip(index);
        let Some(headings) = rows.next() else { return Ok(()) };
        if headings.muddled {
            let mut problem = Problem::of_file(ProblemCode::BadQuotes);
            problem.row = Some(headings.number);
            return Err(Stop::Problem(problem));
        }
        let event = Event::Heading(Heading {
            row: headings.number,
            cells: headings.cells.iter().map(heading_text).collect(),
            format: self.format,
            sheet: self.sheet.clone(),
            sheets: self.sheets.clone(),
            encoding: self.encoding.clone(),
            separator: self.separator,
        });
        (self.receive)(event)?;
        for row in rows {
            self.hand_on(row)?;
        }
        Ok(())
    }

    fn hand_on(&mut self, row: Row) -> Result<(), Stop> {
        self.rows += 1;
        if self.rows > self.limits.rows {
            return Err(ProblemCode::TooManyRows { limit: self.limits.rows }.into());
        }
        let event = if row.muddled {
            let mut problem = Problem::of_file(ProblemCode::BadQuotes);
            problem.row = Some(row.number);
            Event::Problem(problem)
        } else {
            Event::Row { row: row.number, cells: row.cells }
        };
        (self.receive)(event)?;
        Ok(())
    }
}

fn heading_text(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Number(text) | Cell::DateTime(text) => text.trim().chars().take(LONG_START).collect(),
        Cell::Long { start, .. } => start.clone(),
        Cell::Bool(value) => value.to_string(),
        Cell::Empty | Cell::FormulaWithoutValue(_) | Cell::Error(_) => String::new(),
    }
}
