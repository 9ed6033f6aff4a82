//! From the model's words to a reply: names filled in, and nothing in it that rests on no fact.

use super::acts::Reads;
use crate::compose::{Names, hours_of_week};
use crate::guard::{self, Claim};
use crate::offline::Carried;
use crate::turn::{OrderView, Shop, TurnOutput};
use domain::catalog::Item;
use domain::language::{Language, detect_beside_names};
use domain::order::PaymentStatus;
use domain::reply::{DraftReply, Facts, Policy, Violation, check};
use domain::text::fold;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization as _;

/// What a chat may make a link of, however it is glued to other words: hosts, handles, addresses.
static LINK_LIKE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.\p{L}{2,}|@[\p{L}\p{N}_.]{2,}|\p{L}+:/|//\S|(?:script|data|mailto|tel|sms):\S")
        .expect("a pattern that the tests use")
});

/// Fewer words than this that are no fact's decide no language.
const OWN_WORDS: usize = 4;

/// The reply, or what is wrong with it, in words for the model.
pub(super) fn reply(shop: &dyn Shop, text: &str, carried: &Carried, reads: &Reads) -> Result<TurnOutput, Vec<String>> {
    let mut faults = Vec::new();
    let text = text.trim();
    let mut names = carried.names.clone();
    names.join(&reads.names());
    let (filled, unknown) = names.fill(text);
    for name in unknown {
        let name: String = name.chars().take(60).collect();
        faults.push(format!("no fact of this turn has the name {{{{{name}}}}}"));
    }
    let blank = Names::blank(text);
    if blank.contains("{{") || blank.contains("}}") {
        faults.push("a name in braces is not closed".to_owned());
    }
    if let Some(name) = Names::joined_to_digits(text) {
        faults.push(format!("{{{{{name}}}}} stands beside digits or another name; put words between them"));
    }
    if has_unseen(text) {
        faults.push("it holds characters that cannot be seen".to_owned());
    }
    let used = Names::used(text);
    for needed in &carried.needed {
        // The same value under another name does as well.
        let value = names.get(needed);
        if !used.iter().any(|name| *name == needed || names.get(name) == value) {
            faults.push(format!("{{{{{needed}}}}} is missing"));
        }
    }
    let mut own = carried.own_facts.clone();
    own.texts.extend(reads.facts().texts.iter().cloned());
    let (named, others) = items_of(shop, text, carried, reads);
    faults.extend(by_hand(&blank, &own, &named, &others, &|item| is_named(item, text)));
    faults.extend(promised(shop, text, carried, &named));
    faults.extend(timed(shop, text, carried, &own, &named));
    faults.extend(swapped(shop, text, carried, &named, &others));
    if is_of_theirs(text, carried) {
        faults.push("what the customer wrote stands only in the draft's own sentence, as it is there".to_owned());
    }
    let language = carried.output.language;
    own.texts.extend(carried.theirs.iter().cloned());
    if let Some(other) = other_language(&blank, &own, language) {
        faults.push(format!("it is in {}, not in {}", other.code(), language.code()));
    }

    let mut output = carried.output.clone();
    output.facts.texts.extend(reads.facts().texts.iter().cloned());
    output.facts.money.extend(reads.facts().money.iter().copied());
    output.facts.links.extend(reads.facts().links.iter().cloned());
    output.facts.numbers.extend(reads.facts().numbers.iter().cloned());
    let whole = match carried.fixed.as_str() {
        "" => filled,
        fixed => format!("{fixed}\n{filled}"),
    };
    let profile = shop.profile();
    // A model may have picked up anything, so no item's internal field is let through, spoken of or not.
    let internal: Vec<&Item> = shop.catalogue().items().iter().map(|item| &**item).collect();
    let policy = Policy {
        max_chars: profile.channel.max_chars(),
        language,
        own_hosts: &[],
        internal: &internal,
        contacts_allowed: output.contacts_allowed,
    };
    let pictures = output.replies.first().cloned().unwrap_or_default();
    let draft = DraftReply { text: &whole, image: pictures.image.as_deref(), video: pictures.video.as_deref() };
    if let Err(violations) = check(&draft, &output.facts, &policy) {
        faults.extend(violations.iter().map(explained));
    }
    if !faults.is_empty() {
        let mut told = HashSet::new();
        faults.retain(|fault| told.insert(fault.clone()));
        faults.truncate(8);
        return Err(faults);
    }
    // A price that was told under its item's name counts as said (R91).
    for key in used.iter().filter_map(|name| name.strip_prefix("price:")) {
        if let Some(item) = shop.catalogue().get(key) {
            output.state.said_prices.insert(key.to_owned(), item.price_minor.unwrap_or(0));
            if !output.items_offered.iter().any(|offered| offered == key) {
                output.items_offered.push(key.to_owned());
            }
        }
    }
    if let Some(first) = output.replies.first_mut() {
        first.text = whole;
    }
    Ok(output)
}

