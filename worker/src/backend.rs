//! apalis's view of the ledger: a source of jobs that are already claimed.
//!
//! The claim is made by the dispatcher, so nothing here may block, fail or lose a job: what a dropped channel still held runs again
//! elsewhere when its lease is over.

use crate::places::Place;
use apalis_core::backend::finalize::Ephemeral;
use apalis_core::backend::{Backend, BackendConfig};
use apalis_core::task::Task;
use apalis_core::task::task_id::TaskId;
use apalis_core::worker::context::WorkerContext;
use foundation::error::CanFail as _;
use service::job::{Claimed, Kind};
use std::convert::Infallible;
use std::task::{Context, Poll};
use tokio::sync::mpsc::Receiver;
use tower::layer::util::Identity;

/// A claimed job with what runs it and the place it takes up.
#[derive(Debug)]
pub(crate) struct Assigned {
    pub(crate) claimed: Claimed,
    pub(crate) kind: Kind,
    /// Freed when dropped.
    pub(crate) place: Place,
}

/// The backend. Its durability lies in the ledger, so apalis need not store anything: `Ephemeral`.
#[derive(Debug)]
pub(crate) struct Ledger(Receiver<Assigned>);

impl Ledger {
    pub(crate) const fn new(receiver: Receiver<Assigned>) -> Self {
        Self(receiver)
    }
}

impl Backend for Ledger {
    type Task = Task<Assigned>;
    type Error = Infallible;

    fn poll_ready(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        worker: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Self::Error>>> {
        self.0.poll_recv(cx).map(|assigned| {
            let Some(assigned) = assigned else {
                // apalis's worker does not end with its source alone; it wants to be told. It settles what runs first.
                worker.stop().can_fail("tell apalis to stop");
                return None;
            };
            let id = TaskId::from_string(assigned.claimed.row.id);
            Some(Ok(Task::new(assigned).into_builder().task_id(id).build()))
        })
    }

    fn poll_close(&mut self, _: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Ledger {
    type Args = Assigned;
    type Id = String;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &Self::Config {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        Identity::new()
    }
}
