//! From a recording to words, and the turn that waits for them.

use super::{Arrival, Attachment, Hearing};
use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::job::{self, Claimed, Failure, Job};
use crate::turn::AnswerTurn;
use crate::{file, model};
use bytes::Bytes;
use domain::language::Language;
use entity::stored::{ConversationOwner, MessageDirection};
use entity::time::Time;
use entity::{channel, conversation, message};
use futures::TryStreamExt as _;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So long after a voice message its answer waits for its words; then the customer is asked to write.
const WAIT_SECONDS: i64 = 60;
/// Characters of a transcript that are kept: as many as a message may have.
const MOST_CHARACTERS: usize = super::super::MAX_TEXT;

/// Puts the recordings of a message into words.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HearVoice {
    pub(crate) message_id: Uuid,
}

impl Job for HearVoice {
    const KIND: &'static str = "hear_voice";
    const MAX_ATTEMPTS: i32 = 3;

    fn unique_key(&self) -> Option<String> {
        Some(format!("hear:{}", self.message_id))
    }

    fn lane(&self) -> Option<String> {
        Some(super::lane(self.message_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.message_id)
    }
}

fn is_unheard(attachment: &Attachment) -> bool {
    attachment
        .received
        .as_ref()
        .is_some_and(|received| received.state == Arrival::Here && received.hearing == Some(Hearing::Waiting))
}

/// Runs [`HearVoice`]. The transcriber is tried again by its own client, as long as anybody waits; what it could not hear then is
/// answered with a request to write.
pub(crate) async fn run(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: HearVoice = claimed.payload()?;
    let message = super::message_of(&ctx.db().read(&scope), &scope, payload.message_id).await?;
    let conversation = crate::inbox::conversation(ctx, &scope, message.conversation_id).await?;
    let language = conversation.language.as_deref().and_then(Language::from_code);
    let kills = claimed.row.attempts >= claimed.row.max_attempts && job::broke_off(&claimed.row);
    let mut heard: Vec<(Uuid, Option<String>)> = Vec::new();
    for attachment in crate::inbox::attachments(&message).iter().filter(|attachment| is_unheard(attachment)) {
        let Some(received) = &attachment.received else { continue };
        let text = if kills { None } else { hear(ctx, &scope, received, language).await? };
        heard.push((received.id, text));
    }
    let channel = crate::channel::get(ctx, &scope, message.channel_id).await?;
    let mut tx = ctx.db().begin(&scope).await?;
    let message = super::message_of(&tx, &scope, message.id).await?;
    let mut attachments = crate::inbox::attachments(&message);
    for received in attachments.iter_mut().filter_map(|attachment| attachment.received.as_mut()) {
        let Some((_, text)) = heard.iter().find(|(id, _)| *id == received.id) else { continue };
        received.hearing = Some(match text {
            Some(text) => Hearing::Heard { text: text.clone() },
            None => Hearing::Unheard,
        });
    }
    super::change(ctx, &mut tx, &scope, &message, &attachments).await?;
    begin_turn(ctx, &mut tx, &scope, &channel, message.conversation_id).await?;
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

async fn hear(
    ctx: &Ctx,
    scope: &CompanyScope,
    received: &super::Received,
    language: Option<Language>,
) -> Result<Option<String>> {
    let file = match file::get(ctx, scope, received.id).await {
        Ok(file) => file,
        Err(Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let parts: Vec<Bytes> = file::open(ctx, &file).await?.try_collect().await?;
    let audio = Bytes::from(parts.concat());
    let heard = model::transcribe(ctx, scope, audio, &file.media_type, language).await?;
    Ok(heard.map(|text| {
        let clean = text.chars().filter(|c| !c.is_control() || *c == '\n').take(MOST_CHARACTERS);
        clean.collect::<String>().trim().to_owned()
    }))
}

/// Until when the answer to these messages waits for words; none when there is nothing to wait for.
pub(crate) fn waits_until(messages: &[message::Model], now: Time) -> Option<Time> {
    let waiting = |message: &&message::Model| {
        let attachments = crate::inbox::attachments(message);
        attachments
            .iter()
            .filter_map(|attachment| attachment.received.as_ref())
            .any(|received| received.state != Arrival::Failed && received.hearing == Some(Hearing::Waiting))
    };
    let until = |message: &message::Model| message.created_at.plus_seconds(WAIT_SECONDS);
    messages.iter().filter(waiting).map(until).filter(|until| *until > now).max()
}

/// The words are there, or will not come: the turn that waits for them begins, after the quiet period of the last message.
pub(crate) async fn begin_turn(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    channel: &channel::Model,
    conversation_id: Uuid,
) -> Result<()> {
    let conversation = conversation::Entity::find_by_id(conversation_id)
        .filter(conversation::Column::CompanyId.eq(scope.id()))
        .one(tx)
        .await?
        .ok_or(Error::NotFound("conversation"))?;
    if conversation.owner != ConversationOwner::Assistant {
        return Ok(());
    }
    let last = message::Entity::find()
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ConversationId.eq(conversation_id))
        .filter(message::Column::Direction.eq(MessageDirection::Inbound))
        .filter(message::Column::TurnId.is_null())
        .order_by_desc(message::Column::CreatedAt)
        .one(tx)
        .await?;
    // Answered meanwhile: the words are for staff.
    let Some(last) = last else { return Ok(()) };
    let quiet = last.created_at.plus_millis(i64::from(channel.quiet_period_ms));
    job::enqueue_at(ctx, tx, scope, &AnswerTurn { conversation_id }, quiet.max(ctx.time())).await?;
    Ok(())
}
