//! Any server with OpenAI's interface (outside.md §4): `POST /chat/completions`, `POST /audio/transcriptions`.
//!
//! Requests are async-openai's types; they go out by our own client, because the library's tries again by itself with pauses of
//! its own and reads answers of any size (docs/decisions/0009). Of an answer only what is used is read, so that servers that
//! leave the rest out or put more in do as well. `max_completion_tokens` is OpenAI's word; servers that know only the older
//! `max_tokens` ignore it **(K)**, then the time limit bounds the answer.

use super::{Answer, Chat, Endpoint, Finish, Heard, LanguageModel, Message, Tool, ToolCall, Transcriber, Usage};
use crate::breaker::{Breakers, Circuit};
use crate::error::{Error, Kind, Retry};
use async_openai::types::chat::{
    ChatCompletionMessageToolCall, ChatCompletionMessageToolCalls, ChatCompletionRequestAssistantMessage,
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage, ChatCompletionRequestToolMessage,
    ChatCompletionRequestUserMessage, ChatCompletionTool, ChatCompletionTools, CreateChatCompletionRequest,
    FunctionCall, FunctionObject,
};
use async_trait::async_trait;
use bytes::Bytes;
use domain::language::Language;
use foundation::http::{Answer as HttpAnswer, Http};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use std::time::{Duration, Instant};

/// The provider's word in errors.
pub const NAME: &str = "openai";
/// OpenAI's own address.
pub const BASE_URL: &str = "https://api.openai.com/v1";
/// The largest answer that is read, bytes.
const MOST_ANSWER: usize = 1024 * 1024;
/// The largest recording that is taken; OpenAI's limit is 25 MB.
pub const MOST_AUDIO: usize = 25 * 1024 * 1024;
/// How long a transcription may take, repeated tries included: a customer waits for it.
const TRANSCRIPTION: Duration = Duration::from_secs(45);
/// Tries of one call, the first included (outside.md §4: the provider's own library tries three times).
const TRIES: u32 = 3;
/// The first pause between tries; the next is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// Calls of one answer that are read; more are a fault of the model.
const MOST_CALLS: usize = 64;

/// A model at a place.
#[derive(Clone, Debug)]
pub struct OpenAi {
    http: Http,
    endpoint: Endpoint,
    circuit: Circuit,
}

#[derive(Deserialize)]
struct Completion {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Tokens>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<Called>>,
}

#[derive(Deserialize)]
struct Called {
    #[serde(default)]
    id: String,
    function: Option<Function>,
}

#[derive(Deserialize)]
struct Function {
    #[serde(default)]
    name: String,
    #[serde(default)]
    arguments: String,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    prompt_tokens: i64,
    #[serde(default)]
    completion_tokens: i64,
}

#[derive(Deserialize)]
struct Refused {
    error: Option<RefusedError>,
}

#[derive(Deserialize)]
struct RefusedError {
    #[serde(default)]
    message: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Transcription {
    text: String,
    usage: Option<Listened>,
}

/// `TranscriptTextUsageTokens`; of `TranscriptTextUsageDuration` nothing is read.
#[derive(Deserialize)]
struct Listened {
    #[serde(default)]
    input_tokens: i64,
    #[serde(default)]
    output_tokens: i64,
}

impl OpenAi {
    /// The model of an endpoint. `http` is the guarded client where a company typed the address in.
    #[must_use]
    pub fn new(http: Http, endpoint: Endpoint, breakers: &Breakers) -> Self {
        let key = endpoint.key.as_ref().map_or("", |key| key.expose_secret());
        let circuit = breakers.circuit(NAME, &endpoint.base_url, key);
        Self { http, endpoint, circuit }
    }

    /// Where it is and what it costs.
    #[must_use]
    pub const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn request(&self, path: &str) -> Result<RequestBuilder, Error> {
        let url = format!("{}{path}", self.endpoint.base_url);
        let request = self.http.request(Method::POST, &url).map_err(|error| Error::of_http(NAME, &error, true))?;
        Ok(match &self.endpoint.key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        })
    }

