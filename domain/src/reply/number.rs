//! Every number of a reply rests on a fact.

use super::{Facts, Violation, link};
use jiff::civil::{Date, Time};
use std::collections::BTreeSet;
use std::ops::Range;

/// The fewest digits of what is compared as one long number (a phone) whatever its groups.
const LONG_DIGITS: usize = 7;

/// Numbers that no fact has, sums of nothing, and card numbers.
pub(super) fn check(text: &str, facts: &Facts) -> Vec<Violation> {
    let allowed = Allowed::of(facts);
    let tokens = tokens(text);
    let mut violations = Vec::new();
    let mut last_marker = 0;
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if let Some(end) = card(text, &tokens, at) {
            let digits = digits_of(&text[token.start..tokens[end].end]);
            violations.push(Violation::CardNumber { fragment: format!("*{}", &digits[digits.len() - 4..]) });
            at = end + 1;
            continue;
        }
        if let Some(marker) = list_marker(text, token)
            && (marker == 1 || marker == last_marker + 1)
        {
            last_marker = marker;
            at += 1;
            continue;
        }
        if let Some(end) = long_number(text, &tokens, at, &allowed) {
            at = end + 1;
            continue;
        }
        let written = &text[token.clone()];
        if is_sum_of_nothing(text, token) {
            violations.push(Violation::ZeroPrice { fragment: around(text, token) });
        } else if !allowed.has(written) {
            violations.push(Violation::UnboundNumber { fragment: written.to_owned() });
        }
        at += 1;
    }
    violations
}

/// What the facts allow.
struct Allowed {
    /// Canonical readings.
    readings: BTreeSet<String>,
    /// Digits of long numbers.
    long: BTreeSet<String>,
}

impl Allowed {
    fn of(facts: &Facts) -> Self {
        let mut allowed = Self { readings: BTreeSet::new(), long: BTreeSet::new() };
        for money in &facts.money {
            allowed.readings.extend(readings(&money.to_decimal()));
        }
        for number in &facts.numbers {
            allowed.add_text(number);
            allowed.add_moment(number.trim());
            let digits = digits_of(number);
            if digits.len() >= LONG_DIGITS
                && number.chars().all(|c| c.is_ascii_digit() || is_phone_separator(c) || c == '+')
            {
                allowed.long.insert(digits);
            }
        }
        for text in &facts.texts {
            allowed.add_text(text);
        }
        allowed
    }

    /// Every number of a text, whole and in the groups that spaces make; the digits of its links are not numbers.
    fn add_text(&mut self, text: &str) {
        let plain = super::plain(text);
        let text = link::blanked(&plain, &link::find(&plain));
        let tokens = tokens(&text);
        for token in &tokens {
            let written = &text[token.clone()];
            self.readings.extend(readings(written));
            for part in written.split(char::is_whitespace) {
                self.readings.extend(readings(part));
            }
        }
        let mut from = 0;
        for at in 0..tokens.len() {
            if tokens.get(at + 1).is_none_or(|next| !joined(&text, &tokens[at], next)) {
                let digits = digits_of(&text[tokens[from].start..tokens[at].end]);
                if digits.len() >= LONG_DIGITS {
                    self.long.insert(digits);
                }
                from = at + 1;
            }
        }
    }

    /// A date or a time may be told in the ways that people tell it: `2026-03-04` as 4, `17:00` as 5 pm.
    fn add_moment(&mut self, written: &str) {
        if let Some(Ok(date)) = written.get(..10).map(str::parse::<Date>) {
            let (day, month, year) = (date.day(), date.month(), date.year());
            for way in [
                format!("{day}"),
                format!("{month}"),
                format!("{year}"),
                format!("{year}-{month:02}-{day:02}"),
                format!("{day}.{month}"),
                format!("{day}.{month:02}"),
                format!("{day}.{month}.{year}"),
                format!("{day}.{month:02}.{year}"),
                format!("{day}/{month}"),
                format!("{day}/{month}/{year}"),
            ] {
                self.readings.extend(readings(&way));
            }
        }
        let clock = match written.get(10..11) {
            Some("T" | " ") => written.get(11..16),
            _ => Some(written),
        };
        let Some((hour, minute)) = clock.and_then(|clock| clock.split_once(':')) else { return };
        let (Ok(hour), Some(Ok(minute))) = (hour.parse::<i8>(), minute.get(..2).map(str::parse::<i8>)) else { return };
        if Time::new(hour, minute, 0, 0).is_err() {
            return;
        }
        for hour in [hour, (hour + 11) % 12 + 1] {
            self.readings.extend(readings(&format!("{hour}:{minute:02}")));
            if minute == 0 {
                self.readings.extend(readings(&hour.to_string()));
            }
        }
    }

