//! Names and phones in a text.

use crate::lexicon::Lexicon;
use domain::text::{Token, TokenKind, fold, tokens};

mod oblique;
mod phone;

pub use oblique::{nominative, without_genitive, without_predicate};
pub use phone::{PhoneMention, phones, same_as_before, wants_current_phone};

/// Words that a name follows: the words, whether the name may be in lower case, whether the name must be capital.
const INTRODUCTIONS: [(&[&str], bool); 47] = [
    (&["my", "name", "is"], true),
    (&["my", "name", "'", "s"], true),
    (&["the", "name", "is"], true),
    (&["name", "is"], true),
    (&["name", "'", "s"], true),
    (&["call", "me"], true),
    (&["in", "the", "name", "of"], true),
    (&["under", "the", "name"], true),
    (&["i", "am", "called"], true),
    (&["i", "am"], false),
    (&["i", "'", "m"], false),
    (&["im"], false),
    (&["this", "is"], false),
    (&["it", "'", "s"], false),
    (&["it", "is"], false),
    (&["its"], false),
    (&["name"], true),
    (&["me", "llamo"], true),
    (&["mi", "nombre", "es"], true),
    (&["mi", "nombre"], true),
    (&["a", "nombre", "de"], true),
    (&["nombre"], true),
    (&["yo", "soy"], true),
    (&["soy", "la"], false),
    (&["soy", "el"], false),
    (&["soy"], true),
    (&["aqui"], false),
    (&["меня", "зовут"], true),
    (&["мое", "имя"], true),
    (&["на", "имя"], true),
    (&["имя"], true),
    (&["зовут"], true),
    (&["это"], false),
    (&["я"], false),
    (&["менің", "атым"], true),
    (&["менин", "атым"], true),
    (&["атым"], true),
    (&["есімім"], true),
    (&["есимим"], true),
    (&["аты", "-", "жөнім"], true),
    (&["аты"], false),
    (&["есімі"], false),
    (&["мен"], false),
    (&["запишите"], false),
    (&["оформите"], false),
    (&["на"], false),
    (&["для"], false),
];

/// Introductions after which only a name in an oblique case is one: "запишите Анну Петрову", "на Ивана Сергеева".
const BENT: [&str; 4] = ["запишите", "оформите", "на", "для"];

/// The customer's name, spelled as written. `asked`: a name was asked for, so that a bare "Жанар" is one.
///
/// A name stands behind an introduction ("soy Ana"), beside a phone ("Marta Gil, +34…"), or alone when asked for. Not
/// moods ("I'm fine"), origins ("soy de Madrid"), cities or things the lexicon knows.
#[must_use]
pub fn names(text: &str, tokens: &[Token], asked: bool) -> Option<String> {
    introduced(text, tokens, asked)
        .or_else(|| before_atyna(text, tokens))
        .or_else(|| beside_phone(text, tokens))
        .or_else(|| alone(text, tokens, asked))
}

fn word_at(tokens: &[Token], index: usize) -> &str {
    tokens.get(index).map_or("", |token| token.folded.as_str())
}

fn introduced(text: &str, tokens: &[Token], asked: bool) -> Option<String> {
    for (words, lower) in INTRODUCTIONS {
        for start in 0..tokens.len() {
            let matches = words.iter().enumerate().all(|(offset, word)| {
                let said = word_at(tokens, start + offset);
                said == *word || (*word == "'" && said == "’")
            });
            if !matches {
                continue;
            }
            let mut at = start + words.len();
            while matches!(word_at(tokens, at), ":" | "-" | "–" | "—" | "=") {
                at += 1;
            }
            // "I" alone in "I am", "это" in the middle: the name must be capital.
            let bent = words.len() == 1 && words.iter().all(|word| BENT.contains(word));
            if let Some(name) =
                name_from(text, tokens, at, lower, asked).filter(|name| !bent || nominative(name).is_some())
            {
                return Some(name);
            }
        }
    }
    None
}

