//! An account of a company at a provider that is no channel.

use sea_orm::entity::prelude::*;

use crate::stored::{ChannelStatus, IntegrationKind};
use crate::time::Time;

/// An account of a company at a provider that is no channel: who takes its money, who keeps its calendar. Its secrets are in
/// `credential`, its log in `channel_log`, both under its id.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "integration")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// What it is for; one of a kind a company.
    pub kind: IntegrationKind,
    /// `stripe`, `google`.
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// Names it in public addresses.
    #[sea_orm(column_type = "Text")]
    pub public_key: String,
    /// Whether it works.
    pub status: ChannelStatus,
    /// The account at the provider.
    #[sea_orm(column_type = "Text", nullable)]
    pub external_id: Option<String>,
    /// The account's name for people.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// Provider's settings, no secrets.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// Last failure in the provider's words.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// Last failure as a word for translations: `credentials`, `unavailable`….
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    /// Failures since it worked last.
    pub error_count: i32,
    /// Since when it works.
    pub connected_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
