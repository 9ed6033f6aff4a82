//! The API over documents, and the server over a real listener with a real client on the other end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails, with the place")]

mod gql_attack;
mod gql_demo;
mod gql_limits;
mod gql_live;
mod gql_schema;
mod gql_support;
mod gql_sweep;
mod gql_work;
mod gql_written;
mod http_client;
mod http_files;
mod http_graphql;
mod http_hostile;
mod http_media;
mod http_oauth;
mod http_pay;
mod http_socket;
mod http_support;
mod http_web;
mod http_widget;
