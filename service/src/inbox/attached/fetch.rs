//! From the provider into our own files.

use super::{Arrival, Attachment, HearVoice, Hearing, Received};
use crate::access::CompanyScope;
use crate::channel::{self as channels, adapter};
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::file;
use crate::job::{self, Claimed, Failure, Job};
use entity::message;
use entity::stored::ChannelStatus;
use gateway::channel::TOO_LARGE;
use gateway::error::{Error as ProviderError, Kind, Retry};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Fetches what a customer attached to a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FetchMedia {
    pub(crate) message_id: Uuid,
}

impl Job for FetchMedia {
    const KIND: &'static str = "fetch_media";
    const MAX_ATTEMPTS: i32 = 6;

    fn unique_key(&self) -> Option<String> {
        Some(format!("fetch:{}", self.message_id))
    }

    fn lane(&self) -> Option<String> {
        Some(super::lane(self.message_id))
    }

    fn subject(&self) -> Option<Uuid> {
        Some(self.message_id)
    }
}

/// Fetches once more what a customer attached and could not be fetched: staff decided so. What is too large stays where it is.
/// Nobody is answered anew: what was said in a recording that came too late is for staff to hear.
///
/// # Errors
/// `NotFound`; `Invalid` for `id` when nothing of the message has failed that may come.
pub async fn fetch_again(ctx: &Ctx, scope: &CompanyScope, message_id: Uuid) -> Result<message::Model> {
    let mut tx = ctx.db().begin(scope).await?;
    let message = message::Entity::find_by_id(message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(Error::NotFound("message"))?;
    let mut attachments = crate::inbox::attachments(&message);
    let mut failed = false;
    for received in attachments.iter_mut().filter_map(|attachment| attachment.received.as_mut()) {
        if received.state == Arrival::Failed && received.error.as_deref() != Some(TOO_LARGE) {
            received.state = Arrival::Waiting;
            received.error = None;
            failed = true;
        }
    }
    if !failed {
        return Err(Error::invalid("id", "NOT_FAILED", "Nothing of this message can be fetched again."));
    }
    super::change(ctx, &mut tx, scope, &message, &attachments).await?;
    job::enqueue(ctx, &mut tx, scope, &FetchMedia { message_id }).await?;
    ctx.commit(tx).await?;
    super::message_of(&ctx.db().read(scope), scope, message_id).await
}

/// What became of one file.
enum Fetched {
    Here { media_type: String, size: u64 },
    Failed(&'static str),
}

/// Runs [`FetchMedia`]. The file's id is the attachment's: who dies between the file and the message finds the file.
pub(crate) async fn run(ctx: &Ctx, claimed: &Claimed) -> Result<(), Failure> {
    let scope = claimed.scope()?;
    let payload: FetchMedia = claimed.payload()?;
    let message = super::message_of(&ctx.db().read(&scope), &scope, payload.message_id).await?;
    let attachments = crate::inbox::attachments(&message);
    if !attachments.iter().any(Attachment::is_waiting) {
        return Ok(job::finish_if_running(ctx, claimed).await?);
    }
    let channel = channels::get(ctx, &scope, message.channel_id).await?;
    let last_try = claimed.row.attempts >= claimed.row.max_attempts;
    // Every run before this one killed its process: it is left.
    let kills = last_try && job::broke_off(&claimed.row);
    let mut outcomes: Vec<Option<Fetched>> = Vec::with_capacity(attachments.len());
    let mut trouble: Option<ProviderError> = None;
    for attachment in &attachments {
        let outcome = match &attachment.received {
            Some(received) if received.state == Arrival::Waiting && kills => Some(Fetched::Failed("unavailable")),
            Some(received) if received.state == Arrival::Waiting => {
                match fetch(ctx, &scope, &channel, attachment, received).await {
                    Ok(fetched) => Some(fetched),
                    Err(error) if error.retry != Retry::Never && !last_try => {
                        trouble = Some(error);
                        None
                    }
                    Err(error) => {
                        tracing::warn!(%error, message = %message.id, "what a customer attached could not be fetched");
                        let code = code(&error);
                        trouble = trouble.or(Some(error));
                        Some(Fetched::Failed(code))
                    }
                }
            }
            _ => None,
        };
        outcomes.push(outcome);
    }
    let mut tx = ctx.db().begin(&scope).await?;
    let message = super::message_of(&tx, &scope, message.id).await?;
    let mut attachments = crate::inbox::attachments(&message);
    let (mut changed, mut spoken, mut unheard) = (false, false, false);
    for (attachment, outcome) in attachments.iter_mut().zip(outcomes) {
        let (Some(received), Some(outcome)) = (&mut attachment.received, outcome) else { continue };
        changed = true;
        match outcome {
            Fetched::Here { media_type, size } => {
                received.state = Arrival::Here;
                received.reference = None;
                received.media_type = Some(media_type);
                received.size = Some(size);
                spoken |= received.hearing == Some(Hearing::Waiting);
            }
            Fetched::Failed(code) => {
                received.state = Arrival::Failed;
                received.error = Some(code.to_owned());
                if received.hearing == Some(Hearing::Waiting) {
                    received.hearing = Some(Hearing::Unheard);
                    unheard = true;
                }
            }
        }
    }
    if changed {
        super::change(ctx, &mut tx, &scope, &message, &attachments).await?;
    }
    if spoken {
        job::enqueue(ctx, &mut tx, &scope, &HearVoice { message_id: message.id }).await?;
    } else if unheard {
        super::begin_turn(ctx, &mut tx, &scope, &channel, message.conversation_id).await?;
    }
    if let Some(error) = trouble.as_ref().filter(|error| error.kind == Kind::Credentials) {
        channels::failed(ctx, &mut tx, &scope, &channel, error).await?;
    }
    if attachments.iter().any(Attachment::is_waiting)
        && let Some(error) = trouble
    {
        ctx.commit(tx).await?;
        return Err(channels::failure(&error));
    }
    job::finish(ctx, &mut tx, claimed).await?;
    Ok(ctx.commit(tx).await?)
}

async fn fetch(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &entity::channel::Model,
    attachment: &Attachment,
    received: &Received,
) -> Result<Fetched, ProviderError> {
    let ours = |error: Error| ProviderError::new("x8", Kind::Unavailable, error.private());
    let here = |file: entity::file::Model| Fetched::Here {
        media_type: file.media_type,
        size: u64::try_from(file.size).unwrap_or_default(),
    };
    match file::get(ctx, scope, received.id).await {
        Ok(file) => return Ok(here(file)),
        Err(Error::NotFound(_)) => {}
        Err(error) => return Err(ours(error)),
    }
    let most = file::MAX_RECEIVED_BYTES;
    if received.size.is_some_and(|size| size > most) {
        return Ok(Fetched::Failed(TOO_LARGE));
    }
    let Some(reference) = &received.reference else { return Ok(Fetched::Failed("gone")) };
    if channel.status == ChannelStatus::Disconnected {
        return Ok(Fetched::Failed("credentials"));
    }
    let provider = match adapter::of(ctx, scope, channel).await {
        Ok(provider) => provider,
        Err(Error::NoCredential(_)) => return Ok(Fetched::Failed("credentials")),
        Err(error) => return Err(ours(error)),
    };
    let within = ctx.engine().outside.fetch_time;
    let bytes = provider.fetch(reference, usize::try_from(most).unwrap_or(usize::MAX), within).await?;
    let file = file::keep(ctx, scope, received.id, &attachment.kind, attachment.name.as_deref(), bytes).await;
    file.map(here).map_err(ours)
}

/// The word for staff.
fn code(error: &ProviderError) -> &'static str {
    match (error.kind, error.code.as_deref()) {
        (_, Some(TOO_LARGE)) => TOO_LARGE,
        (Kind::Gone, _) => "gone",
        (Kind::Credentials, _) => "credentials",
        (Kind::Request | Kind::Recipient | Kind::Conflict, _) => "refused",
        (Kind::Unavailable | Kind::Unknown | Kind::RateLimited, _) => "unavailable",
    }
}
