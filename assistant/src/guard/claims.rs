//! Claims: what a sentence says of the order's state, or promises. Known by stems of the four languages.

use super::{Kind, Sentence, sentences};
use regex::{Regex, RegexSet};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What can be claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    /// The money has come (R120).
    Paid,
    /// A time or a thing is kept for the customer.
    Booked,
    /// The order is made.
    Ordered,
    /// It is on its way.
    Sent,
    /// Something costs nothing.
    Free,
    /// Its delivery, or the way of who comes, costs nothing (R114).
    FreeDelivery,
    /// Something costs less (R90).
    Discount,
    /// A guarantee, or the money back.
    Guarantee,
}

impl Claim {
    /// In words for the model.
    pub(crate) const fn told(self) -> &'static str {
        match self {
            Self::Paid => "that it is paid",
            Self::Booked => "that it is booked or reserved",
            Self::Ordered => "that the order is made or confirmed",
            Self::Sent => "that it is on its way",
            Self::Free => "that it is free",
            Self::FreeDelivery => "that delivery is free",
            Self::Discount => "a lower price",
            Self::Guarantee => "a guarantee or a refund",
        }
    }

    /// Whether asking about it claims nothing ("shall I book it?"). What is promised in a question is promised.
    const fn may_be_asked(self) -> bool {
        matches!(self, Self::Paid | Self::Booked | Self::Ordered | Self::Sent | Self::Guarantee)
    }
}

struct Pattern {
    claim: Claim,
    pattern: Regex,
    /// Whether a "no" before it turns it around.
    can_be_negated: bool,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    // Up to three words between.
    let any = "(?:[^ ,]+ ){0,3}";
    let patterns = [
        (Claim::Paid, "paid"),
        (Claim::Paid, "(?:received|got|see) ANY(?:payment|money)"),
        (Claim::Paid, "payment ANY(?:received|arrived|complete\\w*|successful|through|cleared|approved)"),
        (Claim::Paid, "pagad[oa]s?|abonad[oa]s?"),
        (Claim::Paid, "(?:recib\\w+|llego|veo) ANY(?:pago|dinero)"),
        (
            Claim::Paid,
            "pago ANY(?:recibido|confirmado|completado|realizado|llegado|llego|acreditado|correcto|aceptado)",
        ),
        (Claim::Paid, "оплачен\\w*|оплатили|проплачен\\w*"),
        (
            Claim::Paid,
            "(?:получил\\w*|получен\\w*|поступил\\w*|пришл\\w*|вижу|видим) ANY(?:оплат|платеж|деньг|средств)\\w*",
        ),
        (
            Claim::Paid,
            "(?:оплат|платеж|деньг)\\w* ANY(?:получен|прошл|прошел|поступил|пришл|пришел|подтвержден|зачислен)\\w*",
        ),
        (Claim::Paid, "төлен(?:ді|ген|іп)\\w*"),
        (Claim::Paid, "(?:төлем|ақша)\\w* ANY(?:түсті|түскен|қабылданды|алынды|келді|расталды|өтті)"),
        (Claim::Booked, "booked|reserved|scheduled"),
        (Claim::Booked, "reservad[oa]s?|agendad[oa]s?|apartad[oa]s?|tiene reserva|(?:le|les) esperamos"),
        (Claim::Booked, "забронирован\\w*|зарезервирован\\w*|записан[ыа]?|забронировал\\w*|(?:ждем|ожидаем) вас"),
        (Claim::Booked, "брондал\\w*|брондад\\w*|брондап\\w*|жазылдыңыз|жазылғансыз|резервтел\\w*|сізді күтеміз"),
        (Claim::Ordered, "confirmed|order ANY(?:placed|made|complete\\w*|accepted)"),
        (Claim::Ordered, "confirmad[oa]s?|pedido ANY(?:hecho|realizado|listo|tramitado|completado|aceptado)"),
        (Claim::Ordered, "подтвержден\\w*|оформлен\\w*|заказ ANY(?:принят|готов|сделан|размещен)\\w*"),
        (Claim::Ordered, "расталды|расталған|рәсімделді|рәсімделген|тапсырыс\\w* ANY(?:қабылданды|дайын)"),
        (
            Claim::Sent,
            "shipped|dispatched|on (?:its|the|their) way|out for delivery|(?:been|was|were) (?:sent|delivered)",
        ),
        (Claim::Sent, "en camino|despachad[oa]s?|en reparto|(?:ha|han) (?:sido )?(?:enviado|salido)|enviado hoy"),
        (Claim::Sent, "в пути|отгружен\\w*|уже едет|уже везут|отправлен[аоы]?"),
        (Claim::Sent, "жолға шықты|жолда|жөнелтілді|жеткізілді"),
        (Claim::Free, "free|complimentary"),
        (Claim::Free, "gratis|gratuit\\w+|gratuidad|sin (?:coste|costo|cargo|gastos)s?"),
        (Claim::Free, "бесплат\\w*|безвозмездн\\w*|даром"),
        (Claim::Free, "тегін\\w*|ақысыз\\w*"),
        (
            Claim::Discount,
            "discount\\w*|rebates?|coupons?|promo|half (?:the )?price|half off|special price|cheaper for you",
        ),
        (Claim::Discount, "descuent\\w*|descont\\w*|rebaj\\w*|cupon\\w*|promocion\\w*|mitad de precio|precio especial"),
        (
            Claim::Discount,
            "скид(?:к|ок|оч)\\w*|промокод\\w*|акци[яию]|полцены|спеццен\\w*|специальн\\w+ цен\\w*|сниз\\w+|уступ\\w+",
        ),
        (Claim::Discount, "жеңілдік\\w*|жеңілдет\\w*|арзандат\\w*|жарты баға\\w*|арнайы баға\\w*"),
        (Claim::Guarantee, "guarantee\\w*|warrant(?:y|ies)|refund\\w*|money back"),
        (Claim::Guarantee, "garanti\\w*|reembols\\w*|devolucion\\w*|devolve(?:mos|remos)"),
        (Claim::Guarantee, "гарант\\w*|возврат\\w*|верн(?:ем|ут|утся) ANY(?:деньг|средств|оплат)\\w*"),
        (Claim::Guarantee, "кепілдік\\w*|кепілдем\\w*|қайтар\\w*"),
    ];
    // Here the "no" is a part of it.
    let whole = [
        "nothing (?:is )?(?:due|charged|to pay)|no charge|on the house|at no cost|without charge|costs nothing",
        "no se (?:le )?cobra\\w*|no (?:tiene|hay) que pagar|sin pagar|invita la casa|no cuesta nada|por nuestra cuenta",
        "платить (?:ничего )?не (?:нужно|надо|придется)|ничего не стоит|за наш счет|без оплаты",
        "төлеудің қажеті жоқ|ақы алынбайды|төлемейсіз|біздің есебімізден",
    ];
    // Words are parted by spaces: what belongs to one is whatever else there is, which costs less than tables of letters.
    let read = |pattern: &str| {
        let pattern = pattern.replace("ANY", any).replace("\\w", "[^ ,]");
        Regex::new(&format!(" (?:{pattern}) ")).expect("a pattern that the tests use")
    };
    let negated =
        patterns.iter().map(|(claim, pattern)| Pattern { claim: *claim, pattern: read(pattern), can_be_negated: true });
    let whole =
        whole.iter().map(|pattern| Pattern { claim: Claim::Free, pattern: read(pattern), can_be_negated: false });
    negated.chain(whole).collect()
});

