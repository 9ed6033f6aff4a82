//! What a model's own words may not hold, beyond numbers and links that rest on no fact: sums that it wrote by hand, in digits
//! or in words, and claims that nothing of the turn bears out ("it is paid", "delivery is free").
//!
//! The judge reads sentences. One that stands in the program's own draft as it is may be repeated; another is looked at word by
//! word. It errs on the side of refusing: a model is told once what is wrong, and then the offline assistant answers.

mod claims;
mod sums;
#[cfg(test)]
mod tests;
mod times;

pub(crate) use claims::{Claim, claims};
pub(crate) use sums::sums;
pub(crate) use times::times;

use domain::text::fold;

/// What one piece of a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    /// A sign of money or of a percentage.
    Sign,
    /// A comma, a bracket, a dash: a clause ends.
    Clause,
    /// A name in braces.
    Name,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    kind: Kind,
    /// Folded.
    text: String,
    /// Whether it stands right behind the one before it.
    glued: bool,
}

/// Words up to the end of a sentence or a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence {
    tokens: Vec<Token>,
    is_question: bool,
}

impl Sentence {
    /// Its words with single spaces between and around them, clauses parted by commas.
    fn joined(&self) -> String {
        let mut joined = String::from(" ");
        for token in &self.tokens {
            match token.kind {
                Kind::Clause if joined.ends_with(", ") => continue,
                Kind::Clause => joined.push(','),
                Kind::Name => {
                    joined.push('{');
                    joined.push_str(&token.text);
                    joined.push('}');
                }
                Kind::Word | Kind::Number | Kind::Sign => joined.push_str(&token.text),
            }
            joined.push(' ');
        }
        joined
    }
}

impl Sentence {
    /// The thing whose name stands nearest to each name in braces: before it, else behind it. `things`: their names as [`plain`]
    /// makes them. Names in braces are given folded.
    pub(crate) fn beside_names(&self, things: &[String]) -> Vec<(String, usize)> {
        let words = |tokens: &[Token]| {
            let words = tokens.iter().filter(|token| matches!(token.kind, Kind::Word | Kind::Number | Kind::Sign));
            words.fold(String::from(" "), |text, token| text + &token.text + " ")
        };
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Name) {
            let (before, behind) = (words(&self.tokens[..at]), words(&self.tokens[at + 1..]));
            let named = || things.iter().enumerate().filter(|(_, name)| name.len() > 2);
            let last = named()
                .filter_map(|(thing, name)| Some((before.rfind(name.as_str())? + name.len(), name.len(), thing)));
            let first = || {
                let places = named()
                    .filter_map(|(thing, name)| Some((behind.find(name.as_str())?, usize::MAX - name.len(), thing)));
                places.min().map(|(.., thing)| thing)
            };
            if let Some(thing) = last.max().map(|(.., thing)| thing).or_else(first) {
                found.push((token.text.clone(), thing));
            }
        }
        found
    }
}

/// The words of a text alone, with single spaces between and around them: a phrase stands in it where it is a part of it.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    for sentence in sentences(text) {
        for token in sentence.tokens.iter().filter(|token| token.kind != Kind::Clause) {
            plain.push_str(&token.text);
            plain.push(' ');
        }
    }
    plain
}

/// Numbers of a text that stand there beside the same word as in the other one, as [`plain`] makes it: "the one of 20 roses".
pub(crate) fn counted(text: &str, known: &str) -> Vec<String> {
    let stands = |one: &Token, next: &Token| {
        one.kind != Kind::Clause
            && next.kind != Kind::Clause
            && known.contains(&format!(" {} {} ", one.text, next.text))
    };
    let mut found = Vec::new();
    for sentence in sentences(text) {
        for pair in sentence.tokens.windows(2) {
            let numbers = pair.iter().filter(|token| token.kind == Kind::Number).map(|token| token.text.clone());
            if stands(&pair[0], &pair[1]) {
                found.extend(numbers);
            }
        }
    }
    found
}

