//! Text files with separators, taken apart as a stream in bounded memory.
//!
//! The scanner is our own: it must keep only the beginning of a cell while counting the whole, number rows as a
//! spreadsheet does (blank ones count), and say where a quotation mark is out of place. The crate `csv` does none of
//! these; it writes our files, and the tests hold both against each other.

use super::assemble::{Assembler, Stop};
use super::encoding::Detected;
use super::{CELL_BYTES, Event, Format, Limits, ROW_BYTES};
use domain::catalog::heading;
use domain::catalog::problem::{Problem, ProblemCode};
use domain::catalog::row::Cell;
use std::io::{self, Read};

/// What may separate cells.
const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];
/// How much text is looked at to find the separator, in bytes.
const HEAD_BYTES: usize = 64 * 1024;

/// Reads a text file and hands on its events; bytes over the limit, and what can't be told apart, end it.
///
/// # Errors
/// [`Stop::Problem`] for what is wrong with the file, [`Stop::Io`] for reading or for the receiver.
pub fn read(
    source: impl Read,
    encoding: Detected,
    limits: &Limits,
    receive: &mut dyn FnMut(Event) -> io::Result<()>,
) -> Result<(), Stop> {
    let counted = Counted { source, left: limits.bytes };
    let mut pieces = encoding.reader(counted);
    let mut head = String::new();
    let mut piece = String::new();
    let mut more = true;
    while more && head.len() < HEAD_BYTES {
        more = pieces.next_piece(&mut piece).map_err(|error| refused(error, limits))?;
        head.push_str(&piece);
    }
    if head.trim().is_empty() && !more {
        return Err(ProblemCode::Empty.into());
    }
    let (separator, skipped) = separator_of(&head);
    let mut assembler = Assembler::new(Format::Csv, limits, receive);
    assembler.encoding = Some(encoding.name().to_owned());
    assembler.separator = Some(separator);
    if encoding.guessed {
        let code = ProblemCode::EncodingGuessed { encoding: encoding.name().to_owned() };
        assembler.report(Problem::of_file(code).notice())?;
    }
    let mut scanner = Scanner::new(separator);
    scanner.push(head.get(skipped..).unwrap_or_default(), &mut |row| assembler.take(row))?;
    drop(head);
    while more {
        more = pieces.next_piece(&mut piece).map_err(|error| refused(error, limits))?;
        scanner.push(&piece, &mut |row| assembler.take(row))?;
    }
    scanner.finish(&mut |row| assembler.take(row))?;
    assembler.finish()
}

/// One row as the scanner found it.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) cells: Vec<Cell>,
    /// A quotation mark stood in the wrong place: the cells can't be trusted.
    pub(super) muddled: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    CellStart,
    Bare,
    Quoted,
    /// Behind a quotation mark in a quoted cell: its end, or half of a doubled one.
    MaybeEnd,
}

/// Takes text apart into rows, piece by piece.
pub(super) struct Scanner {
    separator: u8,
    state: State,
    cell: String,
    length: u64,
    cells: Vec<Cell>,
    row_bytes: usize,
    number: u32,
    muddled: bool,
    after_return: bool,
}

impl Scanner {
    pub(super) fn new(separator: char) -> Self {
        Self {
            separator: u8::try_from(separator).unwrap_or(b','),
            state: State::CellStart,
            cell: String::new(),
            length: 0,
            cells: Vec::new(),
            row_bytes: 0,
            number: 1,
            muddled: false,
            after_return: false,
        }
    }

