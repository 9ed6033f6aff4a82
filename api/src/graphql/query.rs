//! What can be asked for.

use super::error::ApiError;
use super::id::Kind;
use super::request::{anybody, installation, signed_in};
use super::types::{Company, CompanyEvent, Contact, Conversation, Demo, EventConnection, Media, Order, Setup, Viewer};
use async_graphql::{Context, ID, Object};
use service::access;
use service::row::{contact, conversation, media, order};
use service::{Error, event, identity};

/// The most events of one catch-up.
const MOST_EVENTS: i32 = 500;

/// What can be asked for.
pub(crate) struct Query;

/// What can be asked for.
#[Object]
impl Query {
    /// Who is signed in; null when nobody is.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>, ApiError> {
        let ctx = anybody(ctx)?;
        if access::user(ctx).is_err() {
            return Ok(None);
        }
        match Viewer::of(ctx.clone()).await {
            Ok(viewer) => Ok(Some(viewer)),
            Err(Error::Unauthenticated) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// What anybody may know of the installation.
    async fn setup(&self, ctx: &Context<'_>) -> Result<Setup, ApiError> {
        let about = installation(ctx)?;
        Ok(Setup {
            needs_owner: !identity::has_owner(anybody(ctx)?).await?,
            demo: about.demo,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            web_built: about.web_built,
        })
    }

    /// How the demo stands; null where this is none.
    async fn demo(&self, ctx: &Context<'_>) -> Result<Option<Demo>, ApiError> {
        Ok(Demo::of(anybody(ctx)?))
    }

    /// The companies that the signed-in person may open, by their code.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn companies(&self, ctx: &Context<'_>) -> Result<Vec<Company>, ApiError> {
        Ok(Company::all(signed_in(ctx)?).await?)
    }

    /// A company.
    async fn company(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the company.")] id: ID,
    ) -> Result<Option<Company>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, row) = access::company_row(op, Kind::Company.read("id", &id)?).await?;
        Ok(Some(Company::new(scope, row)))
    }

    /// A conversation.
    async fn conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the conversation.")] id: ID,
    ) -> Result<Option<Conversation>, ApiError> {
        let op = signed_in(ctx)?;
        let id = Kind::Conversation.read("id", &id)?;
        let (scope, row) = access::of::<conversation::Entity>(op, id, "conversation").await?;
        Ok(Some(Conversation::new(scope, row)))
    }

    /// An order.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the order.")] id: ID,
    ) -> Result<Option<Order>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, row) = access::of::<order::Entity>(op, Kind::Order.read("id", &id)?, "order").await?;
        Ok(Some(Order::new(scope, row)))
    }

    /// A customer.
    async fn contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the customer.")] id: ID,
    ) -> Result<Option<Contact>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, row) = access::of::<contact::Entity>(op, Kind::Contact.read("id", &id)?, "contact").await?;
        Ok(Some(Contact::new(scope, row)))
    }

    /// A picture or a video. For people who manage its company.
    async fn media(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the picture or video.")] id: ID,
    ) -> Result<Option<Media>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, row) = access::of::<media::Entity>(op, Kind::Media.read("id", &id)?, "media").await?;
        scope.must_manage()?;
        Ok(Some(Media::new(scope, row)))
    }

    /// What moved in a company since a cursor: for a client that was away for a while.
    #[graphql(complexity = "50 * child_complexity + 1")]
    async fn events_since(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the company.")] company_id: ID,
        #[graphql(desc = "Cursor of the last event that was seen, or a company's `eventCursor`.")] cursor: String,
        #[graphql(desc = "At most so many, 1 to 500; 100 when absent. When more was missed, `resync` is true.")] first: Option<
            i32,
        >,
    ) -> Result<EventConnection, ApiError> {
        let op = signed_in(ctx)?;
        let scope = access::company(op, Kind::Company.read("companyId", &company_id)?).await?;
        let first = u64::try_from(first.unwrap_or(100))
            .ok()
            .filter(|first| (1..=u64::from(MOST_EVENTS.unsigned_abs())).contains(first))
            .ok_or_else(|| {
                Error::invalid("first", "OUT_OF_RANGE", format!("first must be between 1 and {MOST_EVENTS}."))
            })?;
        let missed = event::since(op, &scope, &cursor, first).await?;
        let end_cursor = missed.events.last().map_or(cursor, |event| event.id.to_string());
        // After a resync the client goes on from now: what it reads anew is at least that fresh.
        let end_cursor = if missed.resync { event::cursor(op).to_string() } else { end_cursor };
        Ok(EventConnection {
            events: missed.events.iter().map(|event| CompanyEvent::of(scope.clone(), event)).collect(),
            end_cursor,
            has_next_page: false,
            resync: missed.resync,
        })
    }
}
