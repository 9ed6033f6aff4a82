//! A number on each catalogue version that grows with every edit: who copied rows of it sees whether they still are those.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = Table::alter().table("catalogue_version").add_column(integer("revision").default(0)).to_owned();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("catalogue_version").drop_column("revision").to_owned()).await
    }
}
