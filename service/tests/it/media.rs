//! Pictures and videos in our own storage: taken in, served, linked, removed (R86–R88).

use crate::catalog_support::{Shop, on_both};
use crate::media_support::{avi, gif, jpeg, mov, mp4, png, refusal, send, shown, webp};
use bytes::Bytes;
use domain::catalog::ItemKind;
use entity::stored::{CompanyType, MediaKind, MediaState};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use service::media::{self, MAX_IMAGE_BYTES, MediaRequest, Part};
use service::{Error, catalog};

async fn none_left(shop: &Shop) {
    use futures::StreamExt as _;
    use object_store::ObjectStore as _;
    let rows = entity::media::Entity::find().count(&shop.ctx.db().read_across()).await.unwrap();
    let files = shop.ctx.engine().files.list(None).collect::<Vec<_>>().await;
    assert_eq!((rows, files.len()), (0, 0), "{files:?}");
}

async fn row(shop: &Shop, name: &str, image: &str) -> catalog::Row {
    let cells = [("name", name), ("description", "Long stems"), ("price", "10"), ("image_url", image)];
    let cells = cells.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    catalog::add_row(&shop.ctx, &shop.scope, ItemKind::Product, &cells).await.unwrap()
}

async fn cell(shop: &Shop, name: &str) -> Option<String> {
    let catalogue = catalog::catalogue(&shop.ctx, &shop.scope).await.unwrap();
    let version = catalogue.draft_version_id.or(catalogue.published_version_id).unwrap();
    let rows = shop.rows(version).await;
    let row = rows.into_iter().find(|row| row.name == name).unwrap();
    row.cells.get("image_url").cloned()
}

