//! How single values of a rehearsal are read: sums, moments, patterns, stretches of time, opening hours, and lists that
//! may be one value. A bad one is an error of the YAML reader, which knows its line.

use domain::booking::OpeningHours;
use domain::money::Currency;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;
use std::fmt;

use super::format::{BookingParts, ExpectedBooking};

/// A decimal string such as `158.00`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum(pub String);

/// A moment with its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

/// A regular expression, compiled when the file is read.
#[derive(Clone, Debug)]
pub struct Pattern(pub Regex);

/// A value or a list of values.
#[derive(Clone, Debug)]
pub struct OneOrMore<T>(pub Vec<T>);

impl<T> Default for OneOrMore<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// What a customer writes: a list, or one scalar.
pub(super) enum Says {
    Texts(Vec<String>),
    /// A plain scalar that YAML takes for a number or a truth value (`yes`, `2`): its text stands in the source only.
    Plain,
}

pub(super) fn said(says: Spanned<Says>, source: &str) -> Result<Vec<String>, String> {
    let texts = match says.value {
        Says::Texts(texts) => texts,
        Says::Plain => {
            let span = says.referenced.span();
            let text = span.byte_offset().zip(span.byte_len()).and_then(|(start, length)| {
                let start = usize::try_from(start).ok()?;
                source.get(start..start + usize::try_from(length).ok()?)
            });
            vec![text.ok_or("put the text of says in quotes")?.trim().to_owned()]
        }
    };
    if texts.is_empty() || texts.iter().any(String::is_empty) {
        return Err("says is empty".to_owned());
    }
    Ok(texts)
}

impl<'de> Deserialize<'de> for Says {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Says;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Says, E> {
                Ok(Says::Texts(vec![text.to_owned()]))
            }

            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Says, E> {
                Ok(Says::Plain)
            }

            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Says, E> {
                Ok(Says::Plain)
            }

            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Says, E> {
                Ok(Says::Plain)
            }

            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Says, E> {
                Ok(Says::Plain)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Says, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Says::Texts(texts))
            }
        }
        deserializer.deserialize_any(Texts)
    }
}

/// A type that is read from one scalar.
macro_rules! from_scalar {
    ($name:ty, $read:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let read: fn(&str) -> Result<$name, String> = $read;
                read(&text).map_err(de::Error::custom)
            }
        }
    };
}

pub(super) struct CurrencyCode(pub(super) Currency);
from_scalar!(CurrencyCode, |text| {
    Currency::parse(text).map(CurrencyCode).ok_or_else(|| format!("`{text}` is not a currency code"))
});

pub(super) struct Zone {
    pub(super) name: String,
    pub(super) zone: TimeZone,
}
from_scalar!(Zone, |text| match TimeZone::get(text) {
    Ok(zone) => Ok(Zone { name: text.to_owned(), zone }),
    Err(_) => Err(format!("`{text}` is not a time zone")),
});

from_scalar!(Moment, |text| {
    text.parse().map(Moment).map_err(|_| format!("`{text}` is not a moment such as 2026-03-02T10:00:00+01:00"))
});

from_scalar!(Pattern, |text| {
    Regex::new(text).map(Pattern).map_err(|error| format!("`{text}` is not a regular expression: {error}"))
});

from_scalar!(Sum, |text| {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if plain(whole) && plain(fraction) {
        Ok(Sum(text.to_owned()))
    } else {
        Err(format!("`{text}` is not a decimal sum such as 158.00"))
    }
});

/// A stretch of time: `45m`, `3h`, `2d`, or several of them in a row.
pub(super) struct Span(pub(super) SignedDuration);
from_scalar!(Span, |text| {
    let fault = || format!("`{text}` is not a stretch of time such as 45m, 3h or 2d");
    let mut minutes = 0_i64;
    let mut number = String::new();
    for character in text.chars() {
        if character.is_ascii_digit() {
            number.push(character);
            continue;
        }
        let unit = match character {
            'm' => 1,
            'h' => 60,
            'd' => 24 * 60,
            _ => return Err(fault()),
        };
        let count: i64 = number.parse().map_err(|_| fault())?;
        minutes = count.checked_mul(unit).and_then(|more| minutes.checked_add(more)).ok_or_else(fault)?;
        number.clear();
    }
    if minutes == 0 || !number.is_empty() || minutes > 10 * 366 * 24 * 60 {
        return Err(fault());
    }
    Ok(Span(SignedDuration::from_mins(minutes)))
});

pub(super) struct Hours(pub(super) OpeningHours);

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Days;
        impl<'de> Visitor<'de> for Days {
            type Value = Hours;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("days with hours, such as mon-fri: \"10:00-18:00\"")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Hours, A::Error> {
                let mut entries = Vec::new();
                while let Some((days, OneOrMore(times))) = map.next_entry::<String, OneOrMore<String>>()? {
                    let entry = (days, times.join(","));
                    OpeningHours::parse([(entry.0.as_str(), entry.1.as_str())]).map_err(de::Error::custom)?;
                    entries.push(entry);
                }
                let entries = entries.iter().map(|(days, times)| (days.as_str(), times.as_str()));
                OpeningHours::parse(entries).map(Hours).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_map(Days)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or a list of texts")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                T::deserialize(de::value::StrDeserializer::new(text)).map(|item| OneOrMore(vec![item]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    items.push(item);
                }
                Ok(OneOrMore(items))
            }
        }
        deserializer.deserialize_any(Items(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for ExpectedBooking {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Booking;
        impl<'de> Visitor<'de> for Booking {
            type Value = ExpectedBooking;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("`none` or parts of a booking (kind, city, at, before)")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                if text == "none" {
                    Ok(ExpectedBooking::None)
                } else {
                    Err(de::Error::custom(format!("booking is `none` or a map, not `{text}`")))
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                BookingParts::deserialize(de::value::MapAccessDeserializer::new(map)).map(ExpectedBooking::Some)
            }
        }
        deserializer.deserialize_any(Booking)
    }
}