/// "Әлияның атына", "Нұрлан Сейтов деген атқа": one or two capitalised words before.
fn before_atyna(text: &str, tokens: &[Token]) -> Option<String> {
    let at = tokens.iter().position(|token| matches!(token.folded.as_str(), "атына" | "атқа" | "есіміне"))?;
    let end = if word_at(tokens, at.checked_sub(1)?) == "деген" { at - 1 } else { at };
    let named = |token: &Token| token.is_word() && is_capital(token) && !is_no_name(&token.folded);
    let first = (end.saturating_sub(2)..end)
        .find(|start| tokens.get(*start..end).is_some_and(|run| !run.is_empty() && run.iter().all(named)))?;
    let written = text.get(tokens.get(first)?.start..tokens.get(end.checked_sub(1)?)?.end)?;
    Some(written.to_owned())
}

fn is_capital(token: &Token) -> bool {
    token.text.chars().next().is_some_and(char::is_uppercase)
}

/// The name that begins at a token.
fn name_from(text: &str, tokens: &[Token], at: usize, lower: bool, asked: bool) -> Option<String> {
    let first = tokens.get(at).filter(|token| token.is_word())?;
    let capital = is_capital(first);
    if is_no_name(&first.folded) || (!capital && !lower && !asked) {
        return None;
    }
    if !capital && (is_thing(&first.folded) || !ends_clause_soon(tokens, at)) {
        return None;
    }
    let mut end = at + 1;
    let mut words = 1;
    while words < 4 {
        let Some(next) = tokens.get(end) else { break };
        if !next.is_word() {
            // "Anna-Maria", "O'Brien", initials "A. Torres"
            let joined = matches!(next.text.as_str(), "-" | "'" | "’");
            let initial = next.text == "." && tokens.get(end - 1).is_some_and(|token| token.text.chars().count() == 1);
            let glued = tokens.get(end - 1).is_some_and(|before| before.end == next.start);
            let continues = tokens.get(end + 1).is_some_and(|after| after.is_word() && is_capital(after));
            if glued
                && continues
                && (initial || (joined && tokens.get(end + 1).is_some_and(|after| after.start == next.end)))
            {
                end += 2;
                continue;
            }
            break;
        }
        let particle = matches!(
            next.folded.as_str(),
            "de" | "la" | "del" | "los" | "von" | "van" | "da" | "di" | "el" | "bin" | "y"
        );
        if particle {
            // "María de la Cruz": a capital follows; "Ana de Madrid" is a place.
            let mut after = end + 1;
            while matches!(word_at(tokens, after), "la" | "los" | "las" | "el") && after < end + 2 {
                after += 1;
            }
            let surname = tokens.get(after).is_some_and(|token| {
                token.is_word()
                    && is_capital(token)
                    && !is_no_name(&token.folded)
                    && !domain::city::is_known(&token.text)
            });
            if surname && next.folded != "y" {
                end = after + 1;
                words += 1;
                continue;
            }
            break;
        }
        // The O of "O'Brien" and initials.
        let single =
            next.text.chars().count() == 1 && is_capital(next) && matches!(word_at(tokens, end + 1), "'" | "’" | ".");
        if (is_no_name(&next.folded) && !single) || is_capital(next) != capital || (!capital && is_thing(&next.folded))
        {
            break;
        }
        end += 1;
        words += 1;
    }
    let written = text.get(first.start..tokens.get(end - 1)?.end)?.trim();
    // "это Мадрид": a city is no name unless it was introduced with the word for a name.
    if !lower && domain::city::is_known(written) {
        return None;
    }
    Some(written.to_owned())
}

/// Whether the clause ends within three words: a name in lower case is not the start of a sentence.
fn ends_clause_soon(tokens: &[Token], at: usize) -> bool {
    (at + 1..=at + 3).any(|index| {
        tokens.get(index).is_none_or(|token| {
            !token.is_word()
                || matches!(token.folded.as_str(), "y" | "and" | "и" | "mi" | "my" | "мой" | "тел" | "телефон")
        })
    })
}

