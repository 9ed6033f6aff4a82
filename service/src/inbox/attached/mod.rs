//! What comes with a message. What a customer attached is at the provider first: the message is stored at once, a job fetches
//! the rest into the program's own files, and what was spoken is put into words before the assistant answers.

mod fetch;
mod hear;

pub use fetch::fetch_again;
pub(crate) use fetch::{FetchMedia, run as run_fetch};
pub(crate) use hear::{HearVoice, begin_turn, run as run_hear, waits_until};

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::db::Tx;
use crate::error::{Error, Result};
use entity::message;
use entity::stored::EventKind;
use gateway::channel::{Media, MediaKind};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something attached to a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// `image`, `video`, `voice`, `file`, `contact`.
    pub kind: String,
    /// Where it is: a public address of what the assistant sends, `tel:` of a contact; empty for what a customer attached, which
    /// is served by its id.
    pub url: String,
    /// Name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// What a customer attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Received>,
}

/// How far something received is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// At the provider; it is being fetched.
    Waiting,
    /// Here.
    Here,
    /// It could not be fetched.
    Failed,
}

/// What became of the words of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Hearing {
    /// They are being put down.
    Waiting,
    /// These.
    Heard {
        /// As the transcriber gives them.
        text: String,
    },
    /// Nobody listens here, or it failed.
    Unheard,
}

/// Something that a customer attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Its id, which is its file's as well.
    pub id: Uuid,
    /// How far it is.
    pub state: Arrival,
    /// The provider's name of it, until it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Media type: as the platform tells it, once it is here by its first bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes, as far as known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Why it could not be fetched: `too_large`, `gone`, `credentials`, `refused`, `unavailable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Of a recording: what was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing: Option<Hearing>,
}

/// Characters of a media type or a code that a provider tells.
const TOLD_CHARACTERS: usize = 100;

impl Attachment {
    /// Something of ours, by its public address.
    pub(crate) fn at(kind: &str, url: &str) -> Self {
        Self { kind: kind.to_owned(), url: url.to_owned(), name: None, received: None }
    }

    /// Something that a provider reports with a message.
    pub(crate) fn of(ctx: &Ctx, media: Media) -> Self {
        let Media { kind, reference, name, media_type, size } = media;
        let name = name.map(|name| name.chars().filter(|c| !c.is_control()).take(200).collect());
        if kind == MediaKind::Contact {
            let phone: String = reference.chars().filter(|c| c.is_ascii_digit() || *c == '+').take(20).collect();
            return Self { kind: kind.as_str().to_owned(), url: format!("tel:{phone}"), name, received: None };
        }
        let received = Received {
            id: ctx.new_id(),
            state: Arrival::Waiting,
            reference: Some(reference),
            media_type: media_type.map(|told| told.chars().filter(|c| !c.is_control()).take(TOLD_CHARACTERS).collect()),
            size,
            error: None,
            hearing: (kind == MediaKind::Voice).then_some(Hearing::Waiting),
        };
        Self { kind: kind.as_str().to_owned(), url: String::new(), name, received: Some(received) }
    }

    /// Whether it is still at the provider.
    pub(crate) fn is_waiting(&self) -> bool {
        self.received.as_ref().is_some_and(|received| received.state == Arrival::Waiting)
    }

    /// What was said in it.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match &self.received.as_ref()?.hearing {
            Some(Hearing::Heard { text }) => Some(text),
            _ => None,
        }
    }
}

/// What a message says: what was written, and what was said in its recordings.
pub(crate) fn said(message: &message::Model) -> String {
    let attachments = super::attachments(message);
    let spoken = attachments.iter().filter_map(Attachment::words);
    let parts: Vec<&str> =
        std::iter::once(message.text.as_str()).chain(spoken).filter(|part| !part.trim().is_empty()).collect();
    parts.join("\n")
}

/// A message with something attached, as it is now.
async fn message_of(db: &impl ConnectionTrait, scope: &CompanyScope, message_id: Uuid) -> Result<message::Model> {
    message::Entity::find_by_id(message_id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .one(db)
        .await?
        .ok_or(Error::NotFound("message"))
}

/// Changes what is attached to a message and tells those who look at it. Only the jobs of this folder do so, one at a time: they
/// share a lane.
async fn change(
    ctx: &Ctx,
    tx: &mut Tx,
    scope: &CompanyScope,
    message: &message::Model,
    attachments: &[Attachment],
) -> Result<()> {
    message::Entity::update_many()
        .col_expr(message::Column::Attachments, Expr::value(serde_json::to_value(attachments)?))
        .filter(message::Column::Id.eq(message.id))
        .filter(message::Column::CompanyId.eq(scope.id()))
        .exec(tx)
        .await?;
    crate::event::emit(ctx, tx, scope, EventKind::Message, message.id).await?;
    crate::event::emit(ctx, tx, scope, EventKind::Conversation, message.conversation_id).await
}

/// Lane of the jobs that change what is attached to a message.
fn lane(message_id: Uuid) -> String {
    format!("attached:{message_id}")
}
