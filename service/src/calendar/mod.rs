//! The company's calendar outside: what else it does is asked before times are offered and confirmed, what was booked is shown
//! there, and what people move or remove there is noticed (issue 3.4).
//!
//! The truth about a booking is ours. A calendar that is away costs nobody a booking: times are offered from our own, and what
//! was booked is written later.

mod busy;
mod connect;
mod sync;
mod token;
mod watch;
mod write;

pub(crate) use busy::foreign_busy;
pub(crate) use connect::{CheckCalendar, DisconnectCalendar, begin_check, begin_disconnect, run_check, run_disconnect};
pub use connect::{begin_google, finish_google};
pub(crate) use sync::{SyncCalendar, run_sync};
pub use watch::{Push, pushed};
pub(crate) use write::{WriteBooking, run_write, show};

use crate::access::CompanyScope;
use crate::ctx::Ctx;
use crate::error::Result;
use crate::integration;
use entity::integration as integration_table;
use entity::stored::{ChannelStatus, IntegrationKind};
use sea_orm::ConnectionTrait;

/// The calendar that bookings are written to; none when there is none, or its consent is dead.
async fn connected(db: &impl ConnectionTrait, scope: &CompanyScope) -> Result<Option<integration_table::Model>> {
    let row = integration::find(db, scope, IntegrationKind::Calendar).await?;
    Ok(row.filter(|row| row.status != ChannelStatus::Disconnected && !is_dead(row)))
}

/// Whether only a person can mend it: nothing is asked of the provider until then.
fn is_dead(row: &integration_table::Model) -> bool {
    row.status == ChannelStatus::Error && row.error_code.as_deref() == Some("credentials")
}

/// Whether the installation is registered at Google.
#[must_use]
pub fn is_available(ctx: &Ctx) -> bool {
    ctx.engine().outside.google.is_some()
}
