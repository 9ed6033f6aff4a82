//! The program to the outside: GraphQL, webhooks, files, pages. Decodes, calls one use case of `service`, maps.

pub mod graphql;
pub mod http;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use graphql::{Installation, Outcome, RequestData, SetSession, X8Schema, request_data};
use http::{Answer, Graph, Operation, SessionChange};

/// The GraphQL API behind the HTTP server.
#[derive(Debug)]
pub struct Api {
    schema: X8Schema,
    installation: Installation,
}

impl Api {
    /// The API of an installation.
    #[must_use]
    pub fn new(installation: Installation) -> Self {
        Self { schema: graphql::schema(), installation }
    }

    fn data(&self, operation: &Operation) -> RequestData {
        request_data(operation.ctx.clone())
            .from(operation.from.as_str())
            .language(operation.language)
            .installation(self.installation)
    }
}

impl Graph for Api {
    fn execute(&self, operation: Operation) -> BoxFuture<'static, Answer> {
        let data = self.data(&operation);
        let sink = data.sink();
        let schema = self.schema.clone();
        async move {
            let response = schema.execute(data, operation.request).await;
            let session = sink.take().map(|change| match change {
                SetSession::Begin(token) => SessionChange::Begin(token),
                SetSession::End => SessionChange::End,
            });
            Answer { response, session }
        }
        .boxed()
    }

    fn stream(&self, operation: Operation) -> BoxStream<'static, Outcome> {
        let data = self.data(&operation);
        self.schema.stream(data, operation.request)
    }

    fn sdl(&self) -> String {
        graphql::sdl()
    }
}
