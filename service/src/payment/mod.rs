//! Money: opening payment pages, and applying what providers report once, in any order (architecture §6.3).
//!
//! [`link`](open_link) opens pages, [`door`](receive) takes events, `settle` applies them after the page was read again,
//! `upkeep` ends pages, gives money back and looks after pages of which nothing was heard, [`connect`](connect_stripe) is the
//! company's own account.

mod connect;
mod door;
mod link;
mod provider;
mod settle;
mod upkeep;

pub(crate) use connect::{
    ConnectPayment, DisconnectPayment, begin_connect, begin_disconnect, run_connect, run_disconnect,
};
pub use connect::{connect_stripe, webhook_url};
pub use door::{page, receive, report};
/// What the sandbox bank can report, and the header that signs every event.
pub use gateway::payment::{EventKind as BankEvent, signature::HEADER as SIGNATURE_HEADER};
pub use link::{Link, linked, open_link, returned};
pub use provider::bank;
pub(crate) use settle::{SettlePayment, settle};
pub(crate) use upkeep::{CheckPage, ExpirePage, RefundPayment, close_pages, run_check, run_expire, run_refund};
