//! Reading a file into a draft: the body of the job [`super::jobs::ImportTable`].
//!
//! The rows go into a version that nobody sees; only the last transaction makes it the draft. So a run that dies at any
//! moment leaves nothing behind that is seen, and the next run begins anew after removing what the last one left
//! (reliability.md case 117). Memory is bounded: rows in flight are a few batches, whatever the file; what grows with the
//! file is one key a row, to find duplicates without asking the database. No transaction is longer than a part of the rows,
//! also where rows of what stands are added ([`super::append`]): SQLite's only writer stays free for customers.

use super::append::Appended;
use super::bulk::{self, NewRow};
use super::columns::Columns;
use super::import::{StoredMapping, find};
use super::{append, cell};
use super::{repo, row};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure};
use domain::catalog::ItemKind;
use domain::catalog::heading::{Column, map_headings};
use domain::catalog::problem::{Problem, ProblemCode};
use domain::catalog::row::{Cell, RowOutcome, RowReader};
use domain::money::Currency;
use entity::import;
use entity::stored::{CompanyType, EventKind, ImportStatus};
use gateway::table_file::{Event, Heading, Limits, TableError, TableReader};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use uuid::Uuid;

/// Rows of one transaction.
const BATCH_ROWS: usize = 1_000;
/// Bytes of one transaction.
const BATCH_BYTES: usize = 1024 * 1024;
/// Progress is told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(250);
/// Rows from which the sample cells of a heading are taken.
const SAMPLED_ROWS: u32 = 50;
/// Notices about the whole file that are kept of one batch.
const MAX_NOTICES: usize = 20;
/// Sample cells of a heading.
const SAMPLES: usize = 3;

/// Why reading ended without a draft.
enum Stop {
    /// The file is at fault.
    File(Vec<Problem>),
    /// The owner stopped it.
    Cancelled,
    /// Another worker has the job, or the database or the program failed.
    Error(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// What the reading found in all.
struct Loaded {
    version_id: Uuid,
    rows: i32,
    bytes: i64,
    problem_rows: i32,
    problems: i32,
    notices: Vec<Problem>,
}

/// Reads the file of an import.
pub(crate) async fn run(ctx: &Ctx, claimed: &Claimed, import_id: Uuid) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let import = match find(&ctx.db().read(&scope), &scope, import_id).await {
        Ok(import) => import,
        Err(Error::NotFound(_)) => return Ok(finish_only(ctx, claimed).await?),
        Err(other) => return Err(other.into()),
    };
    if !matches!(import.status, ImportStatus::Queued | ImportStatus::Reading) {
        return Ok(finish_only(ctx, claimed).await?);
    }
    let run = Run { ctx, claimed, scope: &scope, import: &import };
    match run.load().await {
        Ok(loaded) => Ok(run.attach(loaded).await?),
        Err(Stop::File(problems)) => Ok(run.fail(&problems).await?),
        Err(Stop::Cancelled) => Ok(finish_only(ctx, claimed).await?),
        Err(Stop::Error(error)) => {
            if claimed.row.attempts >= claimed.row.max_attempts {
                run.give_up().await?;
            }
            Err(error.into())
        }
    }
}

async fn finish_only(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    let mut tx = ctx.db().begin(&claimed.scope()?).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await
}

/// The file while it is being read; removed when reading ends, however it ends.
struct WorkFile(PathBuf);

impl Drop for WorkFile {
    fn drop(&mut self) {
        // Nothing to do about a file that is gone already.
        let _ = std::fs::remove_file(&self.0);
    }
}

struct Run<'a> {
    ctx: &'a Ctx,
    claimed: &'a Claimed,
    scope: &'a CompanyScope,
    import: &'a import::Model,
}

/// What goes from the reader to the writer.
struct Batch {
    rows: Vec<NewRow>,
    /// Bytes of the cells, which are nearly those of a text file.
    bytes: i64,
    problems: i32,
    problem_rows: i32,
    notices: Vec<Problem>,
}

