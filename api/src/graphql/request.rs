//! What every operation finds: who asks, the loaders, the way to the cookie.

use super::documents::WritesLists;
use super::loader::{Loaders, Parts, PartsOf, Rows};
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, Request};
use domain::language::Language;
use service::access::{CompanyScope, TenantEntity};
use service::ctx::Ctx;
use service::{Error, Result, access};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// What an operation does to the browser's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetSession {
    /// Signed in: this token goes into the cookie.
    Begin(String),
    /// Signed out: the cookie goes.
    End,
}

/// Where the sign-in mutations leave what the answer's `Set-Cookie` header must do.
#[derive(Clone, Debug, Default)]
pub struct SessionSink(Arc<Mutex<Option<SetSession>>>);

impl SessionSink {
    /// Leaves it; the last one counts.
    pub(crate) fn put(&self, change: SetSession) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(change);
    }

    /// Takes it.
    #[must_use]
    pub fn take(&self) -> Option<SetSession> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the API tells about the installation itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Installation {
    /// Whether this is the demo.
    pub demo: bool,
    /// Whether the web application is built in.
    pub web_built: bool,
    /// Whether anybody may ask for the schema.
    pub playground: bool,
}

/// What an operation needs beside its document.
pub struct RequestData {
    ctx: Ctx,
    from: String,
    language: Language,
    installation: Installation,
    sink: SessionSink,
}

/// What an operation of this actor needs.
#[must_use]
pub fn request_data(ctx: Ctx) -> RequestData {
    RequestData {
        ctx,
        from: String::new(),
        language: Language::En,
        installation: Installation::default(),
        sink: SessionSink::default(),
    }
}

impl RequestData {
    /// The caller's address, for the limits on guessing.
    #[must_use]
    pub fn from(mut self, address: impl Into<String>) -> Self {
        self.from = address.into();
        self
    }

    /// The language that the caller reads, where a text is in none of their choosing.
    #[must_use]
    pub const fn language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// What is told about the installation.
    #[must_use]
    pub const fn installation(mut self, installation: Installation) -> Self {
        self.installation = installation;
        self
    }

    /// Where the sign-in mutations leave what happens to the cookie.
    #[must_use]
    pub fn sink(&self) -> SessionSink {
        self.sink.clone()
    }

    /// Who asks.
    pub(crate) const fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The language that the caller reads.
    pub(crate) const fn reader(&self) -> Language {
        self.language
    }

    /// What is told about the installation.
    pub(crate) const fn told_installation(&self) -> Installation {
        self.installation
    }

    /// Puts all of it into a request. The schema is told to signed-in people, and to all while the playground is on.
    #[must_use]
    pub fn attach(self, request: Request) -> Request {
        let loaders = Arc::new(Loaders::new(&self.ctx));
        self.attach_with(request, loaders)
    }

    /// As [`Self::attach`], with loaders that several operations share, which run at the same time.
    pub(super) fn attach_with(self, request: Request, loaders: Arc<Loaders>) -> Request {
        let known = self.installation.playground || access::user(&self.ctx).is_ok();
        let request = if known { request } else { request.disable_introspection() };
        request.data(loaders).data(self)
    }
}

fn data<'a>(ctx: &Context<'a>) -> Result<&'a RequestData> {
    ctx.data::<RequestData>().map_err(|_| Error::internal("the operation was run without request_data"))
}

/// Who asks; possibly nobody.
pub(crate) fn anybody<'a>(ctx: &Context<'a>) -> Result<&'a Ctx> {
    data(ctx).map(RequestData::ctx)
}

/// Who asks, signed in.
pub(crate) fn signed_in<'a>(ctx: &Context<'a>) -> Result<&'a Ctx> {
    let ctx = anybody(ctx)?;
    access::user(ctx)?;
    Ok(ctx)
}

/// The loaders of this request.
pub(crate) fn loaders<'a>(ctx: &Context<'a>) -> Result<&'a Loaders> {
    let loaders = ctx.data::<Arc<Loaders>>();
    loaders.map(AsRef::as_ref).map_err(|_| Error::internal("the operation was run without loaders"))
}

/// Whether this document's lists may be written at once.
pub(crate) fn writes_lists(ctx: &Context<'_>) -> bool {
    ctx.data::<WritesLists>().is_ok_and(|writes| writes.0)
}

/// The caller's address.
pub(crate) fn from<'a>(ctx: &Context<'a>) -> Result<&'a str> {
    data(ctx).map(|data| data.from.as_str())
}

/// The language that the caller reads.
pub(crate) fn reader(ctx: &Context<'_>) -> Result<Language> {
    data(ctx).map(|data| data.language)
}

/// What is told about the installation.
pub(crate) fn installation(ctx: &Context<'_>) -> Result<Installation> {
    data(ctx).map(|data| data.installation)
}

/// What happens to the cookie.
pub(crate) fn session_sink<'a>(ctx: &Context<'a>) -> Result<&'a SessionSink> {
    data(ctx).map(|data| &data.sink)
}

/// One row where there is one, gathered with what the other nodes ask for.
pub(crate) async fn maybe<E: TenantEntity + 'static>(
    ctx: &Context<'_>,
    loader: impl FnOnce(&Loaders) -> &DataLoader<Rows<E>>,
    scope: &CompanyScope,
    id: Uuid,
) -> Result<Option<E::Model>>
where
    E::Model: Clone + Send + Sync,
{
    let loaders = loaders(ctx)?;
    loaders.row(loader(loaders), scope, id).await
}

/// One row, or that it is gone.
pub(crate) async fn one<E: TenantEntity + 'static>(
    ctx: &Context<'_>,
    loader: impl FnOnce(&Loaders) -> &DataLoader<Rows<E>>,
    scope: &CompanyScope,
    id: Uuid,
    what: &'static str,
) -> Result<E::Model>
where
    E::Model: Clone + Send + Sync,
{
    maybe(ctx, loader, scope, id).await?.ok_or(Error::NotFound(what))
}

/// The rows that belong to another one.
pub(crate) async fn all<P: Parts>(
    ctx: &Context<'_>,
    loader: impl FnOnce(&Loaders) -> &DataLoader<PartsOf<P>>,
    scope: &CompanyScope,
    id: Uuid,
) -> Result<Vec<P::Row>> {
    let loaders = loaders(ctx)?;
    loaders.parts(loader(loaders), scope, id).await
}
