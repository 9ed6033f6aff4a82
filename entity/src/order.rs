//! A quote the customer confirmed.

use sea_orm::entity::prelude::*;

use crate::stored::{OrderStatus, PaymentStatus};
use crate::time::Time;

/// A quote the customer confirmed.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sales_order")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Branch.
    pub branch_id: Uuid,
    /// Readable number within the company.
    pub number: i32,
    /// Where it was made.
    pub conversation_id: Uuid,
    /// Whose.
    pub contact_id: Uuid,
    /// Alive or how it ended.
    pub status: OrderStatus,
    /// How far the payment is (R119).
    pub payment_status: PaymentStatus,
    /// ISO 4217.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Sum of the lines, minor units.
    pub products_minor: i64,
    /// Delivery fee charged.
    pub delivery_minor: i64,
    /// Travel fee charged.
    pub travel_minor: i64,
    /// What is paid.
    pub total_minor: i64,
    /// A fee was waived by the threshold.
    pub free_delivery: bool,
    /// As the catalogue spells it, or online.
    #[sea_orm(column_type = "Text", nullable)]
    pub city: Option<String>,
    /// Name given.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// Phone given.
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// Address given.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// ISO 639-1.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// domain::quote::Quote.
    #[sea_orm(column_type = "JsonBinary")]
    pub quote: Json,
    /// Start of the appointment.
    pub appointment_start: Option<Time>,
    /// End.
    pub appointment_end: Option<Time>,
    /// Largest of the lines.
    pub delivery_time_hours: Option<i32>,
    /// Smallest of the lines.
    pub payment_reminder_hours: Option<i32>,
    /// Our short link.
    #[sea_orm(column_type = "Text", nullable)]
    pub link_token: Option<String>,
    /// When it was sent.
    pub link_sent_at: Option<Time>,
    /// Until when it is open.
    pub link_expires_at: Option<Time>,
    /// When the money came.
    pub paid_at: Option<Time>,
    /// When it was confirmed.
    pub created_at: Time,
    /// Last change.
    pub updated_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
