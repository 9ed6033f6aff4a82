//! The sessions behind open sockets. They are looked at together, with one statement for a thousand: a statement for each
//! socket would be most of what an installation with many open screens asks its database.

use service::access::{self, Actor};
use service::ctx::Ctx;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A socket ends this soon after its session (reliability.md case 63).
const EVERY: Duration = Duration::from_secs(4);

/// The sessions that are watched.
#[derive(Clone)]
pub(super) struct Sessions(Arc<Mutex<HashMap<Uuid, Watch>>>);

struct Watch {
    sockets: usize,
    ended: CancellationToken,
}

impl Sessions {
    /// Begins to watch; ends when nobody has it any more.
    pub(super) fn begin(ctx: Ctx) -> Self {
        let all = Self(Arc::default());
        tokio::spawn(look_again_and_again(ctx, Arc::downgrade(&all.0)));
        all
    }

    /// Watches a session for one more socket.
    pub(super) fn watch(&self, session_id: Uuid) -> Watched {
        let mut all = lock(&self.0);
        let new = || Watch { sockets: 0, ended: CancellationToken::new() };
        let watch = all.entry(session_id).or_insert_with(new);
        watch.sockets += 1;
        Watched { all: self.clone(), session_id, ended: watch.ended.clone() }
    }
}

fn lock(all: &Mutex<HashMap<Uuid, Watch>>) -> MutexGuard<'_, HashMap<Uuid, Watch>> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn look_again_and_again(ctx: Ctx, all: Weak<Mutex<HashMap<Uuid, Watch>>>) {
    let ctx = ctx.with_actor(Actor::System);
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(all) = all.upgrade() else { return };
        let ids: Vec<Uuid> = lock(&all).keys().copied().collect();
        match access::standing_sessions(&ctx, &ids).await {
            Ok(standing) => {
                let gone = ids.iter().filter(|id| !standing.contains(id));
                let all = lock(&all);
                gone.filter_map(|id| all.get(id)).for_each(|watch| watch.ended.cancel());
            }
            // A database that does not answer for once ends nobody's socket; each event is checked anyway.
            Err(error) => {
                tracing::warn!(error = error.private(), "the sessions of open sockets could not be looked at")
            }
        }
    }
}

/// A session that is watched for a socket.
pub(super) struct Watched {
    all: Sessions,
    session_id: Uuid,
    ended: CancellationToken,
}

impl Watched {
    /// Waits until it has ended.
    pub(super) async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut all = lock(&self.all.0);
        if let Some(watch) = all.get_mut(&self.session_id) {
            watch.sockets -= 1;
            if watch.sockets == 0 {
                all.remove(&self.session_id);
            }
        }
    }
}
