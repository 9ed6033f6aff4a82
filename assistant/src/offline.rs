//! The assistant without a model: understands by rules, runs the same tools, and words the outcome.

mod answers;
mod cart;
mod contacts;
mod fields;
mod item;
mod line;
mod lists;
mod orders;
mod settle;
mod trace;

use crate::compose::{Composer, Names, Value};
use crate::desk::Desk;
use crate::retrieve::CatalogueIndex;
use crate::turn::{
    DialogueState, Effect, Field, Inbound, OrderView, Pending, Reason, ReasonLine, Reply, Shop, ShopError, TurnInput,
    TurnOutput,
};
use crate::understand::offline::{Context, understand};
use crate::understand::{Act, Understanding};
use domain::catalog::Item;
use domain::language::Language;
use domain::order::PaymentStatus;
use domain::reply::Facts;
use jiff::civil::Time;
use serde_json::Value as Json;
use std::sync::Arc;

/// What became of the conversation's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OrderNow {
    /// There is none, or it was put aside.
    None,
    /// Its link is open and unpaid.
    Open,
    /// Its link has run out.
    Expired,
    /// Paid, or free and booked.
    Settled,
}

/// A turn at work.
struct Talk<'a> {
    shop: &'a dyn Shop,
    desk: Desk<'a>,
    say: Composer,
    order_now: OrderNow,
    /// The order as it stood before the turn.
    order: Option<OrderView>,
    acts: Vec<Act>,
    asks: Vec<Field>,
    offered: Vec<String>,
    image: Option<String>,
    video: Option<String>,
    reasons: Vec<Reason>,
    intent: &'static str,
    /// Whether the order moved on, so that its next step is due.
    progress: bool,
    /// Lines that are new or changed in this turn.
    fresh: Vec<String>,
    /// A part of the day that was wished.
    part: Option<(Time, Time)>,
    /// Whether a city was said in this turn.
    city_said_now: bool,
    /// A problem was asked about: no further question in this turn.
    halted: bool,
    first_contact: bool,
    /// Whether the open order is being corrected, which needs no second confirmation.
    correcting: bool,
    /// Lines of an earlier order that are wanted once more.
    repeated: Vec<(String, i64)>,
    /// Whether the total was asked for.
    total_wanted: bool,
    /// Whether the customer wrote something like card data.
    card: bool,
}

/// Answers one turn.
///
/// # Errors
/// [`ShopError`] when a fact could not be had.
pub async fn answer(shop: &dyn Shop, input: TurnInput) -> Result<TurnOutput, ShopError> {
    let understood = hear(shop, &input);
    let say = Composer::new;
    Ok(Box::pin(carry(shop, input, understood, say)).await?.output)
}

/// Characters of one message that are read.
const READ_CHARS: usize = 2_000;
/// Characters of all messages of a turn that are read.
const TURN_CHARS: usize = 12_000;

/// What is read of the messages of a turn: the newest that fit, oldest first, each cut. Reading costs time (by rules) or money (by
/// a model), and nobody orders in more words.
pub(crate) fn readable(messages: &[Inbound]) -> Vec<Inbound> {
    let mut left = TURN_CHARS;
    let cut =
        |message: &Inbound| Inbound { text: crate::compose::shorten(&message.text, READ_CHARS), ..message.clone() };
    let fits = |message: &Inbound| {
        let chars = message.text.chars().count();
        let fits = chars <= left;
        left = left.saturating_sub(chars);
        fits
    };
    let mut read: Vec<Inbound> = messages.iter().rev().map(cut).take_while(fits).collect();
    read.reverse();
    read
}

/// What the customer said, as the rules understand it.
#[must_use]
pub(crate) fn hear(shop: &dyn Shop, input: &TurnInput) -> Understanding {
    let now = input.now.to_zoned(shop.profile().timezone.clone());
    understand(&readable(&input.messages), &Context { index: shop.catalogue(), state: &input.state, now: &now })
}

/// What a turn comes to, and what a model needs to word it.
#[derive(Clone, Debug)]
pub(crate) struct Carried {
    pub(crate) output: TurnOutput,
    /// What the program says itself before the rest: the notice of a first contact.
    pub(crate) fixed: String,
    /// The rest in the words of the program, with names for its facts.
    pub(crate) draft: String,
    /// What the names stand for.
    pub(crate) names: Names,
    /// Names that the reply cannot do without.
    pub(crate) needed: Vec<String>,
    /// What the program itself said it rests on: [`TurnOutput::facts`] without the customer's own words.
    pub(crate) own_facts: Facts,
    /// Words of the customer that the program repeats.
    pub(crate) theirs: Vec<String>,
}

