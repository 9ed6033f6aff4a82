//! Two contacts that turn out to be one person become one: a channel attested a phone that the other has already, or somebody of
//! the staff says so. Never because of a number that was only typed.
//!
//! The row of the one that goes is removed, and its id leads to the one that stays (`merged`), so that links keep working. What
//! names it is handed over (`hand_over`), and what is on its way at that moment is gathered (`late`).

mod hand_over;
mod late;

pub(crate) use late::{GatherMerged, follow, run_gather};

use super::receive::{add_address, phone_address};
use super::write::{NewNote, store_note};
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use assistant::notice::Notice;
use entity::stored::{EventKind, MessageAuthor};
use entity::{channel, contact, contact_address, conversation, merged};
use gateway::channel::{telegram, waha};
use hand_over::gather;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
    QuerySelect as _,
};
use uuid::Uuid;

const CONTACT: &str = "contact";
const CONVERSATION: &str = "conversation";
/// Why two are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A channel attests the phone of both.
    AttestedPhone,
    /// A person of the staff says so.
    Staff(Uuid),
}

/// The row that stands in the place of one that is no more.
pub(crate) async fn led(tx: &Tx, scope: &CompanyScope, id: Uuid) -> Result<Option<Uuid>> {
    Ok(trace(tx, scope, id).await?.map(|row| row.into_id))
}

/// What is known of a row that is no more.
async fn trace(tx: &Tx, scope: &CompanyScope, id: Uuid) -> Result<Option<merged::Model>> {
    Ok(merged::Entity::find_by_id(id).filter(merged::Column::CompanyId.eq(scope.id())).one(tx).await?)
}

/// A conversation, or the one that took it in.
///
/// # Errors
/// `NotFound`.
pub(super) async fn standing(tx: &Tx, scope: &CompanyScope, id: Uuid) -> Result<conversation::Model> {
    let find = |id| conversation::Entity::find_by_id(id).filter(conversation::Column::CompanyId.eq(scope.id()));
    if let Some(found) = find(id).one(tx).await? {
        return Ok(found);
    }
    let into = led(tx, scope, id).await?.ok_or(Error::NotFound("conversation"))?;
    find(into).one(tx).await?.ok_or(Error::NotFound("conversation"))
}

/// Whether a channel attests some phone of the contact.
pub(crate) async fn has_attested_phone(ctx: &Ctx, scope: &CompanyScope, contact_id: Uuid) -> Result<bool> {
    let addresses = super::contact_addresses(ctx, scope, contact_id).await?;
    Ok(addresses.iter().any(|address| address.trusted && address.kind.starts_with("phone:")))
}

/// The channel has learned a contact's phone after all. Where another contact has that phone by a channel's word, the two are
/// one person.
pub(crate) async fn attest(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    phone: &str,
) -> Result<()> {
    let holder = holder_of(tx, scope, channel, contact_id, phone).await?;
    if let Some(holder) = holder {
        join(ctx, tx, scope, holder, contact_id, Why::AttestedPhone).await?;
    }
    let contact_id = holder.unwrap_or(contact_id);
    contact::Entity::update_many()
        .col_expr(contact::Column::Phone, Expr::value(phone))
        .filter(contact::Column::Id.eq(contact_id))
        .filter(contact::Column::CompanyId.eq(scope.id()))
        // What the person has told themselves meanwhile stands.
        .filter(contact::Column::Phone.is_null())
        .exec(tx)
        .await?;
    add_address(ctx, tx, scope, channel, contact_id, phone_address(channel, phone)).await?;
    let talks = conversation::Entity::find()
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ContactId.eq(contact_id))
        .all(tx)
        .await?;
    for talk in talks {
        crate::event::emit(ctx, tx, scope, EventKind::Conversation, talk.id).await?;
    }
    Ok(())
}

/// A message comes from a known contact with an attested phone: where another contact has that phone, the two become one before
/// the message is stored.
pub(crate) async fn join_by_phone(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    phone: &str,
) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    if holder_of(&tx, scope, channel, contact_id, phone).await?.is_none() {
        return tx.rollback().await;
    }
    attest(ctx, &mut tx, scope, channel, contact_id, phone).await?;
    ctx.commit(tx).await
}

/// Another contact whose phone this is by the word of a real channel: of this channel first, else the oldest. What was typed, by
/// the customer, by staff or in the phone frame, is nobody's word.
async fn holder_of(
    tx: &Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    contact_id: Uuid,
    phone: &str,
) -> Result<Option<Uuid>> {
    let channels = channel::Entity::find()
        .filter(channel::Column::CompanyId.eq(scope.id()))
        .filter(channel::Column::Provider.is_in([telegram::NAME, waha::NAME]))
        .all(tx)
        .await?;
    let holders = contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::Kind.is_in(channels.iter().map(|channel| format!("phone:{}", channel.id))))
        .filter(contact_address::Column::Value.eq(phone))
        .filter(contact_address::Column::Trusted.eq(true))
        .filter(contact_address::Column::ContactId.ne(contact_id))
        .order_by_asc(contact_address::Column::CreatedAt)
        .order_by_asc(contact_address::Column::Id)
        .all(tx)
        .await?;
    let own = phone_address(channel, phone).kind;
    Ok(holders.iter().find(|address| address.kind == own).or(holders.first()).map(|address| address.contact_id))
}

