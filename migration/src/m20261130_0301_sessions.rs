//! Sessions at providers, and what was delivered once already: channel_session, channel_event.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, uuid};

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
                    .table("channel_session")
                    .col(uuid("channel_id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("session"))
                    .col(big_integer("changed_at"))
                    .col(integer("code_number").default(0))
                    .col(big_integer_null("code_at"))
                    .col(integer("restarts").default(0))
                    .col(big_integer_null("restarted_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("channel_event")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(uuid("channel_id"))
                    .col(text("event_id"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "channel_session", &["company_id"]).await?;
        unique(manager, "channel_event", &["channel_id", "event_id"]).await?;
        index(manager, "channel_event", &["channel_id", "created_at"]).await?;
        index(manager, "channel_event", &["created_at"]).await?;
        index(manager, "channel_event", &["company_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["channel_event", "channel_session"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
