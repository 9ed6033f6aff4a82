//! Language models: chat with tools, and speech to text. The trait, what goes in and what comes out; [`openai`] speaks to any
//! server with OpenAI's interface.

pub mod openai;

pub use openai::OpenAi;

use crate::error::Error;
use async_trait::async_trait;
use bytes::Bytes;
use domain::language::Language;
use secrecy::SecretString;
use std::time::Duration;

/// Where a model is, and what it costs.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Base URL without a slash at its end, such as `https://api.openai.com/v1`.
    pub base_url: String,
    /// Key; local servers often need none.
    pub key: Option<SecretString>,
    /// The model that chats.
    pub model: String,
    /// The model that transcribes voice; none: voice is not read.
    pub transcription_model: Option<String>,
    /// What tokens cost.
    pub price: Price,
}

/// What tokens cost, in micro-units of the price list's currency (0.000001 USD) for a million of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// A million tokens that go in.
    pub input_micros: i64,
    /// A million tokens that come out.
    pub output_micros: i64,
}

impl Price {
    /// What this use costs, micro-units, rounded up.
    #[must_use]
    pub fn of(self, usage: Usage) -> i64 {
        let cost = i128::from(usage.input_tokens) * i128::from(self.input_micros)
            + i128::from(usage.output_tokens) * i128::from(self.output_micros);
        i64::try_from((cost + 999_999) / 1_000_000).unwrap_or(i64::MAX)
    }
}

/// Tokens used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the prompt.
    pub input_tokens: i64,
    /// Tokens of the answer, reasoning included.
    pub output_tokens: i64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
    }
}

/// One message of the talk with the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Rules and facts.
    System(String),
    /// What the customer wrote.
    User(String),
    /// What the model said or called.
    Assistant {
        /// Words, perhaps none beside calls.
        text: Option<String>,
        /// Calls.
        calls: Vec<ToolCall>,
    },
    /// What a tool gave back.
    Tool {
        /// Which call.
        call_id: String,
        /// What.
        text: String,
    },
}

/// A tool that the model may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name.
    pub name: &'static str,
    /// What it does and when to call it.
    pub about: &'static str,
    /// JSON schema of its arguments.
    pub parameters: serde_json::Value,
}

/// A call of a tool, as the model wrote it: neither name nor arguments can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCall {
    /// Which call; the tool's answer names it.
    pub id: String,
    /// Name.
    pub name: String,
    /// JSON, or not.
    pub arguments: String,
}

/// What is asked of a model.
#[derive(Clone, Copy, Debug)]
pub struct Chat<'a> {
    /// The talk so far.
    pub messages: &'a [Message],
    /// Tools on offer.
    pub tools: &'a [Tool],
    /// The most tokens of the answer.
    pub max_output_tokens: u32,
    /// How long all of it may take, repeated tries and pauses included.
    pub within: Duration,
}

/// Why the model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It was done.
    Stop,
    /// It wants its tools run.
    Calls,
    /// The most tokens were reached: what stands is half an answer.
    Length,
    /// Words were withheld.
    Filter,
    /// Something else, or nothing was said.
    Other,
}

/// What the model answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Words.
    pub text: Option<String>,
    /// The model's refusal, in place of words.
    pub refusal: Option<String>,
    /// Calls.
    pub calls: Vec<ToolCall>,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens.
    pub usage: Usage,
}

/// A model that chats and calls tools.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// One answer. Asking changes nothing at the provider, so a lost answer is asked for again while `within` lasts; times that
    /// the provider names (`Retry-After`) are kept.
    ///
    /// # Errors
    /// [`Error`]; `Unavailable` with code `circuit_open` while this model is left alone after repeated failures.
    async fn chat(&self, chat: &Chat<'_>) -> Result<Answer, Error>;
}

/// What a recording says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The words.
    pub text: String,
    /// Tokens, where the provider tells them; models that count seconds tell none.
    pub usage: Usage,
}

/// Speech to text.
#[async_trait]
pub trait Transcriber: Send + Sync {
    /// The words of a recording. `media_type` as the channel names it (`audio/ogg`); `language` where it is known.
    ///
    /// # Errors
    /// [`Error`]; `Request` for a recording that is too large or of no known type.
    async fn transcribe(&self, audio: Bytes, media_type: &str, language: Option<Language>) -> Result<Heard, Error>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_rounded_up() {
        let price = Price { input_micros: 150_000, output_micros: 600_000 };
        assert_eq!(price.of(Usage { input_tokens: 1_000_000, output_tokens: 1_000_000 }), 750_000);
        assert_eq!(price.of(Usage { input_tokens: 1, output_tokens: 0 }), 1);
        assert_eq!(price.of(Usage::default()), 0);
    }
}
