//! The language model of a company: which one answers its customers, what it may cost, what it did cost.
//!
//! A company uses the installation's model, one of its own (any server with OpenAI's interface; the key sealed, the address
//! called through the guarded client only), or none. Where there is none, or this month's tokens are used up, the offline
//! assistant answers, and the turn says so.

mod settings;
mod usage;

pub use settings::{ModelChange, ModelSettings, Tested, set, settings, test};
pub use usage::{MonthUse, month, uses_of};
pub(crate) use usage::{Spent, month_of, record};

use crate::access::CompanyScope;
use crate::company::CompanySettings;
use crate::credential;
use crate::ctx::Ctx;
use crate::error::Result;
use bytes::Bytes;
use domain::language::Language;
use entity::company;
use gateway::language_model::{Endpoint, OpenAi, Price, Transcriber as _, Usage};
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// Name of the credential that holds a company's own key; its subject is the company.
pub(crate) const KEY: &str = "model_key";

/// Which model answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelMode {
    /// The installation's, where it has one.
    #[default]
    Installation,
    /// The company's own.
    Own,
    /// None: the offline assistant.
    Off,
}

/// What a company chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelChoice {
    /// Which.
    pub mode: ModelMode,
    /// Base URL of its own, without a slash at the end.
    pub base_url: Option<String>,
    /// The model that chats.
    pub model: Option<String>,
    /// The model that transcribes voice.
    pub transcription_model: Option<String>,
    /// Price of a million tokens in, millionths.
    pub input_micros: i64,
    /// Price of a million tokens out, millionths.
    pub output_micros: i64,
    /// The most tokens of a month, in and out together; none: no limit of the company's own.
    pub monthly_tokens: Option<i64>,
}

/// Who answers a turn.
#[derive(Debug)]
pub(crate) enum Answerer {
    /// A model.
    Model(Box<Chosen>),
    /// The offline assistant, because nobody chose a model.
    Offline,
    /// The offline assistant in the place of a model that was chosen: a word and a sentence for staff.
    Instead(&'static str, String),
}

/// A model, and whose it is.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// The model.
    pub(crate) model: OpenAi,
    /// Whether it is the company's own; else the installation's, whose budget binds.
    pub(crate) own: bool,
}

/// The model that a company's settings name; none where it is off or not set up.
pub(crate) async fn chosen(ctx: &Ctx, scope: &CompanyScope, company: &company::Model) -> Result<Option<Chosen>> {
    let choice = CompanySettings::of(company).model;
    let outside = &ctx.engine().outside;
    let (http, endpoint) = match choice.mode {
        ModelMode::Off => return Ok(None),
        ModelMode::Installation => match &outside.model {
            Some(endpoint) => (outside.http.clone(), endpoint.clone()),
            None => return Ok(None),
        },
        ModelMode::Own => {
            let (Some(base_url), Some(model)) = (choice.base_url, choice.model) else { return Ok(None) };
            let endpoint = Endpoint {
                base_url,
                key: credential::open(ctx, &ctx.db().read(scope), scope, scope.id(), KEY).await?,
                model,
                transcription_model: choice.transcription_model,
                price: Price { input_micros: choice.input_micros, output_micros: choice.output_micros },
            };
            (outside.guarded.clone(), endpoint)
        }
    };
    let own = choice.mode == ModelMode::Own;
    Ok(Some(Chosen { model: OpenAi::new(http, endpoint, &outside.breakers), own }))
}

/// Who answers the next turn of a company.
pub(crate) async fn answerer(ctx: &Ctx, scope: &CompanyScope, company: &company::Model) -> Result<Answerer> {
    let choice = CompanySettings::of(company).model;
    let Some(model) = chosen(ctx, scope, company).await? else {
        return Ok(match choice.mode {
            ModelMode::Own => Answerer::Instead("not_set_up", "The model of the company is not set up".to_owned()),
            ModelMode::Installation | ModelMode::Off => Answerer::Offline,
        });
    };
    // What runs at the moment is not counted yet: a limit is passed by those at most.
    let budget = budget(ctx, &model);
    if choice.monthly_tokens.is_some() || budget.is_some() {
        let (installation, own) = usage::counted(ctx, scope).await?;
        if let Some(instead) = used_up(budget, installation) {
            return Ok(instead);
        }
        let used = installation.saturating_add(own);
        if let Some(most) = choice.monthly_tokens.filter(|most| used >= *most) {
            let detail = format!("The tokens of this month are used up: {used} of {most}");
            return Ok(Answerer::Instead("month_used_up", detail));
        }
    }
    Ok(Answerer::Model(Box::new(model)))
}

/// The installation's budget, for a model of its own.
fn budget(ctx: &Ctx, model: &Chosen) -> Option<i64> {
    ctx.engine().outside.model_monthly_tokens.filter(|_| !model.own)
}

fn used_up(budget: Option<i64>, used: i64) -> Option<Answerer> {
    let limit = budget.filter(|limit| used >= *limit)?;
    let detail = format!("The budget of this month for the installation's model is used up: {used} of {limit} tokens");
    Some(Answerer::Instead("budget_used_up", detail))
}

/// Whether recordings of this company's customers are put into words.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn hears(ctx: &Ctx, scope: &CompanyScope) -> Result<bool> {
    let company = crate::company::get(ctx, scope).await?;
    Ok(match answerer(ctx, scope, &company).await? {
        Answerer::Model(chosen) => chosen.model.endpoint().transcription_model.is_some(),
        Answerer::Offline | Answerer::Instead(..) => false,
    })
}

/// The words of a recording that a customer sent; none where no transcriber is set, or it failed: then the customer is asked to
/// write. `media_type` as the channel names it.
///
/// # Errors
/// When the database does not answer.
pub async fn transcribe(
    ctx: &Ctx,
    scope: &CompanyScope,
    audio: Bytes,
    media_type: &str,
    language: Option<Language>,
) -> Result<Option<String>> {
    let company = crate::company::get(ctx, scope).await?;
    let Answerer::Model(chosen) = answerer(ctx, scope, &company).await? else { return Ok(None) };
    let Chosen { model, own } = *chosen;
    let Some(name) = model.endpoint().transcription_model.clone() else { return Ok(None) };
    let started = Instant::now();
    let heard = model.transcribe(audio, media_type, language).await;
    let usage = heard.as_ref().map_or_else(|_| Usage::default(), |heard| heard.usage);
    let failed = heard.as_ref().err().map(ToString::to_string);
    let spent = Spent {
        purpose: "voice",
        own,
        model: name,
        calls: 1,
        usage,
        // The transcriber's tokens at the price of the model's: there is no second price list.
        cost_micros: model.endpoint().price.of(usage),
        time: started.elapsed(),
        fell_back: failed.as_ref().map(|_| "provider".to_owned()),
        detail: failed,
    };
    let mut tx = ctx.db().begin(scope).await?;
    record(ctx, &mut tx, scope, None, &spent).await?;
    ctx.commit(tx).await?;
    match heard {
        Ok(heard) => Ok(Some(heard.text).filter(|text| !text.trim().is_empty())),
        Err(error) => {
            tracing::warn!(%error, company = %scope.id(), "a voice message was not transcribed");
            Ok(None)
        }
    }
}
