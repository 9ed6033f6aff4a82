//! A customer's message comes in: one transaction, nothing slow (architecture §5 "In").

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::{Tx, is_constraint};
use crate::error::{Error, Result};
use crate::inbox::Attachment;
use crate::inbox::together::{Entry, store};
use entity::stored::{ConversationOwner, ConversationStatus};
use entity::{channel, contact, contact_address, conversation};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use serde_json::json;
use uuid::Uuid;

/// The longest message that is taken, characters.
pub const MAX_TEXT: usize = 10_000;
/// The most attachments of one message.
pub const MAX_ATTACHMENTS: usize = 10;
/// However fast a customer writes, the answer waits at most so many quiet periods from the first message.
pub(super) const MAX_QUIET_PERIODS: i64 = 5;

/// Who wrote, as the channel knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// `phone`, `webchat:<channel>`…
    pub kind: String,
    /// The address itself.
    pub value: String,
    /// Whether the channel attests it.
    pub trusted: bool,
}

/// A message as a channel delivers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The provider's id: the same message twice is one.
    pub external_id: String,
    /// Who wrote; the first address names the contact.
    pub from: Address,
    /// The phone, where the channel attests it.
    pub attested_phone: Option<String>,
    /// The name as the channel shows it.
    pub profile_name: Option<String>,
    /// What was written.
    pub text: String,
    /// What was attached.
    pub attachments: Vec<Attachment>,
    /// Our id for the message, where the client made it.
    pub id: Option<Uuid>,
}

/// What became of an incoming message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The stored message.
    pub message_id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// Whether it had come before.
    pub duplicate: bool,
}

/// Stores a customer's message, with contact and conversation where they are new, and the job that will answer it.
///
/// # Errors
/// `Invalid` for an empty or too long message; nothing is stored then.
pub async fn receive(ctx: &Ctx, scope: &CompanyScope, channel: &channel::Model, incoming: Incoming) -> Result<Receipt> {
    let incoming = check(incoming)?;
    // Two first messages of one customer at once meet a unique index; the second try finds what the first one made.
    for _ in 0..4 {
        let mut tx = ctx.db().begin(scope).await?;
        match store(ctx, &mut tx, &[Entry { scope, channel, incoming: &incoming }]).await {
            Ok(receipts) => match ctx.commit(tx).await {
                Ok(()) => return receipts.first().copied().ok_or_else(|| Error::internal("no receipt")),
                Err(Error::Internal(text)) if text.contains("UNIQUE") || text.contains("duplicate key") => {}
                Err(error) => return Err(error),
            },
            Err(Stored::Raced) => tx.rollback().await?,
            Err(Stored::Failed(error)) => return Err(error),
        }
    }
    Err(Error::Unavailable("the conversation is being made by others again and again".to_owned()))
}

pub(super) enum Stored {
    Raced,
    Failed(Error),
}

impl From<DbErr> for Stored {
    fn from(error: DbErr) -> Self {
        if is_constraint(&error) { Self::Raced } else { Self::Failed(error.into()) }
    }
}

impl From<Error> for Stored {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

pub(super) fn check(mut incoming: Incoming) -> Result<Incoming> {
    // A NUL cannot be stored by PostgreSQL, and no person writes one.
    incoming.text.retain(|c| !c.is_control() || c == '\n' || c == '\t');
    if let Some(name) = &mut incoming.profile_name {
        name.retain(|c| !c.is_control());
    }
    let length = incoming.text.chars().count();
    if length > MAX_TEXT {
        return Err(Error::invalid(
            "text",
            "TOO_LONG",
            format!("The message has {length} characters; the limit is {MAX_TEXT}."),
        ));
    }
    if incoming.text.trim().is_empty() && incoming.attachments.is_empty() {
        return Err(Error::invalid("text", "REQUIRED", "The message is empty."));
    }
    if incoming.attachments.len() > MAX_ATTACHMENTS {
        return Err(Error::invalid(
            "attachments",
            "TOO_MANY",
            format!("A message carries at most {MAX_ATTACHMENTS} attachments."),
        ));
    }
    if incoming.external_id.is_empty() || incoming.external_id.len() > 200 || incoming.external_id.contains('\0') {
        return Err(Error::invalid("id", "INVALID", "The message's id must have 1 to 200 characters."));
    }
    Ok(incoming)
}

/// The start of a text, for lists.
pub(crate) fn preview(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { c }).take(120).collect()
}

