//! The rows of the demo's companies. Each area has its own file and adds one line to [`fill`]; what later areas read of
//! earlier ones stands in [`World`]. Rows are written in bounded transactions, so that the program serves meanwhile.

mod contacts;
mod episodes;
mod orders;
mod rhythm;
mod talks;
mod voice;

use super::companies::{self, Place, Standing};
use super::dice::Dice;
use super::{catalogue, clear};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use domain::booking::OpeningHours;
use domain::catalog::Item;
use domain::money::Currency;
use entity::{branch, channel, company};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::sync::Arc;
use uuid::Uuid;

/// Days of the past that are told.
pub(super) const DAYS: i64 = 90;
/// Rows of one transaction.
const PART: usize = 2_000;
/// Rows of one statement: at most 28 values each, below SQLite's limit of 32,766.
const STATEMENT: usize = 500;

/// What is there of a company so far.
pub(super) struct World<'a> {
    pub(super) ctx: &'a Ctx,
    pub(super) scope: CompanyScope,
    pub(super) place: &'static Place,
    company: company::Model,
    branch: branch::Model,
    channels: Vec<channel::Model>,
    zone: TimeZone,
    hours: OpeningHours,
    currency: Currency,
    now: Timestamp,
    dice: Dice,
    /// Who answers for the company: the owner, then the others.
    operators: Vec<Uuid>,
    /// The published catalogue.
    pub(super) items: Vec<Arc<Item>>,
    /// Customers; the first so many have a conversation, in the order of [`World::talks`].
    people: Vec<contacts::Person>,
    talks: Vec<talks::Talk>,
}

/// Makes all rows of a company anew.
pub(super) async fn fill(ctx: &Ctx, standing: &Standing, operators: &[Uuid], told: Part<'_>) -> Result<()> {
    clear::clear(ctx, &standing.scope).await?;
    let (company, branch, channels) = companies::reopen(ctx, standing).await?;
    let mut world = World {
        ctx,
        scope: standing.scope.clone(),
        place: standing.place,
        zone: crate::company::zone(&branch),
        hours: crate::company::hours(&branch),
        currency: crate::company::currency(&company),
        company,
        branch,
        channels,
        now: ctx.now(),
        dice: Dice::new(standing.place.seed),
        operators: operators.to_vec(),
        items: Vec::new(),
        people: Vec::new(),
        talks: Vec::new(),
    };
    catalogue::seed(&mut world, told.between(5, 30)).await?;
    contacts::plan(&mut world);
    let mut orders = orders::plan(&mut world)?;
    talks::plan(&mut world, &mut orders)?;
    contacts::write(&mut world, told.between(30, 45)).await?;
    talks::write(&mut world, told.between(45, 95)).await?;
    orders::write(&world, orders, told.between(95, 100)).await?;
    companies::mark_whole(ctx, standing).await
}

/// A stretch of the progress that is shown.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    ctx: &'a Ctx,
    from: f32,
    to: f32,
}

impl<'a> Part<'a> {
    pub(super) fn new(ctx: &'a Ctx, from: f32, to: f32) -> Self {
        Self { ctx, from, to }
    }

    /// Of this stretch, between two percentages of it.
    pub(super) fn between(&self, from: u8, to: u8) -> Self {
        let at = |percent: u8| self.from + (self.to - self.from) * f32::from(percent) / 100.0;
        Self { ctx: self.ctx, from: at(from), to: at(to) }
    }

    /// So much of it is done, from 0 to 1.
    pub(super) fn tell(&self, done: f32) {
        let percent = self.from + (self.to - self.from) * done.clamp(0.0, 1.0);
        // 100 is said when everything is committed.
        self.ctx.engine().demo.set_progress((percent as u8).min(99));
    }
}

impl World<'_> {
    /// Writes rows of one table.
    async fn write<E>(&self, rows: Vec<E::Model>, told: Option<Part<'_>>) -> Result<()>
    where
        E: EntityTrait,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        let total = rows.len().max(1);
        let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
        let mut written = 0;
        while written < total {
            let tx = self.ctx.db().begin(&self.scope).await?;
            for _ in 0..PART / STATEMENT {
                let part: Vec<E::ActiveModel> = rows.by_ref().take(STATEMENT).collect();
                if part.is_empty() {
                    break;
                }
                written += part.len();
                E::insert_many(part).exec_without_returning(&tx).await?;
            }
            self.ctx.commit(tx).await?;
            if let Some(told) = told {
                told.tell(written as f32 / total as f32);
            }
            if rows.len() == 0 {
                break;
            }
        }
        Ok(())
    }
}
