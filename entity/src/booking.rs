//! A delivery or an appointment in a calendar.

use sea_orm::entity::prelude::*;

use crate::stored::{BookingKind, BookingStatus};
use crate::time::Time;

/// A delivery or an appointment in a calendar.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "booking")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Branch.
    pub branch_id: Uuid,
    /// Order.
    pub order_id: Uuid,
    /// Delivery or appointment.
    pub kind: BookingKind,
    /// Held, confirmed, cancelled.
    pub status: BookingStatus,
    /// Start.
    pub start_at: Time,
    /// End.
    pub end_at: Time,
    /// Where.
    #[sea_orm(column_type = "Text", nullable)]
    pub city: Option<String>,
    /// For the calendar.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// Event in an outside calendar.
    #[sea_orm(column_type = "Text", nullable)]
    pub external_event_id: Option<String>,
    /// When that event starts, as we wrote it last: another start there is somebody's hand.
    pub external_start_at: Option<Time>,
    /// When it ends, as we wrote it last.
    pub external_end_at: Option<Time>,
    /// When a hold ends.
    pub expires_at: Option<Time>,
    /// When.
    pub created_at: Time,
    /// Last change.
    pub updated_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
