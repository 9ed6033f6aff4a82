//! What is never told: stock, and contacts that were not asked for (R78, R79).

use super::{Facts, Policy, Violation, folded, number};
use crate::catalog::{Area, Item};

/// Contacts and stock of the internal items that the reply lets out. `words` is the text without its links.
pub(super) fn check(text: &str, words: &str, facts: &Facts, policy: &Policy<'_>) -> Vec<Violation> {
    let mut violations = stock(words, policy.internal);
    if !policy.contacts_allowed {
        let haystack = folded(text);
        let public: Vec<String> = facts.texts.iter().map(|text| folded(text)).collect();
        for item in policy.internal {
            for fragment in contacts(text, &haystack, item, &public, policy.internal) {
                let violation = Violation::InternalContact { fragment };
                if !violations.contains(&violation) {
                    violations.push(violation);
                }
            }
        }
    }
    violations
}

fn contacts(text: &str, haystack: &str, item: &Item, public: &[String], internal: &[&Item]) -> Vec<String> {
    let contacts = &item.contacts;
    let fields =
        [&contacts.supplier, &contacts.supplier_services, &contacts.warehouse, &contacts.specialist, &contacts.office];
    let mut found = Vec::new();
    for field in fields.into_iter().flatten() {
        for piece in field.split([',', ';', ':', '\n']).chain([field.as_str()]) {
            let needle = folded(piece);
            let digits = needle.chars().filter(char::is_ascii_digit).count();
            let letters = needle.chars().filter(|c| c.is_alphabetic()).count();
            let leaked = if needle.contains('@') {
                holds(haystack, &needle)
            } else if digits >= 7 && letters <= 4 {
                told_phone(text, piece)
            } else {
                // A name or a place. What the item tells anyway, or the facts of the turn have, is no secret.
                letters >= 4
                    && !is_label(&needle)
                    && holds(haystack, &needle)
                    && !public.iter().any(|text| holds(text, &needle))
                    && !internal.iter().any(|item| is_public(item, &needle))
            };
            if leaked {
                found.push(piece.trim().to_owned());
            }
        }
    }
    found
}

/// Words that stand before a contact and tell nothing themselves.
fn is_label(needle: &str) -> bool {
    const LABELS: [&str; 42] = [
        "phone",
        "mobile",
        "telephone",
        "mail",
        "email",
        "e-mail",
        "whatsapp",
        "telegram",
        "instagram",
        "viber",
        "facebook",
        "office",
        "address",
        "contact",
        "contacts",
        "reception",
        "manager",
        "returns",
        "warehouse",
        "telefono",
        "movil",
        "correo",
        "oficina",
        "direccion",
        "contacto",
        "recepcion",
        "devoluciones",
        "almacen",
        "gerente",
        "телефон",
        "почта",
        "офис",
        "адрес",
        "контакт",
        "контакты",
        "склад",
        "администратор",
        "менеджер",
        "возврат",
        "мекенжаи",
        "пошта",
        "баиланыс",
    ];
    LABELS.contains(&needle)
}

/// Whether the public columns of an item say it.
fn is_public(item: &Item, needle: &str) -> bool {
    let details = &item.details;
    let cities: &[String] = match &item.area {
        Area::Cities(cities) => cities,
        Area::Everywhere | Area::Online => &[],
    };
    [
        Some(&item.name),
        Some(&item.description),
        details.specialist.as_ref(),
        details.company.as_ref(),
        item.category.as_ref(),
    ]
    .into_iter()
    .flatten()
    .chain(cities)
    .any(|column| holds(&folded(column), needle))
}

/// Whether the folded text has the folded needle as whole words.
fn holds(haystack: &str, needle: &str) -> bool {
    !needle.is_empty()
        && haystack.match_indices(needle).any(|(at, _)| {
            !haystack[..at].ends_with(char::is_alphanumeric)
                && !haystack[at + needle.len()..].starts_with(char::is_alphanumeric)
        })
}

/// Whether the text has the phone, whatever its groups and with or without the code of its country.
fn told_phone(text: &str, phone: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let phone = digits(phone);
    let tail = &phone[phone.len().saturating_sub(9)..];
    text.split(|c: char| !(c.is_ascii_digit() || c.is_whitespace() || matches!(c, '+' | '-' | '(' | ')' | '.')))
        .any(|run| digits(run).contains(tail))
}

/// The stock or the free places of an item, told as such: the number within a few words of a word of stock.
fn stock(words: &str, internal: &[&Item]) -> Vec<Violation> {
    let mut violations = Vec::new();
    for token in number::tokens(words) {
        let readings = number::readings(&words[token.clone()]);
        let is_stock = internal
            .iter()
            .filter_map(|item| item.available)
            .any(|available| readings.iter().any(|reading| *reading == available.to_string()));
        if is_stock && !is_date(words, &token) && near_word_of_stock(words, token.start, token.end) {
            violations.push(Violation::Stock { fragment: number::around(words, &token) });
        }
    }
    violations
}

/// Whether the number is the day of a date with its month in words: free times are told by date.
fn is_date(text: &str, token: &std::ops::Range<usize>) -> bool {
    const MONTHS: [&str; 48] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
        "январ",
        "феврал",
        "марта",
        "апрел",
        "мая",
        "июн",
        "июл",
        "август",
        "сентябр",
        "октябр",
        "ноябр",
        "декабр",
        "қантар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ];
    let is_month = |word: &str| {
        let word = word.to_lowercase();
        MONTHS.iter().any(|month| word.starts_with(month))
    };
    let words = |text: &'_ str| -> Vec<String> {
        text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let next = words(text[token.end..].split('\n').next().unwrap_or(""));
    let next = next.iter().find(|word| !matches!(word.as_str(), "de" | "of" | "st" | "nd" | "rd" | "th" | "го"));
    let previous = words(text[..token.start].rsplit('\n').next().unwrap_or(""));
    next.is_some_and(|word| is_month(word)) || previous.last().is_some_and(|word| is_month(word))
}

/// How many words on either side are looked at.
const NEAR_WORDS: usize = 5;

fn near_word_of_stock(text: &str, start: usize, end: usize) -> bool {
    let sentence_end = |c: char| matches!(c, '.' | '!' | '?' | '\n' | ';');
    let before = text[..start].rsplit(sentence_end).next().unwrap_or("");
    let after = text[end..].split(sentence_end).next().unwrap_or("");
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(folded).collect()
    };
    words(before).iter().rev().take(NEAR_WORDS).any(|word| is_word_of_stock(word))
        || words(after).iter().take(NEAR_WORDS).any(|word| is_word_of_stock(word))
}

/// Words that tell how much there is, in the four languages, folded.
fn is_word_of_stock(word: &str) -> bool {
    const WORDS: [&str; 8] = ["left", "stock", "places", "spots", "seats", "plazas", "мест", "орын"];
    const STEMS: [&str; 20] = [
        "remain",
        "availab",
        "inventor",
        "warehouse",
        "queda",
        "existencia",
        "disponib",
        "almacen",
        "остал",
        "остат",
        "остае",
        "налич",
        "склад",
        "доступн",
        "свободн",
        "калд",
        "калг",
        "коима",
        "колжетимд",
        "колда",
    ];
    // Folding takes the breve off й (коима) but leaves қ; letters that only Kazakh has become their Russian likes.
    let plain: String = word
        .chars()
        .map(|c| match c {
            'қ' => 'к',
            'ғ' => 'г',
            'і' => 'и',
            'ө' => 'о',
            other => other,
        })
        .collect();
    WORDS.contains(&plain.as_str()) || STEMS.iter().any(|stem| plain.starts_with(stem))
}
