//! Conversations: who talks, what was said, why the assistant answered so.

use super::{Channel, ModelUse, Order};
use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::page::{Connection, cost, request};
use crate::graphql::request::{all, anybody, loaders, maybe, one};
use crate::graphql::scalar::{
    ConversationOwner, ConversationStatus, DateTime, Language, MessageAuthor, MessageDirection, MessageStatus, Money,
    TurnStatus, count, language,
};
use crate::graphql::written::{Leads, row};
use async_graphql::{Context, Enum, ID, Json, Object, SimpleObject};
use service::access::CompanyScope;
use service::inbox::{Arrival, Hearing, Talk};
use service::row::{channel, contact, contact_address, message, turn};
use service::{inbox, order, turn as turns};
use uuid::Uuid;

/// One customer on one channel.
pub(crate) struct Conversation {
    scope: CompanyScope,
    row: Talk,
}

impl Conversation {
    pub(crate) fn new(scope: CompanyScope, row: impl Into<Talk>) -> Self {
        Self { scope, row: row.into() }
    }
}

/// One customer on one channel.
#[Object]
impl Conversation {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Conversation.id(self.row.id)
    }

    /// Where it takes place.
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel, ApiError> {
        Ok(Channel(one(ctx, |all| &all.channels, &self.scope, self.row.channel_id, "channel").await?))
    }

    /// The customer.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Contact, ApiError> {
        let row = one(ctx, |all| &all.contacts, &self.scope, self.row.contact_id, "contact").await?;
        Ok(Contact::new(self.scope.clone(), row))
    }

    /// Whether the matter is settled.
    async fn status(&self) -> ConversationStatus {
        self.row.status.into()
    }

    /// Who answers.
    async fn owner(&self) -> ConversationOwner {
        self.row.owner.into()
    }

    /// Whether staff should look.
    async fn needs_attention(&self) -> bool {
        self.row.needs_attention
    }

    /// Why, one word: `wish`, `complaint`, `turn_failed`…
    async fn attention_reason(&self) -> Option<&str> {
        self.row.attention_reason.as_deref()
    }

    /// The customer's language, once it was clear.
    async fn language(&self) -> Option<Language> {
        language(self.row.language.as_deref())
    }

    /// Messages of the customer that staff have not seen.
    async fn unread_count(&self) -> i32 {
        self.row.unread_count
    }

    /// When the last message came or went.
    async fn last_message_at(&self) -> DateTime {
        self.row.last_message_at.into()
    }

    /// Start of the last message.
    async fn preview(&self) -> &str {
        &self.row.preview
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// Messages and notes, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Message>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let page = inbox::messages(anybody(ctx)?, &self.scope, self.row.id, &page).await?;
        Ok(Connection::of(page, Message))
    }

    /// Turns of the assistant, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn turns(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Turn>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let page = inbox::turns(anybody(ctx)?, &self.scope, self.row.id, &page).await?;
        Ok(Connection::of(page, |row| Turn { scope: self.scope.clone(), row }))
    }

    /// What the customer wants so far, at today's prices; null while nothing was said of it.
    #[graphql(complexity = "child_complexity + 5")]
    async fn cart(&self, ctx: &Context<'_>) -> Result<Option<Cart>, ApiError> {
        let shelf = loaders(ctx)?.shelf(&self.scope).await?;
        let Some(shelf) = shelf else { return Ok(None) };
        let dialogue = all(ctx, |all| &all.dialogues_of, &self.scope, self.row.id).await?.pop();
        let Some(dialogue) = dialogue else { return Ok(None) };
        Ok(turns::cart(&shelf, dialogue)?.map(Into::into))
    }

    /// The order that the talk is about.
    async fn order(&self, ctx: &Context<'_>) -> Result<Option<Order>, ApiError> {
        let Some(id) = self.row.current_order_id else { return Ok(None) };
        let row = maybe(ctx, |all| &all.orders, &self.scope, id).await?;
        Ok(row.map(|row| Order::new(self.scope.clone(), row)))
    }
}

