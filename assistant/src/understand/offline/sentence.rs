//! From marks and mentions to acts, sentence by sentence.

mod changes;

use super::super::cue::Cue;
use super::super::numbers::NumberKind;
use super::super::people::wants_current_phone;
use super::super::{Act, Amounts, ContactKind};
use super::Context;
use super::fields::fields;
use super::heard::Heard;
use super::marks::{Mark, Marked};
use super::mentions::{Placed, mentions};
use super::places::points_at_number;
use crate::retrieve::is_function_word;
use crate::turn::Pending;
use domain::text::fold;

/// Cues that are questions about an item.
const TOPICS: &[Cue] = &[
    Cue::Price,
    Cue::Total,
    Cue::Describe,
    Cue::Size,
    Cue::Material,
    Cue::Included,
    Cue::NotIncluded,
    Cue::Guarantee,
    Cue::NotGuarantee,
    Cue::Suitable,
    Cue::NotSuitable,
    Cue::Specialist,
    Cue::Prepare,
    Cue::Duration,
    Cue::Format,
    Cue::DeliveryFee,
    Cue::DeliveryTime,
    Cue::Cities,
    Cue::Hours,
    Cue::FreeTimes,
    Cue::Link,
    Cue::Photo,
    Cue::Video,
];

/// Adds the acts of one line.
pub(crate) fn acts(marked: &Marked<'_>, context: &Context<'_>, committed: bool, acts: &mut Vec<Act>) {
    let (mut placed, loose) = mentions(marked, context);
    let heard = Heard::new(marked, &placed);
    fields(marked, context, acts);
    let any_found = placed.iter().any(|one| one.found);
    let choosing = crate::offline::is_choosing_to_buy(context.state);
    let mut explained = any_found;
    for sentence in 0..marked.sentence_count() {
        let mine: Vec<Placed> = extract(&mut placed, sentence);
        let amounts: Option<Amounts> = loose
            .iter()
            .find(|(of, _)| *of == sentence)
            .map(|(_, amounts)| amounts.clone())
            .filter(|one| !one.is_empty());
        let said = Sentence { marked, heard: &heard, sentence, committed, choosing, any_found, index: context.index };
        explained |= said.acts(context, mine, amounts, acts);
    }
    if !explained && !heard.cues.iter().any(|(cue, _)| *cue != Cue::Greet) && left_over(marked) {
        let question = marked.text.contains('?');
        acts.push(Act::Unknown { text: marked.text.to_owned(), question });
    }
}

fn extract(placed: &mut Vec<Placed>, sentence: usize) -> Vec<Placed> {
    let (mine, rest) = std::mem::take(placed).into_iter().partition(|one| one.sentence == sentence);
    *placed = rest;
    mine
}

/// Whether words are left that nothing has claimed.
fn left_over(marked: &Marked<'_>) -> bool {
    marked
        .tokens
        .iter()
        .zip(&marked.marks)
        .any(|(token, mark)| *mark == Mark::Free && token.is_word() && !is_function_word(&token.folded))
}

/// "Big" is true, "small" is false.
pub(super) fn size_word(folded: &str) -> Option<bool> {
    const LARGE: &[&str] = &["big", "large", "grande", "gran", "больш", "крупн", "үлкен"];
    const SMALL: &[&str] = &["small", "little", "pequen", "маленьк", "меньш", "кіші", "кішкентай"];
    let starts = |list: &[&str]| list.iter().any(|word| folded.starts_with(&fold(word)));
    if starts(LARGE) {
        Some(true)
    } else if starts(SMALL) {
        Some(false)
    } else {
        None
    }
}

/// One sentence with what was found in it.
struct Sentence<'a> {
    marked: &'a Marked<'a>,
    heard: &'a Heard,
    sentence: usize,
    committed: bool,
    choosing: bool,
    any_found: bool,
    index: &'a crate::retrieve::CatalogueIndex,
}

