//! A company's pictures and videos. They come in by `POST /files?purpose=media`.

use super::payloads;
use crate::graphql::error::{ApiError, payload};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::ItemKind;
use crate::graphql::types::{CatalogueRow, Media};
use async_graphql::{Context, ID, InputObject, Object};
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::media;
use service::row::media as media_table;

/// A company's pictures and videos.
#[derive(Default)]
pub(crate) struct MediaMutation;

payloads! {
    /// A picture or a video, or why it was not changed.
    MediaPayload {
        /// The file.
        media: Media
    }
    /// A row with a link in it, or why it was not changed.
    MediaRowPayload {
        /// The row, in the draft.
        row: CatalogueRow
    }
}

/// Which picture or video.
#[derive(InputObject)]
struct MediaInput {
    /// Which.
    id: ID,
}

/// What to remove.
#[derive(InputObject)]
struct DeleteMediaInput {
    /// Which.
    id: ID,
    /// Whether cells that hold its link are emptied in the draft. Without it a file that is used is not removed.
    empty_cells: Option<bool>,
}

/// What to put where.
#[derive(InputObject)]
struct PutMediaInRowInput {
    /// Which picture or video.
    media_id: ID,
    /// Into which row.
    row_id: ID,
}

/// Whom a video welcomes.
#[derive(InputObject)]
struct SetWelcomeVideoInput {
    /// Which video.
    media_id: ID,
    /// The kind of items; null: nobody.
    kind: Option<ItemKind>,
}

async fn named(op: &Ctx, field: &str, id: &ID) -> service::Result<(CompanyScope, media_table::Model)> {
    access::of::<media_table::Entity>(op, Kind::Media.read(field, id)?, "media").await
}

/// A company's pictures and videos.
#[Object]
impl MediaMutation {
    /// Tries again to bring a file to its provider. For people who manage the company.
    async fn retry_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: MediaInput,
    ) -> Result<MediaPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = named(op, "id", &input.id).await?;
            let row = media::retry(op, &scope, row).await?;
            Ok(Media::new(scope, row))
        };
        payload(change.await)
    }

    /// Keeps a file that waits to be removed; cells that were emptied stay so. For people who manage the company.
    async fn keep_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: MediaInput,
    ) -> Result<MediaPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = named(op, "id", &input.id).await?;
            let row = media::keep(op, &scope, row).await?;
            Ok(Media::new(scope, row))
        };
        payload(change.await)
    }

    /// Removes a picture or a video. One that rows of the catalogue name is refused with `IN_USE`, unless their cells are to be
    /// emptied: then it goes once that draft is published, so that customers never meet a dead link. For people who manage the
    /// company.
    async fn delete_media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to remove.")] input: DeleteMediaInput,
    ) -> Result<MediaPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = named(op, "id", &input.id).await?;
            let row = media::remove(op, &scope, row, input.empty_cells.unwrap_or(false)).await?;
            Ok(Media::new(scope, row))
        };
        payload(change.await)
    }

    /// Puts the link of a picture or a video into its cell of a row; a row of the published version is changed in the draft. For
    /// people who manage the company.
    async fn put_media_in_row(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to put where.")] input: PutMediaInRowInput,
    ) -> Result<MediaRowPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = named(op, "mediaId", &input.media_id).await?;
            let row = media::put_in_row(op, &scope, &row, Kind::Row.read("rowId", &input.row_id)?).await?;
            Ok(CatalogueRow::new(scope, row))
        };
        payload(change.await)
    }

    /// Makes a video the one that welcomes customers who ask for products or for services, in the place of the one that did. For
    /// people who manage the company.
    async fn set_welcome_video(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom it welcomes.")] input: SetWelcomeVideoInput,
    ) -> Result<MediaPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let (scope, row) = named(op, "mediaId", &input.media_id).await?;
            let row = media::set_welcome(op, &scope, row, input.kind.map(Into::into)).await?;
            Ok(Media::new(scope, row))
        };
        payload(change.await)
    }
}