row! {
    Conversation {
        id, status, owner, needs_attention, attention_reason, language, unread_count, last_message_at, preview, created_at,
    }
    leads { channel: Channel, contact: Contact }
}

impl Leads<Contact> for Conversation {
    type Table = contact::Entity;

    fn lead(&self) -> (&CompanyScope, Uuid) {
        (&self.scope, self.row.contact_id)
    }

    fn arrive(scope: &CompanyScope, row: contact::Model) -> Contact {
        Contact::new(scope.clone(), row)
    }
}

impl Leads<Channel> for Conversation {
    type Table = channel::Entity;

    fn lead(&self) -> (&CompanyScope, Uuid) {
        (&self.scope, self.row.channel_id)
    }

    fn arrive(_: &CompanyScope, row: channel::Model) -> Channel {
        Channel(row)
    }
}

/// A message or a note.
pub(crate) struct Message(pub(crate) message::Model);

/// A message, or a note between staff.
#[Object]
impl Message {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Message.id(self.0.id)
    }

    /// The conversation it belongs to.
    async fn conversation_id(&self) -> ID {
        Kind::Conversation.id(self.0.conversation_id)
    }

    /// Which way it went.
    async fn direction(&self) -> MessageDirection {
        self.0.direction.into()
    }

    /// Who wrote it.
    async fn author(&self) -> MessageAuthor {
        self.0.author.into()
    }

    /// Text, as written.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// Language of a reply.
    async fn language(&self) -> Option<Language> {
        language(self.0.language.as_deref())
    }

    /// What came with it.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn attachments(&self) -> Vec<Attachment> {
        inbox::attachments(&self.0)
            .into_iter()
            .enumerate()
            .map(|(place, attachment)| Attachment::of(self.0.id, place, attachment))
            .collect()
    }

    /// Buttons under a reply; the text says all that they say.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn buttons(&self) -> Vec<Button> {
        let buttons = inbox::buttons(&self.0).into_iter();
        buttons.map(|button| Button { label: button.label, says: button.says, url: button.url }).collect()
    }

    /// How far it is.
    async fn status(&self) -> MessageStatus {
        self.0.status.into()
    }

    /// Why it was not sent, in plain words.
    async fn error(&self) -> Option<&str> {
        self.0.error.as_deref()
    }

    /// When it came or was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// The turn that answered it, or made it.
    async fn turn_id(&self) -> Option<ID> {
        self.0.turn_id.map(|id| Kind::Turn.id(id))
    }
}

row! {
    Message { id, conversation_id, direction, author, text, language, status, error, created_at, turn_id }
}

/// A button under a reply.
#[derive(Clone, Debug, SimpleObject)]
struct Button {
    /// What stands on it.
    label: String,
    /// What pressing it says in the customer's place.
    says: Option<String>,
    /// The page it opens.
    url: Option<String>,
}

/// How far something attached is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum AttachmentState {
    /// It is being fetched from the platform.
    Waiting,
    /// It can be opened.
    Ready,
    /// It could not be fetched.
    Failed,
}

/// What became of the words of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum TranscriptState {
    /// They are being put down.
    Waiting,
    /// They are there.
    Ready,
    /// Nobody listens here, or it failed.
    Absent,
}

/// Something that came with a message.
#[derive(Clone, Debug, SimpleObject)]
struct Attachment {
    /// Id, the same as long as the message is there.
    id: ID,
    /// `image`, `video`, `voice`, `file`, `contact`.
    kind: String,
    /// Where it is: an address of this program for the signed-in, or a public one of the company; `tel:` for a contact. Empty
    /// until it is ready.
    url: String,
    /// Name for people.
    name: Option<String>,
    /// Media type, as far as known.
    media_type: Option<String>,
    /// Bytes, as far as known.
    size: Option<i32>,
    /// How far it is.
    state: AttachmentState,
    /// Why it could not be fetched: `too_large`, `gone`, `credentials`, `refused`, `unavailable`.
    error: Option<String>,
    /// Of a voice message: whether its words are there.
    transcript_state: Option<TranscriptState>,
    /// Of a voice message: what was said.
    transcript: Option<String>,
}