    /// Sends what `make` makes, again while it may help and `within` lasts.
    async fn call<T>(
        &self,
        within: Duration,
        make: impl Fn() -> Result<RequestBuilder, Error> + Send + Sync,
        read: impl Fn(&HttpAnswer) -> Result<T, Error> + Send + Sync,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let mut pause = PAUSE;
        for attempt in 1.. {
            self.circuit.enter()?;
            let left = within.saturating_sub(started.elapsed());
            let answered = self.http.send(make()?.timeout(left), MOST_ANSWER).await;
            let result = match answered {
                Ok(answer) if answer.status.is_success() => read(&answer),
                Ok(answer) => Err(parse_error(&answer)),
                Err(error) => Err(Error::of_http(NAME, &error, true)),
            };
            let error = match result {
                Ok(value) => {
                    self.circuit.succeeded();
                    return Ok(value);
                }
                Err(error) => error,
            };
            let named = match error.retry {
                Retry::After(pause) => Some(pause),
                Retry::Later | Retry::Never => None,
            };
            if matches!(error.kind, Kind::Request | Kind::Conflict) {
                // The place works; what was asked is at fault.
                self.circuit.succeeded();
                return Err(error);
            }
            self.circuit.failed(named);
            let wait = named.unwrap_or(pause);
            if error.retry == Retry::Never || attempt >= TRIES || started.elapsed() + wait >= within {
                return Err(error);
            }
            tokio::time::sleep(wait).await;
            pause *= 2;
        }
        Err(Error::new(NAME, Kind::Unavailable, "no try was made"))
    }
}

#[async_trait]
impl LanguageModel for OpenAi {
    async fn chat(&self, chat: &Chat<'_>) -> Result<Answer, Error> {
        let body = request(&self.endpoint.model, chat);
        self.call(chat.within, || Ok(self.request("/chat/completions")?.json(&body)), read).await
    }
}

#[async_trait]
impl Transcriber for OpenAi {
    async fn transcribe(&self, audio: Bytes, media_type: &str, language: Option<Language>) -> Result<Heard, Error> {
        let Some(model) = &self.endpoint.transcription_model else {
            return Err(Error::new(NAME, Kind::Request, "no model for voice is set"));
        };
        if audio.len() > MOST_AUDIO {
            return Err(Error::new(NAME, Kind::Request, "the recording is too large"));
        }
        let Some(name) = file_name(media_type) else {
            return Err(Error::new(NAME, Kind::Request, "the recording is of no type that can be read"));
        };
        let make = || {
            let part = Part::stream(audio.clone()).file_name(name);
            let mut form = Form::new().part("file", part).text("model", model.clone()).text("response_format", "json");
            if let Some(language) = language {
                form = form.text("language", language.code());
            }
            Ok(self.request("/audio/transcriptions")?.multipart(form))
        };
        let read = |answer: &HttpAnswer| {
            let read: Transcription = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
            let usage = read.usage.map_or_else(Usage::default, |told| Usage {
                input_tokens: told.input_tokens,
                output_tokens: told.output_tokens,
            });
            Ok(Heard { text: read.text, usage })
        };
        self.call(TRANSCRIPTION, make, read).await
    }
}

/// The server tells the type by the name's ending.
fn file_name(media_type: &str) -> Option<&'static str> {
    let kind = media_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    Some(match kind.as_str() {
        "audio/ogg" | "audio/opus" | "application/ogg" => "voice.ogg",
        "audio/mpeg" | "audio/mp3" => "voice.mp3",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "audio/aac" => "voice.m4a",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "voice.wav",
        "audio/webm" | "video/webm" => "voice.webm",
        "video/mp4" => "voice.mp4",
        "audio/flac" | "audio/x-flac" => "voice.flac",
        _ => return None,
    })
}

fn unreadable() -> Error {
    Error::new(NAME, Kind::Unavailable, "the answer cannot be read")
}

fn request(model: &str, chat: &Chat<'_>) -> CreateChatCompletionRequest {
    let tools: Vec<ChatCompletionTools> = chat.tools.iter().map(tool).collect();
    CreateChatCompletionRequest {
        model: model.to_owned(),
        messages: chat.messages.iter().map(message).collect(),
        tools: (!tools.is_empty()).then_some(tools),
        max_completion_tokens: Some(chat.max_output_tokens),
        // Customers' words are not kept for the provider's own products; local servers do not know the word and ignore it.
        store: Some(false),
        ..CreateChatCompletionRequest::default()
    }
}

