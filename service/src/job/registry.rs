//! Which handler runs which kind of job, how many at once and for how long.

use super::Job;
use super::claim::Claimed;
use super::settle::Failure;
use crate::ctx::Ctx;
use futures::future::BoxFuture;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a kind of job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindOptions {
    /// So many at once in one process.
    pub concurrency: usize,
    /// A run that takes longer is stopped and counts as failed.
    pub timeout: Duration,
}

impl Default for KindOptions {
    fn default() -> Self {
        Self { concurrency: 4, timeout: Duration::from_secs(60) }
    }
}

type Run = dyn Fn(Ctx, Claimed) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync;

/// What is known of a kind.
#[derive(Clone)]
pub struct Kind {
    /// The stored name.
    pub name: &'static str,
    /// How long a worker may be silent before another takes the job.
    pub lease: Duration,
    /// How it runs.
    pub options: KindOptions,
    run: Arc<Run>,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).field("options", &self.options).finish_non_exhaustive()
    }
}

impl Kind {
    /// Runs one job. The handler finishes it in the transaction that has the effect.
    pub fn run(&self, ctx: Ctx, claimed: Claimed) -> BoxFuture<'static, Result<(), Failure>> {
        (self.run)(ctx, claimed)
    }
}

/// All kinds of jobs that a process runs.
#[derive(Clone, Debug, Default)]
pub struct Registry(BTreeMap<&'static str, Kind>);

impl Registry {
    /// Without any kind yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the handler of a kind. A payload that does not decode never reaches it: the job is dead instead.
    #[must_use]
    pub fn register<J: Job + 'static>(
        mut self,
        handler: impl Fn(Ctx, Claimed) -> BoxFuture<'static, Result<(), Failure>> + Send + Sync + 'static,
        options: KindOptions,
    ) -> Self {
        let run = move |ctx: Ctx, claimed: Claimed| match claimed.payload::<J>() {
            Ok(_) => handler(ctx, claimed),
            Err(failure) => Box::pin(std::future::ready(Err(failure))) as BoxFuture<'static, _>,
        };
        self.0.insert(J::KIND, Kind { name: J::KIND, lease: J::LEASE, options, run: Arc::new(run) });
        self
    }

    /// What is known of a kind.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    /// All kinds, by name.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.0.values()
    }
}
