//! Letters to the people who work with the program, and the addresses that were refused: mail, mail_refusal.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, json_binary, text, text_null, uuid};

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
                    .table("mail")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("user_id"))
                    .col(uuid("subject_id"))
                    .col(text("kind"))
                    .col(text("event"))
                    .col(text("address"))
                    .col(text("language"))
                    .col(json_binary("facts"))
                    .col(text("status"))
                    .col(text_null("error_code"))
                    .col(text_null("last_error"))
                    .col(big_integer("due_at"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("ended_at"))
                    .to_owned(),
            )
            .await?;
        // Of people, not of companies: an address that does not exist does so for all.
        manager
            .create_table(
                Table::create()
                    .table("mail_refusal")
                    .col(text("address").primary_key())
                    .col(text("reason"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "mail", &["subject_id", "user_id", "event"]).await?;
        index(manager, "mail", &["subject_id", "due_at"]).await?;
        index(manager, "mail", &["company_id", "id"]).await?;
        index(manager, "mail", &["user_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["mail_refusal", "mail"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
