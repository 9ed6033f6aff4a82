//! What stands around a number that may be an hour.

use super::clock::leads;
use super::{touches, word_at, word_before};
use domain::text::Token;

pub(super) fn touches_digits_before(tokens: &[Token], index: usize) -> bool {
    index > 0
        && touches(tokens, index - 1)
        && (tokens.get(index - 1).is_some_and(Token::is_number)
            || matches!(word_before(tokens, index, 1), "-" | "/" | ":" | "+" | "#" | "№" | "." | ","))
}

/// "через 5", "in 2": a wait.
pub(super) fn is_wait(tokens: &[Token], index: usize) -> bool {
    matches!(word_before(tokens, index, 1), "через" | "in")
}

pub(super) fn is_noun_like(word: &str) -> bool {
    !matches!(
        word,
        "at" | "on"
            | "in"
            | "for"
            | "to"
            | "and"
            | "or"
            | "please"
            | "y"
            | "o"
            | "en"
            | "para"
            | "por"
            | "el"
            | "de"
            | "del"
            | "a"
            | "и"
            | "в"
            | "на"
            | "или"
            | "если"
            | "можно"
            | "пожалуйста"
            | "завтра"
            | "сегодня"
            | "послезавтра"
            | "утра"
            | "вечера"
            | "ertең"
            | "ертең"
            | "бүгін"
            | "jan"
            | "tomorrow"
            | "today"
            | "mañana"
            | "manana"
            | "hoy"
            | "soy"
            | "me"
            | "меня"
            | "я"
            | "мне"
            | "i"
            | "my"
            | "with"
            | "con"
            | "с"
            | "но"
            | "а"
            | "if"
            | "then"
            | "works"
            | "is"
            | "va"
            | "está"
            | "esta"
            | "подойдет"
            | "буду"
            | "удобно"
            | "сможете"
            | "мен"
            | "бола"
            | "болады"
            | "жазылайын"
            | "жазыңыз"
            | "келемін"
            | "растаймын"
            | "confirmo"
            | "подтверждаю"
            | "confirm"
            | "confirmed"
            | "ok"
            | "да"
            | "мы"
            | "приду"
            | "устроит"
            | "можете"
            | "можешь"
            | "есть"
            | "по"
            | "у"
            | "к"
            | "до"
            | "как"
            | "when"
            | "would"
            | "will"
            | "could"
            | "can"
            | "just"
            | "pls"
            | "si"
            | "porfa"
            | "gracias"
            | "thanks"
            | "спасибо"
            | "рахмет"
            | "ба"
            | "бе"
            | "ма"
            | "ме"
            | "па"
            | "пе"
            | "запишите"
            | "reserva"
            | "puede"
            | "это"
            | "меня зовут"
            | "оформляйте"
            | "запись"
            | "time"
            | "часов"
            | "точно"
            | "ровно"
            | "sharp"
            | "exactly"
            | "this"
            | "next"
            | "que"
            | "the"
            | "la"
            | "los"
            | "of"
    )
}

/// Behind "at 5" no noun may stand: "at 5 euros", "в 2 города", "a las dos chicas".
pub(super) fn is_free_of_nouns(tokens: &[Token], end: usize, hours_word: bool) -> bool {
    if hours_word {
        return true;
    }
    let Some(next) = tokens.get(end) else {
        return true;
    };
    if next.is_number() {
        return false;
    }
    if !next.is_word() {
        return !matches!(next.text.as_str(), "%" | "€" | "$" | "₸" | "₽" | "/" | "-" | "+");
    }
    !is_noun_like(&next.folded) || next.text.chars().next().is_some_and(char::is_uppercase)
}

/// Whether nothing but marks, a preposition or a polite word stands around.
pub(super) fn stands_alone(tokens: &[Token], start: usize, end: usize) -> bool {
    let clear = |token: &Token| !token.is_word() && !token.is_number();
    let before = start == 0 || tokens.get(start - 1).is_some_and(clear) || leads(tokens, start);
    let after = tokens.get(end).is_none_or(|token| clear(token) || !is_noun_like(&token.folded));
    // "12-34" and "11, 12" are not one time.
    let dashed =
        word_at(tokens, end) == "-" || word_before(tokens, start, 1) == "-" || word_before(tokens, start, 1) == "+";
    before && after && !dashed
}
