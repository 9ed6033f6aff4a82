//! Rehearsals: scripted dialogues with expected outcomes.
//!
//! A rehearsal is a YAML file ([`mod@format`] reads it) that names a company, its knowledge, a channel, a moment and the
//! turns of a talk. Whoever can hold such a talk is a [`Stage`]: the whole program over a throw-away database, or the
//! assistant alone in a test. [`play`] runs the turns on a stage in order and [`check`](check::check)s what is
//! [`Observed`] after each against what the file expects.
//!
//! Nothing here reads a clock or a database; the stage owns both.

pub mod check;
pub mod format;
mod scalar;

pub use check::{Difference, check};
pub use format::{
    CompanySetting, CompanyType, Customer, Expect, ExpectedBooking, Rehearsal, RehearsalError, Step, Turn, files,
    parse, read,
};

use async_trait::async_trait;
use domain::channel::ChannelKind;
use domain::language::Language;
use domain::order::PaymentStatus;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::turn::Field;

/// What happens outside the talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The provider reports the whole sum received, for the latest link of the conversation, also when it has expired.
    Paid,
    /// The provider reports a failed attempt.
    PaymentFailed,
    /// The open link ran out.
    LinkExpired,
    /// A person takes the conversation.
    OperatorTakes,
    /// The person gives it back to the assistant.
    OperatorReturns,
    /// The knowledge is replaced by this file and published.
    Import(PathBuf),
}

/// What a stage is set up from.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The company that answers.
    pub company: &'a CompanySetting,
    /// Files of the knowledge base, absolute or relative to the working folder; published before the first turn.
    pub knowledge: &'a [PathBuf],
    /// The platform of the conversation.
    pub channel: ChannelKind,
    /// What the channel itself attests about the customer.
    pub customer: &'a Customer,
    /// The clock before the first turn.
    pub now: Timestamp,
}

/// The stage could not carry a step out; the rehearsal ends here and has not passed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StageError(pub String);

/// Something that holds a conversation and tells what came of each step.
///
/// Every method runs what falls due, up to the clock's new moment, before it returns: replies are sent, jobs are done.
#[async_trait]
pub trait Stage: Send {
    /// A fresh company with its knowledge published, and a conversation without messages.
    async fn start(&mut self, scene: Scene<'_>) -> Result<(), StageError>;
    /// The customer writes these messages, answered together in one turn.
    async fn say(&mut self, texts: &[String]) -> Result<Observed, StageError>;
    /// The clock moves by a duration above zero.
    async fn advance(&mut self, duration: SignedDuration) -> Result<Observed, StageError>;
    /// Something happens outside the talk.
    async fn event(&mut self, event: &Event) -> Result<Observed, StageError>;
}

/// One line of a cart or an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line {
    /// The sku as the catalogue has it; the item's key where the row has none.
    pub sku: String,
    /// Packs.
    pub quantity: i64,
}

/// An order as it stands after a step. Sums are decimal strings with a point and as many decimals as the currency has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedOrder {
    /// Sum of the lines, without fees.
    pub products: String,
    /// Delivery fee charged, the travel fee for services; both added where the order has both.
    pub delivery: String,
    /// What the customer pays.
    pub total: String,
    /// Whether a fee was due and a threshold waived it.
    pub free_delivery: bool,
    /// As the catalogue spells it, or `online`.
    pub city: Option<String>,
    /// The contact phone.
    pub phone: Option<String>,
    /// The customer's name.
    pub name: Option<String>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A booking as it stands after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservedBooking {
    /// `delivery` or `appointment`.
    pub kind: String,
    /// As the catalogue spells it, or `online`.
    pub city: Option<String>,
    /// When it starts.
    pub start: Timestamp,
}

