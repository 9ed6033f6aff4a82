//! A turn with a language model. The model understands and words; the engine of the offline assistant does the rest: what the
//! model says by its tools becomes [`Act`]s, the same rules carry them out, and the reply's facts are names that the code fills.
//!
//! Nothing that a tool does is kept before the turn ends well: the acts of all calls are carried out together, from the state
//! that the turn began with, after each round of calls. So a model that fails in the middle leaves nothing behind, and the
//! offline assistant answers the same messages from the same state.

mod acts;
mod consent;
mod prompt;
mod tools;
mod words;

pub use prompt::{CONTACT_CARD, FACTS, UNREADABLE};
pub use tools::TOOLS;

use crate::compose::Composer;
use crate::offline::{self, Carried};
use crate::turn::{Reason, ReasonLine, Shop, ShopError, TurnInput, TurnOutput};
use crate::understand::{Act, Understanding};
use acts::{Reads, Step};
use gateway::error::Error as ProviderError;
use gateway::language_model::{Chat, Finish, LanguageModel, Message, ToolCall, Usage};
use serde_json::{Value as Json, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// What one turn may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Time, pauses between tries included.
    pub within: Duration,
    /// Answers of the model.
    pub rounds: usize,
    /// Tokens of one answer.
    pub output_tokens: u32,
    /// Tokens of all answers and prompts together.
    pub turn_tokens: i64,
    /// Characters of earlier messages that are shown.
    pub history_chars: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            within: gateway::MODEL_TIME,
            rounds: 8,
            output_tokens: 1_200,
            turn_tokens: 120_000,
            history_chars: 6_000,
        }
    }
}

/// An earlier message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whether the customer wrote it.
    pub by_customer: bool,
    /// What.
    pub text: String,
}

/// Why the offline assistant answered in the model's place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FellBack {
    /// The model was not reached or refused.
    #[error("{0}")]
    Provider(ProviderError),
    /// Its answer was unsafe or malformed twice.
    #[error("its answer could not be sent: {}", .0.join("; "))]
    Faults(Vec<String>),
    /// It called tools without end.
    #[error("it did not come to an end in {0} rounds")]
    Rounds(usize),
    /// It used up the turn's tokens.
    #[error("it used up the {0} tokens of a turn")]
    Tokens(i64),
    /// The turn's time was over.
    #[error("the {0} seconds of a turn were over")]
    Time(u64),
}

impl FellBack {
    /// One word for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Provider(_) => "provider",
            Self::Faults(_) => "faults",
            Self::Rounds(_) => "rounds",
            Self::Tokens(_) => "tokens",
            Self::Time(_) => "time",
        }
    }
}

/// What was used of the model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Tokens.
    pub usage: Usage,
    /// Answers asked for.
    pub calls: i64,
    /// Time, from the first call to the last answer.
    pub time: Duration,
}

/// A turn that came to nothing because a fact could not be had; what the model did until then is paid all the same.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Broken {
    /// The shop's own.
    #[source]
    pub error: ShopError,
    /// What was used.
    pub used: Used,
}

impl From<ShopError> for Broken {
    fn from(error: ShopError) -> Self {
        Self { error, used: Used::default() }
    }
}

/// A turn that a model answered, or that fell back.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What the turn comes to.
    pub output: TurnOutput,
    /// What was used.
    pub used: Used,
    /// Why the offline assistant answered, when it did.
    pub fell_back: Option<FellBack>,
}

/// Faulty rounds of tool calls that are borne; the next one ends the model's part.
const MOST_FAULTY_ROUNDS: usize = 3;
/// Calls of one answer that are run.
const MOST_CALLS: usize = 24;

