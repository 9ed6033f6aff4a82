//! Until when a channel sends nothing, because its platform asked to be left alone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer_null("paused_until");
        manager.alter_table(Table::alter().table("channel").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("channel").drop_column("paused_until").to_owned()).await
    }
}
