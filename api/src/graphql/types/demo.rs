//! How the demo stands.

use crate::graphql::scalar::{Role, count};
use async_graphql::SimpleObject;
use service::ctx::Ctx;
use service::demo;

/// How the demo stands.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Demo {
    /// Whether simulated customers are held.
    paused: bool,
    /// How much of its rows is written, percent; below 100 while they are made or restored.
    progress: i32,
    /// Who can sign in.
    logins: Vec<DemoLogin>,
}

/// Somebody who can sign in to the demo.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct DemoLogin {
    /// What they may do.
    role: Role,
    /// Address.
    email: &'static str,
    /// Password: nothing in a demo needs hiding.
    password: &'static str,
}

impl Demo {
    /// The demo; none when this program is none.
    pub(crate) fn of(ctx: &Ctx) -> Option<Self> {
        let state = demo::state(ctx)?;
        let login =
            |login: &demo::Login| DemoLogin { role: login.role.into(), email: login.email, password: login.password };
        Some(Self {
            paused: state.paused,
            progress: count(u64::from(state.progress)),
            logins: demo::LOGINS.iter().map(login).collect(),
        })
    }
}
