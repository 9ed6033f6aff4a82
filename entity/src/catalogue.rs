//! The knowledge base of a company.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// The knowledge base of a company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "catalogue")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// What customers are served.
    pub published_version_id: Option<Uuid>,
    /// What the owner works on.
    pub draft_version_id: Option<Uuid>,
    /// Number of the next version.
    pub next_version_number: i32,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
