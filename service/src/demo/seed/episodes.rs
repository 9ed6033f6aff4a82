//! What is talked about: questions, orders, carts left behind, people called.

use super::World;
use super::orders::Planned;
use super::voice::{Answer, Voice};
use crate::demo::words::{self, Words, filled};
use assistant::compose::Value;
use assistant::turn::Field;
use domain::catalog::{Area, Item};
use domain::language::Language;
use domain::money::format_money;
use entity::stored::TurnStatus;
use entity::time::Time;
use std::sync::Arc;

/// How a conversation stands at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Asks for a person.
    Wish,
    /// Complains.
    Complaint,
    /// Wants the money back.
    Refund,
    /// The assistant failed.
    Failed,
    /// A person answers; what came last waits for that person, or not.
    Held { waits: bool },
    /// Answered, not looked at yet.
    Unread,
}

impl Ending {
    /// A third of the unread ones needs somebody, a sixth waits for the person who has them, half is only unread.
    pub(super) fn all(unread: usize) -> Vec<Self> {
        let mut all = Vec::new();
        for at in 0..unread / 3 {
            all.push([Self::Wish, Self::Complaint, Self::Failed, Self::Wish, Self::Refund, Self::Failed][at % 6]);
            all.push(Self::Held { waits: at % 2 == 0 });
        }
        all.extend(std::iter::repeat_n(Self::Unread, unread / 2));
        all
    }

    pub(super) const fn attention(self) -> Option<&'static str> {
        match self {
            Self::Wish => Some("wish"),
            Self::Complaint => Some("complaint"),
            Self::Refund => Some("refund"),
            Self::Failed => Some("turn_failed"),
            Self::Held { .. } | Self::Unread => None,
        }
    }

    pub(super) const fn held(self) -> bool {
        matches!(self, Self::Held { .. })
    }

    pub(super) const fn unread(self) -> bool {
        !matches!(self, Self::Held { waits: false })
    }
}

/// Small talks before a moment, until about so many messages are said.
pub(super) fn history(world: &World<'_>, voice: &mut Voice<'_>, last: Time, target: usize, more_follows: bool) {
    let dice = &world.dice;
    let episodes = target.div_ceil(5).min(12);
    if episodes == 0 {
        return;
    }
    let earliest = Time::from(world.now).plus_seconds(-super::DAYS * 86_400).0;
    let mut times: Vec<Time> = (1..episodes)
        .map(|_| Time(dice.between(Ord::max(earliest, last.0 - 40 * 86_400_000_000), last.0 - 5_400_000_000)))
        .collect();
    times.push(if more_follows { last.plus_seconds(-7_200) } else { last });
    times.sort_unstable();
    for at in times {
        voice.at = Ord::max(at, voice.at.min(last));
        if voice.messages.is_empty() {
            voice.at = at;
        }
        match dice.below(100) {
            0..46 => question(world, voice),
            46..60 => cart_left(world, voice),
            60..70 => about_shop(world, voice),
            70..80 => discount(world, voice),
            80..86 => off_topic(world, voice),
            86..90 => recording(world, voice),
            _ => helped_by_person(world, voice),
        }
        if voice.messages.len() >= target {
            break;
        }
    }
}

