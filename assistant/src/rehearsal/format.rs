//! The file format of rehearsals: strict YAML. An unknown key, a key given twice, a step that is not exactly one of
//! `says`, `after` and `event`, a pattern that does not compile: each is an error that names file and line.

use domain::booking::OpeningHours;
use domain::channel::ChannelKind;
use domain::language::Language;
use domain::money::Currency;
use domain::order::PaymentStatus;
use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;
use std::path::{Path, PathBuf};

use super::scalar::{CurrencyCode, Hours, Says, Span, Zone, said};
pub use super::scalar::{Moment, OneOrMore, Pattern, Sum};
use super::{Event, Line};
use crate::turn::Field;

/// A file that is not a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}:{line}: {message}", file.display())]
pub struct RehearsalError {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1; 0 where the fault has none (an unreadable file).
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

/// A scripted dialogue.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Where it was read from.
    pub file: PathBuf,
    /// What it shows.
    pub name: String,
    /// The company that answers.
    pub company: CompanySetting,
    /// Files of the knowledge base, already joined to the folder of `file`.
    pub knowledge: Vec<PathBuf>,
    /// The platform of the conversation; web chat where the file names none.
    pub channel: ChannelKind,
    /// What the channel attests.
    pub customer: Customer,
    /// The clock before the first turn; Monday 2026-03-02, 10:00 in the company's zone where the file names none.
    pub now: Timestamp,
    /// The dialogue; never empty.
    pub turns: Vec<Turn>,
}

/// What a company sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyType {
    /// Goods.
    #[default]
    Product,
    /// Appointments and other services.
    Service,
    /// Both.
    Hybrid,
}

/// The company of a rehearsal.
#[derive(Clone, Debug, PartialEq)]
pub struct CompanySetting {
    /// What it sells.
    pub kind: CompanyType,
    /// Its one currency; EUR where the file names none.
    pub currency: Currency,
    /// Its zone; UTC where the file names none.
    pub timezone: TimeZone,
    /// The zone's IANA name, for storing.
    pub timezone_name: String,
    /// Line of business in the owner's words.
    pub shop_type: String,
    /// Checkout fields; `None` means the default of the commerce rules.
    pub required: Option<Vec<Field>>,
    /// Opening hours; Monday to Friday 10:00–18:00 where the file names none.
    pub hours: OpeningHours,
}

/// What the channel itself attests about the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Customer {
    /// Profile name; empty for none.
    pub name: String,
    /// Phone number; empty for none.
    pub phone: String,
}

/// One step of the dialogue and what is expected of it.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Where it stands in the file, counted from 1.
    pub line: u64,
    /// What happens.
    pub step: Step,
    /// What must come of it; `None`: nothing is checked.
    pub expect: Option<Expect>,
}

/// What happens in a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The customer writes these messages, answered together.
    Says(Vec<String>),
    /// The clock moves.
    After(SignedDuration),
    /// Something happens outside the talk.
    Event(Event),
}

/// What must come of a turn. Every part is optional; what is not named is not checked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Language of the reply.
    pub language: Option<Language>,
    /// Exactly these lines, in any order; an empty list means an empty cart.
    pub cart: Option<Vec<ExpectedLine>>,
    /// City as the catalogue spells it, or `online`; empty for none.
    pub city: Option<String>,
    /// The exact set of fields that the reply asks for.
    pub asks: Option<Vec<Field>>,
    /// Whether a payment link was sent in the step.
    pub payment_link: Option<bool>,
    /// How far the payment is.
    pub payment_status: Option<PaymentStatus>,
    /// What the reply says.
    pub reply: Option<ExpectedReply>,
    /// Address of the one picture sent in the step; empty for none.
    pub image: Option<String>,
    /// Address of the one video sent in the step; empty for none.
    pub video: Option<String>,
    /// The latest order.
    pub order: Option<ExpectedOrder>,
    /// Reminders sent in the step.
    pub reminders: Option<u32>,
    /// The booking, or that there is none.
    pub booking: Option<ExpectedBooking>,
    /// Events that stand in the calendar.
    pub calendar_events: Option<u32>,
    /// Whether a person holds the conversation.
    pub handed_over: Option<bool>,
    /// Whether no message was sent in the step.
    pub silent: Option<bool>,
    /// How many texts were sent in the step.
    pub messages: Option<usize>,
    /// Whether reminders of the open order still run.
    pub remind: Option<bool>,
    /// Whether the open unpaid order was put aside in the step.
    pub order_changed: Option<bool>,
    /// The engine's own word for what the customer wanted.
    pub intent: Option<String>,
    /// Skus named in the reply, in any order.
    pub items_offered: Option<Vec<String>>,
}

