//! What customers attached to their messages.

use super::{Purpose, fill, get, row_of};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use bytes::Bytes;
use entity::file;
use std::convert::Infallible;
use uuid::Uuid;

/// The most bytes of one: Telegram gives bots no more (<https://core.telegram.org/bots/api#getfile>).
pub const MAX_RECEIVED_BYTES: u64 = 20 * 1024 * 1024;

/// Keeps a file under the id of its attachment; one that is kept already stays as it is. Without a name it gets one of its kind.
///
/// # Errors
/// `Invalid` for one that is too large; `Unavailable` when the storage or the database does not answer.
pub(crate) async fn keep(
    ctx: &Ctx,
    scope: &CompanyScope,
    id: Uuid,
    kind: &str,
    name: Option<&str>,
    bytes: Bytes,
) -> Result<file::Model> {
    match get(ctx, scope, id).await {
        Err(Error::NotFound(_)) => {}
        found => return found,
    }
    let name = match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => name.to_owned(),
        None => format!("{kind}.{}", infer::get(&bytes).map_or("bin", |found| found.extension())),
    };
    let row = row_of(ctx, scope, id, &name, Purpose::Received);
    super::begin(ctx, &row).await?;
    fill(ctx, row, Purpose::Received, futures::stream::iter([Ok::<_, Infallible>(bytes)])).await
}

/// The media type by the first bytes, never by the name or what the provider says.
pub(super) fn kind_of(head: &[u8]) -> &'static str {
    match infer::get(head) {
        // Opus and Vorbis alike; browsers and transcribers know this word.
        Some(found) if matches!(found.mime_type(), "audio/opus" | "audio/ogg" | "video/ogg" | "application/ogg") => {
            "audio/ogg"
        }
        Some(found) if matches!(found.mime_type(), "audio/m4a" | "audio/x-m4a") => "audio/mp4",
        Some(found) => found.mime_type(),
        None => super::media_type::UNKNOWN,
    }
}

/// Whether a browser may show it in place: pictures, sound and films of kinds that run nothing. All else is saved.
#[must_use]
pub fn is_shown(media_type: &str) -> bool {
    matches!(
        media_type,
        "image/png"
            | "image/jpeg"
            | "image/gif"
            | "image/webp"
            | "audio/ogg"
            | "audio/mpeg"
            | "audio/mp4"
            | "audio/aac"
            | "audio/x-wav"
            | "audio/wav"
            | "video/mp4"
            | "video/webm"
            | "video/quicktime"
    )
}

#[cfg(test)]
mod tests {
    use super::{is_shown, kind_of};

    #[test]
    fn what_runs_is_never_shown() {
        for (head, media_type, shown) in [
            (&b"\x89PNG\r\n\x1a\n"[..], "image/png", true),
            (b"\xff\xd8\xff\xe0", "image/jpeg", true),
            (b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead", "audio/ogg", true),
            (b"ID3\x03", "audio/mpeg", true),
            (b"\0\0\0\x18ftypisom", "video/mp4", true),
            (b"%PDF-1.7", "application/pdf", false),
            (b"<!DOCTYPE html><script>", "text/html", false),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "application/octet-stream", false),
            (b"MZ\x90", "application/vnd.microsoft.portable-executable", false),
            (b"", "application/octet-stream", false),
        ] {
            assert_eq!((kind_of(head), is_shown(kind_of(head))), (media_type, shown), "{head:?}");
        }
    }
}