/// One clause: tokens between marks, phones left out.
fn clauses<'t>(text: &str, tokens: &'t [Token]) -> Vec<(&'t [Token], bool)> {
    let phones = phones(text, true);
    let in_phone = |token: &Token| phones.iter().any(|phone| token.start >= phone.start && token.end <= phone.end);
    let mut clauses = Vec::new();
    let mut start = 0;
    for index in 0..=tokens.len() {
        let ends = tokens.get(index).is_none_or(|token| {
            in_phone(token)
                || token.is_number()
                || token.kind == TokenKind::Emoji
                || matches!(
                    token.text.as_str(),
                    "," | ";"
                        | "."
                        | "!"
                        | "?"
                        | ":"
                        | "("
                        | ")"
                        | "¡"
                        | "¿"
                        | "—"
                        | "–"
                        | "/"
                        | "\""
                        | "«"
                        | "»"
                        | "+"
                )
                || (token.text == "-"
                    && !(index > 0 && tokens.get(index - 1).is_some_and(|before| before.end == token.start)))
        });
        let newline = index > start
            && tokens
                .get(index)
                .zip(tokens.get(index - 1))
                .is_some_and(|(token, before)| text.get(before.end..token.start).is_some_and(|gap| gap.contains('\n')));
        if ends || newline {
            if let Some(clause) = tokens.get(start..index).filter(|clause| !clause.is_empty()) {
                let mut next = index;
                while matches!(word_at(tokens, next), "," | ":" | ";" | "." | "-" | "(")
                    || matches!(word_at(tokens, next), "–" | "—")
                {
                    next += 1;
                }
                // The word for a phone may stand between.
                let touches = tokens.get(next).is_some_and(in_phone);
                clauses.push((clause, touches));
            }
            start = if newline && !ends { index } else { index + 1 };
        }
    }
    clauses
}

/// The name that a clause is, once greetings and the word for a phone are cut off.
fn whole_name(text: &str, clause: &[Token], capital_only: bool) -> Option<String> {
    let mut clause = clause;
    while let Some((first, rest)) = clause.split_first() {
        if rest.is_empty() || !is_no_name(&first.folded) {
            break;
        }
        clause = rest;
    }
    while let Some((last, rest)) = clause.split_last() {
        if rest.is_empty() || !is_no_name(&last.folded) || is_surname(rest, last) {
            break;
        }
        clause = rest;
    }
    let (first, last) = (clause.first()?, clause.last()?);
    let words: Vec<&Token> = clause.iter().filter(|token| token.is_word()).collect();
    let particle = |word: &str| matches!(word, "de" | "la" | "del" | "los" | "von" | "van" | "da" | "di" | "bin");
    let fits = (1..=5).contains(&words.len())
        && clause.iter().all(|token| token.is_word() || matches!(token.text.as_str(), "-" | "'" | "’" | "."))
        && first.is_word()
        && words.iter().all(|word| {
            // The O of "O'Neill".
            let initial = words.len() > 1 && word.text.chars().count() == 1 && is_capital(word);
            particle(&word.folded)
                || initial
                || is_surname(clause.get(..clause.len() - 1).unwrap_or_default(), word)
                || (!is_no_name(&word.folded) && (is_capital(word) || !capital_only))
        })
        && !particle(&first.folded)
        && first.text.chars().count() >= 2;
    if !fits {
        return None;
    }
    let written = text.get(first.start..last.end)?;
    if domain::city::is_known(written) {
        return None;
    }
    let capital = is_capital(first);
    // Two capitalised words that the lexicon does not know are a name even where letters tell the language.
    let full = words.len() >= 2 && words.iter().all(|word| is_capital(word) && !is_thing(&word.folded));
    let said = !is_first_name(&first.folded)
        && ((domain::language::detect(written).is_some() && !full)
            || (words.len() == 1 && !capital && is_thing(&first.folded)));
    let things = !capital && words.iter().any(|word| is_thing(&word.folded));
    (!said && !things).then(|| written.to_owned())
}

