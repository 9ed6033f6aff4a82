//! Catalogue: catalogue, catalogue_version, catalogue_row, import, file.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, integer, integer_null, json_binary, json_binary_null, text, text_null,
    uuid, uuid_null,
};

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
                    .table("catalogue")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid_null("published_version_id"))
                    .col(uuid_null("draft_version_id"))
                    .col(integer("next_version_number"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("catalogue_version")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("catalogue_id"))
                    .col(integer("number"))
                    .col(text("status"))
                    .col(integer("row_count"))
                    .col(integer("problem_count"))
                    .col(json_binary("columns"))
                    .col(text_null("source_name"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("published_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("catalogue_row")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("version_id"))
                    .col(integer("position"))
                    .col(integer("number"))
                    .col(text("key"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(json_binary("cells"))
                    .col(json_binary_null("item"))
                    .col(json_binary("problems"))
                    .col(boolean("has_error"))
                    .col(boolean("left_out"))
                    .col(text("search"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("import")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("file_id"))
                    .col(text("file_name"))
                    .col(text("status"))
                    .col(integer("rows_read"))
                    .col(integer_null("rows_total"))
                    .col(big_integer("bytes_read"))
                    .col(big_integer("bytes_total"))
                    .col(text_null("sheet"))
                    .col(json_binary("mapping"))
                    .col(integer("problem_count"))
                    .col(json_binary_null("file_problem"))
                    .col(uuid_null("version_id"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("file")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("name"))
                    .col(big_integer("size"))
                    .col(text("media_type"))
                    .col(text("storage_key"))
                    .col(text("purpose"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "catalogue", &["company_id"]).await?;
        unique(manager, "catalogue_version", &["catalogue_id", "number"]).await?;
        index(manager, "catalogue_version", &["company_id"]).await?;
        index(manager, "catalogue_row", &["version_id", "position"]).await?;
        index(manager, "catalogue_row", &["version_id", "key"]).await?;
        index(manager, "import", &["company_id", "created_at"]).await?;
        index(manager, "file", &["company_id"]).await?;
        unique(manager, "file", &["storage_key"]).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["file", "import", "catalogue_row", "catalogue_version", "catalogue"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
