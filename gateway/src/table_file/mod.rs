//! Catalogue files: read as a stream of rows with bounded memory, whatever the file holds, and written so that no cell
//! can act as a formula.
//!
//! Files come from strangers, and a failed allocation ends a process (reliability.md §8). So every file is parsed in a
//! child process with limits on memory and time: [`reader::TableReader`] is the parent's side, [`child::main`] is what
//! the child runs (the hidden command `x8 parse-table`). Between them go JSON lines, one [`Event`] each.
//!
//! What the cells mean is not decided here: `domain::catalog::heading` maps the headings and `domain::catalog::row`
//! types the rows. Problems are data ([`Problem`]); their words are made where the reader's language is known.

mod assemble;
pub mod child;
pub mod csv;
pub mod encoding;
pub mod error;
pub mod export;
pub mod formula;
mod inspect;
pub mod reader;
mod sniff;
mod workbook;

pub use assemble::Stop;
pub use domain::catalog::problem::{Problem, ProblemCode};
pub use domain::catalog::row::Cell;
pub use error::TableError;
pub use reader::{TableReader, parse};
pub use sniff::sniff;

use serde::{Deserialize, Serialize};

/// The longest text of a cell that is kept, in bytes; of a longer one only the beginning and the length are.
pub const CELL_BYTES: usize = 64 * 1024;
/// The most text of one row, in bytes.
pub const ROW_BYTES: usize = 4 * 1024 * 1024;

/// What kind of file it is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Text with separators: commas, semicolons, tabs or bars.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
    /// OpenDocument spreadsheet.
    Ods,
    /// Workbook of Excel 97–2003.
    Xls,
}

/// How much a file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Address space that the child may take beyond what it starts with.
    pub memory_bytes: u64,
    /// Processor seconds of the child, and the longest wait for its next row.
    pub seconds: u64,
    /// Rows below the headings.
    pub rows: u64,
    /// Columns with a heading or a value.
    pub columns: u64,
    /// Sheets in a workbook.
    pub sheets: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes of all parts of a workbook once unpacked.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 512 * 1024 * 1024,
            seconds: 30,
            rows: 500_000,
            columns: 256,
            sheets: 512,
            bytes: 100_000_000,
            unpacked_bytes: 1024 * 1024 * 1024,
        }
    }
}

/// What is known once the row of headings is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Its row as a spreadsheet shows it.
    pub row: u32,
    /// The headings as written, up to the last that is not empty.
    pub cells: Vec<String>,
    /// The kind of file.
    pub format: Format,
    /// The sheet that is read; none in a text file.
    pub sheet: Option<String>,
    /// All sheets of the workbook.
    pub sheets: Vec<String>,
    /// The encoding of a text file, such as `UTF-8`.
    pub encoding: Option<String>,
    /// What separates the cells of a text file.
    pub separator: Option<char>,
}

/// One step of reading a file. The first is a heading (notices about the file may stand before it), the last an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The row of headings.
    Heading(Heading),
    /// One row with something in it.
    Row {
        /// Its number as a spreadsheet shows it.
        row: u32,
        /// Its cells up to the last that is not empty.
        cells: Vec<Cell>,
    },
    /// A notice about the file, or an error that leaves one row out.
    Problem(Problem),
    /// Everything was read.
    End(Summary),
}

/// What was read in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows with something in them, headings not counted.
    pub rows: u64,
    /// The kind of file.
    pub format: Format,
}
