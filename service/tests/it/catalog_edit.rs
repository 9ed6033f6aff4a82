//! Rows edited by hand: read again, with the duplicates they make or unmake, and counted.

use crate::catalog_support::{Shop, cells, changes, on_both, table};
use domain::catalog::ItemKind;
use domain::catalog::problem::ProblemCode;
use service::catalog::{self, RowsRequest};
use service::error::Error;
use service::page::PageRequest;

const DUPLICATES: &str = "product_name,sku,description,price_eur\nTaza,1,Una taza.,9.50\nPlato,2,Un plato.,7.20\nJarra,1,Una jarra.,18.00\nVaso,1,Un vaso.,3.00\n";

async fn duplicates(shop: &Shop, version: uuid::Uuid) -> Vec<(i32, u32)> {
    let rows = shop.rows(version).await;
    let found = rows.iter().flat_map(|row| row.problems.iter().map(move |problem| (row.number, problem)));
    found
        .filter_map(|(number, problem)| match problem.code {
            ProblemCode::DuplicateSku { first_row } => Some((number, first_row)),
            _ => None,
        })
        .collect()
}

on_both! {
    async fn giving_a_sku_of_its_own_unmakes_the_duplicate(shop: Shop) {
        let version = shop.import("dup.csv", DUPLICATES.as_bytes()).await.row.version_id.unwrap();
        assert_eq!(duplicates(&shop, version).await, [(4, 2), (5, 2)]);
        assert_eq!(shop.draft().await.problem_count, 2);

        // The first one gets another sku: the second is the first now, the third its duplicate.
        let first = shop.rows(version).await.remove(0);
        let first = catalog::update_row(&shop.ctx, &shop.scope, first.id, &changes(&[("sku", "10")]), None).await.unwrap();
        assert_eq!((first.key.as_str(), first.has_error), ("10", false));
        assert_eq!(duplicates(&shop, version).await, [(5, 4)]);
        assert_eq!(shop.draft().await.problem_count, 1);
        assert!(shop.rows(version).await[2].item.is_some(), "the row that was mended is an item again");

        // And back, onto the plate's: the plate stands after it and is the duplicate now.
        let row = catalog::update_row(&shop.ctx, &shop.scope, first.id, &changes(&[("sku", "2")]), None).await.unwrap();
        assert!(!row.has_error);
        assert_eq!(duplicates(&shop, version).await, [(3, 2), (5, 4)]);
        assert_eq!(shop.draft().await.problem_count, 2);

        // Deleting one unmakes it as well.
        catalog::delete_row(&shop.ctx, &shop.scope, row.id).await.unwrap();
        assert_eq!(duplicates(&shop, version).await, [(5, 4)]);
        let draft = shop.draft().await;
        assert_eq!((draft.row_count, draft.problem_count), (3, 1));
        assert!(matches!(catalog::row(&shop.ctx, &shop.scope, row.id).await, Err(Error::NotFound(_))));
    }

    async fn mending_a_cell_mends_the_row(shop: Shop) {
        let version = shop.import("bad.csv", &table(4, |row| row == 2)).await.row.version_id.unwrap();
        let bad = shop.rows(version).await.remove(2);
        assert!(bad.has_error && bad.item.is_none());
        assert_eq!(bad.cells["price"], "1O,5O", "as written");
        let bad = catalog::update_row(&shop.ctx, &shop.scope, bad.id, &changes(&[("price", "11,x")]), None).await.unwrap();
        assert_eq!(bad.problems[0].code, ProblemCode::NotAnAmount);
        assert_eq!(shop.draft().await.problem_count, 1);
        let good = catalog::update_row(&shop.ctx, &shop.scope, bad.id, &changes(&[("price", "11,00")]), None).await.unwrap();
        assert!(good.problems.is_empty());
        assert_eq!(good.item.unwrap().price_minor, Some(1100));
        assert_eq!(shop.draft().await.problem_count, 0);
        // An empty text clears the cell: without a price it is free.
        let free = catalog::update_row(&shop.ctx, &shop.scope, bad.id, &changes(&[("price", " ")]), None).await.unwrap();
        assert!(!free.cells.contains_key("price") && free.item.unwrap().is_free());
    }

    async fn a_row_is_left_out_and_taken_back(shop: Shop) {
        let version = shop.import("ok.csv", &table(3, |_| false)).await.row.version_id.unwrap();
        let row = shop.rows(version).await.remove(1);
        let none = changes(&[]);
        assert!(catalog::update_row(&shop.ctx, &shop.scope, row.id, &none, Some(true)).await.unwrap().left_out);
        assert_eq!(shop.draft().await.row_count, 2);
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        assert!(!shop.served().await.contains_key("S-1"));
        // The published version's row is taken back in a draft made from it.
        let back = catalog::update_row(&shop.ctx, &shop.scope, row.id, &none, Some(false)).await.unwrap();
        assert!(!back.left_out && back.version_id != version);
        assert_eq!(shop.draft().await.row_count, 3);
        catalog::publish(&shop.ctx, &shop.scope, false).await.unwrap();
        assert!(shop.served().await.contains_key("S-1"));
        shop.drain().await;
    }

    async fn a_catalogue_can_be_begun_by_hand(shop: Shop) {
        let service = cells(&[("service_name", "Manicura"), ("description", "Con esmalte."), ("price", "25"), ("duration", "60 min"), ("image_url", "https://media.example.com/m.jpg")]);
        let row = catalog::add_row(&shop.ctx, &shop.scope, ItemKind::Service, &service).await.unwrap();
        assert!(row.problems.is_empty(), "{:?}", row.problems);
        let item = row.item.unwrap();
        assert_eq!((item.kind, item.price_minor, item.duration_minutes), (ItemKind::Service, Some(2500), Some(60)));
        assert_eq!(item.image_url.as_deref(), Some("https://media.example.com/m.jpg"), "the draft gets the column it lacked");

        let product = cells(&[("product_name", "Esmalte"), ("description", "Rojo."), ("price", "4.00")]);
        let row = catalog::add_row(&shop.ctx, &shop.scope, ItemKind::Product, &product).await.unwrap();
        assert_eq!(row.kind, ItemKind::Product, "{row:?}");
        assert!(row.item.is_some(), "{:?}", row.problems);
        let nameless = catalog::add_row(&shop.ctx, &shop.scope, ItemKind::Service, &cells(&[("price", "4.00")])).await.unwrap();
        assert!(nameless.has_error && nameless.problems.len() == 2, "{:?}", nameless.problems);
        let draft = shop.draft().await;
        assert_eq!((draft.row_count, draft.problem_count), (3, 1));
        catalog::publish(&shop.ctx, &shop.scope, true).await.unwrap();
        assert_eq!(shop.served().await.len(), 2);
        shop.drain().await;
    }

    async fn refused_cells_are_named_and_change_nothing(shop: Shop) {
        let version = shop.import("ok.csv", &table(2, |_| false)).await.row.version_id.unwrap();
        let row = shop.rows(version).await.remove(0);
        let before = shop.rows(version).await;
        let long = "x".repeat(20_001);
        for (key, text) in [("price", long.as_str()), ("no_such_column_here", "1")] {
            let refused = catalog::update_row(&shop.ctx, &shop.scope, row.id, &changes(&[(key, text)]), Some(true)).await;
            assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == ["cells", key]));
        }
        let refused = catalog::add_row(&shop.ctx, &shop.scope, ItemKind::Product, &cells(&[("product_name", "  ")])).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].code == "EMPTY"));
        assert_eq!(shop.rows(version).await, before);
    }

    async fn pages_go_forward_back_and_jump(shop: Shop) {
        let version = shop.import("many.csv", &table(250, |row| row == 120)).await.row.version_id.unwrap();
        let page = async |request: RowsRequest| catalog::rows(&shop.ctx, &shop.scope, version, &request).await.unwrap();
        let keys = |page: &catalog::RowsPage| page.page.rows.iter().map(|(_, row)| row.key.clone()).collect::<Vec<_>>();
        let of = |page: PageRequest| RowsRequest { page, ..RowsRequest::default() };
        let first = page(of(PageRequest { first: Some(100), ..PageRequest::default() })).await;
        assert_eq!((first.total, first.page.has_next, first.page.has_previous), (250, true, false));
        let cursor = first.page.rows.last().unwrap().0.clone();
        let second = page(of(PageRequest { first: Some(100), after: Some(cursor), ..PageRequest::default() })).await;
        assert_eq!(keys(&second)[0], "S-100");
        let cursor = second.page.rows[0].0.clone();
        let back = page(of(PageRequest { last: Some(2), before: Some(cursor), ..PageRequest::default() })).await;
        assert_eq!(keys(&back), ["S-98", "S-99"]);
        let jump = page(RowsRequest { offset: Some(200), ..of(PageRequest { first: Some(100), ..PageRequest::default() }) }).await;
        assert_eq!((keys(&jump)[0].as_str(), jump.page.rows.len(), jump.page.has_next), ("S-200", 50, false));
        let search = RowsRequest { search: Some("ÍTEM Number 24".to_owned()), ..RowsRequest::default() };
        let found = page(search).await;
        assert_eq!(found.total, 13, "24, 124, 224 and 240 to 249");
        let found = page(RowsRequest { search: Some("100% _".to_owned()), ..RowsRequest::default() }).await;
        assert_eq!(found.total, 1);
        let wrong = catalog::rows(&shop.ctx, &shop.scope, version, &of(PageRequest { first: Some(1000), ..PageRequest::default() })).await;
        assert!(matches!(wrong, Err(Error::Invalid(_))));
        let wrong = catalog::rows(&shop.ctx, &shop.scope, version, &of(PageRequest { after: Some("x".to_owned()), ..PageRequest::default() })).await;
        assert!(matches!(wrong, Err(Error::Invalid(errors)) if errors[0].field == ["after"]));
    }

    /// A large catalogue is copied in parts; two edits at once make one draft.
    async fn a_large_draft_is_made_once(shop: Shop) {
        let live = shop.import_live("many.csv", &table(5_500, |_| false)).await;
        let rows = shop.rows(live).await;
        let edit = |index: usize, price: &'static str| {
            let (shop, id) = (shop.clone(), rows[index].id);
            tokio::spawn(async move { catalog::update_row(&shop.ctx, &shop.scope, id, &changes(&[("price", price)]), None).await })
        };
        let (one, two) = tokio::join!(edit(3, "1.00"), edit(4, "2.00"));
        let (one, two) = (one.unwrap().unwrap(), two.unwrap().unwrap());
        assert_eq!(one.version_id, two.version_id);
        let draft = shop.draft().await;
        assert_eq!((draft.id, draft.row_count), (one.version_id, 5_500));
        let diff = catalog::diff(&shop.ctx, &shop.scope, draft.id).await.unwrap().unwrap();
        assert_eq!((diff.changed, diff.unchanged, diff.added, diff.removed), (2, 5_498, 0, 0));
        shop.drain().await;
    }
}