impl Attachment {
    fn of(message: Uuid, place: usize, attachment: inbox::Attachment) -> Self {
        let id = ID(format!("attachment:{message}:{place}"));
        let inbox::Attachment { kind, url, name, received } = attachment;
        let Some(received) = received else {
            let state = if url.is_empty() { AttachmentState::Failed } else { AttachmentState::Ready };
            return Self {
                id,
                kind,
                url,
                name,
                media_type: None,
                size: None,
                state,
                error: None,
                transcript_state: None,
                transcript: None,
            };
        };
        let (transcript_state, transcript) = match received.hearing {
            None => (None, None),
            Some(Hearing::Waiting) => (Some(TranscriptState::Waiting), None),
            Some(Hearing::Heard { text }) => (Some(TranscriptState::Ready), Some(text)),
            Some(Hearing::Unheard) => (Some(TranscriptState::Absent), None),
        };
        let (state, url) = match received.state {
            Arrival::Waiting => (AttachmentState::Waiting, String::new()),
            Arrival::Here => (AttachmentState::Ready, format!("/files/{}", received.id)),
            Arrival::Failed => (AttachmentState::Failed, String::new()),
        };
        Self {
            id,
            kind,
            url,
            name,
            media_type: received.media_type,
            size: received.size.and_then(|size| i32::try_from(size).ok()),
            state,
            error: received.error,
            transcript_state,
            transcript,
        }
    }
}

/// One answer of the assistant and how it came about.
pub(crate) struct Turn {
    scope: CompanyScope,
    row: turn::Model,
}

/// One answer of the assistant and how it came about.
#[Object]
impl Turn {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Turn.id(self.row.id)
    }

    /// How it ended.
    async fn status(&self) -> TurnStatus {
        self.row.status.into()
    }

    /// The assistant's word for what the customer wanted.
    async fn intent(&self) -> Option<&str> {
        self.row.intent.as_deref()
    }

    /// Language of the answer.
    async fn language(&self) -> Option<Language> {
        language(self.row.language.as_deref())
    }

    /// Step by step, where each number of the answer comes from.
    #[graphql(complexity = "8 * child_complexity + 1")]
    async fn reasons(&self) -> Vec<Reason> {
        turns::reasons(&self.row)
            .into_iter()
            .map(|reason| Reason {
                step: reason.step,
                detail: reason.detail,
                lines: reason
                    .lines
                    .into_iter()
                    .map(|line| ReasonLine { code: line.code, values: Json(line.values) })
                    .collect(),
                items: reason.items,
            })
            .collect()
    }

    /// When it began.
    async fn started_at(&self) -> DateTime {
        self.row.started_at.into()
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.row.finished_at.map(Into::into)
    }

    /// Work without waiting, milliseconds.
    async fn work_ms(&self) -> i32 {
        count(u64::try_from(self.row.work_us / 1000).unwrap_or(0))
    }

    /// What it used of language models, the tries that came to nothing included; empty where none was asked.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn model_use(&self, ctx: &Context<'_>) -> Result<Vec<ModelUse>, ApiError> {
        let loaders = loaders(ctx)?;
        let uses = loaders.parts(&loaders.model_uses_of, &self.scope, self.row.id).await?;
        Ok(uses.into_iter().map(|used| used.row.into()).collect())
    }

    /// What went wrong, for staff.
    async fn error(&self) -> Option<&str> {
        self.row.error.as_deref()
    }
}

/// One statement of a step.
#[derive(Clone, Debug, SimpleObject)]
struct ReasonLine {
    /// For the step `understood` what the customer did (`want`), else `line`, `total`, `send_link`…
    code: String,
    /// What it speaks of: sums as `{amount, currency}`, days as `2026-03-09`, times as `15:00:00`.
    values: Json<serde_json::Map<String, serde_json::Value>>,
}

/// A step of a turn.
#[derive(Clone, Debug, SimpleObject)]
struct Reason {
    /// `understood`, `searched`, `quoted`, `checked`, `decided`…
    step: String,
    /// One plain English line, for programs without words of their own.
    detail: String,
    /// The same as codes and values, to be worded in the reader's language.
    lines: Vec<ReasonLine>,
    /// Keys of the items it rests on.
    items: Vec<String>,
}

