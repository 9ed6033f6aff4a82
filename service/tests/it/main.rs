//! The use cases on a real database, SQLite and PostgreSQL.

mod catalog_broken;
mod catalog_edit;
mod catalog_files;
mod catalog_import;
mod catalog_publish;
mod catalog_support;
