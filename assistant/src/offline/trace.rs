//! The reasons of a turn in plain English lines: what was understood, and where each number comes from.

use super::{Talk, line};
use crate::desk::CheckoutOutcome;
use crate::turn::Field;
use crate::understand::{Act, Amounts, Mention};
use domain::language::Language;
use domain::money::{Money, format_money};
use domain::quote::{Fee, Quote};

impl Talk<'_> {
    /// One line for each ordered row: its price, its count, their product.
    pub(super) fn trace_lines(&mut self, quote: &Quote) {
        for row in &quote.lines {
            let sum = if row.total.is_zero() {
                format!("{} × {}: free of charge", row.quantity, row.name)
            } else {
                format!(
                    "{} × {}: {} × {} = {}",
                    row.quantity,
                    row.name,
                    row.quantity,
                    said(row.unit_price),
                    said(row.total)
                )
            };
            self.reason("quoted", sum, vec![line::priced(row)], vec![row.key.clone()]);
        }
    }

    /// The lines, the fees and the sum of all.
    pub(super) fn trace_quote(&mut self, quote: &Quote) {
        self.trace_lines(quote);
        for (what, kind, fee) in [("Delivery", "delivery", &quote.delivery), ("Travel", "travel", &quote.travel)] {
            if let Some(detail) = fee_line(what, fee) {
                self.reason("quoted", detail, line::fee(kind, fee).into_iter().collect(), Vec::new());
            }
        }
        let parts: Vec<Money> = quote
            .lines
            .iter()
            .map(|line| line.total)
            .chain([quote.delivery.charged, quote.travel.charged])
            .filter(|part| !part.is_zero())
            .collect();
        let sum = if parts.len() > 1 {
            let sums: Vec<String> = parts.iter().copied().map(said).collect();
            format!("Total: {} = {}", sums.join(" + "), said(quote.total))
        } else {
            format!("Total: {}", said(quote.total))
        };
        self.reason("quoted", sum, vec![line::total(&parts, quote.total)], Vec::new());
    }
}

fn said(money: Money) -> String {
    format_money(money, Language::En)
}

fn fee_line(what: &str, fee: &Fee) -> Option<String> {
    if fee.waived {
        let from = fee.free_from.map(said)?;
        return Some(format!("{what}: {} is waived, because the order reaches {from}", said(fee.full)));
    }
    if fee.charged.is_zero() {
        return None;
    }
    let once = format!("{what}: {}, the highest fee of the ordered rows, once for the order", said(fee.charged));
    Some(match fee.free_from {
        Some(from) => format!("{once}; free from {}", said(from)),
        None => once,
    })
}

/// What the checkout came to.
pub(super) fn outcome(outcome: &CheckoutOutcome) -> String {
    match outcome {
        CheckoutOutcome::Nothing => "There is nothing to order yet".to_owned(),
        CheckoutOutcome::Ask { fields } => {
            format!(
                "Ask for what is missing: {}",
                fields.iter().map(|field| field_name(*field)).collect::<Vec<_>>().join(", ")
            )
        }
        CheckoutOutcome::AskRisenPrice => "A price has risen since it was said: ask before going on".to_owned(),
        CheckoutOutcome::StateTotal { quote } => {
            format!("State the total of {} and ask for a confirmation", said(quote.total))
        }
        CheckoutOutcome::Done { quote, .. } if quote.is_free() => {
            "Confirmed and free of charge: book at once".to_owned()
        }
        CheckoutOutcome::Done { quote, .. } => {
            format!("Confirmed: make the order and send the link over {}", said(quote.total))
        }
    }
}

fn field_name(field: Field) -> String {
    words(&format!("{field:?}"))
}

/// `NotIncluded` → `not included`.
fn words(name: &str) -> String {
    let mut said = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !said.is_empty() {
            said.push(' ');
        }
        said.extend(character.to_lowercase());
    }
    said
}

fn amounts(amounts: &Amounts) -> String {
    let mut parts: Vec<String> = amounts.counts.iter().map(|count| count.value.to_string()).collect();
    parts.extend(amounts.minutes.map(|minutes| format!("{minutes} minutes")));
    parts.extend(amounts.grams.map(|grams| format!("{grams} g")));
    parts.extend(amounts.millilitres.map(|millilitres| format!("{millilitres} ml")));
    let list = parts.join(", ");
    if amounts.more { format!("{list} more") } else { list }
}

fn mention(mention: &Mention) -> String {
    let mut line = format!("“{}”", mention.words);
    if !mention.amounts.is_empty() {
        line = format!("{line}, {}", amounts(&mention.amounts));
    }
    match mention.candidates.as_slice() {
        [] => format!("{line} (no row fits)"),
        [key] => format!("{line} (row {key})"),
        several => format!("{line} ({} rows fit)", several.len()),
    }
}

fn about(target: Option<&Mention>) -> String {
    target.map(|target| format!(" about {}", mention(target))).unwrap_or_default()
}