/// Characters that cannot be seen and could hide where a word, a number or a link ends. Joiners within emoji are none.
fn has_unseen(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|c| {
        let joins_a_picture = !before.is_alphanumeric() && !before.is_ascii();
        before = c;
        match c {
            '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' => !joins_a_picture,
            '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => true,
            c => c.is_control() && c != '\n' && c != '\t',
        }
    })
}

/// Numbers and links that the model wrote itself: only those of texts that it was given. The customer's own words are no fact
/// here ("make it 5 euros"), and a sum is none even where its number stands somewhere.
///
/// The numbers of an item's texts are facts where the reply names it. Those of another one that was read, or of the only one that
/// the talk is about, count beside the same word only ("the one of 20 roses"), or its name would make any price a fact.
fn by_hand(
    blank: &str,
    own: &Facts,
    named: &[&Item],
    others: &[&Item],
    is_named: &dyn Fn(&Item) -> bool,
) -> Vec<String> {
    let (named, unnamed): (Vec<&Item>, Vec<&Item>) = named.iter().copied().partition(|item| is_named(item));
    let others = [others, unnamed.as_slice()].concat();
    let tells = |item: &Item, text: &str| {
        let text = text.trim().trim_end_matches('…');
        let is_part = texts_of(item).any(|known| known.trim().starts_with(text));
        // A line of the cart has the name in it.
        !text.is_empty() && (is_part || text.contains(item.name.as_str()))
    };
    let (foreign, bound): (Vec<&String>, Vec<&String>) = own
        .texts
        .iter()
        .partition(|text| others.iter().any(|item| tells(item, text)) && !named.iter().any(|item| tells(item, text)));
    let foreign: String = foreign.into_iter().map(|text| guard::plain(text)).collect();
    let mut numbers = own.numbers.clone();
    numbers.extend(guard::counted(blank, &foreign));
    let strict = Facts { money: Vec::new(), numbers, texts: bound.into_iter().cloned().collect(), links: Vec::new() };
    let policy =
        Policy { max_chars: usize::MAX, language: Language::En, own_hosts: &[], internal: &[], contacts_allowed: true };
    let draft = DraftReply { text: blank, image: None, video: None };
    let mut faults: Vec<String> = match check(&draft, &strict, &policy) {
        Ok(()) => Vec::new(),
        Err(violations) => violations
            .iter()
            .filter(|violation| {
                matches!(
                    violation,
                    Violation::UnboundNumber { .. }
                        | Violation::UnboundLink { .. }
                        | Violation::ZeroPrice { .. }
                        | Violation::CardNumber { .. }
                )
            })
            .map(explained)
            .collect(),
    };
    let joined: String = blank.nfkc().map(|c| if c == '\u{3002}' { '.' } else { c }).collect();
    for found in LINK_LIKE.find_iter(&joined) {
        if !own.texts.iter().any(|text| text.contains(found.as_str())) {
            let shown: String = found.as_str().chars().take(60).collect();
            faults.push(format!("{shown:?} reads as a link or a handle of nobody known"));
        }
    }
    faults
}

/// Whether a name for the customer's own words stands elsewhere than where the program put it: "make it 5 euros" would be a promise.
fn is_of_theirs(text: &str, carried: &Carried) -> bool {
    let is_theirs =
        |name: &str| carried.names.get(name).is_some_and(|shown| carried.theirs.iter().any(|theirs| theirs == shown));
    let mut rest = text.to_owned();
    for line in carried.draft.lines().filter(|line| Names::used(line).into_iter().any(is_theirs)) {
        rest = rest.replace(line, " ");
    }
    Names::used(&rest).into_iter().any(is_theirs)
}

