//! Events: written in the transaction that causes them, published after its commit, kept for catch-up.
//!
//! An event names what changed, not how: a subscriber reads the thing again under its own rights.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::{Tx, insert_all};
use crate::error::{Error, Result};
use entity::event;
use entity::stored::EventKind;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use uuid::Uuid;

/// How many events wait for a slow subscriber before it is told to resync.
const BUS_CAPACITY: usize = 4096;
/// Events that commit out of order are at most this much older than the cursor (milliseconds).
const OVERLAP_MS: i64 = 10_000;
/// How long events are kept for catch-up.
pub const KEEP_HOURS: i64 = 48;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// The cursor.
    pub id: Uuid,
    /// Tenant.
    pub company_id: Uuid,
    /// What.
    pub kind: EventKind,
    /// Which.
    pub subject_id: Uuid,
}

/// What a listener is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Something happened.
    Event(NewEvent),
    /// Something may have been missed: the client must read anew.
    Gap,
}

/// Live events, of this process and of those it hears. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Told>);

impl Default for Bus {
    fn default() -> Self {
        Self(broadcast::channel(BUS_CAPACITY).0)
    }
}

impl Bus {
    /// Tells all listeners of an event.
    pub fn publish(&self, event: NewEvent) {
        self.tell(Told::Event(event));
    }

    /// Tells all listeners.
    pub fn tell(&self, told: Told) {
        // No listener is no error.
        let _ = self.0.send(told);
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Listener(broadcast::Receiver<Told>);

impl Listener {
    /// What comes next, a gap for a listener that was too slow; none when the program stops.
    pub async fn next(&mut self) -> Option<Told> {
        match self.0.recv().await {
            Ok(told) => Some(told),
            Err(RecvError::Lagged(_)) => Some(Told::Gap),
            Err(RecvError::Closed) => None,
        }
    }

    /// What is there already.
    pub fn try_next(&mut self) -> Option<Told> {
        match self.0.try_recv() {
            Ok(told) => Some(told),
            Err(TryRecvError::Lagged(_)) => Some(Told::Gap),
            Err(TryRecvError::Empty | TryRecvError::Closed) => None,
        }
    }
}

/// Writes an event in the causing transaction; it is published when that commits.
///
/// # Errors
/// When the database refuses.
pub async fn emit(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, kind: EventKind, subject_id: Uuid) -> Result<()> {
    emit_all(ctx, tx, &[(scope, kind, subject_id)]).await
}

/// Writes events of several companies; what a transaction says twice is said once.
pub(crate) async fn emit_all(ctx: &Ctx, tx: &mut Tx, events: &[(&CompanyScope, EventKind, Uuid)]) -> Result<()> {
    let mut rows = Vec::with_capacity(events.len());
    for (scope, kind, subject_id) in events {
        if tx.events.iter().any(|known| known.kind == *kind && known.subject_id == *subject_id) {
            continue;
        }
        let event = NewEvent { id: ctx.new_id(), company_id: scope.id(), kind: *kind, subject_id: *subject_id };
        rows.push(event::ActiveModel {
            id: Set(event.id),
            company_id: Set(event.company_id),
            kind: Set(event.kind),
            subject_id: Set(event.subject_id),
            data: Set(json!({})),
            created_at: Set(ctx.time()),
        });
        tx.events.push(event);
    }
    if !rows.is_empty() {
        insert_all(tx, rows, "").await?;
    }
    Ok(())
}

/// A cursor of now: what happens after it is found by [`since`].
#[must_use]
pub fn cursor(ctx: &Ctx) -> Uuid {
    ctx.new_id()
}

/// Events after a cursor, oldest first.
#[derive(Debug)]
pub struct CatchUp {
    /// The events; some just before the cursor may come again, because commits do not keep the order of ids.
    pub events: Vec<NewEvent>,
    /// Whether the cursor is too old, or too much was missed: read everything anew.
    pub resync: bool,
}

/// What a client missed since its cursor.
///
/// # Errors
/// `Invalid` for a cursor that is none.
pub async fn since(ctx: &Ctx, scope: &CompanyScope, cursor: &str, first: u64) -> Result<CatchUp> {
    let cursor = Uuid::parse_str(cursor).map_err(|_| Error::invalid("cursor", "INVALID", "This is not a cursor."))?;
    let millis = i64::try_from(cursor.as_u128() >> 80).unwrap_or(0);
    let oldest = ctx.now().as_millisecond() - KEEP_HOURS * 3_600_000;
    if millis < oldest {
        return Ok(CatchUp { events: Vec::new(), resync: true });
    }
    let from = u128::try_from((millis - OVERLAP_MS).max(0)).unwrap_or(0) << 80;
    let rows = event::Entity::find()
        .filter(event::Column::CompanyId.eq(scope.id()))
        .filter(event::Column::Id.gt(Uuid::from_u128(from)))
        .order_by_asc(event::Column::Id)
        .limit(first + 1)
        .all(&ctx.db().read(scope))
        .await?;
    if rows.len() as u64 > first {
        return Ok(CatchUp { events: Vec::new(), resync: true });
    }
    let events = rows
        .into_iter()
        .map(|row| NewEvent { id: row.id, company_id: row.company_id, kind: row.kind, subject_id: row.subject_id })
        .collect();
    Ok(CatchUp { events, resync: false })
}
