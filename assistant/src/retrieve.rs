//! Retrieval over one published catalogue version: tantivy in RAM, stemming for the four languages, typing errors
//! forgiven, names in another script and another language matched.

use domain::catalog::Item;
use std::sync::Arc;

/// One published version: its items and the index over them. Built once a version and shared by all turns.
#[derive(Debug)]
pub struct CatalogueIndex {
    items: Vec<Arc<Item>>,
}

/// An item that a search found.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The row.
    pub item: Arc<Item>,
    /// Above 0; comparable within one search only.
    pub score: f32,
}

impl CatalogueIndex {
    /// stub
    #[must_use]
    pub fn build(items: Vec<Item>) -> Self { Self { items: items.into_iter().map(Arc::new).collect() } }
    /// All items in the file's order.
    #[must_use]
    pub fn items(&self) -> &[Arc<Item>] {
        &self.items
    }
}
