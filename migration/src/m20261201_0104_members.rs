//! One role for a person in an organization: two that were given at the same moment were two rows.

use sea_orm_migration::prelude::*;

use crate::indexes::{index, unique};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const MEMBERS: &[&str] = &["user_id", "organization_id"];
/// The one above begins with it.
const BEFORE: &[&str] = &["user_id"];

async fn drop(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    let name = format!("membership_{}", columns.join("_"));
    manager.drop_index(Index::drop().name(name).table("membership").to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The role that was given last stands.
        let later = "SELECT 1 FROM membership later WHERE later.user_id = membership.user_id \
            AND later.organization_id = membership.organization_id \
            AND (later.created_at, later.id) > (membership.created_at, membership.id)";
        let twins = format!("DELETE FROM membership WHERE EXISTS ({later})");
        manager.get_connection().execute_unprepared(&twins).await?;
        unique(manager, "membership", MEMBERS).await?;
        drop(manager, BEFORE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "membership", BEFORE).await?;
        drop(manager, MEMBERS).await
    }
}
