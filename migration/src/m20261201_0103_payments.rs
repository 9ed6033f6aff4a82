//! An index for the list of payments: a page of it sorted all payments of the company.

use sea_orm_migration::prelude::*;

use crate::indexes::index;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const PAYMENTS: &[&str] = &["company_id", "created_at", "id"];
/// The one above begins with it.
const BEFORE: &[&str] = &["company_id"];

async fn drop(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    let name = format!("payment_{}", columns.join("_"));
    manager.drop_index(Index::drop().name(name).table("payment").to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "payment", PAYMENTS).await?;
        drop(manager, BEFORE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, "payment", BEFORE).await?;
        drop(manager, PAYMENTS).await
    }
}
