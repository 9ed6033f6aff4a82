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
        index(manager, "job", &["subject_id"]).await?;
        index(manager, "job", &["company_id", "created_at", "id"]).await?;
        index(manager, "event", &["company_id", "id"]).await?;
        index(manager, "event", &["created_at"]).await?;
        // Partial indexes hold only what is waiting or running, so that they stay small however much is done.
        for index in [
            // What a worker claims next, of a kind and of a company's kind.
            "CREATE INDEX job_due ON job (kind, run_at, id) WHERE status = 'waiting'",
            "CREATE INDEX job_due_company ON job (company_id, kind, run_at, id) WHERE status = 'waiting'",
            "CREATE INDEX job_next ON job (run_at) WHERE status = 'waiting'",
            "CREATE INDEX job_lane ON job (lane, id) WHERE status = 'waiting' AND lane IS NOT NULL",
            "CREATE INDEX job_lease ON job (lease_until) WHERE status = 'running'",
            "CREATE INDEX job_finished ON job (finished_at) WHERE status = 'done'",
            // Jobs of one lane never run at once, whoever claims them.
            "CREATE UNIQUE INDEX job_one_running ON job (lane) WHERE status = 'running' AND lane IS NOT NULL",
            // One waiting job a unique key; a running one does not stand in the way of the next.
            "CREATE UNIQUE INDEX job_one_waiting ON job (unique_key) WHERE status = 'waiting' AND unique_key IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["event", "job"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