fn tool(tool: &Tool) -> ChatCompletionTools {
    ChatCompletionTools::Function(ChatCompletionTool {
        function: FunctionObject {
            name: tool.name.to_owned(),
            description: Some(tool.about.to_owned()),
            parameters: Some(tool.parameters.clone()),
            strict: None,
        },
    })
}

fn message(message: &Message) -> ChatCompletionRequestMessage {
    match message {
        Message::System(text) => ChatCompletionRequestMessage::System(ChatCompletionRequestSystemMessage {
            content: text.as_str().into(),
            name: None,
        }),
        Message::User(text) => ChatCompletionRequestMessage::User(ChatCompletionRequestUserMessage {
            content: text.as_str().into(),
            name: None,
        }),
        Message::Assistant { text, calls } => {
            let calls: Vec<ChatCompletionMessageToolCalls> = calls
                .iter()
                .map(|call| {
                    ChatCompletionMessageToolCalls::Function(ChatCompletionMessageToolCall {
                        id: call.id.clone(),
                        function: FunctionCall { name: call.name.clone(), arguments: call.arguments.clone() },
                    })
                })
                .collect();
            ChatCompletionRequestMessage::Assistant(ChatCompletionRequestAssistantMessage {
                content: text.as_deref().map(Into::into),
                tool_calls: (!calls.is_empty()).then_some(calls),
                ..ChatCompletionRequestAssistantMessage::default()
            })
        }
        Message::Tool { call_id, text } => ChatCompletionRequestMessage::Tool(ChatCompletionRequestToolMessage {
            content: text.as_str().into(),
            tool_call_id: call_id.clone(),
        }),
    }
}

fn read(answer: &HttpAnswer) -> Result<Answer, Error> {
    let completion: Completion = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let usage = completion.usage.map_or_else(Usage::default, |tokens| Usage {
        input_tokens: tokens.prompt_tokens.max(0),
        output_tokens: tokens.completion_tokens.max(0),
    });
    let choice = completion.choices.into_iter().next().ok_or_else(unreadable)?;
    let calls: Vec<ToolCall> = choice
        .message
        .tool_calls
        .unwrap_or_default()
        .into_iter()
        .take(MOST_CALLS)
        .map(|call| {
            let function = call.function.unwrap_or(Function { name: String::new(), arguments: String::new() });
            ToolCall { id: call.id, name: function.name, arguments: function.arguments }
        })
        .collect();
    let finish = match choice.finish_reason.as_deref() {
        Some("stop") => Finish::Stop,
        Some("tool_calls" | "function_call") => Finish::Calls,
        Some("length") => Finish::Length,
        Some("content_filter") => Finish::Filter,
        _ => Finish::Other,
    };
    let filled = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Ok(Answer { text: filled(choice.message.content), refusal: filled(choice.message.refusal), calls, finish, usage })
}

/// A refused key is never repeated to staff: some servers put a part of it into their words.
fn parse_error(answer: &HttpAnswer) -> Error {
    let refused = serde_json::from_slice::<Refused>(&answer.body).ok().and_then(|refused| refused.error);
    let code = refused.as_ref().and_then(|error| {
        error.code.as_ref().and_then(|code| code.as_str().map(str::to_owned)).or_else(|| error.kind.clone())
    });
    let status = answer.status.as_u16();
    if status == 401 || status == 403 {
        return Error::new(NAME, Kind::Credentials, "the key is not accepted").with_code(status.to_string());
    }
    let text = refused.map_or_else(String::new, |error| error.message);
    let text = if text.is_empty() { format!("status {status}") } else { text };
    let mut error = Error::of_status(NAME, answer, text);
    if let Some(code) = code {
        let billing =
            matches!(code.as_str(), "insufficient_quota" | "credit_balance_exhausted" | "billing_hard_limit_reached");
        error = error.with_code(code);
        if billing {
            // Waiting does not fill the account (outside.md §4).
            error.retry = Retry::Never;
        }
    }
    if let Some(pause) = retry_after_ms(answer)
        && matches!(error.retry, Retry::Later | Retry::After(_))
    {
        error = error.after(pause);
    }
    error
}

/// OpenAI's finer header beside `Retry-After`.
fn retry_after_ms(answer: &HttpAnswer) -> Option<Duration> {
    let millis = answer.headers.get("retry-after-ms")?.to_str().ok()?.trim().parse::<u64>().ok()?;
    Some(Duration::from_millis(millis.min(24 * 3_600_000)))
}
