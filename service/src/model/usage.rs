//! What models were asked for and what it cost: a row each time, a sum a month.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use entity::model_use;
use entity::time::Time;
use gateway::language_model::Usage;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;
use uuid::Uuid;

/// What one piece of work asked of a model.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    /// `turn`, `voice` or `test`.
    pub(crate) purpose: &'static str,
    pub(crate) model: String,
    pub(crate) calls: i64,
    pub(crate) usage: Usage,
    pub(crate) cost_micros: i64,
    pub(crate) time: Duration,
    pub(crate) fell_back: Option<String>,
    pub(crate) detail: Option<String>,
}

/// Stores what was spent, with the turn that it was spent on.
pub(crate) async fn record(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    turn_id: Option<Uuid>,
    spent: &Spent,
) -> Result<()> {
    model_use::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        turn_id: Set(turn_id),
        purpose: Set(spent.purpose.to_owned()),
        model: Set(spent.model.clone()),
        calls: Set(spent.calls),
        input_tokens: Set(spent.usage.input_tokens),
        output_tokens: Set(spent.usage.output_tokens),
        cost_micros: Set(spent.cost_micros),
        time_us: Set(i64::try_from(spent.time.as_micros()).unwrap_or(i64::MAX)),
        fell_back: Set(spent.fell_back.clone()),
        detail: Set(spent.detail.as_ref().map(|detail| detail.chars().take(600).collect())),
        created_at: Set(ctx.time()),
    }
    .insert(tx)
    .await?;
    metrics::counter!("model_tokens", "direction" => "in")
        .increment(u64::try_from(spent.usage.input_tokens).unwrap_or(0));
    metrics::counter!("model_tokens", "direction" => "out")
        .increment(u64::try_from(spent.usage.output_tokens).unwrap_or(0));
    Ok(())
}

/// What a company used in a calendar month (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthUse {
    /// The month's first moment.
    pub from: Time,
    /// Turns that asked a model.
    pub turns: i64,
    /// Of them, turns that the offline assistant answered in its place.
    pub fell_back: i64,
    /// Answers asked for.
    pub calls: i64,
    /// Tokens that went in.
    pub input_tokens: i64,
    /// Tokens that came out.
    pub output_tokens: i64,
    /// Cost, millionths of the price list's currency.
    pub cost_micros: i64,
}

/// First moment of the month of a moment, UTC.
fn month_of(now: Timestamp) -> Time {
    let first = now.to_zoned(TimeZone::UTC).first_of_month();
    first.and_then(|day| day.start_of_day()).map_or(now, |start| start.timestamp()).into()
}

/// This month's use.
///
/// # Errors
/// When the database does not answer.
pub async fn month(ctx: &Ctx, scope: &CompanyScope) -> Result<MonthUse> {
    let from = month_of(ctx.now());
    let rows = of_month(scope, from)
        .select_only()
        .column(model_use::Column::Purpose)
        .column(model_use::Column::FellBack)
        .column_as(model_use::Column::Id.count(), "rows")
        .column_as(sum(model_use::Column::Calls), "calls")
        .column_as(sum(model_use::Column::InputTokens), "input_tokens")
        .column_as(sum(model_use::Column::OutputTokens), "output_tokens")
        .column_as(sum(model_use::Column::CostMicros), "cost_micros")
        .group_by(model_use::Column::Purpose)
        .group_by(model_use::Column::FellBack)
        .into_tuple::<(String, Option<String>, i64, i64, i64, i64, i64)>()
        .all(&ctx.db().read(scope))
        .await?;
    let mut month =
        MonthUse { from, turns: 0, fell_back: 0, calls: 0, input_tokens: 0, output_tokens: 0, cost_micros: 0 };
    for (purpose, fell_back, rows, calls, input, output, cost) in rows {
        if purpose == "turn" {
            month.turns += rows;
            month.fell_back += if fell_back.is_some() { rows } else { 0 };
        }
        month.calls += calls;
        month.input_tokens += input;
        month.output_tokens += output;
        month.cost_micros += cost;
    }
    Ok(month)
}

fn of_month(scope: &CompanyScope, from: Time) -> sea_orm::Select<model_use::Entity> {
    model_use::Entity::find()
        .filter(model_use::Column::CompanyId.eq(scope.id()))
        .filter(model_use::Column::CreatedAt.gte(from))
}

/// PostgreSQL sums integers into decimals; both databases are asked for an integer.
fn sum(column: model_use::Column) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::sea_query::ExprTrait as _;
    column.sum().cast_as("bigint")
}

/// Tokens of this month, in and out.
pub(crate) async fn tokens_of_month(ctx: &Ctx, scope: &CompanyScope) -> Result<i64> {
    let month = month(ctx, scope).await?;
    Ok(month.input_tokens.saturating_add(month.output_tokens))
}

/// What these turns asked of models, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn uses_of(ctx: &Ctx, scope: &CompanyScope, turns: &[Uuid]) -> Result<Vec<model_use::Model>> {
    Ok(model_use::Entity::find()
        .filter(model_use::Column::CompanyId.eq(scope.id()))
        .filter(model_use::Column::TurnId.is_in(turns.iter().copied()))
        .order_by_asc(model_use::Column::Id)
        .all(&ctx.db().read(scope))
        .await?)
}

#[cfg(test)]
mod tests {
    use super::month_of;

    #[test]
    fn a_month_begins_on_its_first_day() {
        let now = "2026-03-31T23:59:00Z".parse().expect("a moment");
        assert_eq!(month_of(now).timestamp().to_string(), "2026-03-01T00:00:00Z");
    }
}
