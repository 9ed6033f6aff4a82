//! Integrations: a company's accounts at providers that are no channel: who takes its money, who keeps its calendar.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, json_binary, text, text_null, uuid};

use crate::indexes::unique;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("integration")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("kind"))
                    .col(text("provider"))
                    .col(text("public_key"))
                    .col(text("status"))
                    .col(text_null("external_id"))
                    .col(text_null("name"))
                    .col(json_binary("settings"))
                    .col(text_null("last_error"))
                    .col(text_null("error_code"))
                    .col(integer("error_count"))
                    .col(big_integer_null("connected_at"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "integration", &["company_id", "kind"]).await?;
        unique(manager, "integration", &["public_key"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("integration").to_owned()).await
    }
}
