//! Group commit for intake: messages that arrive while a commit is under way share the next one.
//!
//! A commit costs a flush to the disk, whatever it holds; one a message caps SQLite at a few hundred messages a second.
//! Nobody is answered before the commit that holds the own message, so an answered message is a stored one.

use super::receive::{self, Incoming, Receipt, Stored};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::channel;
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
    pub async fn receive(
        &self,
        scope: &CompanyScope,
        channel: Arc<channel::Model>,
        incoming: Incoming,
    ) -> Result<Receipt> {
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

/// Stores all of them in one transaction and answers after its commit. When one cannot be stored, nothing of it stands and each
/// is tried by itself: messages are checked before they come here, so that is a race with another process, and rare. A
/// savepoint for each would cost every message two statements.
async fn commit(ctx: &Ctx, entries: Vec<Entry>) {
    let stored = match together(ctx, &entries).await {
        Ok(receipts) => receipts.into_iter().map(Some).collect(),
        Err(()) => vec![None; entries.len()],
    };
    for (entry, receipt) in entries.into_iter().zip(stored) {
        let answer = match receipt {
            Some(receipt) => Ok(receipt),
            None => receive::receive(ctx, &entry.scope, &entry.channel, entry.incoming).await,
        };
        // A caller that went away needs no answer; its message is stored.
        let _ = entry.answer.send(answer);
    }
}

async fn together(ctx: &Ctx, entries: &[Entry]) -> Result<Vec<Receipt>, ()> {
    let alone = |error: Error| tracing::warn!(error = %error.private(), "a shared commit failed; each message is tried by itself");
    let mut tx = ctx.db().begin().await.map_err(alone)?;
    let mut stored = Vec::with_capacity(entries.len());
    for entry in entries {
        match receive::store(ctx, &mut tx, &entry.scope, &entry.channel, &entry.incoming).await {
            Ok(receipt) => stored.push(receipt),
            Err(Stored::Raced) => return tx.rollback().await.map_err(alone).and(Err(())),
            Err(Stored::Failed(error)) => {
                alone(error);
                return tx.rollback().await.map_err(alone).and(Err(()));
            }
        }
    }
    ctx.commit(tx).await.map_err(alone)?;
    Ok(stored)
}
