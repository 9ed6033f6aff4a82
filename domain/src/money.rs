//! Sums of money: integers in minor units with a currency. Never a float.

use crate::language::Language;
use serde::{Deserialize, Serialize};
use std::fmt;

mod amount;

pub use amount::{AmountError, MAX_AMOUNT, amount_from_number, parse_amount};

/// An ISO 4217 currency code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");
    /// The Kazakh tenge.
    pub const KZT: Self = Self(*b"KZT");
    /// The United States dollar.
    pub const USD: Self = Self(*b"USD");

    /// Reads three ASCII letters in any case; anything else is `None`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.trim().as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphabetic).then(|| Self(bytes.map(|b| b.to_ascii_uppercase())))
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// The sign, where people everywhere know it.
    #[must_use]
    pub fn sign(&self) -> Option<char> {
        match &self.0 {
            b"EUR" => Some('\u{20ac}'),
            b"USD" => Some('$'),
            b"KZT" => Some('\u{20b8}'),
            b"GBP" => Some('\u{a3}'),
            b"RUB" => Some('\u{20bd}'),
            _ => None,
        }
    }

    /// How many digits stand after the point (ISO 4217; Stripe charges KZT with two).
    #[must_use]
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"CLP" | b"VND" | b"ISK" | b"PYG" | b"UGX" | b"XAF" | b"XOF" | b"XPF" | b"KMF"
            | b"GNF" | b"RWF" | b"DJF" | b"BIF" | b"VUV" => 0,
            b"BHD" | b"JOD" | b"KWD" | b"OMR" | b"TND" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::parse(&code).ok_or_else(|| format!("not a currency code: {code}"))
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

/// A sum in minor units (cents, tiyn).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units; `1250` of EUR is 12.50.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// A sum from minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in that currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Whether the sum is zero.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum as a plain decimal string with a point: `12.50`. For machines; people get [`format_money`].
    #[must_use]
    pub fn to_decimal(self) -> String {
        let exponent = self.currency.exponent() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = exponent + 1);
        let (whole, fraction) = padded.split_at(padded.len() - exponent);
        format!("{sign}{whole}.{fraction}")
    }
}

/// A sum for people, in their language: en `€12.50`, es, ru and kk `12,50 €`; whole sums of tenge without decimals
/// (en `₸4,500`, else `4 500 ₸`); other currencies by their code (`12.50 XYZ`). The spaces are no-break spaces.
#[must_use]
pub fn format_money(money: Money, language: Language) -> String {
    const NO_BREAK_SPACE: char = '\u{a0}';
    let english = language == Language::En;
    let decimal = Money { minor: money.minor.saturating_abs(), ..money }.to_decimal();
    let (whole, fraction) = decimal.split_once('.').unwrap_or((&decimal, ""));
    let mut number = String::with_capacity(decimal.len() + 8);
    if money.minor < 0 {
        number.push('-');
    }
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            number.push(if english { ',' } else { NO_BREAK_SPACE });
        }
        number.push(digit);
    }
    let whole_tenge = money.currency == Currency::KZT && fraction.bytes().all(|digit| digit == b'0');
    if !fraction.is_empty() && !whole_tenge {
        number.push(if english { '.' } else { ',' });
        number.push_str(fraction);
    }
    match (money.currency.sign(), english) {
        (Some(sign), true) => match number.strip_prefix('-') {
            Some(number) => format!("-{sign}{number}"),
            None => format!("{sign}{number}"),
        },
        (Some(sign), false) => format!("{number}{NO_BREAK_SPACE}{sign}"),
        (None, _) => format!("{number}{NO_BREAK_SPACE}{}", money.currency),
    }
}
