//! Amounts as people write them in cells.

use super::Currency;
use unicode_normalization::UnicodeNormalization;

/// The largest amount of one cell, in minor units: 10^15.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// Why a cell is not an amount. Each carries the text as it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a number.
    #[error("\u{201c}{0}\u{201d} is not an amount")]
    NotAnAmount(String),
    /// Could be read in two ways: `1.149` is 1149 to some and 1.149 to others.
    #[error("\u{201c}{0}\u{201d} can be read in two ways")]
    Ambiguous(String),
    /// Below zero.
    #[error("\u{201c}{0}\u{201d} is below zero")]
    Negative(String),
    /// More decimals than the currency has.
    #[error("\u{201c}{0}\u{201d} has more decimals than the currency")]
    Decimals(String),
    /// The sign or code of another currency; a company has one.
    #[error("\u{201c}{0}\u{201d} is in another currency")]
    OtherCurrency(String),
    /// Above [`MAX_AMOUNT`].
    #[error("\u{201c}{0}\u{201d} is too large")]
    TooLarge(String),
}

/// Signs, codes and words that may stand around an amount, and the currency that each means; `None` for a sign that
/// several currencies share.
const MARKS: [(&str, &[&str]); 34] = [
    ("\u{20ac}", &["EUR"]),
    ("euros", &["EUR"]),
    ("euro", &["EUR"]),
    ("евро", &["EUR"]),
    ("еуро", &["EUR"]),
    ("\u{20b8}", &["KZT"]),
    ("тенге", &["KZT"]),
    ("теңге", &["KZT"]),
    ("tenge", &["KZT"]),
    ("тнг", &["KZT"]),
    ("тг", &["KZT"]),
    ("тг.", &["KZT"]),
    ("тнг.", &["KZT"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "MXN", "ARS", "CLP", "COP", "SGD", "HKD", "UYU"]),
    ("us$", &["USD"]),
    ("dollars", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD"]),
    ("d\u{f3}lares", &["USD"]),
    ("доллар", &["USD"]),
    ("долларов", &["USD"]),
    ("\u{a3}", &["GBP"]),
    ("\u{20bd}", &["RUB"]),
    ("рублей", &["RUB"]),
    ("руб.", &["RUB"]),
    ("руб", &["RUB"]),
    ("р.", &["RUB"]),
    ("eur", &["EUR"]),
    ("kzt", &["KZT"]),
    ("usd", &["USD"]),
    ("gbp", &["GBP"]),
    ("rub", &["RUB"]),
    ("\u{20b4}", &["UAH"]),
    ("\u{20ba}", &["TRY"]),
    ("\u{a5}", &["JPY", "CNY"]),
    ("zł", &["PLN"]),
];

/// Reads a cell such as `9,50`, `1 149,00`, `1.149,00`, `1,149.00`, `€ 12` or `4500` as minor units of the currency.
///
/// The caller deals with an empty cell. A sign or code of the company's own currency may stand on either side.
///
/// # Errors
/// [`AmountError`] with the text as it stands: nothing is guessed, so that a price is never read as another.
pub fn parse_amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let error = |make: fn(String) -> AmountError| make(text.trim().to_owned());
    let normalised: String = text.nfkc().flat_map(char::to_lowercase).filter(|c| !is_invisible(*c)).collect();
    let mut rest = normalised.trim();
    let mut marked = false;
    loop {
        match strip_mark(rest, currency) {
            Ok(Some(stripped)) if !marked => {
                rest = stripped;
                marked = true;
            }
            Ok(None) => break,
            Ok(Some(_)) => return Err(error(AmountError::NotAnAmount)),
            Err(()) => return Err(error(AmountError::OtherCurrency)),
        }
    }
    if let Some(positive) = rest.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        let number = positive.trim_start();
        let number = strip_mark(number, currency).ok().flatten().unwrap_or(number);
        return Err(match number_of(number, currency) {
            Ok(_) | Err(AmountError::Decimals(_) | AmountError::Ambiguous(_)) => error(AmountError::Negative),
            Err(_) => error(AmountError::NotAnAmount),
        });
    }
    number_of(rest, currency).map_err(|found| match found {
        AmountError::Ambiguous(_) => error(AmountError::Ambiguous),
        AmountError::Decimals(_) => error(AmountError::Decimals),
        AmountError::TooLarge(_) => error(AmountError::TooLarge),
        _ => error(AmountError::NotAnAmount),
    })
}

