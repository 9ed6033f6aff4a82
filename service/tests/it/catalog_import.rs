//! Reading files into drafts: whole, in parts after a crash, stopped, mapped anew.

use crate::catalog_support::{Shop, on_both, table};
use domain::catalog::ItemKind;
use domain::catalog::problem::{Problem, ProblemCode};
use domain::language::Language;
use entity::stored::{EventKind, ImportStatus, VersionStatus};
use entity::{catalogue_row, catalogue_version};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use service::catalog::{self, RowsRequest};
use service::error::Error;
use service::page::PageRequest;

async fn all_rows(shop: &Shop) -> u64 {
    catalogue_row::Entity::find()
        .filter(catalogue_row::Column::CompanyId.eq(shop.scope.id()))
        .count(&shop.ctx.db().read_across())
        .await
        .unwrap()
}

on_both! {
    async fn ten_thousand_rows_with_37_bad_ones(shop: Shop) {
        let mut events = shop.ctx.engine().bus.listen();
        let bad = |row: usize| row % 270 == 7 && row < 270 * 37;
        let import = shop.import("many.csv", &table(10_000, bad)).await;
        assert_eq!(import.row.status, ImportStatus::Done, "{:?}", import.file_problems);
        assert_eq!((import.row.rows_total, import.row.problem_count), (Some(10_000), 37));
        assert_eq!(import.row.bytes_read, import.row.bytes_total);
        let draft = shop.draft().await;
        assert_eq!((draft.row_count, draft.problem_count, draft.number), (10_000, 37, 1));
        assert_eq!(Some(draft.id), import.row.version_id);

        let mut after = None;
        let mut told: Vec<Problem> = Vec::new();
        loop {
            let page = PageRequest { first: Some(10), after, ..PageRequest::default() };
            let page = catalog::import_problems(&shop.ctx, &shop.scope, &import, &page).await.unwrap();
            after = page.rows.last().map(|(cursor, _)| cursor.clone());
            told.extend(page.rows.into_iter().map(|(_, problem)| problem));
            if !page.has_next { break }
        }
        let expected: Vec<u32> = (0..10_000).filter(|row| bad(*row)).map(|row| u32::try_from(row).unwrap() + 2).collect();
        assert_eq!(told.iter().filter_map(|problem| problem.row).collect::<Vec<_>>(), expected);

        let only = RowsRequest { only_problems: true, ..RowsRequest::default() };
        let (total, rows) = shop.rows_where(draft.id, only).await;
        assert_eq!((total, rows.len()), (37, 37));
        let refused = catalog::publish(&shop.ctx, &shop.scope, false).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].code == "HAS_PROBLEMS"));
        catalog::publish(&shop.ctx, &shop.scope, true).await.unwrap();
        assert_eq!(shop.served().await.len(), 9_963);
        shop.drain().await;
        let mut kinds = Vec::new();
        while let Some(service::event::Told::Event(event)) = events.try_next() {
            kinds.push(event.kind);
        }
        assert!(kinds.contains(&EventKind::Import) && kinds.contains(&EventKind::Catalogue));
    }

    /// reliability.md case 117: the run dies in the middle; the next one has each row once.
    async fn a_run_that_dies_leaves_nothing_behind(shop: Shop) {
        let file = shop.upload("many.csv", &table(10_000, |_| false)).await;
        let started = catalog::start_import(&shop.ctx, &shop.scope, file.id, None, false).await.unwrap();
        let first = shop.claim().await.unwrap();
        let dying = {
            let (shop, first) = (shop.clone(), first.clone());
            tokio::spawn(async move { shop.run_one(&first).await })
        };
        while all_rows(&shop).await < 5_000 {
            tokio::task::yield_now().await;
        }
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        let half = all_rows(&shop).await;
        assert!((5_000..10_000).contains(&half), "{half}");
        assert!(catalog::draft_version(&shop.ctx, &shop.scope).await.unwrap().is_none(), "a half draft is not seen");

        shop.advance(61);
        service::job::release_expired(&shop.ctx).await.unwrap();
        shop.drain().await;
        let import = catalog::import(&shop.ctx, &shop.scope, started.row.id).await.unwrap();
        assert_eq!((import.row.status, import.row.rows_total), (ImportStatus::Done, Some(10_000)));
        assert_eq!(all_rows(&shop).await, 10_000, "each row once, the half draft removed");
        let draft = shop.draft().await;
        assert_eq!((draft.row_count, draft.problem_count, draft.number), (10_000, 0, 1));

        // The worker that was thought dead comes back: it can't write any more.
        let late = shop.run_one(&first).await;
        assert!(late.is_err() || all_rows(&shop).await == 10_000);
        assert_eq!(shop.draft().await, draft);
        shop.drain().await;
    }

    async fn a_stopped_import_never_appears(shop: Shop) {
        let before = shop.import_live("live.csv", &table(3, |_| false)).await;
        let file = shop.upload("many.csv", &table(30_000, |_| false)).await;
        let waiting = catalog::start_import(&shop.ctx, &shop.scope, file.id, None, false).await.unwrap();
        let cancelled = catalog::cancel_import(&shop.ctx, &shop.scope, waiting.row.id).await.unwrap();
        assert_eq!(cancelled.row.status, ImportStatus::Cancelled);
        shop.drain().await;

        let reading = catalog::start_import(&shop.ctx, &shop.scope, file.id, None, false).await.unwrap();
        let claimed = shop.claim().await.unwrap();
        let running = {
            let (shop, claimed) = (shop.clone(), claimed.clone());
            tokio::spawn(async move { shop.run_one(&claimed).await })
        };
        while all_rows(&shop).await < 1_003 {
            tokio::task::yield_now().await;
        }
        catalog::cancel_import(&shop.ctx, &shop.scope, reading.row.id).await.unwrap();
        running.await.unwrap().unwrap();
        shop.drain().await;
        let import = catalog::import(&shop.ctx, &shop.scope, reading.row.id).await.unwrap();
        assert_eq!(import.row.status, ImportStatus::Cancelled);
        assert!(catalog::draft_version(&shop.ctx, &shop.scope).await.unwrap().is_none());
        assert_eq!(all_rows(&shop).await, 3, "what it had read is removed");
        assert_eq!(catalog::published_version(&shop.ctx, &shop.scope).await.unwrap().unwrap().id, before);
    }

    async fn two_imports_of_one_company_never_run_at_once_and_the_last_is_the_draft(shop: Shop) {
        let first = shop.upload("first.csv", &table(5, |_| false)).await;
        let second = shop.upload("second.csv", &table(7, |_| false)).await;
        catalog::start_import(&shop.ctx, &shop.scope, first.id, None, false).await.unwrap();
        shop.advance(1);
        catalog::start_import(&shop.ctx, &shop.scope, second.id, None, false).await.unwrap();
        let claimed = shop.claim().await.unwrap();
        assert!(shop.claim().await.is_none(), "the second waits for the first");
        shop.run_one(&claimed).await.unwrap();
        shop.drain().await;
        assert_eq!(shop.draft().await.row_count, 7);
        assert_eq!(all_rows(&shop).await, 7, "the replaced draft is removed");
        let shown = catalog::versions(&shop.ctx, &shop.scope, &PageRequest::default()).await.unwrap();
        assert_eq!(shown.rows.len(), 1);
    }

    async fn a_second_file_can_be_added_to_the_first(shop: Shop) {
        shop.import_live("shop.csv", "product_name,sku,description,price_eur\nA,1,One.,10.00\nB,2,Two.,20.00\n".as_bytes()).await;
        let more = "product_name,sku,description,price_eur,unit\nB,2,Two.,25.00,kg\nC,3,Three.,x,kg\n";
        let file = shop.upload("more.csv", more.as_bytes()).await;
        catalog::start_import(&shop.ctx, &shop.scope, file.id, None, true).await.unwrap();
        shop.drain().await;
        let draft = shop.draft().await;
        assert_eq!((draft.row_count, draft.problem_count), (3, 1));
        let keys: Vec<String> = shop.rows(draft.id).await.into_iter().map(|row| row.key).collect();
        assert_eq!(keys, ["2", "3", "1"]);
        catalog::publish(&shop.ctx, &shop.scope, true).await.unwrap();
        shop.drain().await;
        let served: Vec<_> = shop.served().await.into_iter().collect();
        assert_eq!(served, [("1".to_owned(), Some(1000)), ("2".to_owned(), Some(2500))]);
    }

    /// A large catalogue is copied in parts: customers' writers come in between, and what the owner edits meanwhile is in it.
    async fn adding_to_a_large_catalogue_keeps_the_writer_free_and_loses_no_edit(shop: Shop) {
        shop.import("base.csv", &table(1_000, |_| false)).await;
        let draft = shop.draft().await;
        // Sixteen times as many.
        for times in [1_000, 2_000, 4_000, 8_000] {
            let new_id = match shop.ctx.db().backend() {
                sea_orm::DatabaseBackend::Postgres => "gen_random_uuid()",
                _ => "randomblob(16)",
            };
            let sql = format!(
                "INSERT INTO catalogue_row (id, company_id, version_id, position, number, key, kind, name, cells, item, problems, \
                 has_error, left_out, search) SELECT {new_id}, company_id, version_id, position + {times}, number + {times}, \
                 key || '-{times}', kind, name, cells, item, problems, has_error, left_out, search FROM catalogue_row"
            );
            shop.ctx.db().read_across().execute_unprepared(&sql).await.unwrap();
        }
        let more = "product_name,sku,description,price_eur,unit\nNew,N-1,A new one.,1.00,kg\nKnown,S-5,Dearer.,99.00,kg\n";
        let file = shop.upload("more.csv", more.as_bytes()).await;
        catalog::start_import(&shop.ctx, &shop.scope, file.id, None, true).await.unwrap();
        let claimed = shop.claim().await.unwrap();
        let edited = shop.row_of(draft.id, "S-7").await.id;
        let over = std::sync::atomic::AtomicBool::new(false);
        let adding = async {
            shop.run_one(&claimed).await.unwrap();
            over.store(true, std::sync::atomic::Ordering::SeqCst);
        };
        let customers = async {
            let mut longest = std::time::Duration::ZERO;
            let mut writes = 0;
            while !over.load(std::sync::atomic::Ordering::SeqCst) {
                let asked = std::time::Instant::now();
                shop.ctx.db().begin_across().await.unwrap().rollback().await.unwrap();
                longest = longest.max(asked.elapsed());
                writes += 1;
            }
            (longest, writes)
        };
        // Edits until the added rows have taken the draft's place.
        let owner = async {
            let mut last = 0;
            for price in 100.. {
                let change = crate::catalog_support::changes(&[("price", &format!("{price}.00"))]);
                match catalog::update_row(&shop.ctx, &shop.scope, edited, &change, None).await {
                    Ok(_) => last = price,
                    Err(_) => break,
                }
                tokio::time::sleep(std::time::Duration::from_millis(150)).await;
                if over.load(std::sync::atomic::Ordering::SeqCst) || price > 102 {
                    break;
                }
            }
            last
        };
        let ((), (longest, writes), last) = tokio::join!(adding, customers, owner);
        shop.drain().await;
        assert!(last >= 100, "an edit fell into the adding");
        let now = shop.draft().await;
        assert_ne!(now.id, draft.id);
        assert_eq!(now.row_count, 16_001, "sixteen thousand and a new one; a known one is the file's");
        let page = RowsRequest { search: Some("Item number 7".to_owned()), ..RowsRequest::default() };
        let (_, found) = shop.rows_where(now.id, page).await;
        let seven = found.iter().find(|row| row.key == "S-7").unwrap();
        let shown = serde_json::to_string(&seven.cells).unwrap();
        assert!(shown.contains(&format!("{last}.00")), "the last edit was {last}: {shown}");
        println!("the writer was busy for {longest:?} at most, {writes} writes came in between");
        assert!(writes > 10 && longest < std::time::Duration::from_secs(2), "{writes} writes, {longest:?}");
    }

    async fn a_heading_can_be_given_another_meaning(shop: Shop) {
        let text = "wording,sku,description,zzz,price_eur\nTaza,1,Una taza azul.,12.00,9.50\n";
        let import = shop.import("odd.csv", text.as_bytes()).await;
        assert_eq!(import.row.status, ImportStatus::Failed, "without a name no row can be read");
        let problem = import.file_problem().unwrap();
        assert_eq!((problem.code.clone(), problem.column.as_deref()), (ProblemCode::Missing, Some("product_name")));
        assert_eq!(import.mapping[3].column, None);
        assert_eq!(import.mapping[0].sample, ["Taza"]);

        let wrong = [(9, Some("product_name".to_owned()))];
        let refused = catalog::remap_import(&shop.ctx, &shop.scope, import.row.id, &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].field == ["mapping", "0", "index"]));
        let nonsense = [(0, Some("nothing of the kind".to_owned()))];
        let refused = catalog::remap_import(&shop.ctx, &shop.scope, import.row.id, &nonsense).await;
        assert!(matches!(refused, Err(Error::Invalid(errors)) if errors[0].code == "UNKNOWN_COLUMN"));

        let right = [(0, Some("product_name".to_owned())), (3, Some("logistics_price".to_owned()))];
        catalog::remap_import(&shop.ctx, &shop.scope, import.row.id, &right).await.unwrap();
        let busy = catalog::remap_import(&shop.ctx, &shop.scope, import.row.id, &right).await;
        assert!(matches!(busy, Err(Error::Invalid(errors)) if errors[0].code == "STILL_READING"));
        shop.drain().await;
        let import = catalog::import(&shop.ctx, &shop.scope, import.row.id).await.unwrap();
        assert_eq!(import.row.status, ImportStatus::Done, "{:?}", import.file_problems);
        assert_eq!(import.mapping[0].how, "chosen");
        let item = shop.rows(import.row.version_id.unwrap()).await.remove(0).item.unwrap();
        assert_eq!((item.name.as_str(), item.price_minor, item.fee_minor), ("Taza", Some(950), Some(1200)));
    }

    async fn the_samples_and_the_templates_load_without_a_problem(shop: Shop) {
        for kind in [ItemKind::Product, ItemKind::Service] {
            let mut files = vec![catalog::sample(kind)];
            files.extend(Language::ALL.map(|language| catalog::template(kind, language)));
            for file in files {
                let import = shop.import(file.name, file.bytes).await;
                assert_eq!(import.row.status, ImportStatus::Done, "{}: {:?}", file.name, import.file_problems);
                let rows = shop.rows(import.row.version_id.unwrap()).await;
                assert!(!rows.is_empty() && rows.iter().all(|row| row.item.as_ref().is_some_and(|item| item.kind == kind)), "{} {rows:?}", file.name);
                let errors: Vec<_> = rows.iter().flat_map(|row| &row.problems).filter(|problem| problem.is_error()).collect();
                assert!(errors.is_empty(), "{}: {errors:?}", file.name);
                let unknown: Vec<_> = import.mapping.iter().filter(|heading| heading.column.is_none()).collect();
                assert!(unknown.is_empty(), "{}: {unknown:?}", file.name);
            }
        }
    }

    async fn a_file_that_cannot_be_parsed_does_not_take_the_program_down(shop: Shop) {
        for (name, bytes) in [("not.xlsx", b"PK\x03\x04 nothing of the kind".as_slice()), ("odd.csv", b"\xff\xfe\x00\xd8\x00".as_slice())] {
            let import = shop.import(name, bytes).await;
            assert_eq!(import.row.status, ImportStatus::Failed, "{name}");
            assert!(import.file_problem().is_some(), "{name}");
        }
        assert_eq!(all_rows(&shop).await, 0);
        let work = std::fs::read_dir(shop.folder.join("work")).unwrap().count();
        assert_eq!(work, 0, "no file is left in the folder of work");
    }

    async fn a_job_that_dies_for_good_shows_as_failed(shop: Shop) {
        let file = shop.upload("many.csv", &table(3, |_| false)).await;
        let started = catalog::start_import(&shop.ctx, &shop.scope, file.id, None, false).await.unwrap();
        for _ in 0..5 {
            shop.claim().await.unwrap();
            shop.advance(61);
            service::job::release_expired(&shop.ctx).await.unwrap();
            shop.advance(3_600);
        }
        let import = catalog::import(&shop.ctx, &shop.scope, started.row.id).await.unwrap();
        assert_eq!(import.row.status, ImportStatus::Failed);
        // Retried by hand, it goes through.
        let jobs = service::job::list(&shop.ctx, &shop.scope, None, &PageRequest::default()).await.unwrap();
        service::job::retry(&shop.ctx, &shop.scope, jobs.rows[0].1.id).await.unwrap();
        shop.drain().await;
        assert_eq!(catalog::import(&shop.ctx, &shop.scope, started.row.id).await.unwrap().row.status, ImportStatus::Done);
    }

    async fn what_another_company_has_is_not_found(shop: Shop) {
        let version = shop.import_live("live.csv", &table(3, |_| false)).await;
        let row = shop.rows(version).await.remove(0);
        let import = shop.import("next.csv", &table(2, |_| false)).await;
        let file = shop.upload("more.csv", &table(2, |_| false)).await;
        let before = shop.served().await;
        let other = shop.neighbour().await;
        let (ctx, scope) = (&other.ctx, &other.scope);
        let absent = |error: Error| assert!(matches!(error, Error::NotFound(_)), "{error:?}");
        absent(catalog::start_import(ctx, scope, file.id, None, false).await.unwrap_err());
        absent(catalog::import(ctx, scope, import.row.id).await.unwrap_err());
        absent(catalog::remap_import(ctx, scope, import.row.id, &[]).await.unwrap_err());
        absent(catalog::cancel_import(ctx, scope, import.row.id).await.unwrap_err());
        absent(catalog::version(ctx, scope, version).await.unwrap_err());
        absent(catalog::rows(ctx, scope, version, &RowsRequest::default()).await.unwrap_err());
        absent(catalog::row(ctx, scope, row.id).await.unwrap_err());
        absent(catalog::update_row(ctx, scope, row.id, &Default::default(), Some(true)).await.unwrap_err());
        absent(catalog::delete_row(ctx, scope, row.id).await.unwrap_err());
        absent(catalog::roll_back(ctx, scope, version).await.unwrap_err());
        absent(catalog::diff(ctx, scope, version).await.unwrap_err());
        absent(catalog::export(ctx, scope, Some(version), catalog::ExportFormat::Csv).await.unwrap_err());
        absent(service::file::download(ctx, scope, file.id).await.unwrap_err());
        assert!(catalog::published(ctx, scope).await.unwrap().is_none());
        assert!(matches!(catalog::publish(ctx, scope, true).await, Err(Error::Invalid(_))));
        assert_eq!(shop.served().await, before);
        assert_eq!(shop.draft().await.row_count, 2);
    }

    async fn progress_is_stored_while_the_file_is_read(shop: Shop) {
        let file = shop.upload("many.csv", &table(40_000, |_| false)).await;
        let started = catalog::start_import(&shop.ctx, &shop.scope, file.id, None, false).await.unwrap();
        let claimed = shop.claim().await.unwrap();
        let running = {
            let (shop, claimed) = (shop.clone(), claimed.clone());
            tokio::spawn(async move { shop.run_one(&claimed).await })
        };
        let mut seen = vec![(0, 0)];
        while !running.is_finished() {
            let row = catalog::import(&shop.ctx, &shop.scope, started.row.id).await.unwrap().row;
            let (rows, bytes) = *seen.last().unwrap();
            assert!(row.rows_read >= rows && row.bytes_read >= bytes, "progress never goes back");
            assert!(row.bytes_read <= row.bytes_total);
            if row.rows_read > rows {
                seen.push((row.rows_read, row.bytes_read));
            }
            tokio::task::yield_now().await;
        }
        running.await.unwrap().unwrap();
        let (rows, bytes) = seen[1];
        assert!(rows < 40_000 && bytes > 0, "told before the end: {seen:?}");
        let hidden = catalogue_version::Entity::find()
            .filter(catalogue_version::Column::Status.eq(VersionStatus::Draft))
            .count(&shop.ctx.db().read_across())
            .await
            .unwrap();
        assert_eq!(hidden, 1);
        shop.drain().await;
    }
}
