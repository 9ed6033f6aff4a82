//! From arguments to acts.

use super::WORDS_CHARS;
use super::arguments::{Amount, CallPerson, Change, Kind, Named, Note, Of, Recipient, SetCart, Slot, Why};
use super::written::{Written, amounts_of};
use crate::turn::{Shop, TurnInput};
use crate::understand::{Act, Amounts, ContactKind, Count, Mention, Understanding};
use domain::catalog::Item;
use domain::language::Language;
use domain::reply::{DraftReply, Facts, Policy, Violation, check};
use jiff::civil::{Date, Time};

/// The largest amount that is taken from a model; the cart's own limit is lower and has words for the customer.
const MOST: i64 = 1_000_000;
/// An amount up to this is taken without its being written as a number ("a dozen").
const SMALL: i64 = 24;

/// Reads arguments against what the customer wrote.
pub(super) struct Reader<'a> {
    pub(super) shop: &'a dyn Shop,
    pub(super) heard: &'a Understanding,
    pub(super) written: &'a Written,
    pub(super) input: &'a TurnInput,
}

impl Reader<'_> {
    /// Words of the model that the program may repeat to the customer, and that would count as facts then: they hold no number
    /// and no link that the customer did not write, and nothing internal.
    pub(super) fn clean(&self, text: &str) -> Result<(), String> {
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
    pub(super) fn said(&self, Amount { n, of }: Amount) -> bool {
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

    pub(super) fn amounts(&self, named: &Named) -> Result<Amounts, String> {
        let quantity = named.quantity.map(|n| Amount { n, of: Of::Packs });
        if let Some(amount) =
            quantity.into_iter().chain(named.amounts.iter().copied()).find(|amount| !self.said(*amount))
        {
            return Err(format!("the customer did not say {}; ask how many", amount.n));
        }
        amounts(named)
    }

    pub(super) fn mention(&self, named: Named) -> Result<Mention, String> {
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

    pub(super) fn set_cart(&self, set: SetCart) -> Result<Vec<Act>, String> {
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

    pub(super) fn recipient(&self, given: Recipient) -> Result<Vec<Act>, String> {
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

    pub(super) fn slot(slot: &Slot) -> Result<Vec<Act>, String> {
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
    pub(super) fn confirmation(&self) -> Result<Vec<Act>, String> {
        let confirmed: Vec<Act> =
            self.heard.acts.iter().filter(|act| matches!(act, Act::Confirm | Act::Yes)).cloned().collect();
        if confirmed.is_empty() && !self.input.state.confirmed {
            return Err("the customer has not confirmed in their own words; state the total and ask".to_owned());
        }
        Ok(confirmed)
    }

    pub(super) fn person(&self, call: CallPerson) -> Result<Vec<Act>, String> {
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

    pub(super) fn note(&self, note: &Note) -> Result<Vec<Act>, String> {
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
