//! What became of the first parts of a message that stopped half-way: the rest is sent without them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::json_binary_null;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("message").add_column(json_binary_null("parts")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("message").drop_column("parts").to_owned()).await
    }
}
