//! Lists of rows, written at once.
//!
//! async-graphql makes a future and a map entry of every field of every row. A list of rows whose asked fields need nothing but
//! the row itself, or one more row that was read for all of them together, is written as JSON instead: what is asked is looked
//! up once for the list and then walked for every row. Anything else goes the library's way, with the same result
//! (`api/tests/it/gql_written.rs` compares them), and so does a list in which something went wrong, so that errors come from
//! one place.
//!
//! Which fields these are is said by [`row!`].

use super::request::{anybody, writes_lists};
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::EnumType;
use async_graphql::{
    Context, ContextSelectionSet, ID, Name, OutputType, Positioned, SelectionField, ServerResult, Value,
};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use service::access::{self, CompanyScope, RowOf, TenantEntity};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// What JSON is written to.
pub(crate) type Json = String;
/// Writes one field of a row.
pub(crate) type Leaf<T> = fn(&Context<'_>, &T, &mut Json);
/// Each row's JSON of what a field leads to; none when that cannot be told for one of them.
type Led<'a> = BoxFuture<'a, Option<Vec<Arc<str>>>>;

/// A field that leads to one other row.
pub(crate) struct Edge<T> {
    /// Whether what is asked of that row can be written at once.
    pub(crate) can: fn(&[SelectionField<'_>]) -> bool,
    /// Reads those rows together and writes them.
    pub(crate) lead: for<'a> fn(&'a Context<'_>, &'a [&'a T], &'a [SelectionField<'a>]) -> Led<'a>,
}

/// A type whose lists are written at once where that is possible.
pub(crate) trait Row: OutputType + Sized {
    /// The field of this name, where it needs nothing but the row.
    fn leaf(_field: &str) -> Option<Leaf<Self>> {
        None
    }

    /// The field of this name, where it leads to one other row.
    fn edge(_field: &str) -> Option<Edge<Self>> {
        None
    }
}

/// Names the fields of an object that need nothing but the row, and those that lead to one other row. The fields are the
/// object's own methods; the ones named first never wait.
macro_rules! row {
    ($object:ident { $($field:ident),* $(,)? } $(leads { $($edge:ident: $to:ty),* $(,)? })?) => {
        impl $crate::graphql::written::Row for $object {
            fn leaf(field: &str) -> Option<$crate::graphql::written::Leaf<Self>> {
                $(
                    if $crate::graphql::written::is_named(field, stringify!($field)) {
                        return Some(|ctx, row, json| $crate::graphql::written::write_now(row.$field(ctx), json));
                    }
                )*
                None
            }

            $(
                fn edge(field: &str) -> Option<$crate::graphql::written::Edge<Self>> {
                    $(
                        if $crate::graphql::written::is_named(field, stringify!($edge)) {
                            return Some($crate::graphql::written::Edge::to::<$to>());
                        }
                    )*
                    None
                }
            )?
        }
    };
}
pub(crate) use row;

/// Writes what a field answers at once.
pub(crate) fn write_now<T: Write>(field: impl Future<Output = async_graphql::Result<T>>, json: &mut Json) {
    match field.now_or_never() {
        Some(Ok(value)) => value.write(json),
        // A plain field neither waits nor fails.
        _ => json.push_str("null"),
    }
}

/// Whether a field of the schema is this one of ours: `lastMessageAt` is `last_message_at`.
pub(crate) fn is_named(field: &str, ours: &str) -> bool {
    let mut field = field.bytes();
    let mut after_line = false;
    for byte in ours.bytes() {
        if byte == b'_' {
            after_line = true;
            continue;
        }
        let wanted = if after_line { byte.to_ascii_uppercase() } else { byte };
        after_line = false;
        if field.next() != Some(wanted) {
            return false;
        }
    }
    field.next().is_none()
}

/// A value of the schema as JSON.
pub(crate) trait Write {
    /// Writes it.
    fn write(&self, json: &mut Json);
}

impl Write for str {
    fn write(&self, json: &mut Json) {
        json.push('"');
        let mut from = 0;
        for (at, byte) in self.bytes().enumerate() {
            // RFC 8259 §7: only these must be escaped.
            let escaped = match byte {
                b'"' => "\\\"",
                b'\\' => "\\\\",
                b'\n' => "\\n",
                b'\r' => "\\r",
                b'\t' => "\\t",
                0..0x20 => "",
                _ => continue,
            };
            json.push_str(&self[from..at]);
            from = at + 1;
            if escaped.is_empty() {
                let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
                json.extend(['\\', 'u', '0', '0', digit(byte >> 4), digit(byte & 15)]);
            } else {
                json.push_str(escaped);
            }
        }
        json.push_str(&self[from..]);
        json.push('"');
    }
}

impl Write for &str {
    fn write(&self, json: &mut Json) {
        (**self).write(json);
    }
}

impl Write for String {
    fn write(&self, json: &mut Json) {
        self.as_str().write(json);
    }
}

impl Write for ID {
    fn write(&self, json: &mut Json) {
        self.0.write(json);
    }
}

impl Write for bool {
    fn write(&self, json: &mut Json) {
        json.push_str(if *self { "true" } else { "false" });
    }
}

impl Write for i32 {
    fn write(&self, json: &mut Json) {
        json.push_str(&self.to_string());
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, json: &mut Json) {
        match self {
            Some(value) => value.write(json),
            None => json.push_str("null"),
        }
    }
}

/// Writes a member of an enum of the schema.
pub(crate) fn write_member<T: EnumType>(member: T, json: &mut Json) {
    let name = T::items().iter().find(|item| item.value == member).map_or("", |item| item.name);
    name.write(json);
}

/// A field that is asked for, once under each of its names in the answer, with all that is asked of it.
struct Asked<'a> {
    key: &'a str,
    name: &'a str,
    parts: Vec<SelectionField<'a>>,
}

/// The fields below these, each key once (the specification's "CollectFields" and "MergeSelectionSets").
fn asked<'a>(of: &[SelectionField<'a>]) -> Vec<Asked<'a>> {
    let mut all: Vec<Asked<'a>> = Vec::new();
    for field in of.iter().flat_map(SelectionField::selection_set) {
        let key = field.alias().unwrap_or_else(|| field.name());
        match all.iter_mut().find(|one| one.key == key) {
            Some(one) => one.parts.push(field),
            None => all.push(Asked { key, name: field.name(), parts: vec![field] }),
        }
    }
    all
}

const TYPE: &str = "__typename";

/// Whether all that is asked of a row needs nothing but the row.
fn only_leaves<T: Row>(of: &[SelectionField<'_>]) -> bool {
    of.iter()
        .flat_map(SelectionField::selection_set)
        .all(|field| field.name() == TYPE || T::leaf(field.name()).is_some())
}

/// What is written after the key of a field.
enum Step<T> {
    Type,
    Leaf(Leaf<T>),
    /// For each row.
    Led(Vec<Arc<str>>),
}

/// Writes a row's fields.
fn write_row<T: Row>(ctx: &Context<'_>, steps: &[(String, Step<T>)], at: usize, row: &T, json: &mut Json) {
    for (key, step) in steps {
        json.push_str(key);
        match step {
            Step::Type => T::type_name().as_ref().write(json),
            Step::Leaf(leaf) => leaf(ctx, row, json),
            Step::Led(led) => json.push_str(&led[at]),
        }
    }
    json.push('}');
}

/// How a field begins: `{"id":` the first, `,"id":` the others.
fn begin(at: usize, key: &str) -> String {
    let mut text = String::from(if at == 0 { '{' } else { ',' });
    key.write(&mut text);
    text.push(':');
    text
}

/// The rows as a list of JSON; none when that cannot be done.
async fn list<T: Row>(ctx: &Context<'_>, rows: &[&T]) -> Option<Json> {
    if !writes_lists(ctx) {
        return None;
    }
    let fields = asked(&[ctx.field()]);
    // Nothing is read before it is clear that all can be written.
    let can = |field: &Asked<'_>| {
        field.name == TYPE
            || T::leaf(field.name).is_some()
            || T::edge(field.name).is_some_and(|edge| (edge.can)(&field.parts))
    };
    if fields.is_empty() || !fields.iter().all(can) {
        return None;
    }
    let mut steps = Vec::with_capacity(fields.len());
    for (at, field) in fields.iter().enumerate() {
        let step = if field.name == TYPE {
            Step::Type
        } else if let Some(leaf) = T::leaf(field.name) {
            Step::Leaf(leaf)
        } else {
            Step::Led((T::edge(field.name)?.lead)(ctx, rows, &field.parts).await?)
        };
        steps.push((begin(at, field.key), step));
    }
    let mut json = Json::with_capacity(rows.len() * 512);
    json.push('[');
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            json.push(',');
        }
        write_row(ctx, &steps, at, row, &mut json);
    }
    json.push(']');
    Some(json)
}

