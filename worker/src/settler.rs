//! Jobs whose handlers had nothing to write end together: one statement for all that ended at the same moment.

use service::ctx::Ctx;
use service::error::{Error, Result};
use service::job::Claimed;
use tokio::sync::{mpsc, oneshot};

/// The most jobs of one statement. A quarter of a wide worker's places: while the database ends some, others run and are claimed.
const MOST: usize = 128;

type Ended = (Claimed, oneshot::Sender<Result<(), String>>);

/// The way to the end. What waits is bounded by the places for running jobs.
#[derive(Clone, Debug)]
pub(crate) struct Settler(mpsc::Sender<Ended>);

impl Settler {
    /// Opens it; the task behind it ends with the last clone.
    pub(crate) fn new(ctx: Ctx) -> Self {
        let (sender, receiver) = mpsc::channel(MOST);
        tokio::spawn(settle(ctx, receiver));
        Self(sender)
    }

    /// Marks a job done, and waits until that is committed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn finish(&self, claimed: &Claimed) -> Result<()> {
        let gone = || Error::internal("the settler is gone");
        let (answer, answered) = oneshot::channel();
        self.0.send((claimed.clone(), answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?.map_err(Error::Unavailable)
    }
}

async fn settle(ctx: Ctx, mut ended: mpsc::Receiver<Ended>) {
    let mut together = Vec::with_capacity(MOST);
    while ended.recv_many(&mut together, MOST).await > 0 {
        let (claimed, answers): (Vec<Claimed>, Vec<_>) = together.drain(..).unzip();
        let settled = service::job::finish_together(&ctx, &claimed).await.map_err(|error| error.private());
        for answer in answers {
            // Who asked may have been stopped meanwhile.
            let _ = answer.send(settled.clone());
        }
    }
}
