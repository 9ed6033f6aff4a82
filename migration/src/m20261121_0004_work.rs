//! Work: job, event.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, json_binary, text, text_null, uuid, uuid_null,
};

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
                    .table("job")
                    .col(uuid("id").primary_key())
                    .col(uuid_null("company_id"))
                    .col(uuid_null("subject_id"))
                    .col(text("kind"))
                    .col(json_binary("payload"))
                    .col(text_null("unique_key"))
                    .col(text_null("lane"))
                    .col(text("status"))
                    .col(big_integer("run_at"))
                    .col(integer("attempts"))
                    .col(integer("max_attempts"))
                    .col(big_integer_null("lease_until"))
                    .col(big_integer("lease_token"))
                    .col(text_null("worker"))
                    .col(text_null("last_error"))
                    .col(big_integer("created_at"))
                    .col(big_integer_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(text("kind"))
                    .col(uuid("subject_id"))
                    .col(json_binary("data"))
                    .col(big_integer("created_at"))
                    .to_owned(),
            )
            .await?;
        index(manager, "job", &["status", "run_at"]).await?;
        index(manager, "job", &["lane", "status"]).await?;
        index(manager, "job", &["subject_id"]).await?;
        index(manager, "event", &["company_id", "id"]).await?;
        // One waiting job a unique key; a running one does not stand in the way of the next.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE UNIQUE INDEX job_one_waiting ON job (unique_key) WHERE status = 'waiting' AND unique_key IS NOT NULL",
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["event", "job"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
