//! The program to the outside: GraphQL, webhooks, files, pages. Decodes, calls one use case of `service`, maps.

pub mod graphql;
pub mod http;
