//! The schema, one file a change, forward and back, the same on SQLite and PostgreSQL.
//!
//! Expand and contract: a release only adds; what is unused is dropped in the next one (reliability.md case 80).

#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait of sea-orm-migration is written with the elided form, and async_trait binds it early"
)]

pub use sea_orm_migration::prelude::*;

mod indexes;
mod m20261121_0001_people;
mod m20261121_0002_catalogue;
mod m20261121_0003_commerce;
mod m20261121_0004_work;
mod m20261130_0005_lists;

/// All changes, in their order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_0001_people::Migration),
            Box::new(m20261121_0002_catalogue::Migration),
            Box::new(m20261121_0003_commerce::Migration),
            Box::new(m20261121_0004_work::Migration),
            Box::new(m20261130_0005_lists::Migration),
        ]
    }
}
