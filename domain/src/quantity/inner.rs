//! The number of inner things that an item's name states.

use super::words::{
    amount_unit, dozen, is_container, is_half, is_other_measure, is_piece_unit, is_times, spelled_number,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What the inner things are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Roses, eggs, balloons.
    Piece,
    /// Grams.
    Gram,
    /// Kilograms.
    Kilogram,
    /// Millilitres.
    Millilitre,
    /// Litres.
    Litre,
}

/// So many inner things in one pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InnerCount {
    /// How many, 1 or more.
    pub count: i64,
    /// Of what.
    pub measure: Measure,
}

impl InnerCount {
    /// In the smallest measure of its kind (pieces, grams, millilitres), so that 1 kg and 1000 g compare equal.
    #[must_use]
    pub fn base(self) -> (i64, Measure) {
        match self.measure {
            Measure::Piece | Measure::Gram | Measure::Millilitre => (self.count, self.measure),
            Measure::Kilogram => (self.count.saturating_mul(1000), Measure::Gram),
            Measure::Litre => (self.count.saturating_mul(1000), Measure::Millilitre),
        }
    }
}

/// The number of inner things that the name states ("Ramo de 20 rosas rojas": 20 pieces), else the unit ("кг": 1 kilogram).
///
/// Pieces go before weight and volume ("Caja de 12 bombones 200 g": 12 pieces). `None` where neither states a number;
/// sizes, percentages, years, durations, people and prices are not counts, and a range is no number.
#[must_use]
pub fn inner_count(name: &str, unit: Option<&str>) -> Option<InnerCount> {
    let unit_tokens = unit.map(tokens).unwrap_or_default();
    let holds =
        |tokens: &[Token]| tokens.iter().any(|token| matches!(&token.kind, Kind::Word(word) if is_container(word)));
    let name_tokens = tokens(name);
    let in_container = holds(&unit_tokens) || holds(&name_tokens);
    stated(&name_tokens, in_container).or_else(|| stated(&unit_tokens, false)).or_else(|| match &*unit_tokens {
        [Token { kind: Kind::Word(word), .. }] => {
            amount_unit(word).and_then(|(measure, factor)| amount(1000, measure, factor))
        }
        _ => None,
    })
}

#[derive(Debug, PartialEq)]
enum Kind {
    /// Thousandths; `spelled` when written as a word.
    Number {
        milli: i64,
        spelled: bool,
    },
    Word(String),
    Symbol(char),
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    /// Nothing stands between it and the token before.
    attached: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let text: Vec<char> = text.nfkc().flat_map(char::to_lowercase).collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut attached = false;
    let mut at = 0;
    while at < text.len() {
        let from = at;
        let character = text[at];
        let kind = if character.is_ascii_digit() {
            let digit = |at: usize| text.get(at).is_some_and(char::is_ascii_digit);
            while digit(at) {
                at += 1;
            }
            let whole: String = text[from..at].iter().collect();
            let mut fraction = String::new();
            if matches!(text.get(at), Some('.' | ',')) && digit(at + 1) {
                at += 1;
                while digit(at) {
                    fraction.push(text[at]);
                    at += 1;
                }
            }
            // Three decimals may be thousands and more digits are no count: such a number is left out.
            match (whole.parse::<i64>(), fraction.len()) {
                (Ok(whole), 0..=2) if whole <= super::MAX_WANTED => {
                    let fraction = format!("{fraction:0<3}").parse::<i64>().unwrap_or(0);
                    Kind::Number { milli: whole * 1000 + fraction, spelled: false }
                }
                _ => Kind::Symbol('#'),
            }
        } else if character.is_alphabetic() {
            while text.get(at).is_some_and(|c| c.is_alphabetic() || unicode_normalization::char::is_combining_mark(*c))
            {
                at += 1;
            }
            let word: String = text[from..at].iter().collect();
            match spelled_number(&word) {
                Some(number) => Kind::Number { milli: number * 1000, spelled: true },
                None => Kind::Word(word),
            }
        } else {
            at += 1;
            if character.is_whitespace() {
                attached = false;
                continue;
            }
            Kind::Symbol(character)
        };
        tokens.push(Token { kind, attached });
        attached = true;
    }
    tokens
}

/// The count that a list of tokens states.
fn stated(tokens: &[Token], in_container: bool) -> Option<InnerCount> {
    let mut counted = None;
    let mut weighed = None;
    for at in 0..tokens.len() {
        match read_number(tokens, at, in_container) {
            // A count with its own word ("30 шт") wins over one that only stands where counts stand.
            Some((count, true)) if count.measure == Measure::Piece => return Some(count),
            Some((count, _)) if count.measure == Measure::Piece => counted = counted.or(Some(count)),
            Some((count, _)) => weighed = weighed.or(Some(count)),
            None => {}
        }
    }
    counted.or(weighed)
}

