//! Who is signed in, and what anybody may know of the installation.

use super::Company;
use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::scalar::Role;
use async_graphql::{ID, Object, SimpleObject};
use service::ctx::Ctx;
use service::row::user;
use service::{access, identity};

/// What anybody may know of the installation.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct Setup {
    /// Whether nobody has set a password yet: the one-time code of the start signs in.
    pub(crate) needs_owner: bool,
    /// Whether this is the demo.
    pub(crate) demo: bool,
    /// Version of the program.
    pub(crate) version: String,
    /// Whether the web application is built into the program.
    pub(crate) web_built: bool,
}

/// The signed-in person.
pub(crate) struct Viewer {
    ctx: Ctx,
    user: user::Model,
}

impl Viewer {
    /// The person whom this context signs in.
    pub(crate) async fn of(ctx: Ctx) -> service::Result<Self> {
        let user = identity::viewer(&ctx).await?;
        Ok(Self { ctx, user })
    }
}

/// The signed-in person.
#[Object]
impl Viewer {
    /// Id.
    async fn id(&self) -> ID {
        Kind::User.id(self.user.id)
    }

    /// Address to sign in with; null until it is set.
    async fn email(&self) -> Option<&str> {
        self.user.email.as_deref()
    }

    /// Why letters to that address are not sent any more, in the words of the mail server that refused it; null while they are.
    /// Setting an address ends it.
    async fn email_refusal(&self) -> Result<Option<String>, ApiError> {
        let Some(email) = &self.user.email else { return Ok(None) };
        Ok(service::mail::refusal(&self.ctx, email).await?.map(|refusal| refusal.reason))
    }

    /// How the person is called; empty until it is said.
    async fn name(&self) -> &str {
        self.user.name.as_deref().unwrap_or_default()
    }

    /// The strongest role that the person has in any company.
    async fn role(&self) -> Result<Role, ApiError> {
        let role = access::strongest_role(&self.ctx).await?;
        Ok(role.map_or(Role::Agent, Into::into))
    }

    /// Companies that the person may open, by their code.
    #[graphql(complexity = "20 * child_complexity + 1")]
    async fn companies(&self) -> Result<Vec<Company>, ApiError> {
        Ok(Company::all(&self.ctx).await?)
    }
}