fn words_of(voice: &Voice<'_>) -> &'static Words {
    words::of(voice.language)
}

fn greet(world: &World<'_>, voice: &mut Voice<'_>) {
    let words = words_of(voice);
    if voice.messages.is_empty() || world.dice.chance(35) {
        voice.customer(world.dice.say(words.hello));
        if world.dice.chance(55) {
            voice.assistant(Answer::of("greeting"), |say| say.say("greet", &[]));
        }
    } else if world.dice.chance(30) {
        voice.customer(world.dice.say(words.other));
    }
}

fn thanks(world: &World<'_>, voice: &mut Voice<'_>) {
    voice.customer(world.dice.say(words_of(voice).thanks));
    voice.assistant(Answer::of("thanks"), |say| say.say("thanks", &[]));
}

fn price(world: &World<'_>, voice: &mut Voice<'_>, item: &Item) {
    let text = filled(world.dice.say(words_of(voice).price), &[("{item}", &item.name)]);
    voice.customer(text);
    let price = item.price(world.currency);
    let sum = format_money(price, Language::En);
    let answer = Answer::of("question")
        .about(&item.key)
        .because("searched", format!("Found {}", item.name))
        .because("quoted", format!("1 × {}: {sum}", item.name));
    voice.assistant(answer, |say| {
        if item.is_free() {
            say.say("item-free", &[("name", Value::Text(&item.name))]);
        } else {
            say.say("item-price", &[("name", Value::Text(&item.name)), ("price", Value::Money(price))]);
        }
        say.say("item-about", &[("name", Value::Text(&item.name)), ("text", Value::Text(&item.description))]);
    });
}

fn delivery(world: &World<'_>, voice: &mut Voice<'_>, item: &Item) {
    voice.customer(filled(world.dice.say(words_of(voice).delivery), &[("{item}", &item.name)]));
    let answer = Answer::of("question").about(&item.key).because("searched", format!("Found {}", item.name));
    voice.assistant(answer, |say| match (item.delivery_time_hours, item.duration_minutes) {
        (Some(hours), _) => {
            say.say("item-delivery-time", &[("name", Value::Text(&item.name)), ("hours", Value::Count(hours))]);
        }
        (None, Some(minutes)) => {
            say.say("item-duration", &[("name", Value::Text(&item.name)), ("minutes", Value::Count(minutes))]);
        }
        (None, None) => say.say("item-unknown", &[("name", Value::Text(&item.name))]),
    });
}

/// A question or two about an item.
pub(super) fn question(world: &World<'_>, voice: &mut Voice<'_>) {
    greet(world, voice);
    let item = Arc::clone(world.dice.of(&world.items));
    price(world, voice, &item);
    if world.dice.chance(45) {
        delivery(world, voice, &item);
    }
    if world.dice.chance(30) {
        voice.customer(world.dice.say(words_of(voice).reply_price));
        voice.assistant(Answer::of("question").about(&item.key), |say| {
            say.say("item-about", &[("name", Value::Text(&item.name)), ("text", Value::Text(&item.description))]);
        });
    }
    if world.dice.chance(60) {
        voice.customer(world.dice.say(words_of(voice).later));
        voice.assistant(Answer::of("declined"), |say| say.say("continue", &[]));
    } else {
        thanks(world, voice);
    }
}

fn about_shop(world: &World<'_>, voice: &mut Voice<'_>) {
    greet(world, voice);
    let words = words_of(voice);
    if world.dice.chance(50) {
        voice.customer(world.dice.say(words.hours));
        let hours = assistant::compose::hours_of_week(&world.hours, voice.language);
        voice.assistant(Answer::of("question"), |say| say.say("shop-hours", &[("hours", Value::Text(&hours))]));
    } else {
        voice.customer(world.dice.say(words.cities));
        let mut cities: Vec<String> = Vec::new();
        for item in world.items.iter().take(40) {
            if let Area::Cities(some) = &item.area {
                cities.extend(some.iter().filter(|city| !cities.contains(city)).cloned().collect::<Vec<_>>());
            }
        }
        voice.assistant(Answer::of("question"), |say| say.say("shop-cities", &[("cities", Value::List(cities))]));
    }
    thanks(world, voice);
}

fn discount(world: &World<'_>, voice: &mut Voice<'_>) {
    let item = Arc::clone(world.dice.of(&world.items));
    greet(world, voice);
    price(world, voice, &item);
    voice.customer(world.dice.say(words_of(voice).discount));
    voice.assistant(Answer::of("discount").because("decided", "Prices stay as in the catalogue"), |say| {
        say.say("discount-none", &[]);
    });
}

fn off_topic(world: &World<'_>, voice: &mut Voice<'_>) {
    voice.customer(world.dice.say(words_of(voice).off_topic));
    voice.assistant(Answer::of("none"), |say| {
        say.say("off-topic", &[("company", Value::Text(world.place.name))]);
        say.say("off-topic-ask", &[]);
    });
}

fn recording(world: &World<'_>, voice: &mut Voice<'_>) {
    voice.voice_message();
    voice.assistant(Answer::of("unreadable"), |say| say.say("unreadable", &[]));
    let item = Arc::clone(world.dice.of(&world.items));
    price(world, voice, &item);
}

/// A cart that comes to nothing.
fn cart_left(world: &World<'_>, voice: &mut Voice<'_>) {
    let item = Arc::clone(world.dice.of(&world.items));
    greet(world, voice);
    if item.is_free() {
        return price(world, voice, &item);
    }
    price(world, voice, &item);
    want(world, voice, &item, 1, &[Field::Name, Field::Phone, Field::City]);
    voice.customer(world.dice.say(words_of(voice).later));
    voice.assistant(Answer::of("cancel"), |say| say.say("cancelled-cart", &[]));
}

fn want(world: &World<'_>, voice: &mut Voice<'_>, item: &Item, count: i64, asks: &[Field]) {
    let number = count.to_string();
    voice.customer(filled(world.dice.say(words_of(voice).want), &[("{item}", &item.name), ("{n}", &number)]));
    let price = item.price(world.currency);
    let answer = Answer::of("order")
        .about(&item.key)
        .because("searched", format!("Found {}", item.name))
        .because("decided", "Ask for what is missing")
        .asking(asks);
    voice.assistant(answer, |say| {
        let line = if item.is_free() {
            say.word("cart-line-free", &[("quantity", Value::Count(count)), ("name", Value::Text(&item.name))])
        } else {
            let price = Value::Money(price);
            say.word(
                "cart-line",
                &[("quantity", Value::Count(count)), ("name", Value::Text(&item.name)), ("price", price)],
            )
        };
        say.say("cart-noted", &[("lines", Value::Text(&line))]);
        let fields: Vec<String> = asks
            .iter()
            .map(|field| {
                let id = match field {
                    Field::Name => "field-name",
                    Field::Phone => "field-phone",
                    Field::Date => "field-date",
                    Field::Time => "field-time",
                    _ => "field-city",
                };
                say.word(id, &[])
            })
            .collect();
        say.say("ask-fields", &[("fields", Value::List(fields))]);
    });
}

/// The talk that makes an order, ending at the order's own moment, and what the program told afterwards.
pub(super) fn ordering(world: &World<'_>, voice: &mut Voice<'_>, order: &Planned) {
    let words = words_of(voice);
    let at = order.row.created_at;
    let Some((first, count)) = order.lines.first() else { return };
    let start = order.row.appointment_start.map(|start| world.zone.to_datetime(start.timestamp()));
    let online = order.row.city.as_deref() == Some(domain::checkout::ONLINE);
    if order.follows {
        voice.at = at.plus_seconds(-200);
        voice.customer(world.dice.say(words.other));
    } else {
        voice.at = at.plus_seconds(-900);
        greet(world, voice);
        price(world, voice, first);
    }
    let mut asks = vec![Field::Name, Field::Phone];
    if !online {
        asks.push(Field::City);
    }
    if start.is_some() {
        asks.extend([Field::Date, Field::Time]);
    }
    if !order.follows {
        for (item, count) in order.lines.iter().skip(1) {
            voice.customer(filled(world.dice.say(words.want), &[("{item}", &item.name), ("{n}", &count.to_string())]));
        }
        want(world, voice, first, *count, &asks);
    } else {
        voice.customer(filled(world.dice.say(words.want), &[("{item}", &first.name), ("{n}", &count.to_string())]));
    }
    let (name, phone) = (order.row.name.as_deref().unwrap_or_default(), order.row.phone.as_deref().unwrap_or_default());
    let values = [("{name}", name), ("{phone}", phone), ("{city}", order.row.city.as_deref().unwrap_or_default())];
    voice.customer(filled(world.dice.say(if online { words.details_online } else { words.details }), &values));
    if let Some(start) = start {
        let (day, time) =
            (assistant::compose::day(start.date(), voice.language), assistant::compose::time_of_day(start.time()));
        voice.customer(filled(world.dice.say(words.when), &[("{day}", &day), ("{time}", &time)]));
    }
    let keys = |mut answer: Answer<'static>| {
        for (item, _) in &order.lines {
            answer = answer.about(&item.key);
        }
        for line in &order.quote.lines {
            let sum = format_money(line.total, Language::En);
            answer = answer.because("quoted", format!("{} × {}: {sum}", line.quantity, line.name));
        }
        answer.because("quoted", format!("Total: {}", format_money(order.quote.total, Language::En)))
    };
    if !order.follows {
        voice.assistant(keys(Answer::of("total")), |say| total(say, order, start));
    }
    voice.at = at.plus_seconds(-6);
    voice.customer(world.dice.say(words.confirm));
    voice.at = at;
    let decided = keys(Answer::of("confirm")).because("decided", "Confirmed: make the order and send the link");
    voice.assistant(decided, |say| match (&order.link, start) {
        (Some(url), _) => {
            say.say("link-ready", &[("total", Value::Money(order.quote.total)), ("url", Value::Link(url))]);
        }
        (None, Some(start)) => {
            say.say("free-booked-slot", &[("day", Value::Day(start.date())), ("time", Value::Time(start.time()))])
        }
        (None, None) => say.say("free-booked", &[]),
    });
    for (place, (told, notice)) in order.told.iter().enumerate() {
        voice.system(*told, notice.text(voice.language, &world.zone));
        let next = order.told.get(place + 1).map(|(next, _)| *next);
        let room = next.is_none_or(|next| next.0 - told.0 > 900_000_000);
        let glad = matches!(
            notice,
            assistant::notice::Notice::BookedDelivery { .. } | assistant::notice::Notice::BookedAppointment { .. }
        );
        if glad && room && world.dice.chance(50) {
            thanks(world, voice);
        }
    }
}

