//! What moves in a company, live or caught up on. An event names what changed; its fields read it as it is now.

use super::{Booking, Catalogue, Channel, Conversation, Import, Integration, Job, Media, Message, Order};
use crate::graphql::error::ApiError;
use crate::graphql::request::{anybody, maybe};
use async_graphql::{Context, Enum, Object, SimpleObject};
use service::access::CompanyScope;
use service::event::NewEvent;
use service::{Error, access, catalog, channel as channels, integration as integrations, media, stored};
use uuid::Uuid;

/// What moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum CompanyEventKind {
    /// A message came, was made, or its delivery moved on.
    Message,
    /// A conversation changed.
    Conversation,
    /// An order changed.
    Order,
    /// A booking changed.
    Booking,
    /// An import moved on.
    Import,
    /// The catalogue changed.
    Catalogue,
    /// A job was run again, or has failed for good.
    Job,
    /// A channel was connected, failed or ended.
    Channel,
    /// An account at a provider was connected, failed or ended.
    Integration,
    /// A picture or a video came, was placed, failed or went.
    Media,
    /// Something was missed: read everything anew.
    Resync,
}

impl From<stored::EventKind> for CompanyEventKind {
    fn from(kind: stored::EventKind) -> Self {
        match kind {
            stored::EventKind::Message => Self::Message,
            stored::EventKind::Conversation => Self::Conversation,
            stored::EventKind::Order => Self::Order,
            stored::EventKind::Booking => Self::Booking,
            stored::EventKind::Import => Self::Import,
            stored::EventKind::Catalogue => Self::Catalogue,
            stored::EventKind::Job => Self::Job,
            stored::EventKind::Channel => Self::Channel,
            stored::EventKind::Integration => Self::Integration,
            stored::EventKind::Media => Self::Media,
        }
    }
}

/// Something moved in a company.
pub(crate) struct CompanyEvent {
    scope: CompanyScope,
    cursor: Uuid,
    kind: CompanyEventKind,
    subject: Uuid,
}

impl CompanyEvent {
    /// A change.
    pub(crate) fn of(scope: CompanyScope, event: &NewEvent) -> Self {
        Self { scope, cursor: event.id, kind: event.kind.into(), subject: event.subject_id }
    }

    /// Something was missed before this cursor.
    pub(crate) const fn resync(scope: CompanyScope, cursor: Uuid) -> Self {
        Self { scope, cursor, kind: CompanyEventKind::Resync, subject: Uuid::nil() }
    }

    fn subject(&self, kind: CompanyEventKind) -> Option<Uuid> {
        (self.kind == kind).then_some(self.subject)
    }

    async fn read_message(&self, ctx: &Context<'_>) -> Result<Option<Message>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Message) else { return Ok(None) };
        Ok(maybe(ctx, |all| &all.messages, &self.scope, id).await?.map(Message))
    }
}

/// Something moved in a company. Only the fields that go with its kind are filled; null where the thing is gone again.
#[Object]
impl CompanyEvent {
    /// For `eventsSince` after a break.
    async fn cursor(&self) -> String {
        self.cursor.to_string()
    }

    /// What moved.
    async fn kind(&self) -> CompanyEventKind {
        self.kind
    }

    /// The message, of a message.
    async fn message(&self, ctx: &Context<'_>) -> Result<Option<Message>, ApiError> {
        self.read_message(ctx).await
    }

    /// The conversation, of a conversation or a message.
    async fn conversation(&self, ctx: &Context<'_>) -> Result<Option<Conversation>, ApiError> {
        let id = match self.read_message(ctx).await? {
            Some(message) => message.0.conversation_id,
            None => match self.subject(CompanyEventKind::Conversation) {
                Some(id) => id,
                None => return Ok(None),
            },
        };
        let row = maybe(ctx, |all| &all.conversations, &self.scope, id).await?;
        Ok(row.map(|row| Conversation::new(self.scope.clone(), row)))
    }

    /// The order, of an order.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Order) else { return Ok(None) };
        let row = maybe(ctx, |all| &all.orders, &self.scope, id).await?;
        Ok(row.map(|row| Order::new(self.scope.clone(), row)))
    }

    /// The booking, of a booking.
    async fn booking(&self, ctx: &Context<'_>) -> Result<Option<Booking>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Booking) else { return Ok(None) };
        let row = maybe(ctx, |all| &all.bookings, &self.scope, id).await?;
        Ok(row.map(|row| Booking::new(self.scope.clone(), row)))
    }

    /// The import, of an import; null for people who do not manage the company.
    async fn import(&self, ctx: &Context<'_>) -> Result<Option<Import>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Import).filter(|_| self.scope.must_manage().is_ok()) else {
            return Ok(None);
        };
        match catalog::import(anybody(ctx)?, &self.scope, id).await {
            Ok(view) => Ok(Some(Import::new(self.scope.clone(), view))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The catalogue, of the catalogue.
    async fn catalogue(&self, ctx: &Context<'_>) -> Result<Option<Catalogue>, ApiError> {
        if self.kind != CompanyEventKind::Catalogue {
            return Ok(None);
        }
        let row = catalog::catalogue(anybody(ctx)?, &self.scope).await?;
        Ok(Some(Catalogue::new(self.scope.clone(), row)))
    }

    /// The channel, of a channel.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Option<Channel>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Channel) else { return Ok(None) };
        match channels::get(anybody(ctx)?, &self.scope, id).await {
            Ok(row) => Ok(Some(Channel(row))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The account at a provider, of an account.
    async fn integration(&self, ctx: &Context<'_>) -> Result<Option<Integration>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Integration) else { return Ok(None) };
        match integrations::get(anybody(ctx)?, &self.scope, id).await {
            Ok(row) => Ok(Some(Integration(row))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The picture or video, of one; null when it has gone, and for people who do not manage the company.
    async fn media(&self, ctx: &Context<'_>) -> Result<Option<Media>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Media).filter(|_| self.scope.must_manage().is_ok()) else {
            return Ok(None);
        };
        match media::get(anybody(ctx)?, &self.scope, id).await {
            Ok(row) => Ok(Some(Media::new(self.scope.clone(), row))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// The job, of a job; null for people who do not manage the company.
    async fn job(&self, ctx: &Context<'_>) -> Result<Option<Job>, ApiError> {
        let Some(id) = self.subject(CompanyEventKind::Job).filter(|_| self.scope.must_manage().is_ok()) else {
            return Ok(None);
        };
        match access::of_job(anybody(ctx)?, id).await {
            Ok((scope, row)) if scope.id() == self.scope.id() => Ok(Some(Job(row))),
            Ok(_) | Err(Error::NotFound(_)) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }
}

/// What was missed since a cursor.
#[derive(SimpleObject)]
pub(crate) struct EventConnection {
    /// The events, the oldest first; some that were seen just before the cursor may come again.
    pub(crate) events: Vec<CompanyEvent>,
    /// Cursor of the last event; the one that was asked for when there is none.
    pub(crate) end_cursor: String,
    /// Always false: too much to be caught up on is told by `resync`.
    pub(crate) has_next_page: bool,
    /// Whether the cursor is too old, or too much was missed: read everything anew.
    pub(crate) resync: bool,
}
