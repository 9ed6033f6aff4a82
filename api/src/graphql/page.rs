//! Lists as connections: forward and back by cursors, at most 100 at once.

use async_graphql::{Context, OutputType, SimpleObject};
use service::page::{DEFAULT_SIZE, MAX_SIZE, Page, PageRequest};

use super::scalar::count;
use super::types::{
    Booking, CatalogueRow, CatalogueVersion, Contact, Conversation, Import, Job, Media, Message, Order, Payment,
    RowProblem, Turn,
};
use super::written::{Nodes, Row};

impl Row for Turn {}
impl Row for Order {}
impl Row for Payment {}
impl Row for Booking {}
impl Row for Import {}
impl Row for Job {}
impl Row for Media {}
impl Row for CatalogueVersion {}
impl Row for CatalogueRow {}
impl Row for RowProblem {}

/// Where a page of a list lies within it.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether more follows.
    has_next_page: bool,
    /// Whether something comes before.
    has_previous_page: bool,
    /// Cursor of the first node; null when there is none.
    start_cursor: Option<String>,
    /// Cursor of the last node; null when there is none.
    end_cursor: Option<String>,
}

/// A node with its place.
pub(crate) struct Edge<T> {
    cursor: String,
    node: T,
}

/// A node with its place in the list.
#[async_graphql::Object(
    concrete(name = "ConversationEdge", params(Conversation)),
    concrete(name = "MessageEdge", params(Message)),
    concrete(name = "TurnEdge", params(Turn)),
    concrete(name = "ContactEdge", params(Contact)),
    concrete(name = "OrderEdge", params(Order)),
    concrete(name = "PaymentEdge", params(Payment)),
    concrete(name = "BookingEdge", params(Booking)),
    concrete(name = "ImportEdge", params(Import)),
    concrete(name = "JobEdge", params(Job)),
    concrete(name = "MediaEdge", params(Media)),
    concrete(name = "CatalogueVersionEdge", params(CatalogueVersion)),
    concrete(name = "CatalogueRowEdge", params(CatalogueRow)),
    concrete(name = "RowProblemEdge", params(RowProblem))
)]
impl<T: OutputType> Edge<T> {
    /// For `after` and `before`.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The node.
    async fn node(&self) -> &T {
        &self.node
    }
}

/// Part of a list.
pub(crate) struct Connection<T> {
    edges: Vec<Edge<T>>,
    info: PageInfo,
    total: Option<u64>,
}

impl<T> Connection<T> {
    /// A page of rows, made into nodes.
    pub(crate) fn of<R>(page: Page<R>, mut node: impl FnMut(R) -> T) -> Self {
        let info = PageInfo {
            has_next_page: page.has_next,
            has_previous_page: page.has_previous,
            start_cursor: page.rows.first().map(|(cursor, _)| cursor.clone()),
            end_cursor: page.rows.last().map(|(cursor, _)| cursor.clone()),
        };
        let edges = page.rows.into_iter().map(|(cursor, row)| Edge { cursor, node: node(row) }).collect();
        Self { edges, info, total: page.total }
    }
}

/// Part of a list.
#[async_graphql::Object(
    concrete(name = "ConversationConnection", params(Conversation)),
    concrete(name = "MessageConnection", params(Message)),
    concrete(name = "TurnConnection", params(Turn)),
    concrete(name = "ContactConnection", params(Contact)),
    concrete(name = "OrderConnection", params(Order)),
    concrete(name = "PaymentConnection", params(Payment)),
    concrete(name = "BookingConnection", params(Booking)),
    concrete(name = "ImportConnection", params(Import)),
    concrete(name = "JobConnection", params(Job)),
    concrete(name = "MediaConnection", params(Media)),
    concrete(name = "CatalogueVersionConnection", params(CatalogueVersion)),
    concrete(name = "CatalogueRowConnection", params(CatalogueRow)),
    concrete(name = "RowProblemConnection", params(RowProblem))
)]
impl<T: Row> Connection<T>
where
    Edge<T>: OutputType,
{
    /// The nodes with their cursors.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The nodes alone.
    async fn nodes(&self, ctx: &Context<'_>) -> Nodes<'_, T> {
        Nodes::of(ctx, self.edges.iter().map(|edge| &edge.node).collect()).await
    }

    /// Where this page lies.
    async fn page_info(&self) -> &PageInfo {
        &self.info
    }

    /// How many nodes the whole list has; null where they are not counted.
    async fn total_count(&self) -> Option<i32> {
        self.total.map(count)
    }
}

/// The page that the four arguments of a list ask for.
pub(crate) fn request(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> PageRequest {
    PageRequest {
        first: first.map(Into::into),
        after,
        last: last.map(Into::into),
        before,
        count: ctx.look_ahead().field("totalCount").exists(),
    }
}

/// What a list costs before it is read: its children for every node it may have. A size that will be refused counts as the
/// largest.
pub(crate) fn cost(first: Option<i32>, last: Option<i32>, child_complexity: usize) -> usize {
    let size = |value: i32| u64::try_from(value).unwrap_or(MAX_SIZE).min(MAX_SIZE);
    let nodes = first.into_iter().chain(last).map(size).max().unwrap_or(DEFAULT_SIZE);
    usize::try_from(nodes).unwrap_or(usize::MAX).saturating_mul(child_complexity).saturating_add(1)
}