fn total(say: &mut assistant::compose::Composer, order: &Planned, start: Option<jiff::civil::DateTime>) {
    say.say("total-intro", &[]);
    for line in &order.quote.lines {
        let values = [("quantity", Value::Count(line.quantity)), ("name", Value::Text(&line.name))];
        if line.total.is_zero() {
            say.say("total-line-free", &values);
        } else {
            let [quantity, name] = values;
            say.say("total-line", &[quantity, name, ("total", Value::Money(line.total))]);
        }
    }
    for (fee, charged, waived) in [
        (&order.quote.delivery, "total-delivery", "total-delivery-free"),
        (&order.quote.travel, "total-travel", "total-travel-free"),
    ] {
        if fee.waived {
            say.say(waived, &[]);
        } else if !fee.charged.is_zero() {
            say.say(charged, &[("fee", Value::Money(fee.charged))]);
        }
    }
    if let Some(city) = order.row.city.as_deref().filter(|city| *city != domain::checkout::ONLINE) {
        say.say("total-city", &[("city", Value::Text(city))]);
    }
    if let Some(start) = start {
        say.say("total-slot", &[("day", Value::Day(start.date())), ("time", Value::Time(start.time()))]);
    }
    if order.quote.is_free() {
        say.say("total-sum-free", &[]);
    } else {
        say.say("total-sum", &[("total", Value::Money(order.quote.total))]);
    }
    say.say(if order.quote.is_free() { "confirm-ask-free" } else { "confirm-ask" }, &[]);
}

