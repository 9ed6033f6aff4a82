//! Indexes by age for rows that are removed when they are old.

use sea_orm_migration::prelude::*;

use crate::indexes::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const AGES: [(&str, &str); 5] = [
    ("payment_event", "received_at"),
    ("channel_log", "created_at"),
    ("model_use", "created_at"),
    ("session", "expires_at"),
    ("one_time_code", "expires_at"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in AGES {
            index(manager, table, &[column]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in AGES {
            manager.drop_index(Index::drop().name(format!("{table}_{column}")).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