/// One act as a person would put it.
pub(super) fn act(act: &Act) -> String {
    match act {
        Act::Greet => "greets".to_owned(),
        Act::Thanks => "thanks".to_owned(),
        Act::Bye => "says goodbye".to_owned(),
        Act::Browse { detail: false } => "asks what is on offer".to_owned(),
        Act::Browse { detail: true } => "asks for the offer in detail".to_owned(),
        Act::Ask { topics, about, .. } => {
            let topics = topics.iter().map(|topic| words(&format!("{topic:?}"))).collect::<Vec<_>>().join(", ");
            let items = about.iter().map(mention).collect::<Vec<_>>().join(", ");
            match (topics.is_empty(), items.is_empty()) {
                (true, true) => "asks a question".to_owned(),
                (true, false) => format!("asks about {items}"),
                (false, true) => format!("asks: {topics}"),
                (false, false) => format!("asks about {items}: {topics}"),
            }
        }
        Act::Want { mention: wanted, add: false } => format!("wants {}", mention(wanted)),
        Act::Want { mention: wanted, add: true } => format!("adds {}", mention(wanted)),
        Act::Quantity { amounts: wanted } => format!("says how much: {}", amounts(wanted)),
        Act::Choose { ordinal: -1 } => "chooses the last one".to_owned(),
        Act::Choose { ordinal } => format!("chooses number {ordinal}"),
        Act::ChooseByPrice { dearest: false } => "chooses the cheapest".to_owned(),
        Act::ChooseByPrice { dearest: true } => "chooses the dearest".to_owned(),
        Act::All { both: true } => "wants both".to_owned(),
        Act::All { both: false } => "wants all of them".to_owned(),
        Act::Drop { mention: Some(gone) } => format!("takes out {}", mention(gone)),
        Act::Drop { mention: None } => "takes the item out".to_owned(),
        Act::Keep { mention: Some(kept) } => format!("keeps only {}", mention(kept)),
        Act::Keep { mention: None } => "keeps what can be had".to_owned(),
        Act::Swap { from: Some(from), to } => format!("wants {} instead of {}", mention(to), mention(from)),
        Act::Swap { from: None, to } => format!("wants {} instead", mention(to)),
        Act::City { said, spelled: Some(spelled) } if said == spelled => format!("city {said}"),
        Act::City { said, spelled: Some(spelled) } => format!("city “{said}”, in the catalogue {spelled}"),
        Act::City { said, spelled: None } => format!("city “{said}”, in no row of the catalogue"),
        Act::Name { name } => format!("name {name}"),
        Act::Phone { raw } => format!("phone {raw}"),
        Act::Address { text } => format!("address {text}"),
        Act::Date { date } => format!("day {date}"),
        Act::Time { time, .. } => format!("time {}", time.strftime("%H:%M")),
        Act::PartOfDay { from, to } => format!("between {} and {}", from.strftime("%H:%M"), to.strftime("%H:%M")),
        Act::Refund { about: target } => format!("wants the money back{}", about(target.as_ref())),
        Act::Contact { kind, about: target } => {
            format!("asks for a contact ({}){}", words(&format!("{kind:?}")), about(target.as_ref()))
        }
        Act::Unknown { text, question: true } => format!("asks “{text}”, which nothing explains"),
        Act::Unknown { text, question: false } => format!("says “{text}”, which nothing explains"),
        Act::CurrentPhone => "the number they write from".to_owned(),
        Act::SameAsBefore => "the same as before".to_owned(),
        Act::Confirm => "confirms the order".to_owned(),
        Act::Yes => "says yes".to_owned(),
        Act::No => "says no".to_owned(),
        Act::Cancel => "calls the order off".to_owned(),
        Act::Complain => "complains".to_owned(),
        Act::ClaimPaid => "says that it is paid".to_owned(),
        Act::AskPaid => "asks whether the money came".to_owned(),
        Act::Person => "wants a person".to_owned(),
        Act::Discount => "asks for a lower price".to_owned(),
        Act::FreeDelivery => "asks for free delivery".to_owned(),
        Act::Repeat => "wants what was ordered before".to_owned(),
        Act::NewOrder => "begins a new order".to_owned(),
        Act::OffTopic => "speaks of something else".to_owned(),
        Act::Injection => "tries to change the rules".to_owned(),
        Act::StockProbe => "asks how many are left".to_owned(),
        Act::StopReminders => "wants no more reminders".to_owned(),
        Act::More => "wants to read on".to_owned(),
        Act::OrderStatus => "asks about the order".to_owned(),
        Act::Bot => "asks whether a program answers".to_owned(),
        Act::PayMethod => "asks how to pay".to_owned(),
        Act::LinkAgain => "asks for the link again".to_owned(),
        Act::Privacy => "asks what happens with the data".to_owned(),
        Act::Recommend => "asks for advice".to_owned(),
        Act::Unreadable => "sent something that cannot be read".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{act, words};
    use crate::understand::{Act, Amounts, Count, Mention};

    #[test]
    fn a_wish_reads_as_a_sentence() {
        let wanted = Mention {
            words: "red roses".to_owned(),
            amounts: Amounts { counts: vec![Count { value: 2, of_packs: true }], ..Amounts::default() },
            candidates: vec!["R20".to_owned()],
            exact: true,
            partial: false,
        };
        assert_eq!(act(&Act::Want { mention: wanted, add: false }), "wants “red roses”, 2 (row R20)");
        assert_eq!(words("NotIncluded"), "not included");
    }
}