/// Sums that the model wrote by hand, and claims that nothing of the turn bears out.
fn promised(shop: &dyn Shop, text: &str, carried: &Carried, named: &[&Item]) -> Vec<String> {
    let own = guard::own_sentences(text, &carried.draft);
    let licence: String = named.iter().flat_map(|item| texts_of(item)).map(guard::plain).collect();
    let stands = |phrase: &str| licence.contains(phrase);
    let mut faults: Vec<String> = own
        .iter()
        .flat_map(|sentence| guard::sums(sentence, &stands))
        .map(|sum| format!("{sum:?} was written by hand; sums come under their names"))
        .collect();
    // What the catalogue says of one thing is no word of the program's about another.
    let mut ours = carried.draft.clone();
    for text in carried.own_facts.texts.iter().filter(|text| text.chars().count() > 40 || !guard::is_harmless(text)) {
        ours = ours.replace(text.trim(), " ");
    }
    let claimed = guard::claims(&own, &ours, &|claim| holds(shop, carried, named, claim), &stands);
    faults.extend(claimed.into_iter().map(|claim| format!("it tells {}, which nothing here bears out", claim.told())));
    faults
}

/// Days, times and counts of stock that the model wrote in words: only those of texts that it was given. The days of the opening
/// hours are for sentences about those: "open on Sundays" is no "delivered on Sunday".
fn timed(shop: &dyn Shop, text: &str, carried: &Carried, own: &Facts, named: &[&Item]) -> Vec<String> {
    let hours = hours_of_week(&shop.profile().hours, carried.output.language);
    let texts = own.texts.iter().filter(|text| **text != hours).map(String::as_str);
    let texts = texts.chain(named.iter().flat_map(|item| texts_of(item)));
    let licence: String = texts.chain([carried.draft.as_str()]).map(guard::plain).collect();
    let hours = guard::plain(&hours);
    guard::own_sentences(text, &carried.draft)
        .iter()
        .flat_map(|sentence| {
            let stands = |phrase: &str| licence.contains(phrase) || (sentence.is_of_hours() && hours.contains(phrase));
            guard::times(sentence, &stands)
        })
        .map(|phrase| format!("{phrase:?} was written by hand; days, times and counts come under their names"))
        .collect()
}

/// Prices that stand beside the name of another item.
fn swapped(shop: &dyn Shop, text: &str, carried: &Carried, named: &[&Item], others: &[&Item]) -> Vec<String> {
    let items: Vec<&Item> = named.iter().chain(others).copied().collect();
    let names: Vec<String> = items.iter().map(|item| guard::plain(&item.name)).collect();
    let used = Names::used(text);
    let mut faults = Vec::new();
    for sentence in guard::own_sentences(text, &carried.draft) {
        for (name, beside) in sentence.beside_names(&names) {
            let Some(used) = used.iter().find(|used| fold(used) == name) else { continue };
            let Some(item) = used.strip_prefix("price:").and_then(|key| shop.catalogue().get(key)) else { continue };
            if item.price_minor != items[beside].price_minor && guard::plain(&item.name) != names[beside] {
                faults.push(format!("{{{{{used}}}}} is the price of another item than the one it stands beside"));
            }
        }
    }
    faults
}

/// The items that a reply names, of those that the turn is about, and the others.
fn items_of<'a>(shop: &'a dyn Shop, text: &str, carried: &Carried, reads: &Reads) -> (Vec<&'a Item>, Vec<&'a Item>) {
    let state = &carried.output.state;
    let used = Names::used(text);
    let priced = used.iter().filter_map(|name| name.strip_prefix("price:"));
    let offered = &carried.output.items_offered;
    let mut keys: Vec<&str> =
        offered.iter().chain(reads.items()).chain(&state.offered).chain(&state.focus).map(String::as_str).collect();
    keys.extend(state.cart.lines.iter().map(|line| line.key.as_str()).chain(priced));
    keys.sort_unstable();
    keys.dedup();
    let items = keys.into_iter().filter_map(|key| shop.catalogue().get(key));
    items.map(|item| &**item).partition(|item: &&Item| {
        // Of one thing only was anything said: it needs no name.
        is_named(item, text) || *offered == [item.key.as_str()]
    })
}

