//! Pictures and videos that customers see: who keeps and serves them.
//!
//! `service` speaks to a [`MediaHost`] and asks nobody which one it is. A file is put under a name that is fixed before the first
//! try, so that a try whose answer was lost is repeated without harm, and what was begun can always be removed.

pub mod cloudinary;
mod format;
pub mod object;

pub use format::{Format, dimensions};

use crate::error::Error;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use uuid::Uuid;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A video.
    Video,
}

impl MediaKind {
    /// Name of its folder.
    #[must_use]
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Image => "images",
            Self::Video => "videos",
        }
    }
}

/// One file, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Whose it is: names its folder (R75: no name that a person gave, so that none can collide).
    pub company_id: Uuid,
    /// What it is called in public: nobody can guess it.
    pub public_key: String,
    /// What it is.
    pub format: Format,
    /// How many bytes it has; none while nobody has counted them.
    pub bytes: Option<u64>,
}

impl Upload {
    /// Its name at whoever keeps it, the same at every try.
    #[must_use]
    pub fn external_id(&self) -> String {
        format!("{}/{}", self.folder(), self.public_key)
    }

    /// Its folder: the company's, by kind.
    #[must_use]
    pub fn folder(&self) -> String {
        format!("x8/{}/{}", self.company_id.simple(), self.format.kind().folder())
    }
}

/// A file that lies where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its name at whoever keeps it.
    pub external_id: String,
    /// Where everybody may look at it.
    pub url: String,
    /// A small picture of it, where there is one.
    pub thumbnail_url: Option<String>,
    /// Width and height, where they are known.
    pub dimensions: Option<(u32, u32)>,
    /// How many bytes were taken.
    pub bytes: u64,
}

/// The bytes of a file on their way.
pub type Body = BoxStream<'static, Result<Bytes, std::io::Error>>;

/// Who keeps and serves a company's media.
#[async_trait]
pub trait MediaHost: std::fmt::Debug + Send + Sync {
    /// Its name in tables.
    fn name(&self) -> &'static str;

    /// Looks whether the account works, changing nothing.
    ///
    /// # Errors
    /// [`Error`] when it does not.
    async fn check(&self) -> Result<(), Error>;

    /// Puts a file in its place, in the place of what an earlier try left there.
    ///
    /// # Errors
    /// [`Error`]; trying again is harmless.
    async fn upload(&self, upload: &Upload, body: Body) -> Result<Placed, Error>;

    /// Removes a file, also from caches; one that is not there any more is removed.
    ///
    /// # Errors
    /// [`Error`].
    async fn remove(&self, kind: MediaKind, external_id: &str) -> Result<(), Error>;
}
