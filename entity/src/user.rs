//! A person who signs in.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "user_account")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Lower-case address; none until the first owner sets one.
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// How the person is called.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// argon2id in PHC form; none until set.
    #[sea_orm(column_type = "Text", nullable)]
    pub password_hash: Option<String>,
    /// When the person last set the address; none for one that was given.
    pub email_set_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
