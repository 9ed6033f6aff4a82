//! Sums written by hand: a number beside a word or a sign of money, of a percentage or of a discount, or behind a verb of cost.

use super::{Kind, Sentence, Token};
use regex::Regex;
use std::sync::LazyLock;

/// A pattern for one folded word.
pub(super) fn words(pattern: &str) -> Regex {
    // What is compared is folded, so the pattern's own letters are as well (no accent in them).
    // It is one word, so any character of it is one of a word.
    Regex::new(&format!("^(?:{})$", pattern.replace("\\w", "."))).expect("a pattern that the tests use")
}

/// Names of currencies and of their parts.
static MONEY: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "[€$£₽₸¥₴₺₹¢]|eur(?:os?)?|евро|cents?|centavos?|centimos?|цент(?:а|ов|ы)?|usd|dollars?|dolar(?:es)?|доллар\\w*|bucks?\
         |rub|rubl\\w*|rubles?|roubles?|руб\\w*|р|коп|копе\\w*|kzt|tenges?|тенге\\w*|теңге\\w*|тг|тнг|тиын\\w*|gbp|pesos?",
    )
});
/// Parts of a hundred.
static PERCENT: LazyLock<Regex> = LazyLock::new(|| words("[%‰]|percent\\w*|pct|porcentaje|процент\\w*|пайыз\\w*"));
/// What makes a number larger: beside digits it speaks of money, or of what nobody orders by hand.
static LARGER: LazyLock<Regex> = LazyLock::new(|| {
    words("mil|miles|thousands?|тыс|тыщ\\w*|тысяч\\w*|мың\\w*|millon(?:es)?|millions?|млн|миллион\\w*")
});
/// A lower price.
static LOWER: LazyLock<Regex> =
    LazyLock::new(|| words("discount\\w*|off|descuent\\w*|rebaj\\w*|dto|скид\\w+|жеңілдік\\w*|жеңілдет\\w*"));
/// A number may be the price behind these.
static COSTS: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "costs?|cuestan?|costar(?:a|ia)n?|vale|valen|saldr(?:a|ia)|sale|dejo|dejamos|price|prices|precio|total|importe\
         |стоит|стоят|стоить|стоимость|цена|цены|итого|отдам|отдадим|сумма|баға\\w*|барлығы|сома\\w*",
    )
});
/// Behind a price, not what it counts.
static PRICED: LazyLock<Regex> = LazyLock::new(|| {
    words("each|per|today|now|cada|hoy|ahora|y|and|и|каждый|каждая|сегодня|штука|тұрады|болады|және|бүгін")
});
/// Kazakh says it behind the number.
static COSTS_BEHIND: LazyLock<Regex> = LazyLock::new(|| words("тұрады|болады"));
/// What may stand between.
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "de|en|of|in|a|por|es|is|to|at|for|just|only|about|around|solo|solamente|unos|unas|apenas|tan|los|las|el|del|the|su|your\
         |в|во|на|за|по|до|около|всего|лишь|только|ваш|тек|небәрі|сізге",
    )
});
/// Numbers in words.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    words(
        "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen\
         |(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundreds?|thousands?|millions?|dozens?|half\
         |dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|trece|catorce|quince|dieci\\w+|veint\\w+|treinta|cuarenta\
         |cincuenta|sesenta|setenta|ochenta|noventa|cien(?:tos?|tas)?|(?:dos|tres|cuatro|seis|sete|ocho|nove)cient[oa]s\
         |quinient[oa]s|mil|miles|millon(?:es)?|medi[oa]|mitad\
         |дв(?:а|е|ух|умя|ум|ести|ухсот|адцат\\w+|енадцат\\w+)|тр(?:и|ех|емя|ем|иста|ехсот|идцат\\w+|инадцат\\w+)|четыр\\w+\
         |(?:пят|шест|сем|девят)(?:ь|и|ью|ьсот|исот|ьдесят|идесяти|надцат\\w+)|вос[еь]м\\w+|девяност\\w+|десят(?:ь|и|ью)\
         |одиннадцат\\w+|сорока?|сто|ста|тысяч\\w*|тыщ\\w*|миллион\\w*|половин\\w*|полтор\\w+\
         |екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|жиырма|отыз|қырық|елу|алпыс|жетпіс|сексен|тоқсан|жүз|мың|миллион|жарты\\w*",
    )
});
/// Numbers in words that are other words as well: they count right beside the money only.
static WEAK_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| words("one|once|un|uno|una|один|одна|одно|одну|одного|он|бір|пара|пару|couple|par"));

/// So many words may stand between a number in words and what it counts.
const NEAR: usize = 3;

/// Whether a word speaks of money, percentages or discounts.
pub(super) fn is_of_money(word: &str) -> bool {
    MONEY.is_match(word) || PERCENT.is_match(word) || LOWER.is_match(word) || COSTS.is_match(word)
}

/// Whether a word is a number.
pub(super) fn is_number(word: &str) -> bool {
    NUMBER.is_match(word)
}

/// Whether a word is a number and may be another word as well.
pub(super) fn is_small_number(word: &str) -> bool {
    WEAK_NUMBER.is_match(word)
}

