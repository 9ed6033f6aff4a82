//! Group commit for intake: messages that arrive while a commit is under way share the next one.
//!
//! A commit costs a flush to the disk, whatever it holds; one a message caps SQLite at a few hundred messages a second.
//! Nobody is answered before the commit that holds the own message, so an answered message is a stored one.

use super::receive::{self, Incoming, Receipt, Stored};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::channel;
use sea_orm::ConnectionTrait as _;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The most messages of one transaction: bounds how long other writers wait.
const MOST: usize = 64;
/// Messages that wait for their transaction; more are made to wait at the door.
const WAITING: usize = 1024;

struct Entry {
    scope: CompanyScope,
    channel: Arc<channel::Model>,
    incoming: Incoming,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// The door for many messages a second. Cheap to clone; the task behind it ends with the last clone.
#[derive(Clone, Debug)]
pub struct Intake(mpsc::Sender<Entry>);

impl Intake {
    /// Opens the door; call it within the async runtime.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(run(ctx.clone(), receiver));
        Self(sender)
    }

    /// As [`receive`](super::receive()), together with others that come at the same moment.
    ///
    /// # Errors
    /// As [`receive`](super::receive()).
    pub async fn receive(&self, scope: &CompanyScope, channel: Arc<channel::Model>, incoming: Incoming) -> Result<Receipt> {
        let incoming = receive::check(incoming)?;
        let (answer, answered) = oneshot::channel();
        let entry = Entry { scope: scope.clone(), channel, incoming, answer };
        let closed = || Error::Unavailable("the intake is closed".to_owned());
        self.0.send(entry).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

async fn run(ctx: Ctx, mut receiver: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(MOST);
    while receiver.recv_many(&mut entries, MOST).await > 0 {
        commit(&ctx, std::mem::replace(&mut entries, Vec::with_capacity(MOST))).await;
    }
}

/// Stores all of them in one transaction, each behind a savepoint, and answers after its commit. Whatever cannot be stored so
/// is tried once more by itself.
async fn commit(ctx: &Ctx, entries: Vec<Entry>) {
    let (stored, left) = match together(ctx, &entries).await {
        Ok(stored) => stored,
        Err(error) => {
            tracing::warn!(error = %error.private(), "a shared commit failed; each message is tried by itself");
            (vec![None; entries.len()], true)
        }
    };
    if left {
        tracing::debug!("some messages are tried by themselves");
    }
    for (entry, receipt) in entries.into_iter().zip(stored) {
        let answer = match receipt {
            Some(receipt) => Ok(receipt),
            None => receive::receive(ctx, &entry.scope, &entry.channel, entry.incoming).await,
        };
        // A caller that went away needs no answer; its message is stored.
        let _ = entry.answer.send(answer);
    }
}

async fn together(ctx: &Ctx, entries: &[Entry]) -> Result<(Vec<Option<Receipt>>, bool)> {
    let mut tx = ctx.db().begin().await?;
    let mut stored = Vec::with_capacity(entries.len());
    for entry in entries {
        stored.push(one(ctx, &mut tx, entry).await?);
    }
    ctx.commit(tx).await?;
    let left = stored.iter().any(Option::is_none);
    Ok((stored, left))
}

async fn one(ctx: &Ctx, tx: &mut Tx, entry: &Entry) -> Result<Option<Receipt>> {
    tx.execute_unprepared("SAVEPOINT intake").await?;
    let events = tx.events.len();
    match receive::store(ctx, tx, &entry.scope, &entry.channel, &entry.incoming).await {
        Ok(receipt) => {
            tx.execute_unprepared("RELEASE SAVEPOINT intake").await?;
            Ok(Some(receipt))
        }
        Err(Stored::Raced | Stored::Failed(_)) => {
            tx.execute_unprepared("ROLLBACK TO SAVEPOINT intake").await?;
            tx.execute_unprepared("RELEASE SAVEPOINT intake").await?;
            tx.events.truncate(events);
            Ok(None)
        }
    }
}