/// Reads the token there as a count; true when a unit says so.
fn read_number(tokens: &[Token], at: usize, in_container: bool) -> Option<(InnerCount, bool)> {
    let word = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Word(word)) => Some(word.as_str()),
        _ => None,
    };
    let symbol = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Symbol(symbol)) => Some(*symbol),
        _ => None,
    };
    let number = |at: usize| match tokens.get(at).map(|token| &token.kind) {
        Some(Kind::Number { milli, .. }) => Some(*milli),
        _ => None,
    };
    let before = at.checked_sub(1);
    // A dozen with or without a number before it.
    if let Some(dozen) = word(at).and_then(dozen) {
        let times = match before {
            Some(before) if word(before).is_some_and(is_half) => 500,
            Some(before) => {
                let article = word(before).is_some_and(|word| word == "a") && before > 0;
                let half = article && word(before - 1).is_some_and(is_half);
                if half { 500 } else { number(before).unwrap_or(1000) }
            }
            None => 1000,
        };
        return pieces(times.checked_mul(dozen)?).map(|count| (count, true));
    }
    let Kind::Number { milli, spelled } = tokens[at].kind else { return None };
    let attached_before = tokens[at].attached;
    if let Some(before) = before {
        let times = word(before).is_some_and(is_times) || symbol(before) == Some('\u{d7}');
        if times {
            // "x12" counts; the second side of "20 x 30 cm" does not.
            let first_side = before.checked_sub(1).and_then(number).is_none();
            let plain = tokens.get(at + 1).is_none_or(|next| !matches!(next.kind, Kind::Word(_)) || !next.attached);
            let sized = word(at + 1).is_some_and(|word| amount_unit(word).is_some() || is_other_measure(word));
            return (first_side && plain && !sized).then(|| pieces(milli))?.map(|count| (count, true));
        }
        // A4, 12/26, 20-25, №5.
        if attached_before && (word(before).is_some() || matches!(symbol(before), Some('/' | '-' | '\u{2013}' | '#'))) {
            return None;
        }
        if matches!(symbol(before), Some('#' | '$' | '\u{20ac}' | '\u{20b8}'))
            || matches!(word(before), Some("no" | "nº" | "núm" | "numero" | "número" | "size" | "talla" | "размер"))
        {
            return None;
        }
    }
    // "5-ти шаров", "12-pack": the hyphen belongs to the number.
    let mut next = at + 1;
    if matches!(symbol(next), Some('-' | '\u{2010}' | '\u{2011}')) && tokens[next].attached {
        let after = word(next + 1)?;
        if matches!(after, "pack" | "packs" | "count") || is_piece_unit(after) {
            return pieces(milli).map(|count| (count, true));
        }
        if matches!(after, "ти" | "и" | "х" | "ми" | "та" | "тан" | "тен") {
            next += 2;
        } else {
            return None;
        }
    }
    if matches!(
        symbol(next),
        Some('%' | '/' | '\u{2013}' | '\u{20ac}' | '$' | '\u{20b8}' | '\u{b0}' | '"' | '\u{2033}')
    ) {
        return None;
    }
    if word(next).is_some_and(is_times) || symbol(next) == Some('\u{d7}') {
        // "6 x 330 ml" is six things; "20 x 30 cm" is a size.
        let holds_amount = number(next + 1).is_some() && word(next + 2).is_some_and(|word| amount_unit(word).is_some());
        return holds_amount.then(|| pieces(milli))?.map(|count| (count, true));
    }
    if let Some(following) = word(next) {
        if is_piece_unit(following) {
            return pieces(milli).map(|count| (count, true));
        }
        let year = (1_900_000..=2_100_000).contains(&milli);
        if let Some((measure, factor)) = amount_unit(following) {
            return (!(year && following == "г")).then(|| amount(milli, measure, factor))?.map(|count| (count, true));
        }
        if is_other_measure(following) || (tokens[next].attached && !spelled) {
            return None;
        }
        if dozen(following).is_some() || following.chars().count() < 3 {
            return None;
        }
    }
    if (1_900_000..=2_100_000).contains(&milli) {
        return None;
    }
    let followed = word(next).is_some();
    let preceding = before.and_then(word);
    let bracketed = before.and_then(symbol) == Some('(') && symbol(next) == Some(')');
    let is_count = match preceding {
        Some("of" | "de" | "из") => true,
        // "Sofa with 2 cushions" is one thing, "Basket with 6 muffins" is six.
        Some("con" | "with" | "с" | "со") => in_container,
        // What is spelled out is a count only where nothing else can stand.
        _ if spelled => false,
        Some(word) if is_container(word) => true,
        _ if before.is_none() => followed,
        Some("for" | "para" | "для" | "на" | "от" | "до" | "from" | "desde" | "hasta" | "to") => false,
        _ => in_container && followed,
    };
    (is_count || (bracketed && !spelled)).then(|| pieces(milli))?.map(|count| (count, false))
}

fn pieces(milli: i64) -> Option<InnerCount> {
    (milli % 1000 == 0).then(|| count(milli / 1000, Measure::Piece))?
}

fn amount(milli: i64, measure: Measure, factor: i64) -> Option<InnerCount> {
    let milli = milli.checked_mul(factor)?;
    if milli % 1000 == 0 {
        return count(milli / 1000, measure);
    }
    match measure {
        Measure::Kilogram => count(milli, Measure::Gram),
        Measure::Litre => count(milli, Measure::Millilitre),
        Measure::Piece | Measure::Gram | Measure::Millilitre => None,
    }
}

fn count(count: i64, measure: Measure) -> Option<InnerCount> {
    (1..=super::MAX_WANTED).contains(&count).then_some(InnerCount { count, measure })
}
