//! An address that a mail server has refused.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// An address that a mail server has refused: no more letters go to it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_refusal")]
pub struct Model {
    /// Lower-case address.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub address: String,
    /// The server's own words.
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    /// When it was refused.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
