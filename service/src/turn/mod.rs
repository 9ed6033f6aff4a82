//! A turn: every unanswered message of a conversation is answered together, in one transaction (architecture §5 "Turn").

mod answered;
mod cart;
mod shop;

pub use assistant::turn::FreeSlot;
pub use cart::{CartView, Dialogue, Shelf, cart, dialogues, reasons, shelf};
pub(crate) use shop::free_slots;
pub use shop::slots_for;

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::inbox::{self, Attachment, NewOutbound, needs_attention, store_outbound};
use crate::job::{self, Claimed, Failure, Job};
use crate::model::{self, Spent};
use crate::order::{self, PlaceError, Placing};
use assistant::notice::Notice;
use assistant::turn::{DialogueState, Effect, Inbound, Reason, ReasonLine, Shop as _, TurnInput, TurnOutput};
use domain::language::Language;
use domain::reply::{DraftReply, Policy};
use entity::stored::{ConversationOwner, EventKind, MessageAuthor, MessageDirection, TurnStatus};
use entity::{contact, conversation, message, turn};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The most messages answered in one turn; more get the next one.
const MAX_MESSAGES: u64 = 50;
/// How often a turn is answered anew because a slot or stock was taken under it.
const MAX_TRIES: usize = 3;

/// A turn that fails by itself is tried so often, which takes half a minute; then the customer is told. One whose process dies or
/// whose database breaks off is mostly not at fault, and has all attempts of its job.
const ENOUGH: i32 = 5;
/// Between the tries beyond.
const BEYOND: Duration = Duration::from_secs(2);

/// Answers what a customer wrote.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AnswerTurn {
    pub(crate) conversation_id: Uuid,
}

impl AnswerTurn {
    pub(crate) fn key(&self) -> String {
        format!("turn:{}", self.conversation_id)
    }
}

impl Job for AnswerTurn {
    const KIND: &'static str = "answer_turn";

    fn unique_key(&self) -> Option<String> {
        Some(self.key())
    }

    fn lane(&self) -> Option<String> {
        Some(self.key())
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.conversation_id)
    }
}

/// Runs [`AnswerTurn`].
pub(crate) async fn answer(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: AnswerTurn = claimed.payload()?;
    let last_try = claimed.row.attempts >= claimed.row.max_attempts;
    let enough = last_try || claimed.row.attempts >= ENOUGH;
    // The run before this one killed its process, panicked or took too long: if the last one did too, the customer would be left
    // without an answer or a mark.
    if job::broke_off(&claimed.row) && (last_try || (enough && !job::went_silent(&claimed.row))) {
        let why = "answering broke off again and again";
        return Ok(fall_back(ctx, claimed, &scope, payload.conversation_id, why).await?);
    }
    let mut spent = Vec::new();
    let result = Box::pin(try_answer(ctx, claimed, &scope, payload.conversation_id, &mut spent)).await;
    // What a model cost is paid, whatever became of the turn.
    if result.is_err()
        && let Err(error) = record_lost(ctx, &scope, &spent).await
    {
        tracing::error!(error = error.private(), ?spent, "the cost of a model could not be stored");
    }
    if matches!(result, Err(Error::NotFound("conversation")))
        && inbox::follow(ctx, claimed, &scope, payload.conversation_id).await?
    {
        return Ok(());
    }
    match result {
        Ok(()) => Ok(()),
        // The last try ends with the apology and the visible mark, so that nobody waits for ever (R68, architecture §6.10).
        Err(error) if !matches!(error, Error::Away(_)) && (last_try || (enough && !error.passes())) => {
            tracing::error!(error = error.private(), conversation = %payload.conversation_id, "a turn failed for good");
            Ok(fall_back(ctx, claimed, &scope, payload.conversation_id, &error.private()).await?)
        }
        Err(error @ Error::Unavailable(_)) if enough => {
            Err(Failure { reason: error.private(), retry: job::Retry::After(BEYOND) })
        }
        Err(error) => Err(error.into()),
    }
}

struct Loaded {
    conversation: conversation::Model,
    contact: contact::Model,
    messages: Vec<message::Model>,
}