/// "Marta Gil, +34…", "Букет …, Анна, +7…".
fn beside_phone(text: &str, tokens: &[Token]) -> Option<String> {
    if phones(text, false).is_empty() {
        return None;
    }
    let clauses = clauses(text, tokens);
    let before = clauses.iter().filter(|(_, touches)| *touches).find_map(|(clause, _)| whole_name(text, clause, true));
    before
        .or_else(|| {
            // Not a thing by itself: "Rosas, Ana, +34…" gives Ana already; here any clause that is a name.
            clauses
                .iter()
                .filter(|(clause, _)| !clause.iter().any(|token| token.is_word() && is_thing(&token.folded)))
                .find_map(|(clause, _)| whole_name(text, clause, true))
        })
        .or_else(|| {
            clauses.iter().filter(|(_, touches)| *touches).find_map(|(clause, _)| whole_name(text, clause, false))
        })
        .or_else(|| before_phone(text, tokens))
}

/// The words right before a phone: "… Казань Рая +7…", "улун москва лена 8…".
fn before_phone(text: &str, tokens: &[Token]) -> Option<String> {
    let phone = phones(text, false).into_iter().next()?;
    let end = tokens.iter().position(|token| token.start >= phone.start).unwrap_or(tokens.len());
    let fits = |token: &Token| {
        token.is_word()
            && !is_no_name(&token.folded)
            && !is_thing(&token.folded)
            && !domain::city::is_known(&token.text)
            && token.text.chars().count() >= 2
    };
    let capitals =
        (0..end).rev().take(3).take_while(|at| tokens.get(*at).is_some_and(|token| fits(token) && is_capital(token)));
    let first = match capitals.last() {
        Some(first) => first,
        // In lower case only what is surely a name.
        None => end
            .checked_sub(1)
            .filter(|at| tokens.get(*at).is_some_and(|token| oblique::is_first_name(&token.folded)))?,
    };
    let written = text.get(tokens.get(first)?.start..tokens.get(end.checked_sub(1)?)?.end)?;
    Some(written.to_owned())
}

fn alone(text: &str, tokens: &[Token], asked: bool) -> Option<String> {
    if !asked || text.contains('?') {
        return None;
    }
    let clauses = clauses(text, tokens);
    let capital = clauses
        .iter()
        .filter(|(clause, _)| {
            !clause.iter().any(|token| token.is_word() && is_thing(&token.folded) && !is_first_name(&token.folded))
        })
        .find_map(|(clause, _)| whole_name(text, clause, true));
    capital.or_else(|| match clauses.as_slice() {
        [(clause, _)] if clause.iter().filter(|token| token.is_word()).count() <= 3 => whole_name(text, clause, false),
        _ => None,
    })
}

/// "Kim Vale", "Rosa Claro": a capital behind a capital is a surname although the word means something.
fn is_surname(before: &[Token], last: &Token) -> bool {
    is_capital(last)
        && matches!(
            last.folded.as_str(),
            "vale"
                | "claro"
                | "bueno"
                | "mayor"
                | "nuevo"
                | "good"
                | "day"
                | "early"
                | "french"
                | "english"
                | "german"
                | "case"
        )
        && before.last().is_some_and(|token| token.is_word() && is_capital(token) && !is_no_name(&token.folded))
}

fn is_thing(folded: &str) -> bool {
    !is_first_name(folded) && Lexicon::global().knows(folded)
}