/// What can be seen after a step. "In the step" means since the step before it ended; the rest is the state at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observed {
    /// Texts sent in the step, in order, without empty ones (a picture may go alone).
    pub texts: Vec<String>,
    /// Addresses of pictures sent in the step.
    pub images: Vec<String>,
    /// Addresses of videos sent in the step.
    pub videos: Vec<String>,
    /// Language of the last reply of the step, as the engine states it; `None` when nothing was sent.
    pub language: Option<Language>,
    /// What is wanted.
    pub cart: Vec<Line>,
    /// City of the conversation's order or cart, as the catalogue spells it, or `online`.
    pub city: Option<String>,
    /// Fields that the reply of the step asks for.
    pub asks: Vec<Field>,
    /// Whether a payment link was sent in the step.
    pub payment_link: bool,
    /// How far the payment of the latest order is; `None` counts as no link.
    pub payment_status: Option<PaymentStatus>,
    /// The latest order, whatever became of it.
    pub order: Option<ObservedOrder>,
    /// Reminders sent in the step.
    pub reminders: u32,
    /// The booking of the latest order, while it stands.
    pub booking: Option<ObservedBooking>,
    /// Events that stand in the company's calendar.
    pub calendar_events: u32,
    /// Whether a person holds the conversation or was called to it.
    pub handed_over: bool,
    /// Whether reminders of the open order still run.
    pub remind: bool,
    /// Whether the open unpaid order was put aside in the step.
    pub order_changed: bool,
    /// The engine's own word for what the customer wanted.
    pub intent: Option<String>,
    /// Skus (keys where a row has none) of the items named in the reply of the step.
    pub items_offered: Vec<String>,
}

impl Observed {
    /// The texts of the step joined by newlines: what `reply` is tried against.
    #[must_use]
    pub fn reply(&self) -> String {
        self.texts.join("\n")
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.texts.is_empty() && self.images.is_empty() && self.videos.is_empty()
    }
}

/// What came of one turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TurnOutcome {
    /// Line of the file where the turn stands, counted from 1.
    pub line: u64,
    /// The turn in short: what was said, how long the clock moved, what happened.
    pub step: String,
    /// What was sent, in order.
    pub replies: Vec<String>,
    /// What differs from the expectation; empty when the turn passed.
    pub differences: Vec<Difference>,
}

/// What came of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The rehearsal's own name.
    pub name: String,
    /// Where it was read from.
    pub file: PathBuf,
    /// Whether every turn was played and none differed.
    pub passed: bool,
    /// Why it was not played to the end.
    pub error: Option<String>,
    /// The turns that were played.
    pub turns: Vec<TurnOutcome>,
}

impl fmt::Display for Outcome {
    /// One line for a rehearsal that passed; for one that did not, each turn that differs, with every difference
    /// below it. For people; machines take the serialised form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.passed { "ok" } else { "FAILED" };
        write!(f, "{word} {}: {}", self.file.display(), self.name)?;
        for turn in self.turns.iter().filter(|turn| !turn.differences.is_empty()) {
            write!(f, "\n  {}:{} {}", self.file.display(), turn.line, turn.step)?;
            for difference in &turn.differences {
                write!(f, "\n    {difference}")?;
            }
        }
        match &self.error {
            Some(error) => write!(f, "\n  not played to the end: {error}"),
            None => Ok(()),
        }
    }
}

/// Plays a rehearsal: sets the stage, runs every turn in order, and checks each. Goes on after a difference, so that
/// all of them are seen at once; ends at the first step that the stage cannot carry out.
pub async fn play(rehearsal: &Rehearsal, stage: &mut dyn Stage) -> Outcome {
    let mut outcome = Outcome {
        name: rehearsal.name.clone(),
        file: rehearsal.file.clone(),
        passed: false,
        error: None,
        turns: Vec::with_capacity(rehearsal.turns.len()),
    };
    let scene = Scene {
        company: &rehearsal.company,
        knowledge: &rehearsal.knowledge,
        channel: rehearsal.channel,
        customer: &rehearsal.customer,
        now: rehearsal.now,
    };
    if let Err(error) = stage.start(scene).await {
        outcome.error = Some(format!("{}: {error}", rehearsal.file.display()));
        return outcome;
    }
    for turn in &rehearsal.turns {
        let observed = match &turn.step {
            Step::Says(texts) => stage.say(texts).await,
            Step::After(duration) => stage.advance(*duration).await,
            Step::Event(event) => stage.event(event).await,
        };
        match observed {
            Ok(observed) => outcome.turns.push(TurnOutcome {
                line: turn.line,
                step: describe(&turn.step),
                differences: turn.expect.as_ref().map(|expect| check(expect, &observed)).unwrap_or_default(),
                replies: observed.texts,
            }),
            Err(error) => {
                outcome.error = Some(format!("{}:{}: {error}", rehearsal.file.display(), turn.line));
                return outcome;
            }
        }
    }
    outcome.passed = outcome.turns.iter().all(|turn| turn.differences.is_empty());
    outcome
}

fn describe(step: &Step) -> String {
    match step {
        Step::Says(texts) => texts.join(" / "),
        Step::After(duration) => format!("after {duration:#}"),
        Step::Event(Event::Import(file)) => format!("event import {}", file_name(file)),
        Step::Event(event) => format!("event {event:?}"),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests;
