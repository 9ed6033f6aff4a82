//! A company's accounts at providers that are no channel.

use super::payloads;
use crate::graphql::error::{ApiError, payload, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::types::Integration;
use async_graphql::{Context, ID, InputObject, Object};
use service::row::integration;
use service::{access, calendar, integration as integrations, media, payment as payments};

/// A company's accounts at providers that are no channel.
#[derive(Default)]
pub(crate) struct IntegrationMutation;

payloads! {
    /// An account at a provider, or why it was not changed.
    IntegrationPayload {
        /// The account.
        integration: Integration
    }
    /// Where a person agrees to something at a provider, or why not.
    ConsentPayload {
        /// The provider's page.
        url: String
    }
}

/// An account at Stripe.
#[derive(InputObject)]
struct ConnectStripeInput {
    /// Of which company.
    company_id: ID,
    /// Its secret key, or a restricted one. It is stored encrypted and never shown again.
    #[graphql(secret)]
    secret_key: String,
    /// The signing secret of a webhook that was set by hand; not needed where the program sets it itself.
    #[graphql(secret)]
    webhook_secret: Option<String>,
}

/// An account at Cloudinary.
#[derive(InputObject)]
struct ConnectCloudinaryInput {
    /// Of which company.
    company_id: ID,
    /// Name of the product environment.
    cloud_name: String,
    /// Its API key.
    api_key: String,
    /// The key's secret. It is stored encrypted and never shown again.
    #[graphql(secret)]
    api_secret: String,
}

/// A calendar to connect.
#[derive(InputObject)]
struct ConnectGoogleCalendarInput {
    /// Of which company.
    company_id: ID,
}

/// Which account.
#[derive(InputObject)]
struct IntegrationInput {
    /// Which.
    id: ID,
}

/// The longest secret that is looked at.
const MAX_SECRET: usize = 500;

/// A company's accounts at providers that are no channel.
#[Object]
impl IntegrationMutation {
    /// Connects the company's account at Stripe, or puts another key in the place of the one it has. It comes back as
    /// `CONNECTING`; how it goes on is told by events. For people who manage the company.
    async fn connect_stripe(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: ConnectStripeInput,
    ) -> Result<IntegrationPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within("secretKey", &input.secret_key, MAX_SECRET)?;
            within_if("webhookSecret", input.webhook_secret.as_ref(), MAX_SECRET)?;
            let secret = input.webhook_secret.as_deref();
            Ok(Integration(payments::connect_stripe(op, &scope, &input.secret_key, secret).await?))
        };
        payload(change.await)
    }

    /// Connects the company's account at Cloudinary, or puts another in the place of the one it has: new pictures and videos
    /// go there. It comes back as `CONNECTING`; how it goes on is told by events. For people who manage the company.
    async fn connect_cloudinary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: ConnectCloudinaryInput,
    ) -> Result<IntegrationPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            within("cloudName", &input.cloud_name, MAX_SECRET)?;
            within("apiKey", &input.api_key, MAX_SECRET)?;
            within("apiSecret", &input.api_secret, MAX_SECRET)?;
            let row =
                media::connect_cloudinary(op, &scope, &input.cloud_name, &input.api_key, &input.api_secret).await?;
            Ok(Integration(row))
        };
        payload(change.await)
    }

    /// Begins to connect the caller's own Google Calendar: the address at which they agree. They come back to
    /// `/c/-/settings?calendar=…`. For people who manage the company, signed in by the browser.
    async fn connect_google_calendar(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which company.")] input: ConnectGoogleCalendarInput,
    ) -> Result<ConsentPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            calendar::begin_google(op, &scope).await
        };
        payload(change.await)
    }

    /// Tests an account: asks its provider whether it works. For people who manage the company.
    async fn check_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: IntegrationInput,
    ) -> Result<IntegrationPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Integration.read("id", &input.id)?;
            let (scope, row) = access::of::<integration::Entity>(op, id, "integration").await?;
            Ok(Integration(integrations::check(op, &scope, row).await?))
        };
        payload(change.await)
    }

    /// Ends the connection to an account and removes its secrets. For people who manage the company.
    async fn disconnect_integration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account.")] input: IntegrationInput,
    ) -> Result<IntegrationPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let id = Kind::Integration.read("id", &input.id)?;
            let (scope, row) = access::of::<integration::Entity>(op, id, "integration").await?;
            Ok(Integration(integrations::disconnect(op, &scope, row).await?))
        };
        payload(change.await)
    }
}
