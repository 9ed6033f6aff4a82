//! Where the id of a row leads that became part of another: two contacts that turned out to be one person, and their
//! conversations on one channel.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, uuid, uuid_null};

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
                    .table("merged")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("kind"))
                    .col(uuid("into_id"))
                    .col(text("reason"))
                    .col(uuid_null("user_id"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "merged", &["company_id", "into_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("merged").to_owned()).await
    }
}
