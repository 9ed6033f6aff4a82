//! One connection of a company to a platform.

use sea_orm::entity::prelude::*;

use crate::stored::{ChannelKind, ChannelStatus};
use crate::time::Time;

/// One connection of a company to a platform.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Branch it answers for.
    pub branch_id: Uuid,
    /// Platform.
    pub kind: ChannelKind,
    /// `webchat`, `trial`; `telegram`, `waha`….
    #[sea_orm(column_type = "Text")]
    pub provider: String,
    /// Name for staff.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Whether it works.
    pub status: ChannelStatus,
    /// Names the channel in public addresses.
    #[sea_orm(column_type = "Text")]
    pub public_key: String,
    /// How long a burst is waited for.
    pub quiet_period_ms: i32,
    /// Provider's settings, no secrets.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// Last failure in the provider's words.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// The account at the provider: a bot's id, a session, a number.
    #[sea_orm(column_type = "Text", nullable)]
    pub external_id: Option<String>,
    /// Last failure as a word for translations: `credentials`, `unavailable`….
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    /// Failures since it worked last.
    pub error_count: i32,
    /// Since when it works.
    pub connected_at: Option<Time>,
    /// Until when nothing is sent by it: the platform asked to be left alone. Stays when it is over.
    pub paused_until: Option<Time>,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