/// Carries out what was understood, by whomever, and words it with this composer.
pub(crate) async fn carry(
    shop: &dyn Shop,
    input: TurnInput,
    understood: Understanding,
    say: fn(Language) -> Composer,
) -> Result<Carried, ShopError> {
    let profile = shop.profile();
    let now = input.now.to_zoned(profile.timezone.clone());
    let mut state = input.state;
    // The first words may be too few to tell ("мойка окон"): their script still tells something.
    let guessed = || script_of(&input.messages, profile.default_language);
    state.language = understood.language.or(state.language).or_else(guessed);
    let language = state.language.unwrap_or(profile.default_language);
    let order = shop.order().cloned();
    let ordered = flag(&state, ORDERED);
    let order_now = match &order {
        Some(order) if order.payment_status == PaymentStatus::Paid || order.booked || order.free => {
            // A new order may be in the making already.
            if ordered || state.cart.is_empty() { OrderNow::Settled } else { OrderNow::None }
        }
        Some(order) if order.payment_status == PaymentStatus::PaymentLinkSent => OrderNow::Open,
        _ if ordered => OrderNow::Expired,
        _ => OrderNow::None,
    };
    let mut talk = Talk {
        shop,
        desk: Desk::new(shop, state, now),
        say: say(language),
        order_now,
        order,
        acts: understood.acts,
        asks: Vec::new(),
        offered: Vec::new(),
        image: None,
        video: None,
        reasons: Vec::new(),
        intent: "none",
        progress: false,
        fresh: Vec::new(),
        part: None,
        city_said_now: false,
        halted: false,
        first_contact: input.first_contact,
        correcting: false,
        repeated: Vec::new(),
        total_wanted: false,
        card: input.messages.iter().any(|message| has_card_number(&message.text)),
    };
    talk.settle_half_of_day();
    talk.trace_understanding();
    talk.run().await?;
    let card = talk.card;
    let mut carried = talk.finish();
    // The customer's own words may be repeated, card data never.
    if !card {
        carried.output.facts.texts.extend(input.messages.into_iter().map(|message| message.text));
    }
    Ok(carried)
}

/// So many acts of one turn are shown to staff.
const MOST_ACTS: usize = 40;

/// Russian for Cyrillic letters where the company's own language is written in others.
fn script_of(messages: &[Inbound], default: Language) -> Option<Language> {
    let cyrillic = |text: &str| text.chars().any(domain::text::is_cyrillic);
    let other = matches!(default, Language::En | Language::Es);
    (other && messages.iter().any(|message| cyrillic(&message.text))).then_some(Language::Ru)
}

/// Set while the cart is that of an order that was made.
const ORDERED: &str = "ordered";
/// Set while the open question "which item?" comes from a wish, not from a question.
const CHOOSING_TO_BUY: &str = "choosing_to_buy";
/// Key of the item whose contacts were offered.
const CONTACT_OFFERED: &str = "contact_offered";
/// Keys of the items among which a count of single things ("70 roses") was made up.
const COUNTED: &str = "counted_among";
/// What was asked about last, and how much of it: a wish without a name means that.
const ASKED: &str = "asked_about";
/// Set while free times of the item in focus were told: a time that comes now chooses one.
const TIMES_TOLD: &str = "times_told";
/// Keys of the list that can go on.
const LIST: &str = "list";

fn flag(state: &DialogueState, name: &str) -> bool {
    state.memory.get(name).and_then(Json::as_bool).unwrap_or(false)
}

/// Whether the state's open question is which item to buy.
pub(crate) fn is_choosing_to_buy(state: &DialogueState) -> bool {
    matches!(state.pending, Some(Pending::ChooseItem { .. })) && flag(state, CHOOSING_TO_BUY)
}

