//! What must hold wherever a company's media lie, in our own storage or at Cloudinary, by one suite (reliability.md §10.C, R86–R88).

use crate::media_support::{Gallery, mp4, png, refusal, send};
use domain::catalog::ItemKind;
use entity::media;
use entity::stored::{CompanyType, MediaState};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use service::catalog;
use service::media::{keep, put_in_row, remove, set_welcome, usage, welcome_url};
use testkit::Kit;

/// Where media lie.
#[derive(Clone, Copy)]
pub(crate) enum Host {
    Own,
    Cloudinary,
}

/// A shop whose media lie there.
struct Shelf {
    gallery: Gallery,
    host: Host,
}

impl Shelf {
    async fn open(kit: Kit, host: Host) -> Self {
        let gallery = match host {
            Host::Own => Gallery::unconnected(kit).await,
            Host::Cloudinary => Gallery::open(kit).await,
        };
        Self { gallery, host }
    }

    /// How many files there are, here and there together: none lies in both places or in the wrong one.
    async fn files(&self) -> usize {
        let (own, there) = (self.gallery.stored().await, self.gallery.world.assets().len());
        match self.host {
            Host::Own => assert_eq!(there, 0),
            Host::Cloudinary => assert_eq!(own, 0),
        }
        own + there
    }

    async fn rows(&self) -> u64 {
        media::Entity::find().count(&self.gallery.ctx().db().read_across()).await.unwrap()
    }

    /// A row of the catalogue, as it is now.
    async fn row(&self, name: &str) -> catalog::Row {
        let cells = [("name", name), ("description", "Long stems"), ("price", "10")];
        let cells = cells.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
        catalog::add_row(self.gallery.ctx(), &self.gallery.scope, ItemKind::Product, &cells).await.unwrap()
    }

    async fn publish(&self) {
        catalog::publish(self.gallery.ctx(), &self.gallery.scope, false).await.unwrap();
        self.gallery.run().await;
    }

    /// Pictures that customers are shown.
    async fn shown(&self) -> Vec<String> {
        let published = catalog::published(self.gallery.ctx(), &self.gallery.scope).await.unwrap();
        published.unwrap().1.items().iter().filter_map(|item| item.image_url.clone()).collect()
    }
}

crate::suite! {
Shelf { own: Host::Own, cloudinary: Host::Cloudinary } {
    /// A file comes to its place once and has a public address, which goes into a row.
    async fn a_picture_is_put_into_a_row(shelf: Shelf) {
        let (ctx, scope) = (shelf.gallery.ctx(), &shelf.gallery.scope);
        let picture = shelf.gallery.put("rose.png", &png()).await;
        let video = shelf.gallery.put("rose.mp4", &mp4(900)).await;
        assert_eq!((picture.state, video.state, shelf.files().await), (MediaState::Ready, MediaState::Ready, 2));
        let url = picture.url.clone().unwrap();
        assert!(url.contains("://") && url != video.url.clone().unwrap());
        let row = shelf.row("Rose").await;
        for (media, column) in [(&picture, "image_url"), (&video, "video_url")] {
            let changed = put_in_row(ctx, scope, media, row.id).await.unwrap();
            assert_eq!(changed.cells.get(column), media.url.as_ref());
            assert!(changed.problems.is_empty(), "{:?}", changed.problems);
            assert_eq!(usage(ctx, scope, media).await.unwrap().rows(), 1);
        }
        shelf.publish().await;
        assert_eq!(shelf.shown().await, [url]);
        shelf.gallery.server.check();
    }

    /// What is no picture and no video is refused with its reason, and leaves nothing anywhere.
    async fn what_is_refused_leaves_nothing(shelf: Shelf) {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>";
        for (name, bytes, code) in [("a.jpg", &b""[..], "EMPTY"), ("b.svg", svg, "UNSUPPORTED_TYPE"), ("c.png", b"\x89PNG\r\n\x1a\n", "BROKEN")] {
            let sent = send(shelf.gallery.ctx(), &shelf.gallery.scope, name, bytes).await;
            assert_eq!(refusal(sent), ("file".to_owned(), code.to_owned()), "{name}");
        }
        shelf.gallery.run().await;
        assert_eq!((shelf.files().await, shelf.rows().await), (0, 0));
    }

    /// R88: a file in use is not removed unasked; asked, it goes when its cells are empty for customers too, and no link is left.
    async fn no_link_outlives_its_file(shelf: Shelf) {
        let (ctx, scope) = (shelf.gallery.ctx(), &shelf.gallery.scope);
        let picture = shelf.gallery.put("rose.png", &png()).await;
        let row = shelf.row("Rose").await;
        put_in_row(ctx, scope, &picture, row.id).await.unwrap();
        shelf.publish().await;
        let refused = remove(ctx, scope, picture.clone(), false).await;
        assert_eq!(refusal(refused), ("emptyCells".to_owned(), "IN_USE".to_owned()));
        let going = remove(ctx, scope, picture.clone(), true).await.unwrap();
        shelf.gallery.run().await;
        assert_eq!((going.state, shelf.files().await), (MediaState::Removing, 1), "customers still meet it");
        assert_eq!(shelf.shown().await, [picture.url.clone().unwrap()]);
        let kept = keep(ctx, scope, going).await.unwrap();
        assert_eq!(kept.state, MediaState::Ready);
        remove(ctx, scope, kept, true).await.unwrap();
        shelf.publish().await;
        assert!(shelf.shown().await.is_empty());
        assert_eq!((shelf.files().await, shelf.rows().await), (0, 0));
        shelf.gallery.server.check();
    }

    /// A file that no row names goes at once; twice is once.
    async fn an_unused_file_goes(shelf: Shelf) {
        let (ctx, scope) = (shelf.gallery.ctx(), &shelf.gallery.scope);
        let picture = shelf.gallery.put("rose.png", &png()).await;
        let going = remove(ctx, scope, picture, false).await.unwrap();
        remove(ctx, scope, going, false).await.unwrap();
        shelf.gallery.run().await;
        assert_eq!((shelf.files().await, shelf.rows().await), (0, 0));
        shelf.gallery.server.check();
    }

    /// R87: one welcome video for each kind of items; the next one takes its place, and a removed one greets nobody.
    async fn one_video_welcomes(shelf: Shelf) {
        let (ctx, scope) = (shelf.gallery.ctx(), &shelf.gallery.scope);
        let (one, other) = (shelf.gallery.put("a.mp4", &mp4(500)).await, shelf.gallery.put("b.mp4", &mp4(600)).await);
        let welcome = async || welcome_url(ctx, scope, CompanyType::Product).await.unwrap();
        for video in [&one, &other] {
            set_welcome(ctx, scope, video.clone(), Some(ItemKind::Product)).await.unwrap();
            assert_eq!(welcome().await, video.url);
        }
        remove(ctx, scope, shelf.gallery.read(&other).await, true).await.unwrap();
        shelf.gallery.run().await;
        assert_eq!(welcome().await, None);
        assert_eq!(shelf.files().await, 1);
    }
}
}