fn known(pattern: &str) -> Regex {
    Regex::new(&format!("(?:{pattern})")).expect("a pattern that the tests use")
}

/// "Not", within four words before, and what it must not be followed by ("not only").
static NOT: LazyLock<Regex> = LazyLock::new(|| {
    known(
        " (?:no|not|never|cannot|without|[a-z]+n't|sin|nunca|tampoco|ningun|ninguna|ni|не|нет|без|ни|нельзя|никаких) (?:[^ ,]+ ){0,3}$",
    )
});
static NOT_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    known(
        " (?:no|not|не|нет|ни|sin|without) (?:only|just|solo|solamente|worr[a-z]+|problem[a-zа-я]*|only|hay problema|duda[a-z]*|doubt[a-z]*|se preocupe|только|проблем[а-я]*|сомне[а-я]*|волнуйтесь|переживайте) ",
    )
});
/// Kazakh denies at the end, Russian may.
static NOT_BEHIND: LazyLock<Regex> = LazyLock::new(|| {
    known(
        "^(?:(?:[^ ,]+ ){0,2}(?:жоқ|емес|[а-яәіңғүұқөһ]+(?:ма|ме|ба|бе|па|пе)(?:ймын|ймін|ймыз|йміз|йды|йді|ған|ген)) |нет |не (?:предусм|дела|предост|будет|действ|мог|мож)[а-я]* )",
    )
});
/// "Once it is paid": nothing is claimed.
static WHEN: LazyLock<Regex> = LazyLock::new(|| {
    known(
        " (?:if|once|when|after|until|unless|before|as soon as|cuando|una vez|tras|hasta|despues|antes|en cuanto|если|когда|после|пока|как только|до|будет|будут|can be|could be|will be|puede ser|quedara|сможет|можно) (?:[^ ,]+ ){0,5}$",
    )
});
static WHEN_BEHIND: LazyLock<Regex> = LazyLock::new(|| known("^(?:[^ ,]+ ){0,2}(?:соң|кейін|болса|болғанда|дейін) "));
/// "Free" of something else than money.
static FREE_OF: LazyLock<Regex> = LazyLock::new(|| {
    known(" (?:feel|sugar|gluten|lactose|dairy|alcohol|fat|stress|nut|cruelty|hands|toll|acid|am|is it) $")
});
static FREE_FOR: LazyLock<Regex> = LazyLock::new(|| {
    known(
        "^(?:times?|slots?|places?|seats?|hours?|days?|rooms?|appointments?|mornings?|afternoons?|evenings?|to|on|at|next|tomorrow|today|until|then) ",
    )
});
/// Words of delivery, and of the way to the customer.
static DELIVERY: LazyLock<Regex> = LazyLock::new(|| {
    known(
        " (?:envios?|entregas?|reparto|domicilio|desplazamiento|llev[a-z]+|deliver[a-z]*|shipping|postage|travel|достав[а-я]*|привез[а-я]*|выезд[а-я]*|курьер[а-я]*|жеткіз[^ ,]*|апарып|шығу[^ ,]*) ",
    )
});