/// Answers one turn by the model, or by the offline assistant when the model fails.
///
/// # Errors
/// [`Broken`] when a fact could not be had.
pub async fn answer(
    shop: &dyn Shop,
    input: TurnInput,
    history: &[Said],
    model: &dyn LanguageModel,
    limits: &Limits,
) -> Result<Answered, Broken> {
    let started = Instant::now();
    let mut used = Used::default();
    let heard = offline::hear(shop, &input);
    let mut desk = Table::new(shop, &input, history, heard).await?;
    let attempt = Box::pin(desk.attempt(history, model, limits, started, &mut used)).await;
    used.time = started.elapsed();
    let attempt = attempt.map_err(|error| Broken { error, used })?;
    match attempt {
        Ok(mut output) => {
            output.reasons.push(told(
                "The model worded the reply; every number and link in it was filled in by the program",
                "model_answered",
                json!({}),
            ));
            Ok(Answered { output, used, fell_back: None })
        }
        Err(fell_back) => {
            let mut output = Box::pin(offline::answer(shop, input)).await.map_err(|error| Broken { error, used })?;
            let detail = format!("The built-in assistant answered in place of the model: {fell_back}");
            output.reasons.push(told(&detail, "model_fell_back", json!({ "why": fell_back.code() })));
            Ok(Answered { output, used, fell_back: Some(fell_back) })
        }
    }
}

/// The reason that a turn shows where the model was not asked.
#[must_use]
pub fn not_asked(why: &str, detail: &str) -> Reason {
    let code = match why {
        "month_used_up" => "model_month_used_up",
        "budget_used_up" => "model_budget_used_up",
        _ => "model_not_asked",
    };
    told(detail, code, json!({ "why": why }))
}

fn told(detail: &str, code: &str, values: Json) -> Reason {
    let values = match values {
        Json::Object(values) => values,
        _ => serde_json::Map::new(),
    };
    Reason {
        step: "decided".to_owned(),
        detail: crate::compose::shorten(detail, 600),
        lines: vec![ReasonLine { code: code.to_owned(), values }],
        items: Vec::new(),
    }
}

/// One turn with a model at work.
struct Table<'a> {
    shop: &'a dyn Shop,
    input: &'a TurnInput,
    /// What the rules heard: the judge of confirmations, and of what the customer wrote at all.
    heard: Understanding,
    /// Folded words and digits of everything the customer wrote.
    written: acts::Written,
    /// What the model said so far.
    acts: Vec<Act>,
    reads: Reads,
    /// Calls that were run, so that none is run twice.
    run: HashSet<(String, String)>,
    carried: Carried,
}

impl<'a> Table<'a> {
    async fn new(
        shop: &'a dyn Shop,
        input: &'a TurnInput,
        history: &[Said],
        heard: Understanding,
    ) -> Result<Self, ShopError> {
        let start = Understanding { language: heard.language, acts: Vec::new() };
        let carried = Box::pin(offline::carry(shop, input.clone(), start, Composer::naming)).await?;
        let written = acts::Written::of(input, history);
        let reads = Reads::new(shop, carried.output.language);
        Ok(Self { shop, input, heard, written, acts: Vec::new(), reads, run: HashSet::new(), carried })
    }

