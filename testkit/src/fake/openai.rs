//! A server with OpenAI's interface whose answers a test writes: what a model may say at its best and at its worst. The
//! obedient one, which understands by the offline assistant's rules and calls the tools as it should, is in
//! [`super::obedient`].

use super::server::unknown_path;
use super::{Call, Contract, Reply, Server, World};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A key that the fake knows; made for tests.
pub const KEY: &str = "sk-x8-test-0000000000000000000000000000000000";
/// A model that the fake knows.
pub const MODEL: &str = "fake-model-1";

/// One answer of the model.
#[derive(Clone, Debug)]
pub enum Turn {
    /// Words.
    Text(String),
    /// Calls of tools: names and arguments as the model writes them.
    Calls(Vec<(String, String)>),
    /// Words, and why the model stopped.
    Ended(Option<String>, &'static str),
    /// A refusal.
    Refusal(String),
    /// Whatever the server says instead.
    Raw(Reply),
}

impl Turn {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// One call.
    #[must_use]
    pub fn call(name: &str, arguments: &Value) -> Self {
        Self::Calls(vec![(name.to_owned(), arguments.to_string())])
    }
}

type Model = Box<dyn FnMut(&Value) -> Turn + Send>;

struct Inside {
    keys: Vec<String>,
    model: Model,
    transcripts: VecDeque<String>,
    chats: Vec<Value>,
    answered: u64,
}

/// The world of one server.
#[derive(Clone)]
pub struct OpenAi(Arc<Mutex<Inside>>);

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpenAi")
    }
}

impl OpenAi {
    /// A model that answers each request by this.
    #[must_use]
    pub fn new(model: impl FnMut(&Value) -> Turn + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Inside {
            keys: vec![KEY.to_owned()],
            model: Box::new(model),
            transcripts: VecDeque::new(),
            chats: Vec::new(),
            answered: 0,
        })))
    }

    /// A model that says these one after the other, and the last for ever.
    #[must_use]
    pub fn scripted(turns: Vec<Turn>) -> Self {
        let mut turns: VecDeque<Turn> = turns.into();
        Self::new(move |_| {
            let next = turns.pop_front().unwrap_or_else(|| Turn::text(""));
            if turns.is_empty() {
                turns.push_back(next.clone());
            }
            next
        })
    }

    /// Opens its door; the base URL for clients is the server's with `/v1` behind it.
    pub async fn start(&self) -> Server {
        Server::start(Arc::new(self.clone()), Contract::load("openai/openapi.min.json", "/v1")).await
    }

    /// The model answers by this from now on.
    pub fn becomes(&self, model: impl FnMut(&Value) -> Turn + Send + 'static) {
        self.lock().model = Box::new(model);
    }

    /// What the next recording says.
    pub fn hears(&self, words: &str) {
        self.lock().transcripts.push_back(words.to_owned());
    }

    /// The keys that are accepted from now on.
    pub fn accept(&self, keys: &[&str]) {
        self.lock().keys = keys.iter().map(|key| (*key).to_owned()).collect();
    }

    /// Bodies of all chats that were answered.
    #[must_use]
    pub fn chats(&self) -> Vec<Value> {
        self.lock().chats.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An error as the server words it.
#[must_use]
pub fn refused(status: u16, kind: &str, code: Option<&str>, message: &str) -> Reply {
    let error = json!({ "error": { "message": message, "type": kind, "param": null, "code": code } });
    Reply::json(status, &error)
}

/// Too many requests; wait so long.
#[must_use]
pub fn slow_down(seconds: u64) -> Reply {
    refused(429, "requests", Some("rate_limit_exceeded"), "Rate limit reached for requests")
        .with_header("retry-after", seconds.to_string())
}

/// The account is empty.
#[must_use]
pub fn no_quota() -> Reply {
    let words = "You exceeded your current quota, please check your plan and billing details.";
    refused(429, "insufficient_quota", Some("insufficient_quota"), words)
}

impl Inside {
    fn chat(&mut self, body: &Value) -> Reply {
        self.chats.push(body.clone());
        self.answered += 1;
        let id = format!("chatcmpl-fake{}", self.answered);
        let calls = |calls: Vec<(String, String)>, id: &str| -> Value {
            calls
                .into_iter()
                .enumerate()
                .map(|(place, (name, arguments))| {
                    json!({ "id": format!("call_{id}_{place}"), "type": "function",
                            "function": { "name": name, "arguments": arguments } })
                })
                .collect()
        };
        let (message, finish) = match (self.model)(body) {
            Turn::Raw(reply) => return reply,
            Turn::Text(text) => (json!({ "role": "assistant", "content": text, "refusal": null }), "stop"),
            Turn::Ended(text, finish) => (json!({ "role": "assistant", "content": text, "refusal": null }), finish),
            Turn::Refusal(text) => (json!({ "role": "assistant", "content": null, "refusal": text }), "stop"),
            Turn::Calls(made) => {
                let calls = calls(made, &id);
                (json!({ "role": "assistant", "content": null, "refusal": null, "tool_calls": calls }), "tool_calls")
            }
        };
        let prompt = body["messages"].to_string().len() / 4;
        let answer = message.to_string().len() / 4;
        Reply::json(
            200,
            &json!({
                "id": id, "object": "chat.completion", "created": 1_772_442_000, "model": body["model"],
                "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": finish }],
                "usage": { "prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer },
            }),
        )
    }
}

impl World for OpenAi {
    fn answer(&self, call: &Call) -> Reply {
        let mut inside = self.lock();
        let key = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default().to_owned();
        if !inside.keys.contains(&key) {
            let words = format!("Incorrect API key provided: {key}. You can find your API key at the provider's page.");
            return refused(401, "invalid_request_error", Some("invalid_api_key"), &words);
        }
        match call.path.as_str() {
            "/v1/chat/completions" => {
                let body = call.json();
                if body["model"] != MODEL {
                    return refused(404, "invalid_request_error", Some("model_not_found"), "The model does not exist");
                }
                inside.chat(&body)
            }
            "/v1/audio/transcriptions" => {
                let body = String::from_utf8_lossy(&call.body).into_owned();
                if !body.contains("name=\"file\"") || !body.contains("filename=\"voice.") {
                    return refused(400, "invalid_request_error", None, "Invalid file format.");
                }
                match inside.transcripts.pop_front() {
                    Some(text) => Reply::json(
                        200,
                        &json!({
                            "text": text,
                            "usage": { "type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59 },
                        }),
                    ),
                    None => refused(400, "invalid_request_error", None, "The audio file could not be decoded."),
                }
            }
            _ => unknown_path(),
        }
    }
}
