//! English.

use super::{megabytes, value};
use domain::catalog::problem::{Problem, ProblemCode, Suggestion};

pub(super) fn message(problem: &Problem) -> String {
    let value = value(problem);
    match &problem.code {
        ProblemCode::Missing => "This required value is missing.".to_owned(),
        ProblemCode::NotAnAmount => format!("“{value}” is not an amount of money."),
        ProblemCode::Ambiguous => format!("“{value}” can be read in two ways."),
        ProblemCode::OtherCurrency if value.is_empty() => {
            "This column names another currency than your company's.".to_owned()
        }
        ProblemCode::OtherCurrency => format!("“{value}” is in another currency than your company's."),
        ProblemCode::TooPrecise => format!("“{value}” has more decimals than the currency."),
        ProblemCode::NotANumber => format!("“{value}” is not a number."),
        ProblemCode::Negative => format!("“{value}” is below zero."),
        ProblemCode::NotWhole => format!("“{value}” is not a whole number."),
        ProblemCode::TooLarge => format!("“{value}” is too large."),
        ProblemCode::BadDuration => format!("“{value}” is not a length of time."),
        ProblemCode::UpperEndRead => format!("“{value}” is a range; its upper end was read."),
        ProblemCode::BadUrl => format!("“{value}” is not a web address."),
        ProblemCode::NotYesOrNo => format!("“{value}” is neither yes nor no."),
        ProblemCode::NotAKind => format!("“{value}” is neither a product nor a service."),
        ProblemCode::BadList => format!("“{value}” is not a complete list."),
        ProblemCode::TooLong { length, limit } => {
            format!("The text has {length} characters; at most {limit} are allowed.")
        }
        ProblemCode::DuplicateSku { first_row } => format!("The SKU “{value}” is already used in row {first_row}."),
        ProblemCode::DuplicateName { first_row } => {
            format!("The name “{value}” is already used in row {first_row}, and neither row has a SKU.")
        }
        ProblemCode::FormulaWithoutValue => format!("The cell has a formula without a stored result: “{value}”."),
        ProblemCode::ErrorValue => format!("The cell has a spreadsheet error: “{value}”."),
        ProblemCode::ExtraCells { count } => format!("Values to the right of the last heading in this row: {count}."),
        ProblemCode::HeadingTwice { first } => {
            format!("This heading means the same as “{first}”, so the column is kept as additional information.")
        }
        ProblemCode::HeadingGuessed { column } => format!("This heading was understood as “{column}”."),
        ProblemCode::NoPriceColumn => "There is no column with prices, so every item would be free.".to_owned(),
        ProblemCode::Empty => "The file is empty.".to_owned(),
        ProblemCode::NoRows => "The file has headings but no rows.".to_owned(),
        ProblemCode::UnknownEncoding => "The encoding of the text could not be recognised with certainty.".to_owned(),
        ProblemCode::EncodingGuessed { encoding } => format!("The file is not in UTF-8; it was read as {encoding}."),
        ProblemCode::BadQuotes => "A quotation mark opens a cell and does not close where it should.".to_owned(),
        ProblemCode::NotATable => "The file is not a table that can be read.".to_owned(),
        ProblemCode::Encrypted => "The workbook is locked with a password.".to_owned(),
        ProblemCode::Damaged => "The workbook is damaged.".to_owned(),
        ProblemCode::Unsafe => "The workbook contains something that does not belong in a table.".to_owned(),
        ProblemCode::TooManyBytes { limit } => {
            format!("The file is too large; at most {} MB are allowed.", megabytes(*limit))
        }
        ProblemCode::TooManyRows { limit } => format!("The file has too many rows; at most {limit} are allowed."),
        ProblemCode::TooManyColumns { limit } => format!("The file has too many columns; at most {limit} are allowed."),
        ProblemCode::TooManySheets { limit } => {
            format!("The workbook has too many sheets; at most {limit} are allowed.")
        }
        ProblemCode::NoSuchSheet => "The workbook has no sheet with this name.".to_owned(),
        ProblemCode::TooMuchMemory => "The file needs too much memory to be read.".to_owned(),
        ProblemCode::TooSlow => "The file takes too long to read.".to_owned(),
    }
}

pub(super) const fn suggestion(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::FillIn => "Fill in the cell.",
        Suggestion::AddColumn => "Add a column with this heading, or choose which of your columns it is.",
        Suggestion::WriteAmount => "Write digits only, such as 18.00; leave the cell empty if the item is free.",
        Suggestion::UseCompanyCurrency => "Write the amount in your company's currency.",
        Suggestion::WriteWholeNumber => "Write a whole number that is not below zero.",
        Suggestion::WriteDuration => "Write a length of time, such as 60 min or 1 h 30.",
        Suggestion::WriteUrl => "Write an address that begins with https://.",
        Suggestion::WriteYesOrNo => "Write yes or no.",
        Suggestion::WriteKind => "Write product or service.",
        Suggestion::WriteList => "Write the values with commas between them.",
        Suggestion::Shorten => "Shorten the text.",
        Suggestion::MakeUnique => "Give each row its own SKU, or delete one of the rows.",
        Suggestion::ReplaceFormula => {
            "Replace the formula by its value, or open the file in a spreadsheet program and save it again."
        }
        Suggestion::QuoteCells => "Put cells that contain the separator in quotation marks.",
        Suggestion::CheckColumn => "Check what was understood, and choose another column if it is wrong.",
        Suggestion::SaveAsUtf8 => "Check the texts; to be safe, save the file as CSV UTF-8.",
        Suggestion::SaveAsTable => "Save the table as CSV or XLSX and send it again.",
        Suggestion::RemovePassword => "Remove the password and send the file again.",
        Suggestion::MakeSmaller => "Split the file, or delete what does not belong to the catalogue.",
        Suggestion::AddRows => "Add rows below the headings and send the file again.",
        Suggestion::ChooseSheet => "Choose one of the sheets in the workbook.",
    }
}
