//! Everything that names one contact, or one conversation, names another from then on.
//!
//! What is held until the end is taken in the order of all (ARCHITECTURE.md §4): the contacts, their orders, their
//! conversations, and only then what is in these.

use super::super::send::SendMessage;
use super::{CONVERSATION, Why, lead};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::{Tx, is_constraint};
use crate::error::{Error, Result};
use crate::job::{self, Job as _};
use crate::turn::AnswerTurn;
use assistant::turn::DialogueState;
use entity::stored::{ConversationOwner, ConversationStatus, EventKind, JobStatus, MessageDirection};
use entity::{contact_address, conversation, job as job_table, message, order, reminder, turn};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel as _, QueryFilter,
    QueryOrder, QuerySelect as _,
};
use uuid::Uuid;

/// Why two are not made one this time: trying again finds the conversation that was being made.
pub(super) const BEGAN_MEANWHILE: &str = "a conversation of the two is just being made";

/// What changed hands.
#[derive(Default)]
pub(super) struct Moved {
    /// Conversations that are the kept contact's now, or took one in.
    pub(super) talks: Vec<conversation::Model>,
    /// Conversations that are no more.
    pub(super) gone: Vec<Uuid>,
}

/// Gives everything that names `gone` to `keep`.
pub(super) async fn gather(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    keep: Uuid,
    gone: Uuid,
    why: Why,
) -> Result<Moved> {
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
                moved.talks.push(row.update(&*tx).await.map_err(began_meanwhile)?);
            }
        }
    }
    Ok(moved)
}

/// The one that stays begins to write on the channel at this moment.
fn began_meanwhile(error: DbErr) -> Error {
    if is_constraint(&error) { Error::Unavailable(BEGAN_MEANWHILE.to_owned()) } else { error.into() }
}

/// The orders of a conversation, held: who holds a conversation asks for no order any more.
pub(super) async fn orders_of(tx: &Tx, scope: &CompanyScope, conversation_id: Uuid) -> Result<Vec<order::Model>> {
    Ok(order::Entity::find()
        .filter(order::Column::CompanyId.eq(scope.id()))
        .filter(order::Column::ConversationId.eq(conversation_id))
        .order_by_asc(order::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?)
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
pub(super) async fn take_rows(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    from: Uuid,
    into: &conversation::Model,
) -> Result<u64> {
    let orders = orders_of(tx, scope, from).await?;
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