/// First names that are also words.
pub(crate) fn is_first_name(folded: &str) -> bool {
    oblique::is_first_name(folded)
        || matches!(
            folded,
            "will"
                | "may"
                | "mark"
                | "rose"
                | "grace"
                | "hope"
                | "joy"
                | "rosa"
                | "sol"
                | "pilar"
                | "lola"
                | "daisy"
                | "lily"
                | "iris"
                | "jasmine"
                | "violet"
                | "olive"
                | "ruby"
                | "amber"
                | "pearl"
                | "june"
                | "april"
                | "august"
                | "victor"
                | "angel"
                | "jesus"
                | "blanca"
                | "mercedes"
                | "dolores"
                | "paz"
                | "luz"
                | "estrella"
                | "marina"
                | "violeta"
                | "margarita"
                | "azucena"
                | "jazmin"
                | "вера"
                | "надежда"
                | "любовь"
                | "роза"
                | "лев"
                | "лилия"
                | "маргарита"
                | "марина"
                | "дана"
                | "алма"
                | "адам"
                | "adam"
                | "раушан"
                | "гул"
                | "гүл"
                | "жанар"
                | "виктория"
                | "victoria"
                | "жасмин"
                | "dana"
                | "marta"
                | "майя"
                | "роман"
                | "тамара"
                | "сауле"
                | "айгул"
                | "айгүл"
                | "асель"
                | "әсел"
                | "болат"
                | "арман"
                | "ерлан"
                | "мадина"
        )
}

