//! Two contacts that turn out to be one person become one: a channel attested a phone that the other has already, or somebody of
//! the staff says so. Never because of a number that was only typed.
//!
//! The row of the one that goes is removed, and its id leads to the one that stays (`merged`), so that links keep working. A
//! message of the person may be on its way in or out at that moment, in a transaction that began before; what such a one leaves
//! under the old ids is gathered by a job a moment later, and by a turn that meets it first. SQLite has one writer: nothing is on
//! its way there.

use super::receive::{add_address, phone_address};
use super::send::SendMessage;
use crate::access::{self, CompanyScope};
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use crate::turn::AnswerTurn;
use assistant::notice::Notice;
use assistant::turn::DialogueState;
use entity::stored::{
    ConversationOwner, ConversationStatus, EventKind, JobStatus, MessageAuthor, MessageDirection, MessageStatus,
};
use entity::{
    channel, contact, contact_address, conversation, job as job_table, merged, message, order, reminder, turn,
};
use gateway::channel::{telegram, waha};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const CONTACT: &str = "contact";
const CONVERSATION: &str = "conversation";
/// Seconds after which what was on its way is gathered: soon, and once more when no transaction of ours can be open any more
/// (`db::SESSION`).
const PAUSES: [i64; 2] = [15, 180];

/// Why two are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// A channel attests the phone of both.
    AttestedPhone,
    /// A person of the staff says so.
    Staff(Uuid),
}

/// Gathers what was written under the old ids while two contacts became one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GatherMerged {
    /// The contact that is no more.
    pub(crate) contact_id: Uuid,
    /// Its conversations that are no more.
    pub(crate) conversations: Vec<Uuid>,
    /// How often it was done so far.
    pub(crate) round: usize,
}

impl Job for GatherMerged {
    const KIND: &'static str = "gather_merged";

    fn unique_key(&self) -> Option<String> {
        Some(format!("gather:{}:{}", self.contact_id, self.round))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.contact_id)
    }
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
    let mut tx = ctx.db().begin(scope).await?;
    if join(ctx, &mut tx, scope, contact_id, other_id, Why::Staff(user_id)).await? {
        ctx.commit(tx).await?;
    } else {
        let known = led(&tx, scope, other_id).await?;
        tx.rollback().await?;
        if known != Some(contact_id) {
            return Err(Error::NotFound("contact"));
        }
    }
    super::contact(ctx, scope, contact_id).await
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
    let again = GatherMerged { contact_id: gone_id, conversations: moved.gone, round: 0 };
    job::enqueue_at(ctx, tx, scope, &again, ctx.time().plus_seconds(PAUSES[0])).await?;
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

/// What changed hands.
#[derive(Default)]
struct Moved {
    /// Conversations that are the kept contact's now, or took one in.
    talks: Vec<conversation::Model>,
    /// Conversations that are no more.
    gone: Vec<Uuid>,
}

/// Gives everything that names `gone` to `keep`.
async fn gather(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, keep: Uuid, gone: Uuid, why: Why) -> Result<Moved> {
    contact_address::Entity::update_many()
        .col_expr(contact_address::Column::ContactId, Expr::value(keep))
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    order::Entity::update_many()
        .col_expr(order::Column::ContactId, Expr::value(keep))
        .filter(order::Column::CompanyId.eq(scope.id()))
        .filter(order::Column::ContactId.eq(gone))
        .exec(tx)
        .await?;
    let talks = conversation::Entity::find()
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ContactId.is_in([keep, gone]))
        .order_by_asc(conversation::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let (own, others): (Vec<_>, Vec<_>) = talks.into_iter().partition(|talk| talk.contact_id == keep);
    let mut moved = Moved::default();
    for other in others {
        crate::event::emit(ctx, tx, scope, EventKind::Conversation, other.id).await?;
        match own.iter().find(|own| own.channel_id == other.channel_id) {
            Some(own) => {
                moved.gone.push(other.id);
                moved.talks.push(take_in(ctx, tx, scope, own, &other, why).await?);
            }
            None => {
                let mut row = other.into_active_model();
                row.contact_id = Set(keep);
                moved.talks.push(row.update(&*tx).await?);
            }
        }
    }
    Ok(moved)
}