async fn load(ctx: &Ctx, scope: &CompanyScope, conversation_id: Uuid) -> Result<Loaded> {
    let conversation = inbox::conversation(ctx, scope, conversation_id).await?;
    let contact = inbox::contact(ctx, scope, conversation.contact_id).await?;
    let messages = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Direction.eq(MessageDirection::Inbound))
        .filter(message::Column::TurnId.is_null())
        .order_by_asc(message::Column::CreatedAt)
        .order_by_asc(message::Column::Id)
        .limit(MAX_MESSAGES)
        .all(&ctx.db().read(scope))
        .await?;
    Ok(Loaded { conversation, contact, messages })
}

async fn record_lost(ctx: &Ctx, scope: &CompanyScope, spent: &[Spent]) -> Result<()> {
    if spent.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.db().begin(scope).await?;
    for spent in spent {
        model::record(ctx, &mut tx, scope, None, spent).await?;
    }
    ctx.commit(tx).await
}

async fn try_answer(
    ctx: &Ctx,
    claimed: &Claimed,
    scope: &CompanyScope,
    conversation_id: Uuid,
    spent: &mut Vec<Spent>,
) -> Result<()> {
    for attempt in 1.. {
        let started = Instant::now();
        let started_at = ctx.time();
        let loaded = load(ctx, scope, conversation_id).await?;
        if loaded.messages.is_empty() || loaded.conversation.owner == ConversationOwner::Operator {
            return finish_only(ctx, claimed).await;
        }
        if let Some(until) = inbox::waits_until(&loaded.messages, ctx.time())
            && model::hears(ctx, scope).await?
        {
            return put_off(ctx, claimed, scope, conversation_id, until).await;
        }
        let shop = shop::Shop::load(ctx, scope, &loaded.conversation, &loaded.contact).await?;
        let input = TurnInput {
            messages: loaded.messages.iter().map(inbound).collect(),
            now: ctx.now(),
            state: serde_json::from_value(loaded.conversation.dialogue.clone()).unwrap_or_default(),
            first_contact: loaded.contact.notice_at.is_none(),
        };
        let output = Box::pin(answered::answer(ctx, scope, &shop, &loaded, input, spent)).await?;
        if let Err(violations) = check(&shop, &output) {
            tracing::error!(?violations, conversation = %conversation_id, "a reply was stopped");
            record_lost(ctx, scope, &std::mem::take(spent)).await?;
            return fall_back(ctx, claimed, scope, conversation_id, &format!("reply stopped: {violations:?}")).await;
        }
        let work_us = i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX);
        match store(ctx, claimed, scope, &shop, &loaded, &output, started_at, work_us, spent).await {
            Ok(()) => {
                metrics::histogram!("turn_work_seconds").record(started.elapsed().as_secs_f64());
                return Ok(());
            }
            Err(PlaceError::SlotTaken | PlaceError::StockTaken) if attempt < MAX_TRIES => {}
            Err(PlaceError::SlotTaken | PlaceError::StockTaken) => {
                return Err(Error::Unavailable("what was chosen is taken again and again".to_owned()));
            }
            Err(PlaceError::Failed(error)) => return Err(error),
        }
    }
    Ok(())
}

fn inbound(message: &message::Model) -> Inbound {
    let attachments = inbox::attachments(message);
    let unreadable = attachments.iter().any(|attachment| attachment.kind != "contact" && attachment.words().is_none());
    Inbound { text: inbox::said(message), contact_phone: None, unreadable_attachment: unreadable }
}

/// What was spoken is waited for where somebody listens.
async fn put_off(
    ctx: &Ctx,
    claimed: &Claimed,
    scope: &CompanyScope,
    conversation_id: Uuid,
    until: entity::time::Time,
) -> Result<()> {
    let mut tx = ctx.db().begin(scope).await?;
    job::enqueue_unless_waiting(ctx, &mut tx, scope, &AnswerTurn { conversation_id }, until).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await
}

