//! The program to the outside, on SQLite and on PostgreSQL.

mod gql_limits;
mod gql_live;
mod gql_schema;
mod gql_support;
mod gql_sweep;
mod gql_work;