/// Makes one conversation of two on the same channel.
async fn take_in(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    own: &conversation::Model,
    other: &conversation::Model,
    why: Why,
) -> Result<conversation::Model> {
    let one = one_of(own, other)?;
    conversation::Entity::delete_by_id(other.id).exec(tx).await?;
    let one = one.into_active_model().reset_all().update(&*tx).await?;
    lead(ctx, tx, scope, CONVERSATION, other.id, one.id, why).await?;
    take_rows(ctx, tx, scope, other.id, &one).await?;
    Ok(one)
}

/// What two conversations are together. The talk goes on where it was further: at an order or a cart, else where the last word
/// was. A person who holds either holds it.
fn one_of(own: &conversation::Model, other: &conversation::Model) -> Result<conversation::Model> {
    let states: [DialogueState; 2] =
        [serde_json::from_value(own.dialogue.clone())?, serde_json::from_value(other.dialogue.clone())?];
    let weight = |talk: &conversation::Model, state: &DialogueState| {
        (talk.current_order_id.is_some() || !state.cart.lines.is_empty(), talk.last_message_at)
    };
    let [own_state, other_state] = states;
    let (first, mut state, second, rest) = if weight(own, &own_state) >= weight(other, &other_state) {
        (own, own_state, other, other_state)
    } else {
        (other, other_state, own, own_state)
    };
    // What was said in the other is not asked for again; what was wanted there is, as it may be settled.
    let (given, known) = (&mut state.given, rest.given);
    given.name = given.name.take().or(known.name);
    given.phone = given.phone.take().or(known.phone);
    given.address = given.address.take().or(known.address);
    state.language = state.language.or(rest.language);
    state.images_shown.extend(rest.images_shown);
    let later = if own.last_message_at >= other.last_message_at { own } else { other };
    let held = [first, second].into_iter().find(|talk| talk.owner == ConversationOwner::Operator);
    let marked = [first, second].into_iter().find(|talk| talk.needs_attention);
    Ok(conversation::Model {
        status: if [own, other].iter().all(|talk| talk.status == ConversationStatus::Resolved) {
            ConversationStatus::Resolved
        } else {
            ConversationStatus::Open
        },
        owner: if held.is_some() { ConversationOwner::Operator } else { ConversationOwner::Assistant },
        owner_user_id: held.and_then(|talk| talk.owner_user_id),
        needs_attention: marked.is_some(),
        attention_reason: marked.and_then(|talk| talk.attention_reason.clone()),
        language: first.language.clone().or_else(|| second.language.clone()),
        dialogue: serde_json::to_value(&state)?,
        // A turn that runs for either starts over.
        revision: Ord::max(own.revision, other.revision) + 1,
        unread_count: own.unread_count.saturating_add(other.unread_count),
        preview: later.preview.clone(),
        current_order_id: first.current_order_id.or(second.current_order_id),
        last_message_at: later.last_message_at,
        created_at: Ord::min(own.created_at, other.created_at),
        ..own.clone()
    })
}

/// Gives a conversation everything that names another; how many messages that were.
async fn take_rows(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    from: Uuid,
    into: &conversation::Model,
) -> Result<u64> {
    let orders = order::Entity::find()
        .filter(order::Column::CompanyId.eq(scope.id()))
        .filter(order::Column::ConversationId.eq(from))
        .all(tx)
        .await?;
    macro_rules! hand_over {
        ($($table:ident)*) => {[$(
            $table::Entity::update_many()
                .col_expr($table::Column::ConversationId, Expr::value(into.id))
                .filter($table::Column::CompanyId.eq(scope.id()))
                .filter($table::Column::ConversationId.eq(from))
                .exec(tx)
                .await?
                .rows_affected
        ),*]};
    }
    let [messages, ..] = hand_over!(message turn reminder order);
    for order in orders {
        crate::event::emit(ctx, tx, scope, EventKind::Order, order.id).await?;
    }
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, from).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, into.id).await?;
    hand_jobs_over(ctx, tx, scope, from, into).await?;
    Ok(messages)
}

