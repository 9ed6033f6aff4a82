//! What models were asked for and what it cost: a row each time, a sum a month.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::time::Time;
use entity::{model_month, model_use};
use gateway::language_model::Usage;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait as _, EntityTrait, FromQueryResult as _,
    IntoActiveModel as _, QueryFilter, QueryOrder, QuerySelect, Statement, Value,
};
use std::time::Duration;
use uuid::Uuid;

/// What one piece of work asked of a model.
#[derive(Clone, Debug)]
pub(crate) struct Spent {
    /// `turn`, `voice` or `test`.
    pub(crate) purpose: &'static str,
    /// Whether it was a model of the company's own; else the installation's.
    pub(crate) own: bool,
    pub(crate) model: String,
    pub(crate) calls: i64,
    pub(crate) usage: Usage,
    pub(crate) cost_micros: i64,
    pub(crate) time: Duration,
    pub(crate) fell_back: Option<String>,
    pub(crate) detail: Option<String>,
}

/// Stores what was spent, with the turn that it was spent on, and counts it to its month; the owners are written when it reaches
/// most or all of the installation's budget.
pub(crate) async fn record(
    ctx: &Ctx,
    tx: &mut Tx,
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
    .insert(&*tx)
    .await?;
    count(ctx, tx, scope, spent).await?;
    metrics::counter!("model_tokens", "direction" => "in")
        .increment(u64::try_from(spent.usage.input_tokens).unwrap_or(0));
    metrics::counter!("model_tokens", "direction" => "out")
        .increment(u64::try_from(spent.usage.output_tokens).unwrap_or(0));
    Ok(())
}

/// Adds to the month's counter. Its row is locked until the transaction ends, so that each budget is reached once.
async fn count(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, spent: &Spent) -> Result<()> {
    let tokens = spent.usage.input_tokens.saturating_add(spent.usage.output_tokens).max(0);
    if tokens == 0 {
        return Ok(());
    }
    let from = month_of(ctx.now());
    let (installation, own) = if spent.own { (0, tokens) } else { (tokens, 0) };
    let sql = "INSERT INTO model_month \
         (id, company_id, from_at, installation_tokens, own_tokens, told_limit, told_percent) \
         VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (company_id, from_at) DO UPDATE SET \
         installation_tokens = model_month.installation_tokens + excluded.installation_tokens, \
         own_tokens = model_month.own_tokens + excluded.own_tokens RETURNING *";
    let values = [ctx.new_id().into(), scope.id().into(), from.0.into(), installation.into(), Value::from(own)];
    let row = tx.query_one_raw(Statement::from_sql_and_values(ctx.db().backend(), sql, values)).await?;
    let row = row.ok_or_else(|| Error::internal("a month without a row"))?;
    let row = model_month::Model::from_query_result(&row, "")?;
    let Some(limit) = ctx.engine().outside.model_monthly_tokens.filter(|_| !spent.own) else { return Ok(()) };
    let Some(percent) = reached(row.installation_tokens, limit) else { return Ok(()) };
    if row.told_limit == limit && row.told_percent >= percent {
        return Ok(());
    }
    let used = row.installation_tokens;
    let mut row = row.into_active_model();
    (row.told_limit, row.told_percent) = (Set(limit), Set(percent));
    row.update(&*tx).await?;
    Box::pin(crate::mail::model_budget_used(ctx, tx, scope, from, (used, limit))).await
}

/// How much of a budget is used that people are told of: 80 or 100 percent.
fn reached(used: i64, limit: i64) -> Option<i32> {
    match (i128::from(used) * 100).checked_div(i128::from(limit)).unwrap_or(100) {
        ..80 => None,
        80..100 => Some(80),
        _ => Some(100),
    }
}

/// Tokens of this month's counter: of the installation's model, and of the company's own.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn counted(ctx: &Ctx, scope: &CompanyScope) -> Result<(i64, i64)> {
    let row = model_month::Entity::find()
        .filter(model_month::Column::CompanyId.eq(scope.id()))
        .filter(model_month::Column::FromAt.eq(month_of(ctx.now())))
        .one(&ctx.db().read(scope))
        .await?;
    Ok(row.map_or((0, 0), |row| (row.installation_tokens, row.own_tokens)))
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
    /// Of the tokens, those of the installation's model: what its budget counts.
    pub installation_tokens: i64,
}

/// First moment of the month of a moment, UTC.
pub(crate) fn month_of(now: Timestamp) -> Time {
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
    let mut month = MonthUse {
        from,
        turns: 0,
        fell_back: 0,
        calls: 0,
        input_tokens: 0,
        output_tokens: 0,
        cost_micros: 0,
        installation_tokens: counted(ctx, scope).await?.0,
    };
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
    use super::{month_of, reached};

    #[test]
    fn a_budget_is_told_of_at_most_and_at_all_of_it() {
        let told =
            [(0, 100), (79, 100), (80, 100), (99, 100), (100, 100), (i64::MAX, 3)].map(|(used, of)| reached(used, of));
        assert_eq!(told, [None, None, Some(80), Some(80), Some(100), Some(100)]);
    }

    #[test]
    fn a_month_begins_on_its_first_day() {
        let now = "2026-03-31T23:59:00Z".parse().expect("a moment");
        assert_eq!(month_of(now).timestamp().to_string(), "2026-03-01T00:00:00Z");
    }
}
