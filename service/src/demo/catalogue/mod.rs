//! The catalogues: tables as an owner would have them, read by the same reader as an imported file, published.

mod flowers;
mod salon;

use super::dice::Dice;
use super::seed::{Part, World};
use crate::catalog::seeding::{self, Filled};
use crate::error::{Error, Result};
use entity::stored::CompanyType;

/// A table before it is read.
pub(super) struct Table {
    headings: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

/// Writes and publishes the catalogue, and keeps its items for the areas after it.
pub(super) async fn seed(world: &mut World<'_>, told: Part<'_>) -> Result<()> {
    let dice = Dice::new(world.place.seed);
    let mut tables = Vec::new();
    if world.place.kind == CompanyType::Service {
        // Last season's prices first, so that versions can be compared and rolled back.
        tables.push((salon::table(&Dice::new(world.place.seed), 90), "studio-lumen-spring.xlsx"));
        tables.push((salon::table(&dice, 100), "studio-lumen.xlsx"));
    } else {
        tables.push((flowers::table(&dice), "flora-verde.xlsx"));
    }
    for (table, name) in tables {
        let Filled { problem, .. } = seeding::fill(world.ctx, &world.scope, name, table.headings, table.rows, |done| {
            told.tell(done);
        })
        .await?;
        if let Some(problem) = problem {
            return Err(Error::internal(format!("a row of the demo's catalogue: {problem:?}")));
        }
        crate::catalog::publish(world.ctx, &world.scope, false).await?;
    }
    let (_, catalogue) = crate::catalog::published(world.ctx, &world.scope)
        .await?
        .ok_or_else(|| Error::internal("nothing published"))?;
    world.items = catalogue.items().to_vec();
    Ok(())
}
