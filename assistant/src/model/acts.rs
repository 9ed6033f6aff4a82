//! From a call of a tool to [`Act`]s: what the model wrote is read strictly, and what it may not decide is decided here.

use super::Said;
use crate::compose::{Composer, Names, Value, shorten};
use crate::turn::{Shop, TurnInput};
use crate::understand::{Act, Amounts, ContactKind, Count, Cue, Mention, Understanding};
use domain::catalog::{Area, Item};
use domain::language::Language;
use domain::reply::{DraftReply, Facts, Policy, Violation, check};
use domain::text::fold;
use gateway::language_model::ToolCall;
use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

/// The largest amount that is taken from a model; the cart's own limit is lower and has words for the customer.
const MOST: i64 = 1_000_000;
/// An amount up to this is taken without its being written as a number ("a dozen").
const SMALL: i64 = 24;
/// Items that one search gives.
const HITS: usize = 8;
/// Characters of an item's text in a search.
const ABOUT_CHARS: usize = 240;
/// The longest words taken from a model.
const WORDS_CHARS: usize = 300;

/// What a call comes to.
pub(super) enum Step {
    /// Facts, and nothing changes.
    Read(Json),
    /// What the customer meant.
    Acts(Vec<Act>),
}

/// Facts that were read for the model in this turn, beside what the engine said.
pub(super) struct Reads {
    say: Composer,
    /// Keys of the items.
    items: Vec<String>,
}

impl Reads {
    pub(super) fn new(shop: &dyn Shop, language: Language) -> Self {
        let mut reads = Self { say: Composer::naming(language), items: Vec::new() };
        let name = shop.profile().company_name.clone();
        reads.note(&name);
        reads
    }

    /// What the names stand for.
    pub(super) fn names(&self) -> Names {
        self.say.names()
    }

    /// What they rest on.
    pub(super) const fn facts(&self) -> &domain::reply::Facts {
        &self.say.facts
    }

    /// Keys of the items that were read.
    pub(super) fn items(&self) -> &[String] {
        &self.items
    }

    /// A text that may be repeated.
    pub(super) fn note(&mut self, text: &str) {
        if !text.is_empty() && !self.say.facts.texts.iter().any(|known| known == text) {
            self.say.facts.texts.push(text.to_owned());
        }
    }

    /// A fact under a name.
    pub(super) fn fact(&mut self, name: &str, value: &Value<'_>) -> String {
        self.say.named(name, value)
    }

    /// An item as a search shows it: nothing internal, its price under a name.
    pub(super) fn item(&mut self, shop: &dyn Shop, item: &Item) -> Json {
        self.note(&item.name);
        self.items.push(item.key.clone());
        let about = shorten(&item.description, ABOUT_CHARS);
        self.note(&about);
        let mut card = json!({ "id": item.key, "name": item.name, "about": about });
        if item.is_free() {
            card["price"] = json!("free");
        } else {
            let name = format!("price:{}", item.key);
            card["price"] = json!(self.fact(&name, &Value::Money(item.price(shop.profile().currency))));
            card["price_is"] = json!(self.names().get(&name));
        }
        for (field, text) in [("unit", &item.unit), ("category", &item.category), ("format", &item.format)] {
            if let Some(text) = text {
                self.note(text);
                card[field] = json!(text);
            }
        }
        match &item.area {
            Area::Everywhere => {}
            Area::Online => card["online"] = json!(true),
            Area::Cities(cities) => card["cities"] = json!(cities.iter().take(30).collect::<Vec<_>>()),
        }
        if let Some(minutes) = item.duration_minutes {
            let text = minutes.to_string();
            self.note(&text);
            card["minutes"] = json!(minutes);
        }
        if item.has_slots() {
            card["needs_a_time"] = json!(true);
        }
        card
    }
}

/// Everything the customer wrote, folded, so that nothing is taken for theirs that is not.
pub(super) struct Written {
    texts: Vec<String>,
    words: String,
    digits: String,
}

