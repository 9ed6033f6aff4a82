//! What the owner sets: which model, where, with what key, how much a month; and a try of it.

use super::{Answerer, Chosen, KEY, ModelChoice, ModelMode, Spent, budget, chosen, record, usage, used_up};
use crate::access::CompanyScope;
use crate::company::{self, CompanySettings, MAX_NAME};
use crate::credential;
use crate::ctx::Ctx;
use crate::error::{Error, Result, UserError};
use gateway::error::Kind;
use gateway::language_model::{Chat, LanguageModel as _, Message, Tool, Usage};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use secrecy::SecretString;
use serde_json::json;
use std::time::{Duration, Instant};

/// The longest key.
const MAX_KEY: usize = 500;
/// The dearest price that is believed: 10,000 units for a million tokens.
const MAX_PRICE: i64 = 10_000_000_000;

/// Settings as they are shown: the key never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSettings {
    /// What was chosen.
    pub choice: ModelChoice,
    /// The own key's last characters, perhaps none; `None`: no key is set.
    pub key_hint: Option<String>,
    /// The installation's model, where it has one.
    pub installation_model: Option<String>,
    /// The most tokens of the installation's model in a month, where that is the model; none: no limit.
    pub installation_monthly_tokens: Option<i64>,
    /// Whether voice messages are read.
    pub reads_voice: bool,
}

/// A change; `None`: as it is. Empty texts remove what was set.
#[derive(Clone, Debug, Default)]
pub struct ModelChange {
    /// Which.
    pub mode: Option<ModelMode>,
    /// Base URL.
    pub base_url: Option<String>,
    /// Key; empty: none.
    pub key: Option<String>,
    /// The model that chats.
    pub model: Option<String>,
    /// The model that transcribes.
    pub transcription_model: Option<String>,
    /// Price of a million tokens in, millionths.
    pub input_micros: Option<i64>,
    /// Price of a million tokens out, millionths.
    pub output_micros: Option<i64>,
    /// The most tokens of a month; zero: no limit.
    pub monthly_tokens: Option<i64>,
}

/// What a try came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    /// It answers and calls tools.
    Good {
        /// How long it took.
        time: Duration,
    },
    /// It answers and does not call the tool that it was told to: it cannot serve customers.
    NoTools,
    /// It was not reached or refused.
    Failed {
        /// A stable word: `CREDENTIALS`, `NO_CREDIT`, `MODEL`, `BUSY`, `UNREACHABLE`, `REFUSED`, `BUDGET_USED_UP`.
        code: &'static str,
        /// The provider's own words.
        message: String,
    },
}

/// The settings of a company. For people who manage it.
///
/// # Errors
/// `Forbidden`.
pub async fn settings(ctx: &Ctx, scope: &CompanyScope) -> Result<ModelSettings> {
    scope.must_manage()?;
    let company = company::get(ctx, scope).await?;
    let hints = credential::hints(ctx, scope, scope.id()).await?;
    let model = chosen(ctx, scope, &company).await?;
    Ok(ModelSettings {
        choice: CompanySettings::of(&company).model,
        key_hint: hints.into_iter().find(|hint| hint.name == KEY).map(|hint| hint.last),
        installation_model: ctx.engine().outside.model.as_ref().map(|endpoint| endpoint.model.clone()),
        installation_monthly_tokens: model.as_ref().and_then(|model| budget(ctx, model)),
        reads_voice: model.is_some_and(|chosen| chosen.model.endpoint().transcription_model.is_some()),
    })
}

