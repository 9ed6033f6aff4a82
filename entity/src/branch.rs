//! A place of a company.

use sea_orm::entity::prelude::*;

use crate::time::Time;

/// A place of a company.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "branch")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Name.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// City.
    #[sea_orm(column_type = "Text", nullable)]
    pub city: Option<String>,
    /// Street address.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    /// IANA name.
    #[sea_orm(column_type = "Text")]
    pub timezone: String,
    /// domain::booking::OpeningHours.
    #[sea_orm(column_type = "JsonBinary")]
    pub hours: Json,
    /// The one every company has.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