/// The last gate: `domain::reply` over every reply (architecture §6.6).
fn check(shop: &shop::Shop<'_>, output: &TurnOutput) -> Result<(), Vec<domain::reply::Violation>> {
    for reply in &output.replies {
        let draft = DraftReply { text: &reply.text, image: reply.image.as_deref(), video: reply.video.as_deref() };
        gate(shop, output, &draft)?;
    }
    Ok(())
}

fn gate(
    shop: &shop::Shop<'_>,
    output: &TurnOutput,
    draft: &DraftReply<'_>,
) -> Result<(), Vec<domain::reply::Violation>> {
    let items = shop.catalogue().items();
    let mentioned: Vec<&domain::catalog::Item> = items
        .iter()
        .filter(|item| {
            output.items_offered.contains(&item.key)
                || output.state.focus.contains(&item.key)
                || output.state.cart.quantity(&item.key) > 0
        })
        .map(|item| &**item)
        .collect();
    let profile = shop.profile();
    let own_hosts = [shop.own_host().to_owned()];
    let policy = Policy {
        max_chars: profile.channel.max_chars(),
        language: output.language,
        own_hosts: &own_hosts,
        internal: &mentioned,
        contacts_allowed: output.contacts_allowed,
    };
    domain::reply::check(draft, &output.facts, &policy)
}

/// The buttons of the last reply. They pass the same gate; what does not is left out, the text says it anyway.
fn offered(shop: &shop::Shop<'_>, output: &TurnOutput) -> Vec<inbox::Button> {
    let buttons = assistant::buttons::offered(shop, output);
    if buttons.is_empty() {
        return buttons;
    }
    let words: Vec<&str> = buttons
        .iter()
        .flat_map(|button| [Some(button.label.as_str()), button.says.as_deref(), button.url.as_deref()])
        .flatten()
        .collect();
    match gate(shop, output, &DraftReply { text: &words.join("\n"), image: None, video: None }) {
        Ok(()) => buttons,
        Err(violations) => {
            tracing::warn!(?violations, "the buttons of a reply were left out");
            Vec::new()
        }
    }
}

async fn finish_only(ctx: &Ctx, claimed: &Claimed) -> Result<()> {
    let mut tx = ctx.db().begin(&claimed.scope()?).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await
}

/// Sets the conversation's new state, unless somebody changed it since it was read. False: start over.
async fn claim_revision(
    ctx: &Ctx,
    tx: &Tx,
    conversation: &conversation::Model,
    state: &DialogueState,
    language: Language,
) -> Result<bool> {
    let updated = conversation::Entity::update_many()
        .col_expr(conversation::Column::Dialogue, Expr::value(serde_json::to_value(state)?))
        .col_expr(conversation::Column::Language, Expr::value(Some(language.code().to_owned())))
        .col_expr(conversation::Column::Revision, Expr::col(conversation::Column::Revision).add(1))
        .filter(conversation::Column::Id.eq(conversation.id))
        .filter(conversation::Column::Revision.eq(conversation.revision))
        .filter(conversation::Column::Owner.eq(ConversationOwner::Assistant))
        .exec(tx)
        .await?;
    let _ = ctx;
    Ok(updated.rows_affected == 1)
}

