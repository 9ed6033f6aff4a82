//! Where the id of a row leads that became part of another.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// Where the id of a row leads that became part of another; what was decided, by whom and why.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "merged")]
pub struct Model {
    /// The id of the row that is no more.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// `contact` or `conversation`.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// The row that it is part of; always one that stands.
    pub into_id: Uuid,
    /// `attested_phone` or `staff`.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// Who of the staff said so.
    pub user_id: Option<Uuid>,
    /// When.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
