//! What arrives late: a message of the person may be on its way in or out while two contacts become one, in a transaction that
//! began before. What such a one leaves under the old ids is gathered by a job a moment later, and by a turn that meets it first.
//! SQLite has one writer: nothing is on its way there.

use super::hand_over::{gather, orders_of, take_rows};
use super::{Why, led, trace};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use entity::{conversation, message};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel as _, QueryFilter, QueryOrder,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Seconds after which what was on its way is gathered: soon, and once more when no transaction of ours can be open any more
/// (`db::SESSION`).
const PAUSES: [i64; 2] = [15, 180];

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
    let again = GatherMerged { contact_id: payload.contact_id, conversations, round: payload.round + 1 };
    look_again(ctx, &mut tx, &scope, again).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

/// Sees to it that what is not here yet is gathered, as long as something may come.
pub(super) async fn look_again(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, again: GatherMerged) -> Result<()> {
    if let Some(pause) = PAUSES.get(again.round) {
        job::enqueue_at(ctx, tx, scope, &again, ctx.time().plus_seconds(*pause)).await?;
    }
    Ok(())
}

/// Gives what still names a conversation that is no more to the one that took it in. False: it was never taken in.
async fn gather_talk(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, from: Uuid) -> Result<bool> {
    let Some(into) = led(tx, scope, from).await? else { return Ok(false) };
    orders_of(tx, scope, from).await?;
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
        row.preview = Set(crate::inbox::preview(&late.text));
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
