//! What a company used of language models in a calendar month (UTC), counted as it is used.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// What a company used of language models in a calendar month (UTC), counted as it is used.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "model_month")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// The month's first moment; one row a company and month.
    pub from_at: Time,
    /// Tokens of the installation's model, in and out.
    pub installation_tokens: i64,
    /// Tokens of a model of the company's own.
    pub own_tokens: i64,
    /// The budget that the owners were written of last; 0: of none.
    pub told_limit: i64,
    /// How much of that budget they were told is used: 0, 80 or 100.
    pub told_percent: i32,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