/// A line as a file names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedLine {
    /// The sku, compared as a string.
    pub sku: String,
    /// Packs; 1 where the file names none.
    #[serde(default = "one")]
    pub quantity: i64,
}

fn one() -> i64 {
    1
}

impl From<&ExpectedLine> for Line {
    fn from(line: &ExpectedLine) -> Self {
        Self { sku: line.sku.clone(), quantity: line.quantity }
    }
}

/// What the texts of the step, joined by newlines, must and must not say.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedReply {
    /// Each stands in it, whatever the case.
    pub contains: OneOrMore<String>,
    /// None stands in it, whatever the case.
    pub excludes: OneOrMore<String>,
    /// Each is found in it.
    pub matches: OneOrMore<Pattern>,
    /// None is found in it.
    pub excludes_matches: OneOrMore<Pattern>,
    /// At most so many characters.
    pub max_chars: Option<usize>,
}

/// The latest order as it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedOrder {
    /// Sum of the lines.
    pub products: Option<Sum>,
    /// Delivery or travel fee charged.
    pub delivery: Option<Sum>,
    /// Everything.
    pub total: Option<Sum>,
    /// Whether a threshold waived the fee.
    pub free_delivery: Option<bool>,
    /// City, or `online`.
    pub city: Option<String>,
    /// Phone; compared without spaces, dashes, dots and brackets.
    pub phone: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Exactly these lines, in any order.
    pub lines: Option<Vec<ExpectedLine>>,
}

/// The booking as it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedBooking {
    /// No booking stands.
    None,
    /// A booking stands.
    Some(BookingParts),
}

/// Parts of a booking, each optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BookingParts {
    /// Delivery or appointment.
    pub kind: Option<BookingKind>,
    /// City, or `online`.
    pub city: Option<String>,
    /// The exact start.
    pub at: Option<Moment>,
    /// The start is no later than this.
    pub before: Option<Moment>,
}

/// What a calendar event stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingKind {
    /// Goods are brought.
    Delivery,
    /// A service takes place.
    Appointment,
}

impl BookingKind {
    /// The word of the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Appointment => "appointment",
        }
    }
}

/// Reads one rehearsal from its file.
///
/// # Errors
/// [`RehearsalError`] with file and line.
pub fn read(file: &Path) -> Result<Rehearsal, RehearsalError> {
    let text = std::fs::read_to_string(file).map_err(|error| RehearsalError {
        file: file.to_owned(),
        line: 0,
        message: format!("cannot be read: {error}"),
    })?;
    parse(&text, file)
}

/// The rehearsal files (`.yaml`, `.yml`) under these paths, folders included, sorted, each once.
///
/// # Errors
/// [`RehearsalError`] for a path that does not exist or a folder that cannot be read.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, RehearsalError> {
    let mut found = Vec::new();
    for path in paths {
        collect(path, true, &mut found)?;
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn collect(path: &Path, named: bool, found: &mut Vec<PathBuf>) -> Result<(), RehearsalError> {
    let fault = |error: std::io::Error| RehearsalError {
        file: path.to_owned(),
        line: 0,
        message: format!("cannot be read: {error}"),
    };
    let about = std::fs::metadata(path).map_err(fault)?;
    if about.is_dir() {
        for entry in std::fs::read_dir(path).map_err(fault)? {
            collect(&entry.map_err(fault)?.path(), false, found)?;
        }
    } else if named || path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
        found.push(path.to_owned());
    }
    Ok(())
}

