//! The GraphQL API. Every resolver passes `service::access` first, calls one use case and maps; it holds no rule of its own.
//!
//! The schema knows no engine: who asks and the loaders come with each request ([`request_data`]).

mod audience;
mod documents;
mod error;
mod id;
mod loader;
mod mutation;
mod page;
mod query;
mod request;
mod scalar;
mod subscription;
mod types;
mod written;

pub use audience::{Deliveries, Delivery, Outcome};
pub use request::{Installation, RequestData, SessionSink, SetSession, request_data};

use async_graphql::{Request, Response, SDLExportOptions, Schema};
use audience::{Audiences, Entrance};
use documents::Documents;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use mutation::Mutation;
use query::Query;
use service::ctx::Ctx;
use std::sync::Arc;
use subscription::Subscription;

/// How deep a document may go.
pub const MAX_DEPTH: usize = 12;
/// What a document may cost: a field is 1, a list its children times its size.
pub const MAX_COMPLEXITY: usize = 20_000;
/// How deep selections may be nested while they are parsed, before anything else is looked at.
const MAX_RECURSION: usize = 32;
/// How many directives a field may have.
pub const MAX_DIRECTIVES: usize = 5;

/// The schema of the API. Cheap to clone; one a process is enough.
#[derive(Clone)]
pub struct X8Schema {
    inner: Schema<Query, Mutation, Subscription>,
    audiences: Audiences,
    documents: Documents,
}

/// Builds the schema.
#[must_use]
pub fn schema() -> X8Schema {
    let inner = Schema::build(Query, Mutation::default(), Subscription)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .limit_recursive_depth(MAX_RECURSION)
        .limit_directives(MAX_DIRECTIVES)
        .disable_suggestions()
        .finish();
    X8Schema { inner, audiences: Audiences::default(), documents: Documents::default() }
}

/// The schema as SDL, for `x8 schema`: the same text every time.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    let text = schema().inner.sdl_with_options(options);
    format!("{}\n", text.trim())
}

impl X8Schema {
    /// Runs one operation and gives its errors their codes. What happens to the session's cookie is in the data's
    /// [`sink`](RequestData::sink) afterwards.
    pub async fn execute(&self, data: RequestData, request: Request) -> Response {
        let request_id = data.ctx().new_id();
        let mut response = self.inner.execute(data.attach(self.documents.known(request))).await;
        error::finish(&mut response, request_id);
        response
    }

    /// Runs a subscription, or an operation over a socket, in the same way.
    #[must_use]
    pub fn stream(&self, data: RequestData, request: Request) -> BoxStream<'static, Outcome> {
        let ctx: Ctx = data.ctx().clone();
        let entrance = Arc::new(Entrance::new(self, &request, data.reader(), data.told_installation()));
        let own = self
            .inner
            .execute_stream(data.attach(self.documents.known(request)).data(Arc::clone(&entrance)))
            .map(move |mut response| {
                error::finish(&mut response, ctx.new_id());
                Outcome::Answer(Arc::new(response))
            });
        // What took a place where many are told the same goes on from there.
        let told = futures::stream::once(async move { entrance.take() })
            .filter_map(|told| async move { told.map(Outcome::Told) });
        own.chain(told).boxed()
    }
}

impl std::fmt::Debug for X8Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("X8Schema")
    }
}
