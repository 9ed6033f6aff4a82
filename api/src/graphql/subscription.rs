//! What can be listened to.

use super::audience::{CHECK_EVERY, Entrance, Occasion};
use super::error::ApiError;
use super::id::Kind;
use super::request::signed_in;
use super::types::{ChannelCode, CompanyEvent};
use async_graphql::{Context, ID, Subscription};
use futures::Stream;
use service::access;
use service::ctx::Ctx;
use service::event::{Listener, Told};
use service::row::channel;
use service::stored::EventKind;
use service::{Error, channel as channels, identity};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

/// The provider is asked for a code at most so often, however much moves.
const CODE_PAUSE: Duration = Duration::from_secs(1);

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
        let op = signed_in(ctx)?;
        let company_id = Kind::Company.read("companyId", &company_id)?;
        if let Some(occasion) = ctx.data_opt::<Occasion>() {
            return Ok(futures::stream::iter(occasion.event(company_id)));
        }
        let entrance =
            ctx.data_opt::<Arc<Entrance>>().ok_or_else(|| Error::internal("a subscription without a way in"))?;
        entrance.listen(op, company_id).await?;
        // What is told comes by the entrance.
        Ok(futures::stream::iter(None))
    }

    /// The code that links a phone to a channel, each time another one is shown, and how the session stands. It ends when the
    /// phone is linked. For people who manage the company; the right is looked at again each time.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn channel_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the channel.")] channel_id: ID,
    ) -> Result<impl Stream<Item = Result<ChannelCode, ApiError>> + use<>, ApiError> {
        let op = signed_in(ctx)?.clone();
        let id = Kind::Channel.read("channelId", &channel_id)?;
        let events = op.engine().bus.listen();
        let (scope, _) = access::of::<channel::Entity>(&op, id, "channel").await?;
        scope.must_manage()?;
        if !identity::stands(&op).await? {
            return Err(Error::Unauthenticated.into());
        }
        let mut check = interval(CHECK_EVERY);
        check.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let showing = Showing { op, id, events, check, shown: None };
        Ok(futures::stream::unfold(Some(showing), |showing| async move {
            let mut showing = showing?;
            match showing.next().await {
                Ok(Some(code)) => Some((Ok(code), Some(showing))),
                Ok(None) => None,
                Err(error) => Some((Err(error.into()), None)),
            }
        }))
    }
}

struct Showing {
    op: Ctx,
    id: Uuid,
    events: Listener,
    check: tokio::time::Interval,
    shown: Option<ChannelCode>,
}

impl Showing {
    /// The next code, or the next state; none when there is no more to come.
    async fn next(&mut self) -> Result<Option<ChannelCode>, Error> {
        let over = |code: &ChannelCode| {
            code.session == Some(service::Session::Working.into()) || code.error_code == Some(channels::NO_CODE)
        };
        if self.shown.as_ref().is_some_and(over) {
            return Ok(None);
        }
        loop {
            self.something_moved().await;
            if !identity::stands(&self.op).await? {
                return Err(Error::Unauthenticated);
            }
            let (scope, _) = access::of::<channel::Entity>(&self.op, self.id, "channel").await?;
            let code = ChannelCode::from(channels::code(&self.op, &scope, self.id).await?);
            // The time of a code is news with another code only.
            let same = self.shown.as_ref().is_some_and(|shown| {
                (shown.session, &shown.error_code, shown.code()) == (code.session, &code.error_code, code.code())
            });
            if !same {
                self.shown = Some(code.clone());
                return Ok(Some(code));
            }
        }
    }

    /// Waits for the tick or for news of this channel; the first tick comes at once.
    async fn something_moved(&mut self) {
        loop {
            let told = tokio::select! {
                _ = self.check.tick() => return,
                told = self.events.next() => told,
            };
            match told {
                Some(Told::Event(event)) if event.kind == EventKind::Channel && event.subject_id == self.id => {
                    tokio::time::sleep(CODE_PAUSE).await;
                    return;
                }
                Some(Told::Event(_) | Told::Gap) => {}
                None => {
                    self.check.tick().await;
                    return;
                }
            }
        }
    }
}
