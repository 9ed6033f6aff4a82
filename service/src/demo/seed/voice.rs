//! One conversation as it is written down: who says what when, and which turn answers which messages. The assistant's
//! sentences come from the same texts as its real ones.

use super::World;
use crate::demo::dice::Dice;
use assistant::compose::{Composer, Value};
use assistant::turn::{Field, Reason};
use domain::channel::ChannelKind;
use domain::language::Language;
use entity::stored::{MessageAuthor, MessageDirection, MessageStatus, TurnStatus};
use entity::time::Time;
use entity::{message, turn};
use serde_json::json;
use uuid::Uuid;

/// What a person who took the conversation leaves of a reply that was on its way (as `inbox` says it).
const TAKEN: &str = "A person took the conversation before this was sent.";

/// What a reply of the assistant is.
pub(super) struct Answer<'a> {
    pub(super) intent: &'a str,
    pub(super) status: TurnStatus,
    pub(super) asks: &'a [Field],
    pub(super) items: Vec<String>,
    pub(super) reasons: Vec<Reason>,
    pub(super) error: Option<&'a str>,
}

impl<'a> Answer<'a> {
    pub(super) const fn of(intent: &'a str) -> Self {
        Self { intent, status: TurnStatus::Answered, asks: &[], items: Vec::new(), reasons: Vec::new(), error: None }
    }

    pub(super) fn about(mut self, key: &str) -> Self {
        self.items.push(key.to_owned());
        self
    }

    pub(super) const fn asking(mut self, fields: &'a [Field]) -> Self {
        self.asks = fields;
        self
    }

    pub(super) fn because(mut self, step: &str, detail: impl Into<String>) -> Self {
        self.reasons.push(Reason {
            step: step.to_owned(),
            detail: detail.into(),
            lines: Vec::new(),
            items: self.items.clone(),
        });
        self
    }
}

/// The pen that writes a conversation.
pub(super) struct Voice<'w> {
    dice: &'w Dice,
    company_id: Uuid,
    channel_id: Uuid,
    kind: ChannelKind,
    conversation_id: Uuid,
    pub(super) language: Language,
    company: &'w str,
    privacy_url: String,
    now: Time,
    /// From when on the channel lets nothing out.
    broken_since: Option<Time>,
    /// The clock of the conversation.
    pub(super) at: Time,
    pub(super) messages: Vec<message::Model>,
    pub(super) turns: Vec<turn::Model>,
    waiting: Vec<usize>,
    /// When the assistant first answered.
    pub(super) noticed_at: Option<Time>,
}

impl<'w> Voice<'w> {
    pub(super) fn new(world: &'w World<'_>, person: usize, conversation_id: Uuid) -> Self {
        let person = &world.people[person];
        let channel = &world.channels[person.channel];
        let kind = ChannelKind::from(channel.kind);
        let now = Time::from(world.now);
        Self {
            dice: &world.dice,
            company_id: world.scope.id(),
            channel_id: channel.id,
            kind,
            conversation_id,
            language: person.language,
            company: &world.company.name,
            privacy_url: format!("{}/privacy/{}", world.ctx.engine().public_url, channel.public_key),
            now,
            broken_since: (kind == ChannelKind::Instagram).then(|| now.plus_seconds(-30 * 3600)),
            at: now,
            messages: Vec::new(),
            turns: Vec::new(),
            waiting: Vec::new(),
            noticed_at: None,
        }
    }

    /// Whether the clock of the conversation has reached the present: nothing more is said then.
    pub(super) fn over(&self) -> bool {
        self.at.0 + 20_000_000 >= self.now.0
    }

    pub(super) fn wait(&mut self, from: i64, to: i64) {
        self.at = Time(self.at.0 + self.dice.between(from * 1000, to * 1000) * 1000);
    }

    fn push(&mut self, direction: MessageDirection, author: MessageAuthor, text: String) -> &mut message::Model {
        self.messages.push(message::Model {
            id: self.dice.id(self.at),
            company_id: self.company_id,
            channel_id: self.channel_id,
            conversation_id: self.conversation_id,
            direction,
            author,
            author_user_id: None,
            text,
            language: None,
            attachments: json!([]),
            buttons: None,
            status: MessageStatus::Received,
            error: None,
            external_id: None,
            turn_id: None,
            created_at: self.at,
            sent_at: None,
            parts: None,
        });
        let last = self.messages.len() - 1;
        &mut self.messages[last]
    }

    /// The customer writes.
    pub(super) fn customer(&mut self, text: impl Into<String>) {
        if self.over() {
            return;
        }
        let external_id = format!("demo-{}", self.dice.token(20));
        let row = self.push(MessageDirection::Inbound, MessageAuthor::Customer, text.into());
        row.external_id = Some(external_id);
        self.waiting.push(self.messages.len() - 1);
        self.wait(3, 12);
    }

    /// The customer sends something that cannot be read.
    pub(super) fn voice_message(&mut self) {
        if self.over() {
            return;
        }
        self.customer("");
        if let Some(row) = self.messages.last_mut() {
            row.attachments =
                json!([{ "kind": "voice", "url": "https://media.example/voice.ogg", "name": "voice.ogg" }]);
        }
    }