    fn has(&self, written: &str) -> bool {
        if readings(written).iter().any(|reading| self.readings.contains(reading)) {
            return true;
        }
        // "20 600" with a plain space may be two numbers beside each other; a no-break space joins one.
        written.contains(' ')
            && !written.contains(['\u{a0}', '\u{2009}', '\u{202f}'])
            && written.split(' ').all(|part| readings(part).iter().any(|reading| self.readings.contains(reading)))
    }
}

/// Where the numbers of a text stand, decimal marks, groups, clock colons and date marks included.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let digit = |at: usize| chars.get(at).is_some_and(|(_, c)| c.is_ascii_digit());
    let offset = |at: usize| chars.get(at).map_or(text.len(), |(offset, _)| *offset);
    let digits_from = |at: usize| (at..chars.len()).take_while(|at| digit(*at)).count();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let from = at;
        if !digit(at) {
            at += 1;
            // ½, ², Roman and other numerals stand for themselves.
            if chars[from].1.is_numeric() {
                found.push(offset(from)..offset(at));
            }
            continue;
        }
        at += digits_from(at);
        let head = at - from;
        // 2026-03-04
        let mark = |at: usize| chars.get(at).is_some_and(|(_, c)| *c == '-');
        if head == 4 && mark(at) && digits_from(at + 1) == 2 && mark(at + 3) && digits_from(at + 4) == 2 {
            at += 6;
            found.push(offset(from)..offset(at));
            continue;
        }
        let mut spaced = head <= 3;
        while let Some((_, separator)) = chars.get(at) {
            let following = digits_from(at + 1);
            let joins = match separator {
                '.' | ',' | ':' | '/' => following > 0,
                '\'' | '\u{2019}' => spaced && following == 3,
                c if c.is_whitespace() && *c != '\n' => spaced && following == 3,
                _ => false,
            };
            if !joins {
                break;
            }
            // After a decimal mark no more groups follow.
            spaced &= !matches!(separator, '.' | ',' | ':' | '/');
            at += 1 + following;
        }
        found.push(offset(from)..offset(at));
    }
    found
}