impl Sentence<'_> {
    /// Whether the name of one of these rows has that very word (in plain letters).
    fn says(&self, keys: &[String], word: &str) -> bool {
        keys.iter()
            .filter_map(|key| self.index.get(key))
            .any(|item| domain::text::tokens(&item.name).iter().any(|token| crate::stem::plain(&token.folded) == word))
    }

    /// Whether a word for a picture is said, not only "show me".
    fn names_picture(&self) -> bool {
        const PICTURES: &[&str] = &["photo", "pic", "image", "foto", "imag", "фото", "картин", "изображ", "сурет"];
        self.words().iter().any(|word| PICTURES.iter().any(|picture| word.starts_with(&fold(picture))))
    }

    fn has(&self, wanted: Cue) -> bool {
        self.at(wanted).is_some()
    }

    fn at(&self, wanted: Cue) -> Option<usize> {
        self.heard
            .cues
            .iter()
            .find(|(cue, start)| *cue == wanted && self.marked.sentences[*start] == self.sentence)
            .map(|(_, start)| *start)
    }

    /// Adds the sentence's acts; `true` when the sentence is explained.
    fn acts(
        &self,
        context: &Context<'_>,
        mut mine: Vec<Placed>,
        amounts: Option<Amounts>,
        acts: &mut Vec<Act>,
    ) -> bool {
        let before = acts.len();
        self.plain(acts);
        self.nods(acts);
        let injected = self.has(Cue::Injection);
        let mut topics: Vec<Cue> = TOPICS.iter().copied().filter(|topic| self.has(*topic)).collect();
        // "Show me the video" asks for no picture.
        if topics.contains(&Cue::Video) && !self.names_picture() {
            topics.retain(|topic| *topic != Cue::Photo);
        }
        let question = self.marked.is_question(self.sentence);
        let wants_to_know = self.has(Cue::WantToKnow);
        let numbered = |one: &Placed| !one.mention.amounts.is_empty();
        // "Can you change it to three?" is a wish although it is asked.
        let changes = self.has(Cue::Change) && topics.is_empty() && (mine.iter().any(numbered) || amounts.is_some());
        let goes_on = !question
            && self.goes_on()
            && acts.iter().any(|act| matches!(act, Act::Want { .. } | Act::Quantity { .. }));
        let wants = (self.has(Cue::Want) || self.has(Cue::Add) && !question || changes || goes_on)
            && !wants_to_know
            && !injected;
        let unknown: Vec<Placed> = {
            let (found, unknown) = mine.into_iter().partition(|one| one.found);
            mine = found;
            unknown
        };
        // A wish names its item: a word that only some description has is no wish while names are said too.
        let asked = question || self.has(Cue::Available) || !topics.is_empty();
        let alone = wants && mine.len() == 1;
        if (!asked && !alone) || self.has(Cue::OffTopic) {
            mine.retain(|one| !one.described);
        }
        self.denied(context, &mut mine, acts);
        self.changes(&mut mine, acts);
        let add = self.has(Cue::Add);
        if self.has(Cue::Refund) {
            acts.push(Act::Refund { about: mine.first().map(|one| one.mention.clone()) });
            return true;
        }
        if let Some(kind) = self.contact() {
            acts.push(Act::Contact { kind, about: mine.first().map(|one| one.mention.clone()) });
            return true;
        }
        if self.has(Cue::Complaint) {
            acts.push(Act::Complain);
            return true;
        }
        let only_total = topics.iter().all(|topic| *topic == Cue::Total);
        // "Will you send me the leaflet? Nuria, 600…, I confirm" orders although it asks.
        let orders = question && topics.is_empty() && !self.has(Cue::Available) && !wants_to_know && self.gives_order();
        // "One jar to York, price as agreed, Bob Lee, I confirm" asks for no price.
        if !question && !wants && self.gives_order() && mine.iter().any(numbered) {
            topics.retain(|topic| *topic != Cue::Price);
        }
        let asks = (!topics.is_empty() && (!wants || question || !only_total))
            || self.has(Cue::StockProbe)
            || injected
            || ((self.has(Cue::Available) || question) && !wants && !orders);
        let asks = asks && !(wants && !topics.is_empty() && !question && !self.price_question(&topics));
        // "Two of those and the socks": the count is about what was spoken of before.
        let mut amounts = amounts;
        if !asks
            && mine.first().is_some_and(|one| {
                // "Give me one, and a pair of bones": what is counted alone was spoken of before.
                self.points_back().is_some_and(|at| at < one.start) || (wants && mine.iter().all(numbered))
            })
            && let Some(amounts) = amounts.take()
        {
            acts.push(Act::Quantity { amounts });
        }
        if !mine.is_empty() {
            // "What do you have for cats?" asks for these, not for everything.
            if let Some(at) = acts.iter().rposition(|act| matches!(act, Act::Browse { .. })).filter(|at| *at >= before)
            {
                acts.remove(at);
            }
            let beside =
                |one: &Placed| one.listed || mine.iter().any(|other| other.listed && one.end + 1 == other.start);
            if wants {
                for one in unknown.iter().filter(|one| beside(one) && self.names_something(one)) {
                    acts.push(Act::Want { mention: one.mention.clone(), add: false });
                }
            }
            // "40 eggs to Cork, how much is the delivery?": the question is about an order.
            let ordering = asks
                && !topics.is_empty()
                && topics.iter().all(|topic| {
                    matches!(topic, Cue::DeliveryFee | Cue::DeliveryTime | Cue::FreeTimes | Cue::Hours | Cue::Total)
                })
                && mine.iter().all(numbered)
                && !injected
                && !(self.marked.cities.is_empty() && self.marked.dates.is_empty() && self.marked.times.is_empty());
            let wanted = ordering
                || !asks
                    && (wants
                        || self.committed
                        || self.choosing
                        || mine.iter().any(numbered)
                        || self.has(Cue::Change)
                        || self.has(Cue::Add)
                        || (self.goes_on() && !context.state.cart.is_empty())
                        || (self.has(Cue::Please) && topics.is_empty()))
                || (wants && asks && !question && topics.iter().all(|topic| *topic == Cue::Total));
            if wanted && !wants_to_know {
                let cart = &context.state.cart;
                // "Better the one of fifty": what comes stands in place of what was wanted last.
                let changes_mind = self.has(Cue::Change) && !add && mine.len() == 1 && !cart.is_empty();
                for one in &mine {
                    let mut mention = one.mention.clone();
                    mention.amounts.more = add;
                    if changes_mind && !mention.candidates.iter().any(|key| cart.quantity(key) > 0) {
                        acts.push(Act::Swap { from: None, to: mention });
                    } else {
                        acts.push(Act::Want { mention, add });
                    }
                }
                if ordering {
                    acts.push(Act::Ask { topics, about: Vec::new(), words: Vec::new() });
                } else if self.has(Cue::Total) {
                    acts.push(Act::Ask { topics: vec![Cue::Total], about: Vec::new(), words: Vec::new() });
                }
            } else if !self.has(Cue::Cancel) || asks {
                acts.push(Act::Ask {
                    topics,
                    about: mine.iter().map(|one| one.mention.clone()).collect(),
                    words: self.words(),
                });
            }
            if let Some(amounts) = amounts
                && wanted
                && mine.iter().all(|one| one.mention.amounts.is_empty())
            {
                acts.push(Act::Quantity { amounts });
            }
        } else {
            let ordinal = self.marked.numbers.iter().find(|number| {
                number.kind == NumberKind::Ordinal && self.marked.sentences[number.start_token] == self.sentence
            });
            if let Some(ordinal) = ordinal {
                acts.push(Act::Choose { ordinal: ordinal.value });
            } else if self.has(Cue::Cheapest) || self.has(Cue::Dearest) {
                acts.push(Act::ChooseByPrice { dearest: self.has(Cue::Dearest) });
            } else if self.has(Cue::Each) {
                acts.push(Act::All { both: true });
            } else if self.marked.both(self.sentence) || self.has(Cue::All) {
                acts.push(Act::All { both: self.marked.both(self.sentence) });
            }
            if self.has(Cue::Remove) && self.has(Cue::All) && !acts.contains(&Act::Cancel) {
                acts.push(Act::Cancel);
                return true;
            }
            if self.has(Cue::Remove)
                && let Some(mention) = self.measured_line(context, amounts.as_ref())
            {
                acts.push(Act::Drop { mention: Some(mention) });
                return true;
            }
            let swapped = acts[before..].iter().any(|act| matches!(act, Act::Swap { .. }));
            if let Some(mut amounts) = amounts
                && !swapped
                && !self.has(Cue::StockProbe)
                && (!question || wants)
                && !injected
            {
                amounts.more = add && !self.has(Cue::Change);
                acts.push(Act::Quantity { amounts });
            } else if wants
                && !question
                && topics.is_empty()
                && unknown.is_empty()
                && self.points_at_focus(acts, before)
            {
                acts.push(Act::Quantity { amounts: Amounts::default() });
            }
            self.missing(context, unknown, wants, acts);
            let known_missing = acts[before..].iter().any(|act| {
                matches!(act, Act::Want { mention, .. } if mention.candidates.is_empty())
                    || matches!(act, Act::Ask { about, .. } if !about.is_empty())
            });
            if asks && !topics.is_empty() && !known_missing {
                acts.push(Act::Ask { topics, about: Vec::new(), words: self.words() });
            } else if question
                && !known_missing
                && acts.len() == before
                && !self.any_found
                && !self.has(Cue::OffTopic)
                && !self.words().is_empty()
            {
                if context.state.focus.is_empty() {
                    return false;
                }
                acts.push(Act::Ask { topics: Vec::new(), about: Vec::new(), words: self.words() });
            }
        }
        acts.len() > before
    }

    /// "I'd like it": a wish without an item is about the item in focus, unless the sentence is about something else.
    fn points_at_focus(&self, acts: &[Act], before: usize) -> bool {
        !acts[before..].iter().any(|act| {
            matches!(
                act,
                Act::Drop { .. }
                    | Act::Keep { .. }
                    | Act::Swap { .. }
                    | Act::Cancel
                    | Act::NewOrder
                    | Act::Person
                    | Act::Confirm
                    | Act::Discount
                    | Act::FreeDelivery
                    | Act::More
                    | Act::StopReminders
                    | Act::LinkAgain
                    | Act::Browse { .. }
                    | Act::All { .. }
                    | Act::Choose { .. }
                    | Act::ChooseByPrice { .. }
                    | Act::PayMethod
                    | Act::Recommend
                    | Act::Injection
                    | Act::OffTopic
                    | Act::Unknown { .. }
            )
        })
    }

    /// Whether one of these asks for a price, which no wish in the same sentence overrules.
    fn price_question(&self, topics: &[Cue]) -> bool {
        topics.iter().any(|topic| {
            matches!(
                topic,
                Cue::Price
                    | Cue::DeliveryFee
                    | Cue::FreeTimes
                    | Cue::DeliveryTime
                    | Cue::Photo
                    | Cue::Video
                    | Cue::Link
            )
        })
    }

    /// Whether the sentence begins with "and".
    fn goes_on(&self) -> bool {
        let first = (0..self.marked.tokens.len())
            .find(|at| self.marked.sentences[*at] == self.sentence && self.marked.tokens[*at].is_word());
        first.is_some_and(|at| ["and", "y", "и", "және", "plus"].contains(&self.marked.tokens[at].folded.as_str()))
    }

    /// Where "of those" stands behind a count.
    fn points_back(&self) -> Option<usize> {
        const POINTERS: &[&str] = &["those", "them", "these", "esos", "esas", "estos", "estas", "ellos", "ellas"];
        let folded = |at: usize| self.marked.tokens.get(at).map_or("", |token| token.folded.as_str());
        self.marked.numbers.iter().filter(|number| self.marked.sentences[number.start_token] == self.sentence).find_map(
            |number| {
                let at = number.end_token;
                let of_those = matches!(folded(at), "of" | "de") && POINTERS.contains(&folded(at + 1));
                (of_those || matches!(folded(at), "таких" | "такие" | "сондаи")).then_some(at)
            },
        )
    }

    /// Whether the line confirms an order or gives the customer's name and phone.
    fn gives_order(&self) -> bool {
        self.heard.cues.iter().any(|(cue, _)| *cue == Cue::Confirm)
            || (self.marked.name.is_some() && !self.marked.phones.is_empty())
    }

    /// Folded words that may be met in a description.
    fn words(&self) -> Vec<String> {
        self.marked
            .tokens
            .iter()
            .zip(&self.marked.sentences)
            .filter(|(token, of)| **of == self.sentence && token.is_word() && !is_function_word(&token.folded))
            .map(|(token, _)| token.folded.clone())
            .collect()
    }

    fn contact(&self) -> Option<ContactKind> {
        [
            (Cue::SpecialistContact, ContactKind::Specialist),
            (Cue::SupplierContact, ContactKind::Supplier),
            (Cue::WarehouseAddress, ContactKind::Warehouse),
            (Cue::OfficeAddress, ContactKind::Office),
            (Cue::CompanyContact, ContactKind::Company),
        ]
        .into_iter()
        .find(|(cue, _)| self.has(*cue))
        .map(|(_, kind)| kind)
        // "How many are in the warehouse?" asks for no address.
        .filter(|kind| *kind != ContactKind::Warehouse || !self.has(Cue::StockProbe))
    }

    /// A thumb up is a yes.
    fn nods(&self, acts: &mut Vec<Act>) {
        const NODS: [&str; 8] = ["👍", "👌", "✅", "✔", "🆗", "🤝", "💯", "☑"];
        let nods = self
            .marked
            .tokens
            .iter()
            .zip(&self.marked.sentences)
            .any(|(token, of)| *of == self.sentence && NODS.iter().any(|nod| token.text.starts_with(nod)));
        if nods && !acts.contains(&Act::Yes) {
            acts.push(Act::Yes);
        }
    }

    /// Acts that need no item.
    fn plain(&self, acts: &mut Vec<Act>) {
        let simple = [
            (Cue::Greet, Act::Greet),
            (Cue::Thanks, Act::Thanks),
            (Cue::Bye, Act::Bye),
            (Cue::Confirm, Act::Confirm),
            (Cue::Yes, Act::Yes),
            (Cue::No, Act::No),
            (Cue::Cancel, Act::Cancel),
            (Cue::ClaimPaid, Act::ClaimPaid),
            (Cue::AskPaid, Act::AskPaid),
            (Cue::Person, Act::Person),
            (Cue::Discount, Act::Discount),
            (Cue::FreeDelivery, Act::FreeDelivery),
            (Cue::NewOrder, Act::NewOrder),
            (Cue::Repeat, Act::Repeat),
            (Cue::OffTopic, Act::OffTopic),
            (Cue::Injection, Act::Injection),
            (Cue::StockProbe, Act::StockProbe),
            (Cue::StopReminders, Act::StopReminders),
            (Cue::More, Act::More),
            (Cue::OrderStatus, Act::OrderStatus),
            (Cue::Bot, Act::Bot),
            (Cue::PayMethod, Act::PayMethod),
            (Cue::LinkAgain, Act::LinkAgain),
            (Cue::Privacy, Act::Privacy),
            (Cue::Recommend, Act::Recommend),
        ];
        for (cue, act) in simple {
            if self.has(cue) && !acts.contains(&act) {
                acts.push(act);
            }
        }
        if self.has(Cue::Offer) {
            acts.push(Act::Browse { detail: self.has(Cue::Detail) });
        } else if self.has(Cue::Detail) && !acts.contains(&Act::More) {
            acts.push(Act::More);
        }
    }

    /// Whether unknown words read like the name of a thing: one or two words, none of them a container or a colour.
    fn names_something(&self, one: &Placed) -> bool {
        let words: Vec<String> = one
            .mention
            .words
            .split_whitespace()
            .map(|word| fold(word.trim_matches(|character: char| !character.is_alphanumeric())))
            .filter(|word| !word.is_empty() && !is_function_word(word))
            .collect();
        (1..=2).contains(&words.len())
            && words.iter().all(|word| word.chars().count() > 3 && crate::retrieve::weakness(word).is_none())
    }

    /// What was asked for and is not in the catalogue.
    fn missing(&self, context: &Context<'_>, unknown: Vec<Placed>, wants: bool, acts: &mut Vec<Act>) {
        let available = self.has(Cue::Available) || self.has(Cue::Price);
        let related = wants || available || self.choosing;
        // "One scratching tower to Seville, please."
        let ordered = self.has(Cue::Please) || self.committed;
        let silent = self.has(Cue::Injection)
            || self.has(Cue::OffTopic)
            || self.has(Cue::Cancel)
            || self.has(Cue::Person)
            || self.has(Cue::Discount)
            || self.has(Cue::FreeDelivery)
            || self.has(Cue::StopReminders)
            || self.has(Cue::Complaint)
            || self.has(Cue::ClaimPaid)
            || self.has(Cue::PayMethod)
            || wants_current_phone(self.marked.text)
            || points_at_number(self.marked)
            || (self.committed && !context.state.cart.is_empty());
        if silent || !(related || ordered) {
            return;
        }
        for one in unknown {
            // "The big one" of several sizes.
            let size = one.mention.words.split_whitespace().find_map(|word| size_word(&fold(word)));
            if let (Some(Pending::ChooseItem { .. }), Some(large)) = (&context.state.pending, size) {
                acts.push(Act::ChooseByPrice { dearest: large });
                if !one.mention.amounts.is_empty() {
                    acts.push(Act::Quantity { amounts: one.mention.amounts.clone() });
                }
                continue;
            }
            let worth = one.mention.words.split_whitespace().any(|word| {
                let folded = fold(word.trim_matches(|character: char| !character.is_alphanumeric()));
                folded.chars().count() > 2 && !is_function_word(&folded)
            });
            let counted = !one.mention.amounts.is_empty();
            if !related && !counted {
                continue;
            }
            if !worth || (self.any_found && !counted) {
                continue;
            }
            // Words about the item in focus ("is it available in white?") ask about it.
            if available && !wants && !context.state.focus.is_empty() && self.has(Cue::Price) {
                continue;
            }
            let mention = one.mention.clone();
            if wants || !related {
                acts.push(Act::Want { mention, add: false });
            } else {
                acts.push(Act::Ask { topics: Vec::new(), about: vec![mention], words: Vec::new() });
            }
        }
    }
}
