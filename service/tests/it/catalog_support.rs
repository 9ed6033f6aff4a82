//! What the tests of the catalogue stand on: a shop with an owner's rights, files sent in, jobs run dry.

use bytes::Bytes;
use entity::stored::{CompanyStatus, CompanyType, ImportStatus, JobStatus};
use entity::{company, job, organization};
use foundation::{Clock as _, ManualClock, Random};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde_json::json;
use service::access::{Actor, CompanyScope};
use service::catalog::{self, ImportView, Row, RowsRequest};
use service::ctx::{Ctx, Engine};
use service::file::{self, Purpose};
use service::job::{Claimed, Failure};
use service::page::PageRequest;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::{Backend, TestDb};
use uuid::Uuid;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Kinds of jobs of the catalogue.
const KINDS: [&str; 4] = ["import_table", "prune_catalogue", "remove_file", "remove_media"];

/// Runs each test on both databases.
macro_rules! on_both {
    ($($(#[$about:meta])* async fn $name:ident($shop:ident : Shop) $body:block)*) => {$(
        $(#[$about])*
        mod $name {
            use super::*;

            async fn body($shop: crate::catalog_support::Shop) $body

            #[test]
            fn sqlite() {
                crate::catalog_support::run(testkit::Backend::Sqlite, body);
            }

            #[test]
            fn postgres() {
                crate::catalog_support::run(testkit::Backend::Postgres, body);
            }
        }
    )*};
}
pub(crate) use on_both;

/// A company that sells, and the program.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) ctx: Ctx,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) scope: CompanyScope,
    pub(crate) folder: PathBuf,
}

pub(crate) fn run<F: Future<Output = ()>>(backend: Backend, body: impl FnOnce(Shop) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let own = testkit::folder("catalog");
    let folder = own.path().to_owned();
    runtime.block_on(async {
        let database = TestDb::new(backend, &folder).await;
        let clock = Arc::new(ManualClock::new("2026-03-02T09:00:00Z".parse().unwrap()));
        let ctx = Ctx::new(engine(&database, &clock, &folder), Actor::System);
        let scope = company(&ctx, CompanyType::Product).await;
        let shop = Shop { ctx, clock, scope, folder: folder.clone() };
        body(shop.clone()).await;
        shop.nothing_left().await;
        drop(shop);
        database.remove().await;
    });
}

fn engine(database: &TestDb, clock: &Arc<ManualClock>, folder: &Path) -> Arc<Engine> {
    let engine = testkit::engine(database.db.clone(), Arc::clone(clock) as _, Random::seeded(8), folder);
    let mut engine = Arc::into_inner(engine).unwrap();
    // The program itself is not built with this crate's tests; its parser is the same.
    engine.parser = env!("CARGO_BIN_EXE_service_parse_table").into();
    Arc::new(engine)
}

async fn company(ctx: &Ctx, company_type: CompanyType) -> CompanyScope {
    let tx = ctx.db().begin_across().await.unwrap();
    let organization_id = ctx.new_id();
    let organization = organization::ActiveModel {
        id: Set(organization_id),
        name: Set("Org".to_owned()),
        created_at: Set(ctx.time()),
    };
    organization::Entity::insert(organization).exec_without_returning(&tx).await.unwrap();
    let number = 1 + i32::try_from(COUNT.fetch_add(1, Ordering::Relaxed)).unwrap();
    let model = company::Model {
        id: ctx.new_id(),
        organization_id,
        number,
        name: format!("Shop {number}"),
        company_type,
        status: CompanyStatus::Active,
        shop_type: "flowers".to_owned(),
        city: Some("Valencia".to_owned()),
        currency: "EUR".to_owned(),
        language: "es".to_owned(),
        settings: json!({}),
        next_order_number: 1,
        created_at: ctx.time(),
    };
    let active = company::ActiveModel {
        id: Set(model.id),
        organization_id: Set(model.organization_id),
        number: Set(model.number),
        name: Set(model.name.clone()),
        company_type: Set(model.company_type),
        status: Set(model.status),
        shop_type: Set(model.shop_type.clone()),
        city: Set(model.city.clone()),
        currency: Set(model.currency.clone()),
        language: Set(model.language.clone()),
        settings: Set(model.settings.clone()),
        next_order_number: Set(model.next_order_number),
        created_at: Set(model.created_at),
    };
    company::Entity::insert(active).exec_without_returning(&tx).await.unwrap();
    ctx.commit(tx).await.unwrap();
    service::access::for_system(ctx, &model).unwrap()
}

impl Shop {
    /// Another company of the same installation.
    pub(crate) async fn neighbour(&self) -> Self {
        Self { scope: company(&self.ctx, CompanyType::Product).await, ..self.clone() }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(jiff::SignedDuration::from_secs(seconds));
        assert!(self.clock.now() > "2026-03-02T09:00:00Z".parse().unwrap());
    }

    pub(crate) async fn upload(&self, name: &str, bytes: &[u8]) -> entity::file::Model {
        let parts: Vec<Result<Bytes, std::io::Error>> =
            bytes.chunks(7_000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
        file::upload(&self.ctx, &self.scope, name, Purpose::Import, futures::stream::iter(parts)).await.unwrap()
    }

    /// Sends a file in and reads it to the end.
    pub(crate) async fn import(&self, name: &str, bytes: &[u8]) -> ImportView {
        let file = self.upload(name, bytes).await;
        let started = catalog::start_import(&self.ctx, &self.scope, file.id, None, false).await.unwrap();
        assert_eq!(started.row.status, ImportStatus::Queued);
        self.drain().await;
        catalog::import(&self.ctx, &self.scope, started.row.id).await.unwrap()
    }

    /// The same and live at once.
    pub(crate) async fn import_live(&self, name: &str, bytes: &[u8]) -> Uuid {
        let import = self.import(name, bytes).await;
        assert_eq!(import.row.status, ImportStatus::Done, "{:?}", import.file_problems);
        catalog::publish(&self.ctx, &self.scope, true).await.unwrap();
        self.drain().await;
        import.row.version_id.unwrap()
    }

    pub(crate) async fn claim(&self) -> Option<Claimed> {
        let claimed = service::job::claim(&self.ctx, "test", &KINDS, 1, Duration::from_secs(60)).await.unwrap();
        claimed.into_iter().next()
    }

    pub(crate) async fn run_one(&self, claimed: &Claimed) -> Result<(), Failure> {
        match claimed.row.kind.as_str() {
            "import_table" => catalog::run_import(&self.ctx, claimed).await,
            "prune_catalogue" => catalog::run_prune(&self.ctx, claimed).await,
            "remove_media" => service::media::run_remove(&self.ctx, claimed).await,
            _ => file::run_remove(&self.ctx, claimed).await,
        }
    }

    /// Runs what is due until nothing is.
    pub(crate) async fn drain(&self) {
        while let Some(claimed) = self.claim().await {
            self.run_one(&claimed).await.unwrap();
        }
    }

    pub(crate) async fn rows(&self, version_id: Uuid) -> Vec<Row> {
        self.rows_where(version_id, RowsRequest::default()).await.1
    }

    pub(crate) async fn rows_where(&self, version_id: Uuid, request: RowsRequest) -> (u64, Vec<Row>) {
        let page = PageRequest { first: Some(100), ..request.page.clone() };
        let found = catalog::rows(&self.ctx, &self.scope, version_id, &RowsRequest { page, ..request }).await.unwrap();
        (found.total, found.page.rows.into_iter().map(|(_, row)| row).collect())
    }

    pub(crate) async fn row_of(&self, version_id: Uuid, sku: &str) -> Row {
        self.rows(version_id).await.into_iter().find(|row| row.key == sku).unwrap()
    }

    pub(crate) async fn draft(&self) -> entity::catalogue_version::Model {
        catalog::draft_version(&self.ctx, &self.scope).await.unwrap().unwrap()
    }

    /// What customers are served: prices by key.
    pub(crate) async fn served(&self) -> BTreeMap<String, Option<i64>> {
        match catalog::published(&self.ctx, &self.scope).await.unwrap() {
            None => BTreeMap::new(),
            Some((_, index)) => index.items().iter().map(|item| (item.key.clone(), item.price_minor)).collect(),
        }
    }

    async fn nothing_left(&self) {
        let jobs = job::Entity::find().all(&self.ctx.db().read_across()).await.unwrap();
        let left: Vec<_> =
            jobs.iter().filter(|job| job.status != JobStatus::Done && job.kind != "remove_file").collect();
        assert!(left.is_empty(), "the test leaves jobs behind: {left:?}");
    }
}

pub(crate) fn cells(cells: &[(&str, &str)]) -> BTreeMap<String, String> {
    cells.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

pub(crate) fn changes(cells: &[(&str, &str)]) -> BTreeMap<String, Option<String>> {
    cells.iter().map(|(key, text)| ((*key).to_owned(), Some((*text).to_owned()))).collect()
}

/// A table of so many rows; rows in `bad` have a price that is none.
pub(crate) fn table(rows: usize, bad: impl Fn(usize) -> bool) -> Vec<u8> {
    use std::fmt::Write as _;
    let mut text = "product_name,sku,description,price_eur,cities\n".to_owned();
    for row in 0..rows {
        let price = if bad(row) { "1O,5O".to_owned() } else { format!("{}.50", row % 90 + 1) };
        writeln!(
            text,
            "Item number {row},S-{row},\"Described as item {row}, plainly.\",\"{price}\",\"Valencia, Madrid\""
        )
        .unwrap();
    }
    text.into_bytes()
}
