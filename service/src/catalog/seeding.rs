//! A table made by the program itself into a draft, through the reader of files: the demo.

use super::columns::Columns;
use super::{bulk, repo, row};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::catalog::ItemKind;
use domain::catalog::heading::map_headings;
use domain::catalog::problem::Problem;
use domain::catalog::row::Cell;
use entity::stored::{CompanyType, EventKind};

/// Rows of one transaction.
const BATCH: usize = 1_000;

/// What came of it.
pub(crate) struct Filled {
    /// The first problem of a row; the demo has none.
    pub(crate) problem: Option<Problem>,
}

/// Fills a new draft with a table. `told` hears how much is done, from 0 to 1.
pub(crate) async fn fill(
    ctx: &Ctx,
    scope: &CompanyScope,
    source: &str,
    headings: &[&str],
    rows: Vec<Vec<String>>,
    told: impl Fn(f32),
) -> Result<Filled> {
    let company = repo::company(&ctx.db().read(scope), scope).await?;
    let kind = if company.company_type == CompanyType::Service { ItemKind::Service } else { ItemKind::Product };
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let columns = Columns::of_mapping(&map_headings(&headings, Some(kind)));
    let mut reader = row::reader(&columns, crate::company::currency(&company));
    let places = row::Places::of(&columns);
    let tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    let source = Some(source.to_owned());
    let version_id = repo::begin_version(ctx, &tx, &catalogue, serde_json::to_value(&columns)?, source).await?;
    ctx.commit(tx).await?;
    let total = rows.len();
    let (mut problem, mut written) = (None, 0_usize);
    for batch in rows.chunks(BATCH) {
        let mut new = Vec::with_capacity(batch.len());
        for cells in batch {
            let place = written + new.len();
            // The headings are row 1.
            let number = u32::try_from(place + 2).unwrap_or(u32::MAX);
            let cells: Vec<Cell> =
                cells.iter().map(|text| if text.is_empty() { Cell::Empty } else { Cell::Text(text.clone()) }).collect();
            let outcome = reader.read(number, &cells);
            problem = problem.or_else(|| outcome.problems.first().cloned());
            let position = i32::try_from(place).unwrap_or(i32::MAX);
            new.push(row::build(ctx.new_id(), position, number, &columns, &places, &cells, &outcome)?);
        }
        let tx = ctx.db().begin(scope).await?;
        written += new.len();
        bulk::insert_rows(&tx, scope, version_id, new).await?;
        ctx.commit(tx).await?;
        told(written as f32 / total as f32);
    }
    let mut tx = ctx.db().begin(scope).await?;
    let catalogue = repo::lock(ctx, &tx, scope).await?;
    let count = i32::try_from(total).unwrap_or(i32::MAX);
    repo::attach_draft(&tx, scope, &catalogue, version_id, count, 0).await?;
    crate::event::emit(ctx, &mut tx, scope, EventKind::Catalogue, catalogue.id).await?;
    ctx.commit(tx).await?;
    Ok(Filled { problem })
}