/// Thirteen to nineteen digits in groups of four: nobody's phone.
fn has_card_number(text: &str) -> bool {
    let mut run = 0_usize;
    let mut plus = false;
    for character in text.chars().chain(std::iter::once('.')) {
        match character {
            '0'..='9' => run += 1,
            ' ' | '-' => {}
            '+' => {
                run = 0;
                plus = true;
            }
            _ => {
                if (15..=19).contains(&run) && !plus {
                    return true;
                }
                run = 0;
                plus = false;
            }
        }
    }
    false
}

impl<'a> Talk<'a> {
    fn index(&self) -> &'a CatalogueIndex {
        self.shop.catalogue()
    }

    fn item(&self, key: &str) -> Option<Arc<Item>> {
        self.desk.show_item(key)
    }

    fn set_flag(&mut self, name: &str, on: bool) {
        if on {
            self.desk.state.memory.insert(name.to_owned(), Json::Bool(true));
        } else {
            self.desk.state.memory.remove(name);
        }
    }

    fn reason(&mut self, step: &str, detail: String, lines: Vec<ReasonLine>, items: Vec<String>) {
        self.reasons.push(Reason { step: step.to_owned(), detail, lines, items });
    }

    /// "At 3" is the afternoon where the branch is closed at three in the morning.
    fn settle_half_of_day(&mut self) {
        let profile = self.shop.profile();
        let said = self.acts.iter().find_map(|act| match act {
            Act::Date { date } => Some(*date),
            _ => None,
        });
        let today = self.desk.now.date();
        let from = said.or(self.desk.state.given.date).unwrap_or(today);
        let days: Vec<jiff::civil::Date> =
            (0..7).filter_map(|day| from.checked_add(jiff::Span::new().days(day)).ok()).collect();
        let open = |time: Time| {
            days.iter().any(|date| {
                profile
                    .timezone
                    .to_zoned(date.to_datetime(time))
                    .is_ok_and(|start| domain::booking::fits(&profile.hours, &profile.timezone, start.timestamp(), 1))
            })
        };
        for act in &mut self.acts {
            if let Act::Time { time, vague: true } = act
                && let Ok(later) = Time::new(time.hour() + 12, time.minute(), 0, 0)
                && !open(*time)
                && open(later)
            {
                *time = later;
            }
        }
    }

    fn trace_understanding(&mut self) {
        if self.acts.is_empty() {
            return;
        }
        let detail = self.acts.iter().map(trace::act).collect::<Vec<_>>().join("; ");
        let lines = self.acts.iter().take(MOST_ACTS).map(line::act).collect();
        self.reason("understood", crate::compose::shorten(&detail, 1500), lines, Vec::new());
    }

    /// The engine's word for the turn: the first that is not small talk.
    fn meant(&mut self, intent: &'static str) {
        if matches!(self.intent, "none" | "greeting" | "thanks" | "details") {
            self.intent = intent;
        }
    }

    fn ask(&mut self, field: Field) {
        if !self.asks.contains(&field) {
            self.asks.push(field);
        }
    }

    fn offer(&mut self, key: &str) {
        if !self.offered.iter().any(|known| known == key) {
            self.offered.push(key.to_owned());
        }
    }

    fn focus(&mut self, key: &str) {
        let focus = &mut self.desk.state.focus;
        focus.retain(|known| known != key);
        focus.insert(0, key.to_owned());
        focus.truncate(8);
    }

    fn has(&self, wanted: impl Fn(&Act) -> bool) -> bool {
        self.acts.iter().any(wanted)
    }

    async fn run(&mut self) -> Result<(), ShopError> {
        if self.first_contact {
            self.notice();
            self.say.fix();
        }
        if self.card {
            self.say.say("card-data", &[]);
        }
        for gone in self.desk.drop_gone() {
            self.say.say("gone", &[("name", Value::Text(&gone))]);
        }
        self.turn_of_the_order();
        self.change_of_fields();
        self.change_of_cart().await?;
        self.answers().await?;
        self.settle().await?;
        self.small_talk();
        Ok(())
    }

    fn notice(&mut self) {
        let profile = self.shop.profile();
        self.say.say("notice", &[("company", Value::Text(&profile.company_name))]);
        match &profile.privacy_url {
            Some(url) => self.say.say("notice-privacy-link", &[("url", Value::Link(url))]),
            None => self.say.say("notice-privacy", &[]),
        }
        if let Some(video) = &profile.welcome_video {
            self.video = Some(video.clone());
        }
    }

    /// What is left to say when nothing else was.
    fn small_talk(&mut self) {
        let notice_only =
            self.first_contact && self.intent == "none" && self.asks.is_empty() && self.offered.is_empty();
        if self.intent != "none" || !(self.say.is_empty() || notice_only) {
            return;
        }
        let company = self.shop.profile().company_name.clone();
        if self.has(|act| matches!(act, Act::Unreadable)) {
            self.say.say("unreadable", &[]);
            self.meant("unreadable");
        } else if self.has(|act| matches!(act, Act::Unknown { .. } | Act::OffTopic)) {
            self.off_topic(&company);
        } else if self.has(|act| matches!(act, Act::Greet)) || notice_only {
            if !self.first_contact {
                self.say.say("greet", &[]);
            }
            if self.first_contact {
                self.browse(false);
            }
            self.meant("greeting");
        } else if self.has(|act| matches!(act, Act::Thanks)) {
            self.say.say("thanks", &[]);
            self.meant("thanks");
        } else if self.has(|act| matches!(act, Act::Bye)) {
            self.say.say("bye", &[]);
            self.meant("thanks");
        } else {
            self.say.say("continue", &[]);
            self.meant("unclear");
        }
    }

    fn off_topic(&mut self, company: &str) {
        self.say.say("off-topic", &[("company", Value::Text(company))]);
        self.say.say("off-topic-ask", &[]);
        self.meant("off_topic");
    }

    /// The link and the total of an order that was just made, and a total that is to be confirmed, must be in the reply.
    fn needed(&self) -> Vec<String> {
        let names = self.say.names();
        let name_of = |value: &str| names.iter().find(|(_, shown)| *shown == value).map(|(name, _)| name.to_owned());
        let ordered = self.desk.effects.iter().any(|effect| matches!(effect, Effect::Checkout(_)));
        let link = ordered.then(|| name_of(self.shop.payment_url())).flatten();
        let asks = matches!(self.desk.state.pending, Some(Pending::Confirm | Pending::ConfirmPrice));
        let total = self.desk.price().filter(|quote| (asks || ordered) && !quote.is_free());
        let total = total.and_then(|quote| name_of(&domain::money::format_money(quote.total, self.say.language())));
        link.into_iter().chain(total).collect()
    }

    fn finish(mut self) -> Carried {
        let contacts_allowed = matches!(self.intent, "contact" | "refund")
            || self.has(|act| matches!(act, Act::Refund { .. } | Act::Contact { .. }));
        let planned = self.shop.profile().channel.planned_chars();
        let (text, cut) = self.say.finish(planned);
        let needed = self.needed();
        let mut state = self.desk.state;
        if cut && state.pending.is_none() && self.asks.is_empty() {
            state.pending = Some(Pending::More);
        }
        state.asked = self.asks.clone();
        if !self.offered.is_empty() {
            state.offered = self.offered.clone();
        }
        // A picture goes with one item, not with a list of several.
        if let Some(image) = &self.image {
            if self.offered.len() > 1 {
                self.image = None;
            } else {
                for key in &self.offered {
                    state.images_shown.insert(key.clone());
                }
                self.say.facts.links.push(image.clone());
            }
        }
        if let Some(video) = &self.video {
            self.say.facts.links.push(video.clone());
        }
        let language = self.say.language();
        let fixed = self.say.fixed();
        let filled = self.say.filled(&text);
        // A template has the notice in front as well, as it stands or with its names.
        let draft = match filled.strip_prefix(fixed.as_str()) {
            Some(_) if !fixed.is_empty() => text.lines().skip(fixed.lines().count()).collect::<Vec<_>>().join("\n"),
            _ => text,
        };
        let names = self.say.names();
        let own_facts = self.say.facts.clone();
        let theirs = std::mem::take(&mut self.say.theirs);
        self.say.facts.texts.extend(theirs.iter().cloned());
        let output = TurnOutput {
            state,
            replies: vec![Reply { text: filled, image: self.image, video: self.video }],
            effects: self.desk.effects,
            language,
            intent: self.intent.to_owned(),
            asks: self.asks,
            items_offered: self.offered,
            facts: self.say.facts,
            contacts_allowed,
            reasons: self.reasons,
        };
        Carried { output, fixed, draft, names, needed, own_facts, theirs }
    }
}