fn called(voice: &mut Voice<'_>, intent: &'static str, text: &'static str) {
    let answer = Answer { status: TurnStatus::HandedOver, ..Answer::of(intent) };
    voice.assistant(answer.because("decided", "Call a person"), |say| say.say(text, &[]));
}

/// A person took the conversation, and gave it back.
fn helped_by_person(world: &World<'_>, voice: &mut Voice<'_>) {
    let words = words_of(voice);
    let user = *world.dice.of(&world.operators);
    greet(world, voice);
    voice.customer(world.dice.say(words.person));
    called(voice, "person", "person-called");
    voice.wait(60, 900);
    voice.operator(user, world.dice.say(words.operator));
    if world.dice.chance(30) {
        voice.note(user, world.dice.say(words.note));
    }
    voice.customer(world.dice.say(words.thanks));
    voice.wait(60, 600);
    voice.operator(user, world.dice.say(words.operator_end));
    voice.handed_back();
}

/// The last that was said.
pub(super) fn end(world: &World<'_>, voice: &mut Voice<'_>, ending: Ending) {
    let words = words_of(voice);
    let dice = &world.dice;
    match ending {
        Ending::Wish => {
            voice.customer(dice.say(words.person));
            called(voice, "person", "person-called");
        }
        Ending::Complaint => {
            voice.customer(dice.say(words.complaint));
            called(voice, "complaint", "complaint-person");
        }
        Ending::Refund => {
            voice.customer(dice.say(words.refund));
            called(voice, "refund", "refund-none");
        }
        Ending::Failed => {
            voice.customer(dice.say(words.puzzle));
            let answer = Answer {
                status: TurnStatus::Failed,
                error: Some("what was chosen is taken again and again"),
                ..Answer::of("none")
            };
            let text = assistant::notice::Notice::Fallback.text(voice.language, &world.zone);
            voice.assistant(answer, |say| say.push(text));
        }
        Ending::Held { waits } => {
            let user = *dice.of(&world.operators);
            voice.customer(dice.say(words.person));
            if dice.chance(40) {
                voice.overtaken(|say| say.say("continue", &[]));
            } else {
                called(voice, "person", "person-called");
            }
            voice.operator(user, dice.say(words.operator));
            if dice.chance(40) {
                voice.note(user, dice.say(words.note));
            }
            if waits {
                voice.customer(dice.say(words.reply_price));
            }
        }
        Ending::Unread => question(world, voice),
    }
}
