//! What every request finds.

use super::client::Proxies;
use super::graphql::Graph;
use super::sessions::Sessions;
use super::web::Site;
use service::access::Actor;
use service::ctx::Ctx;
use service::inbox::Intake;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How the server is set up.
pub struct Settings {
    /// The program itself; requests get their own actor.
    pub ctx: Ctx,
    /// The GraphQL schema.
    pub graph: Arc<dyn Graph>,
    /// The text of `/metrics`.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether the dispatcher of jobs is alive, for `/readyz`; none where this process has none.
    pub dispatcher_alive: Arc<dyn Fn() -> Option<bool> + Send + Sync>,
    /// Another build of the web application than the one inside the program.
    pub web_dir: Option<PathBuf>,
    /// Reverse proxies whose word about a client's address is taken.
    pub proxies: Proxies,
    /// Whether `/playground` answers.
    pub playground: bool,
    /// Whether this is the demo.
    pub demo: bool,
}

/// What every request finds. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

struct Inner {
    settings: Settings,
    nobody: Ctx,
    intake: Intake,
    site: Site,
    sockets: Counted,
    sessions: Sessions,
    streams: Counted,
}

impl AppState {
    /// Sets the server up; call it within the async runtime.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let intake = Intake::new(&settings.ctx.with_actor(Actor::System));
        let sessions = Sessions::begin(settings.ctx.clone());
        let nobody = settings.ctx.with_actor(Actor::Nobody);
        let site = Site::new(settings.web_dir.clone());
        Self(Arc::new(Inner {
            settings,
            nobody,
            intake,
            site,
            sockets: Counted::default(),
            sessions,
            streams: Counted::default(),
        }))
    }

    /// How the server is set up.
    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// A request of nobody in particular.
    pub(super) fn nobody(&self) -> &Ctx {
        &self.0.nobody
    }

    pub(super) fn intake(&self) -> &Intake {
        &self.0.intake
    }

    pub(super) fn site(&self) -> &Site {
        &self.0.site
    }

    /// Open sockets by user.
    pub(super) fn sockets(&self) -> &Counted {
        &self.0.sockets
    }

    /// The sessions of open sockets.
    pub(super) fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    /// Open streams by visitor.
    pub(super) fn streams(&self) -> &Counted {
        &self.0.streams
    }

    pub(super) fn public_url(&self) -> &str {
        &self.0.nobody.engine().public_url
    }
}

/// Counts what is open by owner.
#[derive(Clone, Default)]
pub(super) struct Counted(Arc<Mutex<HashMap<Uuid, usize>>>);

impl Counted {
    /// One more of this owner, until the guard is dropped; none when there are `most` already.
    pub(super) fn enter(&self, owner: Uuid, most: usize) -> Option<Entered> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(owner).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Entered { counted: self.clone(), owner })
    }
}

/// One open thing of an owner.
pub(super) struct Entered {
    counted: Counted,
    owner: Uuid,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut open = self.counted.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.owner) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.owner);
            }
        }
    }
}
