//! Whether the demo moves, and how far its rows are written: one a process, shared by the API and the demo's own task.

use crate::access::DemoScope;
use crate::ctx::Ctx;
use entity::stored::Role;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{Notify, watch};

/// All rows are there.
pub(super) const WHOLE: u8 = 100;

/// The demo's switch. Closed unless the program was started as a demo. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Control(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    open: AtomicBool,
    paused: watch::Sender<bool>,
    progress: watch::Sender<u8>,
    reset: Notify,
}

impl Default for Control {
    fn default() -> Self {
        Self(Arc::new(Inner {
            open: AtomicBool::new(false),
            paused: watch::Sender::new(false),
            progress: watch::Sender::new(WHOLE),
            reset: Notify::new(),
        }))
    }
}

impl Control {
    /// Whether this program is a demo.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.open.load(Ordering::Relaxed)
    }

    pub(super) fn open(&self) {
        self.0.open.store(true, Ordering::Relaxed);
    }

    pub(super) fn set_progress(&self, percent: u8) {
        self.0.progress.send_replace(percent.min(WHOLE));
    }

    fn progress(&self) -> u8 {
        *self.0.progress.borrow()
    }

    /// Comes back when all rows are there and nobody holds the demo.
    pub(super) async fn moving(&self) {
        let (mut paused, mut progress) = (self.0.paused.subscribe(), self.0.progress.subscribe());
        loop {
            // The senders live as long as this: waiting cannot fail.
            let _ = progress.wait_for(|percent| *percent == WHOLE).await;
            let _ = paused.wait_for(|paused| !*paused).await;
            if *progress.borrow() == WHOLE {
                return;
            }
        }
    }

    /// Comes back when somebody asked for a reset.
    pub(super) async fn reset_asked(&self) {
        self.0.reset.notified().await;
    }

    /// Asks for a reset; one that is asked for or under way is enough.
    fn ask_reset(&self) {
        let first = self.0.progress.send_if_modified(|percent| {
            let whole = *percent == WHOLE;
            if whole {
                *percent = 0;
            }
            whole
        });
        if first {
            self.0.reset.notify_one();
        }
    }
}

/// Somebody who can sign in to the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Login {
    /// What they may do.
    pub role: Role,
    /// Address.
    pub email: &'static str,
    /// Password: the demo holds nothing that needs hiding, and its page says so.
    pub password: &'static str,
    pub(super) name: &'static str,
}

/// Who can sign in to the demo, with the roles that the program has today.
pub const LOGINS: [Login; 2] = [
    Login { role: Role::Owner, email: "owner@demo.example", password: "demo-demo-demo", name: "Vera Montero" },
    Login { role: Role::Agent, email: "agent@demo.example", password: "demo-demo-demo", name: "Aigerim Sadykova" },
];

/// How the demo stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Whether simulated customers are held.
    pub paused: bool,
    /// How much of its rows is written, percent; below 100 while they are made or restored.
    pub progress: u8,
}

/// How the demo stands; none when this program is no demo.
#[must_use]
pub fn state(ctx: &Ctx) -> Option<State> {
    let control = &ctx.engine().demo;
    control.is_open().then(|| State { paused: *control.0.paused.borrow(), progress: control.progress() })
}

/// Holds the simulated customers, or lets them go on. What they wrote before is answered all the same.
pub fn pause(ctx: &Ctx, _proof: &DemoScope, paused: bool) {
    ctx.engine().demo.0.paused.send_replace(paused);
}

/// Brings the two companies back to what they were at the start, with dates that fit the present; comes back at once, the
/// demo's own task does it.
pub fn reset(ctx: &Ctx, _proof: &DemoScope) {
    ctx.engine().demo.0.paused.send_replace(false);
    ctx.engine().demo.ask_reset();
}
