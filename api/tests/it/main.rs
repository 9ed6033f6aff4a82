//! The server over a real listener, a real client on the other end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails, with the place")]

mod http_files;
mod http_graphql;
mod http_pay;
mod http_socket;
mod http_support;
mod http_web;
mod http_widget;