    /// The assistant answers what waits.
    pub(super) fn assistant(&mut self, answer: Answer<'_>, words: impl FnOnce(&mut Composer)) {
        if self.waiting.is_empty() {
            return;
        }
        let mut composer = Composer::new(self.language);
        if self.noticed_at.is_none() {
            self.noticed_at = Some(self.at);
            composer.say("notice", &[("company", Value::Text(self.company))]);
            composer.say("notice-privacy-link", &[("url", Value::Link(&self.privacy_url))]);
        }
        words(&mut composer);
        let (text, _) = composer.finish(self.kind.max_chars());
        let turn_id = self.turn(answer);
        self.outbound(MessageAuthor::Assistant, text).turn_id = Some(turn_id);
        self.wait(15, 150);
    }

    fn turn(&mut self, answer: Answer<'_>) -> Uuid {
        let work_us = self.dice.between(900, 9_000);
        let id = self.dice.id(self.at);
        let mut reasons = vec![Reason {
            step: "understood".to_owned(),
            detail: answer.intent.replace('_', " "),
            lines: Vec::new(),
            items: Vec::new(),
        }];
        reasons.extend(answer.reasons);
        let failed = answer.status == TurnStatus::Failed;
        self.turns.push(turn::Model {
            id,
            company_id: self.company_id,
            conversation_id: self.conversation_id,
            status: answer.status,
            intent: (!failed).then(|| answer.intent.to_owned()),
            language: Some(self.language.code().to_owned()),
            asks: json!(answer.asks),
            items_offered: json!(answer.items),
            reasons: if failed { json!([]) } else { json!(reasons) },
            work_us: if failed { 0 } else { work_us },
            error: answer.error.map(str::to_owned),
            started_at: Time(self.at.0 - work_us),
            finished_at: Some(self.at),
        });
        for at in std::mem::take(&mut self.waiting) {
            self.messages[at].turn_id = Some(id);
        }
        id
    }

    /// What came while a person held the conversation was the person's: noted when the assistant gets it back.
    pub(super) fn handed_back(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let answer = Answer { status: TurnStatus::Silent, ..Answer::of("none") };
        self.turn(answer);
        if let Some(turn) = self.turns.last_mut() {
            turn.intent = None;
            turn.language = None;
            turn.work_us = 0;
            turn.reasons = json!([Reason {
                step: "decided".to_owned(),
                detail: "A person held the conversation; these messages were theirs to answer.".to_owned(),
                lines: Vec::new(),
                items: Vec::new(),
            }]);
        }
    }

    fn outbound(&mut self, author: MessageAuthor, text: String) -> &mut message::Model {
        let language = (author != MessageAuthor::Operator).then(|| self.language.code().to_owned());
        let sent_at = Time(self.at.0 + 180_000);
        let age = self.now.0 - self.at.0;
        let broken = self.broken_since.is_some_and(|since| self.at > since);
        let lost = self.dice.below(1000) < 4;
        let status = match (self.kind, self.dice.below(100)) {
            _ if broken || lost => MessageStatus::Failed,
            (ChannelKind::Whatsapp, 0..15) => MessageStatus::Sent,
            (ChannelKind::Whatsapp, 15..35) => MessageStatus::Delivered,
            (ChannelKind::Whatsapp, _) if age > 120_000_000 => MessageStatus::Read,
            _ => MessageStatus::Sent,
        };
        let row = self.push(MessageDirection::Outbound, author, text);
        row.language = language;
        row.status = status;
        if status == MessageStatus::Failed {
            let refused = "The channel no longer accepts our sign-in.";
            let unreachable = "The channel could not reach this customer.";
            row.error = Some(if broken { refused } else { unreachable }.to_owned());
        } else {
            row.sent_at = Some(sent_at);
        }
        row
    }

    /// The program itself tells something, at its own time.
    pub(super) fn system(&mut self, at: Time, text: String) {
        self.at = at;
        self.outbound(MessageAuthor::System, text);
        self.wait(30, 200);
    }

    /// A person answers.
    pub(super) fn operator(&mut self, user_id: Uuid, text: &str) {
        if self.over() {
            return;
        }
        self.outbound(MessageAuthor::Operator, text.to_owned()).author_user_id = Some(user_id);
        self.wait(40, 400);
    }

    /// A reply of the assistant that a person was faster than.
    pub(super) fn overtaken(&mut self, words: impl FnOnce(&mut Composer)) {
        self.assistant(Answer::of("question"), words);
        if let Some(row) = self.messages.last_mut() {
            row.status = MessageStatus::Failed;
            row.error = Some(TAKEN.to_owned());
            row.sent_at = None;
        }
    }

    /// A person notes something for colleagues.
    pub(super) fn note(&mut self, user_id: Uuid, text: &str) {
        if self.over() {
            return;
        }
        let row = self.push(MessageDirection::Note, MessageAuthor::Operator, text.to_owned());
        row.author_user_id = Some(user_id);
        row.status = MessageStatus::Sent;
        self.wait(5, 40);
    }

    /// Whether the customer waits for somebody.
    pub(super) fn unanswered(&self) -> usize {
        self.waiting.len()
    }
}