    /// Reads one piece; every row that ends in it is handed on.
    pub(super) fn push(&mut self, piece: &str, hand_on: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
        let bytes = piece.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at).copied() {
            if std::mem::take(&mut self.after_return) && byte == b'\n' {
                at += 1;
                continue;
            }
            match self.state {
                State::Quoted => {
                    let rest = piece.get(at..).unwrap_or_default();
                    let end = rest.find('"').unwrap_or(rest.len());
                    self.keep(rest.get(..end).unwrap_or_default());
                    at += end;
                    if end < rest.len() {
                        self.state = State::MaybeEnd;
                        at += 1;
                    }
                }
                State::MaybeEnd if byte == b'"' => {
                    self.keep("\"");
                    self.state = State::Quoted;
                    at += 1;
                }
                State::CellStart if byte == b'"' => {
                    self.state = State::Quoted;
                    at += 1;
                }
                _ if byte == self.separator => {
                    self.end_cell()?;
                    at += 1;
                }
                _ if byte == b'\n' || byte == b'\r' => {
                    self.after_return = byte == b'\r';
                    self.end_row(hand_on)?;
                    at += 1;
                }
                state => {
                    self.muddled |= state == State::MaybeEnd;
                    self.state = State::Bare;
                    let rest = piece.get(at..).unwrap_or_default();
                    let separator = char::from(self.separator);
                    let end = rest.find([separator, '\n', '\r']).unwrap_or(rest.len());
                    self.keep(rest.get(..end).unwrap_or_default());
                    at += end;
                }
            }
        }
        Ok(())
    }

    /// The end of the file: the last row may lack a line end; an open quotation mark has swallowed the rest.
    pub(super) fn finish(&mut self, hand_on: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
        if self.state == State::Quoted {
            let mut problem = Problem::of_file(ProblemCode::BadQuotes);
            problem.row = Some(self.number);
            problem.value = Some(domain::catalog::problem::shown(&self.cell));
            return Err(Stop::Problem(problem));
        }
        if self.state != State::CellStart || !self.cells.is_empty() {
            self.end_row(hand_on)?;
        }
        Ok(())
    }

    fn keep(&mut self, text: &str) {
        self.length += text.chars().count() as u64;
        let room = CELL_BYTES.saturating_sub(self.cell.len());
        let end = if text.len() <= room {
            text.len()
        } else {
            (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        self.cell.push_str(text.get(..end).unwrap_or_default());
    }

    fn end_cell(&mut self) -> Result<(), Stop> {
        let text = std::mem::take(&mut self.cell);
        self.row_bytes += text.len();
        if self.row_bytes > ROW_BYTES {
            return Err(ProblemCode::TooManyBytes { limit: ROW_BYTES as u64 }.into());
        }
        // Far more columns than any limit: don't even gather them.
        if self.cells.len() < 20_000 {
            self.cells.push(super::assemble::text_cell(text, self.length));
        }
        self.length = 0;
        self.state = State::CellStart;
        Ok(())
    }

    fn end_row(&mut self, hand_on: &mut dyn FnMut(Row) -> Result<(), Stop>) -> Result<(), Stop> {
        self.end_cell()?;
        let row = Row {
            number: self.number,
            cells: std::mem::take(&mut self.cells),
            muddled: std::mem::take(&mut self.muddled),
        };
        self.number = self.number.saturating_add(1);
        self.row_bytes = 0;
        hand_on(row)
    }
}

/// The separator and how many bytes of a line `sep=;` stand before the table. The one under which most headings are
/// known wins; then the one that gives most rows of the same width.
fn separator_of(head: &str) -> (char, usize) {
    let first_line = head.lines().next().unwrap_or_default();
    if let Some(named) = first_line.strip_prefix("sep=").and_then(|rest| rest.trim_end().chars().next())
        && SEPARATORS.contains(&named)
    {
        let skipped = head.find('\n').map_or(head.len(), |end| end + 1);
        return (named, skipped);
    }
    let mut best = (SEPARATORS[0], (0, 0, 0));
    for separator in SEPARATORS {
        let score = score(head, separator);
        if score > best.1 {
            best = (separator, score);
        }
    }
    (best.0, 0)
}

fn score(head: &str, separator: char) -> (usize, usize, usize) {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut scanner = Scanner::new(separator);
    let looked_at = scanner.push(head, &mut |row| {
        if !row.muddled && row.cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(row.cells);
        }
        if rows.len() < 50 { Ok(()) } else { Err(ProblemCode::TooManyRows { limit: 50 }.into()) }
    });
    if looked_at.is_ok() {
        scanner.cells.push(Cell::Text(std::mem::take(&mut scanner.cell)));
        rows.push(std::mem::take(&mut scanner.cells));
    }
    let known = |row: &Vec<Cell>| {
        row.iter().take(300).filter(|cell| matches!(cell, Cell::Text(text) if heading::is_known(text))).count()
    };
    let headings = rows.iter().take(20).map(known).max().unwrap_or(0);
    let width = rows.first().map_or(0, Vec::len);
    let alike = if width > 1 { rows.iter().filter(|row| row.len() == width).count() } else { 0 };
    (headings, alike, width)
}

fn refused(error: io::Error, limits: &Limits) -> Stop {
    match error.kind() {
        io::ErrorKind::InvalidData => ProblemCode::UnknownEncoding.into(),
        io::ErrorKind::FileTooLarge => ProblemCode::TooManyBytes { limit: limits.bytes }.into(),
        _ => Stop::Io(error),
    }
}

/// Ends with an error once more bytes come than allowed.
struct Counted<R> {
    source: R,
    left: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(read)
    }
}