/// An amount from a numeric cell of a spreadsheet, where 9.8 may be stored as 9.800000000000001.
///
/// # Errors
/// [`AmountError`] when it is not finite, negative, too large, or has decimals that the currency has not.
pub fn amount_from_number(number: f64, currency: Currency) -> Result<i64, AmountError> {
    if !number.is_finite() {
        return Err(AmountError::NotAnAmount(number.to_string()));
    }
    if number < 0.0 {
        return Err(AmountError::Negative(number.to_string()));
    }
    // A spreadsheet shows 15 significant digits; what it keeps beyond them is noise of its arithmetic.
    let shown = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    let digits = shown.to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    from_digits(whole, fraction, currency).map_err(|found| match found {
        AmountError::Decimals(_) => AmountError::Decimals(digits.clone()),
        _ => AmountError::TooLarge(digits.clone()),
    })
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{202a}'..='\u{202e}')
}

/// Takes one mark off either end: `Ok(None)` when there is none, `Err` when it is another currency's.
fn strip_mark(text: &str, currency: Currency) -> Result<Option<&str>, ()> {
    let code = currency.code().to_lowercase();
    let stripped = |mark: &str| {
        text.strip_prefix(mark)
            .filter(|rest| !rest.starts_with(char::is_alphabetic))
            .or_else(|| text.strip_suffix(mark).filter(|rest| !rest.ends_with(char::is_alphabetic)))
            .map(str::trim)
    };
    if let Some(rest) = stripped(&code) {
        return Ok(Some(rest));
    }
    for (mark, codes) in MARKS {
        if let Some(rest) = stripped(mark) {
            return if codes.contains(&currency.code()) { Ok(Some(rest)) } else { Err(()) };
        }
    }
    Ok(None)
}

fn is_group_only(character: char) -> bool {
    character.is_whitespace() || matches!(character, '\'' | '\u{2019}')
}

/// The number itself. The texts of the errors are filled in by the caller.
fn number_of(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let junk = || AmountError::NotAnAmount(String::new());
    let edges = text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| c.is_ascii_digit());
    if !edges || !text.chars().all(|c| c.is_ascii_digit() || is_group_only(c) || matches!(c, '.' | ',')) {
        return Err(junk());
    }
    let points = text.matches('.').count();
    let commas = text.matches(',').count();
    let spaced = text.contains(is_group_only);
    let last = text.rfind(['.', ',']);
    let (whole, fraction) = match (points, commas, last) {
        (0, 0, _) | (_, _, None) => (text, ""),
        // Both: the last one is the decimal mark and stands alone.
        (1.., 1.., Some(at)) => {
            if text.matches(&text[at..=at]).count() > 1 {
                return Err(junk());
            }
            (&text[..at], &text[at + 1..])
        }
        (_, _, Some(at)) if points + commas == 1 => {
            let (whole, fraction) = (&text[..at], &text[at + 1..]);
            // `1.149`: a group of thousands or three decimals. A spaced number has its groups already.
            let group_like = fraction.len() == 3
                && !spaced
                && whole.len() <= 3
                && !whole.starts_with('0')
                && fraction.bytes().all(|b| b.is_ascii_digit());
            match (group_like, currency.exponent()) {
                (true, 0) => (text, ""),
                (true, _) => return Err(AmountError::Ambiguous(String::new())),
                (false, _) => (whole, fraction),
            }
        }
        // One kind, several times: groups of thousands.
        _ => (text, ""),
    };
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(junk());
    }
    from_digits(&ungrouped(whole).ok_or_else(junk)?, fraction, currency)
}

/// The digits of a whole part whose groups, if it has any, are all of one kind and of three digits.
fn ungrouped(whole: &str) -> Option<String> {
    let kind = |c: char| {
        if c.is_whitespace() {
            ' '
        } else if is_group_only(c) {
            '\''
        } else {
            c
        }
    };
    let mut separators = whole.chars().filter(|c| !c.is_ascii_digit()).map(kind);
    if let Some(first) = separators.next() {
        if separators.any(|separator| separator != first) {
            return None;
        }
        let mut groups = whole.split(|c: char| !c.is_ascii_digit());
        let head = groups.next()?;
        let headed = (1..=3).contains(&head.len()) && !head.starts_with('0');
        if !headed || groups.any(|group| group.len() != 3) {
            return None;
        }
    }
    Some(whole.chars().filter(char::is_ascii_digit).collect())
}

fn from_digits(whole: &str, fraction: &str, currency: Currency) -> Result<i64, AmountError> {
    let exponent = currency.exponent() as usize;
    if fraction.len() > exponent {
        return Err(AmountError::Decimals(String::new()));
    }
    let digits = format!("{whole}{fraction:0<exponent$}");
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    match significant.parse::<i64>() {
        Ok(minor) if minor <= MAX_AMOUNT => Ok(minor),
        _ => Err(AmountError::TooLarge(String::new())),
    }
}
