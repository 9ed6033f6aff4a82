//! Handing media out to everybody who knows their address.

use super::{host, upload_of};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use bytes::Bytes;
use entity::media::{self, Column};
use entity::stored::MediaState;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use gateway::error::Kind;
use gateway::media::object;
use object_store::GetRange;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::ops::Range;

/// A file, or a part of it, on its way out.
pub struct Show {
    /// Its row.
    pub media: media::Model,
    /// Bytes of the whole file.
    pub size: u64,
    /// Which of them these are.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes>>,
}

impl std::fmt::Debug for Show {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Show").field("media", &self.media).field("range", &self.range).finish_non_exhaustive()
    }
}

/// Opens a file by its public name; `range` is the first and, perhaps, the last byte that is wanted, or how many of the last.
///
/// # Errors
/// `NotFound` for a name that we do not serve; `Invalid` for `range` when the file has no such part.
pub async fn show(ctx: &Ctx, public_key: &str, range: Option<Part>) -> Result<Show> {
    let gone = || Error::NotFound("media");
    // The public name is the right to look at it.
    let row = media::Entity::find()
        .filter(Column::PublicKey.eq(public_key))
        .filter(Column::Host.eq(object::NAME))
        .filter(Column::State.is_in([MediaState::Ready, MediaState::Removing]))
        .one(&ctx.db().read_across())
        .await?
        .ok_or_else(gone)?;
    let size = u64::try_from(row.size).unwrap_or(0);
    let range = range.map(|part| part.within(size)).transpose()?;
    let wanted = range.clone().map(GetRange::Bounded);
    let part =
        host::own(ctx).open(&upload_of(&row)?.external_id(), wanted).await.map_err(|error| match error.kind {
            Kind::Gone => gone(),
            _ => Error::Unavailable(error.to_string()),
        })?;
    let bytes = part.bytes.map_err(|error| Error::Unavailable(error.to_string())).boxed();
    Ok(Show { media: row, size: part.size, range: part.range, bytes })
}

/// A part of a file, as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// From this byte on.
    From(u64),
    /// From this byte to that one.
    Between(u64, u64),
    /// So many of the last bytes.
    Last(u64),
}

impl Part {
    fn within(self, size: u64) -> Result<Range<u64>> {
        let range = match self {
            Self::From(first) => first..size,
            Self::Between(first, last) => first..Ord::min(last.saturating_add(1), size),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        if range.is_empty() {
            return Err(Error::invalid("range", "OUT_OF_RANGE", "The file has no such part."));
        }
        Ok(range)
    }
}