impl Run<'_> {
    async fn load(&self) -> Result<Loaded, Stop> {
        if let Some(earlier) = self.import.version_id {
            // What an earlier run left half-filled; a draft that was attached has a number and stays.
            let tx = self.ctx.db().begin(self.scope).await?;
            let half = entity::catalogue_version::Entity::find_by_id(earlier)
                .filter(entity::catalogue_version::Column::CompanyId.eq(self.scope.id()))
                .filter(entity::catalogue_version::Column::Number.lt(0))
                .one(&tx)
                .await?;
            tx.rollback().await?;
            if half.is_some() {
                repo::remove_version(self.ctx, self.scope, earlier).await?;
            }
        }
        let file = self.fetch().await?;
        let mut reader =
            TableReader::open(&self.ctx.engine().parser, &file.0, self.import.sheet.as_deref(), &Limits::default())
                .map_err(stop)?;
        let mut notices = Vec::new();
        let heading = loop {
            match reader.next().await.map_err(stop)? {
                Some(Event::Heading(heading)) => break heading,
                Some(Event::Problem(problem)) => notices.push(problem),
                Some(Event::Row { .. } | Event::End(_)) | None => {
                    return Err(Stop::File(vec![Problem::of_file(ProblemCode::NoRows)]));
                }
            }
        };
        let currency = repo::currency(&self.ctx.db().read(self.scope), self.scope).await?;
        let (mut stored, columns) = self.understand(&heading).await?;
        let mapping = columns.mapping();
        notices.extend(mapping.problems(heading.row, currency));
        if notices.iter().any(Problem::is_error) {
            stored.columns = Some(columns.clone());
            stored.samples = self.sample_only(&mut reader, columns.columns.len()).await;
            self.store_mapping(&stored).await?;
            return Err(Stop::File(notices));
        }
        let version_id = self.begin(&stored, &notices, &heading, &columns).await?;
        let known = i32::try_from(notices.len()).unwrap_or(i32::MAX);

        let (sender, receiver) = mpsc::channel::<Batch>(2);
        // A task of its own, so that typing rows and binding them to statements do not wait for each other. When writing
        // fails, the reader's next batch finds nobody and it ends.
        let mut reading = Reading(tokio::spawn(read_rows(self.ctx.clone(), reader, columns, currency, sender)));
        let mut loaded = self.write_rows(version_id, receiver).await?;
        let samples = (&mut reading.0).await.map_err(|error| Error::internal(error.to_string()))??;
        if loaded.rows == 0 {
            self.abandon(version_id).await?;
            return Err(Stop::File(vec![Problem::of_file(ProblemCode::NoRows)]));
        }
        stored.samples = samples;
        self.store_mapping(&stored).await?;
        loaded.problems = loaded.problems.saturating_add(known);
        notices.append(&mut loaded.notices);
        loaded.notices = notices;
        Ok(loaded)
    }

    /// The file from where it lies into the folder of work, as a stream.
    async fn fetch(&self) -> Result<WorkFile, Stop> {
        use futures::StreamExt as _;
        let stored = crate::file::get(self.ctx, self.scope, self.import.file_id).await?;
        let path = self.ctx.engine().work_dir.join(format!("import-{}.table", self.import.id.simple()));
        let io = |error: std::io::Error| Error::Unavailable(format!("the folder of work: {error}"));
        tokio::fs::create_dir_all(&self.ctx.engine().work_dir).await.map_err(io)?;
        let mut out = tokio::fs::File::create(&path).await.map_err(io)?;
        let file = WorkFile(path);
        let mut bytes = crate::file::open(self.ctx, &stored).await?;
        while let Some(part) = bytes.next().await {
            out.write_all(&part?).await.map_err(io)?;
        }
        out.flush().await.map_err(io)?;
        Ok(file)
    }

    /// What the headings mean, with what the owner chose.
    async fn understand(&self, heading: &Heading) -> Result<(StoredMapping, Columns)> {
        let company = repo::company(&self.ctx.db().read(self.scope), self.scope).await?;
        let hint = match company.company_type {
            CompanyType::Product => Some(ItemKind::Product),
            CompanyType::Service => Some(ItemKind::Service),
            CompanyType::Hybrid => None,
        };
        let mut stored: StoredMapping = serde_json::from_value(self.import.mapping.clone())?;
        let mut mapping = map_headings(&heading.cells, hint);
        for (index, column) in &stored.chosen {
            let extra = || Column::Extra(heading.cells.get(*index).cloned().unwrap_or_default());
            mapping = mapping.with_override(*index, column.clone().unwrap_or_else(extra));
        }
        let columns = Columns::of_mapping(&mapping);
        stored.heading_row = heading.row;
        stored.sheets.clone_from(&heading.sheets);
        stored.columns = Some(columns.clone());
        Ok((stored, columns))
    }

    /// The first cells under the headings of a file that can't be read with this mapping: the owner chooses by them.
    async fn sample_only(&self, reader: &mut TableReader, columns: usize) -> Vec<Vec<String>> {
        let mut samples = vec![Vec::new(); columns];
        for _ in 0..SAMPLED_ROWS {
            match reader.next().await {
                Ok(Some(Event::Row { cells, .. })) => sample(&mut samples, &cells),
                Ok(Some(Event::Problem(_))) => {}
                _ => break,
            }
        }
        samples
    }

    /// A version to fill, and the import marked as being read; both or none.
    async fn begin(
        &self,
        stored: &StoredMapping,
        notices: &[Problem],
        heading: &Heading,
        columns: &Columns,
    ) -> Result<Uuid, Stop> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        let catalogue = repo::lock(self.ctx, &tx, self.scope).await?;
        let source = Some(self.import.file_name.clone());
        let version_id =
            repo::begin_version(self.ctx, &tx, &catalogue, serde_json::to_value(columns).map_err(Error::from)?, source)
                .await?;
        let notices = if notices.is_empty() { None } else { Some(serde_json::to_value(notices).map_err(Error::from)?) };
        let mut update = import::Entity::update_many()
            .col_expr(import::Column::Status, Expr::value("reading"))
            .col_expr(import::Column::RowsRead, Expr::value(0))
            .col_expr(import::Column::BytesRead, Expr::value(0_i64))
            .col_expr(import::Column::ProblemCount, Expr::value(0))
            .col_expr(import::Column::VersionId, Expr::value(version_id))
            .col_expr(import::Column::FileProblem, Expr::value(notices))
            .col_expr(import::Column::Mapping, Expr::value(serde_json::to_value(stored).map_err(Error::from)?));
        if let Some(sheet) = &heading.sheet {
            update = update.col_expr(import::Column::Sheet, Expr::value(sheet.as_str()));
        }
        let changed = update.filter(self.mine()).exec(&tx).await?;
        if changed.rows_affected == 0 {
            return Err(Stop::Cancelled);
        }
        super::jobs::hold(self.ctx, &tx, self.claimed).await?;
        crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Import, self.import.id).await?;
        self.ctx.commit(tx).await?;
        Ok(version_id)
    }

    /// The import while nobody stopped it.
    fn mine(&self) -> sea_orm::Condition {
        sea_orm::Condition::all()
            .add(import::Column::Id.eq(self.import.id))
            .add(import::Column::CompanyId.eq(self.scope.id()))
            .add(import::Column::Status.is_in([ImportStatus::Queued, ImportStatus::Reading]))
    }

    /// Writes what the reader read, and tells how far it is.
    async fn write_rows(&self, version_id: Uuid, mut batches: mpsc::Receiver<Batch>) -> Result<Loaded, Stop> {
        let mut loaded = Loaded { version_id, rows: 0, bytes: 0, problem_rows: 0, problems: 0, notices: Vec::new() };
        let mut told = Instant::now();
        while let Some(batch) = batches.recv().await {
            loaded.rows = loaded.rows.saturating_add(i32::try_from(batch.rows.len()).unwrap_or(i32::MAX));
            loaded.bytes = loaded.bytes.saturating_add(batch.bytes);
            loaded.problems = loaded.problems.saturating_add(batch.problems);
            loaded.problem_rows = loaded.problem_rows.saturating_add(batch.problem_rows);
            loaded.notices.extend(batch.notices);
            bulk::insert(self.ctx, self.scope, self.claimed, version_id, batch.rows).await?;
            if told.elapsed() >= PROGRESS_EVERY {
                self.tell(&loaded).await?;
                told = Instant::now();
            }
        }
        Ok(loaded)
    }

    async fn tell(&self, loaded: &Loaded) -> Result<(), Stop> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        let changed = import::Entity::update_many()
            .col_expr(import::Column::RowsRead, Expr::value(loaded.rows))
            .col_expr(import::Column::BytesRead, Expr::value(loaded.bytes.min(self.import.bytes_total)))
            .col_expr(import::Column::ProblemCount, Expr::value(loaded.problems))
            .filter(self.mine())
            .exec(&tx)
            .await?;
        if changed.rows_affected == 0 {
            tx.rollback().await?;
            self.abandon(loaded.version_id).await?;
            return Err(Stop::Cancelled);
        }
        super::jobs::hold(self.ctx, &tx, self.claimed).await?;
        crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Import, self.import.id).await?;
        self.ctx.commit(tx).await?;
        Ok(())
    }

    async fn store_mapping(&self, stored: &StoredMapping) -> Result<()> {
        let tx = self.ctx.db().begin(self.scope).await?;
        import::Entity::update_many()
            .col_expr(import::Column::Mapping, Expr::value(serde_json::to_value(stored)?))
            .filter(self.mine())
            .exec(&tx)
            .await?;
        self.ctx.commit(tx).await
    }

    /// Makes the filled version the draft, the import done and the job finished, in one transaction.
    async fn attach(&self, loaded: Loaded) -> Result<()> {
        if !self.appends() {
            return self.attach_with(&loaded, None).await.map(|_| ());
        }
        for _ in 0..append::TRIES {
            let appended = append::copy(self.ctx, self.scope, self.claimed, loaded.version_id, loaded.rows).await?;
            if self.attach_with(&loaded, Some(&appended)).await? {
                return Ok(());
            }
            // Somebody edited, published or threw away meanwhile what was copied.
            repo::remove_from(self.ctx, self.scope, loaded.version_id, loaded.rows).await?;
        }
        Err(Error::Unavailable("the catalogue changes while rows are added to it".to_owned()))
    }

    /// Whether the version was attached, or is waste because the import was stopped; not when what was added to it is no
    /// longer what stands.
    async fn attach_with(&self, loaded: &Loaded, appended: Option<&Appended>) -> Result<bool> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        let catalogue = repo::lock(self.ctx, &tx, self.scope).await?;
        if let Some(appended) = appended
            && !appended.stands(&tx, self.scope, &catalogue).await?
        {
            tx.rollback().await?;
            return Ok(false);
        }
        let notices = if loaded.notices.is_empty() { None } else { Some(serde_json::to_value(&loaded.notices)?) };
        let changed = import::Entity::update_many()
            .col_expr(import::Column::FileProblem, Expr::value(notices))
            .col_expr(import::Column::Status, Expr::value("done"))
            .col_expr(import::Column::RowsRead, Expr::value(loaded.rows))
            .col_expr(import::Column::RowsTotal, Expr::value(loaded.rows))
            .col_expr(import::Column::BytesRead, Expr::value(self.import.bytes_total))
            .col_expr(import::Column::ProblemCount, Expr::value(loaded.problems))
            .col_expr(import::Column::FinishedAt, Expr::value(self.ctx.time().0))
            .filter(self.mine())
            .exec(&tx)
            .await?;
        if changed.rows_affected == 0 {
            repo::discard(&tx, self.scope, loaded.version_id).await?;
        } else {
            let (more, more_problems) = appended.map_or((0, 0), |appended| (appended.rows, appended.problem_rows));
            let (rows, problem_rows) = (loaded.rows + more, loaded.problem_rows + more_problems);
            if let Some(columns) = appended.and_then(|appended| appended.columns.as_ref()) {
                repo::set_columns(&tx, self.scope, loaded.version_id, columns).await?;
            }
            repo::attach_draft(&tx, self.scope, &catalogue, loaded.version_id, rows, problem_rows).await?;
            crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Catalogue, catalogue.id).await?;
        }
        job::finish(self.ctx, &mut tx, self.claimed).await?;
        super::jobs::prune_soon(self.ctx, &mut tx, self.scope).await?;
        crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Import, self.import.id).await?;
        self.ctx.commit(tx).await?;
        Ok(true)
    }

    fn appends(&self) -> bool {
        serde_json::from_value(self.import.mapping.clone()).is_ok_and(|stored: StoredMapping| stored.append)
    }

    /// A version that will not be filled any further: the pruning job removes it.
    async fn abandon(&self, version_id: Uuid) -> Result<()> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        repo::discard(&tx, self.scope, version_id).await?;
        super::jobs::prune_soon(self.ctx, &mut tx, self.scope).await?;
        self.ctx.commit(tx).await
    }

    /// The file is at fault: the owner is told, the job is done, and nothing else has changed.
    async fn fail(&self, problems: &[Problem]) -> Result<()> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        job::finish(self.ctx, &mut tx, self.claimed).await?;
        let count = i32::try_from(problems.len()).unwrap_or(i32::MAX);
        import::Entity::update_many()
            .col_expr(import::Column::Status, Expr::value("failed"))
            .col_expr(import::Column::FileProblem, Expr::value(serde_json::to_value(problems)?))
            .col_expr(import::Column::ProblemCount, Expr::value(count))
            .col_expr(import::Column::FinishedAt, Expr::value(self.ctx.time().0))
            .filter(self.mine())
            .exec(&tx)
            .await?;
        let half = import::Entity::find_by_id(self.import.id).one(&tx).await?.and_then(|import| import.version_id);
        if let Some(version_id) = half {
            self.discard_half(&tx, version_id).await?;
            super::jobs::prune_soon(self.ctx, &mut tx, self.scope).await?;
        }
        crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Import, self.import.id).await?;
        self.ctx.commit(tx).await
    }

    /// Makes waste of a version unless it is one that people see: the draft of an earlier run of this import.
    async fn discard_half(&self, tx: &crate::db::Tx, version_id: Uuid) -> Result<()> {
        match repo::version(tx, self.scope, version_id).await {
            Ok(_) => Ok(()),
            Err(Error::NotFound(_)) => {
                import::Entity::update_many()
                    .col_expr(import::Column::VersionId, Expr::value(Option::<Uuid>::None))
                    .filter(import::Column::Id.eq(self.import.id))
                    .filter(import::Column::CompanyId.eq(self.scope.id()))
                    .exec(tx)
                    .await?;
                repo::discard(tx, self.scope, version_id).await
            }
            Err(other) => Err(other),
        }
    }

    /// The last try has failed for a reason of ours: the import must not look as if it were going on.
    async fn give_up(&self) -> Result<()> {
        let mut tx = self.ctx.db().begin(self.scope).await?;
        import::Entity::update_many()
            .col_expr(import::Column::Status, Expr::value("failed"))
            .col_expr(import::Column::FinishedAt, Expr::value(self.ctx.time().0))
            .filter(self.mine())
            .exec(&tx)
            .await?;
        crate::event::emit(self.ctx, &mut tx, self.scope, EventKind::Import, self.import.id).await?;
        self.ctx.commit(tx).await
    }
}

