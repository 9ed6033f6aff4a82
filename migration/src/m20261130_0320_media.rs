//! Media: pictures and videos that customers see.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, boolean, integer_null, text, text_null, uuid};

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
                    .table("media")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("kind"))
                    .col(text("state"))
                    .col(text("public_key"))
                    .col(text("name"))
                    .col(text("media_type"))
                    .col(big_integer("size"))
                    .col(integer_null("width"))
                    .col(integer_null("height"))
                    .col(text_null("host"))
                    .col(boolean("stored"))
                    .col(text_null("url"))
                    .col(text_null("thumbnail_url"))
                    .col(text_null("welcome"))
                    .col(text_null("error_code"))
                    .col(text_null("last_error"))
                    .col(big_integer("created_at"))
                    .col(big_integer("changed_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "media", &["public_key"]).await?;
        index(manager, "media", &["company_id", "created_at", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("media").to_owned()).await
    }
}