/// Words that are never a name: greetings, answers, moods, pronouns, labels, nations.
fn is_no_name(folded: &str) -> bool {
    matches!(
        folded,
        // en
        "тг" | "тенге" | "теңге" | "eur" | "euro" | "euros" | "евро" | "руб" | "hi" | "hello" | "hey" | "good" | "morning" | "evening" | "afternoon" | "thanks" | "thank" | "yes" | "no" | "ok" | "okay" | "sure" | "fine" | "great"
            | "perfect" | "please" | "from" | "in" | "at" | "on" | "for" | "the" | "a" | "an" | "not" | "so" | "very" | "interested" | "ready" | "looking"
            | "sorry" | "happy" | "glad" | "here" | "back" | "going" | "coming" | "trying" | "waiting" | "allergic" | "vegan" | "vegetarian" | "new" | "free"
            | "available" | "done" | "good-bye" | "bye" | "my" | "your" | "name" | "phone" | "number" | "mobile" | "cell" | "tel" | "same" | "as" | "before"
            | "confirm" | "confirmed" | "i" | "it" | "is" | "am" | "are" | "and" | "or" | "but" | "to" | "of" | "with" | "what" | "how" | "much" | "this" | "that"
            | "just" | "also" | "still" | "already" | "too" | "me" | "you" | "we" | "they" | "he" | "she" | "spanish" | "english" | "russian" | "kazakh" | "american"
            | "british" | "german" | "french" | "italian" | "afraid" | "pregnant" | "sick" | "busy" | "late" | "early" | "sir" | "madam" | "online" | "order"
            | "delivery" | "alright" | "right" | "correct" | "agreed" | "deal" | "cool" | "nice" | "wonderful" | "excellent" | "whatsapp" | "telegram" | "email"
            | "monday" | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" | "today" | "tomorrow" | "done." | "send" | "book" | "want" | "need"
            | "all" | "only" | "one" | "two" | "both" | "first" | "second" | "would" | "like" | "interested." | "writing" | "calling" | "asking" | "planning"
            // es
            | "hola" | "buenas" | "buenos" | "dias" | "tardes" | "noches" | "gracias" | "si" | "vale" | "claro" | "perfecto" | "genial" | "de" | "del" | "el"
            | "la" | "los" | "las" | "un" | "una" | "yo" | "muy" | "alergica" | "alergico" | "vegano" | "vegana" | "vegetariano" | "vegetariana" | "nuevo" | "nueva"
            | "cliente" | "clienta" | "celiaco" | "celiaca" | "diabetico" | "diabetica" | "estudiante" | "mayor" | "autonomo" | "española" | "espanola" | "espanol"
            | "rusa" | "ruso" | "kazajo" | "ingles" | "inglesa" | "confirmo" | "confirmado" | "acepto" | "quiero" | "nombre" | "telefono" | "movil" | "numero" | "mi"
            | "tu" | "su" | "mismo" | "misma" | "mismos" | "y" | "o" | "con" | "para" | "por" | "en" | "pedido" | "lunes" | "martes" | "miercoles" | "jueves"
            | "viernes" | "sabado" | "domingo" | "hoy" | "manana" | "listo" | "lista" | "acuerdo" | "correcto" | "favor" | "madre" | "padre" | "que" | "como"
            | "otra" | "otro" | "quien" | "tarde" | "adelante" | "entrega" | "envio" | "direccion" | "calle" | "es" 
            // ru
            | "привет" | "здравствуйте" | "добрый" | "доброе" | "день" | "вечер" | "утро" | "спасибо" | "да" | "нет" | "хорошо" | "ладно" | "отлично"
            | "пожалуйста" | "из" | "в" | "во" | "на" | "по" | "с" | "к" | "для" | "от" | "у" | "не" | "и" | "а" | "но" | "я" | "мы" | "вы" | "он" | "она"
            | "это" | "мой" | "моя" | "мое" | "мне" | "меня" | "тот" | "та" | "те" | "же" | "имя" | "телефон" | "номер" | "тел" | "моб" | "подтверждаю"
            | "оформляйте" | "хочу" | "верно" | "правильно" | "согласен" | "согласна" | "готов" | "готова" | "рад" | "рада" | "занят" | "занята" | "беру" | "все"
            | "всё" | "уже" | "еще" | "очень" | "подарок" | "сегодня" | "завтра" | "понедельник" | "вторник" | "среда" | "среду" | "четверг" | "пятница"
            | "пятницу" | "суббота" | "субботу" | "воскресенье" | "город" | "улица" | "адрес" | "заказ" | "доставка" | "как" | "что" | "сколько" | "можно" | "нужно"
            | "ваш" | "так" | "точно" | "ок" | "ага" | "конечно" | "хотел" | "хотела" | "пришлите" | "жду" | "тоже" | "только" | "оплачу" | "буду" | "зовут" | "дорого"
            // kk
            | "сәлем" | "салем" | "сәлеметсіз" | "бе" | "рахмет" | "иә" | "ия" | "жоқ" | "жарайды" | "растаймын" | "атым" | "есімім" | "менің" | "мен" | "нөмірім"
            | "нөмір" | "телефоным" | "номерім" | "осы" | "сол" | "бұл" | "керек" | "жақсы" | "бар" | "ертең" | "бүгін" | "қанша" | "маған" | "өзім" | "төлеп" | "дайынмын"
            | "келісемін" | "дұрыс" | "қалаймын" | "келемін" | "ғой"  
            | "де" | "ба" | "ма" | "ме" | "па" | "пе" | "үшін" | "және" | "тапсырыс" | "төледім" | "жазылайын" | "сағат"
            | "атына" | "атқа" | "есіміне" | "деген"
            // what people say before they go on
            | "ой" | "ах" | "эх" | "упс" | "блин" | "вот" | "слушайте" | "извините" | "простите" | "ойбай" | "әй" | "кешіріңіз"
            | "oops" | "ups" | "uy" | "ay" | "perdon" | "perdone" | "disculpe" | "oh" | "ah" | "um" | "well"
    ) || folded.chars().count() < 2 && folded != "я"
}

/// The customer's name in a text that is not cut yet.
#[must_use]
pub fn name_in(text: &str, asked: bool) -> Option<String> {
    names(text, &tokens(text), asked)
}

pub(super) fn words(text: &str) -> Vec<String> {
    tokens(text).into_iter().filter(Token::is_word).map(|token| fold(&token.text)).collect()
}

#[cfg(test)]
#[path = "people/tests.rs"]
mod tests;