/// The sentences of a text that do not stand in the other one as they are.
pub(crate) fn own_sentences(text: &str, draft: &str) -> Vec<Sentence> {
    let known = sentences(draft);
    sentences(text).into_iter().filter(|sentence| !known.contains(sentence)).collect()
}

/// Whether words of somebody else hold nothing that a reply could be made to say by them: no number, no link, no name in braces,
/// no word of money or of a promise.
pub(crate) fn is_harmless(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphabetic() || c.is_whitespace() || matches!(c, '\'' | '’' | '-' | ',' | '"' | '«' | '»'))
        && text.chars().count() <= 120
        && sentences(text).iter().all(|sentence| {
            sentence.tokens.iter().all(|token| !sums::is_of_money(&token.text) && !sums::is_number(&token.text))
                && claims::found(sentence).is_empty()
        })
}

/// Words behind which a point ends no sentence.
const SHORT: [&str; 17] =
    ["р", "руб", "тыс", "коп", "тг", "тнг", "млн", "eur", "usd", "kzt", "rub", "ud", "uds", "aprox", "sr", "sra", "mr"];

const fn is_money_sign(c: char) -> bool {
    matches!(c, '$' | '¢' | '£' | '¥' | '€' | '₴' | '₸' | '₹' | '₺' | '₽' | '%' | '‰')
}

pub(crate) fn sentences(text: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    for line in text.lines() {
        let mut sentence = Sentence::default();
        let line: Vec<char> = fold(line).chars().collect();
        let at_char = |at: usize| line.get(at).copied();
        let (mut at, mut glued) = (0, false);
        while let Some(c) = at_char(at) {
            let from = at;
            let mut push = |kind: Kind, range: std::ops::Range<usize>| {
                let text = line[range].iter().collect();
                sentence.tokens.push(Token { kind, text, glued });
            };
            at += 1;
            if c == '{' && at_char(at) == Some('{') {
                let end = (at..line.len()).find(|at| line[*at] == '}' && at_char(at + 1) == Some('}'));
                let end = end.unwrap_or(line.len());
                push(Kind::Name, from + 2..end.max(from + 2));
                at = (end + 2).min(line.len());
                glued = true;
                continue;
            }
            if c.is_alphabetic() {
                let joins = |at: usize| line[at] == '\'' && at_char(at + 1).is_some_and(char::is_alphabetic);
                while at < line.len() && (line[at].is_alphabetic() || joins(at)) {
                    at += 1;
                }
                push(Kind::Word, from..at);
            } else if c.is_numeric() {
                let joins = |at: usize| {
                    matches!(line[at], '.' | ',' | ':' | '\'' | '/' | '\u{2044}')
                        && at_char(at + 1).is_some_and(char::is_numeric)
                };
                while at < line.len() && (line[at].is_numeric() || joins(at)) {
                    at += 1;
                }
                push(Kind::Number, from..at);
            } else if is_money_sign(c) {
                push(Kind::Sign, from..at);
            } else if matches!(c, '.' | '!' | '?' | ';') {
                let ends = match sentence.tokens.last() {
                    _ if c != '.' => true,
                    Some(token) if token.kind == Kind::Word && SHORT.contains(&token.text.as_str()) => false,
                    _ => at_char(at).is_none_or(|next| !next.is_alphanumeric()),
                };
                if ends && !sentence.tokens.is_empty() {
                    sentence.is_question = c == '?';
                    found.push(std::mem::take(&mut sentence));
                }
            } else if matches!(c, ',' | ':' | '(' | ')' | '"' | '«' | '»' | '“' | '”' | '–' | '—' | '=')
                || c == '-' && !glued
            {
                push(Kind::Clause, from..at);
            }
            glued = !c.is_whitespace();
        }
        if !sentence.tokens.is_empty() {
            found.push(sentence);
        }
    }
    found
}
