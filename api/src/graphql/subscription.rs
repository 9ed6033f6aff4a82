//! What can be listened to.

use super::error::ApiError;
use super::id::Kind;
use super::request::signed_in;
use super::types::CompanyEvent;
use async_graphql::{Context, ID, Subscription};
use futures::Stream;
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::event::{Listener, Told};
use service::{Error, event, identity};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// A quiet stream, too, ends this soon after its session or its right has ended (reliability.md case 63).
const CHECK_EVERY: Duration = Duration::from_secs(3);

/// What can be listened to.
pub(crate) struct Subscription;

/// What can be listened to.
#[Subscription]
impl Subscription {
    /// Everything that moves in a company. The right to see it is looked at again for every event; the stream ends with it.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn company_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the company.")] company_id: ID,
    ) -> Result<impl Stream<Item = Result<CompanyEvent, ApiError>> + use<>, ApiError> {
        let op = signed_in(ctx)?.clone();
        let company_id = Kind::Company.read("companyId", &company_id)?;
        // Listening begins before the look at the right: what happens in between is not lost.
        let events = op.engine().bus.listen();
        access::company(&op, company_id).await?;
        if !identity::stands(&op).await? {
            return Err(Error::Unauthenticated.into());
        }
        let mut check = interval(CHECK_EVERY);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let listening = Listening { op, company_id, events, check };
        Ok(futures::stream::unfold(Some(listening), |listening| async move {
            let mut listening = listening?;
            match listening.next().await {
                Ok(Some(event)) => Some((Ok(event), Some(listening))),
                Ok(None) => None,
                // The client learns why, and nothing follows.
                Err(error) => Some((Err(error.into()), None)),
            }
        }))
    }
}

struct Listening {
    op: Ctx,
    company_id: Uuid,
    events: Listener,
    check: tokio::time::Interval,
}

impl Listening {
    /// The next event that the caller may see; none when the program stops.
    async fn next(&mut self) -> Result<Option<CompanyEvent>, Error> {
        loop {
            let received = tokio::select! {
                received = self.events.next() => received,
                _ = self.check.tick() => {
                    self.scope().await?;
                    continue;
                }
            };
            match received {
                Some(Told::Event(event)) if event.company_id == self.company_id => {
                    return Ok(Some(CompanyEvent::of(self.scope().await?, &event)));
                }
                Some(Told::Event(_)) => {}
                Some(Told::Gap) => {
                    let cursor = event::cursor(&self.op);
                    return Ok(Some(CompanyEvent::resync(self.scope().await?, cursor)));
                }
                None => return Ok(None),
            }
        }
    }

    /// The right to go on listening, as of now.
    async fn scope(&self) -> Result<CompanyScope, Error> {
        if !identity::stands(&self.op).await? {
            return Err(Error::Unauthenticated);
        }
        access::company(&self.op, self.company_id).await
    }
}
