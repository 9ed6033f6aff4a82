//! An uploaded or made file.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// An uploaded or made file.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Name, for people only.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// By its first bytes.
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    /// Where it lies; made by us.
    #[sea_orm(column_type = "Text")]
    pub storage_key: String,
    /// `import`, `export`.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// When.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
