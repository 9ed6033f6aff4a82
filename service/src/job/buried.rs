//! What a job that is dead leaves behind for people to see, by its kind: the one list. It is written in the transaction that
//! buries the job, so that nothing which waits for it is forgotten in silence (architecture §6.10).

use super::Job as _;
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::Result;
use crate::inbox::{self, needs_attention};
use crate::order::BookOrder;
use crate::payment::{CheckPage, ExpirePage, RefundPayment, SettlePayment};
use crate::turn::AnswerTurn;
use entity::{job, order};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Marks what the job was about. A kind that is not named here leaves the dead job itself, which staff see among the jobs.
pub(super) async fn show(ctx: &Ctx, tx: &mut Tx, scope: &CompanyScope, row: &job::Model) -> Result<()> {
    match row.kind.as_str() {
        AnswerTurn::KIND => match row.subject_id {
            Some(conversation_id) => needs_attention(ctx, tx, scope, conversation_id, "turn_failed").await,
            None => Ok(()),
        },
        inbox::SendMessage::KIND => match serde_json::from_value(row.payload.clone()) {
            Ok(payload) => inbox::not_sent(ctx, tx, scope, &payload).await,
            // Of another version: which message it was nobody can read any more.
            Err(_) => Ok(()),
        },
        // Whether money came by the page is not known here any more.
        SettlePayment::KIND | CheckPage::KIND | ExpirePage::KIND => {
            of_order(ctx, tx, scope, row.subject_id, "payment_unwatched").await
        }
        RefundPayment::KIND => of_order(ctx, tx, scope, row.subject_id, "refund_failed").await,
        BookOrder::KIND => of_order(ctx, tx, scope, row.subject_id, "not_booked").await,
        _ => Ok(()),
    }
}

async fn of_order(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    order_id: Option<Uuid>,
    reason: &'static str,
) -> Result<()> {
    let Some(order_id) = order_id else { return Ok(()) };
    let order = order::Entity::find_by_id(order_id).filter(order::Column::CompanyId.eq(scope.id())).one(&*tx).await?;
    match order {
        Some(order) => needs_attention(ctx, tx, scope, order.conversation_id, reason).await,
        None => Ok(()),
    }
}
