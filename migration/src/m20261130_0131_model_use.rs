//! What language models cost: one row for each turn, transcription or test that asked one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null, uuid, uuid_null};

use crate::indexes::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("model_use")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid_null("turn_id"))
                    .col(text("purpose"))
                    .col(text("model"))
                    .col(big_integer("calls"))
                    .col(big_integer("input_tokens"))
                    .col(big_integer("output_tokens"))
                    .col(big_integer("cost_micros"))
                    .col(big_integer("time_us"))
                    .col(text_null("fell_back"))
                    .col(text_null("detail"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "model_use", &["company_id", "created_at"]).await?;
        index(manager, "model_use", &["turn_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("model_use").to_owned()).await
    }
}