/// Changes the settings. The key is sealed and never shown again; another address forgets it, so that no key is sent to a place
/// it was not given for.
///
/// # Errors
/// `Forbidden`; `Invalid` with the refused fields: nothing was changed.
pub async fn set(ctx: &Ctx, scope: &CompanyScope, change: ModelChange) -> Result<ModelSettings> {
    scope.must_manage()?;
    let company = company::get(ctx, scope).await?;
    let mut settings = CompanySettings::of(&company);
    let before = settings.model.base_url.clone();
    let choice = &mut settings.model;
    let mut errors = Vec::new();
    let mut text = |field: &str, value: Option<String>, slot: &mut Option<String>| {
        let Some(value) = value else { return };
        let value = value.trim().trim_end_matches('/').to_owned();
        if value.chars().count() > MAX_NAME || value.chars().any(char::is_control) {
            errors.push(UserError::new(field, "INVALID", format!("{field} is too long or holds control characters.")));
        } else {
            *slot = Some(value).filter(|value| !value.is_empty());
        }
    };
    text("baseUrl", change.base_url, &mut choice.base_url);
    text("model", change.model, &mut choice.model);
    text("transcriptionModel", change.transcription_model, &mut choice.transcription_model);
    choice.mode = change.mode.unwrap_or(choice.mode);
    for (field, value, slot) in [
        ("inputPriceMicros", change.input_micros, &mut choice.input_micros),
        ("outputPriceMicros", change.output_micros, &mut choice.output_micros),
    ] {
        match value {
            Some(price) if !(0..=MAX_PRICE).contains(&price) => {
                errors.push(UserError::new(field, "INVALID", format!("{field} must be between 0 and {MAX_PRICE}.")));
            }
            Some(price) => *slot = price,
            None => {}
        }
    }
    match change.monthly_tokens {
        Some(tokens) if tokens < 0 => {
            errors.push(UserError::new("monthlyTokens", "INVALID", "monthlyTokens must not be negative."));
        }
        Some(tokens) => choice.monthly_tokens = Some(tokens).filter(|tokens| *tokens > 0),
        None => {}
    }
    if let Some(url) = &choice.base_url
        && let Err(refused) = ctx.engine().outside.guarded.check(url)
    {
        errors.push(UserError::new("baseUrl", "ADDRESS_REFUSED", format!("baseUrl cannot be used: {refused}.")));
    }
    if choice.mode == ModelMode::Own {
        for (field, slot) in [("baseUrl", &choice.base_url), ("model", &choice.model)] {
            if slot.is_none() {
                errors.push(UserError::new(field, "REQUIRED", format!("{field} is required for a model of your own.")));
            }
        }
    }
    let key = change.key.map(|key| key.trim().to_owned());
    if key.as_ref().is_some_and(|key| key.len() > MAX_KEY || key.chars().any(|c| !c.is_ascii_graphic())) {
        errors.push(UserError::new(
            "key",
            "INVALID",
            "key must be up to 500 letters, digits and signs without spaces.",
        ));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let moved = before.is_some() && before != choice.base_url;
    let tx = ctx.db().begin(scope).await?;
    let mut row = company.into_active_model();
    row.settings = Set(serde_json::to_value(&settings)?);
    row.update(&tx).await?;
    match key {
        Some(key) if !key.is_empty() => {
            credential::set(ctx, &tx, scope, scope.id(), KEY, &SecretString::from(key)).await?;
        }
        // An empty key, or one of another address, is no key.
        forgotten if forgotten.is_some() || moved => {
            credential::forget(&tx, scope, scope.id(), KEY).await?;
        }
        _ => {}
    }
    ctx.commit(tx).await?;
    self::settings(ctx, scope).await
}

/// How long a try may take.
const TEST: Duration = Duration::from_secs(20);

/// Tries the model: it must answer and call a tool. What it cost is recorded.
///
/// # Errors
/// `Forbidden`; `Invalid` when no model is set up.
pub async fn test(ctx: &Ctx, scope: &CompanyScope) -> Result<Tested> {
    scope.must_manage()?;
    let company = company::get(ctx, scope).await?;
    let Some(chosen) = chosen(ctx, scope, &company).await? else {
        return Err(Error::invalid("mode", "NOT_SET_UP", "No model is set up to be tested."));
    };
    if let Some(limit) = budget(ctx, &chosen)
        && let Some(Answerer::Instead(_, message)) = used_up(Some(limit), usage::counted(ctx, scope).await?.0)
    {
        return Ok(Tested::Failed { code: "BUDGET_USED_UP", message });
    }
    let Chosen { model, own } = chosen;
    let tools = [Tool {
        name: "ready",
        about: "Says that tools can be called.",
        parameters: json!({ "type": "object", "properties": {} }),
    }];
    let messages = [
        Message::System("Call the tool `ready` now, and say nothing.".to_owned()),
        Message::User("Are you ready?".to_owned()),
    ];
    let started = Instant::now();
    let chat = Chat { messages: &messages, tools: &tools, max_output_tokens: 500, within: TEST };
    let answer = model.chat(&chat).await;
    let usage = answer.as_ref().map_or(Usage::default(), |answer| answer.usage);
    let failed = answer.as_ref().err().map(ToString::to_string);
    let spent = Spent {
        purpose: "test",
        own,
        model: model.endpoint().model.clone(),
        calls: 1,
        usage,
        cost_micros: model.endpoint().price.of(usage),
        time: started.elapsed(),
        fell_back: None,
        detail: failed,
    };
    let mut tx = ctx.db().begin(scope).await?;
    record(ctx, &mut tx, scope, None, &spent).await?;
    ctx.commit(tx).await?;
    Ok(match answer {
        Ok(answer) if answer.calls.iter().any(|call| call.name == "ready") => Tested::Good { time: spent.time },
        Ok(_) => Tested::NoTools,
        Err(error) => {
            let code = match (error.kind, error.code.as_deref()) {
                (_, Some("insufficient_quota" | "credit_balance_exhausted" | "billing_hard_limit_reached")) => {
                    "NO_CREDIT"
                }
                (Kind::Credentials, _) => "CREDENTIALS",
                (Kind::Gone, _) => "MODEL",
                (Kind::RateLimited, _) => "BUSY",
                (Kind::Unavailable | Kind::Unknown, _) => "UNREACHABLE",
                (Kind::Request | Kind::Conflict | Kind::Recipient, _) => "REFUSED",
            };
            Tested::Failed { code, message: error.text }
        }
    })
}
