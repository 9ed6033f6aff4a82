//! How far the mailbox where letters come back was read.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// How far the mailbox where letters come back was read: of the installation, one row for each mailbox that it ever had.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mailbox_state")]
pub struct Model {
    /// Which mailbox: a hash of its server and user.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub place: String,
    /// The server's numbering; another one begins anew.
    pub uid_validity: i64,
    /// Messages up to this number were looked at.
    pub read_to: i64,
    /// A message that could not be read.
    pub stuck_at: Option<i64>,
    /// How often that was tried.
    pub stuck_times: i32,
    /// What is wrong with the mailbox, as a word; none: nothing.
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    /// The same in words.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// Looks that failed, since the last that did not.
    pub error_count: i32,
    /// The last look.
    pub looked_at: Time,
    /// The last look that went well.
    pub read_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
