//! The phone frame: staff write to their own assistant as a customer on any platform.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::inbox::{Address, Incoming, read, receive};
use domain::channel::ChannelKind;
use domain::phone::Phone;
use entity::{channel, contact_address, conversation, message};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

/// What every customer of the phone frame is called by; the number of the round follows.
const FRAME: &str = "frame-";

/// A message from the phone frame.
#[derive(Clone, Debug)]
pub struct TrialMessage {
    /// The client's id: the same message sent twice is one.
    pub id: Option<Uuid>,
    /// The platform that is played.
    pub kind: ChannelKind,
    /// What is written.
    pub text: String,
    /// The number that the platform attests, where it attests one; another number is another customer.
    pub phone: Option<String>,
    /// Whether a new customer writes.
    pub start_anew: bool,
}

/// Takes a message from the phone frame in, through the same door as real ones.
///
/// # Errors
/// `Forbidden`; `Invalid` for a text or phone that is none.
pub async fn try_message(ctx: &Ctx, scope: &CompanyScope, new: TrialMessage) -> Result<conversation::Model> {
    scope.must_manage()?;
    let phone = match new.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty()) {
        Some(phone) if new.kind.attests_phone() => {
            let phone = Phone::parse(phone).map_err(|error| Error::invalid("phone", "INVALID", error.to_string()))?;
            Some(phone.as_str().to_owned())
        }
        _ => None,
    };
    let channel = crate::channel::trial(ctx, scope, new.kind).await?;
    let id = new.id.unwrap_or_else(|| ctx.new_id());
    let known = message::Entity::find()
        .filter(message::Column::ChannelId.eq(channel.id))
        .filter(message::Column::ExternalId.eq(id.to_string()))
        .one(&ctx.db().read(scope))
        .await?;
    if let Some(known) = known {
        return read::conversation(ctx, scope, known.conversation_id).await;
    }
    let visitor = visitor(ctx, scope, &channel, phone.as_deref(), new.start_anew).await?;
    if let (true, Some(phone)) = (new.start_anew, &phone) {
        // The number goes to the new customer; the one before is not written to any more.
        let tx = ctx.db().begin(scope).await?;
        contact_address::Entity::delete_many()
            .filter(contact_address::Column::CompanyId.eq(scope.id()))
            .filter(contact_address::Column::Kind.eq(format!("phone:{}", channel.id)))
            .filter(contact_address::Column::Value.eq(phone.as_str()))
            .exec(&tx)
            .await?;
        ctx.commit(tx).await?;
    }
    let incoming = Incoming {
        external_id: id.to_string(),
        from: Address { kind: address_kind(&channel), value: visitor, trusted: true },
        attested_phone: phone,
        profile_name: None,
        text: new.text,
        attachments: Vec::new(),
        // An id that some message has already is used as the external one only: nothing tells whose it is.
        id: message::Entity::find_by_id(id).one(&ctx.db().read_across()).await?.is_none().then_some(id),
    };
    let receipt = receive(ctx, scope, &channel, incoming).await?;
    read::conversation(ctx, scope, receipt.conversation_id).await
}

fn address_kind(channel: &channel::Model) -> String {
    format!("trial:{}", channel.id)
}

/// The customer of this round; the next one when a new customer is to write.
async fn visitor(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    phone: Option<&str>,
    start_anew: bool,
) -> Result<String> {
    let rounds = contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::Kind.eq(address_kind(channel)))
        .filter(contact_address::Column::Value.starts_with(FRAME))
        .order_by_desc(contact_address::Column::CreatedAt)
        .order_by_desc(contact_address::Column::Id)
        .all(&ctx.db().read(scope))
        .await?;
    let next = || format!("{FRAME}{}", rounds.len() + 1);
    let Some(latest) = rounds.first().filter(|_| !start_anew) else { return Ok(next()) };
    let Some(phone) = phone else { return Ok(latest.value.clone()) };
    let contact_ids: Vec<Uuid> = rounds.iter().map(|round| round.contact_id).collect();
    let with_phone: Vec<Uuid> = read::addresses_of(ctx, scope, &contact_ids)
        .await?
        .into_iter()
        .filter(|address| address.kind.starts_with("phone") && address.value == phone)
        .map(|address| address.contact_id)
        .collect();
    Ok(rounds
        .iter()
        .find(|round| with_phone.contains(&round.contact_id))
        .map_or_else(next, |round| round.value.clone()))
}
