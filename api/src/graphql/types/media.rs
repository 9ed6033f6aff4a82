//! A company's pictures and videos.

use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::{DateTime, ItemKind, MediaKind, MediaState, count};
use async_graphql::{Context, ID, Object};
use service::access::CompanyScope;
use service::media as all;
use service::row::media;

/// A picture or a video that customers see.
pub(crate) struct Media {
    scope: CompanyScope,
    row: media::Model,
}

impl Media {
    pub(crate) const fn new(scope: CompanyScope, row: media::Model) -> Self {
        Self { scope, row }
    }
}

/// A picture or a video that customers see.
#[Object]
impl Media {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Media.id(self.row.id)
    }

    /// Picture or video.
    async fn kind(&self) -> MediaKind {
        self.row.kind.into()
    }

    /// How far it is.
    async fn state(&self) -> MediaState {
        self.row.state.into()
    }

    /// Its name, for people only.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// What it is, by its bytes: `image/jpeg`, `video/mp4`….
    async fn media_type(&self) -> &str {
        &self.row.media_type
    }

    /// Its size in bytes; at most 100 MB.
    async fn size(&self) -> i32 {
        count(u64::try_from(self.row.size).unwrap_or(0))
    }

    /// Width in pixels, where known.
    async fn width(&self) -> Option<i32> {
        self.row.width
    }

    /// Height in pixels, where known.
    async fn height(&self) -> Option<i32> {
        self.row.height
    }

    /// Where everybody may look at it; null until it is ready.
    async fn url(&self) -> Option<&str> {
        self.row.url.as_deref()
    }

    /// A small picture of it, where there is one.
    async fn thumbnail_url(&self) -> Option<&str> {
        self.row.thumbnail_url.as_deref()
    }

    /// The kind of items whose welcome video it is; null when it is none.
    async fn welcome(&self) -> Option<ItemKind> {
        match self.row.welcome.as_deref() {
            Some("product") => Some(ItemKind::Product),
            Some("service") => Some(ItemKind::Service),
            _ => None,
        }
    }

    /// Why the provider has not taken it, as a word for translations: `credentials`, `unavailable`, `rate_limited`,
    /// `request`, `clock`.
    async fn error_code(&self) -> Option<&str> {
        self.row.error_code.as_deref()
    }

    /// The same in the provider's words.
    async fn last_error(&self) -> Option<&str> {
        self.row.last_error.as_deref()
    }

    /// When it came.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// In how many rows of the catalogue its link stands; a row of the draft and the one that it came from count once.
    #[graphql(complexity = 20)]
    async fn used_in_rows(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        Ok(count(all::usage(signed_in(ctx)?, &self.scope, &self.row).await?.rows()))
    }
}