fn stop(error: TableError) -> Stop {
    match error {
        TableError::File(problem) => Stop::File(vec![problem]),
        other => Stop::Error(Error::Unavailable(other.to_string())),
    }
}

/// The task that reads; ended with its owner, however that ends.
struct Reading(tokio::task::JoinHandle<Result<Vec<Vec<String>>, Stop>>);

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Reads all rows and hands them on in batches; the samples of the headings come back.
async fn read_rows(
    ctx: Ctx,
    mut table: TableReader,
    columns: Columns,
    currency: Currency,
    batches: mpsc::Sender<Batch>,
) -> Result<Vec<Vec<String>>, Stop> {
    let mut rows = Typing {
        ctx: &ctx,
        places: row::Places::of(&columns),
        reader: row::reader(&columns, currency),
        position: 0,
        samples: vec![Vec::new(); columns.columns.len()],
        columns: &columns,
        batch: empty(),
        bytes: 0,
    };
    while let Some(event) = table.next().await.map_err(stop)? {
        match event {
            Event::Row { row, cells } => rows.row(row, cells)?,
            Event::Problem(problem) => rows.problem(problem)?,
            Event::Heading(_) => {}
            Event::End(_) => break,
        }
        if rows.batch.rows.len() >= BATCH_ROWS || rows.bytes >= BATCH_BYTES {
            rows.bytes = 0;
            let full = std::mem::replace(&mut rows.batch, empty());
            if batches.send(full).await.is_err() {
                // The writer has failed and says why.
                return Ok(rows.samples);
            }
        }
    }
    if !rows.batch.rows.is_empty() {
        let last = std::mem::replace(&mut rows.batch, empty());
        // As above.
        let _ = batches.send(last).await;
    }
    Ok(rows.samples)
}

