//! What was expected against what was observed.

use domain::language::Language;
use domain::order::PaymentStatus;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

use super::format::{BookingParts, Expect, ExpectedBooking, ExpectedLine, ExpectedOrder, ExpectedReply};
use super::{Line, Observed, ObservedBooking, ObservedOrder};
use crate::turn::Field;

/// One expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The key of the file: `cart`, `order.total`, `reply.matches`…
    pub key: String,
    /// What the file names.
    pub expected: String,
    /// What came instead.
    pub got: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.key, self.expected, self.got)
    }
}

/// Every expectation that was not met, in the order of the format's description; empty when all were.
#[must_use]
pub fn check(expect: &Expect, observed: &Observed) -> Vec<Difference> {
    let mut differences = Differences(Vec::new());
    let out = &mut differences;
    if let Some(language) = expect.language {
        out.language(language, observed);
    }
    if let Some(lines) = &expect.cart {
        out.lines("cart", lines, &observed.cart);
    }
    if let Some(city) = &expect.city {
        out.same("city", city.as_str(), observed.city.as_deref().unwrap_or(""));
    }
    if let Some(asks) = &expect.asks {
        out.fields(asks, &observed.asks);
    }
    if let Some(payment_link) = expect.payment_link {
        out.same("payment_link", &payment_link, &observed.payment_link);
    }
    if let Some(status) = expect.payment_status {
        let got = observed.payment_status.unwrap_or(PaymentStatus::NoPaymentLink);
        out.same("payment_status", status.as_str(), got.as_str());
    }
    if let Some(reply) = &expect.reply {
        out.reply(reply, &observed.reply());
    }
    if let Some(image) = &expect.image {
        out.attachment("image", image, &observed.images);
    }
    if let Some(video) = &expect.video {
        out.attachment("video", video, &observed.videos);
    }
    if let Some(order) = &expect.order {
        out.order(order, observed.order.as_ref());
    }
    if let Some(reminders) = expect.reminders {
        out.same("reminders", &reminders, &observed.reminders);
    }
    if let Some(booking) = &expect.booking {
        out.booking(booking, observed.booking.as_ref());
    }
    if let Some(events) = expect.calendar_events {
        out.same("calendar_events", &events, &observed.calendar_events);
    }
    if let Some(handed_over) = expect.handed_over {
        out.same("handed_over", &handed_over, &observed.handed_over);
    }
    if let Some(silent) = expect.silent {
        out.same("silent", &silent, &observed.is_silent());
    }
    if let Some(messages) = expect.messages {
        out.same("messages", &messages, &observed.texts.len());
    }
    if let Some(remind) = expect.remind {
        out.same("remind", &remind, &observed.remind);
    }
    if let Some(order_changed) = expect.order_changed {
        out.same("order_changed", &order_changed, &observed.order_changed);
    }
    if let Some(intent) = &expect.intent {
        out.same("intent", intent.as_str(), observed.intent.as_deref().unwrap_or(""));
    }
    if let Some(items) = &expect.items_offered {
        let expected: BTreeSet<&str> = items.iter().map(String::as_str).collect();
        let got: BTreeSet<&str> = observed.items_offered.iter().map(String::as_str).collect();
        if expected != got {
            out.push("items_offered", list(expected), list(got));
        }
    }
    differences.0
}

struct Differences(Vec<Difference>);

impl Differences {
    fn push(&mut self, key: &str, expected: String, got: String) {
        self.0.push(Difference { key: key.to_owned(), expected, got });
    }

    fn same<T: PartialEq + fmt::Debug + ?Sized>(&mut self, key: &str, expected: &T, got: &T) {
        if expected != got {
            self.push(key, format!("{expected:?}"), format!("{got:?}"));
        }
    }

    fn language(&mut self, expected: Language, observed: &Observed) {
        match observed.language {
            None => self.push("language", expected.code().to_owned(), "no reply".to_owned()),
            Some(got) if got != expected => self.push("language", expected.code().to_owned(), got.code().to_owned()),
            Some(_) => {
                if let Some(reason) = script_fault(expected, &observed.reply()) {
                    self.push("language", expected.code().to_owned(), reason.to_owned());
                }
            }
        }
    }

    fn lines(&mut self, key: &str, expected: &[ExpectedLine], got: &[Line]) {
        let mut expected: Vec<Line> = expected.iter().map(Line::from).collect();
        let mut got = got.to_vec();
        expected.sort();
        got.sort();
        if expected != got {
            self.push(key, describe_lines(&expected), describe_lines(&got));
        }
    }

    fn fields(&mut self, expected: &[Field], got: &[Field]) {
        let expected: BTreeSet<Field> = expected.iter().copied().collect();
        let got: BTreeSet<Field> = got.iter().copied().collect();
        if expected != got {
            let words = |fields: BTreeSet<Field>| list(fields.into_iter().map(word));
            self.push("asks", words(expected), words(got));
        }
    }

    fn reply(&mut self, expected: &ExpectedReply, reply: &str) {
        let folded = reply.to_lowercase();
        for text in &expected.contains.0 {
            if !folded.contains(&text.to_lowercase()) {
                self.push("reply.contains", format!("{text:?}"), shorten(reply));
            }
        }
        for text in &expected.excludes.0 {
            if folded.contains(&text.to_lowercase()) {
                self.push("reply.excludes", format!("no {text:?}"), shorten(reply));
            }
        }
        for pattern in &expected.matches.0 {
            if !pattern.0.is_match(reply) {
                self.push("reply.matches", format!("/{}/", pattern.0), shorten(reply));
            }
        }
        for pattern in &expected.excludes_matches.0 {
            if let Some(found) = pattern.0.find(reply) {
                self.push("reply.excludes_matches", format!("no /{}/", pattern.0), format!("{:?}", found.as_str()));
            }
        }
        if let Some(max_chars) = expected.max_chars {
            let got = reply.chars().count();
            if got > max_chars {
                self.push("reply.max_chars", format!("at most {max_chars}"), got.to_string());
            }
        }
    }