#[expect(clippy::too_many_arguments, reason = "one transaction stores all of a turn")]
async fn store(
    ctx: &Ctx,
    claimed: &Claimed,
    scope: &CompanyScope,
    shop: &shop::Shop<'_>,
    loaded: &Loaded,
    output: &TurnOutput,
    started_at: entity::time::Time,
    work_us: i64,
    spent: &[Spent],
) -> Result<(), PlaceError> {
    let conversation = &loaded.conversation;
    let mut tx = ctx.db().begin(scope).await?;
    // In the order of all (ARCHITECTURE.md §4): the contact, the order, the conversation.
    remember_contact(ctx, &tx, &loaded.contact, output).await?;
    if let Some(order_id) = touched(shop, &output.effects) {
        order::lock(&tx, scope, order_id).await?;
    }
    if !claim_revision(ctx, &tx, conversation, &output.state, output.language).await? {
        // A person took it meanwhile, or another change came first: the next run sees what is true then.
        return Err(PlaceError::Failed(Error::Unavailable("the conversation changed during the turn".to_owned())));
    }
    let turn_id = ctx.new_id();
    let called = output.effects.iter().any(|effect| matches!(effect, Effect::CallPerson { .. }));
    record(
        ctx,
        &tx,
        scope,
        turn::ActiveModel {
            id: Set(turn_id),
            company_id: Set(scope.id()),
            conversation_id: Set(conversation.id),
            status: Set(if called { TurnStatus::HandedOver } else { TurnStatus::Answered }),
            intent: Set(Some(output.intent.clone())),
            language: Set(Some(output.language.code().to_owned())),
            asks: Set(json!(output.asks)),
            items_offered: Set(json!(output.items_offered)),
            reasons: Set(json!(output.reasons)),
            work_us: Set(work_us),
            error: Set(None),
            started_at: Set(started_at),
            finished_at: Set(Some(ctx.time())),
        },
        &loaded.messages,
    )
    .await?;
    for spent in spent {
        model::record(ctx, &mut tx, scope, Some(turn_id), spent).await?;
    }
    for effect in &output.effects {
        carry_out(ctx, &mut tx, scope, shop, conversation, effect).await?;
    }
    for (place, reply) in output.replies.iter().enumerate() {
        let attachment = |kind: &str, url: &Option<String>| url.as_ref().map(|url| Attachment::at(kind, url));
        let outbound = NewOutbound {
            id: None,
            author: MessageAuthor::Assistant,
            author_user_id: None,
            text: reply.text.clone(),
            language: Some(output.language),
            attachments: attachment("image", &reply.image)
                .into_iter()
                .chain(attachment("video", &reply.video))
                .collect(),
            buttons: if place + 1 == output.replies.len() { offered(shop, output) } else { Vec::new() },
            turn_id: Some(turn_id),
            place: i64::try_from(place).unwrap_or(0),
        };
        store_outbound(ctx, &mut tx, scope, conversation, outbound).await?;
    }
    crate::event::emit(ctx, &mut tx, scope, EventKind::Conversation, conversation.id).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await?;
    Ok(())
}

async fn record(
    ctx: &Ctx,
    tx: &Tx,
    scope: &CompanyScope,
    row: turn::ActiveModel,
    messages: &[message::Model],
) -> Result<()> {
    let turn = row.insert(tx).await?;
    message::Entity::update_many()
        .col_expr(message::Column::TurnId, Expr::value(Some(turn.id)))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::Id.is_in(messages.iter().map(|message| message.id)))
        .exec(tx)
        .await?;
    let _ = ctx;
    Ok(())
}

/// Notes that messages were left to a person.
pub(crate) async fn record_silent(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    conversation_id: Uuid,
    turn_id: Uuid,
) -> Result<()> {
    let reason = Reason {
        step: "decided".to_owned(),
        detail: "A person held the conversation; these messages were theirs to answer.".to_owned(),
        lines: vec![ReasonLine { code: "left_to_person".to_owned(), values: serde_json::Map::new() }],
        items: Vec::new(),
    };
    turn::ActiveModel {
        id: Set(turn_id),
        company_id: Set(scope.id()),
        conversation_id: Set(conversation_id),
        status: Set(TurnStatus::Silent),
        intent: Set(None),
        language: Set(None),
        asks: Set(json!([])),
        items_offered: Set(json!([])),
        reasons: Set(json!([reason])),
        work_us: Set(0),
        error: Set(None),
        started_at: Set(ctx.time()),
        finished_at: Set(Some(ctx.time())),
    }
    .insert(&*tx)
    .await?;
    Ok(())
}