/// A customer.
pub(crate) struct Contact {
    scope: CompanyScope,
    row: contact::Model,
}

impl Contact {
    pub(crate) const fn new(scope: CompanyScope, row: contact::Model) -> Self {
        Self { scope, row }
    }
}

/// A customer.
#[Object]
impl Contact {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Contact.id(self.row.id)
    }

    /// Name as given, or as the channel shows it.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Phone as given.
    async fn phone(&self) -> Option<&str> {
        self.row.phone.as_deref()
    }

    /// The last language that was clear.
    async fn language(&self) -> Option<Language> {
        language(self.row.language.as_deref())
    }

    /// Where the customer can be reached, the oldest first.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<ContactAddress>, ApiError> {
        let rows = all(ctx, |all| &all.addresses_of, &self.scope, self.row.id).await?;
        Ok(rows.into_iter().map(ContactAddress::from).collect())
    }

    /// When the first message came.
    async fn created_at(&self) -> DateTime {
        self.row.created_at.into()
    }

    /// Orders of this customer, the newest first.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start or after `after`: 1 to 100, 50 when absent.")] first: Option<i32>,
        #[graphql(desc = "Cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end or before `before`: 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor.")] before: Option<String>,
    ) -> Result<Connection<Order>, ApiError> {
        let page = request(ctx, first, after, last, before);
        let filter = order::OrderFilter { contact_id: Some(self.row.id), ..order::OrderFilter::default() };
        let page = order::list(anybody(ctx)?, &self.scope, &filter, &page).await?;
        Ok(Connection::of(page, |row| Order::new(self.scope.clone(), row)))
    }
}

row! {
    Contact { id, name, phone, language, created_at }
}

/// An address of a customer on a platform.
#[derive(Clone, Debug, SimpleObject)]
struct ContactAddress {
    /// `phone`, `webchat`, `trial`…
    kind: String,
    /// The address itself.
    value: String,
    /// Whether the platform attests it.
    trusted: bool,
    /// What it came from.
    source: String,
}

impl From<contact_address::Model> for ContactAddress {
    fn from(row: contact_address::Model) -> Self {
        // The channel's id within the stored kind tells a person nothing.
        let kind = row.kind.split(':').next().unwrap_or_default().to_owned();
        Self { kind, value: row.value, trusted: row.trusted, source: row.source }
    }
}

/// What a customer wants so far.
#[derive(Clone, Debug, SimpleObject)]
struct Cart {
    /// Lines that are still in the catalogue.
    lines: Vec<CartLine>,
    /// City given, or `online`.
    city: Option<String>,
    /// Name given.
    name: Option<String>,
    /// Phone given.
    phone: Option<String>,
    /// Day of the appointment, `2026-03-02`.
    date: Option<String>,
    /// Local time of the appointment, `17:00`.
    time: Option<String>,
    /// What it all costs now, fees included; null for an empty cart.
    total: Option<Money>,
}

/// A wanted item.
#[derive(Clone, Debug, SimpleObject)]
struct CartLine {
    /// Key of the item.
    key: String,
    /// Its sku.
    sku: Option<String>,
    /// Its name.
    name: String,
    /// Packs.
    quantity: i32,
    /// Price of one now.
    unit_price: Money,
    /// Price of all now.
    total: Money,
}

impl From<turns::CartView> for Cart {
    fn from(cart: turns::CartView) -> Self {
        let lines = cart.lines.into_iter().map(|line| CartLine {
            key: line.key,
            sku: line.sku,
            name: line.name,
            quantity: count(u64::try_from(line.quantity).unwrap_or(0)),
            unit_price: line.unit_price.into(),
            total: line.total.into(),
        });
        Self {
            lines: lines.collect(),
            city: cart.city,
            name: cart.name,
            phone: cart.phone,
            date: cart.date.map(|date| date.to_string()),
            time: cart.time.map(|time| time.strftime("%H:%M").to_string()),
            total: cart.total.map(Into::into),
        }
    }
}
