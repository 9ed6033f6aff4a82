//! The program to the outside, on SQLite and on PostgreSQL.

mod gql_schema;
