//! What was last written outside: the times of a booking in the calendar, the account in which a file lies.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, text_null};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["external_start_at", "external_end_at"] {
            manager
                .alter_table(Table::alter().table("booking").add_column(big_integer_null(column)).to_owned())
                .await?;
        }
        manager.alter_table(Table::alter().table("media").add_column(text_null("host_account")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("media").drop_column("host_account").to_owned()).await?;
        for column in ["external_end_at", "external_start_at"] {
            manager.alter_table(Table::alter().table("booking").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