    fn attachment(&mut self, key: &str, expected: &str, got: &[String]) {
        let met = if expected.is_empty() { got.is_empty() } else { got.len() == 1 && got[0] == expected };
        if !met {
            let expected = if expected.is_empty() { "none".to_owned() } else { expected.to_owned() };
            self.push(key, expected, if got.is_empty() { "none".to_owned() } else { got.join(", ") });
        }
    }

    fn order(&mut self, expected: &ExpectedOrder, got: Option<&ObservedOrder>) {
        let Some(got) = got else {
            return self.push("order", "an order".to_owned(), "none".to_owned());
        };
        let sums = [
            ("order.products", &expected.products, &got.products),
            ("order.delivery", &expected.delivery, &got.delivery),
            ("order.total", &expected.total, &got.total),
        ];
        for (key, expected, got) in sums {
            if let Some(sum) = expected {
                self.same(key, sum.0.as_str(), got.as_str());
            }
        }
        if let Some(free_delivery) = expected.free_delivery {
            self.same("order.free_delivery", &free_delivery, &got.free_delivery);
        }
        if let Some(city) = &expected.city {
            self.same("order.city", city.as_str(), got.city.as_deref().unwrap_or(""));
        }
        if let Some(phone) = &expected.phone {
            self.same("order.phone", &bare_phone(phone), &bare_phone(got.phone.as_deref().unwrap_or("")));
        }
        if let Some(name) = &expected.name {
            self.same("order.name", name.as_str(), got.name.as_deref().unwrap_or(""));
        }
        if let Some(lines) = &expected.lines {
            self.lines("order.lines", lines, &got.lines);
        }
    }

    fn booking(&mut self, expected: &ExpectedBooking, got: Option<&ObservedBooking>) {
        match (expected, got) {
            (ExpectedBooking::None, None) => {}
            (ExpectedBooking::None, Some(got)) => {
                self.push("booking", "none".to_owned(), format!("{} at {}", got.kind, got.start));
            }
            (ExpectedBooking::Some(_), None) => self.push("booking", "a booking".to_owned(), "none".to_owned()),
            (ExpectedBooking::Some(parts), Some(got)) => self.booking_parts(parts, got),
        }
    }

    fn booking_parts(&mut self, expected: &BookingParts, got: &ObservedBooking) {
        if let Some(kind) = expected.kind {
            self.same("booking.kind", kind.as_str(), got.kind.as_str());
        }
        if let Some(city) = &expected.city {
            self.same("booking.city", city.as_str(), got.city.as_deref().unwrap_or(""));
        }
        if let Some(at) = expected.at.filter(|at| at.0 != got.start) {
            self.push("booking.at", at.0.to_string(), got.start.to_string());
        }
        if let Some(before) = expected.before.filter(|before| got.start > before.0) {
            self.push("booking.before", format!("no later than {}", before.0), got.start.to_string());
        }
    }
}

/// Why a text cannot be in a language, judged by its letters. Names of catalogue items stand in any script, so only
/// what no text of that language does counts: no word at all in its script, or a long Kazakh text without any of the
/// letters that Russian lacks.
fn script_fault(language: Language, text: &str) -> Option<&'static str> {
    let cyrillic = |c: char| matches!(c, '\u{0400}'..='\u{04FF}');
    let own = |c: char| match language {
        Language::En | Language::Es => c.is_alphabetic() && c.is_ascii() || matches!(c, '\u{00C0}'..='\u{024F}'),
        Language::Ru | Language::Kk => cyrillic(c),
    };
    if !text.chars().any(char::is_alphabetic) {
        return None;
    }
    if !text.split(|c: char| !c.is_alphabetic()).any(|word| word.chars().count() > 1 && word.chars().all(own)) {
        return Some("no word in the script of that language");
    }
    let letters = text.chars().filter(|c| cyrillic(*c)).count();
    let kazakh = text.chars().any(|c| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(c));
    (language == Language::Kk && letters >= 60 && !kazakh).then_some("no letter that is Kazakh only")
}

/// A phone without the characters that people put between digits.
fn bare_phone(phone: &str) -> String {
    phone.chars().filter(|c| !c.is_whitespace() && !"-–().".contains(*c)).collect()
}

fn word(field: Field) -> &'static str {
    match field {
        Field::Name => "name",
        Field::Phone => "phone",
        Field::City => "city",
        Field::Address => "address",
        Field::Date => "date",
        Field::Time => "time",
        Field::Quantity => "quantity",
        Field::Item => "item",
    }
}

fn describe_lines(lines: &[Line]) -> String {
    list(lines.iter().map(|line| format!("{} × {}", line.sku, line.quantity)))
}

fn list<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
    format!("[{}]", words.join(", "))
}

/// Enough of a reply to see what it was about.
fn shorten(reply: &str) -> String {
    const SHOWN: usize = 300;
    if reply.chars().count() <= SHOWN {
        return format!("{reply:?}");
    }
    let start: String = reply.chars().take(SHOWN).collect();
    format!("{start:?}…")
}