/// What waits to be done for a conversation is done for the one that took it in. What runs at the moment finds its rows moved.
async fn hand_jobs_over(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    from: Uuid,
    into: &conversation::Model,
) -> Result<()> {
    job::cancel(ctx, tx, scope, &AnswerTurn { conversation_id: from }.key()).await?;
    let sends = job_table::Entity::find()
        .filter(job_table::Column::CompanyId.eq(scope.id()))
        .filter(job_table::Column::SubjectId.eq(from))
        .filter(job_table::Column::Kind.eq(SendMessage::KIND))
        .filter(job_table::Column::Status.eq(JobStatus::Waiting))
        .lock_exclusive()
        .all(tx)
        .await?;
    for row in sends {
        let Ok(payload) = serde_json::from_value::<SendMessage>(row.payload.clone()) else { continue };
        let payload = SendMessage { conversation_id: into.id, ..payload };
        let mut row = row.into_active_model();
        row.subject_id = Set(payload.subject());
        row.lane = Set(payload.lane());
        row.payload = Set(serde_json::to_value(&payload)?);
        row.update(&*tx).await?;
    }
    let unanswered = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(into.id))
        .filter(message::Column::Direction.eq(MessageDirection::Inbound))
        .filter(message::Column::TurnId.is_null())
        .one(tx)
        .await?;
    if unanswered.is_some() && into.owner == ConversationOwner::Assistant {
        let turn = AnswerTurn { conversation_id: into.id };
        job::enqueue_unless_waiting(ctx, tx, scope, &turn, ctx.time()).await?;
    }
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
    let id = ctx.new_id();
    message::Entity::insert(message::ActiveModel {
        id: Set(id),
        company_id: Set(scope.id()),
        channel_id: Set(talk.channel_id),
        conversation_id: Set(talk.id),
        direction: Set(MessageDirection::Note),
        author: Set(if user_id.is_some() { MessageAuthor::Operator } else { MessageAuthor::System }),
        author_user_id: Set(user_id),
        text: Set(Notice::OnePerson { attested }.text(language, &jiff::tz::TimeZone::UTC)),
        language: Set(Some(language.code().to_owned())),
        attachments: Set(serde_json::json!([])),
        buttons: Set(None),
        status: Set(MessageStatus::Sent),
        error: Set(None),
        external_id: Set(None),
        turn_id: Set(None),
        created_at: Set(ctx.time()),
        sent_at: Set(None),
    })
    .exec_without_returning(&*tx)
    .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Message, id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, talk.id).await
}

/// Runs [`GatherMerged`].
pub(crate) async fn run_gather(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: GatherMerged = claimed.payload()?;
    let mut tx = ctx.db().begin(&scope).await?;
    let mut conversations = payload.conversations.clone();
    if let Some(row) = trace(&tx, &scope, payload.contact_id).await? {
        let why = row.user_id.map_or(Why::AttestedPhone, Why::Staff);
        let moved = gather(ctx, &mut tx, &scope, row.into_id, payload.contact_id, why).await?;
        conversations.extend(moved.gone);
    }
    for from in &conversations {
        gather_talk(ctx, &mut tx, &scope, *from).await?;
    }
    let round = payload.round + 1;
    if let Some(pause) = PAUSES.get(round) {
        let again = GatherMerged { contact_id: payload.contact_id, conversations, round };
        job::enqueue_at(ctx, &mut tx, &scope, &again, ctx.time().plus_seconds(*pause)).await?;
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Gives what still names a conversation that is no more to the one that took it in. False: it was never taken in.
async fn gather_talk(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, from: Uuid) -> Result<bool> {
    let Some(into) = led(tx, scope, from).await? else { return Ok(false) };
    let into = conversation::Entity::find_by_id(into)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(Error::NotFound("conversation"))?;
    let late = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(from))
        .order_by_desc(message::Column::CreatedAt)
        .one(tx)
        .await?;
    take_rows(ctx, tx, scope, from, &into).await?;
    if let Some(late) = late.filter(|late| late.created_at > into.last_message_at) {
        let mut row = into.into_active_model();
        row.preview = Set(super::preview(&late.text));
        row.last_message_at = Set(late.created_at);
        row.update(&*tx).await?;
    }
    Ok(true)
}

/// A job is about a conversation that another took in: what is left there is gathered and answered there. False: there was none.
pub(crate) async fn follow(ctx: &Ctx, claimed: &Claimed, scope: &CompanyScope, conversation_id: Uuid) -> Result<bool> {
    let mut tx = ctx.db().begin(scope).await?;
    if !gather_talk(ctx, &mut tx, scope, conversation_id).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(true)
}
