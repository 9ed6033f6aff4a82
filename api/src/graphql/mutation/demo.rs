//! The demo: hold it, let it go on, restore it.

use super::payloads;
use crate::graphql::error::{ApiError, payload};
use crate::graphql::request::signed_in;
use crate::graphql::types::Demo;
use async_graphql::{Context, Object};
use service::ctx::Ctx;
use service::{Error, access, demo};

/// The demo: hold it, let it go on, restore it.
#[derive(Default)]
pub(crate) struct DemoMutation;

payloads! {
    /// The demo, or why it was not touched.
    DemoPayload {
        /// The demo.
        demo: Demo
    }
}

fn stand(op: &Ctx) -> service::Result<Demo> {
    Demo::of(op).ok_or(Error::NotFound("demo"))
}

/// The demo: hold it, let it go on, restore it.
#[Object]
impl DemoMutation {
    /// Holds the demo's simulated customers. For people who manage its companies; refused where this is no demo.
    async fn pause_demo(&self, ctx: &Context<'_>) -> Result<DemoPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            demo::pause(op, &access::demo(op).await?, true);
            stand(op)
        };
        payload(change.await)
    }

    /// Lets the demo's simulated customers go on. For people who manage its companies; refused where this is no demo.
    async fn resume_demo(&self, ctx: &Context<'_>) -> Result<DemoPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            demo::pause(op, &access::demo(op).await?, false);
            stand(op)
        };
        payload(change.await)
    }

    /// Brings the demo's companies back to what they were at the start; `progress` says how far that is. For people who
    /// manage them; refused where this is no demo.
    async fn reset_demo(&self, ctx: &Context<'_>) -> Result<DemoPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            demo::reset(op, &access::demo(op).await?);
            stand(op)
        };
        payload(change.await)
    }
}