/// The canonical readings of a number: `1 149,00` is `1149`, `09:30` is `9:30`, `1.149` is `1.149` or `1149`.
pub(super) fn readings(written: &str) -> Vec<String> {
    let compact: String = written.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '\u{2019}')).collect();
    let whole = |digits: &str| match digits.trim_start_matches('0') {
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    };
    let decimal = |head: &str, fraction: &str| match fraction.trim_end_matches('0') {
        "" => whole(head),
        fraction => format!("{}.{fraction}", whole(head)),
    };
    let bare = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let groups = |text: &str| {
        let mut groups = text.split(['.', ',']);
        groups.next().is_some_and(|head| (1..=3).contains(&head.len())) && groups.all(|group| group.len() == 3)
    };
    if compact.is_empty() {
        return Vec::new();
    }
    if compact.bytes().all(|b| b.is_ascii_digit()) {
        return vec![whole(&compact)];
    }
    if !compact.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')) {
        // Dates and times part by part, and whatever stands for itself.
        let mut raw = String::with_capacity(compact.len());
        let mut part = String::new();
        for c in compact.chars() {
            if c.is_ascii_digit() {
                part.push(c);
                continue;
            }
            if !part.is_empty() {
                raw.push_str(&whole(&part));
                part.clear();
            }
            raw.push(c);
        }
        if !part.is_empty() {
            raw.push_str(&whole(&part));
        }
        return vec![raw];
    }
    let points = compact.matches('.').count();
    let commas = compact.matches(',').count();
    let last = compact.rfind(['.', ',']).unwrap_or(compact.len());
    let (head, fraction) = (&compact[..last], compact.get(last + 1..).unwrap_or(""));
    match (points, commas) {
        (1, 0) | (0, 1) if groups(&compact) => vec![decimal(head, fraction), whole(&bare(&compact))],
        (1, 0) | (0, 1) => vec![decimal(head, fraction)],
        (0, _) | (_, 0) if groups(&compact) => vec![whole(&bare(&compact))],
        (1.., 1..) if groups(head) => vec![decimal(&bare(head), fraction)],
        // 04.03.2026
        _ => vec![compact.split('.').map(whole).collect::<Vec<_>>().join(".")],
    }
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_phone_separator(c: char) -> bool {
    c.is_whitespace() && c != '\n' || matches!(c, '-' | '(' | ')' | '.' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

/// Whether two numbers stand together as the groups of a phone or card number do.
fn joined(text: &str, left: &Range<usize>, right: &Range<usize>) -> bool {
    let between = &text[left.end..right.start];
    between.chars().count() <= 3 && between.chars().all(is_phone_separator)
}

/// The last number of a run that together is one long number of the facts.
fn long_number(text: &str, tokens: &[Range<usize>], from: usize, allowed: &Allowed) -> Option<usize> {
    run(text, tokens, from)
        .rev()
        .find(|end| allowed.long.contains(&digits_of(&text[tokens[from].start..tokens[*end].end])))
}

/// The last number of a run that looks like a payment card: 16 digits, or 14 to 19 whose check digit is right. What begins
/// with a plus is a phone.
fn card(text: &str, tokens: &[Range<usize>], from: usize) -> Option<usize> {
    if text[..tokens[from].start].ends_with('+') {
        return None;
    }
    run(text, tokens, from).rev().find(|end| {
        // Times and prices beside each other are no card.
        let groups = tokens[from..=*end].iter().all(|token| {
            text[token.clone()].chars().all(|c| c.is_ascii_digit() || c.is_whitespace())
                || text[token.clone()].split('.').all(|group| group.len() == 4)
        });
        let digits = digits_of(&text[tokens[from].start..tokens[*end].end]);
        groups && (digits.len() == 16 || ((14..=19).contains(&digits.len()) && has_check_digit(&digits)))
    })
}

/// The numbers from one on that stand together, that one included; at most as many as a card has digits.
fn run<'a>(text: &'a str, tokens: &'a [Range<usize>], from: usize) -> std::ops::RangeInclusive<usize> {
    let mut end = from;
    while end - from < 19 && tokens.get(end + 1).is_some_and(|next| joined(text, &tokens[end], next)) {
        end += 1;
    }
    from..=end
}

/// The Luhn rule of ISO/IEC 7812-1.
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(position, byte)| {
            let digit = u32::from(byte - b'0');
            match position % 2 {
                0 => digit,
                _ if digit > 4 => digit * 2 - 9,
                _ => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The number of a list item that begins a line: `1.`, `2)` or a keycap.
fn list_marker(text: &str, token: &Range<usize>) -> Option<u32> {
    let line = text[..token.start].rfind('\n').map_or(0, |at| at + 1);
    let written = &text[token.clone()];
    if written.len() > 2
        || text[line..token.start].contains(|c: char| !c.is_whitespace() && !matches!(c, '*' | '_' | '-' | '#'))
    {
        return None;
    }
    let mut after = text[token.end..].chars();
    let marks = match after.next() {
        Some('.' | ')') => after.next().is_some_and(|c| c.is_whitespace() || matches!(c, '*' | '_')),
        Some('\u{20e3}') => true,
        _ => false,
    };
    if marks { written.parse().ok() } else { None }
}

/// Zero beside the sign or name of a currency.
fn is_sum_of_nothing(text: &str, token: &Range<usize>) -> bool {
    const NAMES: [&str; 15] = [
        "eur",
        "euro",
        "euros",
        "евро",
        "еуро",
        "kzt",
        "тг",
        "тенге",
        "теңге",
        "usd",
        "gbp",
        "rub",
        "руб",
        "рублей",
        "dollars",
    ];
    const SIGNS: [char; 5] = ['\u{20ac}', '$', '\u{20b8}', '\u{a3}', '\u{20bd}'];
    if !readings(&text[token.clone()]).iter().any(|reading| reading == "0") {
        return false;
    }
    let before = text[..token.start].trim_end();
    let after = text[token.end..].trim_start();
    let name = |word: &str| NAMES.contains(&word.to_lowercase().as_str());
    before.ends_with(SIGNS)
        || after.starts_with(SIGNS)
        || before.rsplit(|c: char| !c.is_alphabetic()).next().is_some_and(name)
        || after.split(|c: char| !c.is_alphabetic()).next().is_some_and(name)
}

/// A number with the word on either side.
pub(super) fn around(text: &str, token: &Range<usize>) -> String {
    let before = text[..token.start].trim_end().rsplit(char::is_whitespace).next().unwrap_or("");
    let after = text[token.end..].trim_start().split(char::is_whitespace).next().unwrap_or("");
    format!("{before} {} {after}", &text[token.clone()]).trim().to_owned()
}
