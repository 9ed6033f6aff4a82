//! A platform that says how long it wants to be left alone is left alone by the whole channel: one message has found out, and
//! those of all its other conversations wait with it, in every process. It stands in the channel's row, which whoever sends
//! reads anyway, so that a restart forgets nothing.
//!
//! Telegram's answer does not say whether it was the one chat or the whole bot that wrote too much
//! (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>). Asking on would lengthen a pause of the
//! whole bot; waiting for the sake of one chat costs the others seconds.

use super::connect::{fault_code, note};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use entity::channel;
use entity::stored::ChannelLogKind;
use gateway::error::Retry;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};
use std::time::Duration;

/// However long a platform asks to wait, it is asked again after so long.
const LONGEST_SECONDS: i64 = 3600;
/// The same, for the message that found out.
pub(crate) const LONGEST: Duration = Duration::from_secs(LONGEST_SECONDS.unsigned_abs());
/// What is said of a message that waits for the end of a pause.
pub(crate) const WAITS: &str = "The platform asked to wait before more is sent.";
/// A long flood is a line of the log in so long, not one for each pause.
const BETWEEN_LINES_SECONDS: i64 = 3600;

/// How long nothing is to be sent by this channel; none when it may send.
pub(crate) fn left(ctx: &Ctx, channel: &channel::Model) -> Option<Duration> {
    let left = channel.paused_until?.0 - ctx.time().0;
    // A clock that was set back pauses nothing for longer than the longest pause.
    if !(1..=LONGEST_SECONDS * 1_000_000).contains(&left) {
        return None;
    }
    // The ledger counts in milliseconds: not a moment before the end.
    Some(Duration::from_millis(u64::try_from(left).ok()?.div_ceil(1000)))
}

/// Remembers that the platform asked to be left alone, if that is what this fault says. Whether a line of the log says so.
pub(crate) async fn asked_for(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    error: &gateway::error::Error,
) -> Result<bool> {
    let Retry::After(pause) = error.retry else { return Ok(false) };
    let seconds = i64::try_from(pause.as_secs()).unwrap_or(LONGEST_SECONDS).min(LONGEST_SECONDS);
    let now = ctx.time();
    let until = now.plus_seconds(seconds);
    // Several were on their way at once: the latest end counts.
    let set = channel::Entity::update_many()
        .col_expr(channel::Column::PausedUntil, until.0.into())
        .filter(channel::Column::Id.eq(channel.id))
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(
            Condition::any()
                .add(channel::Column::PausedUntil.is_null())
                .add(channel::Column::PausedUntil.lt(until))
                // Set by a clock that was ahead.
                .add(channel::Column::PausedUntil.gt(now.plus_seconds(LONGEST_SECONDS))),
        )
        .exec(&*tx)
        .await?;
    let news = channel.paused_until.is_none_or(|last| last.plus_seconds(BETWEEN_LINES_SECONDS) < now);
    let told = set.rows_affected > 0 && news;
    if told {
        let detail = format!("{}: {}", fault_code(error.kind), error.text);
        note(ctx, tx, scope, channel.id, ChannelLogKind::Failed, Some(detail)).await?;
    }
    Ok(told)
}
