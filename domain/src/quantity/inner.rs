//! The number of inner things that an item's name states.

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
    let in_container = unit_tokens.iter().any(|token| matches!(&token.kind, Kind::Word(word) if is_container(word)));
    stated(&tokens(name), in_container).or_else(|| stated(&unit_tokens, false)).or_else(|| match &*unit_tokens {
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
        Some("of" | "de" | "из" | "con" | "with") => true,
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

fn is_times(word: &str) -> bool {
    matches!(word, "x" | "х")
}

fn is_half(word: &str) -> bool {
    matches!(word, "half" | "media")
}

/// Words that stand for a number of pieces.
fn dozen(word: &str) -> Option<i64> {
    match word {
        "dozen" | "docena" | "docenas" | "дюжина" | "дюжины" | "дюжину" => Some(12),
        "полдюжины" => Some(6),
        "десяток" | "десятка" | "десятков" | "decena" | "ондық" => Some(10),
        _ => None,
    }
}

/// Weight and volume: the measure, and how many of it the unit is.
fn amount_unit(word: &str) -> Option<(Measure, i64)> {
    Some(match word {
        "g" | "gr" | "grs" | "gram" | "grams" | "gramo" | "gramos" | "г" | "гр" | "грамм" | "грамма" | "граммов" => {
            (Measure::Gram, 1)
        }
        "kg"
        | "kgs"
        | "kilo"
        | "kilos"
        | "kilogram"
        | "kilograms"
        | "kilogramo"
        | "kilogramos"
        | "кг"
        | "кило"
        | "килограмм"
        | "килограмма"
        | "килограммов"
        | "келі" => (Measure::Kilogram, 1),
        "ml"
        | "мл"
        | "millilitre"
        | "millilitres"
        | "milliliter"
        | "milliliters"
        | "mililitro"
        | "mililitros"
        | "миллилитр"
        | "миллилитра"
        | "миллилитров" => (Measure::Millilitre, 1),
        "cl" | "сл" => (Measure::Millilitre, 10),
        "dl" | "дл" => (Measure::Millilitre, 100),
        "l" | "lt" | "lts" | "litre" | "litres" | "liter" | "liters" | "litro" | "litros" | "л" | "литр" | "литра"
        | "литров" => (Measure::Litre, 1),
        _ => return None,
    })
}

fn is_piece_unit(word: &str) -> bool {
    matches!(
        word,
        "pc" | "pcs"
            | "pce"
            | "piece"
            | "pieces"
            | "unit"
            | "units"
            | "ct"
            | "count"
            | "stem"
            | "stems"
            | "ud"
            | "uds"
            | "und"
            | "unds"
            | "unid"
            | "unidad"
            | "unidades"
            | "pza"
            | "pzas"
            | "pz"
            | "pieza"
            | "piezas"
            | "tallo"
            | "tallos"
            | "шт"
            | "штук"
            | "штука"
            | "штуки"
            | "дана"
            | "данадан"
    )
}

/// What holds several things, so that the number beside it counts them.
fn is_container(word: &str) -> bool {
    const STEMS: [&str; 22] = [
        "букет",
        "набор",
        "короб",
        "упаков",
        "лоток",
        "ящик",
        "корзин",
        "пачк",
        "пакет",
        "комплект",
        "ассорти",
        "шоқ",
        "шоғ",
        "жинақ",
        "жинағ",
        "қорап",
        "қорабы",
        "себет",
        "bouquet",
        "estuche",
        "bandeja",
        "surtido",
    ];
    const WORDS: [&str; 24] = [
        "ramo",
        "ramos",
        "caja",
        "cajas",
        "set",
        "sets",
        "pack",
        "packs",
        "box",
        "boxes",
        "basket",
        "cesta",
        "kit",
        "lote",
        "bolsa",
        "bag",
        "tray",
        "bunch",
        "bundle",
        "paquete",
        "bono",
        "bandeja",
        "ramillete",
        "carton",
    ];
    WORDS.contains(&word) || STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Sizes, times, people, money, parts: a number before them does not count inner things.
fn is_other_measure(word: &str) -> bool {
    const WORDS: [&str; 92] = [
        "cm",
        "mm",
        "m",
        "km",
        "dm",
        "in",
        "inch",
        "inches",
        "ft",
        "feet",
        "см",
        "мм",
        "м",
        "км",
        "дм",
        "oz",
        "lb",
        "lbs",
        "w",
        "kw",
        "v",
        "mah",
        "gb",
        "tb",
        "mb",
        "mp",
        "kcal",
        "вт",
        "квт",
        "гб",
        "тб",
        "ккал",
        "min",
        "mins",
        "minute",
        "minutes",
        "minuto",
        "minutos",
        "мин",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "hora",
        "horas",
        "ч",
        "сағат",
        "day",
        "days",
        "día",
        "días",
        "dia",
        "dias",
        "день",
        "дня",
        "дней",
        "күн",
        "week",
        "weeks",
        "semana",
        "semanas",
        "апта",
        "month",
        "months",
        "mes",
        "meses",
        "ай",
        "year",
        "years",
        "año",
        "años",
        "лет",
        "жыл",
        "жас",
        "eur",
        "euro",
        "euros",
        "евро",
        "usd",
        "kzt",
        "тенге",
        "теңге",
        "тг",
        "en",
        "pax",
        "people",
        "адам",
        "адамға",
        "guests",
        "adultos",
        "kids",
    ];
    const STEMS: [&str; 24] = [
        "минут",
        "час",
        "недел",
        "месяц",
        "год",
        "человек",
        "персон",
        "гост",
        "руб",
        "процент",
        "person",
        "звезд",
        "estrella",
        "уровн",
        "этаж",
        "комнат",
        "dormitorio",
        "bedroom",
        "niñ",
        "ребен",
        "ребён",
        "детей",
        "raci",
        "порци",
    ];
    WORDS.contains(&word) || STEMS.iter().any(|stem| word.starts_with(stem))
}

/// Numbers spelled out as names spell them, in the case that follows "of".
fn spelled_number(word: &str) -> Option<i64> {
    Some(match word {
        "two" | "dos" | "двух" => 2,
        "three" | "tres" | "трёх" | "трех" => 3,
        "four" | "cuatro" | "четырёх" | "четырех" => 4,
        "five" | "cinco" | "пяти" => 5,
        "six" | "seis" | "шести" => 6,
        "seven" | "siete" | "семи" => 7,
        "eight" | "ocho" | "восьми" => 8,
        "nine" | "nueve" | "девяти" => 9,
        "ten" | "diez" | "десяти" => 10,
        "eleven" | "once" | "одиннадцати" => 11,
        "twelve" | "doce" | "двенадцати" => 12,
        "fifteen" | "quince" | "пятнадцати" => 15,
        "twenty" | "veinte" | "двадцати" => 20,
        "thirty" | "treinta" | "тридцати" => 30,
        "forty" | "cuarenta" | "сорока" => 40,
        "fifty" | "cincuenta" | "пятидесяти" => 50,
        "hundred" | "cien" | "ста" => 100,
        _ => return None,
    })
}
