//! Files in and out: capped, told by their bytes, fetched once, and safe to open in a spreadsheet.

use crate::catalog_support::{Shop, on_both};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::ObjectStoreExt as _;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use service::catalog::{self, ExportFormat};
use service::error::Error;
use service::file::{self, Download, Purpose};

async fn all(download: Download) -> Vec<u8> {
    download
        .bytes
        .try_fold(Vec::new(), |mut all, part| async move {
            all.extend_from_slice(&part);
            Ok(all)
        })
        .await
        .unwrap()
}

fn stored(shop: &Shop) -> usize {
    fn files(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }
    files(&shop.folder.join("files"))
}

on_both! {
    async fn a_file_comes_back_as_it_was_sent(shop: Shop) {
        let bytes: Vec<u8> = (0..300_000_u32).map(|n| b'a' + u8::try_from(n % 25).unwrap()).collect();
        let row = shop.upload("../secret\\prices.csv", &bytes).await;
        assert_eq!((row.name.as_str(), row.size, row.media_type.as_str()), ("prices.csv", 300_000, "text/csv"));
        assert!(!row.storage_key.contains("prices"), "the key is ours");
        assert_eq!(all(file::download(&shop.ctx, &shop.scope, row.id).await.unwrap()).await, bytes);
    }

    async fn what_is_no_table_or_too_large_is_refused_and_not_kept(shop: Shop) {
        let send = async |bytes: Vec<Result<Bytes, &'static str>>| {
            file::upload(&shop.ctx, &shop.scope, "x", Purpose::Import, futures::stream::iter(bytes)).await
        };
        let code = |result: Result<entity::file::Model, Error>| match result {
            Err(Error::Invalid(errors)) => (errors[0].field.clone(), errors[0].code.clone()),
            other => panic!("{other:?}"),
        };
        let file = vec!["file".to_owned()];
        assert_eq!(code(send(vec![Ok(Bytes::from_static(b"\x89PNG\r\n\x1a\n"))]).await), (file.clone(), "UNSUPPORTED_TYPE".to_owned()));
        assert_eq!(code(send(vec![Ok(Bytes::from_static(b"a,b\n")), Err("gone")]).await), (file.clone(), "BROKEN_OFF".to_owned()));
        let part = Bytes::from(vec![b'a'; 1_000_001]);
        let large = futures::stream::repeat(Ok::<_, &str>(part)).take(100);
        let refused = file::upload(&shop.ctx, &shop.scope, "x", Purpose::Import, large).await;
        assert_eq!(code(refused), (file, "TOO_LARGE".to_owned()));
        assert_eq!(stored(&shop), 0);
    }

    /// reliability.md case 113: no cell acts as a formula, and reading the export again gives the same items.
    async fn an_export_reads_back_as_the_same_items(shop: Shop) {
        let text = "product_name,sku,description,price_eur,stock_units,cities,note\n\
            \"=HYPERLINK(\"\"http://x.example\"\")\",1,\"+1 de regalo\",9.50,3,\"Valencia, Madrid\",@cmd\n\
            Plato,2,\"-10 % hoy, \"\"mañana\"\" no\",7.20,,,\t=1+1\n\
            Gratis,3,Una muestra.,,0,Valencia,＝1\n";
        let version = shop.import("tricky.csv", text.as_bytes()).await.row.version_id.unwrap();
        let items = async |shop: &Shop, version| shop.rows(version).await.into_iter().map(|row| row.item.unwrap()).collect::<Vec<_>>();
        let before = items(&shop, version).await;
        for (format, name) in [(ExportFormat::Csv, "again.csv"), (ExportFormat::Xlsx, "again.xlsx")] {
            let exported = catalog::export(&shop.ctx, &shop.scope, None, format).await.unwrap();
            assert_eq!(exported.file.purpose, "export");
            let bytes = all(file::open_once(&shop.ctx, &exported.token).await.unwrap()).await;
            if format == ExportFormat::Csv {
                let text = String::from_utf8(bytes.clone()).unwrap();
                assert!(text.contains("'=HYPERLINK") && text.contains("'+1 de regalo") && text.contains("'@cmd"), "{text}");
            }
            let again = shop.import(name, &bytes).await.row.version_id.unwrap();
            assert_eq!(items(&shop, again).await, before, "{name}");
        }
    }

    /// What could not be read is written as it stands: reading it again finds the same faults, and nothing turns free.
    async fn an_exported_fault_stays_a_fault(shop: Shop) {
        let text = "product_name,sku,description,price_eur\nTaza,1,Una taza.,\"18,O0\"\n,2,Sin nombre.,7.20\nJarra,1,Otra jarra.,3.00\n";
        let faults = async |shop: &Shop, version| {
            let rows = shop.rows(version).await;
            rows.into_iter().map(|row| (row.has_error, row.problems.into_iter().map(|problem| problem.code).collect::<Vec<_>>())).collect::<Vec<_>>()
        };
        let version = shop.import("faults.csv", text.as_bytes()).await.row.version_id.unwrap();
        let before = faults(&shop, version).await;
        assert!(before.iter().all(|(has_error, problems)| *has_error && problems.len() == 1), "{before:?}");
        for (format, name) in [(ExportFormat::Csv, "again.csv"), (ExportFormat::Xlsx, "again.xlsx")] {
            let exported = catalog::export(&shop.ctx, &shop.scope, None, format).await.unwrap();
            let bytes = all(file::open_once(&shop.ctx, &exported.token).await.unwrap()).await;
            let again = shop.import(name, &bytes).await.row.version_id.unwrap();
            assert_eq!(faults(&shop, again).await, before, "{name}");
        }
    }

    /// A process that died in the middle of an upload, before its row was whole: nothing of it is ever a file, and it goes.
    async fn what_a_cut_off_upload_left_is_swept(shop: Shop) {
        let before = stored(&shop);
        let never = futures::stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"product_name\n")) })
            .chain(futures::stream::pending());
        let upload = file::upload(&shop.ctx, &shop.scope, "half.csv", Purpose::Import, never);
        assert!(tokio::time::timeout(std::time::Duration::from_millis(300), upload).await.is_err(), "it never ends");
        let half = entity::file::Entity::find().one(&shop.ctx.db().read_across()).await.unwrap().expect("its row");
        // As if all bytes had come and the process had died then.
        let path = object_store::path::Path::from(half.storage_key.as_str());
        shop.ctx.engine().files.put(&path, "product_name\n".into()).await.unwrap();
        assert!(matches!(file::get(&shop.ctx, &shop.scope, half.id).await, Err(Error::NotFound(_))));
        let started = catalog::start_import(&shop.ctx, &shop.scope, half.id, None, false).await;
        assert!(matches!(started, Err(Error::NotFound(_))));
        assert_eq!(file::sweep(&shop.ctx).await.unwrap(), 0, "it may still be on its way");
        let whole = shop.upload("whole.csv", b"product_name\nA\n").await;
        shop.advance(file::HALF_AFTER_SECONDS + 1);
        assert_eq!(file::sweep(&shop.ctx).await.unwrap(), 1);
        assert_eq!(stored(&shop), before + 1, "the bytes went too, the whole file stays");
        assert!(file::get(&shop.ctx, &shop.scope, whole.id).await.is_ok());
        assert_eq!(entity::file::Entity::find().count(&shop.ctx.db().read_across()).await.unwrap(), 1);
    }

    /// Half a million rows are more than what may be sent.
    async fn what_we_make_may_be_larger_than_what_may_be_sent(shop: Shop) {
        let part = Bytes::from(vec![b'x'; 1_000_000]);
        let parts = |count| futures::stream::iter((0..count).map({ let part = part.clone(); move |_| Ok::<_, std::io::Error>(part.clone()) }));
        let sent = file::upload(&shop.ctx, &shop.scope, "a.csv", Purpose::Import, parts(101)).await;
        assert!(matches!(sent, Err(Error::Invalid(errors)) if errors[0].code == "TOO_LARGE"));
        let made = file::upload(&shop.ctx, &shop.scope, "a.csv", Purpose::Export, parts(101)).await.unwrap();
        assert_eq!(made.size, 101_000_000);
    }

    /// A link to an export that is still being written waits for it.
    async fn an_export_on_its_way_is_waited_for(shop: Shop) {
        shop.import_live("flowers.csv", include_bytes!("../../../samples/flowers.csv")).await;
        let exported = catalog::export(&shop.ctx, &shop.scope, None, ExportFormat::Csv).await.unwrap();
        let db = shop.ctx.db().read_across();
        let purpose = |word: &str| {
            let change = entity::file::ActiveModel {
                id: sea_orm::ActiveValue::Set(exported.file.id),
                purpose: sea_orm::ActiveValue::Set(word.to_owned()),
                ..Default::default()
            };
            sea_orm::ActiveModelTrait::update(change, &db)
        };
        purpose("arriving").await.unwrap();
        let fetching = file::open_once(&shop.ctx, &exported.token);
        let ready = async {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            purpose("export").await.unwrap();
        };
        let (fetched, ()) = tokio::join!(fetching, ready);
        assert!(!all(fetched.unwrap()).await.is_empty());
    }

    async fn an_export_is_fetched_once_and_removed(shop: Shop) {
        shop.import_live("flowers.csv", include_bytes!("../../../samples/flowers.csv")).await;
        let exported = catalog::export(&shop.ctx, &shop.scope, None, ExportFormat::Csv).await.unwrap();
        let (one, two) = tokio::join!(file::open_once(&shop.ctx, &exported.token), file::open_once(&shop.ctx, &exported.token));
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1, "one of two gets it");
        assert!(matches!(file::open_once(&shop.ctx, &exported.token).await, Err(Error::NotFound(_))));
        let forged = format!("{}.{}", exported.file.id.simple(), "0".repeat(32));
        assert!(matches!(file::open_once(&shop.ctx, &forged).await, Err(Error::NotFound(_))));
        for nonsense in ["", ".", "x.y", "é.ü"] {
            assert!(matches!(file::open_once(&shop.ctx, nonsense).await, Err(Error::NotFound(_))), "{nonsense}");
        }
        let before = stored(&shop);
        shop.advance(file::REMOVE_AFTER_SECONDS + 1);
        shop.drain().await;
        assert_eq!(stored(&shop), before - 1);
        assert!(matches!(file::get(&shop.ctx, &shop.scope, exported.file.id).await, Err(Error::NotFound(_))));
        // One that nobody fetched in time can't be fetched either.
        let late = catalog::export(&shop.ctx, &shop.scope, None, ExportFormat::Csv).await.unwrap();
        shop.advance(file::REMOVE_AFTER_SECONDS + 1);
        assert!(matches!(file::open_once(&shop.ctx, &late.token).await, Err(Error::NotFound(_))));
    }
}
