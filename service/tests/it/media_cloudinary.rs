//! Cloudinary over the wire, against a stateful fake, with the faults that the real one has.

use crate::media_support::{Gallery, mov, mp4, png, refusal};
use entity::credential;
use entity::stored::{ChannelStatus, MediaState};
use gateway::media::{Format, Upload};
use sea_orm::EntityTrait as _;
use service::media;
use std::time::Duration;
use testkit::fake::cloudinary::{API_KEY, CLOUD, SECRET, bad};
use testkit::fake::{Fault, Reply};

testkit::both! {
    /// The key is tried by a signed call that changes nothing; of the secret only the last characters are shown.
    async fn connects(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.is_connected().await;
        let account = gallery.account().await;
        assert_eq!((account.external_id.as_deref(), account.provider.as_str()), (Some(CLOUD), "cloudinary"));
        let hints = service::credential::hints(gallery.ctx(), &gallery.scope, account.id).await.unwrap();
        assert_eq!((hints.len(), hints[0].last.as_str()), (1, "wXyZ"));
        let rows = credential::Entity::find().all(&gallery.ctx().db().read_across()).await.unwrap();
        assert!(rows.iter().all(|row| !row.sealed.contains("fake-cloudinary")), "sealed");
        assert!(!format!("{:?} {account:?}", gallery.kit.jobs().await).contains(SECRET), "no secret outside");
        let connect = |cloud, key, secret| media::connect_cloudinary(gallery.ctx(), &gallery.scope, cloud, key, secret);
        assert_eq!(refusal(connect("../x", API_KEY, SECRET).await).0, "cloudName");
        assert_eq!(refusal(connect(CLOUD, "abc", SECRET).await).0, "apiKey");
        assert_eq!(refusal(connect(CLOUD, API_KEY, " ").await).0, "apiSecret");
        gallery.is_connected().await;
        let account = gallery.connect("wrong-secret-0123").await;
        assert_eq!((account.status, account.error_code.as_deref()), (ChannelStatus::Error, Some("credentials")));
        assert!(!account.last_error.unwrap_or_default().contains("String to sign"));
        gallery.connect(SECRET).await;
        gallery.is_connected().await;
        gallery.server.check();
    }

    /// An account whose owner chose the longer signature is found out.
    async fn the_longer_signature_is_found_out(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.world.use_sha256();
        gallery.connect(SECRET).await;
        gallery.is_connected().await;
        let picture = gallery.put("rose.png", &png()).await;
        assert_eq!(picture.state, MediaState::Ready);
        gallery.server.check();
    }

    /// A picture and a video lie under names made of ids, in folders of the company and kind; our own copies are gone.
    async fn puts_files_where_they_belong(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        let sent = gallery.send("rose.png", &png()).await;
        assert_eq!((sent.state, sent.url.clone()), (MediaState::Uploading, None));
        gallery.run().await;
        let picture = gallery.is(&sent, MediaState::Ready).await;
        let video = gallery.put("rose.mov", &mov()).await;
        let large = gallery.put("large.mp4", &mp4(6_000_000)).await;
        let assets = gallery.world.assets();
        assert_eq!(assets.len(), 3);
        let company = gallery.scope.id().simple().to_string();
        for (media, folder, kind, bytes) in [
            (&picture, "images", "image", png()), (&video, "videos", "video", mov()), (&large, "videos", "video", mp4(6_000_000)),
        ] {
            let asset = &assets[&format!("x8/{company}/{folder}/{}", media.public_key)];
            assert_eq!((asset.folder.as_str(), asset.resource_type.as_str()), (format!("x8/{company}/{folder}").as_str(), kind));
            assert!(asset.bytes == bytes, "every byte arrived");
            assert_eq!((media.host.as_deref(), media.stored, media.width), (Some("cloudinary"), false, Some(640)));
        }
        assert!(picture.url.unwrap().starts_with("https://res.cloudinary.com/flora-test/image/upload/"));
        assert!(video.url.unwrap().ends_with(".mp4"), "phones play it");
        assert!(video.thumbnail_url.unwrap().ends_with(".jpg"));
        assert_eq!(gallery.stored().await, 0);
        assert!(matches!(media::show(gallery.ctx(), &picture.public_key, None).await, Err(service::Error::NotFound(_))));
        gallery.server.check();
    }

    /// Faults that pass: nothing is lost, one file lies there in the end.
    async fn what_passes_is_tried_again(kit: Kit) {
        let faults = [
            Fault::Cut,
            Fault::DoneThenCut,
            Fault::Answer(bad(500, "General Error")),
            Fault::Answer(bad(429, "Rate limited").with_header("retry-after", "7")),
            Fault::Answer(bad(420, "Rate Limit Exceeded").with_header("x-featureratelimit-reset", "Mon, 02 Mar 2026 09:30:00 GMT")),
            Fault::Answer(Reply::bytes(200, &b"{\"public_id\":\"x8"[..])),
            Fault::Answer(Reply::bytes(200, &b"<html>proxy</html>"[..])),
        ];
        let gallery = Gallery::open(kit).await;
        for (number, fault) in faults.into_iter().enumerate() {
            gallery.server.fail("/image/upload", fault.clone());
            let sent = gallery.send("rose.png", &png()).await;
            gallery.run().await;
            let waiting = gallery.is(&sent, MediaState::Uploading).await;
            assert!(waiting.error_code.is_some(), "{fault:?}: people see why it takes so long");
            assert!(waiting.stored, "{fault:?}");
            gallery.kit.advance(Duration::from_secs(3_600));
            gallery.world.set_clock(gallery.kit.now().as_second());
            gallery.run().await;
            let placed = gallery.is(&sent, MediaState::Ready).await;
            assert_eq!(placed.error_code, None, "{fault:?}");
            assert_eq!(gallery.world.assets().len(), number + 1, "{fault:?}");
        }
        gallery.is_connected().await;
        assert_eq!(gallery.stored().await, 0);
        gallery.server.check();
    }

    /// The provider's own pause is kept: not a second earlier.
    async fn a_pause_is_kept(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.server.fail("/image/upload", Fault::Answer(bad(420, "Slow").with_header("x-featureratelimit-reset", "Mon, 02 Mar 2026 09:30:00 GMT")));
        let sent = gallery.send("rose.png", &png()).await;
        gallery.run().await;
        gallery.kit.advance(Duration::from_secs(29 * 60));
        gallery.run().await;
        gallery.is(&sent, MediaState::Uploading).await;
        assert_eq!(gallery.server.calls("/image/upload").len(), 1);
        gallery.kit.advance(Duration::from_secs(120));
        gallery.run().await;
        gallery.is(&sent, MediaState::Ready).await;
        gallery.server.check();
    }

    /// Faults that stay: the file is visible as failed, its bytes are here, and a person tries again.
    async fn what_stays_is_shown_and_tried_again_by_hand(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.server.fail("/image/upload", Fault::Answer(bad(400, "File size too large. Got 20000000. Maximum is 10485760.")));
        let refused = gallery.put("rose.png", &png()).await;
        assert_eq!((refused.state, refused.error_code.as_deref()), (MediaState::Failed, Some("request")));
        assert!(refused.last_error.unwrap().contains("File size too large"));
        gallery.is_connected().await;
        gallery.world.replace_secret("a-new-secret-0123");
        let revoked = gallery.put("tulip.png", &png()).await;
        assert_eq!((revoked.state, revoked.error_code.as_deref()), (MediaState::Failed, Some("credentials")));
        assert_eq!(gallery.account().await.status, ChannelStatus::Error);
        gallery.connect("a-new-secret-0123").await;
        for media in [&refused.id, &revoked.id] {
            let row = media::get(gallery.ctx(), &gallery.scope, *media).await.unwrap();
            let row = media::retry(gallery.ctx(), &gallery.scope, row).await.unwrap();
            assert_eq!(refusal(media::retry(gallery.ctx(), &gallery.scope, row).await).1, "NOT_FAILED");
            gallery.run().await;
            let row = media::get(gallery.ctx(), &gallery.scope, *media).await.unwrap();
            assert_eq!(row.state, MediaState::Ready);
        }
        assert_eq!((gallery.world.assets().len(), gallery.stored().await), (2, 0));
        gallery.server.check();
    }

    /// A provider that is away for days: all tries are used, the file is there and says so.
    async fn a_provider_that_stays_away_loses_nothing(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        for _ in 0..20 {
            gallery.server.fail("/upload", Fault::Answer(bad(503, "maintenance")));
        }
        let sent = gallery.send("rose.png", &png()).await;
        for _ in 0..20 {
            gallery.run().await;
            gallery.kit.advance(Duration::from_secs(6 * 3_600));
        }
        let failed = gallery.is(&sent, MediaState::Failed).await;
        assert_eq!((failed.error_code.as_deref(), failed.stored), (Some("unavailable"), true));
        // Disconnected, it is served from here.
        let account = gallery.account().await;
        service::integration::disconnect(gallery.ctx(), &gallery.scope, account).await.unwrap();
        media::retry(gallery.ctx(), &gallery.scope, failed).await.unwrap();
        gallery.run().await;
        let ours = gallery.is(&sent, MediaState::Ready).await;
        assert_eq!(ours.host.as_deref(), Some("object"));
        assert_eq!(crate::media_support::shown(gallery.ctx(), &ours).await.unwrap(), png());
        gallery.kit.may_remain("send_mail");
    }

    /// An answer that the account's secret did not sign is not believed.
    async fn a_forged_answer_is_not_believed(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.world.forge(true);
        let sent = gallery.put("rose.png", &png()).await;
        assert_eq!((sent.state, sent.url), (MediaState::Uploading, None));
        gallery.world.forge(false);
        gallery.kit.advance(Duration::from_secs(600));
        gallery.run().await;
        let all = media::list(gallery.ctx(), &gallery.scope, &media::MediaRequest::default()).await.unwrap();
        assert_eq!(all.rows[0].1.state, MediaState::Ready);
        gallery.server.check();
    }

    /// A clock that is wrong is named as such.
    async fn a_wrong_clock_is_named(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.world.set_clock(gallery.kit.now().as_second() + 7_200);
        let sent = gallery.put("rose.png", &png()).await;
        assert_eq!(sent.error_code.as_deref(), Some("clock"));
        gallery.world.set_clock(gallery.kit.now().as_second() + 600);
        gallery.kit.advance(Duration::from_secs(600));
        gallery.run().await;
        gallery.is(&sent, MediaState::Ready).await;
        gallery.server.check();
    }

    /// Removing asks the provider until it is done; what is not there any more is removed.
    async fn removes_there_too(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        let (picture, lost) = (gallery.put("rose.png", &png()).await, gallery.put("tulip.png", &png()).await);
        let name = gallery.world.assets().keys().find(|name| name.ends_with(&lost.public_key)).cloned().unwrap();
        gallery.world.lose(&name);
        gallery.server.fail("/destroy", Fault::Answer(bad(503, "maintenance")));
        for media in [picture, lost] {
            media::remove(gallery.ctx(), &gallery.scope, media, false).await.unwrap();
        }
        gallery.run().await;
        gallery.kit.advance(Duration::from_secs(600));
        gallery.run().await;
        assert_eq!(gallery.world.assets().len(), 0);
        let all = media::list(gallery.ctx(), &gallery.scope, &media::MediaRequest::default()).await.unwrap();
        assert_eq!(all.rows.len(), 0);
        gallery.is_connected().await;
        gallery.server.check();
    }

    /// Disconnected, or replaced by another account: the file stays public there, so it is not said to be gone. It can be kept, and
    /// goes once its account is back.
    async fn a_file_out_of_reach_waits_for_its_account(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        let picture = gallery.put("rose.png", &png()).await;
        service::integration::disconnect(gallery.ctx(), &gallery.scope, gallery.account().await).await.unwrap();
        media::remove(gallery.ctx(), &gallery.scope, picture.clone(), false).await.unwrap();
        gallery.run().await;
        let waits = gallery.is(&picture, MediaState::Removing).await;
        assert_eq!(waits.error_code.as_deref(), Some("not_connected"));
        assert!(waits.last_error.is_some_and(|text| text.contains(CLOUD)));
        let kept = media::keep(gallery.ctx(), &gallery.scope, gallery.read(&picture).await).await.unwrap();
        assert_eq!((kept.state, &kept.error_code, &kept.url), (MediaState::Ready, &None, &picture.url));
        media::remove(gallery.ctx(), &gallery.scope, kept, false).await.unwrap();
        media::connect_cloudinary(gallery.ctx(), &gallery.scope, "another-cloud", API_KEY, SECRET).await.unwrap();
        for _ in 0..2 {
            gallery.run().await;
            gallery.kit.advance(Duration::from_secs(3 * 3_600));
            media::sweep(gallery.ctx()).await.unwrap();
        }
        gallery.run().await;
        assert_eq!(gallery.is(&picture, MediaState::Removing).await.error_code.as_deref(), Some("not_connected"));
        assert_eq!(gallery.world.assets().len(), 1);
        gallery.world.set_clock(gallery.kit.now().as_second());
        gallery.connect(SECRET).await;
        assert_eq!(gallery.world.assets().len(), 0);
        let all = media::list(gallery.ctx(), &gallery.scope, &media::MediaRequest::default()).await.unwrap();
        assert_eq!(all.rows.len(), 0);
        gallery.server.check();
    }

    /// Who can't read the key does not know that there is none: nothing changes its place, nothing is said to be out of reach, and
    /// nobody is alarmed.
    async fn a_key_that_cannot_be_read_for_a_while_changes_nothing(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        let kept = gallery.put("tulip.png", &png()).await;
        let sent = gallery.send("rose.png", &png()).await;
        let removals = gallery.server.calls("/destroy").len();
        gallery.ctx().db().change_schema("ALTER TABLE credential RENAME TO away").await.unwrap();
        media::remove(gallery.ctx(), &gallery.scope, kept.clone(), false).await.unwrap();
        gallery.run().await;
        let waits = gallery.is(&sent, MediaState::Uploading).await;
        assert_eq!((waits.stored, waits.host.as_deref(), &waits.error_code), (true, sent.host.as_deref(), &None));
        assert_eq!(gallery.is(&kept, MediaState::Removing).await.error_code, None);
        gallery.is_connected().await;
        assert_eq!((gallery.world.assets().len(), gallery.server.calls("/destroy").len()), (1, removals), "nothing was asked");
        gallery.ctx().db().change_schema("ALTER TABLE away RENAME TO credential").await.unwrap();
        gallery.kit.advance(Duration::from_secs(600));
        gallery.world.set_clock(gallery.kit.now().as_second());
        gallery.run().await;
        let placed = gallery.is(&sent, MediaState::Ready).await;
        assert_eq!((placed.host.as_deref(), gallery.world.assets().len()), (Some("cloudinary"), 1));
        // Where there really is none, the file is served from here.
        entity::credential::Entity::delete_many().exec(&gallery.ctx().db().read_across()).await.unwrap();
        let ours = gallery.put("lily.png", &png()).await;
        assert_eq!((ours.state, ours.host.as_deref()), (MediaState::Ready, Some("object")));
        gallery.server.check();
    }

    /// Removed while it was on its way, after a try whose answer was lost: nothing stays there.
    async fn what_arrived_unseen_is_removed(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        gallery.server.fail("/image/upload", Fault::DoneThenCut);
        let sent = gallery.put("rose.png", &png()).await;
        assert_eq!((sent.state, gallery.world.assets().len()), (MediaState::Uploading, 1));
        media::remove(gallery.ctx(), &gallery.scope, sent, false).await.unwrap();
        gallery.kit.advance(Duration::from_secs(600));
        gallery.run().await;
        assert_eq!((gallery.world.assets().len(), gallery.stored().await), (0, 0));
        gallery.server.check();
    }

    /// Two companies with one account: neither reaches into the other's folder (R1, R75).
    async fn two_companies_share_an_account(kit: Kit) {
        let gallery = Gallery::open(kit).await;
        let picture = gallery.put("rose.png", &png()).await;
        let other = gallery.kit.another_tenant("Other").await;
        media::connect_cloudinary(gallery.ctx(), &other.scope, CLOUD, API_KEY, SECRET).await.unwrap();
        gallery.run().await;
        let theirs = crate::media_support::send(gallery.ctx(), &other.scope, "rose.png", &png()).await.unwrap();
        gallery.run().await;
        assert_eq!(gallery.world.assets().len(), 2);
        let name = |scope: &service::access::CompanyScope, key: &str| {
            Upload { company_id: scope.id(), public_key: key.to_owned(), format: Format::Png, bytes: None }.external_id()
        };
        assert!(gallery.world.assets().contains_key(&name(&gallery.scope, &picture.public_key)));
        let theirs = media::get(gallery.ctx(), &other.scope, theirs.id).await.unwrap();
        media::remove(gallery.ctx(), &other.scope, theirs, false).await.unwrap();
        gallery.run().await;
        assert_eq!(gallery.world.assets().keys().cloned().collect::<Vec<_>>(), [name(&gallery.scope, &picture.public_key)]);
        gallery.server.check();
    }
}
