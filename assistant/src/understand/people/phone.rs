//! Phones, and words that point at one given before.

use super::words;

/// A run that looks like a phone number, valid or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneMention {
    /// As written; normalise and validate with `domain::phone`.
    pub raw: String,
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// Runs that look like phone numbers. `asked`: a phone was asked for, so that a short "12-34" alone is an attempt.
#[must_use]
pub fn phones(text: &str, asked: bool) -> Vec<PhoneMention> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut index = 0;
    while let Some((start, first)) = characters.get(index).copied() {
        let glued = index > 0 && characters.get(index - 1).is_some_and(|(_, before)| before.is_alphanumeric());
        let opens = first.is_ascii_digit()
            || first == '+'
            || (first == '('
                && characters.get(index + 1).is_some_and(|(_, next)| next.is_ascii_digit() || *next == '+'));
        if !opens || glued {
            index += 1;
            continue;
        }
        let mut last = index;
        let mut next = index + 1;
        let mut plain_digits = usize::from(first.is_ascii_digit());
        while let Some((_, character)) = characters.get(next).copied() {
            let separator = matches!(character, ' ' | '\u{a0}' | '-' | '‑' | '–' | '(' | ')' | '.' | '/');
            if character.is_ascii_digit() {
                last = next;
                plain_digits += 1;
            } else if !separator
                || next - last > 2
                || plain_digits >= 9 && last + 1 == next && unbroken(&characters, index, last)
            {
                break;
            }
            next += 1;
        }
        let after = |position: usize| characters.get(position).map_or(text.len(), |(at, _)| *at);
        let mut end = after(last + 1);
        let mut raw = text.get(start..end).unwrap_or_default();
        // The hour or the day behind a number is not its end: "+34 600 111 201 17:00", "… 5 марта".
        let behind = text.get(end..).unwrap_or_default();
        let letter_behind = behind.trim_start().chars().next().is_some_and(char::is_alphabetic);
        if let Some(cut) = raw.rfind([' ', '\u{a0}']) {
            let (kept, dropped) = raw.split_at(cut);
            let short = dropped.trim().chars().count() <= 2;
            if short && (behind.starts_with(':') || (letter_behind && digits(kept) >= 11)) {
                raw = kept.trim_end_matches(|letter: char| !letter.is_ascii_digit());
                end = start + raw.len();
            }
        }
        let resumes = characters.iter().position(|(at, _)| *at >= end).unwrap_or(characters.len()).max(index + 1);
        if is_attempt(text, raw, start, end, asked) {
            found.push(PhoneMention { raw: raw.to_owned(), start, end });
            index = resumes;
        } else if is_date(raw) {
            index = resumes;
        } else {
            // Past this mark or group of digits only: "5, +34…" and "2026-03-05 600111208".
            index += 1;
            while characters.get(index).is_some_and(|(_, character)| character.is_ascii_digit()) {
                index += 1;
            }
        }
    }
    found
}

/// Whether a run of characters is digits only, a plus before them allowed.
fn unbroken(characters: &[(usize, char)], first: usize, last: usize) -> bool {
    (first..=last).all(|index| {
        characters
            .get(index)
            .is_some_and(|(_, character)| character.is_ascii_digit() || (index == first && *character == '+'))
    })
}

fn digits(raw: &str) -> usize {
    raw.chars().filter(char::is_ascii_digit).count()
}

fn is_attempt(text: &str, raw: &str, start: usize, end: usize, asked: bool) -> bool {
    let count = digits(raw);
    let before = text.get(..start).unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    if is_date(raw)
        || after.starts_with([':', '%', '€', '$', '₸', '₽', '£'])
        || before.ends_with([':', '€', '$', '₸', '₽', '£', '#', '№', '@'])
            && !before.ends_with(": ")
            && !label_before(before)
    {
        return false;
    }
    if after.starts_with('.') && after.chars().nth(1).is_some_and(char::is_alphanumeric)
        || after.starts_with(['@', '_'])
    {
        return false;
    }
    if raw.starts_with('+') {
        return count >= 2;
    }
    if money_or_measure_behind(after) {
        return false;
    }
    if count >= 7 {
        // "20 000 000" and lists of skus are sums of groups; a phone has a group of three or more or is unbroken.
        return !raw.contains('/') && count <= 22;
    }
    if !asked || count < 3 {
        return count >= 4 && label_before(before);
    }
    // "No, 100" corrects a count.
    let corrects =
        before.trim_end().trim_end_matches(',').rsplit(|letter: char| !letter.is_alphabetic()).next().is_some_and(
            |word| {
                matches!(
                    domain::text::fold(word).as_str(),
                    "no" | "not" | "нет" | "не" | "жоқ" | "лучше" | "mejor" | "better" | "rather"
                )
            },
        );
    if corrects {
        return false;
    }
    let alone_before = before.trim_end().is_empty()
        || before.trim_end().ends_with([',', ';', '.', '!', ':', '\n', '('])
        || label_before(before);
    let alone_after =
        after.trim_start().is_empty() || after.trim_start().starts_with([',', ';', '.', '!', '\n', ')', '?']);
    alone_before && alone_after
}

