//! Every kind of work and what runs it: the one list (style.md habit 12).

use crate::ctx::Ctx;
use crate::job::{Claimed, Failure, Job};
use futures::future::BoxFuture;
use std::time::Duration;

/// One kind of work.
#[derive(Clone, Copy)]
pub struct Kind {
    /// The stored name.
    pub name: &'static str,
    /// How many run at once in one process.
    pub concurrency: usize,
    /// How long one run may take.
    pub timeout: Duration,
    /// What runs it; it finishes the job in the transaction that has its effect.
    pub run: fn(Ctx, Claimed) -> BoxFuture<'static, Result<(), Failure>>,
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).field("concurrency", &self.concurrency).finish_non_exhaustive()
    }
}

macro_rules! kind {
    ($job:ty, $concurrency:expr, $seconds:expr, $run:path) => {
        Kind {
            name: <$job as Job>::KIND,
            concurrency: $concurrency,
            timeout: Duration::from_secs($seconds),
            run: |ctx, claimed| Box::pin(async move { $run(&ctx, &claimed).await }),
        }
    };
}

/// All kinds.
#[must_use]
pub fn all() -> Vec<Kind> {
    vec![
        // Customers wait for these two.
        kind!(crate::turn::AnswerTurn, 8, 25, crate::turn::answer),
        kind!(crate::inbox::SendMessage, 8, 25, crate::inbox::send),
        // Money and calendar.
        kind!(crate::payment::SettlePayment, 4, 25, crate::payment::settle),
        kind!(crate::order::BookOrder, 4, 25, crate::order::book),
        kind!(crate::order::ExpireLink, 2, 25, crate::order::expire_link),
        kind!(crate::order::SendReminder, 2, 25, crate::order::send_reminder),
        // Files.
        kind!(crate::catalog::ImportTable, 1, 1800, crate::catalog::run_import),
        kind!(crate::catalog::PruneCatalogue, 1, 120, crate::catalog::run_prune),
        kind!(crate::file::RemoveFile, 1, 60, crate::file::run_remove),
        // Files and what is left over; one import loads one core, so that customers never wait for it.
        kind!(crate::catalog::ImportTable, 1, 900, crate::catalog::run_import),
        kind!(crate::catalog::PruneCatalogue, 1, 600, crate::catalog::run_prune),
        kind!(crate::file::RemoveFile, 1, 60, crate::file::run_remove),
    ]
}