/// All patterns at once: most sentences hold none.
static ANY_OF_THEM: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(PATTERNS.iter().map(|pattern| pattern.pattern.as_str())).expect("each is a pattern")
});

/// What a sentence claims, each with the words that claim it.
pub(super) fn found(sentence: &Sentence) -> Vec<(Claim, String)> {
    let joined = sentence.joined();
    let mut found = Vec::new();
    for at in ANY_OF_THEM.matches(&joined) {
        let Pattern { claim, pattern, can_be_negated } = &PATTERNS[at];
        let mut from = 0;
        // Neighbours share a space, so the search goes on one character early.
        while let Some(place) = pattern.find_at(&joined, from) {
            from = place.end() - 1;
            // Up to the space behind the last comma, and from the space in front of what follows.
            let before = &joined[..=place.start()];
            let before = before.rfind(',').map_or(before, |at| &before[at + 1..]);
            let after = &joined[place.end()..];
            let after = after.find(',').map_or(after, |at| &after[..at]);
            let denied = *can_be_negated
                && ((NOT.is_match(before) && !NOT_ONLY.is_match(&joined[..=place.start()]))
                    || NOT_BEHIND.is_match(after));
            let conditional = claim.may_be_asked() && (WHEN.is_match(before) || WHEN_BEHIND.is_match(after));
            let asked = claim.may_be_asked() && sentence.is_question;
            let of_time = place.as_str() == " free " && (FREE_OF.is_match(before) || FREE_FOR.is_match(after));
            if denied || conditional || asked || of_time {
                continue;
            }
            let claim = match claim {
                Claim::Free if DELIVERY.is_match(&joined) => Claim::FreeDelivery,
                claim => *claim,
            };
            found.push((claim, with_neighbours(&joined, place.start(), place.end())));
        }
    }
    found
}

/// A phrase with the word on each side of it.
fn with_neighbours(joined: &str, start: usize, end: usize) -> String {
    let before = joined[..start].rsplit(' ').find(|word| *word != ",").unwrap_or_default();
    let after = joined[end..].split(' ').find(|word| *word != ",").unwrap_or_default();
    let phrase = format!(" {before} {} {after} ", joined[start..end].trim());
    phrase.replace(',', " ").split_whitespace().fold(String::from(" "), |all, word| all + word + " ")
}

/// What sentences claim that bears nothing out: not the program's own draft (`ours`, without texts of the catalogue), not what
/// is known (`holds`), not a phrase of several words that `stands` in a text of the catalogue.
pub(crate) fn claims(
    own: &[Sentence],
    ours: &str,
    holds: &dyn Fn(Claim) -> bool,
    stands: &dyn Fn(&str) -> bool,
) -> BTreeSet<Claim> {
    let drafted: Vec<(Claim, Sentence)> = sentences(ours)
        .into_iter()
        .flat_map(|sentence| found(&sentence).into_iter().map(move |(claim, _)| (claim, sentence.clone())))
        .collect();
    let mut claimed = BTreeSet::new();
    for sentence in own {
        for (claim, phrase) in found(sentence) {
            // "Free from 120 euros on" bears out nothing that leaves the sum away.
            let drafted = drafted.iter().any(|(known, words)| {
                *known == claim && conditions(words).iter().all(|name| conditions(sentence).contains(name))
            });
            let quoted = phrase.split_whitespace().count() > 1 && stands(&phrase);
            if !(drafted || holds(claim) || quoted) {
                claimed.insert(claim);
            }
        }
    }
    claimed
}

/// Names of thresholds in a sentence.
fn conditions(sentence: &Sentence) -> Vec<&str> {
    let names = sentence.tokens.iter().filter(|token| token.kind == Kind::Name);
    names.map(|token| token.text.as_str()).filter(|name| name.starts_with("threshold")).collect()
}