/// Staff say that two contacts are the same person: `other_id` becomes part of `contact_id`. For people who manage the company;
/// it cannot be taken back. Doing it again changes nothing.
///
/// # Errors
/// `Forbidden`; `NotFound`; `Invalid` for `otherId` that is the same contact (`SAME`).
pub async fn join_contacts(
    ctx: &Ctx,
    scope: &CompanyScope,
    contact_id: Uuid,
    other_id: Uuid,
) -> Result<contact::Model> {
    scope.must_manage()?;
    let user_id = access::user(ctx)?;
    if contact_id == other_id {
        return Err(Error::invalid("otherId", "SAME", "This is the same customer already."));
    }
    for _ in 0..4 {
        let mut tx = ctx.db().begin(scope).await?;
        match join(ctx, &mut tx, scope, contact_id, other_id, Why::Staff(user_id)).await {
            Ok(true) => ctx.commit(tx).await?,
            Ok(false) => {
                let known = led(&tx, scope, other_id).await?;
                tx.rollback().await?;
                if known != Some(contact_id) {
                    return Err(Error::NotFound("contact"));
                }
            }
            Err(Error::Unavailable(why)) if why == hand_over::BEGAN_MEANWHILE => {
                tx.rollback().await?;
                continue;
            }
            Err(error) => return Err(error),
        }
        return super::contact(ctx, scope, contact_id).await;
    }
    Err(Error::Unavailable(hand_over::BEGAN_MEANWHILE.to_owned()))
}

/// Makes `gone` part of `keep`: everything that names it names `keep` from then on. False: `gone` is no more, or is the same.
///
/// # Errors
/// `NotFound` when there is no `keep`.
pub(crate) async fn join(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    keep: Uuid,
    gone: Uuid,
    why: Why,
) -> Result<bool> {
    // In the order of their ids: two who join the same people wait for each other.
    let people = contact::Entity::find()
        .filter(contact::Column::CompanyId.eq(scope.id()))
        .filter(contact::Column::Id.is_in([keep, gone]))
        .order_by_asc(contact::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let of = |id: Uuid| people.iter().find(|person| person.id == id).cloned();
    let (Some(gone), true) = (of(gone), keep != gone) else { return Ok(false) };
    let keep = of(keep).ok_or(Error::NotFound("contact"))?;
    let (keep_id, gone_id) = (keep.id, gone.id);
    let mut row = keep.clone().into_active_model();
    row.name = Set(keep.name.or(gone.name));
    row.phone = Set(keep.phone.or(gone.phone));
    row.language = Set(keep.language.or(gone.language));
    // Told once is told (R65).
    row.notice_at = Set([keep.notice_at, gone.notice_at].into_iter().flatten().min());
    row.created_at = Set(Ord::min(keep.created_at, gone.created_at));
    row.update(&*tx).await?;
    contact::Entity::delete_by_id(gone_id).exec(tx).await?;
    lead(ctx, tx, scope, CONTACT, gone_id, keep_id, why).await?;
    let moved = gather(ctx, tx, scope, keep_id, gone_id, why).await?;
    for talk in &moved.talks {
        note(ctx, tx, scope, talk, why).await?;
    }
    late::look_again(ctx, tx, scope, GatherMerged { contact_id: gone_id, conversations: moved.gone, round: 0 }).await?;
    tracing::info!(company = %scope.id(), contact = %keep_id, other = %gone_id, ?why, "two contacts became one");
    Ok(true)
}

/// Writes down where an id leads, and lets what led to it lead there too.
async fn lead(ctx: &Ctx, tx: &Tx, scope: &CompanyScope, kind: &str, from: Uuid, into: Uuid, why: Why) -> Result<()> {
    merged::Entity::update_many()
        .col_expr(merged::Column::IntoId, Expr::value(into))
        .filter(merged::Column::CompanyId.eq(scope.id()))
        .filter(merged::Column::IntoId.eq(from))
        .exec(tx)
        .await?;
    let (reason, user_id) = match why {
        Why::AttestedPhone => ("attested_phone", None),
        Why::Staff(user_id) => ("staff", Some(user_id)),
    };
    merged::Entity::insert(merged::ActiveModel {
        id: Set(from),
        company_id: Set(scope.id()),
        kind: Set(kind.to_owned()),
        into_id: Set(into),
        reason: Set(reason.to_owned()),
        user_id: Set(user_id),
        created_at: Set(ctx.time()),
    })
    .exec_without_returning(tx)
    .await?;
    Ok(())
}

/// Says in the thread what happened.
async fn note(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, talk: &conversation::Model, why: Why) -> Result<()> {
    let company = entity::company::Entity::find_by_id(scope.id()).one(&*tx).await?.ok_or(Error::NotFound("company"))?;
    let language = crate::company::language(&company);
    let (attested, user_id) = match why {
        Why::AttestedPhone => (true, None),
        Why::Staff(user_id) => (false, Some(user_id)),
    };
    let note = NewNote {
        id: None,
        author: if user_id.is_some() { MessageAuthor::Operator } else { MessageAuthor::System },
        author_user_id: user_id,
        text: Notice::OnePerson { attested }.text(language, &jiff::tz::TimeZone::UTC),
        language: Some(language),
    };
    store_note(ctx, tx, scope, talk, note).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, talk.id).await
}