fn label_before(before: &str) -> bool {
    let last = before
        .trim_end_matches(|letter: char| !letter.is_alphabetic())
        .rsplit(|letter: char| !letter.is_alphabetic())
        .next()
        .unwrap_or_default();
    matches!(
        domain::text::fold(last).as_str(),
        "phone"
            | "tel"
            | "telephone"
            | "number"
            | "mobile"
            | "cell"
            | "telefono"
            | "movil"
            | "numero"
            | "телефон"
            | "тел"
            | "номер"
            | "нөмірім"
            | "нөмір"
            | "телефоным"
            | "номерім"
            | "whatsapp"
            | "моб"
    )
}

fn money_or_measure_behind(after: &str) -> bool {
    let word: String = after
        .trim_start()
        .chars()
        .take_while(|letter| letter.is_alphabetic() || matches!(letter, '€' | '₸' | '₽' | '$' | '£'))
        .collect();
    matches!(
        domain::text::fold(&word).as_str(),
        "€" | "$"
            | "₸"
            | "₽"
            | "£"
            | "eur"
            | "euro"
            | "euros"
            | "евро"
            | "тенге"
            | "теңге"
            | "тг"
            | "руб"
            | "рублей"
            | "kg"
            | "кг"
            | "g"
            | "г"
            | "ml"
            | "мл"
            | "шт"
            | "l"
            | "л"
    )
}

/// "2026-03-05", "05.03.2026", "5/3/26".
fn is_date(raw: &str) -> bool {
    let parts: Vec<&str> = raw.split(['-', '.', '/']).collect();
    let [first, second, third] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str| part.parse::<u32>().ok();
    let (Some(first_number), Some(second_number), Some(third_number)) = (number(first), number(second), number(third))
    else {
        return false;
    };
    let iso = first.len() == 4 && (2000..2100).contains(&first_number) && second_number <= 12 && third_number <= 31;
    let usual = first.len() <= 2
        && second.len() <= 2
        && first_number <= 31
        && second_number <= 12
        && matches!(third.len(), 2 | 4)
        && (third.len() == 2 || third_number > 2000);
    iso || usual
}

fn has_any(words: &[String], any: &[&str]) -> bool {
    words.iter().any(|word| any.contains(&word.as_str()))
}

fn has_pair(words: &[String], first: &[&str], second: &[&str]) -> bool {
    words.windows(2).any(|pair| matches!(pair, [a, b] if first.contains(&a.as_str()) && second.contains(&b.as_str())))
}

const PHONE_WORDS: [&str; 33] = [
    "number",
    "phone",
    "numero",
    "telefono",
    "movil",
    "номер",
    "номеру",
    "номером",
    "номера",
    "номере",
    "телефон",
    "телефона",
    "телефону",
    "нөмір",
    "нөмірім",
    "нөмірімді",
    "нөмірді",
    "нөміріме",
    "нөмірге",
    "номерім",
    "номерим",
    "номерімді",
    "номермен",
    "нөмірмен",
    "телефоным",
    "телефонымды",
    "номир",
    "whatsapp",
    "ватсап",
    "вотсап",
    "celular",
    "mobile",
    "нөмірімнен",
];

