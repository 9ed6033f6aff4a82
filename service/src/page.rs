//! Keyset pages, the same for every list: newest first by (time, id), forward and back.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::time::Time;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

/// A page without a size has so many rows.
pub const DEFAULT_SIZE: u64 = 50;
/// The most rows a page may have.
pub const MAX_SIZE: u64 = 100;

/// Which part of a list: Relay's four arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// So many from the start, or after `after`.
    pub first: Option<i64>,
    /// Cursor.
    pub after: Option<String>,
    /// So many from the end, or before `before`.
    pub last: Option<i64>,
    /// Cursor.
    pub before: Option<String>,
    /// Whether the whole list is to be counted too.
    pub count: bool,
}

/// Part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, in the list's order, each with its cursor.
    pub rows: Vec<(String, T)>,
    /// Whether rows follow.
    pub has_next: bool,
    /// Whether rows come before.
    pub has_previous: bool,
    /// How many rows the whole list has, where that was asked for.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// The same page of other things.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|(cursor, row)| (cursor, change(row))).collect(),
            has_next: self.has_next,
            has_previous: self.has_previous,
            total: self.total,
        }
    }
}

/// The checked form of a [`PageRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// How many rows.
    pub size: u64,
    /// Whether the page is read from the end.
    pub backward: bool,
}

impl PageRequest {
    /// Checks the numbers: 1 to 100 rows, not both directions.
    ///
    /// # Errors
    /// `Invalid` with the argument's name.
    pub fn window(&self) -> Result<Window> {
        let size = |name: &str, value: i64| match u64::try_from(value) {
            Ok(size @ 1..=MAX_SIZE) => Ok(size),
            _ => Err(Error::invalid(name, "OUT_OF_RANGE", format!("{name} must be between 1 and {MAX_SIZE}."))),
        };
        match (self.first, self.last) {
            (Some(_), Some(_)) => Err(Error::invalid("last", "BOTH_DIRECTIONS", "Give first or last, not both.")),
            (None, Some(last)) => Ok(Window { size: size("last", last)?, backward: true }),
            (Some(first), None) => Ok(Window { size: size("first", first)?, backward: false }),
            (None, None) => Ok(Window { size: DEFAULT_SIZE, backward: false }),
        }
    }
}

/// The cursor of a row.
#[must_use]
pub fn cursor(time: Time, id: Uuid) -> String {
    format!("{:x}.{}", time.0, id.simple())
}

/// Reads a cursor.
///
/// # Errors
/// `Invalid` with the argument's name.
pub fn parse_cursor(name: &str, text: &str) -> Result<(Time, Uuid)> {
    let parse = || {
        let (time, id) = text.split_once('.')?;
        Some((Time(i64::from_str_radix(time, 16).ok()?), Uuid::try_parse(id).ok()?))
    };
    parse().ok_or_else(|| Error::invalid(name, "INVALID", format!("{name} is not a cursor of this list.")))
}

/// Reads one page of a list that is sorted newest first.
///
/// # Errors
/// `Invalid` for a page that is none.
pub async fn newest_first<E, C>(
    ctx: &Ctx,
    scope: &CompanyScope,
    find: Select<E>,
    time: C,
    id: C,
    page: &PageRequest,
    key: impl Fn(&E::Model) -> (Time, Uuid),
) -> Result<Page<E::Model>>
where
    E: EntityTrait<Column = C>,
    E::Model: FromQueryResult + Send + Sync,
    C: ColumnTrait,
{
    let window = page.window()?;
    let total = match page.count {
        true => Some(find.clone().count(&ctx.db().read(scope)).await?),
        false => None,
    };
    let mut find = find;
    let older = |(at, row): (Time, Uuid)| {
        Condition::any().add(time.lt(at)).add(Condition::all().add(time.eq(at)).add(id.lt(row)))
    };
    let newer = |(at, row): (Time, Uuid)| {
        Condition::any().add(time.gt(at)).add(Condition::all().add(time.eq(at)).add(id.gt(row)))
    };
    if let Some(after) = &page.after {
        find = find.filter(older(parse_cursor("after", after)?));
    }
    if let Some(before) = &page.before {
        find = find.filter(newer(parse_cursor("before", before)?));
    }
    find = if window.backward {
        find.order_by_asc(time).order_by_asc(id)
    } else {
        find.order_by_desc(time).order_by_desc(id)
    };
    let mut rows = find.limit(window.size + 1).all(&ctx.db().read(scope)).await?;
    let more = rows.len() as u64 > window.size;
    rows.truncate(usize::try_from(window.size).unwrap_or(usize::MAX));
    if window.backward {
        rows.reverse();
    }
    let (has_next, has_previous) =
        if window.backward { (page.before.is_some(), more) } else { (more, page.after.is_some()) };
    let rows = rows
        .into_iter()
        .map(|row| {
            let (at, id) = key(&row);
            (cursor(at, id), row)
        })
        .collect();
    Ok(Page { rows, has_next, has_previous, total })
}
