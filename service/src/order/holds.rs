//! Slots and stock held for an order: by constraints of the database, never by a check before a write (architecture §6.7).

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use domain::booking::{Block, Interval, QUANTUM_SECONDS, quanta};
use entity::{slot_hold, stock_hold, stock_level};
use jiff::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Takes the block's seats from `start` on. False when somebody else has one of them: nothing is taken then.
pub(crate) async fn hold_slots(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    branch_id: Uuid,
    order_id: Uuid,
    block: &Block,
    start: Timestamp,
) -> Result<bool> {
    for part in &block.parts {
        let from = Interval::of_minutes(start, part.offset_minutes).end;
        let interval = Interval::of_minutes(from, part.minutes);
        let units: Vec<i64> = quanta(interval).collect();
        let (Some(first), Some(last)) = (units.first(), units.last()) else { continue };
        let taken: Vec<(i64, i32)> = slot_hold::Entity::find()
            .filter(slot_hold::Column::BranchId.eq(branch_id))
            .filter(slot_hold::Column::Resource.eq(part.resource.as_str()))
            .filter(slot_hold::Column::Quantum.between(*first, *last))
            .select_only()
            .column(slot_hold::Column::Quantum)
            .column(slot_hold::Column::Seat)
            .into_tuple()
            .all(tx)
            .await?;
        let mut rows = Vec::new();
        for unit in &units {
            let free = (0..i32::try_from(part.capacity).unwrap_or(i32::MAX))
                .filter(|seat| !taken.contains(&(*unit, *seat)))
                .take(usize::try_from(part.seats).unwrap_or(0));
            let before = rows.len();
            for seat in free {
                rows.push(slot_hold::ActiveModel {
                    id: Set(ctx.new_id()),
                    company_id: Set(scope.id()),
                    branch_id: Set(branch_id),
                    resource: Set(part.resource.clone()),
                    quantum: Set(*unit),
                    seat: Set(seat),
                    order_id: Set(order_id),
                });
            }
            if ((rows.len() - before) as i64) < part.seats {
                release_slots(tx, scope, order_id).await?;
                return Ok(false);
            }
        }
        // What the look above did not see yet, the unique index does: an insert that is passed over means "taken".
        for chunk in rows.chunks(400) {
            let inserted = slot_hold::Entity::insert_many(chunk.to_vec())
                .on_conflict(
                    OnConflict::columns([
                        slot_hold::Column::BranchId,
                        slot_hold::Column::Resource,
                        slot_hold::Column::Quantum,
                        slot_hold::Column::Seat,
                    ])
                    .do_nothing()
                    .to_owned(),
                )
                .exec_without_returning(tx)
                .await?;
            if inserted < chunk.len() as u64 {
                release_slots(tx, scope, order_id).await?;
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Takes units of an item of which there are `limit`. False when there are not so many: nothing is taken then.
pub(crate) async fn hold_stock(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    order_id: Uuid,
    key: &str,
    units: i64,
    limit: i64,
) -> Result<bool> {
    stock_level::Entity::insert(stock_level::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        key: Set(key.to_owned()),
        limit_units: Set(limit),
        taken_units: Set(0),
    })
    .on_conflict(
        OnConflict::columns([stock_level::Column::CompanyId, stock_level::Column::Key]).do_nothing().to_owned(),
    )
    .exec_without_returning(tx)
    .await?;
    let mine = || {
        sea_orm::Condition::all()
            .add(stock_level::Column::CompanyId.eq(scope.id()))
            .add(stock_level::Column::Key.eq(key))
    };
    // A new count in the catalogue is a count of what lies there now: what was sold before it is out of it already,
    // what is held unpaid is not.
    let held_unpaid = unpaid_units(tx, scope, key).await?;
    stock_level::Entity::update_many()
        .col_expr(stock_level::Column::TakenUnits, Expr::value(Ord::min(held_unpaid, Ord::max(limit, 0))))
        .col_expr(stock_level::Column::LimitUnits, Expr::value(limit))
        .filter(mine())
        .filter(stock_level::Column::LimitUnits.ne(limit))
        .exec(tx)
        .await?;
    let taken = stock_level::Entity::update_many()
        .col_expr(stock_level::Column::TakenUnits, Expr::col(stock_level::Column::TakenUnits).add(units))
        .filter(mine())
        .filter(Expr::col(stock_level::Column::TakenUnits).add(units).lte(Expr::col(stock_level::Column::LimitUnits)))
        .exec(tx)
        .await?;
    if taken.rows_affected == 0 {
        return Ok(false);
    }
    stock_hold::Entity::insert(stock_hold::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        order_id: Set(order_id),
        key: Set(key.to_owned()),
        units: Set(units),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(true)
}

async fn unpaid_units(db: &impl ConnectionTrait, scope: &CompanyScope, key: &str) -> Result<i64> {
    let open = entity::order::Entity::find()
        .select_only()
        .column(entity::order::Column::Id)
        .filter(entity::order::Column::CompanyId.eq(scope.id()))
        .filter(entity::order::Column::Status.eq(entity::stored::OrderStatus::Open));
    let units: Vec<i64> = stock_hold::Entity::find()
        .select_only()
        .column(stock_hold::Column::Units)
        .filter(stock_hold::Column::CompanyId.eq(scope.id()))
        .filter(stock_hold::Column::Key.eq(key))
        .filter(stock_hold::Column::OrderId.in_subquery(sea_orm::QueryTrait::into_query(open)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(units.into_iter().sum())
}

/// Gives the seats of an order back.
pub(crate) async fn release_slots(tx: &Tx, scope: &CompanyScope, order_id: Uuid) -> Result<()> {
    slot_hold::Entity::delete_many()
        .filter(slot_hold::Column::OrderId.eq(order_id))
        .filter(slot_hold::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives all seats and stock of an order back.
pub(crate) async fn release(tx: &Tx, scope: &CompanyScope, order_id: Uuid) -> Result<()> {
    release_slots(tx, scope, order_id).await?;
    let held = stock_hold::Entity::find()
        .filter(stock_hold::Column::OrderId.eq(order_id))
        .filter(stock_hold::Column::CompanyId.eq(scope.id()))
        .all(tx)
        .await?;
    for hold in held {
        stock_level::Entity::update_many()
            .col_expr(stock_level::Column::TakenUnits, Expr::col(stock_level::Column::TakenUnits).sub(hold.units))
            .filter(stock_level::Column::CompanyId.eq(scope.id()))
            .filter(stock_level::Column::Key.eq(hold.key.as_str()))
            .filter(stock_level::Column::TakenUnits.gte(hold.units))
            .exec(tx)
            .await?;
        stock_hold::Entity::delete_by_id(hold.id).exec(tx).await?;
    }
    Ok(())
}

/// Whether an order still has its seats.
pub(crate) async fn has_slots(tx: &Tx, scope: &CompanyScope, order_id: Uuid) -> Result<bool> {
    let one = slot_hold::Entity::find()
        .filter(slot_hold::Column::OrderId.eq(order_id))
        .filter(slot_hold::Column::CompanyId.eq(scope.id()))
        .select_only()
        .column(slot_hold::Column::Id)
        .limit(1)
        .into_tuple::<Uuid>()
        .one(tx)
        .await?;
    Ok(one.is_some())
}

/// Units of an item that are taken since its count was `limit`.
pub(crate) async fn taken_units(ctx: &Ctx, scope: &CompanyScope, key: &str, limit: i64) -> Result<i64> {
    let level = stock_level::Entity::find()
        .filter(stock_level::Column::CompanyId.eq(scope.id()))
        .filter(stock_level::Column::Key.eq(key))
        .one(&ctx.db().read(scope))
        .await?;
    match level {
        Some(level) if level.limit_units == limit => Ok(level.taken_units),
        Some(_) => unpaid_units(&ctx.db().read(scope), scope, key).await,
        None => Ok(0),
    }
}

/// Seats taken of resources, by five-minute unit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Busy(BTreeMap<(String, i64), i64>);

impl Busy {
    /// Whether a block that starts then finds its seats free.
    pub(crate) fn leaves_room(&self, block: &Block, start: Timestamp) -> bool {
        block.parts.iter().all(|part| {
            let from = Interval::of_minutes(start, part.offset_minutes).end;
            quanta(Interval::of_minutes(from, part.minutes)).all(|unit| {
                let taken = self.0.get(&(part.resource.clone(), unit)).copied().unwrap_or(0);
                taken + part.seats <= part.capacity
            })
        })
    }
}

/// What is taken of these resources between two moments.
pub(crate) async fn busy_between(
    ctx: &Ctx,
    scope: &CompanyScope,
    branch_id: Uuid,
    resources: &[String],
    from: Timestamp,
    to: Timestamp,
    except: Option<Uuid>,
) -> Result<Busy> {
    let mut find = slot_hold::Entity::find()
        .filter(slot_hold::Column::CompanyId.eq(scope.id()))
        .filter(slot_hold::Column::BranchId.eq(branch_id))
        .filter(slot_hold::Column::Resource.is_in(resources.iter().map(String::as_str)))
        .filter(slot_hold::Column::Quantum.gte(from.as_second().div_euclid(QUANTUM_SECONDS)))
        .filter(slot_hold::Column::Quantum.lte(to.as_second().div_euclid(QUANTUM_SECONDS)));
    if let Some(order_id) = except {
        find = find.filter(slot_hold::Column::OrderId.ne(order_id));
    }
    let rows: Vec<(String, i64)> = find
        .select_only()
        .column(slot_hold::Column::Resource)
        .column(slot_hold::Column::Quantum)
        .into_tuple()
        .all(&ctx.db().read(scope))
        .await?;
    let mut busy = Busy::default();
    for key in rows {
        *busy.0.entry(key).or_default() += 1;
    }
    Ok(busy)
}
