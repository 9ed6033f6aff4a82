//! Group commit for intake: messages that arrive while a commit is under way share the next one.
//!
//! A commit costs a flush to the disk, whatever it holds; one a message caps SQLite at a few hundred messages a second.
//! Nobody is answered before the commit that holds the own message, so an answered message is a stored one.

use super::receive::{self, Incoming, Receipt, Stored};
use super::together;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use entity::channel;
use std::sync::Arc;
use std::time::Duration;
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
pub struct Intake {
    door: mpsc::Sender<Entry>,
    patience: Duration,
}

impl Intake {
    /// Opens the door; call it within the async runtime.
    #[must_use]
    pub fn new(ctx: &Ctx) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(run(ctx.clone(), receiver));
        Self { door: sender, patience: ctx.db().patience() }
    }

    /// As [`receive`](super::receive()), together with others that come at the same moment. One that is sent again after
    /// `Unavailable` is stored once, also when the first was stored after all.
    ///
    /// # Errors
    /// As [`receive`](super::receive()); `Unavailable` when the database did not take it in time.
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
        let stored = async {
            self.door.send(entry).await.map_err(|_| closed())?;
            answered.await.map_err(|_| closed())?
        };
        tokio::time::timeout(self.patience, stored)
            .await
            .map_err(|_| Error::Unavailable("the database takes no messages".to_owned()))?
    }
}

/// No commit takes as long as this whose database answers at all.
const COMMIT_PATIENCE: Duration = Duration::from_secs(30);

async fn run(ctx: Ctx, mut receiver: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(MOST);
    while receiver.recv_many(&mut entries, MOST).await > 0 {
        // Whose caller has given up is sent again or was told that it is not stored.
        let waiting = entries.drain(..).filter(|entry| !entry.answer.is_closed()).collect();
        commit(&ctx, waiting).await;
    }
}

/// Stores all of them in one transaction and answers after its commit. When one cannot be stored, nothing of it stands and each
/// is tried by itself: messages are checked before they come here, so that is a race with another process, and rare.
async fn commit(ctx: &Ctx, entries: Vec<Entry>) {
    if entries.is_empty() {
        return;
    }
    let stored = match tokio::time::timeout(COMMIT_PATIENCE, store_all(ctx, &entries)).await {
        Ok(stored) => stored,
        // A connection whose other end is gone answers never. Should it have committed, the same message comes again as known.
        Err(_) => Err(Apart::Nobody("the database did not answer in time".to_owned())),
    };
    let stored = match stored {
        Ok(receipts) => receipts.into_iter().map(Some).collect(),
        Err(Apart::Alone) => vec![None; entries.len()],
        Err(Apart::Nobody(why)) => {
            for entry in entries {
                let _ = entry.answer.send(Err(Error::Unavailable(why.clone())));
            }
            return;
        }
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

/// Why a shared commit did not stand.
enum Apart {
    /// One of them is at fault: each is tried by itself.
    Alone,
    /// The database takes nothing now: trying one after the other would only keep everybody waiting.
    Nobody(String),
}

impl From<Error> for Apart {
    fn from(error: Error) -> Self {
        let why = error.private();
        tracing::warn!(error = why, "a shared commit failed");
        if error.passes() { Self::Nobody(why) } else { Self::Alone }
    }
}

async fn store_all(ctx: &Ctx, entries: &[Entry]) -> Result<Vec<Receipt>, Apart> {
    // Messages of several companies share the commit.
    let mut tx = ctx.db().begin_across().await?;
    let all: Vec<together::Entry<'_>> = entries
        .iter()
        .map(|Entry { scope, channel, incoming, .. }| together::Entry { scope, channel, incoming })
        .collect();
    match together::store(ctx, &mut tx, &all).await {
        Ok(receipts) => {
            ctx.commit(tx).await?;
            Ok(receipts)
        }
        Err(Stored::Raced) => {
            tx.rollback().await?;
            Err(Apart::Alone)
        }
        Err(Stored::Failed(error)) => {
            let apart = Apart::from(error);
            tx.rollback().await?;
            Err(apart)
        }
    }
}
