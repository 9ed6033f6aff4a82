//! A picture or a video of a company.

use sea_orm::entity::prelude::*;

use crate::stored::{MediaKind, MediaState};
use crate::time::Time;

/// A picture or a video of a company, that customers see.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// Picture or video.
    pub kind: MediaKind,
    /// How far it is.
    pub state: MediaState,
    /// What it is called in public addresses and at whoever keeps it: nobody can guess it.
    #[sea_orm(column_type = "Text")]
    pub public_key: String,
    /// Name, for people only.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// By its first bytes.
    #[sea_orm(column_type = "Text")]
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Pixels, where known.
    pub width: Option<i32>,
    /// Pixels, where known.
    pub height: Option<i32>,
    /// Who serves it: `object`, `cloudinary`; none until somebody does.
    #[sea_orm(column_type = "Text", nullable)]
    pub host: Option<String>,
    /// In which account there it lies: a name of Cloudinary's, where it has been brought to one.
    #[sea_orm(column_type = "Text", nullable)]
    pub host_account: Option<String>,
    /// Whether its bytes lie in our own storage.
    pub stored: bool,
    /// Where everybody may look at it.
    #[sea_orm(column_type = "Text", nullable)]
    pub url: Option<String>,
    /// A small picture of it.
    #[sea_orm(column_type = "Text", nullable)]
    pub thumbnail_url: Option<String>,
    /// The kind of items whose welcome video it is: `product`, `service`.
    #[sea_orm(column_type = "Text", nullable)]
    pub welcome: Option<String>,
    /// Last failure as a word for translations: `credentials`, `unavailable`….
    #[sea_orm(column_type = "Text", nullable)]
    pub error_code: Option<String>,
    /// Last failure in the provider's words.
    #[sea_orm(column_type = "Text", nullable)]
    pub last_error: Option<String>,
    /// When it came.
    pub created_at: Time,
    /// When its state changed last.
    pub changed_at: Time,
}

/// Rows are joined by the loaders of `service`, not by relations.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