/// Reads a rehearsal from text. `file` is named in errors, and its folder is what `knowledge` and `file` are relative to.
///
/// # Errors
/// [`RehearsalError`] with file and line.
pub fn parse(text: &str, file: &Path) -> Result<Rehearsal, RehearsalError> {
    let fault = |line: u64, message: String| RehearsalError { file: file.to_owned(), line, message };
    let raw: RawRehearsal = serde_saphyr::from_str(text).map_err(|error| {
        let plain = error.without_snippet();
        fault(plain.location().map_or(0, |location| location.line()), one_line(&plain.to_string()))
    })?;
    let folder = file.parent().unwrap_or(Path::new(""));
    if raw.name.value.trim().is_empty() {
        return Err(fault(raw.name.referenced.line(), "name is empty".to_owned()));
    }
    if raw.turns.value.is_empty() {
        return Err(fault(raw.turns.referenced.line(), "turns is empty".to_owned()));
    }
    let company = raw.company.resolve();
    let now = match raw.now {
        Some(moment) => moment.0,
        None => civil::date(2026, 3, 2)
            .at(10, 0, 0, 0)
            .to_zoned(company.timezone.clone())
            .map_err(|error| fault(0, error.to_string()))?
            .timestamp(),
    };
    let turns = raw
        .turns
        .value
        .into_iter()
        .map(|turn| {
            let line = turn.referenced.line();
            turn.value.resolve(line, folder, text).map_err(|message| fault(line, message))
        })
        .collect::<Result<_, _>>()?;
    Ok(Rehearsal {
        file: file.to_owned(),
        name: raw.name.value,
        company,
        knowledge: raw.knowledge.0.iter().map(|path| folder.join(path)).collect(),
        channel: raw.channel.unwrap_or(ChannelKind::Webchat),
        customer: raw.customer,
        now,
        turns,
    })
}

/// The parser's message without line breaks and without the position, which the error names itself.
fn one_line(message: &str) -> String {
    let first = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    match first.rfind(" at line ") {
        Some(position) => first[..position].to_owned(),
        None => first,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRehearsal {
    name: Spanned<String>,
    #[serde(default)]
    company: RawCompany,
    #[serde(default)]
    knowledge: OneOrMore<String>,
    channel: Option<ChannelKind>,
    #[serde(default)]
    customer: Customer,
    now: Option<Moment>,
    turns: Spanned<Vec<Spanned<RawTurn>>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RawCompany {
    #[serde(rename = "type")]
    kind: CompanyType,
    currency: Option<CurrencyCode>,
    timezone: Option<Zone>,
    shop_type: String,
    required: Option<Vec<Field>>,
    hours: Option<Hours>,
}

impl RawCompany {
    fn resolve(self) -> CompanySetting {
        let zone = self.timezone.unwrap_or_else(|| Zone { name: "UTC".to_owned(), zone: TimeZone::UTC });
        CompanySetting {
            kind: self.kind,
            currency: self.currency.map_or(Currency::EUR, |code| code.0),
            timezone: zone.zone,
            timezone_name: zone.name,
            shop_type: self.shop_type,
            required: self.required,
            hours: self.hours.map_or_else(office_hours, |hours| hours.0),
        }
    }
}

/// What a file that names no hours means: Monday to Friday, ten to six.
fn office_hours() -> OpeningHours {
    OpeningHours::parse([("mon-fri", "10:00-18:00")]).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTurn {
    says: Option<Spanned<Says>>,
    after: Option<Span>,
    event: Option<EventWord>,
    file: Option<String>,
    expect: Option<Expect>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventWord {
    Paid,
    PaymentFailed,
    LinkExpired,
    OperatorTakes,
    OperatorReturns,
    Import,
}

impl RawTurn {
    fn resolve(self, line: u64, folder: &Path, source: &str) -> Result<Turn, String> {
        if self.file.is_some() && self.event != Some(EventWord::Import) {
            return Err("file goes only with event: import".to_owned());
        }
        let step = match (self.says, self.after, self.event) {
            (Some(says), None, None) => Step::Says(said(says, source)?),
            (None, Some(span), None) => Step::After(span.0),
            (None, None, Some(word)) => Step::Event(match word {
                EventWord::Paid => Event::Paid,
                EventWord::PaymentFailed => Event::PaymentFailed,
                EventWord::LinkExpired => Event::LinkExpired,
                EventWord::OperatorTakes => Event::OperatorTakes,
                EventWord::OperatorReturns => Event::OperatorReturns,
                EventWord::Import => Event::Import(folder.join(self.file.ok_or("event: import needs file")?)),
            }),
            _ => return Err("a turn has exactly one of says, after and event".to_owned()),
        };
        Ok(Turn { line, step, expect: self.expect })
    }
}
