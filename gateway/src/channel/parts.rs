//! A message that a platform takes in parts: each picture and video, and the text where it does not fit beside the first of them.
//! What became of each part is told, so that trying again sends nothing twice.

use super::{MediaKind, Outbound, Sent};
use crate::error::{Error, Kind};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What became of a part of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The provider has it, under this id; empty where it names none.
    Sent(String),
    /// The provider refused it, in its words: the rest goes without it.
    LeftOut(String),
}

/// A part on its way out.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// A picture or video, with the text beside it.
    Media(&'a (MediaKind, String), Option<&'a str>),
    /// The text by itself.
    Text(&'a str),
}

/// Hands over one part.
#[async_trait]
pub(super) trait Courier: Sync {
    /// Name of the provider.
    const NAME: &'static str;
    /// Longest text beside a picture, characters.
    const MAX_CAPTION: usize;

    /// The provider's id of it.
    async fn hand_over(&self, outbound: &Outbound, piece: Piece<'_>) -> Result<String, Error>;
}

/// Sends what is left of a message, in order, up to the first part that is not taken.
///
/// # Errors
/// [`Error`] when the customer has nothing of it yet.
pub(super) async fn send<C: Courier>(courier: &C, outbound: &Outbound) -> Result<Sent, Error> {
    let text = outbound.text.as_str();
    // The text goes beside the first picture when it fits there, else after all of them.
    let captioned = !text.is_empty() && text.chars().count() <= C::MAX_CAPTION;
    let mut done = outbound.done.clone();
    for (place, media) in outbound.media.iter().enumerate().skip(done.len()) {
        let caption = (place == 0 && captioned).then_some(text);
        match courier.hand_over(outbound, Piece::Media(media, caption)).await {
            Ok(id) => done.push(Part::Sent(id)),
            // A picture that can't be loaded, or is not taken, must not cost the customer the answer.
            Err(error) if error.kind == Kind::Request && !text.is_empty() => done.push(Part::LeftOut(error.text)),
            Err(error) => return stopped(done, error),
        }
    }
    let mut external_id = done.iter().find_map(|part| match part {
        Part::Sent(id) => Some(id.clone()),
        Part::LeftOut(_) => None,
    });
    let is_said = captioned && !outbound.media.is_empty() && matches!(done.first(), Some(Part::Sent(_)));
    if !text.is_empty() && !is_said {
        match courier.hand_over(outbound, Piece::Text(text)).await {
            Ok(id) => external_id = Some(id),
            Err(error) => return stopped(done, error),
        }
    }
    let external_id = external_id.ok_or_else(|| Error::new(C::NAME, Kind::Request, "there is nothing to send"))?;
    let left_out = done.into_iter().rev().find_map(|part| match part {
        Part::LeftOut(why) => Some(why),
        Part::Sent(_) => None,
    });
    Ok(Sent::All { external_id, left_out })
}

/// What was only refused may be tried again with the rest.
fn stopped(done: Vec<Part>, error: Error) -> Result<Sent, Error> {
    if done.iter().any(|part| matches!(part, Part::Sent(_))) { Ok(Sent::Begun { done, error }) } else { Err(error) }
}
