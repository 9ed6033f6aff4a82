//! What the tests of media stand on: files of each kind, small; a shop; a world at Cloudinary.

use bytes::Bytes;
use entity::stored::{ChannelStatus, IntegrationKind, MediaState};
use entity::{integration, media};
use service::access::CompanyScope;
use service::ctx::Ctx;
use service::{Error, Result};
use std::sync::Arc;
use testkit::Kit;
use testkit::fake::Server;
use testkit::fake::cloudinary::{API_KEY, CLOUD, Cloudinary, SECRET};

/// A picture of one kind or another, 320 by 240.
pub(crate) fn gif() -> Vec<u8> {
    let mut bytes = b"GIF89a\x40\x01\xf0\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
    bytes.extend(b"\x2c\x00\x00\x00\x00\x40\x01\xf0\x00\x00\x02\x02\x44\x01\x00\x3b");
    bytes
}

pub(crate) fn png() -> Vec<u8> {
    b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\x40\0\0\0\xf0\x08\x06\0\0\0\0\0\0\0".to_vec()
}

pub(crate) fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xc0\0\x11\x08\0\xf0\x01\x40\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9");
    bytes
}

pub(crate) fn webp() -> Vec<u8> {
    b"RIFF\x1e\0\0\0WEBPVP8L\x11\0\0\0\x2f\x3f\xc1\x3b\0\x07\xd0\xff\xfe\xf7\xbf\xff\x81\x88\xe8\x7f\0\0".to_vec()
}

pub(crate) fn mp4(bytes: usize) -> Vec<u8> {
    let mut video = b"\0\0\0\x18ftypisom\0\0\x02\0isommp41".to_vec();
    video.resize(Ord::max(bytes, video.len()), 7);
    video
}

pub(crate) fn mov() -> Vec<u8> {
    b"\0\0\0\x14ftypqt  \0\0\x02\0qt  \0\0\0\x08wide".to_vec()
}

pub(crate) fn avi() -> Vec<u8> {
    b"RIFF\x24\0\0\0AVI LIST\x10\0\0\0hdrl".to_vec()
}

/// Sends a file in.
pub(crate) async fn send(ctx: &Ctx, scope: &CompanyScope, name: &str, bytes: &[u8]) -> Result<media::Model> {
    let parts: Vec<Result<Bytes, std::io::Error>> =
        bytes.chunks(64 * 1024).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    service::media::upload(ctx, scope, name, futures::stream::iter(parts)).await
}

/// The field and the code of a refusal.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> (String, String) {
    match result {
        Err(Error::Invalid(errors)) => (errors[0].field.join("."), errors[0].code.clone()),
        other => panic!("{other:?}"),
    }
}

/// The bytes that everybody gets.
pub(crate) async fn shown(ctx: &Ctx, media: &media::Model) -> Result<Vec<u8>> {
    use futures::TryStreamExt as _;
    let show = service::media::show(ctx, &media.public_key, None).await?;
    let parts: Vec<Bytes> = show.bytes.try_collect().await?;
    Ok(parts.concat())
}

/// A shop whose media lie at Cloudinary.
pub(crate) struct Gallery {
    pub(crate) kit: Kit,
    pub(crate) scope: CompanyScope,
    pub(crate) world: Cloudinary,
    pub(crate) server: Server,
}

impl Gallery {
    pub(crate) async fn open(kit: Kit) -> Self {
        let gallery = Self::unconnected(kit).await;
        gallery.connect(SECRET).await;
        gallery
    }

    /// Nothing is connected yet: media stay in our own storage.
    pub(crate) async fn unconnected(kit: Kit) -> Self {
        let world = Cloudinary::default();
        let server = world.start().await;
        let kit = kit.with_engine(|engine| server.url().clone_into(&mut engine.outside.cloudinary_url));
        let tenant = kit.tenant().await;
        Self { scope: tenant.scope.clone(), kit, world, server }
    }

    pub(crate) fn ctx(&self) -> &Ctx {
        &self.kit.ctx
    }

    pub(crate) async fn connect(&self, secret: &str) -> integration::Model {
        service::media::connect_cloudinary(self.ctx(), &self.scope, CLOUD, API_KEY, secret).await.unwrap();
        self.run().await;
        self.account().await
    }

    pub(crate) async fn account(&self) -> integration::Model {
        let found = service::integration::of_kind(self.ctx(), &self.scope, IntegrationKind::Media).await.unwrap();
        found.expect("an account")
    }

    pub(crate) async fn is_connected(&self) {
        let account = self.account().await;
        assert_eq!(account.status, ChannelStatus::Connected, "{account:?}");
    }

    pub(crate) async fn run(&self) {
        self.kit.drain_with(&service::jobs::registry()).await;
    }

    pub(crate) async fn send(&self, name: &str, bytes: &[u8]) -> media::Model {
        send(self.ctx(), &self.scope, name, bytes).await.unwrap()
    }

    /// Sends it in and lets the jobs bring it to its place.
    pub(crate) async fn put(&self, name: &str, bytes: &[u8]) -> media::Model {
        let sent = self.send(name, bytes).await;
        self.run().await;
        self.read(&sent).await
    }

    pub(crate) async fn read(&self, media: &media::Model) -> media::Model {
        service::media::get(self.ctx(), &self.scope, media.id).await.unwrap()
    }

    pub(crate) async fn is(&self, media: &media::Model, state: MediaState) -> media::Model {
        let now = self.read(media).await;
        assert_eq!(now.state, state, "{now:?}");
        now
    }

    /// How many files lie in our own storage.
    pub(crate) async fn stored(&self) -> usize {
        use futures::StreamExt as _;
        use object_store::ObjectStore as _;
        Arc::clone(&self.ctx().engine().files).list(None).collect::<Vec<_>>().await.len()
    }
}
