//! A brand of an organization: the tenant.

use sea_orm::entity::prelude::*;

use crate::stored::{CompanyStatus, CompanyType};
use crate::time::Time;

/// A brand of an organization: the tenant.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "company")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose.
    pub organization_id: Uuid,
    /// Readable code: 1 is COMP001.
    pub number: i32,
    /// Brand.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Preset for catalogue and checkout.
    pub company_type: CompanyType,
    /// Whether it answers.
    pub status: CompanyStatus,
    /// Line of business in the owner's words.
    #[sea_orm(column_type = "Text")]
    pub shop_type: String,
    /// Where it is.
    #[sea_orm(column_type = "Text", nullable)]
    pub city: Option<String>,
    /// ISO 4217.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// ISO 639-1, of last resort.
    #[sea_orm(column_type = "Text")]
    pub language: String,
    /// CompanySettings of service::company.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// Number of the next order.
    pub next_order_number: i32,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
