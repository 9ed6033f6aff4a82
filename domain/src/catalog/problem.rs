//! What is wrong with a file, a row or a cell, as data: a place, a reason and an advice. The words are made later, in
//! the reader's language.

use serde::{Deserialize, Serialize};

/// How many characters of a cell a problem repeats at most.
pub const SHOWN_CHARACTERS: usize = 60;

/// Whether something must be mended before the row (or the file) can go live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; the row is whole.
    Notice,
    /// The row, or the whole file when no row is named, is left out.
    Error,
}

/// Why a file, a row or a cell is not read as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ProblemCode {
    /// A required cell is empty, or a required column is absent (then the row is that of the headings).
    Missing,
    /// Not a sum of money: `18,O0`.
    NotAnAmount,
    /// A sum that can be read in two ways: `1.149`.
    Ambiguous,
    /// A sum in another currency than the company's.
    OtherCurrency,
    /// More digits after the point than the currency has.
    TooPrecise,
    /// Not a number.
    NotANumber,
    /// Below zero.
    Negative,
    /// A number that must be whole is not.
    NotWhole,
    /// A number or sum that no catalogue needs.
    TooLarge,
    /// Not a length of time: `60 min`, `1 h 30`.
    BadDuration,
    /// A range such as `60–90 min`, read as its upper end.
    UpperEndRead,
    /// Not a web address that begins with http:// or https://.
    BadUrl,
    /// Neither yes nor no.
    NotYesOrNo,
    /// Neither product nor service.
    NotAKind,
    /// A list in brackets that does not close or is no list of texts.
    BadList,
    /// The text is longer than may be kept; lengths in characters.
    TooLong {
        /// How long it is.
        length: u64,
        /// How long it may be.
        limit: u64,
    },
    /// The sku stands in an earlier row.
    DuplicateSku {
        /// The row that has it.
        first_row: u32,
    },
    /// Without a sku the name is what tells rows apart, and it stands in an earlier row.
    DuplicateName {
        /// The row that has it.
        first_row: u32,
    },
    /// A formula whose result the file does not hold.
    FormulaWithoutValue,
    /// A spreadsheet error such as `#REF!`.
    ErrorValue,
    /// The row has filled cells to the right of the last heading: usually an unquoted separator.
    ExtraCells {
        /// How many.
        count: u32,
    },
    /// Two headings mean the same column: this one is kept as an extra column.
    HeadingTwice {
        /// The heading that is used.
        first: String,
    },
    /// A heading was understood although it is not spelled as expected.
    HeadingGuessed {
        /// The canonical heading. Stored under another name, because a problem's own column stands beside it.
        #[serde(rename = "understood_as")]
        column: String,
    },
    /// No column has prices, so that every item would be free.
    NoPriceColumn,
    /// The file is empty.
    Empty,
    /// There are headings and no rows.
    NoRows,
    /// The bytes are in no encoding that can be read with certainty.
    UnknownEncoding,
    /// The text was not UTF-8; it was read in this encoding.
    EncodingGuessed {
        /// Name of the encoding, such as `windows-1251`.
        encoding: String,
    },
    /// A quotation mark opens a cell and never closes, or stands in the middle of one.
    BadQuotes,
    /// Not a table that can be read (CSV, XLSX, ODS, XLS).
    NotATable,
    /// A workbook locked with a password.
    Encrypted,
    /// A workbook that breaks its own format.
    Damaged,
    /// A workbook with something in it that has no place in a table: a document type, an archive in the archive.
    Unsafe,
    /// More bytes than allowed, or far more once unpacked.
    TooManyBytes {
        /// How many are allowed.
        limit: u64,
    },
    /// More rows than allowed.
    TooManyRows {
        /// How many are allowed.
        limit: u64,
    },
    /// More columns than allowed.
    TooManyColumns {
        /// How many are allowed.
        limit: u64,
    },
    /// More sheets than allowed.
    TooManySheets {
        /// How many are allowed.
        limit: u64,
    },
    /// The workbook has no sheet of that name.
    NoSuchSheet,
    /// Reading the file took more memory than a catalogue needs.
    TooMuchMemory,
    /// Reading the file took longer than a catalogue needs.
    TooSlow,
}

