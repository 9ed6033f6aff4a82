//! Providers: credential, channel_log; what a channel knows of its account.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid};

use crate::indexes::{index, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("credential")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("subject_id"))
                    .col(text("name"))
                    .col(text("sealed"))
                    .col(text("hint"))
                    .col(big_integer("updated_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("channel_log")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("channel_id"))
                    .col(text("kind"))
                    .col(text_null("detail"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        // One statement a column: SQLite takes no more.
        for mut column in [
            text_null("external_id"),
            text_null("error_code"),
            integer("error_count").default(0).take(),
            big_integer_null("connected_at"),
        ] {
            manager.alter_table(Table::alter().table("channel").add_column(column.take()).to_owned()).await?;
        }
        unique(manager, "credential", &["subject_id", "name"]).await?;
        index(manager, "credential", &["company_id"]).await?;
        index(manager, "channel_log", &["channel_id", "id"]).await?;
        // One account of a provider is one channel of a company, however often it is connected.
        unique(manager, "channel", &["company_id", "provider", "external_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let name = "channel_company_id_provider_external_id";
        manager.drop_index(Index::drop().name(name).table("channel").to_owned()).await?;
        for column in ["connected_at", "error_count", "error_code", "external_id"] {
            manager.alter_table(Table::alter().table("channel").drop_column(column).to_owned()).await?;
        }
        for table in ["channel_log", "credential"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
