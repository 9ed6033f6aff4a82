//! A user's role in an organization.

use sea_orm::entity::prelude::*;

use crate::stored::Role;
use crate::time::Time;

/// A user's role in an organization.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who.
    pub user_id: Uuid,
    /// Where.
    pub organization_id: Uuid,
    /// What they may do.
    pub role: Role,
    /// When it was given.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
