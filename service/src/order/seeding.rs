//! What the demo takes of this area: holds by the same constraints, titles in the same words.

pub(crate) use super::holds::{hold_slots, hold_stock};
pub(crate) use super::place::title;

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use entity::company;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// The number that the next order gets: orders were written with the numbers below it.
pub(crate) async fn next_number(ctx: &Ctx, scope: &CompanyScope, number: i32) -> Result<()> {
    let tx = ctx.db().begin(scope).await?;
    company::Entity::update_many()
        .col_expr(company::Column::NextOrderNumber, Expr::value(number))
        .filter(company::Column::Id.eq(scope.id()))
        .exec(&tx)
        .await?;
    ctx.commit(tx).await
}
