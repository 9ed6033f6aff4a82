//! Publishing: one step, back again, and never half.

use crate::catalog_support::{Shop, changes, on_both, table};
use entity::stored::VersionStatus;
use service::catalog::{self, Change};
use service::error::Error;
use service::page::PageRequest;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn priced(rows: usize, price: u32) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = "product_name,sku,description,price_eur\n".to_owned();
    for row in 0..rows {
        writeln!(text, "Item {row},S-{row},Described.,{price}.00").unwrap();
    }
    text.into_bytes()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid(errors)) => errors[0].code.clone(),
        other => panic!("{other:?}"),
    }
}

on_both! {
    /// A reader sees the old version or the new one, whole; never a mixture.
    async fn a_reader_never_sees_a_mixture(shop: Shop) {
        shop.import_live("one.csv", &priced(300, 10)).await;
        let done = Arc::new(AtomicBool::new(false));
        let reader = {
            let (shop, done) = (shop.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut seen = std::collections::BTreeSet::new();
                loop {
                    let last = done.load(Ordering::SeqCst);
                    let served = shop.served().await;
                    assert_eq!(served.len(), 300);
                    let prices: std::collections::BTreeSet<_> = served.values().copied().collect();
                    assert_eq!(prices.len(), 1, "a mixture of two versions");
                    seen.extend(prices);
                    if last { return seen }
                }
            })
        };
        for price in 11..=16 {
            shop.import_live("next.csv", &priced(300, price)).await;
        }
        done.store(true, Ordering::SeqCst);
        let seen = reader.await.unwrap();
        assert!(seen.contains(&Some(1600)), "{seen:?}");
    }

    async fn an_older_version_comes_back_whole(shop: Shop) {
        let first = shop.import_live("one.csv", &priced(3, 10)).await;
        let second = shop.import_live("two.csv", &priced(4, 20)).await;
        shop.import("three.csv", &priced(5, 30)).await;
        catalog::roll_back(&shop.ctx, &shop.scope, first).await.unwrap();
        assert_eq!(shop.served().await.values().copied().collect::<Vec<_>>(), [Some(1000); 3]);
        assert_eq!(shop.draft().await.row_count, 5, "the draft stays");
        let status = |id| { let shop = shop.clone(); async move { catalog::version(&shop.ctx, &shop.scope, id).await.unwrap().status } };
        assert_eq!((status(first).await, status(second).await), (VersionStatus::Published, VersionStatus::Superseded));
        let draft = shop.draft().await.id;
        assert_eq!(code(catalog::roll_back(&shop.ctx, &shop.scope, draft).await), "NOT_PUBLISHED_BEFORE");
        shop.drain().await;
    }

    async fn a_draft_without_a_whole_row_never_replaces_the_catalogue(shop: Shop) {
        assert_eq!(code(catalog::publish(&shop.ctx, &shop.scope, true).await), "NO_DRAFT");
        shop.import_live("one.csv", &priced(2, 10)).await;
        shop.import("bad.csv", &table(3, |_| true)).await;
        assert_eq!(code(catalog::publish(&shop.ctx, &shop.scope, false).await), "HAS_PROBLEMS");
        assert_eq!(code(catalog::publish(&shop.ctx, &shop.scope, true).await), "NO_ROWS");
        assert!(shop.rows(shop.draft().await.id).await.iter().all(|row| !row.left_out), "a refusal changes nothing");
        assert_eq!(shop.served().await.len(), 2);
        catalog::discard_draft(&shop.ctx, &shop.scope).await.unwrap();
        assert_eq!(code(catalog::discard_draft(&shop.ctx, &shop.scope).await), "NO_DRAFT");
        shop.drain().await;
        assert_eq!(shop.served().await.len(), 2);
    }

    async fn the_last_ten_versions_are_kept(shop: Shop) {
        let mut made = Vec::new();
        for price in 1..=13 {
            made.push(shop.import_live("v.csv", &priced(2, price)).await);
            shop.advance(60);
        }
        shop.drain().await;
        let versions = catalog::versions(&shop.ctx, &shop.scope, &PageRequest::default()).await.unwrap();
        let numbers: Vec<i32> = versions.rows.iter().map(|(_, version)| version.number).collect();
        assert_eq!(numbers, (3..=13).rev().collect::<Vec<_>>(), "the published one and ten to go back to");
        assert!(matches!(catalog::roll_back(&shop.ctx, &shop.scope, made[0]).await, Err(Error::NotFound(_))));
        catalog::roll_back(&shop.ctx, &shop.scope, made[2]).await.unwrap();
        assert_eq!(shop.served().await["S-0"], Some(300));
        shop.drain().await;
    }

    async fn the_difference_is_told_by_key_and_column(shop: Shop) {
        let old = "product_name,sku,description,price_eur\nA,1,One.,10.00\nB,2,Two.,20.00\nC,3,Three.,30.00\n";
        let new = "product_name,sku,description,price_eur,unit\nA,1,One.,\"10,00\",\nB,2,Two.,25.00,kg\nD,4,Four.,40.00,\n";
        shop.import_live("old.csv", old.as_bytes()).await;
        let draft = shop.import("new.csv", new.as_bytes()).await.row.version_id.unwrap();
        let diff = catalog::diff(&shop.ctx, &shop.scope, draft).await.unwrap().unwrap();
        assert_eq!((diff.added, diff.changed, diff.removed, diff.unchanged), (1, 1, 1, 1), "{diff:?}");
        let changed: Vec<_> = diff.sample.iter().map(|row| (row.key.as_str(), row.change)).collect();
        assert_eq!(changed, [("2", Change::Changed), ("3", Change::Removed), ("4", Change::Added)]);
        let mut columns = diff.sample[0].columns.clone();
        columns.sort();
        assert_eq!(columns, ["price", "unit"]);
        let published = catalog::published_version(&shop.ctx, &shop.scope).await.unwrap().unwrap().id;
        assert!(catalog::diff(&shop.ctx, &shop.scope, published).await.unwrap().is_none());
    }

    async fn facts_follow_the_catalogue(shop: Shop) {
        let facts = async |shop: &Shop| catalog::facts(&shop.ctx, &shop.scope).await.unwrap();
        assert_eq!(facts(&shop).await, catalog::Facts { imported: false, published: false });
        shop.import("one.csv", &priced(2, 10)).await;
        assert_eq!(facts(&shop).await, catalog::Facts { imported: true, published: false });
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        assert_eq!(facts(&shop).await, catalog::Facts { imported: true, published: true });
        shop.drain().await;
    }

    /// What is mended in the draft is served only after publishing.
    async fn edits_wait_for_publishing(shop: Shop) {
        let live = shop.import_live("one.csv", &priced(3, 10)).await;
        let row = shop.row_of(live, "S-1").await;
        let edited = catalog::update_row(&shop.ctx, &shop.scope, row.id, &changes(&[("price", "12,50")]), None).await.unwrap();
        assert_ne!(edited.version_id, live);
        assert_eq!(edited.item.unwrap().price_minor, Some(1250));
        assert_eq!(shop.served().await["S-1"], Some(1000));
        assert_eq!(shop.row_of(live, "S-1").await.item.unwrap().price_minor, Some(1000), "a published version never changes");
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        assert_eq!(shop.served().await["S-1"], Some(1250));
        shop.drain().await;
    }
}