impl Written {
    pub(super) fn of(input: &TurnInput, history: &[Said]) -> Self {
        let now = input
            .messages
            .iter()
            .flat_map(|message| [message.text.as_str(), message.contact_phone.as_deref().unwrap_or_default()]);
        let before = history.iter().filter(|said| said.by_customer).map(|said| said.text.as_str());
        let all: Vec<&str> = now.chain(before).collect();
        let digits = all.iter().map(|text| digits(text)).collect::<Vec<_>>().join(" ");
        Self {
            words: format!(" {} ", words(&all.join(" "))),
            texts: all.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            digits,
        }
    }

    /// Whether a number stands in it, by itself.
    fn has_number(&self, number: i64) -> bool {
        let number = number.to_string();
        self.texts.iter().any(|text| text.split(|c: char| !c.is_ascii_digit()).any(|run| run == number))
    }

    /// Whether the customer gave this number, in digits or in words that the rules read.
    pub(super) fn counts(&self, heard: &Understanding, number: i64) -> bool {
        let heard = || heard.acts.iter().flat_map(amounts_of).flat_map(|amounts| &amounts.counts);
        self.has_number(number) || heard().any(|count| count.value == number)
    }

    /// Whether each word stands in what the customer wrote, as it is or in another case of it.
    fn has_words(&self, text: &str) -> bool {
        let folded = words(text);
        !folded.is_empty()
            && folded.split(' ').all(|word| {
                let stem: String = word.chars().take(word.chars().count().saturating_sub(2).max(2)).collect();
                self.words.contains(&format!(" {stem}"))
            })
    }

    fn has_digits(&self, text: &str) -> bool {
        let digits = digits(text);
        !digits.is_empty() && self.digits.contains(&digits)
    }
}

