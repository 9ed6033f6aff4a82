//! Documents that were asked before: parsed once. A client sends the same few again and again.

use async_graphql::Request;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use lru::LruCache;
use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// So many are kept. One takes up some ten times its own length.
const MOST: NonZeroUsize = NonZeroUsize::new(200).unwrap();
/// Longer ones are not.
const LONGEST: usize = 8 * 1024;

/// The documents of a schema.
#[derive(Clone)]
pub(super) struct Documents(Arc<Mutex<LruCache<String, Arc<Known>>>>);

/// A document that was asked before.
struct Known {
    parsed: ExecutableDocument,
    writes_lists: bool,
}

/// Goes with a request: whether its lists may be written at once ([`super::written`]).
pub(super) struct WritesLists(pub(super) bool);

impl Default for Documents {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(LruCache::new(MOST))))
    }
}

impl Documents {
    /// Gives a request its document as parsed before. One that cannot be parsed is left to be refused.
    pub(super) fn known(&self, mut request: Request) -> Request {
        let keep = request.query.len() <= LONGEST;
        let known = if keep { self.lock().get(request.query.as_str()).cloned() } else { None };
        let known = match known {
            Some(known) => known,
            None => {
                let Ok(parsed) = parse_query(&request.query) else { return request };
                let known = Arc::new(Known { writes_lists: writes_lists(&parsed), parsed });
                if keep {
                    self.lock().put(request.query.clone(), Arc::clone(&known));
                }
                known
            }
        };
        request.set_parsed_query(known.parsed.clone());
        request.data(WritesLists(known.writes_lists))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LruCache<String, Arc<Known>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The field of a connection that is written at once.
const NODES: &str = "nodes";

/// Whether no list of a document is asked for in two parts that the library would have to put together, which it cannot do with
/// what is already text. Told from the document as it is written: when in doubt, no.
fn writes_lists(document: &ExecutableDocument) -> bool {
    let mut keys = HashSet::new();
    let operations: Vec<&SelectionSet> = match &document.operations {
        DocumentOperations::Single(one) => vec![&one.node.selection_set.node],
        DocumentOperations::Multiple(many) => many.values().map(|one| &one.node.selection_set.node).collect(),
    };
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    operations.into_iter().chain(fragments).all(|set| apart(set, None, &mut keys))
}

/// Whether each list is below a key that is found once in the document.
fn apart<'a>(set: &'a SelectionSet, key: Option<&'a str>, keys: &mut HashSet<&'a str>) -> bool {
    let (mut lists, mut others) = (0, false);
    for selection in &set.items {
        let below = match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                lists += usize::from(field.name.node.as_str() == NODES);
                apart(&field.selection_set.node, Some(field.response_key().node.as_str()), keys)
            }
            Selection::InlineFragment(fragment) => {
                others = true;
                apart(&fragment.node.selection_set.node, None, keys)
            }
            Selection::FragmentSpread(_) => {
                others = true;
                true
            }
        };
        if !below {
            return false;
        }
    }
    lists == 0 || lists == 1 && !others && key.is_some_and(|key| keys.insert(key))
}

#[cfg(test)]
mod tests {
    use super::writes_lists;
    use async_graphql::parser::parse_query;

    #[test]
    fn lists_that_are_asked_in_parts_are_left_to_the_library() {
        for (document, written) in [
            ("{ company { conversations { nodes { id } } orders { nodes { id } } } }", true),
            ("{ company { conversations { nodes { ...A } pageInfo { endCursor } } } } fragment A on B { id }", true),
            ("{ company { ...A } } fragment A on B { conversations { nodes { id } } }", true),
            ("{ company { conversations { nodes { id } nodes { name } } } }", false),
            ("{ company { conversations { nodes { id } ...A } } } fragment A on B { nodes { name } }", false),
            ("{ company { conversations { nodes { id } ... { totalCount } } } }", false),
            ("{ company { conversations { ... { nodes { id } } } } }", false),
            ("{ company { conversations { nodes { id } } } company { conversations { nodes { name } } } }", false),
            (
                "{ company { conversations { nodes { id } } ...A } } fragment A on B { conversations { nodes { name } } }",
                false,
            ),
            ("{ company { a: conversations { nodes { id } } b: conversations { nodes { name } } } }", true),
        ] {
            assert_eq!(writes_lists(&parse_query(document).unwrap()), written, "{document}");
        }
    }
}
