//! The server over a real listener, a real client on the other end.

mod http_files;
mod http_graphql;
mod http_pay;
mod http_socket;
mod http_support;
mod http_web;
mod http_widget;
