//! A company's account at a provider that is no channel, and how it fares.

use super::channel::{ChannelLogEntry, CredentialHint};
use crate::graphql::error::ApiError;
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::scalar::{ChannelStatus, DateTime, IntegrationKind};
use async_graphql::{Context, ID, Object};
use service::row::integration;
use service::{Error, access, credential, integration as integrations, payment as payments, stored};

/// A company's account at a provider that is no channel: who takes its money, who keeps its calendar or its media.
pub(crate) struct Integration(pub(crate) integration::Model);

/// A company's account at a provider that is no channel: who takes its money, who keeps its calendar or its media.
#[Object]
impl Integration {
    /// Id.
    async fn id(&self) -> ID {
        Kind::Integration.id(self.0.id)
    }

    /// What it is for.
    async fn kind(&self) -> IntegrationKind {
        self.0.kind.into()
    }

    /// Who provides it: `stripe`, `google`, `cloudinary`.
    async fn provider(&self) -> &str {
        &self.0.provider
    }

    /// Whether it works.
    async fn status(&self) -> ChannelStatus {
        self.0.status.into()
    }

    /// Whether it moves real money; null where there is none to move.
    async fn live(&self) -> Option<bool> {
        self.0.settings["live"].as_bool()
    }

    /// The account at the provider.
    async fn account(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// The account's name for people.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Why it failed last, in the provider's words.
    async fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_deref()
    }

    /// Why it failed last, as a word for translations: `credentials`, `unavailable`, `rate_limited`, `request`,
    /// `charges_disabled`, `webhook_missing` (the key may not set one), `webhook_unreachable` (X8 is not at a public https
    /// address).
    async fn error_code(&self) -> Option<&str> {
        self.0.error_code.as_deref()
    }

    /// Since when it works; null while it does not.
    async fn connected_at(&self) -> Option<DateTime> {
        self.0.connected_at.map(Into::into)
    }

    /// Where a provider of payments reports to, to be pasted there when it was not set by itself. For people who manage the
    /// company; null for others.
    async fn webhook_url(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<integration::Entity>(op, self.0.id, "integration").await?;
        let reports = self.0.kind == stored::IntegrationKind::Payment && scope.must_manage().is_ok();
        Ok(reports.then(|| payments::webhook_url(op, &self.0)))
    }

    /// What happened to it, the newest first, at most 50. For people who manage the company; empty for others.
    #[graphql(complexity = 50)]
    async fn log(&self, ctx: &Context<'_>) -> Result<Vec<ChannelLogEntry>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<integration::Entity>(op, self.0.id, "integration").await?;
        if scope.must_manage().is_err() {
            return Ok(Vec::new());
        }
        let rows = integrations::log(op, &scope, self.0.id, 50).await?;
        Ok(rows.into_iter().map(ChannelLogEntry::of).collect())
    }

    /// Its secrets, never more than their last characters. For people who manage the company; empty for others.
    #[graphql(complexity = 50)]
    async fn credentials(&self, ctx: &Context<'_>) -> Result<Vec<CredentialHint>, ApiError> {
        let op = signed_in(ctx)?;
        let (scope, _) = access::of::<integration::Entity>(op, self.0.id, "integration").await?;
        match credential::hints(op, &scope, self.0.id).await {
            Ok(hints) => Ok(hints.into_iter().map(CredentialHint::of).collect()),
            Err(Error::Forbidden) => Ok(Vec::new()),
            Err(other) => Err(other.into()),
        }
    }
}