async fn carry_out(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    shop: &shop::Shop<'_>,
    conversation: &conversation::Model,
    effect: &Effect,
) -> Result<(), PlaceError> {
    match effect {
        Effect::Checkout(draft) => {
            if let Some(open) = shop.open_order_id() {
                order::put_aside(ctx, tx, scope, open).await?;
            }
            let items = shop.items_of(&draft.quote);
            let placing = Placing {
                company: shop.company(),
                branch: shop.branch(),
                conversation,
                draft,
                items: &items,
                link_token: shop.link_token(),
            };
            order::place(ctx, tx, scope, &placing).await?;
        }
        Effect::PutOrderAside => {
            if let Some(open) = shop.open_order_id() {
                order::put_aside(ctx, tx, scope, open).await?;
            }
        }
        Effect::StopReminders => {
            if let Some(open) = shop.order_id() {
                order::cancel_reminders(ctx, tx, scope, open, None, "customer").await?;
                crate::event::emit(ctx, tx, scope, EventKind::Order, open).await?;
            }
        }
        Effect::CallPerson { reason } => needs_attention(ctx, tx, scope, conversation.id, reason).await?,
    }
    Ok(())
}

/// The order that the turn changes, beside one that it makes.
fn touched(shop: &shop::Shop<'_>, effects: &[Effect]) -> Option<Uuid> {
    effects.iter().find_map(|effect| match effect {
        Effect::Checkout(_) | Effect::PutOrderAside => shop.open_order_id(),
        Effect::StopReminders => shop.order_id(),
        Effect::CallPerson { .. } => None,
    })
}

async fn remember_contact(ctx: &Ctx, tx: &Tx, contact: &contact::Model, output: &TurnOutput) -> Result<()> {
    let mut row = contact.clone().into_active_model();
    if contact.notice_at.is_none() {
        row.notice_at = Set(Some(ctx.time()));
    }
    if contact.language.as_deref() != Some(output.language.code()) {
        row.language = Set(Some(output.language.code().to_owned()));
    }
    if let Some(name) = &output.state.given.name
        && contact.name.as_ref() != Some(name)
    {
        row.name = Set(Some(name.clone()));
    }
    if let Some(phone) = &output.state.given.phone
        && contact.phone.as_ref() != Some(phone)
    {
        row.phone = Set(Some(phone.clone()));
    }
    if !row.is_changed() {
        return Ok(());
    }
    match row.update(tx).await {
        Ok(_) => Ok(()),
        // It became part of another meanwhile: the next run sees what is true then.
        Err(DbErr::RecordNotUpdated) => Err(Error::Unavailable("the contact changed during the turn".to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Apologises, marks the conversation for staff and says why (R68).
async fn fall_back(ctx: &Ctx, claimed: &Claimed, scope: &CompanyScope, conversation_id: Uuid, why: &str) -> Result<()> {
    let loaded = load(ctx, scope, conversation_id).await?;
    if loaded.conversation.owner == ConversationOwner::Operator {
        return finish_only(ctx, claimed).await;
    }
    let company = crate::company::get(ctx, scope).await?;
    let language = loaded
        .conversation
        .language
        .as_deref()
        .and_then(Language::from_code)
        .or_else(|| loaded.messages.iter().rev().find_map(|message| domain::language::detect(&inbox::said(message))))
        .unwrap_or_else(|| crate::company::language(&company));
    let mut tx = ctx.db().begin(scope).await?;
    // The conversation before its messages (ARCHITECTURE.md §4).
    needs_attention(ctx, &mut tx, scope, conversation_id, "turn_failed").await?;
    let turn_id = ctx.new_id();
    record(
        ctx,
        &tx,
        scope,
        turn::ActiveModel {
            id: Set(turn_id),
            company_id: Set(scope.id()),
            conversation_id: Set(conversation_id),
            status: Set(TurnStatus::Failed),
            intent: Set(None),
            language: Set(Some(language.code().to_owned())),
            asks: Set(json!([])),
            items_offered: Set(json!([])),
            reasons: Set(json!([])),
            work_us: Set(0),
            error: Set(Some(why.chars().take(500).collect())),
            started_at: Set(ctx.time()),
            finished_at: Set(Some(ctx.time())),
        },
        &loaded.messages,
    )
    .await?;
    let mut outbound = NewOutbound::system(Notice::Fallback.text(language, &jiff::tz::TimeZone::UTC), language);
    outbound.turn_id = Some(turn_id);
    outbound.author = MessageAuthor::Assistant;
    store_outbound(ctx, &mut tx, scope, &loaded.conversation, outbound).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    ctx.commit(tx).await
}
