//! Media served by this program itself, out of its storage of files.

use super::{Body, MediaHost, MediaKind, Placed, Upload};
use crate::error::{Error, Kind};
use crate::storage::{self, WriteError};
use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt as _};
use std::ops::Range;
use std::sync::Arc;

/// Its name in tables.
pub const NAME: &str = "object";

/// Our own storage, and the address under which we are reached.
#[derive(Clone, Debug)]
pub struct ObjectMedia {
    files: Arc<dyn ObjectStore>,
    public_url: String,
}

/// A part of a file on its way out.
pub struct Part {
    /// Bytes of the whole file.
    pub size: u64,
    /// Which of them these are.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BoxStream<'static, Result<Bytes, object_store::Error>>,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("size", &self.size).field("range", &self.range).finish_non_exhaustive()
    }
}

impl ObjectMedia {
    /// The storage behind a public address without a slash at its end.
    #[must_use]
    pub const fn new(files: Arc<dyn ObjectStore>, public_url: String) -> Self {
        Self { files, public_url }
    }

    /// Where everybody looks at a file, and a small picture of it: a picture is its own.
    #[must_use]
    pub fn addresses(&self, upload: &Upload) -> (String, Option<String>) {
        let url = format!("{}/media/{}.{}", self.public_url, upload.public_key, upload.format.extension());
        let thumbnail_url = (upload.format.kind() == MediaKind::Image).then(|| url.clone());
        (url, thumbnail_url)
    }

    /// Opens a file, or a part of it.
    ///
    /// # Errors
    /// [`Error`]; of kind `Gone` when it is not there, `Request` when it has no such part.
    pub async fn open(&self, external_id: &str, range: Option<GetRange>) -> Result<Part, Error> {
        let options = GetOptions { range, ..GetOptions::default() };
        let found = self.files.get_opts(&Path::from(external_id), options).await.map_err(|error| fault(&error))?;
        Ok(Part { size: found.meta.size, range: found.range.clone(), bytes: found.into_stream().boxed() })
    }
}

fn fault(error: &object_store::Error) -> Error {
    let kind = match error {
        object_store::Error::NotFound { .. } => Kind::Gone,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => Kind::Credentials,
        _ => Kind::Unavailable,
    };
    // Its own text holds the path and perhaps the address.
    tracing::warn!(%error, "the storage of files");
    Error::new(NAME, kind, "the storage of files did not do it")
}

#[async_trait]
impl MediaHost for ObjectMedia {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn check(&self) -> Result<(), Error> {
        storage::check(&*self.files).await.map_err(|text| Error::new(NAME, Kind::Unavailable, text))
    }

    async fn upload(&self, upload: &Upload, body: Body) -> Result<Placed, Error> {
        let external_id = upload.external_id();
        let written = storage::write(&*self.files, &Path::from(external_id.as_str()), body).await;
        let bytes = written.map_err(|error| match error {
            WriteError::Stream(error) => Error::new(NAME, Kind::Unavailable, error.to_string()),
            WriteError::Storage(error) => fault(&error),
        })?;
        let (url, thumbnail_url) = self.addresses(upload);
        Ok(Placed { external_id, url, thumbnail_url, dimensions: None, bytes })
    }

    async fn remove(&self, _kind: MediaKind, external_id: &str) -> Result<(), Error> {
        match self.files.delete(&Path::from(external_id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(fault(&error)),
        }
    }
}