/// Whether the customer points at the number they write from ("use my current number"). Only a channel that attests
/// the number can follow that (R112).
#[must_use]
pub fn wants_current_phone(text: &str) -> bool {
    if !phones(text, false).is_empty() {
        return false;
    }
    let words = words(text);
    // "I am writing from it": the number need not be named.
    let from_here = has_pair(&words, &["writing", "texting", "messaging"], &["from", "with"])
        || has_pair(&words, &["which", "que", "cual", "которого"], &["escribo", "пишу", "i"])
            && has_any(&words, &["escribo", "пишу", "write", "writing"])
        || has_any(&words, &["жазып"]) && has_any(&words, &["отырған", "отырган", "тұрған", "турган"]);
    if !has_any(&words, &PHONE_WORDS) {
        return from_here
            && has_any(&words, &["this", "the", "el", "этот", "с", "осы", "one"])
            && has_any(&words, &["one", "mismo", "этот", "осы", "que", "которого"]);
    }
    if from_here {
        return true;
    }
    let current = has_any(
        &words,
        &[
            "current",
            "actual",
            "текущий",
            "текущего",
            "текущему",
            "текущим",
            "нынешний",
            "қазіргі",
            "казирги",
            "ағымдағы",
        ],
    );
    let this = has_pair(&words, &["this", "este", "este", "ese", "этот", "этому", "этого", "этим", "осы", "мына"], &PHONE_WORDS)
        || words.windows(3).any(|run| {
            matches!(run, [a, b, c] if matches!(a.as_str(), "this" | "este" | "этот" | "этому" | "осы" | "мына")
                && matches!(b.as_str(), "same" | "mismo" | "же" | "самый" | "менің" | "менин" | "very" | "my" | "мой" | "whatsapp") && PHONE_WORDS.contains(&c.as_str()))
        });
    let mine = has_any(
        &words,
        &[
            "use",
            "take",
            "usa",
            "use",
            "usad",
            "utiliza",
            "toma",
            "coge",
            "возьмите",
            "возьми",
            "используйте",
            "берите",
            "қолданыңыз",
            "алыңыз",
            "пайдаланыңыз",
        ],
    ) && has_any(
        &words,
        &["my", "mi", "мой", "менің", "whatsapp", "нөмірімді", "нөмірім", "номерімді", "телефонымды"],
    );
    let question = has_any(&words, &["what", "whose", "чей", "quien", "кімнің", "which"]) && text.contains('?');
    let here = has_any(&words, &["whatsapp", "ватсап", "вотсап"])
        && has_any(&words, &["same", "this", "mismo", "этот", "тот", "осы", "my", "mi", "мой"])
        && words.len() <= 8;
    // "My WhatsApp number" among other data.
    let whatsapp = |word: &String| matches!(word.as_str(), "whatsapp" | "ватсап" | "вотсап" | "ватсапа" | "вотсапа");
    let of_mine = words.windows(4).any(|run| {
        matches!(run, [a, b, c, d] if matches!(a.as_str(), "mi" | "my" | "мой" | "менің")
            && (whatsapp(b) || PHONE_WORDS.contains(&b.as_str()) && (whatsapp(c) || whatsapp(d))))
    }) || words.windows(3).any(|run| {
        matches!(run, [a, b, c] if matches!(a.as_str(), "mi" | "my" | "мой" | "менің")
            && (whatsapp(b) && PHONE_WORDS.contains(&c.as_str()) || whatsapp(c) && PHONE_WORDS.contains(&b.as_str())))
    });
    (current || this || mine || here || of_mine) && !question
}

/// Whether the customer points at what was given before ("same name and phone").
#[must_use]
pub fn same_as_before(text: &str) -> bool {
    let words = words(text);
    let before = has_pair(&words, &["as"], &["before", "last", "always", "usual"])
        || has_pair(&words, &["como"], &["antes", "siempre", "ayer"])
        || has_pair(&words, &["как"], &["раньше", "обычно", "всегда"])
        || (has_any(&words, &["как"]) && has_pair(&words, &["прошлый"], &["раз"]))
        || has_any(&words, &["бұрынғыдай", "бурынгыдай", "баяғыдай"]);
    let same = has_any(
        &words,
        &[
            "same",
            "mismo",
            "misma",
            "mismos",
            "mismas",
            "прежний",
            "прежние",
            "прежнее",
            "прежнии",
            "сол",
            "бұрынғы",
            "бурынгы",
            "әлгі",
        ],
    ) || has_pair(&words, &["те", "тот", "то", "та", "такие", "на"], &["же", "тоже"])
        || has_pair(&words, &["не"], &["изменились", "менялись", "изменилось", "менялся"]);
    let named = has_any(
        &words,
        &[
            "name",
            "phone",
            "number",
            "details",
            "data",
            "contact",
            "contacts",
            "address",
            "info",
            "datos",
            "nombre",
            "telefono",
            "numero",
            "direccion",
            "contacto",
            "имя",
            "телефон",
            "номер",
            "данные",
            "адрес",
            "контакты",
            "аты",
            "атым",
            "ат",
            "есім",
            "телефоным",
            "деректер",
            "деректерім",
            "нөмір",
            "нөмірім",
            "мекенжай",
            "есімім",
        ],
    );
    before || (same && named && !wants_current_phone(text))
}