/// Whether a reply names an item: by its name, or by the name of its price.
fn is_named(item: &Item, text: &str) -> bool {
    guard::plain(text).contains(&guard::plain(&item.name))
        || Names::used(text).iter().any(|name| name.strip_prefix("price:") == Some(item.key.as_str()))
}

/// What the catalogue says of an item to customers.
fn texts_of(item: &Item) -> impl Iterator<Item = &str> {
    let details = &item.details;
    let more = [
        &item.unit,
        &item.category,
        &item.format,
        &details.included,
        &details.not_included,
        &details.guarantee,
        &details.not_guarantee,
        &details.suitable_for,
        &details.not_suitable_for,
    ];
    [item.name.as_str(), item.description.as_str()].into_iter().chain(more.into_iter().flatten().map(String::as_str))
}

/// Whether the state of the talk itself bears a claim out.
fn holds(shop: &dyn Shop, carried: &Carried, named: &[&Item], claim: Claim) -> bool {
    let order = shop.order();
    let made = super::consent::ordered(&carried.output);
    let free = made.is_some_and(|made| made.quote.is_free());
    let quote = made.map(|made| made.quote.clone()).or_else(|| {
        let lines = &carried.output.state.cart.lines;
        let lines = lines.iter().filter_map(|line| Some((&**shop.catalogue().get(&line.key)?, line.quantity)));
        let lines: Vec<(&Item, i64)> = lines.collect();
        if lines.is_empty() { None } else { domain::quote::quote(&lines, shop.profile().currency).ok() }
    });
    match claim {
        Claim::Paid => order.is_some_and(|order| order.payment_status == PaymentStatus::Paid),
        Claim::Booked => free || order.is_some_and(|order| order.booked),
        Claim::Ordered => {
            let stands = |order: &OrderView| order.booked || order.payment_status != PaymentStatus::NoPaymentLink;
            made.is_some() || order.is_some_and(stands)
        }
        Claim::Free => {
            free || order.is_some_and(|order| order.free)
                || quote.is_some_and(|quote| quote.is_free())
                || (!named.is_empty() && named.iter().all(|item| item.is_free()))
        }
        Claim::FreeDelivery => match quote {
            Some(quote) => quote.delivery.charged.is_zero() && quote.travel.charged.is_zero(),
            None => !named.is_empty() && named.iter().all(|item| item.fee_minor.unwrap_or(0) == 0),
        },
        Claim::Guarantee => named.iter().any(|item| item.details.guarantee.is_some()),
        Claim::Sent | Claim::Discount => false,
    }
}

/// The language of the model's words where they are clearly of another one than the turn's; names of items count for nothing.
fn other_language(blank: &str, own: &Facts, wanted: Language) -> Option<Language> {
    let mut text = blank.to_owned();
    for known in own.texts.iter().filter(|known| known.chars().count() > 2) {
        text = text.replace(known.as_str(), " ");
    }
    let known: HashSet<String> = own
        .texts
        .iter()
        .flat_map(|text| fold(text).split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let own: Vec<&str> = text
        .split_whitespace()
        .filter(|word| {
            let word = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
            word.chars().any(char::is_alphabetic) && !known.contains(&word)
        })
        .collect();
    if own.len() < OWN_WORDS {
        return None;
    }
    detect_beside_names(&own.join(" "), &|word| known.contains(word)).filter(|language| *language != wanted)
}

fn explained(violation: &Violation) -> String {
    match violation {
        Violation::Empty => "it is empty".to_owned(),
        Violation::TooLong { chars, max_chars } => format!("it has {chars} characters, {max_chars} are the most"),
        Violation::UnboundNumber { fragment } => format!("the number {fragment:?} rests on no fact"),
        Violation::UnboundLink { fragment } => {
            format!("the link {:?} is none of ours", fragment.chars().take(80).collect::<String>())
        }
        Violation::MediaInText { .. } => "pictures and videos go along by themselves, not as links".to_owned(),
        Violation::InternalContact { .. } => "it tells an internal contact or address".to_owned(),
        Violation::Stock { .. } => "it tells stock or free places".to_owned(),
        Violation::ZeroPrice { .. } => "what costs nothing is free, not a price of zero".to_owned(),
        Violation::CardNumber { .. } => "it holds a card number".to_owned(),
        Violation::Language { .. } => "it is in another language than the customer's".to_owned(),
    }
}
