//! Buttons on their way out and back. What comes back is the message and the place of the button in it; what it says is looked up
//! there, so that a label may be longer than a platform's data, and an old button says what it said.

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use entity::stored::MessageDirection;
use entity::{channel, message};
use gateway::channel::{Button, Press};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

/// Begins what a button brings back.
const OURS: &str = "b:";

/// The buttons of a message as a platform takes them; none when it takes fewer: half a choice is none.
pub(super) fn on_platform(message: &message::Model, most: usize) -> Vec<Button> {
    let buttons = super::buttons(message);
    if buttons.len() > most {
        return Vec::new();
    }
    let id = message.id.simple();
    buttons
        .into_iter()
        .enumerate()
        .map(|(place, button)| Button {
            label: button.label,
            press: button.url.map_or_else(|| Press::Back(format!("{OURS}{id}:{place}")), Press::Opens),
        })
        .collect()
}

/// What a pressed button says: of ours what it was stored to say, of any other what the platform tells of it. None when it was
/// ours and is gone.
pub(crate) async fn said_by(
    ctx: &Ctx,
    scope: &CompanyScope,
    channel: &channel::Model,
    pressed: &str,
    told: &str,
) -> Result<Option<String>> {
    let ours = pressed.strip_prefix(OURS).and_then(|rest| rest.split_once(':'));
    let parsed = ours.and_then(|(id, place)| Some((Uuid::try_parse(id).ok()?, place.parse::<usize>().ok()?)));
    let Some((id, place)) = parsed else { return Ok(Some(told.to_owned())) };
    let message = message::Entity::find_by_id(id)
        .filter(message::Column::CompanyId.eq(scope.id()))
        .filter(message::Column::ChannelId.eq(channel.id))
        .filter(message::Column::Direction.eq(MessageDirection::Outbound))
        .one(&ctx.db().read(scope))
        .await?;
    let button = message.and_then(|message| super::buttons(&message).into_iter().nth(place));
    Ok(button.map(|button| button.says.unwrap_or(button.label)).or_else(|| (told != pressed).then(|| told.to_owned())))
}
