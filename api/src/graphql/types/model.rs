//! The language model of a company: what is set, and what it costs.

use super::super::scalar::{DateTime, count};
use async_graphql::{Enum, SimpleObject};
use service::model::{self as models, ModelSettings as Settings, MonthUse, Tested};
use service::row::model_use;

/// Which model answers a company's customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "models::ModelMode")]
pub(crate) enum ModelMode {
    /// The installation's, where it has one.
    Installation,
    /// The company's own.
    Own,
    /// None: the built-in assistant.
    Off,
}

/// The language model of a company.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ModelSettings {
    /// Which.
    mode: ModelMode,
    /// Base URL of the company's own.
    base_url: Option<String>,
    /// Whether a key of its own is stored. The key itself is never shown.
    key_set: bool,
    /// The key's last characters, perhaps none.
    key_hint: Option<String>,
    /// The model of its own that chats.
    model: Option<String>,
    /// The model of its own that reads voice messages.
    transcription_model: Option<String>,
    /// What a million tokens cost that go in, such as 0.15; costs are shown by it.
    input_price: String,
    /// What a million tokens cost that come out.
    output_price: String,
    /// The most tokens of a month, in and out together; null: no limit. Then the built-in assistant answers.
    monthly_tokens: Option<i32>,
    /// The installation's model, where it has one.
    installation_model: Option<String>,
    /// The most tokens of the installation's model in a month, where that is the model; null: no limit. Then the built-in
    /// assistant answers.
    installation_monthly_tokens: Option<i32>,
    /// Whether voice messages are read as it stands.
    reads_voice: bool,
    /// This month's use.
    month: ModelMonth,
}

/// What a company used of models in a calendar month (UTC).
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ModelMonth {
    /// The month's first moment.
    from: DateTime,
    /// Turns that asked a model.
    turns: i32,
    /// Of them, turns that the built-in assistant answered in its place.
    fell_back: i32,
    /// Answers asked for.
    calls: i32,
    /// Tokens that went in.
    input_tokens: i32,
    /// Tokens that came out.
    output_tokens: i32,
    /// What it cost by the price that was set, a decimal.
    cost: String,
    /// Of the tokens, those of the installation's model: what its budget counts.
    installation_tokens: i32,
}

/// What one turn used of a model.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ModelUse {
    /// The model's name.
    model: String,
    /// Answers asked for.
    calls: i32,
    /// Tokens that went in.
    input_tokens: i32,
    /// Tokens that came out.
    output_tokens: i32,
    /// Time spent on it.
    milliseconds: i32,
    /// What it cost by the price that was set, a decimal.
    cost: String,
    /// Why the built-in assistant answered in its place: `provider`, `faults`, `rounds`, `tokens` or `time`; null: it did not.
    fell_back: Option<String>,
    /// The same in plain words, for staff.
    detail: Option<String>,
}

/// What a try of a model came to.
#[derive(Clone, Debug, SimpleObject)]
pub(crate) struct ModelTest {
    /// Whether it can serve customers.
    ok: bool,
    /// What is wrong: `NO_TOOLS`, `CREDENTIALS`, `NO_CREDIT`, `MODEL`, `BUSY`, `UNREACHABLE`, `REFUSED`,
    /// `BUDGET_USED_UP`.
    code: Option<String>,
    /// The provider's own words.
    message: Option<String>,
    /// How long it took.
    milliseconds: Option<i32>,
}

/// Millionths as a decimal.
fn decimal(micros: i64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, (micros % 1_000_000).abs());
    let short = text.trim_end_matches('0');
    // Two digits at least, as prices are written.
    let digits = short.split_once('.').map_or(0, |(_, digits)| digits.len());
    format!("{short}{}", "0".repeat(2_usize.saturating_sub(digits)))
}

/// A decimal as millionths; none for what is no number from 0 to 10,000.
pub(crate) fn micros(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.len() <= 6 && part.chars().all(|c| c.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    let micros = whole * 1_000_000 + fraction;
    (micros <= 10_000_000_000).then_some(micros)
}

fn small(number: i64) -> i32 {
    count(u64::try_from(number).unwrap_or(0))
}

impl From<MonthUse> for ModelMonth {
    fn from(month: MonthUse) -> Self {
        Self {
            from: month.from.into(),
            turns: small(month.turns),
            fell_back: small(month.fell_back),
            calls: small(month.calls),
            input_tokens: small(month.input_tokens),
            output_tokens: small(month.output_tokens),
            cost: decimal(month.cost_micros),
            installation_tokens: small(month.installation_tokens),
        }
    }
}

impl ModelSettings {
    pub(crate) fn new(settings: Settings, month: MonthUse) -> Self {
        let choice = settings.choice;
        Self {
            mode: choice.mode.into(),
            base_url: choice.base_url,
            key_set: settings.key_hint.is_some(),
            key_hint: settings.key_hint,
            model: choice.model,
            transcription_model: choice.transcription_model,
            input_price: decimal(choice.input_micros),
            output_price: decimal(choice.output_micros),
            monthly_tokens: choice.monthly_tokens.map(small),
            installation_model: settings.installation_model,
            installation_monthly_tokens: settings.installation_monthly_tokens.map(small),
            reads_voice: settings.reads_voice,
            month: month.into(),
        }
    }
}

impl From<model_use::Model> for ModelUse {
    fn from(row: model_use::Model) -> Self {
        Self {
            model: row.model,
            calls: small(row.calls),
            input_tokens: small(row.input_tokens),
            output_tokens: small(row.output_tokens),
            milliseconds: small(row.time_us / 1000),
            cost: decimal(row.cost_micros),
            fell_back: row.fell_back,
            detail: row.detail,
        }
    }
}

impl From<Tested> for ModelTest {
    fn from(tested: Tested) -> Self {
        match tested {
            Tested::Good { time } => Self {
                ok: true,
                code: None,
                message: None,
                milliseconds: Some(count(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))),
            },
            Tested::NoTools => Self { ok: false, code: Some("NO_TOOLS".to_owned()), message: None, milliseconds: None },
            Tested::Failed { code, message } => {
                Self { ok: false, code: Some(code.to_owned()), message: Some(message), milliseconds: None }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal, micros};

    #[test]
    fn prices_are_read_and_written() {
        for (text, wanted, shown) in [("0.15", 150_000, "0.15"), ("2", 2_000_000, "2.00"), (",075", 75_000, "0.075")] {
            assert_eq!(micros(text), Some(wanted));
            assert_eq!(decimal(wanted), shown);
        }
        assert_eq!(decimal(1), "0.000001");
        for bad in ["", ".", "-1", "1e3", "0.1234567", "10001", "five"] {
            assert_eq!(micros(bad), None, "{bad}");
        }
    }
}
