//! For tests only: a database of its own for each test, on SQLite and on PostgreSQL; two tenants; time and chance in the test's
//! hand; the ledger run dry.
//!
//! ```text
//! testkit::both! {
//!     /// What must hold.
//!     async fn an_order_is_booked_once(kit: Kit) {
//!         let tenant = kit.tenant().await;
//!         …
//!         kit.drain_with(&service::jobs::registry()).await;
//!     }
//! }
//! ```
//! makes the tests `an_order_is_booked_once::sqlite` and `an_order_is_booked_once::postgres`. A test that leaves a job behind fails
//! unless it says so with [`Kit::may_remain`].

pub mod db;
pub mod dovecot;
pub mod fake;
mod folder;
pub mod kit;
pub mod postgres;
pub mod redis;
pub mod tenant;
pub mod wire;

pub use db::{Backend, TestDb};
pub use dovecot::Dovecot;
pub use folder::folder;
pub use kit::{Kit, Ran, START, engine, run};
pub use postgres::Postgres;
pub use redis::Redis;
pub use tenant::Tenant;
pub use wire::Wire;

/// Runs each test on both databases.
#[macro_export]
macro_rules! both {
    ($($(#[$about:meta])* async fn $name:ident($kit:ident : Kit) $body:block)*) => {$(
        $(#[$about])*
        mod $name {
            use super::*;

            async fn body($kit: $crate::Kit) $body

            #[test]
            fn sqlite() {
                $crate::run($crate::Backend::Sqlite, body);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Backend::Postgres, body);
            }
        }
    )*};
}
