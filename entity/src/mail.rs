//! A letter to a person who works with the program.

use sea_orm::entity::prelude::*;

use crate::stored::MailStatus;
use crate::time::Time;

/// A letter to a person who works with the program.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    /// Id; the Message-ID is made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// To whom.
    pub user_id: Uuid,
    /// The channel or account it is about.
    pub subject_id: Uuid,
    /// `stopped_channel`, `stopped_payment`…
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// What happened; a person gets one letter about one event of a subject.
    #[sea_orm(column_type = "Text")]
    pub event: String,
    /// The address it went to, or would have.
    #[sea_orm(column_type = "Text")]
    pub address: String,
    /// ISO 639-1.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// What the text is made from.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    /// How it stands.
    pub status: MailStatus,
    /// Why it did not go, as a word.
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    /// The server's own words.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// Not before this.
    pub due_at: Time,
    /// When it was made.
    pub created_at: Time,
    /// When it was settled.
    pub ended_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