/// What the owner can do about a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suggestion {
    /// Fill the cell.
    FillIn,
    /// Add a column with that heading.
    AddColumn,
    /// Write digits only, such as 18.00; leave the cell empty if it is free.
    WriteAmount,
    /// Write the sum in the company's currency.
    UseCompanyCurrency,
    /// Write a whole number.
    WriteWholeNumber,
    /// Write a length of time such as `60 min` or `1 h 30`.
    WriteDuration,
    /// Write an address that begins with https://.
    WriteUrl,
    /// Write yes or no.
    WriteYesOrNo,
    /// Write product or service.
    WriteKind,
    /// Write a list with commas.
    WriteList,
    /// Shorten the text.
    Shorten,
    /// Give each row its own sku, or delete one of the rows.
    MakeUnique,
    /// Replace the formula by its value, or open and save the file in a spreadsheet program.
    ReplaceFormula,
    /// Put cells that contain the separator in quotation marks.
    QuoteCells,
    /// Check what was understood, and choose the column if it is another.
    CheckColumn,
    /// Save the file as UTF-8.
    SaveAsUtf8,
    /// Save the table as CSV or XLSX.
    SaveAsTable,
    /// Remove the password.
    RemovePassword,
    /// Split the file, or delete what does not belong to the catalogue.
    MakeSmaller,
    /// Add rows below the headings.
    AddRows,
    /// Choose one of the sheets that the file has.
    ChooseSheet,
}

impl ProblemCode {
    /// The advice that belongs to the reason.
    #[must_use]
    pub const fn suggestion(&self) -> Suggestion {
        match self {
            Self::Missing => Suggestion::FillIn,
            Self::NotAnAmount | Self::Ambiguous | Self::TooPrecise => Suggestion::WriteAmount,
            Self::OtherCurrency => Suggestion::UseCompanyCurrency,
            Self::NotANumber | Self::Negative | Self::NotWhole | Self::TooLarge => Suggestion::WriteWholeNumber,
            Self::BadDuration | Self::UpperEndRead => Suggestion::WriteDuration,
            Self::BadUrl => Suggestion::WriteUrl,
            Self::NotYesOrNo => Suggestion::WriteYesOrNo,
            Self::NotAKind => Suggestion::WriteKind,
            Self::BadList => Suggestion::WriteList,
            Self::TooLong { .. } => Suggestion::Shorten,
            Self::DuplicateSku { .. } | Self::DuplicateName { .. } => Suggestion::MakeUnique,
            Self::FormulaWithoutValue | Self::ErrorValue => Suggestion::ReplaceFormula,
            Self::ExtraCells { .. } | Self::BadQuotes => Suggestion::QuoteCells,
            Self::HeadingTwice { .. } | Self::HeadingGuessed { .. } => Suggestion::CheckColumn,
            Self::NoPriceColumn => Suggestion::AddColumn,
            Self::Empty | Self::NoRows => Suggestion::AddRows,
            Self::UnknownEncoding | Self::EncodingGuessed { .. } => Suggestion::SaveAsUtf8,
            Self::NotATable | Self::Damaged | Self::Unsafe => Suggestion::SaveAsTable,
            Self::Encrypted => Suggestion::RemovePassword,
            Self::TooManyBytes { .. }
            | Self::TooManyRows { .. }
            | Self::TooManyColumns { .. }
            | Self::TooManySheets { .. }
            | Self::TooMuchMemory
            | Self::TooSlow => Suggestion::MakeSmaller,
            Self::NoSuchSheet => Suggestion::ChooseSheet,
        }
    }
}

/// One thing that is wrong, with its place, its reason and an advice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The row as a spreadsheet shows it (the first is 1); `None` for a problem of the file.
    pub row: Option<u32>,
    /// The heading as it stands in the file; the canonical one when the column is absent.
    pub column: Option<String>,
    /// Why.
    #[serde(flatten)]
    pub code: ProblemCode,
    /// The cell as it stands, shortened; never the whole of a long one.
    pub value: Option<String>,
    /// What to do.
    pub suggestion: Suggestion,
    /// Whether it stops the row or the file.
    pub severity: Severity,
}

impl Problem {
    /// A problem that stops the whole file.
    #[must_use]
    pub fn of_file(code: ProblemCode) -> Self {
        Self { row: None, column: None, suggestion: code.suggestion(), code, value: None, severity: Severity::Error }
    }

    /// A problem of one cell that stops its row.
    #[must_use]
    pub fn of_cell(row: u32, column: impl Into<String>, code: ProblemCode, value: Option<&str>) -> Self {
        Self {
            row: Some(row),
            column: Some(column.into()),
            suggestion: code.suggestion(),
            code,
            value: value.map(shown),
            severity: Severity::Error,
        }
    }

    /// The same as something worth knowing that stops nothing.
    #[must_use]
    pub fn notice(self) -> Self {
        Self { severity: Severity::Notice, ..self }
    }

    /// The same with another advice.
    #[must_use]
    pub fn advising(self, suggestion: Suggestion) -> Self {
        Self { suggestion, ..self }
    }

    /// Whether the row, or the file, can't be used because of it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The beginning of a cell, on one line, at most [`SHOWN_CHARACTERS`] characters.
#[must_use]
pub fn shown(value: &str) -> String {
    let mut characters = value.chars().map(|character| if character.is_control() { ' ' } else { character });
    let mut text: String = characters.by_ref().take(SHOWN_CHARACTERS).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}
