//! What a web-chat visitor may see of the own conversation.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::page::place_of;
use entity::stored::{MessageDirection, MessageStatus};
use entity::time::Time;
use entity::{contact_address, conversation, message};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Where a visitor's page stands: the last message it has, by the moment at which that became visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VisitorCursor {
    /// When it was received or sent.
    pub at: Time,
    /// Which.
    pub id: Uuid,
}

impl VisitorCursor {
    /// The cursor behind this message.
    #[must_use]
    pub fn of(message: &message::Model) -> Self {
        Self { at: visible_at(message), id: message.id }
    }

    /// Reads what [`Display`](std::fmt::Display) writes.
    ///
    /// # Errors
    /// `Invalid` for text that is no cursor.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::invalid("after", "INVALID", "This is not a cursor.");
        let (at, id) = text.split_once('-').ok_or_else(invalid)?;
        Ok(Self { at: Time(at.parse().map_err(|_| invalid())?), id: Uuid::try_parse(id).map_err(|_| invalid())? })
    }

    /// The same place, so many milliseconds earlier.
    #[must_use]
    pub const fn earlier(self, millis: i64) -> Self {
        Self { at: self.at.plus_millis(-millis), id: Uuid::nil() }
    }
}

impl std::fmt::Display for VisitorCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.at.0, self.id.simple())
    }
}

fn visible_at(message: &message::Model) -> Time {
    message.sent_at.unwrap_or(message.created_at)
}

/// The conversation of an address on a channel, once there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn visitor_conversation(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel_id: Uuid,
    kind: &str,
    value: &str,
) -> Result<Option<Uuid>> {
    let address = contact_address::Entity::find()
        .filter(contact_address::Column::CompanyId.eq(scope.id()))
        .filter(contact_address::Column::Kind.eq(kind))
        .filter(contact_address::Column::Value.eq(value))
        .one(&ctx.db().read(scope))
        .await?;
    let Some(address) = address else { return Ok(None) };
    Ok(conversation::Entity::find()
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .filter(conversation::Column::ChannelId.eq(channel_id))
        .filter(conversation::Column::ContactId.eq(address.contact_id))
        .into_tuple::<Uuid>()
        .one(&ctx.db().read(scope))
        .await?)
}

/// Messages as the visitor sees them, in the order in which they became visible: no notes, nothing that was not sent.
/// Without a cursor the last ones.
///
/// A reply waits between being written and being sent, and the visitor may write meanwhile; the order by visibility lets a
/// page that has seen the later message still find the reply after its cursor.
///
/// # Errors
/// When the database does not answer.
pub async fn visitor_messages(
    ctx: &Ctx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    after: Option<VisitorCursor>,
    limit: u64,
) -> Result<Vec<message::Model>> {
    let at: SimpleExpr =
        Func::coalesce([Expr::col(message::Column::SentAt), Expr::col(message::Column::CreatedAt)]).into();
    let mut find = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Direction.ne(MessageDirection::Note))
        .filter(message::Column::Status.is_not_in([
            MessageStatus::Queued,
            MessageStatus::Sending,
            MessageStatus::Failed,
        ]))
        .limit(limit);
    if let Some(after) = after {
        let place = Expr::tuple([at.clone(), message::Column::Id.into_expr()]);
        find = find.filter(place.gt(place_of((after.at, after.id))));
        return Ok(find.order_by(at, Order::Asc).order_by_asc(message::Column::Id).all(&ctx.db().read(scope)).await?);
    }
    let mut rows = find.order_by(at, Order::Desc).order_by_desc(message::Column::Id).all(&ctx.db().read(scope)).await?;
    rows.reverse();
    Ok(rows)
}