fn words(text: &str) -> String {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Named {
    ids: Vec<String>,
    words: String,
    quantity: Option<i64>,
    amounts: Vec<Amount>,
    more: bool,
    exact: Option<bool>,
    partial: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Amount {
    n: i64,
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    Packs,
    Pieces,
    Minutes,
    Grams,
    Millilitres,
}

#[derive(Debug, Deserialize)]
struct Search {
    #[serde(default)]
    query: String,
    #[serde(default)]
    detail: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Show {
    items: Vec<Named>,
    topics: Vec<Cue>,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SetCart {
    #[serde(rename = "do")]
    change: Change,
    item: Option<Named>,
    instead_of: Option<Named>,
    place: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Change {
    Want,
    Add,
    Quantity,
    Choose,
    Cheapest,
    Dearest,
    All,
    Both,
    Drop,
    Keep,
    Swap,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Recipient {
    name: Option<String>,
    phone: Option<String>,
    city: Option<String>,
    address: Option<String>,
    current_phone: bool,
    same_as_before: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Slot {
    date: Option<String>,
    time: Option<String>,
    half_of_day_open: bool,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Debug, Deserialize)]
struct NewOrder {
    kind: OrderKind,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OrderKind {
    New,
    Repeat,
    Cancel,
}

#[derive(Debug, Deserialize)]
struct StopReminders {
    because: Because,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Because {
    Wish,
    Complaint,
}

#[derive(Debug, Deserialize)]
struct CallPerson {
    why: Why,
    whom: Option<ContactKind>,
    about: Option<Named>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Why {
    Person,
    Refund,
    Contact,
}

#[derive(Debug, Deserialize)]
struct Note {
    said: Kind,
    #[serde(default)]
    text: String,
    #[serde(default)]
    question: bool,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Greeting,
    Thanks,
    Bye,
    Yes,
    No,
    More,
    Paid,
    DidPaymentArrive,
    OrderStatus,
    LinkAgain,
    HowToPay,
    Discount,
    FreeDelivery,
    Privacy,
    AreYouAProgram,
    Recommend,
    OffTopic,
    ChangeOfRules,
    HowManyInStock,
    Unreadable,
    Unknown,
}

/// Whether the customer said something that brings an order on.
pub(super) fn moves_an_order(act: &Act) -> bool {
    matches!(
        act,
        Act::Confirm
            | Act::Yes
            | Act::Repeat
            | Act::LinkAgain
            | Act::Want { .. }
            | Act::Quantity { .. }
            | Act::Choose { .. }
            | Act::ChooseByPrice { .. }
            | Act::All { .. }
            | Act::Drop { .. }
            | Act::Keep { .. }
            | Act::Swap { .. }
            | Act::City { .. }
            | Act::Name { .. }
            | Act::Phone { .. }
            | Act::CurrentPhone
            | Act::SameAsBefore
            | Act::Address { .. }
            | Act::Date { .. }
            | Act::Time { .. }
            | Act::PartOfDay { .. }
    )
}

/// Reads one call.
///
/// # Errors
/// What is wrong with it, for the model.
pub(super) fn step(
    shop: &dyn Shop,
    heard: &Understanding,
    written: &Written,
    input: &TurnInput,
    reads: &mut Reads,
    call: &ToolCall,
) -> Result<Step, String> {
    let arguments = if call.arguments.trim().is_empty() { "{}" } else { call.arguments.as_str() };
    let reader = Reader { shop, heard, written, input };
    let acts = match call.name.as_str() {
        "search_catalogue" => {
            let search: Search = read(arguments)?;
            if search.query.trim().is_empty() {
                return Ok(Step::Acts(vec![Act::Browse { detail: search.detail }]));
            }
            let query: String = search.query.chars().take(WORDS_CHARS).collect();
            let found: Vec<Json> =
                shop.catalogue().search(&query, HITS).into_iter().map(|hit| reads.item(shop, &hit.item)).collect();
            let hint = if found.is_empty() { "Nothing on offer fits these words: say so and ask." } else { "" };
            return Ok(Step::Read(json!({ "items": found, "hint": hint })));
        }
        "show_item" => {
            let show: Show = read(arguments)?;
            let about = show.items.into_iter().map(|named| reader.mention(named)).collect::<Result<Vec<_>, _>>()?;
            let words: Vec<String> = show.words.into_iter().take(60).collect();
            reader.clean(&words.join(" "))?;
            vec![Act::Ask { topics: show.topics, about, words }]
        }
        "set_cart" => reader.set_cart(read(arguments)?)?,
        "set_recipient" => reader.recipient(read(arguments)?)?,
        "offer_slots" => {
            let mut acts = Reader::slot(&read(arguments)?)?;
            acts.push(Act::Ask { topics: vec![Cue::FreeTimes], about: Vec::new(), words: Vec::new() });
            acts
        }
        "hold_slot" => {
            let acts = Reader::slot(&read(arguments)?)?;
            if acts.is_empty() {
                return Err("give a date, a time, or both".to_owned());
            }
            acts
        }
        "checkout" => reader.confirmation()?,
        "new_order" => {
            let order: NewOrder = read(arguments)?;
            vec![match order.kind {
                OrderKind::New => Act::NewOrder,
                OrderKind::Repeat => Act::Repeat,
                OrderKind::Cancel => Act::Cancel,
            }]
        }
        "stop_reminders" => {
            let stop: StopReminders = read(arguments)?;
            vec![match stop.because {
                Because::Wish => Act::StopReminders,
                Because::Complaint => Act::Complain,
            }]
        }
        "call_person" => reader.person(read(arguments)?)?,
        "note" => reader.note(&read(arguments)?)?,
        _ => return Err("there is no such tool".to_owned()),
    };
    Ok(Step::Acts(acts))
}

fn read<T: DeserializeOwned>(arguments: &str) -> Result<T, String> {
    serde_json::from_str(arguments).map_err(|error| format!("the arguments cannot be read: {error}"))
}

struct Reader<'a> {
    shop: &'a dyn Shop,
    heard: &'a Understanding,
    written: &'a Written,
    input: &'a TurnInput,
}

impl Reader<'_> {
    /// Words of the model that the program may repeat to the customer, and that would count as facts then: they hold no number
    /// and no link that the customer did not write, and nothing internal.
    fn clean(&self, text: &str) -> Result<(), String> {
        let facts = Facts { texts: self.written.texts.clone(), ..Facts::default() };
        let internal: Vec<&Item> = self.shop.catalogue().items().iter().map(|item| &**item).collect();
        let policy = Policy {
            max_chars: usize::MAX,
            language: Language::En,
            own_hosts: &[],
            internal: &internal,
            contacts_allowed: false,
        };
        let draft = DraftReply { text, image: None, video: None };
        let bound = match check(&draft, &facts, &policy) {
            Ok(()) => true,
            Err(found) => {
                found.iter().all(|violation| matches!(violation, Violation::Empty | Violation::Language { .. }))
            }
        };
        if bound { Ok(()) } else { Err("use the customer's own words, without numbers and links of yours".to_owned()) }
    }

    /// An amount is the customer's: small, or written, or heard by the rules.
    fn said(&self, Amount { n, of }: Amount) -> bool {
        let unit = match of {
            Of::Packs | Of::Pieces => 1,
            Of::Minutes => 60,
            Of::Grams | Of::Millilitres => 1_000,
        };
        let written = |n: i64| self.written.has_number(n);
        let heard = || {
            self.heard.acts.iter().flat_map(amounts_of).any(|amounts| {
                amounts.counts.iter().any(|count| count.value == n)
                    || [amounts.minutes, amounts.grams, amounts.millilitres].contains(&Some(n))
            })
        };
        n <= SMALL || written(n) || (n % unit == 0 && (n / unit <= SMALL || written(n / unit))) || heard()
    }

    fn amounts(&self, named: &Named) -> Result<Amounts, String> {
        let quantity = named.quantity.map(|n| Amount { n, of: Of::Packs });
        if let Some(amount) =
            quantity.into_iter().chain(named.amounts.iter().copied()).find(|amount| !self.said(*amount))
        {
            return Err(format!("the customer did not say {}; ask how many", amount.n));
        }
        amounts(named)
    }

    fn mention(&self, named: Named) -> Result<Mention, String> {
        let index = self.shop.catalogue();
        if let Some(unknown) = named.ids.iter().find(|id| index.get(id).is_none()) {
            let unknown: String = unknown.chars().take(60).collect();
            return Err(format!("there is no item {unknown:?}; take ids from search_catalogue"));
        }
        if named.ids.len() > 50 {
            return Err("too many ids".to_owned());
        }
        if named.ids.is_empty() && named.words.trim().is_empty() {
            return Err("name the item by its id, or by the customer's words when nothing fits".to_owned());
        }
        let amounts = self.amounts(&named)?;
        let words = match named.ids.first().and_then(|id| index.get(id)) {
            Some(item) if named.words.trim().is_empty() => item.name.clone(),
            _ => named.words.chars().take(WORDS_CHARS).collect(),
        };
        if !named.words.trim().is_empty() {
            self.clean(&words)?;
        }
        let exact = named.exact.unwrap_or(!named.ids.is_empty());
        Ok(Mention { words, amounts, candidates: named.ids, exact, partial: named.partial })
    }

    fn set_cart(&self, set: SetCart) -> Result<Vec<Act>, String> {
        let item = set.item.map(Some).unwrap_or_default();
        let optional = |named: Option<Named>| named.map(|named| self.mention(named)).transpose();
        let needed = |named: Option<Named>| {
            named.ok_or_else(|| "say which item".to_owned()).and_then(|named| self.mention(named))
        };
        let act = match set.change {
            Change::Want => Act::Want { mention: needed(item)?, add: false },
            Change::Add => Act::Want { mention: needed(item)?, add: true },
            // Without an amount: the item that the talk is about is wanted.
            Change::Quantity => Act::Quantity { amounts: self.amounts(&item.unwrap_or_default())? },
            Change::Choose => {
                let ordinal = set.place.filter(|place| (-50..=50).contains(place) && *place != 0);
                Act::Choose { ordinal: ordinal.ok_or_else(|| "say which place of the list".to_owned())? }
            }
            Change::Cheapest => Act::ChooseByPrice { dearest: false },
            Change::Dearest => Act::ChooseByPrice { dearest: true },
            Change::All => Act::All { both: false },
            Change::Both => Act::All { both: true },
            Change::Drop => Act::Drop { mention: optional(item)? },
            Change::Keep => Act::Keep { mention: optional(item)? },
            Change::Swap => Act::Swap { from: optional(set.instead_of)?, to: needed(item)? },
        };
        Ok(vec![act])
    }

    fn recipient(&self, given: Recipient) -> Result<Vec<Act>, String> {
        let mut acts = Vec::new();
        let cut = |text: String| text.trim().chars().take(WORDS_CHARS).collect::<String>();
        let foreign = |what: &str| format!("the customer did not write this {what}; ask for it");
        let filled = |text: Option<String>| text.map(cut).filter(|text| !text.is_empty());
        if let Some(name) = filled(given.name) {
            self.clean(&name)?;
            let act = Act::Name { name: name.clone() };
            if !self.heard.acts.contains(&act) && !self.written.has_words(&name) {
                return Err(foreign("name"));
            }
            acts.push(act);
        }
        if let Some(raw) = filled(given.phone) {
            let act = Act::Phone { raw: raw.clone() };
            if !self.heard.acts.contains(&act) && !self.written.has_digits(&raw) {
                return Err(foreign("number"));
            }
            acts.push(act);
        }
        if let Some(said) = filled(given.city) {
            let heard =
                self.heard.acts.iter().find(|act| matches!(act, Act::City { said: other, .. } if *other == said));
            self.clean(&said)?;
            acts.push(heard.cloned().unwrap_or_else(|| {
                let cities = self.shop.catalogue().cities();
                let spelled = cities.iter().find(|city| domain::city::same(city, &said)).cloned();
                Act::City { said, spelled }
            }));
        }
        if let Some(text) = filled(given.address) {
            self.clean(&text)?;
            let act = Act::Address { text: text.clone() };
            if !self.heard.acts.contains(&act) && !self.written.has_words(&text) {
                return Err(foreign("address"));
            }
            acts.push(act);
        }
        if given.current_phone {
            acts.push(Act::CurrentPhone);
        }
        if given.same_as_before {
            acts.push(Act::SameAsBefore);
        }
        if acts.is_empty() {
            return Err("there is nothing to set".to_owned());
        }
        Ok(acts)
    }

    fn slot(slot: &Slot) -> Result<Vec<Act>, String> {
        let time = |text: &str| {
            text.parse::<Time>()
                .map_err(|_| format!("{:?} is no time; write HH:MM", text.chars().take(20).collect::<String>()))
        };
        let mut acts = Vec::new();
        if let Some(date) = &slot.date {
            let date = date
                .parse::<Date>()
                .map_err(|_| format!("{:?} is no day; write YYYY-MM-DD", date.chars().take(20).collect::<String>()))?;
            acts.push(Act::Date { date });
        }
        if let Some(text) = &slot.time {
            acts.push(Act::Time { time: time(text)?, vague: slot.half_of_day_open });
        }
        if slot.from.is_some() || slot.to.is_some() {
            let from = slot.from.as_deref().map_or(Ok(Time::midnight()), time)?;
            let to = slot.to.as_deref().map_or(Ok(Time::constant(23, 59, 0, 0)), time)?;
            acts.push(Act::PartOfDay { from, to });
        }
        Ok(acts)
    }

    /// Only the customer confirms: the model's word is not enough, the rules must hear it as well.
    fn confirmation(&self) -> Result<Vec<Act>, String> {
        let confirmed: Vec<Act> =
            self.heard.acts.iter().filter(|act| matches!(act, Act::Confirm | Act::Yes)).cloned().collect();
        if confirmed.is_empty() && !self.input.state.confirmed {
            return Err("the customer has not confirmed in their own words; state the total and ask".to_owned());
        }
        Ok(confirmed)
    }

    fn person(&self, call: CallPerson) -> Result<Vec<Act>, String> {
        // Contacts are told only to who asks for them (R79).
        let asked = self
            .heard
            .acts
            .iter()
            .any(|act| matches!(act, Act::Contact { .. } | Act::Refund { .. } | Act::Person | Act::Complain));
        let about = call.about.map(|named| self.mention(named)).transpose()?;
        let act = match call.why {
            Why::Person => Act::Person,
            Why::Refund | Why::Contact if !asked => {
                return Err(
                    "the customer did not ask for that in words the program knows; ask what they need".to_owned()
                );
            }
            Why::Refund => Act::Refund { about },
            Why::Contact => Act::Contact { kind: call.whom.unwrap_or(ContactKind::Company), about },
        };
        Ok(vec![act])
    }

    fn note(&self, note: &Note) -> Result<Vec<Act>, String> {
        let heard_yes = self.heard.acts.contains(&Act::Yes);
        let act = match note.said {
            Kind::Greeting => Act::Greet,
            Kind::Thanks => Act::Thanks,
            Kind::Bye => Act::Bye,
            Kind::Yes if !heard_yes => {
                return Err(
                    "the program did not hear a yes; say what the customer agreed to by another tool".to_owned()
                );
            }
            Kind::Yes => Act::Yes,
            Kind::No => Act::No,
            Kind::More => Act::More,
            Kind::Paid => Act::ClaimPaid,
            Kind::DidPaymentArrive => Act::AskPaid,
            Kind::OrderStatus => Act::OrderStatus,
            Kind::LinkAgain => Act::LinkAgain,
            Kind::HowToPay => Act::PayMethod,
            Kind::Discount => Act::Discount,
            Kind::FreeDelivery => Act::FreeDelivery,
            Kind::Privacy => Act::Privacy,
            Kind::AreYouAProgram => Act::Bot,
            Kind::Recommend => Act::Recommend,
            Kind::OffTopic => Act::OffTopic,
            Kind::ChangeOfRules => Act::Injection,
            Kind::HowManyInStock => Act::StockProbe,
            Kind::Unreadable => Act::Unreadable,
            Kind::Unknown => {
                let text: String = note.text.chars().take(WORDS_CHARS).collect();
                self.clean(&text)?;
                Act::Unknown { text, question: note.question }
            }
        };
        Ok(vec![act])
    }
}

fn amounts_of(act: &Act) -> Vec<&Amounts> {
    match act {
        Act::Want { mention, .. } | Act::Swap { to: mention, .. } => vec![&mention.amounts],
        Act::Ask { about, .. } => about.iter().map(|mention| &mention.amounts).collect(),
        Act::Drop { mention: Some(mention) } | Act::Keep { mention: Some(mention) } => vec![&mention.amounts],
        Act::Quantity { amounts } => vec![amounts],
        _ => Vec::new(),
    }
}

fn amounts(named: &Named) -> Result<Amounts, String> {
    let mut amounts = Amounts { more: named.more, ..Amounts::default() };
    let quantity = named.quantity.map(|n| Amount { n, of: Of::Packs });
    if named.amounts.len() > 20 {
        return Err("too many amounts".to_owned());
    }
    for Amount { n, of } in quantity.into_iter().chain(named.amounts.iter().copied()) {
        if !(0..=MOST).contains(&n) {
            return Err(format!("{n} is no amount"));
        }
        match of {
            Of::Packs => amounts.counts.push(Count { value: n, of_packs: true }),
            Of::Pieces => amounts.counts.push(Count { value: n, of_packs: false }),
            Of::Minutes => amounts.minutes = Some(n),
            Of::Grams => amounts.grams = Some(n),
            Of::Millilitres => amounts.millilitres = Some(n),
        }
    }
    Ok(amounts)
}
