//! Signing in and out.

use crate::graphql::error::{ApiError, Payload, UserError, payload, within, within_if};
use crate::graphql::request::{SetSession, anybody, from, session_sink, signed_in};
use crate::graphql::types::Viewer;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use service::identity::{self, SignedIn};

/// Signing in and out.
#[derive(Default)]
pub(crate) struct SessionMutation;

/// The one-time code of the first start.
#[derive(InputObject)]
struct SignInWithCodeInput {
    /// As printed where the program was started.
    code: String,
}

/// Name, address and password of the signed-in person.
#[derive(InputObject)]
struct SetPasswordInput {
    /// How the person is called; as it was when absent.
    name: Option<String>,
    /// Address to sign in with; as it was when absent.
    email: Option<String>,
    /// 10 to 200 characters.
    password: String,
}

/// Address and password.
#[derive(InputObject)]
struct SignInInput {
    /// Address.
    email: String,
    /// Password.
    password: String,
}

/// Who is signed in now.
#[derive(SimpleObject)]
pub(crate) struct SignInPayload {
    /// Who is signed in now.
    viewer: Option<Viewer>,
    /// Whether a password is still to be set.
    needs_password: bool,
    /// What was refused; empty when the change was made.
    user_errors: Vec<UserError>,
}

impl Payload for SignInPayload {
    type Value = (Viewer, bool);

    fn of(value: Option<Self::Value>, user_errors: Vec<UserError>) -> Self {
        let (viewer, needs_password) = value.map_or((None, false), |(viewer, needs)| (Some(viewer), needs));
        Self { viewer, needs_password, user_errors }
    }
}

/// Nobody is signed in now.
#[derive(SimpleObject)]
pub(crate) struct SignOutPayload {
    /// What was refused; empty when the change was made.
    user_errors: Vec<UserError>,
}

async fn begin(ctx: &Context<'_>, signed_in: service::Result<SignedIn>) -> service::Result<(Viewer, bool)> {
    let signed_in = signed_in?;
    let ctx_of_nobody = anybody(ctx)?;
    let actor = identity::actor_of(ctx_of_nobody, &signed_in.token).await?;
    let viewer = Viewer::of(ctx_of_nobody.with_actor(actor)).await?;
    session_sink(ctx)?.put(SetSession::Begin(signed_in.token));
    Ok((viewer, signed_in.needs_password))
}

/// Signing in and out.
#[Object]
impl SessionMutation {
    /// Signs the first owner in with the one-time code of the first start; `setPassword` comes next.
    async fn sign_in_with_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The code.")] input: SignInWithCodeInput,
    ) -> Result<SignInPayload, ApiError> {
        let change = async {
            within("code", &input.code, 100)?;
            begin(ctx, identity::sign_in_with_code(anybody(ctx)?, from(ctx)?, &input.code).await).await
        };
        payload(change.await)
    }

    /// Sets name, address and password of the signed-in person; all other sessions of theirs end.
    async fn set_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is set.")] input: SetPasswordInput,
    ) -> Result<SignInPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            within("password", &input.password, 1000)?;
            within_if("name", input.name.as_ref(), 1000)?;
            within_if("email", input.email.as_ref(), 1000)?;
            identity::set_password(op, input.name.as_deref(), input.email.as_deref(), &input.password).await?;
            Ok((Viewer::of(op.clone()).await?, false))
        };
        payload(change.await)
    }

    /// Signs in with address and password.
    async fn sign_in(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Address and password.")] input: SignInInput,
    ) -> Result<SignInPayload, ApiError> {
        let change = async {
            within("email", &input.email, 1000)?;
            within("password", &input.password, 1000)?;
            begin(ctx, identity::sign_in(anybody(ctx)?, from(ctx)?, &input.email, &input.password).await).await
        };
        payload(change.await)
    }

    /// Ends the session; nothing happens when there is none.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, ApiError> {
        identity::sign_out(anybody(ctx)?).await?;
        session_sink(ctx)?.put(SetSession::End);
        Ok(SignOutPayload { user_errors: Vec::new() })
    }
}
