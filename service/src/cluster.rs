//! Several processes on one database: they ring one another when there is work, and tell one another what happened. Nothing
//! depends on it (architecture §6.2): without it workers look by themselves, and clients are told to read anew.

use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::event::{Bus, NewEvent, Told};
use entity::stored::EventKind;
use foundation::Random;
use foundation::secret::SealingKey;
use gateway::signal::{Heard, Signal};
use sea_orm::{ActiveEnum as _, ConnectionTrait as _, DatabaseBackend, Statement};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// An event between processes.
#[derive(Serialize, Deserialize)]
struct Wire(Uuid, Uuid, String, Uuid);

/// Joins the other processes of the installation that this key belongs to.
///
/// # Errors
/// When the address is none. A server that does not answer is no error.
pub fn join(url: &str, key: &SealingKey, random: &Random, bus: &Bus, wake: &Arc<Notify>) -> Result<Signal> {
    let (bus, wake) = (bus.clone(), Arc::clone(wake));
    let hear = move |heard| match heard {
        Heard::Ring => wake.notify_waiters(),
        Heard::Gap => {
            bus.tell(Told::Gap);
            wake.notify_waiters();
        }
        Heard::Message(words) => match read(&words) {
            Some(events) => events.into_iter().for_each(|event| bus.publish(event)),
            None => bus.tell(Told::Gap),
        },
    };
    Signal::open(url, key.id(), random, hear).map_err(Error::internal)
}

/// Tells the others what a commit did.
pub(crate) fn tell(signal: &Signal, events: &[NewEvent], wakes: bool) {
    if wakes {
        signal.ring();
    }
    if !events.is_empty() {
        signal.tell(write(events));
    }
}

fn write(events: &[NewEvent]) -> Vec<u8> {
    let wire = |event: &NewEvent| {
        let kind = EventKind::into_value(event.kind);
        Wire(event.id, event.company_id, kind, event.subject_id)
    };
    serde_json::to_vec(&events.iter().map(wire).collect::<Vec<_>>()).unwrap_or_default()
}

/// None for words of another version.
fn read(words: &[u8]) -> Option<Vec<NewEvent>> {
    let wire: Vec<Wire> = serde_json::from_slice(words).ok()?;
    let event = |Wire(id, company_id, kind, subject_id)| {
        Some(NewEvent { id, company_id, kind: EventKind::try_from_value(&kind).ok()?, subject_id })
    };
    wire.into_iter().map(event).collect()
}

/// Leases of jobs and the order of events go by each host's own clock: from here on one part takes over what another still does.
/// Half of what is left of a lease at its renewal.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(4);

/// How far this host's clock is from the database's, the measure that all parts share; positive when it is ahead. None on
/// SQLite, which serves one process.
///
/// # Errors
/// When the database does not answer.
pub async fn clock_offset(ctx: &Ctx) -> Result<Option<jiff::SignedDuration>> {
    if ctx.db().backend() != DatabaseBackend::Postgres {
        return Ok(None);
    }
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now";
    let before = ctx.now();
    let row = ctx.db().read_platform().query_one_raw(Statement::from_string(DatabaseBackend::Postgres, sql)).await?;
    let after = ctx.now();
    let theirs: i64 = row.ok_or_else(|| Error::internal("the database has no clock"))?.try_get("", "now")?;
    // The answer was made somewhere between the two.
    let ours = before.as_microsecond().midpoint(after.as_microsecond());
    Ok(Some(jiff::SignedDuration::from_micros(ours - theirs)))
}

/// Says in plain words when a clock is too far off for several parts to work together.
#[must_use]
pub fn clock_fault(offset: Option<jiff::SignedDuration>) -> Option<String> {
    let offset = offset.filter(|offset| offset.unsigned_abs() > CLOCK_TOLERANCE)?;
    let side = if offset.is_positive() { "ahead of" } else { "behind" };
    Some(format!(
        "the clock of this host is {:.1} s {side} the database's; the parts share jobs by the clock, so set both by NTP",
        offset.unsigned_abs().as_secs_f64()
    ))
}

/// Counts one more of `what` within a window over all processes; true when that is more than `most`. Alone, or without an
/// answer, each process counts for itself.
pub(crate) async fn too_many(ctx: &Ctx, what: &str, most: u64, window: Duration) -> bool {
    match &ctx.engine().signal {
        Some(signal) => signal.count(what, window).await.is_some_and(|count| count > most),
        None => false,
    }
}