/// What a sentence says of sums by hand, where `stands` does not say that the phrase is a fact's own. The phrase is handed over as
/// [`super::plain`] makes it.
pub(crate) fn sums(sentence: &Sentence, stands: &dyn Fn(&str) -> bool) -> Vec<String> {
    let tokens = &sentence.tokens[..];
    let mut found = Vec::new();
    let mut told = |range: std::ops::RangeInclusive<usize>, licensed: bool| {
        let phrase = phrase(&tokens[range]);
        if !(licensed && stands(&phrase)) {
            found.push(phrase.trim().to_owned());
        }
    };
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Word && is_of_two_scripts(&token.text) && !stands(&format!(" {} ", token.text)) {
            told(at..=at, false);
        }
        let digits = token.kind == Kind::Number;
        // A run of numbers is taken at its first.
        if digits && at > 0 && tokens[at - 1].kind == Kind::Number {
            continue;
        }
        let strong = token.kind == Kind::Word && NUMBER.is_match(&token.text) && !is_percent(tokens, at);
        let weak = token.kind == Kind::Word && WEAK_NUMBER.is_match(&token.text);
        if !(digits || strong || weak) {
            continue;
        }
        let end = (at..tokens.len()).take_while(|end| tokens[*end].kind == token.kind && (digits || *end == at)).last();
        let end = end.unwrap_or(at);
        let after = || reachable(tokens, end + 1..tokens.len(), false);
        let before = || reachable(tokens, (0..at).rev(), true);
        // "It costs 20 euros" is a price even where a gift card of 20 euros has that for its name.
        let priced = words_before(tokens, at).any(|other| COSTS.is_match(&tokens[other].text));
        let beside = |other: usize| {
            let word = &tokens[other].text;
            // "20 р." is roubles and "р 20" is not; "20k" is thousands and "20 k" may be anything.
            let money = MONEY.is_match(word) && (word != "р" || (other > end && digits));
            let larger = (LARGER.is_match(word) && other > end && digits)
                || (matches!(word.as_str(), "k" | "к") && tokens[other].glued && other == end + 1 && digits);
            money || larger || is_percent(tokens, other)
        };
        if let Some(other) = after().find(|other| beside(*other)) {
            told(at..=other, !priced);
            continue;
        }
        if let Some(other) = before().find(|other| beside(*other)) {
            told(other..=end, !priced);
            continue;
        }
        if weak {
            continue;
        }
        let near = |other: usize| {
            let word = &tokens[other].text;
            let money = MONEY.is_match(word) && word != "р" || is_percent(tokens, other);
            LOWER.is_match(word) || (!digits && money)
        };
        let mut around = words_after(tokens, end).chain(words_before(tokens, at));
        if let Some(other) = around.find(|other| near(*other)) {
            told(at.min(other)..=end.max(other), true);
            continue;
        }
        // "It costs 20" and "it costs twenty thousand", but not "the total of 20 roses": there something is counted.
        let last = (end + 1..tokens.len()).take_while(|at| !digits && NUMBER.is_match(&tokens[*at].text)).last();
        let counts = tokens.get(last.unwrap_or(end) + 1).is_some_and(|next| {
            next.kind == Kind::Word && !BETWEEN.is_match(&next.text) && !PRICED.is_match(&next.text)
        });
        let behind = tokens.get(last.unwrap_or(end) + 1).is_some_and(|next| COSTS_BEHIND.is_match(&next.text));
        let cost = before().find(|other| COSTS.is_match(&tokens[*other].text)).filter(|_| !counts);
        if behind || cost.is_some() {
            told(cost.unwrap_or(at)..=last.unwrap_or(end), false);
        }
    }
    found
}

/// "Por ciento" is two words.
fn is_percent(tokens: &[Token], at: usize) -> bool {
    PERCENT.is_match(&tokens[at].text)
        || (matches!(tokens[at].text.as_str(), "ciento" | "cien") && at > 0 && tokens[at - 1].text == "por")
}

/// Places that are reached over brackets and at most two little words.
fn reachable(
    tokens: &[Token],
    places: impl IntoIterator<Item = usize>,
    backwards: bool,
) -> impl Iterator<Item = usize> + '_ {
    let mut little = 0;
    let mut reached = Vec::new();
    for place in places {
        let token = &tokens[place];
        match token.kind {
            Kind::Clause if token.text == "," && backwards => break,
            Kind::Clause => continue,
            Kind::Name | Kind::Number => break,
            Kind::Sign | Kind::Word => reached.push(place),
        }
        if token.kind == Kind::Word && !LARGER.is_match(&token.text) {
            if little == 2 || !BETWEEN.is_match(&token.text) {
                break;
            }
            little += 1;
        }
    }
    reached.into_iter()
}

fn words_after(tokens: &[Token], end: usize) -> impl Iterator<Item = usize> + '_ {
    (end + 1..tokens.len())
        .take_while(|at| tokens[*at].kind != Kind::Name)
        .filter(|at| matches!(tokens[*at].kind, Kind::Word | Kind::Sign))
        .take(NEAR)
}

fn words_before(tokens: &[Token], at: usize) -> impl Iterator<Item = usize> + '_ {
    (0..at)
        .rev()
        .take_while(|at| tokens[*at].kind != Kind::Name)
        .filter(|at| matches!(tokens[*at].kind, Kind::Word | Kind::Sign))
        .take(NEAR)
}

/// Letters of two scripts in one word: "еuro" with a Cyrillic letter is read as the word and compared as none.
fn is_of_two_scripts(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_alphabetic()) && word.chars().any(domain::text::is_cyrillic)
}

fn phrase(tokens: &[Token]) -> String {
    let words = tokens.iter().filter(|token| token.kind != Kind::Clause).map(|token| token.text.as_str());
    format!(" {} ", words.collect::<Vec<_>>().join(" "))
}
