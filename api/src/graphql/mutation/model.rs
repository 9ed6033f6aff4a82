//! The language model of a company.

use super::payloads;
use crate::graphql::error::{ApiError, payload, within, within_if};
use crate::graphql::id::Kind;
use crate::graphql::request::signed_in;
use crate::graphql::types::{ModelMode, ModelSettings, ModelTest, micros};
use async_graphql::{Context, ID, InputObject, Object};
use service::model::{self as models, ModelChange};
use service::{Error, access};

/// The language model of a company.
#[derive(Default)]
pub(crate) struct ModelMutation;

payloads! {
    /// The model's settings, or why they were not changed.
    ModelPayload {
        /// The settings.
        model: ModelSettings
    }
    /// What a try came to, or why there was none.
    TestModelPayload {
        /// What it came to.
        test: ModelTest
    }
}

/// A change of the model's settings; what is absent stays as it is, an empty text removes what was set.
#[derive(InputObject)]
struct SetModelInput {
    /// Of which company.
    company_id: ID,
    /// Which model answers.
    mode: Option<ModelMode>,
    /// Base URL of a server with OpenAI's interface, such as `https://api.openai.com/v1`. Another address forgets the key.
    base_url: Option<String>,
    /// Its key. It is stored encrypted and never shown again.
    #[graphql(secret)]
    key: Option<String>,
    /// The model that chats; it must be able to call tools.
    model: Option<String>,
    /// The model that reads voice messages.
    transcription_model: Option<String>,
    /// What a million tokens cost that go in, a decimal such as 0.15.
    input_price: Option<String>,
    /// What a million tokens cost that come out.
    output_price: Option<String>,
    /// The most tokens of a month; 0: no limit.
    monthly_tokens: Option<i32>,
}

/// Which company's model.
#[derive(InputObject)]
struct TestModelInput {
    /// Of which company.
    company_id: ID,
}

/// The longest text that is looked at.
const MAX_TEXT: usize = 500;

fn price(field: &str, text: Option<&String>) -> Result<Option<i64>, Error> {
    text.map(|text| {
        within(field, text, MAX_TEXT)?;
        micros(text).ok_or_else(|| {
            Error::invalid(field, "INVALID", format!("{field} must be a number from 0 to 10000 such as 0.15."))
        })
    })
    .transpose()
}

/// The language model of a company.
#[Object]
impl ModelMutation {
    /// Sets which language model answers the company's customers. For people who manage the company.
    async fn set_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: SetModelInput,
    ) -> Result<ModelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            for (field, text) in [
                ("baseUrl", &input.base_url),
                ("key", &input.key),
                ("model", &input.model),
                ("transcriptionModel", &input.transcription_model),
            ] {
                within_if(field, text.as_ref(), MAX_TEXT)?;
            }
            let change = ModelChange {
                mode: input.mode.map(Into::into),
                input_micros: price("inputPrice", input.input_price.as_ref())?,
                output_micros: price("outputPrice", input.output_price.as_ref())?,
                base_url: input.base_url,
                key: input.key,
                model: input.model,
                transcription_model: input.transcription_model,
                monthly_tokens: input.monthly_tokens.map(i64::from),
            };
            let settings = models::set(op, &scope, change).await?;
            Ok(ModelSettings::new(settings, models::month(op, &scope).await?))
        };
        payload(change.await)
    }

    /// Tries the model: it must answer and call a tool. What it cost is counted. For people who manage the company.
    async fn test_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose model.")] input: TestModelInput,
    ) -> Result<TestModelPayload, ApiError> {
        let change = async {
            let op = signed_in(ctx)?;
            let scope = access::company(op, Kind::Company.read("companyId", &input.company_id)?).await?;
            Ok(ModelTest::from(models::test(op, &scope).await?))
        };
        payload(change.await)
    }
}