/// Whether what is asked of rows of this type can be written at once.
fn can<T: Row>(parts: &[SelectionField<'_>]) -> bool {
    only_leaves::<T>(parts)
}

/// Says of rows of one type which row of another a field of theirs leads to.
pub(crate) trait Leads<To: Row>: Row {
    /// The other's table.
    type Table: TenantEntity<Model: Send + Sync> + 'static;

    /// The right to see it, and which.
    fn lead(&self) -> (&CompanyScope, Uuid);

    /// The other, of its row.
    fn arrive(scope: &CompanyScope, row: RowOf<Self::Table>) -> To;
}

impl<T> Edge<T> {
    /// The edge to the other type.
    pub(crate) fn to<To: Row + 'static>() -> Self
    where
        T: Leads<To> + 'static,
    {
        Self { can: can::<To>, lead: |ctx, rows, parts| follow::<T, To>(ctx, rows, parts).boxed() }
    }
}

/// Reads the rows that others lead to, each once, and writes what is asked of them.
async fn follow<From: Leads<To>, To: Row + 'static>(
    ctx: &Context<'_>,
    rows: &[&From],
    parts: &[SelectionField<'_>],
) -> Option<Vec<Arc<str>>> {
    let mut steps = Vec::new();
    for (at, field) in asked(parts).iter().enumerate() {
        let step = if field.name == TYPE { Step::Type } else { Step::Leaf(To::leaf(field.name)?) };
        steps.push((begin(at, field.key), step));
    }
    let Some((scope, _)) = rows.first().map(|row| row.lead()) else { return Some(Vec::new()) };
    if rows.iter().any(|row| row.lead().0 != scope) {
        return None;
    }
    let ids: HashSet<Uuid> = rows.iter().map(|row| row.lead().1).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found = access::many::<From::Table>(anybody(ctx).ok()?, scope, &ids).await.ok()?;
    let mut written: HashMap<Uuid, Arc<str>> = HashMap::with_capacity(found.len());
    for row in found {
        let (id, mut json) = (From::Table::id(&row), Json::new());
        write_row(ctx, &steps, 0, &From::arrive(scope, row), &mut json);
        written.insert(id, json.into());
    }
    rows.iter().map(|row| written.get(&row.lead().1).cloned()).collect()
}

/// The rows of a list.
pub(crate) enum Nodes<'a, T> {
    /// As JSON.
    Written(Json),
    /// To be resolved by the library.
    Rows(Vec<&'a T>),
}

impl<'a, T: Row> Nodes<'a, T> {
    /// Writes them where that is possible.
    pub(crate) async fn of(ctx: &Context<'_>, rows: Vec<&'a T>) -> Self {
        match list(ctx, &rows).await {
            Some(json) => Self::Written(json),
            None => Self::Rows(rows),
        }
    }
}

impl<T: Row> OutputType for Nodes<'_, T> {
    fn type_name() -> Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Written(json) => {
                let raw = Name::new(async_graphql_value::RAW_VALUE_TOKEN);
                Ok(Value::Object([(raw, Value::String(json.clone()))].into_iter().collect()))
            }
            Self::Rows(rows) => rows.resolve(ctx, field).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Write as _, is_named};
    use proptest::prelude::*;

    #[test]
    fn finds_a_field_by_its_name_in_the_schema() {
        assert!(is_named("lastMessageAt", "last_message_at"));
        assert!(is_named("id", "id"));
        for other in ["lastMessage", "lastMessageAtAll", "last_message_at", "LastMessageAt", ""] {
            assert!(!is_named(other, "last_message_at"), "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_text_is_read_as_it_was_written(text in "\\PC*|[\u{0}-\u{7f}]*|.*") {
            let mut json = String::new();
            text.as_str().write(&mut json);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
