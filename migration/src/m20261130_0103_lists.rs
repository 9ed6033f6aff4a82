//! Indexes that the first page and the list of customers need once there are ten thousand of them.

use sea_orm_migration::prelude::*;

use crate::indexes::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const MESSAGES: &[&str] = &["company_id", "created_at"];
const CONTACTS: &[&str] = &["company_id", "created_at", "id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "message", MESSAGES).await?;
        index(manager, "contact", CONTACTS).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in [("contact", CONTACTS), ("message", MESSAGES)] {
            let name = format!("{table}_{}", columns.join("_"));
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
