//! Forms: what a word is compared by. One word has several: its stems, its concepts, its skeleton in Latin letters.

use crate::lexicon::Lexicon;
use crate::retrieve::weak::{Weak, weakness};
use crate::stem::stem_any;
use domain::text::{Token, edit_distance_at_most, fold, skeleton, tokens};
use std::collections::HashMap;

/// Number of a form in a [`Vocabulary`].
pub(crate) type FormId = u32;

/// One word as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its forms, sorted.
    pub(crate) forms: Vec<FormId>,
    /// Whether it names nothing alone.
    pub(crate) weak: Option<Weak>,
}

/// Spellings of the forms of a word, before they are numbered.
fn spellings(folded: &str) -> (Vec<String>, Option<Weak>) {
    let mut forms = stem_any(folded);
    if !forms.iter().any(|form| form == folded) {
        forms.push(folded.to_owned());
    }
    // English plurals that no stemmer undoes: loaves, knives.
    if let Some(base) = folded.strip_suffix("ves").filter(|base| base.chars().count() >= 2 && base.is_ascii()) {
        forms.extend(stem_any(&format!("{base}f")));
        forms.extend(stem_any(&format!("{base}fe")));
    }
    let mut weak = weakness(folded);
    if folded.chars().all(|character| character.is_ascii_digit()) {
        return (vec![folded.to_owned()], Some(Weak::Unit));
    }
    let lexicon = Lexicon::global();
    for concept in lexicon.concepts(folded) {
        forms.push(format!("#{}", concept.0));
        weak = weak.or_else(|| weakness(lexicon.name(concept)));
    }
    let bones = skeleton(folded);
    if bones.chars().count() >= 4 {
        forms.push(format!("~{bones}"));
        // A stem in another script meets an unstemmed word of the same sound.
        for stem in stem_any(folded) {
            let bones = skeleton(&stem);
            if bones.chars().count() >= 4 {
                forms.push(format!("~{bones}"));
            }
        }
    }
    forms.sort_unstable();
    forms.dedup();
    (forms, weak)
}

/// All forms of one catalogue version.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    numbers: HashMap<String, FormId>,
    spelled: Vec<String>,
    words: HashMap<String, Word>,
    /// Skeletons by first letter, for words with a typing error.
    bones: HashMap<char, Vec<FormId>>,
}

impl Vocabulary {
    /// The words of a text of the catalogue, new forms numbered. Function words and marks are left out.
    pub(crate) fn add_text(&mut self, text: &str) -> Vec<Word> {
        let tokens = tokens(text);
        let mut words: Vec<Word> = Vec::new();
        let mut places: Vec<usize> = Vec::new();
        for (place, token) in tokens.iter().enumerate() {
            if (token.is_word() && !is_function_word(&token.folded)) || token.is_number() {
                words.push(self.add_word(&token.folded));
                places.push(place);
            } else if let Some(size) = size_letter(&tokens, place) {
                words.push(self.add_word(size));
                places.push(place);
            }
        }
        for phrase in Lexicon::global().phrases(&tokens) {
            if phrase.end_token - phrase.start_token < 2 {
                continue;
            }
            let form = self.number(format!("#{}", phrase.concept.0));
            for (word, place) in words.iter_mut().zip(&places) {
                if (phrase.start_token..phrase.end_token).contains(place)
                    && let Err(at) = word.forms.binary_search(&form)
                {
                    word.forms.insert(at, form);
                }
            }
        }
        words
    }

    fn add_word(&mut self, folded: &str) -> Word {
        if let Some(word) = self.words.get(folded) {
            return word.clone();
        }
        let (spelled, weak) = spellings(folded);
        let mut forms: Vec<FormId> = spelled.into_iter().map(|form| self.number(form)).collect();
        forms.sort_unstable();
        let word = Word { forms, weak };
        self.words.insert(folded.to_owned(), word.clone());
        word
    }

    fn number(&mut self, form: String) -> FormId {
        if let Some(number) = self.numbers.get(&form) {
            return *number;
        }
        let number = FormId::try_from(self.spelled.len()).unwrap_or(FormId::MAX);
        if let Some(bones) = form.strip_prefix('~')
            && let Some(first) = bones.chars().next()
        {
            self.bones.entry(first).or_default().push(number);
        }
        self.numbers.insert(form.clone(), number);
        self.spelled.push(form);
        number
    }

    /// A word of a question, by the forms that this catalogue knows; a typing error is forgiven where nothing else fits.
    pub(crate) fn look_up(&self, folded: &str, phrase_forms: &[String]) -> Word {
        let (spelled, weak) = spellings(folded);
        let mut forms: Vec<FormId> =
            spelled.iter().chain(phrase_forms).filter_map(|form| self.numbers.get(form).copied()).collect();
        if forms.is_empty() {
            forms = self.mistyped(folded);
        }
        forms.sort_unstable();
        forms.dedup();
        Word { forms, weak }
    }

    fn mistyped(&self, folded: &str) -> Vec<FormId> {
        let bones = skeleton(folded);
        let length = bones.chars().count();
        let allowed = match length {
            0..=4 => return Vec::new(),
            5..=7 => 1,
            _ => 2,
        };
        let Some(first) = bones.chars().next() else { return Vec::new() };
        let mut best = allowed + 1;
        let mut found = Vec::new();
        for &number in self.bones.get(&first).map_or(&[][..], Vec::as_slice) {
            let known = self.spelling(number).trim_start_matches('~');
            if known.chars().count().abs_diff(length) > allowed {
                continue;
            }
            match edit_distance_at_most(&bones, known, allowed) {
                Some(distance) if distance < best => {
                    best = distance;
                    found = vec![number];
                }
                Some(distance) if distance == best => found.push(number),
                _ => {}
            }
        }
        found
    }

    /// The number of a word as it is spelled.
    pub(crate) fn number_of(&self, folded: &str) -> Option<FormId> {
        self.numbers.get(folded).copied()
    }

    /// A form as it is spelled in the index.
    pub(crate) fn spelling(&self, form: FormId) -> &str {
        self.spelled.get(form as usize).map_or("", String::as_str)
    }
}

/// A size that one letter names ("T-shirt, size M"): as it is compared. Only capitals that stand alone; "5 L" are litres.
pub(crate) fn size_letter(tokens: &[Token], at: usize) -> Option<&'static str> {
    let text = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.folded.as_str());
    let before = text(at.checked_sub(1));
    let named = ["size", "talla", "размер", "размера", "размеру", "олшем", "олшеми"].contains(&before);
    let token = tokens.get(at)?;
    let counted = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(Token::is_number);
    let glued = matches!(text(Some(at + 1)), "'" | "’" | "-") || matches!(before, "'" | "’" | "-");
    if counted || glued || at == 0 {
        return None;
    }
    match (token.text.as_str(), named) {
        ("S", _) | ("s", true) => Some("size-s"),
        ("M", _) | ("m", true) => Some("size-m"),
        ("L", _) | ("l", true) => Some("size-l"),
        _ => None,
    }
}

/// Words that name nothing in any sentence: articles, prepositions, pronouns, helping verbs, politeness.
pub(crate) fn is_function_word(folded: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static WORDS: LazyLock<HashSet<String>> =
        LazyLock::new(|| include_str!("function_words.txt").split_whitespace().map(fold).collect());
    folded.chars().count() == 1 && folded.chars().all(char::is_alphabetic) || WORDS.contains(folded)
}
