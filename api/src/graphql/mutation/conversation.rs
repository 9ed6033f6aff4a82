//! Conversations as staff lead them, and the phone frame.

use super::payloads;
use crate::graphql::error::{ApiError, payload, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::ChannelKind;
use crate::graphql::types::{Contact, Conversation, Message};
use async_graphql::{Context, ID, InputObject, Object};
use service::access::{self, CompanyScope};
use service::ctx::Ctx;
use service::inbox::{self, TrialMessage};
use service::row::{contact, conversation, message};
use uuid::Uuid;

/// Conversations as staff lead them, and the phone frame.
#[derive(Default)]
pub(crate) struct ConversationMutation;

payloads! {
    /// The conversation of the phone frame, or why the message was not taken.
    TryMessagePayload {
        /// The conversation.
        conversation: Conversation
    }
    /// A message, or why it was not sent.
    MessagePayload {
        /// The message.
        message: Message
    }
    /// A conversation, or why it was not changed.
    ConversationPayload {
        /// The conversation.
        conversation: Conversation
    }
    /// A customer, or why nothing was changed.
    ContactPayload {
        /// The customer.
        contact: Contact
    }
}

/// A message written in the phone frame.
#[derive(InputObject)]
struct TryMessageInput {
    /// Made by the client, so that sending twice is one message.
    id: Option<ID>,
    /// To which company.
    company_id: ID,
    /// Platform that is played.
    kind: ChannelKind,
    /// What the customer writes.
    text: String,
    /// The number that WhatsApp attests; another number is another customer. Not looked at on other platforms.
    phone: Option<String>,
    /// Whether a new customer writes.
    start_anew: Option<bool>,
}

/// A message to a customer, or a note.
#[derive(InputObject)]
struct SendMessageInput {
    /// Made by the client, so that sending twice is one message.
    id: Option<ID>,
    /// In which conversation.
    conversation_id: ID,
    /// What is written; at most what the channel carries.
    text: String,
    /// Whether it is a note between staff.
    note: Option<bool>,
}

/// Which message.
#[derive(InputObject)]
struct RetryMessageInput {
    /// Which.
    id: ID,
}

/// Which conversation.
#[derive(InputObject)]
struct ConversationInput {
    /// Which.
    id: ID,
}

/// What changes of a customer; absent: as it is.
#[derive(InputObject)]
struct UpdateContactInput {
    /// Which.
    id: ID,
    /// Name.
    name: Option<String>,
    /// Phone.
    phone: Option<String>,
}

/// Two customers that are one person.
#[derive(InputObject)]
struct JoinContactsInput {
    /// The one that stays.
    id: ID,
    /// The one that becomes part of it.
    other_id: ID,
}

async fn find<'a>(ctx: &Context<'a>, field: &str, id: &ID) -> service::Result<(&'a Ctx, CompanyScope, Uuid)> {
    let op = signed_in(ctx)?;
    let id = Kind::Conversation.read(field, id)?;
    let (scope, row) = access::of::<conversation::Entity>(op, id, "conversation").await?;
    Ok((op, scope, row.id))
}

async fn find_message<'a>(ctx: &Context<'a>, id: &ID) -> service::Result<(&'a Ctx, CompanyScope, Uuid)> {
    let op = signed_in(ctx)?;
    let id = Kind::Message.read("id", id)?;
    let (scope, _) = access::of::<message::Entity>(op, id, "message").await?;
    Ok((op, scope, id))
}

/// Conversations as staff lead them, and the phone frame.
#[Object]
impl ConversationMutation {
    /// Writes to the company's own assistant as a customer on any platform would. For people who manage the company.
    async fn try_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: TryMessageInput,
    ) -> Result<TryMessagePayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within_if("phone", input.phone.as_ref(), 50)?;
            let new = TrialMessage {
                id: Kind::Message.read_if("id", input.id.as_ref())?,
                kind: input.kind.into(),
                text: input.text,
                phone: input.phone,
                start_anew: input.start_anew.unwrap_or(false),
            };
            let row = inbox::try_message(op, &scope, new).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// Writes to the customer, which takes the conversation over, or leaves a note.
    async fn send_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The message.")] input: SendMessageInput,
    ) -> Result<MessagePayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "conversationId", &input.conversation_id).await?;
            let message_id = Kind::Message.read_if("id", input.id.as_ref())?;
            let note = input.note.unwrap_or(false);
            within("text", &input.text, inbox::MAX_TEXT)?;
            Ok(Message(inbox::send_as_operator(op, &scope, id, message_id, &input.text, note).await?))
        };
        payload(change.await)
    }

    /// A person takes the conversation: from now on the assistant sends nothing.
    async fn take_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationInput,
    ) -> Result<ConversationPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "id", &input.id).await?;
            let row = inbox::take_over(op, &scope, id).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// The person gives the conversation back: the assistant answers from the next message on.
    async fn hand_back(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationInput,
    ) -> Result<ConversationPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "id", &input.id).await?;
            let row = inbox::hand_back(op, &scope, id).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// The matter is settled.
    async fn resolve_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationInput,
    ) -> Result<ConversationPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "id", &input.id).await?;
            let row = inbox::resolve(op, &scope, id).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// The matter is open again.
    async fn reopen_conversation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationInput,
    ) -> Result<ConversationPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "id", &input.id).await?;
            let row = inbox::reopen(op, &scope, id).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// Sends a message once more that failed, or of which it is not known whether it arrived.
    async fn retry_message(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message.")] input: RetryMessageInput,
    ) -> Result<MessagePayload, ApiError> {
        let change = async {
            let (op, scope, id) = find_message(ctx, &input.id).await?;
            Ok(Message(inbox::retry_message(op, &scope, id).await?))
        };
        payload(change.await)
    }

    /// Fetches once more what a customer attached to a message and could not be fetched.
    async fn fetch_attachment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which message.")] input: RetryMessageInput,
    ) -> Result<MessagePayload, ApiError> {
        let change = async {
            let (op, scope, id) = find_message(ctx, &input.id).await?;
            Ok(Message(inbox::fetch_again(op, &scope, id).await?))
        };
        payload(change.await)
    }

    /// Staff have seen what came.
    async fn mark_read(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which conversation.")] input: ConversationInput,
    ) -> Result<ConversationPayload, ApiError> {
        let change = async {
            let (op, scope, id) = find(ctx, "id", &input.id).await?;
            let row = inbox::mark_read(op, &scope, id).await?;
            Ok(Conversation::new(scope, row))
        };
        payload(change.await)
    }

    /// Changes what staff know of a customer.
    async fn update_contact(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: UpdateContactInput,
    ) -> Result<ContactPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Contact.read("id", &input.id)?;
            let (scope, row) = access::of::<contact::Entity>(op, id, "contact").await?;
            within_if("phone", input.phone.as_ref(), 100)?;
            let row = inbox::update_contact(op, &scope, row.id, input.name, input.phone).await?;
            Ok(Contact::new(scope, row))
        };
        payload(change.await)
    }

    /// Makes one customer of two that are the same person: messages, orders and addresses of both are together from then on, and
    /// the id of the other leads to this one. It cannot be taken back. For people who manage the company.
    async fn join_contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which two.")] input: JoinContactsInput,
    ) -> Result<ContactPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Contact.read("id", &input.id)?;
            let other = Kind::Contact.read("otherId", &input.other_id)?;
            let (scope, row) = access::of::<contact::Entity>(op, id, "contact").await?;
            let row = inbox::join_contacts(op, &scope, row.id, other).await?;
            Ok(Contact::new(scope, row))
        };
        payload(change.await)
    }
}
