//! A reply is in the language of the turn, as far as its letters show (R89).

use super::{Facts, Violation, folded};
use crate::language::Language;
use std::collections::BTreeSet;

/// Fewer letters than this decide nothing.
const MIN_LETTERS: usize = 4;
/// A Kazakh text of so many words has a letter that Russian has not.
const MIN_KAZAKH_WORDS: usize = 8;

/// A reply whose letters are mostly of another script, or of the other language in Cyrillic. Words that the facts have
/// (names of items, of people, of the shop) are left out of the count.
pub(super) fn check(text: &str, facts: &Facts, language: Language) -> Option<Violation> {
    let known: BTreeSet<String> =
        facts.texts.iter().flat_map(|text| words(text).map(folded).collect::<Vec<_>>()).collect();
    let own: Vec<&str> = words(text).filter(|word| !known.contains(&folded(word))).collect();
    let letters =
        |test: fn(char) -> bool| -> usize { own.iter().flat_map(|word| word.chars()).filter(|c| test(*c)).count() };
    let (latin, cyrillic) = (letters(is_latin), letters(is_cyrillic));
    if latin + cyrillic < MIN_LETTERS {
        return None;
    }
    let fragment = |test: &dyn Fn(char) -> bool| {
        let foreign: Vec<&str> = own.iter().copied().filter(|word| word.contains(test)).take(5).collect();
        Some(Violation::Language { fragment: foreign.join(" ") })
    };
    match language {
        Language::En | Language::Es if cyrillic > latin => fragment(&is_cyrillic),
        Language::Ru | Language::Kk if latin > cyrillic => fragment(&is_latin),
        Language::Ru => {
            let kazakh = own.iter().filter(|word| word.contains(is_kazakh)).count();
            (kazakh >= 2 && kazakh * 4 > own.len()).then(|| fragment(&is_kazakh))?
        }
        Language::Kk => {
            let cyrillic: Vec<&&str> = own.iter().filter(|word| word.contains(is_cyrillic)).collect();
            let none = !cyrillic.iter().any(|word| word.contains(is_kazakh));
            (none && cyrillic.len() >= MIN_KAZAKH_WORDS).then(|| fragment(&is_cyrillic))?
        }
        Language::En | Language::Es => None,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty())
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || (('\u{c0}'..='\u{24f}').contains(&c) && c.is_alphabetic())
}

fn is_cyrillic(c: char) -> bool {
    ('\u{400}'..='\u{52f}').contains(&c)
}

/// Letters of Kazakh that Russian has not.
fn is_kazakh(c: char) -> bool {
    matches!(
        c,
        'ә' | 'ғ'
            | 'қ'
            | 'ң'
            | 'ө'
            | 'ұ'
            | 'ү'
            | 'һ'
            | 'і'
            | 'Ә'
            | 'Ғ'
            | 'Қ'
            | 'Ң'
            | 'Ө'
            | 'Ұ'
            | 'Ү'
            | 'Һ'
            | 'І'
    )
}