    async fn attempt(
        &mut self,
        history: &[Said],
        model: &dyn LanguageModel,
        limits: &Limits,
        started: Instant,
        used: &mut Used,
    ) -> Result<Result<TurnOutput, FellBack>, ShopError> {
        let mut messages = prompt::messages(self.shop, self.input, history, &self.carried, &mut self.reads, limits);
        let (mut repaired, mut faulty_rounds) = (false, 0);
        for _ in 0..limits.rounds {
            let left = limits.within.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Ok(Err(FellBack::Time(limits.within.as_secs())));
            }
            let spent = used.usage.input_tokens.saturating_add(used.usage.output_tokens);
            if spent.saturating_add(prompt::tokens(&messages)) > limits.turn_tokens {
                return Ok(Err(FellBack::Tokens(limits.turn_tokens)));
            }
            used.calls += 1;
            let chat =
                Chat { messages: &messages, tools: &TOOLS, max_output_tokens: limits.output_tokens, within: left };
            let answer = match model.chat(&chat).await {
                Ok(answer) => answer,
                Err(error) => return Ok(Err(FellBack::Provider(error))),
            };
            used.usage += answer.usage;
            if used.usage.input_tokens.saturating_add(used.usage.output_tokens) > limits.turn_tokens {
                return Ok(Err(FellBack::Tokens(limits.turn_tokens)));
            }
            let whole = !matches!(answer.finish, Finish::Length | Finish::Filter);
            if whole && !answer.calls.is_empty() {
                let (results, faults) = self.run(&answer.calls).await?;
                if !faults.is_empty() {
                    faulty_rounds += 1;
                    if faulty_rounds > MOST_FAULTY_ROUNDS {
                        return Ok(Err(FellBack::Faults(faults)));
                    }
                }
                messages.push(Message::Assistant { text: answer.text, calls: named_calls(answer.calls) });
                messages.extend(results);
                continue;
            }
            let faults = match (answer.finish, &answer.text, &answer.refusal) {
                (Finish::Length, ..) => vec!["the answer was cut off; be shorter".to_owned()],
                (Finish::Filter, ..) => vec!["the answer was withheld".to_owned()],
                (_, Some(text), _) => match words::reply(self.shop, text, &self.carried, &self.reads) {
                    Ok(output) => match self.unsaid(&output).await? {
                        None => return Ok(Ok(output)),
                        Some(fault) => vec![fault],
                    },
                    Err(faults) => faults,
                },
                (_, None, Some(_)) => vec!["a refusal is no reply; answer within the rules".to_owned()],
                (_, None, None) => vec!["the answer was empty".to_owned()],
            };
            if repaired {
                return Ok(Err(FellBack::Faults(faults)));
            }
            repaired = true;
            if let Some(text) = answer.text {
                messages.push(Message::Assistant { text: Some(text), calls: Vec::new() });
            }
            messages.push(Message::System(format!(
                "Your reply was NOT sent: {}. Write the whole reply once more, without these faults.",
                faults.join("; ")
            )));
        }
        Ok(Err(FellBack::Rounds(limits.rounds)))
    }

    /// Runs the calls of one answer; what the tools give back, and what was wrong with the calls.
    async fn run(&mut self, calls: &[ToolCall]) -> Result<(Vec<Message>, Vec<String>), ShopError> {
        let mut results: Vec<(String, Json)> = Vec::new();
        let mut faults = Vec::new();
        let mut moved = false;
        for (place, call) in calls.iter().enumerate() {
            let id = call_id(place, call);
            let step = if place >= MOST_CALLS {
                Err("too many calls at once".to_owned())
            } else if !self.run.insert((call.name.clone(), call.arguments.clone())) {
                Err("this was called already with the same arguments; go on with what it gave back".to_owned())
            } else {
                acts::step(self.shop, &self.heard, &self.written, self.input, &mut self.reads, call)
            };
            match step {
                Ok(Step::Read(facts)) => results.push((id, facts)),
                Ok(Step::Acts(acts)) => {
                    moved = true;
                    self.acts.extend(acts);
                    results.push((id, json!({ "ok": true })));
                }
                Err(fault) => {
                    faults.push(format!("{}: {fault}", call.name.chars().take(40).collect::<String>()));
                    results.push((id, json!({ "error": fault })));
                }
            }
        }
        if moved {
            self.carry().await?;
        }
        if let Some((_, last)) = results.last_mut()
            && let Some(last) = last.as_object_mut()
            && moved
        {
            last.insert("now".to_owned(), prompt::now(self.shop, &self.carried));
        }
        let results = results.into_iter().map(|(call_id, text)| Message::Tool { call_id, text: text.to_string() });
        Ok((results.collect(), faults))
    }

    /// Carries out all that the model said, from the state that the turn began with.
    async fn carry(&mut self) -> Result<(), ShopError> {
        let understood = Understanding { language: self.heard.language, acts: self.acts.clone() };
        self.carried = Box::pin(offline::carry(self.shop, self.input.clone(), understood, Composer::naming)).await?;
        Ok(())
    }

    /// No order is made that is not in the customer's own words.
    async fn unsaid(&self, output: &TurnOutput) -> Result<Option<String>, ShopError> {
        let Some(order) = consent::ordered(output) else { return Ok(None) };
        let heard = self.heard.clone();
        let ruled = Box::pin(offline::carry(self.shop, self.input.clone(), heard, Composer::new)).await?.output;
        Ok(consent::fault(self.shop, self.input, &self.heard, &self.written, order, &ruled))
    }
}

/// A name for a call that the server gave none.
fn call_id(place: usize, call: &ToolCall) -> String {
    if call.id.is_empty() { format!("call_{place}") } else { call.id.clone() }
}

fn named_calls(calls: Vec<ToolCall>) -> Vec<ToolCall> {
    calls.into_iter().enumerate().map(|(place, call)| ToolCall { id: call_id(place, &call), ..call }).collect()
}
