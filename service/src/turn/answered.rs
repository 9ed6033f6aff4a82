//! Who answers: the company's model, or the offline assistant.

use super::{Loaded, MAX_MESSAGES, check, shop};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::model::{self, Answerer, Spent};
use assistant::model::{Limits, Said, Used};
use assistant::turn::{ShopError, TurnInput, TurnOutput};
use entity::message;
use entity::stored::MessageDirection;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Earlier messages that a model is shown; their size has its own limit.
const HISTORY: u64 = 30;

/// What the turn comes to. What a model cost is put to `spent`.
pub(super) async fn answer(
    ctx: &Ctx,
    scope: &CompanyScope,
    shop: &shop::Shop<'_>,
    loaded: &Loaded,
    input: TurnInput,
    spent: &mut Vec<Spent>,
) -> Result<TurnOutput> {
    let model::Chosen { model, own } = match model::answerer(ctx, scope, shop.company()).await? {
        Answerer::Model(chosen) => *chosen,
        Answerer::Offline => return offline(shop, input).await,
        Answerer::Instead(why, detail) => {
            let mut output = offline(shop, input).await?;
            output.reasons.push(assistant::model::not_asked(why, &detail));
            return Ok(output);
        }
    };
    let history = history(ctx, scope, loaded).await?;
    // A turn that is answered anew, because what was chosen is taken, has no more time for it than one that is not.
    let waited = spent.iter().map(|spent| spent.time).sum();
    let within = ctx.engine().outside.model_time.saturating_sub(waited);
    let limits = Limits { within, ..Limits::default() };
    let again = input.clone();
    let endpoint = model.endpoint();
    let paid = |used: &Used, fell_back: Option<String>, detail: Option<String>| Spent {
        purpose: "turn",
        own,
        model: endpoint.model.clone(),
        calls: used.calls,
        usage: used.usage,
        cost_micros: endpoint.price.of(used.usage),
        time: used.time,
        fell_back,
        detail,
    };
    let answered = match assistant::model::answer(shop, input, &history, &model, &limits).await {
        Ok(answered) => answered,
        Err(broken) => {
            if broken.used.calls > 0 {
                spent.push(paid(&broken.used, Some("broken".to_owned()), Some(broken.to_string())));
            }
            return Err(out_of(broken.error));
        }
    };
    let why = answered.fell_back.as_ref();
    let mut paid = paid(&answered.used, why.map(|why| why.code().to_owned()), why.map(ToString::to_string));
    if let Some(why) = &answered.fell_back {
        tracing::warn!(%why, conversation = %loaded.conversation.id, "the offline assistant answered for the model");
        metrics::counter!("model_fell_back", "why" => why.code()).increment(1);
    }
    let output = match check(shop, &answered.output) {
        Ok(()) => answered.output,
        // The model's own check is the stricter one; should it ever let something through, nothing of it is sent.
        Err(violations) if answered.fell_back.is_none() => {
            tracing::error!(?violations, conversation = %loaded.conversation.id, "a model's reply was stopped");
            paid.fell_back = Some("faults".to_owned());
            paid.detail = Some(format!("reply stopped: {violations:?}"));
            offline(shop, again).await?
        }
        Err(_) => answered.output,
    };
    spent.push(paid);
    Ok(output)
}

async fn offline(shop: &shop::Shop<'_>, input: TurnInput) -> Result<TurnOutput> {
    Box::pin(assistant::offline::answer(shop, input)).await.map_err(out_of)
}

/// Our own error, as it was before it went through the assistant.
fn out_of(error: ShopError) -> Error {
    error.0.downcast().map_or_else(|error| Error::Unavailable(format!("assistant: {error}")), |error| *error)
}

/// What was said before the messages of this turn, oldest first.
async fn history(ctx: &Ctx, scope: &CompanyScope, loaded: &Loaded) -> Result<Vec<Said>> {
    let now: Vec<_> = loaded.messages.iter().map(|message| message.id).collect();
    let mut rows = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(loaded.conversation.id))
        .filter(message::Column::Direction.ne(MessageDirection::Note))
        .order_by_desc(message::Column::CreatedAt)
        .order_by_desc(message::Column::Id)
        .limit(HISTORY + MAX_MESSAGES)
        .all(&ctx.db().read(scope))
        .await?;
    rows.retain(|row| !now.contains(&row.id));
    rows.truncate(usize::try_from(HISTORY).unwrap_or(0));
    rows.reverse();
    Ok(rows
        .into_iter()
        .map(|row| Said { by_customer: row.direction == MessageDirection::Inbound, text: crate::inbox::said(&row) })
        .collect())
}