on_both! {
    /// Every format of R86, told by its bytes whatever its name is, served under a name that nobody guesses.
    async fn each_format_is_taken_and_served(shop: Shop) {
        let files = [
            ("a.txt", jpeg(), "image/jpeg", "jpg"), ("b", png(), "image/png", "png"), ("c.gif", gif(), "image/gif", "gif"),
            ("d.webp", webp(), "image/webp", "webp"), ("e.mp4", mp4(5_000_000), "video/mp4", "mp4"),
            ("f.avi", avi(), "video/x-msvideo", "avi"), ("../g.mov", mov(), "video/quicktime", "mov"),
        ];
        for (name, bytes, media_type, ending) in files {
            let media = send(&shop.ctx, &shop.scope, name, &bytes).await.unwrap();
            assert_eq!((media.state, media.media_type.as_str(), media.size), (MediaState::Ready, media_type, bytes.len() as i64));
            assert_eq!(media.url.as_deref(), Some(format!("https://x8.example/media/{}.{ending}", media.public_key).as_str()));
            assert_eq!(media.public_key.len(), 32);
            assert!(!media.name.contains('/'));
            let size = (media.kind == MediaKind::Image).then_some((320, 240));
            assert_eq!(media.width.zip(media.height), size, "{name}");
            assert_eq!(media.thumbnail_url.is_some(), media.kind == MediaKind::Image);
            assert_eq!(shown(&shop.ctx, &media).await.unwrap(), bytes);
        }
        let pictures = MediaRequest { kind: Some(MediaKind::Image), ..MediaRequest::default() };
        assert_eq!(media::list(&shop.ctx, &shop.scope, &pictures).await.unwrap().rows.len(), 4);
        let named = MediaRequest { search: Some("g.mov".to_owned()), ..MediaRequest::default() };
        let found = media::list(&shop.ctx, &shop.scope, &named).await.unwrap();
        let video = &found.rows[0].1;
        let part = |part| media::show(&shop.ctx, &video.public_key, Some(part));
        for (wanted, range) in [(Part::From(4), 4..28), (Part::Between(0, 3), 0..4), (Part::Between(4, 999), 4..28), (Part::Last(2), 26..28)] {
            let show = part(wanted).await.unwrap();
            assert_eq!((show.range, show.size), (range, 28), "{wanted:?}");
        }
        assert_eq!(refusal(part(Part::From(28)).await), ("range".to_owned(), "OUT_OF_RANGE".to_owned()));
    }

    /// What is no picture and no video is refused by name and reason, and leaves nothing.
    async fn everything_else_is_refused(shop: Shop) {
        let mut bomb = gif();
        bomb[6..10].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
        let mut large = png();
        large.resize(usize::try_from(MAX_IMAGE_BYTES).unwrap() + 1, 0);
        let cases: [(&str, Vec<u8>, &str); 9] = [
            ("empty.jpg", Vec::new(), "EMPTY"),
            ("zip.jpg", b"PK\x03\x04archive".to_vec(), "UNSUPPORTED_TYPE"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec(), "UNSUPPORTED_TYPE"),
            ("page.png", b"<!doctype html><script>1</script>".to_vec(), "UNSUPPORTED_TYPE"),
            ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "UNSUPPORTED_TYPE"),
            ("head.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec(), "BROKEN"),
            ("half.png", b"\x89PNG\r\n\x1a\n".to_vec(), "BROKEN"),
            ("bomb.gif", bomb, "TOO_LARGE"),
            ("large.png", large, "TOO_LARGE"),
        ];
        for (name, bytes, code) in cases {
            assert_eq!(refusal(send(&shop.ctx, &shop.scope, name, &bytes).await), ("file".to_owned(), code.to_owned()), "{name}");
        }
        let broken = [Ok(Bytes::from(mp4(2_000_000))), Err(std::io::Error::other("gone"))];
        let sent = media::upload(&shop.ctx, &shop.scope, "half.mp4", futures::stream::iter(broken)).await;
        assert_eq!(refusal(sent).1, "BROKEN_OFF");
        none_left(&shop).await;
    }

    /// What a process that died had begun is swept, bytes and row; what has arrived stays.
    async fn halves_are_swept(shop: Shop) {
        let whole = send(&shop.ctx, &shop.scope, "whole.png", &png()).await.unwrap();
        let never = futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from(mp4(600_000))) });
        let never = futures::StreamExt::chain(never, futures::stream::pending());
        let upload = media::upload(&shop.ctx, &shop.scope, "half.mp4", never);
        let cut = tokio::time::timeout(std::time::Duration::from_millis(500), upload).await;
        assert!(cut.is_err(), "it was still on its way");
        assert_eq!(media::list(&shop.ctx, &shop.scope, &MediaRequest::default()).await.unwrap().rows.len(), 1, "nobody sees it");
        assert_eq!(media::sweep(&shop.ctx).await.unwrap(), 0);
        shop.advance(2 * 3_600 + 1);
        assert_eq!(media::sweep(&shop.ctx).await.unwrap(), 1);
        assert_eq!(entity::media::Entity::find().count(&shop.ctx.db().read_across()).await.unwrap(), 1);
        assert!(shown(&shop.ctx, &whole).await.is_ok());
    }

    /// A link goes into the row's own cell, in the draft.
    async fn a_link_is_put_into_a_row(shop: Shop) {
        let picture = send(&shop.ctx, &shop.scope, "rose.png", &png()).await.unwrap();
        let video = send(&shop.ctx, &shop.scope, "rose.mp4", &mp4(900)).await.unwrap();
        let rose = row(&shop, "Rose", "").await;
        for (media, column) in [(&picture, "image_url"), (&video, "video_url")] {
            let changed = media::put_in_row(&shop.ctx, &shop.scope, media, rose.id).await.unwrap();
            assert_eq!(changed.cells.get(column), media.url.as_ref());
            assert!(changed.problems.is_empty(), "{:?}", changed.problems);
            assert_eq!(media::usage(&shop.ctx, &shop.scope, media).await.unwrap().rows(), 1);
        }
        let neighbour = shop.neighbour().await;
        let foreign = media::put_in_row(&neighbour.ctx, &neighbour.scope, &picture, rose.id).await;
        assert!(matches!(foreign, Err(Error::NotFound(_))));
        assert!(matches!(media::get(&neighbour.ctx, &neighbour.scope, picture.id).await, Err(Error::NotFound(_))));
        assert_eq!(media::usage(&neighbour.ctx, &neighbour.scope, &picture).await.unwrap().rows(), 0);
    }

    /// R88: a file in use is not removed unasked; asked, its cells are emptied in the draft, and it goes when that is live, out
    /// of older versions as well.
    async fn no_link_outlives_its_file(shop: Shop) {
        let picture = send(&shop.ctx, &shop.scope, "rose.png", &png()).await.unwrap();
        let url = picture.url.clone().unwrap();
        row(&shop, "Rose", &url).await;
        row(&shop, "Tulip", "https://shop.example/t.png").await;
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        shop.drain().await;
        let refused = media::remove(&shop.ctx, &shop.scope, picture.clone(), false).await;
        assert_eq!(refusal(refused), ("emptyCells".to_owned(), "IN_USE".to_owned()));
        let going = media::remove(&shop.ctx, &shop.scope, picture.clone(), true).await.unwrap();
        assert_eq!(going.state, MediaState::Removing);
        shop.drain().await;
        assert_eq!((cell(&shop, "Rose").await, cell(&shop, "Tulip").await), (None, Some("https://shop.example/t.png".to_owned())));
        assert!(shown(&shop.ctx, &going).await.is_ok(), "customers still meet it");
        let put = media::put_in_row(&shop.ctx, &shop.scope, &going, row(&shop, "Lily", "").await.id).await;
        assert_eq!(refusal(put).1, "NOT_READY");
        // Kept after all, and removed again.
        let kept = media::keep(&shop.ctx, &shop.scope, going).await.unwrap();
        assert_eq!(kept.state, MediaState::Ready);
        media::remove(&shop.ctx, &shop.scope, kept.clone(), true).await.unwrap();
        shop.drain().await;
        let old = catalog::catalogue(&shop.ctx, &shop.scope).await.unwrap().published_version_id.unwrap();
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        shop.drain().await;
        assert!(matches!(shown(&shop.ctx, &kept).await, Err(Error::NotFound(_))));
        assert!(matches!(media::get(&shop.ctx, &shop.scope, kept.id).await, Err(Error::NotFound(_))));
        // Back to the version that named it: it names it no more.
        catalog::roll_back(&shop.ctx, &shop.scope, old).await.unwrap();
        assert_eq!(cell(&shop, "Rose").await, None);
        let items = catalog::published(&shop.ctx, &shop.scope).await.unwrap().unwrap().1;
        assert!(items.items().iter().all(|item| item.image_url.as_deref() != Some(url.as_str())));
        shop.drain().await;
        none_left(&shop).await;
    }

    /// A file that no row names goes at once; twice is once.
    async fn an_unused_file_goes(shop: Shop) {
        let picture = send(&shop.ctx, &shop.scope, "rose.png", &png()).await.unwrap();
        let going = media::remove(&shop.ctx, &shop.scope, picture, false).await.unwrap();
        media::remove(&shop.ctx, &shop.scope, going.clone(), false).await.unwrap();
        shop.drain().await;
        assert!(matches!(media::keep(&shop.ctx, &shop.scope, going).await, Err(Error::Invalid(_))));
        none_left(&shop).await;
    }

    /// R87: one welcome video for each kind of items, photos never; the next one takes its place.
    async fn one_video_welcomes(shop: Shop) {
        let mut videos = Vec::new();
        for name in ["a.mp4", "b.mp4"] {
            shop.advance(1);
            videos.push(send(&shop.ctx, &shop.scope, name, &mp4(500)).await.unwrap());
        }
        let picture = send(&shop.ctx, &shop.scope, "a.png", &png()).await.unwrap();
        let set = |media: &entity::media::Model, kind| media::set_welcome(&shop.ctx, &shop.scope, media.clone(), kind);
        assert_eq!(refusal(set(&picture, Some(ItemKind::Product)).await).1, "NOT_A_VIDEO");
        set(&videos[0], Some(ItemKind::Product)).await.unwrap();
        set(&videos[1], Some(ItemKind::Service)).await.unwrap();
        let welcome = |sells| media::welcome_url(&shop.ctx, &shop.scope, sells);
        assert_eq!(welcome(CompanyType::Product).await.unwrap(), videos[0].url);
        assert_eq!(welcome(CompanyType::Service).await.unwrap(), videos[1].url);
        assert_eq!(welcome(CompanyType::Hybrid).await.unwrap(), videos[0].url);
        set(&videos[1], Some(ItemKind::Product)).await.unwrap();
        assert_eq!(welcome(CompanyType::Product).await.unwrap(), videos[1].url);
        assert_eq!(welcome(CompanyType::Service).await.unwrap(), None);
        set(&videos[1], None).await.unwrap();
        assert_eq!(welcome(CompanyType::Product).await.unwrap(), None);
    }
}
