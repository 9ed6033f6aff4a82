//! Reading a file of products into a draft, beside the database's own bulk load of the same rows in the same run.
//!
//! Then the same rows are exported, in both formats.
//!
//! `import [address of a database] [rows]`; without an address a SQLite file in the temporary folder, then a PostgreSQL of its
//! own. The exported workbook is read in again. The limit is one transaction of statements with many rows on SQLite, and COPY on PostgreSQL. The target: at least a third of the limit, and
//! less than 150 MB (issue 2, "Speed and size").

use bytes::Bytes;
use entity::stored::{CompanyStatus, CompanyType, ImportStatus};
use entity::{catalogue_row, company, organization};
use foundation::secret::SealingKey;
use foundation::{Random, SystemClock};
use futures::TryStreamExt as _;
use sea_orm::sqlx::postgres::PgPoolCopyExt as _;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait as _, DatabaseBackend, EntityTrait as _, QueryFilter as _,
    Statement, Value,
};
use service::access::{Actor, CompanyScope};
use service::catalog::{self, ExportFormat};
use service::ctx::{Ctx, Engine};
use service::db::{Db, DbConfig};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

// As in the program: the share would else tell of the allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    // This program is its own parser of tables.
    if arguments.next().is_some_and(|word| word == "parse-table") {
        return gateway::table_file::child::main(std::env::args_os().skip(1));
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("no runtime: {error}");
            return std::process::ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(&arguments)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Outcome<()> {
    let folder = testkit::folder("bench-import");
    let folder = folder.path();
    std::fs::create_dir_all(folder.join("files"))?;
    let rows: usize = arguments.get(1).map_or(Ok(100_000), |text| text.parse())?;
    match arguments.first() {
        Some(url) => measure(folder, url, rows).await,
        None => both(folder, rows).await,
    }
}

async fn both(folder: &Path, rows: usize) -> Outcome<()> {
    measure(folder, &format!("sqlite:{}", folder.join("x8.db").display()), rows).await?;
    let database = testkit::TestDb::new(testkit::Backend::Postgres, folder).await;
    // A process of its own: its memory is what is measured.
    let mut child = std::process::Command::new(std::env::current_exe()?);
    let done = tokio::task::block_in_place(|| child.arg(&database.url).arg(rows.to_string()).status());
    database.remove().await;
    if done?.success() { Ok(()) } else { Err("the import on PostgreSQL failed".into()) }
}

async fn measure(folder: &Path, url: &str, rows: usize) -> Outcome<()> {
    let db = Db::open(&DbConfig::new(url)).await?;
    db.migrate().await?;
    let ctx = Ctx::new(engine(folder, db)?, Actor::System);
    let scope = company(&ctx).await?;

    let table = table(rows)?;
    let bytes = table.len();
    let parts = futures::stream::iter([Ok::<_, std::io::Error>(Bytes::from(table))]);
    let file = service::file::upload(&ctx, &scope, "bench.csv", service::file::Purpose::Import, parts).await?;
    let idle = memory("VmRSS");

    let (import_time, _) = import(&ctx, &scope, file.id).await?;
    let peak = memory("VmHWM");

    let (mut exports, mut workbook) = (Vec::new(), None);
    for (name, format) in [("export, CSV", ExportFormat::Csv), ("export, XLSX", ExportFormat::Xlsx)] {
        forget_peak();
        let clock = Instant::now();
        let made = catalog::export(&ctx, &scope, None, format).await?;
        exports.push((name, clock.elapsed(), made.file.size, memory("VmHWM")));
        workbook = Some(made.file.id);
    }
    // The last export, taken in again; before the bulk load, which holds all rows in memory at once.
    let made = service::file::download(&ctx, &scope, workbook.ok_or("no workbook")?).await?;
    let file = service::file::upload(&ctx, &scope, "bench.xlsx", service::file::Purpose::Import, made.bytes).await?;
    forget_peak();
    let (workbook_time, version_id) = import(&ctx, &scope, file.id).await?;
    let workbook_peak = memory("VmHWM");
    catalogue_row::Entity::delete_many()
        .filter(catalogue_row::Column::VersionId.eq(version_id))
        .exec(&ctx.db().read_across())
        .await?;
    let limit_time = bulk_load(&ctx, url, &scope).await?;
    let speed = |time: Duration| rows as f64 / time.as_secs_f64();
    let backend = ctx.db().backend();
    println!("import of {rows} rows ({bytes} bytes) on {backend:?}");
    println!("  import         {:>9.0} rows/s  {:>6.2} s", speed(import_time), import_time.as_secs_f64());
    println!("  own bulk load  {:>9.0} rows/s  {:>6.2} s", speed(limit_time), limit_time.as_secs_f64());
    println!("  share          {:>9.2}         wanted on PostgreSQL: 0.5", speed(import_time) / speed(limit_time));
    println!("  memory at most {peak:>9} kB      target 150000 kB, idle {idle} kB");
    println!(
        "  import, XLSX   {:>9.0} rows/s  {:>6.2} s    wanted 15000 rows/s, memory at most {workbook_peak} kB",
        speed(workbook_time),
        workbook_time.as_secs_f64()
    );
    for (name, time, size, peak) in exports {
        let (speed, seconds) = (speed(time), time.as_secs_f64());
        println!("  {name:<14} {speed:>9.0} rows/s  {seconds:>6.2} s    {size} bytes, memory at most {peak} kB");
    }
    Ok(())
}

/// Reads a file into a draft; how long the job took, and the version.
async fn import(ctx: &Ctx, scope: &CompanyScope, file_id: uuid::Uuid) -> Outcome<(Duration, Option<uuid::Uuid>)> {
    let started = catalog::start_import(ctx, scope, file_id, None, false).await?;
    let claimed = service::job::claim(ctx, "bench", &["import_table"], 1, Duration::from_secs(60)).await?;
    let claimed = claimed.first().ok_or("no job was enqueued")?;
    let clock = Instant::now();
    catalog::run_import(ctx, claimed).await.map_err(|failure| failure.reason)?;
    let took = clock.elapsed();
    let import = catalog::import(ctx, scope, started.row.id).await?;
    if import.row.status != ImportStatus::Done || import.row.problem_count > 0 {
        return Err(format!("the import failed: {:?} {:?}", import.row.status, import.file_problems).into());
    }
    service::job::finish_if_running(ctx, claimed).await?;
    Ok((took, import.row.version_id))
}

fn engine(folder: &Path, db: Db) -> Outcome<Arc<Engine>> {
    Ok(Arc::new(Engine {
        db,
        clock: Arc::new(SystemClock),
        random: Random::system(),
        ids: foundation::id::Ids::default(),
        key: SealingKey::new([8; 32]),
        public_url: "http://127.0.0.1".to_owned(),
        files: Arc::new(object_store::local::LocalFileSystem::new_with_prefix(folder.join("files"))?),
        work_dir: folder.join("work"),
        parser: std::env::current_exe()?,
        outside: gateway::Outside::new(&[])?,
        bus: service::event::Bus::default(),
        wake: Arc::default(),
        signal: None,
        catalogues: catalog::Cache::default(),
        limits: service::access::Limits::default(),
        demo: service::demo::Control::default(),
    }))
}

async fn company(ctx: &Ctx) -> Outcome<CompanyScope> {
    let tx = ctx.db().begin_across().await?;
    let organization_id = ctx.new_id();
    let organization = organization::ActiveModel {
        id: Set(organization_id),
        name: Set("Bench".to_owned()),
        created_at: Set(ctx.time()),
    };
    organization::Entity::insert(organization).exec_without_returning(&tx).await?;
    let id = ctx.new_id();
    let active = company::ActiveModel {
        id: Set(id),
        organization_id: Set(organization_id),
        number: Set(i32::try_from(ctx.engine().random.below(1 << 30))?),
        name: Set("Bench".to_owned()),
        company_type: Set(CompanyType::Product),
        status: Set(CompanyStatus::Active),
        shop_type: Set("flowers".to_owned()),
        city: Set(None),
        currency: Set("EUR".to_owned()),
        language: Set("es".to_owned()),
        settings: Set(serde_json::json!({})),
        next_order_number: Set(1),
        created_at: Set(ctx.time()),
    };
    company::Entity::insert(active).exec_without_returning(&tx).await?;
    ctx.commit(tx).await?;
    let company = company::Entity::find_by_id(id).one(&ctx.db().read_across()).await?.ok_or("no company")?;
    Ok(service::access::for_system(ctx, &company)?)
}

/// Products as a florist's file has them.
fn table(rows: usize) -> Outcome<Vec<u8>> {
    let mut text =
        "product_name,sku,description,unit,website_url,image_url,price_eur,logistics_price_eur,free_delivery,\
        stock_units,delivery_time_hours,payment_reminder,supplier_contact,cities\n"
            .to_owned();
    for row in 0..rows {
        writeln!(
            text,
            "Ramo número {row},F-{row},\"Rosas rojas de tallo largo, envueltas en papel kraft. Un detalle clásico para \
             cualquier día, con el número {row}.\",ramo,https://flores.example.com/p/{row},\
             https://media.example.com/flowers/{row}.jpg,{}.90,6.50,120,{},24,2,\"Rosario, rosario@vivero.example, \
             +34600222010\",\"Valencia, Madrid, Sevilla\"",
            row % 200 + 5,
            row % 500
        )?;
    }
    Ok(text.into_bytes())
}

/// The same rows through what the database itself is fastest at; they are taken out before.
async fn bulk_load(ctx: &Ctx, url: &str, scope: &CompanyScope) -> Outcome<Duration> {
    let db = &ctx.db().read_across();
    let mine = catalogue_row::Column::CompanyId.eq(scope.id());
    if ctx.db().backend() == DatabaseBackend::Postgres {
        // As who owns the table: the bare load goes through no wall.
        let owner = sea_orm::Database::connect(url).await?;
        let pool = owner.get_postgres_connection_pool();
        let mut out = Vec::new();
        let mut stream = pool
            .copy_out_raw(&format!("COPY (SELECT * FROM catalogue_row WHERE company_id = '{}') TO STDOUT", scope.id()))
            .await?;
        while let Some(part) = stream.try_next().await? {
            out.extend_from_slice(&part);
        }
        drop(stream);
        catalogue_row::Entity::delete_many().filter(mine).exec(db).await?;
        let clock = Instant::now();
        let mut copy = pool.copy_in_raw("COPY catalogue_row FROM STDIN").await?;
        copy.send(out).await?;
        copy.finish().await?;
        return Ok(clock.elapsed());
    }
    let rows = catalogue_row::Entity::find().filter(mine.clone()).all(db).await?;
    let prepared: Vec<Vec<Value>> = rows.chunks(250).map(|part| part.iter().flat_map(values).collect()).collect();
    drop(rows);
    let tx = ctx.db().begin_across().await?;
    catalogue_row::Entity::delete_many().filter(mine).exec(&tx).await?;
    ctx.commit(tx).await?;
    let clock = Instant::now();
    let tx = ctx.db().begin_across().await?;
    for part in prepared {
        let marks = vec!["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"; part.len() / 14].join(", ");
        let sql = format!(
            "INSERT INTO catalogue_row (id, company_id, version_id, position, number, key, kind, name, cells, item, problems, \
             has_error, left_out, search) VALUES {marks}"
        );
        tx.execute_raw(Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, part)).await?;
    }
    ctx.commit(tx).await?;
    Ok(clock.elapsed())
}

fn values(row: &catalogue_row::Model) -> [Value; 14] {
    [
        row.id.into(),
        row.company_id.into(),
        row.version_id.into(),
        row.position.into(),
        row.number.into(),
        row.key.clone().into(),
        row.kind.clone().into(),
        row.name.clone().into(),
        row.cells.to_string().into(),
        row.item.as_ref().map(ToString::to_string).into(),
        row.problems.to_string().into(),
        row.has_error.into(),
        row.left_out.into(),
        row.search.clone().into(),
    ]
}

/// Lets the highest memory be measured anew (Linux; elsewhere it stays the highest of the whole run).
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// A figure of this process in kB (Linux); 0 where there is none.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse().ok()).unwrap_or(0)
}