pub(super) async fn contact_of(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    incoming: &Incoming,
) -> Result<Uuid, Stored> {
    if let Some(contact_id) = known_contact(tx, scope, &incoming.from).await? {
        if let Some(phone) = &incoming.attested_phone {
            attest_phone(ctx, tx, scope, channel, contact_id, phone).await?;
        }
        return Ok(contact_id);
    }
    // The same person under another address of the platform: WhatsApp hides the phone of one that it has shown before.
    if let Some(phone) = &incoming.attested_phone
        && let Some(contact_id) = known_contact(tx, scope, &phone_address(channel, phone)).await?
    {
        add_address(ctx, tx, scope, channel, contact_id, incoming.from.clone()).await?;
        return Ok(contact_id);
    }
    let contact_id = ctx.new_id();
    contact::Entity::insert(contact::ActiveModel {
        id: Set(contact_id),
        company_id: Set(scope.id()),
        name: Set(incoming.profile_name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)),
        phone: Set(incoming.attested_phone.clone()),
        language: Set(None),
        notice_at: Set(None),
        created_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    let mut addresses = vec![incoming.from.clone()];
    if let Some(phone) = &incoming.attested_phone
        && incoming.from.kind != "phone"
    {
        addresses.push(phone_address(channel, phone));
    }
    for address in addresses {
        contact_address::Entity::insert(address_row(ctx, scope, channel, contact_id, address))
            .exec_without_returning(tx)
            .await?;
    }
    Ok(contact_id)
}

/// Whose address this is.
pub(super) async fn known_contact(tx: &Tx, scope: &CompanyScope, address: &Address) -> Result<Option<Uuid>, DbErr> {
    Ok(contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::Kind.eq(address.kind.as_str()))
        .filter(contact_address::Column::Value.eq(address.value.as_str()))
        .one(tx)
        .await?
        .map(|address| address.contact_id))
}

/// A phone that a channel attests, as an address.
pub(super) fn phone_address(channel: &channel::Model, phone: &str) -> Address {
    Address { kind: format!("phone:{}", channel.id), value: phone.to_owned(), trusted: true }
}

fn address_row(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    address: Address,
) -> contact_address::ActiveModel {
    contact_address::ActiveModel {
        id: Set(ctx.new_id()),
        company_id: Set(scope.id()),
        contact_id: Set(contact_id),
        kind: Set(address.kind),
        value: Set(address.value),
        trusted: Set(address.trusted),
        source: Set(channel.provider.clone()),
        created_at: Set(ctx.time()),
    }
}

/// One more address of a contact; one that is known stays whose it is.
pub(super) async fn add_address(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    address: Address,
) -> Result<(), DbErr> {
    contact_address::Entity::insert(address_row(ctx, scope, channel, contact_id, address))
        .on_conflict(
            OnConflict::columns([
                contact_address::Column::CompanyId,
                contact_address::Column::Kind,
                contact_address::Column::Value,
            ])
            .do_nothing()
            .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// A known contact shares a phone that the channel attests.
async fn attest_phone(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    phone: &str,
) -> Result<(), Stored> {
    // Some platforms attest it with every message.
    if known_contact(tx, scope, &phone_address(channel, phone)).await?.is_some() {
        return Ok(());
    }
    contact::Entity::update_many()
        .col_expr(contact::Column::Phone, Expr::value(phone))
        .filter(contact::Column::Id.eq(contact_id))
        .filter(contact::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    Ok(add_address(ctx, tx, scope, channel, contact_id, phone_address(channel, phone)).await?)
}

/// The contact of an address.
pub(crate) async fn of_address(
    ctx: &Ctx,
    scope: &CompanyScope,
    kind: &str,
    value: &str,
) -> Result<Option<contact::Model>> {
    let db = ctx.db().read(scope);
    let address = contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::Kind.eq(kind))
        .filter(contact_address::Column::Value.eq(value))
        .one(&db)
        .await?;
    let Some(address) = address else { return Ok(None) };
    let contact = contact::Entity::find_by_id(address.contact_id).filter(contact::Column::CompanyId.eq(scope.id()));
    Ok(contact.one(&db).await?)
}

/// A conversation that begins.
pub(super) fn new_conversation(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
) -> conversation::Model {
    let now = ctx.time();
    conversation::Model {
        id: ctx.new_id(),
        company_id: scope.id(),
        channel_id: channel.id,
        contact_id,
        status: ConversationStatus::Open,
        owner: ConversationOwner::Assistant,
        owner_user_id: None,
        needs_attention: false,
        attention_reason: None,
        language: None,
        dialogue: json!({}),
        revision: 0,
        unread_count: 0,
        preview: String::new(),
        current_order_id: None,
        last_message_at: now,
        created_at: now,
    }
}