fn empty() -> Batch {
    Batch { rows: Vec::with_capacity(BATCH_ROWS), bytes: 0, problems: 0, problem_rows: 0, notices: Vec::new() }
}

/// Rows on their way from cells to what is stored.
struct Typing<'a> {
    ctx: &'a Ctx,
    columns: &'a Columns,
    places: row::Places,
    reader: RowReader,
    position: i32,
    samples: Vec<Vec<String>>,
    batch: Batch,
    bytes: usize,
}

impl Typing<'_> {
    fn row(&mut self, number: u32, cells: Vec<Cell>) -> Result<()> {
        let cells: Vec<Cell> = cells.into_iter().map(cell::without_nul).collect();
        if cells.iter().all(Cell::is_empty) {
            return Ok(());
        }
        let outcome = self.reader.read(number, &cells);
        let bytes: usize = cells.iter().map(|cell| cell::length(cell) + 1).sum();
        self.batch.bytes = self.batch.bytes.saturating_add(i64::try_from(bytes).unwrap_or(i64::MAX));
        if self.position < i32::try_from(SAMPLED_ROWS).unwrap_or(i32::MAX) {
            sample(&mut self.samples, &cells);
        }
        self.push(number, &cells, &outcome)
    }

    /// A row that could not even be read as cells stands in the draft all the same, so that it is not lost unseen.
    fn problem(&mut self, problem: Problem) -> Result<()> {
        let Some(number) = problem.row else {
            self.batch.problems += 1;
            if self.batch.notices.len() < MAX_NOTICES {
                self.batch.notices.push(problem);
            }
            return Ok(());
        };
        let outcome = RowOutcome { item: None, problems: vec![problem], key: None, kind: self.columns.kind };
        self.push(number, &[], &outcome)
    }

    fn push(&mut self, number: u32, cells: &[Cell], outcome: &RowOutcome) -> Result<()> {
        let built = row::build(self.ctx.new_id(), self.position, number, self.columns, &self.places, cells, outcome)?;
        self.position = self.position.saturating_add(1);
        self.batch.problems =
            self.batch.problems.saturating_add(i32::try_from(outcome.problems.len()).unwrap_or(i32::MAX));
        self.batch.problem_rows += i32::from(built.has_error);
        self.bytes += built.weight();
        self.batch.rows.push(built);
        Ok(())
    }
}

fn sample(samples: &mut [Vec<String>], cells: &[Cell]) {
    for (column, cell) in samples.iter_mut().zip(cells) {
        if column.len() < SAMPLES && !cell.is_empty() {
            column.push(domain::catalog::problem::shown(&cell::shown(cell)));
        }
    }
}
