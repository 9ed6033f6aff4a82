//! Letters that come back: how far their mailbox was read (mailbox_state), and since when a person has an address, so that an
//! old report marks none that was set again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer_null("email_set_at");
        manager.alter_table(Table::alter().table("user_account").add_column(column).to_owned()).await?;
        // Of the installation, not of companies.
        manager
            .create_table(
                Table::create()
                    .table("mailbox_state")
                    .col(text("place").primary_key())
                    .col(big_integer("uid_validity"))
                    .col(big_integer("read_to"))
                    .col(big_integer_null("stuck_at"))
                    .col(integer("stuck_times"))
                    .col(text_null("error_code"))
                    .col(text_null("last_error"))
                    .col(integer("error_count"))
                    .col(big_integer("looked_at"))
                    .col(big_integer_null("read_at"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("mailbox_state").to_owned()).await?;
        manager.alter_table(Table::alter().table("user_account").drop_column("email_set_at").to_owned()).await
    }
}
