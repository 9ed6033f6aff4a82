//! Keyset pages, the same for every list: newest first by (time, id), forward and back.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::time::Time;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, Selector,
    SelectorTrait,
    sea_query::{Expr, ExprTrait as _},
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

/// Where rows stand in a list. Compared as one value, an index leads straight to a place however far back it is; as two
/// conditions with OR, all rows before it are read (PostgreSQL's manual 9.25.5, SQLite's "Row Values").
pub(crate) fn place(time: impl ColumnTrait, id: impl ColumnTrait) -> Expr {
    Expr::tuple([time.into_expr(), id.into_expr()])
}

/// The place of a cursor.
pub(crate) fn place_of((time, id): (Time, Uuid)) -> Expr {
    Expr::tuple([Expr::val(time), Expr::val(id)])
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
    E::Model: FromQueryResult + Clone + Send + Sync,
    C: ColumnTrait,
{
    newest_first_as(ctx, scope, find, (time, id), page, Select::into_model, key).await
}

/// The same of rows that are made into something else than all of their columns.
///
/// # Errors
/// `Invalid` for a page that is none.
pub(crate) async fn newest_first_as<E, C, S>(
    ctx: &Ctx,
    scope: &CompanyScope,
    find: Select<E>,
    (time, id): (C, C),
    page: &PageRequest,
    made: impl FnOnce(Select<E>) -> Selector<S>,
    key: impl Fn(&S::Item) -> (Time, Uuid),
) -> Result<Page<S::Item>>
where
    E: EntityTrait<Column = C>,
    E::Model: FromQueryResult + Send + Sync,
    C: ColumnTrait,
    S: SelectorTrait<Item: Clone + Send + Sync + 'static>,
{
    let window = page.window()?;
    let total = match page.count {
        true => Some(find.clone().count(&ctx.db().read(scope)).await?),
        false => None,
    };
    let mut find = find;
    if let Some(after) = &page.after {
        find = find.filter(place(time, id).lt(place_of(parse_cursor("after", after)?)));
    }
    if let Some(before) = &page.before {
        find = find.filter(place(time, id).gt(place_of(parse_cursor("before", before)?)));
    }
    find = if window.backward {
        find.order_by_asc(time).order_by_asc(id)
    } else {
        find.order_by_desc(time).order_by_desc(id)
    };
    let mut rows = ctx.db().read(scope).all(made(find.limit(window.size + 1))).await?;
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
