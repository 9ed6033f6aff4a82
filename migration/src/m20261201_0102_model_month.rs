//! What a company used of models in a month, counted as it is used: a limit is looked up, not summed, before each turn.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, uuid};
use sea_orm_migration::sea_orm::DatabaseBackend;

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
                    .table("model_month")
                    .col(uuid("id").primary_key())
                    .col(uuid("company_id"))
                    .col(big_integer("from_at"))
                    .col(big_integer("installation_tokens"))
                    .col(big_integer("own_tokens"))
                    .col(big_integer("told_limit"))
                    .col(integer("told_percent"))
                    .to_owned(),
            )
            .await?;
        unique(manager, "model_month", &["company_id", "from_at"]).await?;
        index(manager, "model_month", &["from_at"]).await?;
        // Whose model it was nobody wrote down until now: most have the installation's. The id is one of the month's uses.
        let month = match manager.get_database_backend() {
            DatabaseBackend::Postgres => {
                "(extract(epoch FROM date_trunc('month', to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC')) \
                 * 1000000)::bigint"
            }
            _ => "CAST(strftime('%s', created_at / 1000000, 'unixepoch', 'start of month') AS INTEGER) * 1000000",
        };
        let first = match manager.get_database_backend() {
            DatabaseBackend::Postgres => "min(id::text)::uuid",
            _ => "min(id)",
        };
        manager
            .get_connection()
            .execute_unprepared(&format!(
                "INSERT INTO model_month \
                 (id, company_id, from_at, installation_tokens, own_tokens, told_limit, told_percent) \
                 SELECT {first}, company_id, {month}, CAST(sum(input_tokens + output_tokens) AS bigint), 0, 0, 0 \
                 FROM model_use GROUP BY company_id, {month}"
            ))
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("model_month").to_owned()).await
    }
}
