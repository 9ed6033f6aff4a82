//! A code that signs in once: the first start's, later e-mail codes.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A code that signs in once: the first start's, later e-mail codes.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_code")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `first_start`, `sign_in`.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// Who may use it; none for the first start.
    pub user_id: Option<Uuid>,
    /// SHA-256 of the code, hex.
    #[sea_orm(column_type = "Text")]
    pub code_hash: String,
    /// Wrong tries so far.
    pub attempts: i32,
    /// When it ends; none: with use.
    pub expires_at: Option<Time>,
    /// When it was used.
    pub used_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
