//! The truth about work.

use sea_orm::entity::prelude::*;

use crate::stored::JobStatus;
use crate::time::Time;

/// The truth about work.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant; none for the installation's own work.
    pub company_id: Option<Uuid>,
    /// Conversation, order, import… it is about.
    pub subject_id: Option<Uuid>,
    /// Name of the job's type.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// Ids, no secrets.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// One waiting job a key.
    #[sea_orm(column_type = "Text", nullable)]
    pub unique_key: Option<String>,
    /// Jobs of one lane never run at once.
    #[sea_orm(column_type = "Text", nullable)]
    pub lane: Option<String>,
    /// Waiting, running, done, dead.
    pub status: JobStatus,
    /// Not before.
    pub run_at: Time,
    /// Claims so far.
    pub attempts: i32,
    /// After so many it is dead.
    pub max_attempts: i32,
    /// Until when its worker has it.
    pub lease_until: Option<Time>,
    /// Fencing: grows with every claim.
    pub lease_token: i64,
    /// Who has it.
    #[sea_orm(column_type = "Text", nullable)]
    pub worker: Option<String>,
    /// Last failure, for staff.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Time,
    /// When it was done or dead.
    pub finished_at: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
