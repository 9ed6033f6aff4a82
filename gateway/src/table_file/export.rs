//! Items written as CSV or XLSX, one after another, so that a catalogue of any size costs little memory. Reading such a
//! file gives the same items; no cell of it can act as a formula ([`super::formula`]).

use super::formula::neutralise;
use domain::catalog::export::{export_headings, export_row, is_numeric};
use domain::catalog::heading::Column;
use domain::catalog::{Item, ItemKind};
use domain::money::Currency;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use std::io::{self, Seek, Write};

/// Writes a text file: UTF-8 with a byte order mark, which spreadsheet programs need to see the encoding; commas; CRLF.
pub struct CsvExport<W: Write> {
    writer: ::csv::Writer<W>,
    columns: Vec<Column>,
    currency: Currency,
}

impl<W: Write> CsvExport<W> {
    /// Writes the headings, canonical for items of that kind.
    ///
    /// # Errors
    /// Of the writer.
    pub fn new(mut writer: W, columns: Vec<Column>, kind: ItemKind, currency: Currency) -> io::Result<Self> {
        writer.write_all("\u{feff}".as_bytes())?;
        let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(writer);
        let headings = export_headings(&columns, kind);
        writer.write_record(headings.iter().map(|heading| neutralise(heading).into_owned()))?;
        Ok(Self { writer, columns, currency })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// Of the writer.
    pub fn write(&mut self, item: &Item) -> io::Result<()> {
        self.write_cells(&export_row(item, &self.columns, self.currency))
    }

    /// Writes one row as it stands, a text for each column: a row that could not be read keeps what is wrong with it.
    ///
    /// # Errors
    /// Of the writer.
    pub fn write_cells(&mut self, cells: &[String]) -> io::Result<()> {
        self.writer.write_record(cells.iter().map(|cell| neutralise(cell).into_owned()))?;
        Ok(())
    }

    /// Writes what is still held back and gives the writer back.
    ///
    /// # Errors
    /// Of the writer.
    pub fn finish(self) -> io::Result<W> {
        self.writer
            .into_inner()
            .map_err(|error| io::Error::new(error.error().kind(), "the last rows could not be written"))
    }
}

/// Writes a workbook with one sheet. Rows go to a temporary file at once; sums and counts are stored as numbers.
pub struct XlsxExport {
    workbook: Workbook,
    columns: Vec<Column>,
    currency: Currency,
    sum: Format,
    row: u32,
}

impl XlsxExport {
    /// Begins the workbook with the headings, canonical for items of that kind.
    ///
    /// # Errors
    /// When the temporary file can't be made.
    pub fn new(columns: Vec<Column>, kind: ItemKind, currency: Currency) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        let bold = Format::new().set_bold();
        for (index, heading) in (0_u16..).zip(export_headings(&columns, kind)) {
            sheet.write_string_with_format(0, index, neutralise(&heading), &bold).map_err(failed)?;
        }
        let places = "0".repeat(currency.exponent() as usize);
        let sum = Format::new().set_num_format(if places.is_empty() { "0".to_owned() } else { format!("0.{places}") });
        Ok(Self { workbook, columns, currency, sum, row: 0 })
    }

    /// Writes one row; a sheet holds 1,048,575 of them.
    ///
    /// # Errors
    /// When the sheet or the disk is full.
    pub fn write(&mut self, item: &Item) -> io::Result<()> {
        self.write_cells(&export_row(item, &self.columns, self.currency))
    }

    /// Writes one row as it stands, a text for each column: a row that could not be read keeps what is wrong with it.
    ///
    /// # Errors
    /// When the sheet or the disk is full, or a text is longer than 32,767 characters.
    pub fn write_cells(&mut self, cells: &[String]) -> io::Result<()> {
        self.row += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        for ((index, column), cell) in (0_u16..).zip(&self.columns).zip(cells) {
            if cell.is_empty() {
                continue;
            }
            let number = cell.parse::<f64>().ok().filter(|_| is_numeric(column) && cell.len() <= 15);
            let written = match (number, column) {
                (Some(number), Column::Price | Column::Fee | Column::FreeFrom) => {
                    sheet.write_number_with_format(self.row, index, number, &self.sum)
                }
                (Some(number), _) => sheet.write_number(self.row, index, number),
                (None, _) => sheet.write_string(self.row, index, neutralise(cell)),
            };
            written.map_err(failed)?;
        }
        Ok(())
    }

    /// Packs the workbook into the writer.
    ///
    /// # Errors
    /// Of the writer or of the temporary file.
    pub fn finish<W: Write + Seek + Send>(mut self, writer: W) -> io::Result<()> {
        self.workbook.save_to_writer(writer).map_err(failed)
    }
}

fn failed(error: XlsxError) -> io::Error {
    io::Error::other(error)
}
