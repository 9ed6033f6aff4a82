//! What a language model was asked for, and what it cost.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// What a language model was asked for, and what it cost.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "model_use")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// The turn that it was asked for; none for others, and for a try of a turn that came to nothing.
    pub turn_id: Option<Uuid>,
    /// `turn`, `voice` or `test`.
    #[sea_orm(column_type = "Text")]
    pub purpose: String,
    /// Its name.
    #[sea_orm(column_type = "Text")]
    pub model: String,
    /// Answers asked for.
    pub calls: i64,
    /// Tokens that went in.
    pub input_tokens: i64,
    /// Tokens that came out.
    pub output_tokens: i64,
    /// Cost by the configured price, millionths of the price list's currency.
    pub cost_micros: i64,
    /// Time spent on it, microseconds.
    pub time_us: i64,
    /// Why the offline assistant answered in its place: `provider`, `faults`, `rounds`, `tokens`, `time`.
    #[sea_orm(column_type = "Text", nullable)]
    pub fell_back: Option<String>,
    /// The same in plain words, for staff.
    #[sea_orm(column_type = "Text", nullable)]
    pub detail: Option<String>,
    /// When.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
