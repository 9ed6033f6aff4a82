//! The schema, one file a change, forward and back, the same on SQLite and PostgreSQL.
//!
//! Expand and contract: a release only adds; what is unused is dropped in the next one (reliability.md case 80). Each change
//! is one transaction together with its mark, on both databases: one that was cut off half-way was not begun.

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
mod m20261130_0101_catalogue_revision;
mod m20261130_0102_providers;
mod m20261130_0103_lists;
mod m20261130_0110_integrations;
mod m20261130_0131_model_use;
mod m20261130_0301_sessions;
mod m20261130_0310_mail;
mod m20261130_0320_buttons;
mod m20261130_0320_media;
mod m20261130_0320_retention;
mod m20261130_0330_outside;
mod m20261201_0010_channel_pause;
mod m20261201_0101_merged;
mod m20261201_0102_model_month;
mod m20261201_0103_payments;
mod m20261201_0104_members;
mod m20261201_0110_message_parts;
mod m20261201_0310_returns;

/// All changes, in their order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let all: Vec<Box<dyn MigrationTrait>> = vec![
            Box::new(m20261121_0001_people::Migration),
            Box::new(m20261121_0002_catalogue::Migration),
            Box::new(m20261121_0003_commerce::Migration),
            Box::new(m20261121_0004_work::Migration),
            Box::new(m20261130_0101_catalogue_revision::Migration),
            Box::new(m20261130_0102_providers::Migration),
            Box::new(m20261130_0103_lists::Migration),
            Box::new(m20261130_0110_integrations::Migration),
            Box::new(m20261130_0131_model_use::Migration),
            Box::new(m20261130_0301_sessions::Migration),
            Box::new(m20261130_0310_mail::Migration),
            Box::new(m20261130_0320_media::Migration),
            Box::new(m20261130_0320_retention::Migration),
            Box::new(m20261130_0320_buttons::Migration),
            Box::new(m20261130_0330_outside::Migration),
            Box::new(m20261201_0010_channel_pause::Migration),
            Box::new(m20261201_0101_merged::Migration),
            Box::new(m20261201_0102_model_month::Migration),
            Box::new(m20261201_0103_payments::Migration),
            Box::new(m20261201_0104_members::Migration),
            Box::new(m20261201_0110_message_parts::Migration),
            Box::new(m20261201_0310_returns::Migration),
        ];
        all.into_iter().map(|change| Box::new(Whole(change)) as Box<dyn MigrationTrait>).collect()
    }
}

/// A change that is made whole or not at all. sea-orm-migration does so by itself on PostgreSQL only; SQLite can as well.
struct Whole(Box<dyn MigrationTrait>);

impl MigrationName for Whole {
    fn name(&self) -> &str {
        self.0.name()
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.up(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.0.down(manager).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
