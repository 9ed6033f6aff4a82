//! A lexicon of concepts: what shops and services sell and what is said about it, in four languages. Words, never facts.
//!
//! A concept is how "семьдесят роз", "macetas" or "шаш қию" find rows that are written in another language.

use crate::stem::{kazakh_layers, odd_forms, plain, stem_folded};
use domain::language::Language;
use domain::text::{Token, fold, is_cyrillic, latinize};
use std::collections::HashMap;
use std::sync::OnceLock;

/// One concept; stable within one build only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConceptId(pub u32);

/// A concept found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhraseMatch {
    /// Which.
    pub concept: ConceptId,
    /// First token.
    pub start_token: usize,
    /// The token after the last one.
    pub end_token: usize,
}

/// An entry of several words.
#[derive(Debug)]
struct Phrase {
    language: usize,
    /// Stems of all its words.
    stems: Box<[Box<str>]>,
    concept: ConceptId,
}

/// All concepts and the stems that lead to them.
#[derive(Debug, Default)]
pub struct Lexicon {
    /// English lemmas, by concept.
    names: Vec<&'static str>,
    /// Concepts by stem, a table a language.
    stems: [HashMap<Box<str>, Vec<ConceptId>>; 4],
    /// Concepts by Russian and Kazakh stems in loose Latin letters ("rozy", "shash").
    latin: HashMap<Box<str>, Vec<ConceptId>>,
    /// Entries of several words by the stem of the first, longest first.
    phrases: HashMap<Box<str>, Vec<Phrase>>,
}

/// Rows `en|es|ru|kk`, synonyms comma-separated.
const FILES: [&str; 8] = [
    include_str!("../lexicon/flowers.tsv"),
    include_str!("../lexicon/food.tsv"),
    include_str!("../lexicon/beauty.tsv"),
    include_str!("../lexicon/goods.tsv"),
    include_str!("../lexicon/services.tsv"),
    include_str!("../lexicon/leisure.tsv"),
    include_str!("../lexicon/qualities.tsv"),
    include_str!("../lexicon/more.tsv"),
];

impl Lexicon {
    /// The one lexicon of the program, read at first use.
    #[must_use]
    pub fn global() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(|| Self::read(&FILES))
    }

    fn read(files: &[&'static str]) -> Self {
        let mut lexicon = Self::default();
        for row in files.iter().flat_map(|file| file.lines()) {
            if row.starts_with('#') || row.trim().is_empty() {
                continue;
            }
            let Ok(number) = u32::try_from(lexicon.names.len()) else {
                break;
            };
            let concept = ConceptId(number);
            lexicon.names.push(row.split(['|', ',']).next().unwrap_or_default().trim());
            for (language, cell) in row.split('|').take(4).enumerate() {
                for entry in cell.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
                    lexicon.add(language, entry, concept);
                }
            }
        }
        for phrases in lexicon.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.stems.len()));
        }
        lexicon
    }

    fn add(&mut self, language: usize, entry: &str, concept: ConceptId) {
        let Some(spoken) = Language::ALL.get(language).copied() else {
            return;
        };
        let stems: Vec<Box<str>> = fold(entry)
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| stem_folded(word, spoken).into_boxed_str())
            .collect();
        let Some(first) = stems.first() else { return };
        if stems.len() > 1 {
            let phrase = Phrase { language, concept, stems: stems.clone().into_boxed_slice() };
            self.phrases.entry(first.clone()).or_default().push(phrase);
            return;
        }
        let folded = fold(entry);
        // A Kazakh ending may be a part of the word (шашлық is no hair): words stay whole, what was said is cut.
        let key = if spoken == Language::Kk { plain(&folded).into_boxed_str() } else { first.clone() };
        push(self.stems.get_mut(language), key, concept);
        for form in odd_forms(&folded, spoken) {
            let stem = stem_folded(&form, spoken);
            if stem.chars().count() >= 3 {
                push(self.stems.get_mut(language), stem.into_boxed_str(), concept);
            }
        }
        if language >= 2 && first.chars().count() >= 3 {
            push(Some(&mut self.latin), loose(&latinize(first)).into_boxed_str(), concept);
        }
    }

    /// Concepts a single word may mean, in any of the languages and both scripts.
    #[must_use]
    pub fn concepts(&self, word: &str) -> Vec<ConceptId> {
        self.concepts_folded(&fold(word))
    }

    fn concepts_as_spelled(&self, folded: &str) -> Vec<ConceptId> {
        let mut found: Vec<ConceptId> = Vec::new();
        if is_function_word(folded) {
            return found;
        }
        for language in languages_of(folded) {
            let Some(spoken) = Language::ALL.get(language).copied() else {
                continue;
            };
            let Some(table) = self.stems.get(language) else {
                continue;
            };
            if spoken == Language::Kk {
                let known = kazakh_layers(&plain(folded)).into_iter().find_map(|layer| table.get(layer.as_str()));
                extend(&mut found, known.map(Vec::as_slice).unwrap_or_default());
            } else if let Some(concepts) = table.get(stem_folded(folded, spoken).as_str()) {
                extend(&mut found, concepts);
            }
        }
        found
    }

    /// Whether a word is in the lexicon as it is spelled, Russian and Kazakh in Latin letters aside.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        !self.concepts_as_spelled(&fold(word)).is_empty()
    }

    fn concepts_folded(&self, folded: &str) -> Vec<ConceptId> {
        let mut found = self.concepts_as_spelled(folded);
        if found.is_empty() && folded.is_ascii() && folded.len() >= 4 {
            // Russian or Kazakh in Latin letters: an ending of up to three letters may hang on the stem.
            let word = loose(folded);
            let longest = word.len();
            for length in (longest.saturating_sub(3).max(3)..=longest).rev() {
                let ending = word.get(length..).unwrap_or_default();
                if !(ending.is_empty() || LATIN_ENDINGS.contains(&ending)) {
                    continue;
                }
                if let Some(concepts) = word.get(..length).and_then(|stem| self.latin.get(stem)) {
                    extend(&mut found, concepts);
                    break;
                }
            }
        }
        found
    }

    /// Concepts in a text in its order: entries of several words ("hair dye"), and every single word, those inside
    /// such entries included ("red roses" are roses too). The spans tell which matches are the more exact.
    #[must_use]
    pub fn phrases(&self, tokens: &[Token]) -> Vec<PhraseMatch> {
        let stems: Vec<[String; 2]> = tokens.iter().map(stems_of).collect();
        let mut found = Vec::new();
        let mut index = 0;
        while index < tokens.len() {
            let Some(token) = tokens.get(index).filter(|token| token.is_word()) else {
                index += 1;
                continue;
            };
            if let Some((concepts, end)) = self.phrase_at(tokens, &stems, index) {
                found.extend(concepts.into_iter().map(|concept| PhraseMatch {
                    concept,
                    start_token: index,
                    end_token: end,
                }));
            }
            let single = self.concepts_folded(&token.folded);
            found.extend(single.into_iter().map(|concept| PhraseMatch {
                concept,
                start_token: index,
                end_token: index + 1,
            }));
            index += 1;
        }
        found
    }

    fn phrase_at(&self, tokens: &[Token], stems: &[[String; 2]], index: usize) -> Option<(Vec<ConceptId>, usize)> {
        let mut longest = 0;
        let mut end = index;
        let mut concepts = Vec::new();
        let [first, second] = stems.get(index)?;
        let starts: &[&String] = if first == second { &[first] } else { &[first, second] };
        for phrase in starts.iter().filter_map(|start| self.phrases.get(start.as_str())).flatten() {
            if phrase.stems.len() < longest {
                continue;
            }
            if let Some(reached) = matches_at(phrase, tokens, stems, index) {
                if phrase.stems.len() > longest {
                    concepts.clear();
                    longest = phrase.stems.len();
                    end = reached;
                }
                if !concepts.contains(&phrase.concept) {
                    concepts.push(phrase.concept);
                }
            }
        }
        (longest > 0).then_some((concepts, end))
    }

    /// The concept's English lemma, for traces.
    #[must_use]
    pub fn name(&self, concept: ConceptId) -> &str {
        usize::try_from(concept.0).ok().and_then(|index| self.names.get(index)).copied().unwrap_or_default()
    }

    /// How many concepts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// Endings that Russian and Kazakh words may have in Latin letters.
const LATIN_ENDINGS: [&str; 32] = [
    "a", "i", "u", "e", "o", "m", "ov", "ou", "oi", "ei", "am", "ah", "ami", "om", "iu", "ia", "eu", "lar", "ler",
    "ga", "ge", "da", "de", "ni", "di", "ti", "dar", "der", "tar", "ter", "ka", "ke",
];

/// Words that only join others; their stems meet those of things ("por" and "poros").
fn is_function_word(folded: &str) -> bool {
    matches!(
        folded,
        "a" | "al"
            | "as"
            | "at"
            | "and"
            | "con"
            | "de"
            | "del"
            | "el"
            | "en"
            | "es"
            | "for"
            | "from"
            | "hay"
            | "in"
            | "is"
            | "la"
            | "las"
            | "lo"
            | "los"
            | "me"
            | "mi"
            | "my"
            | "no"
            | "o"
            | "of"
            | "on"
            | "or"
            | "para"
            | "por"
            | "que"
            | "se"
            | "si"
            | "sin"
            | "son"
            | "su"
            | "the"
            | "to"
            | "un"
            | "una"
            | "with"
            | "y"
            | "you"
            | "your"
            | "have"
            | "has"
            | "can"
            | "would"
            | "will"
            | "this"
            | "that"
            | "like"
            | "want"
            | "need"
            | "please"
            | "quiero"
            | "а"
            | "без"
            | "бы"
            | "в"
            | "во"
            | "вы"
            | "для"
            | "до"
            | "же"
            | "за"
            | "и"
            | "из"
            | "или"
            | "к"
            | "как"
            | "мне"
            | "мы"
            | "на"
            | "не"
            | "но"
            | "о"
            | "от"
            | "по"
            | "с"
            | "со"
            | "то"
            | "у"
            | "что"
            | "это"
            | "я"
            | "он"
            | "бар"
            | "бе"
            | "ба"
            | "ма"
            | "ме"
            | "мен"
            | "және"
            | "керек"
            | "үшін"
            | "келеді"
            | "келед"
    )
}

fn push(table: Option<&mut HashMap<Box<str>, Vec<ConceptId>>>, stem: Box<str>, concept: ConceptId) {
    if let Some(table) = table {
        let concepts = table.entry(stem).or_default();
        if !concepts.contains(&concept) {
            concepts.push(concept);
        }
    }
}

fn extend(found: &mut Vec<ConceptId>, concepts: &[ConceptId]) {
    for concept in concepts {
        if !found.contains(concept) {
            found.push(*concept);
        }
    }
}

/// Languages written in the script of a word, as places in [`Language::ALL`].
fn languages_of(folded: &str) -> [usize; 2] {
    if folded.chars().any(is_cyrillic) { [2, 3] } else { [0, 1] }
}

/// Stems of a token in the two languages of its script.
fn stems_of(token: &Token) -> [String; 2] {
    if !token.is_word() {
        return [token.folded.clone(), token.folded.clone()];
    }
    languages_of(&token.folded).map(|language| {
        Language::ALL.get(language).map_or_else(|| plain(&token.folded), |spoken| stem_folded(&token.folded, *spoken))
    })
}

/// The token after a phrase that begins here; a hyphen may stand between its words.
fn matches_at(phrase: &Phrase, tokens: &[Token], stems: &[[String; 2]], index: usize) -> Option<usize> {
    let mut at = index;
    for (place, wanted) in phrase.stems.iter().enumerate() {
        if place > 0 && tokens.get(at).is_some_and(|token| matches!(token.text.as_str(), "-" | "'" | "’")) {
            at += 1;
        }
        let token = tokens.get(at)?;
        let slot = languages_of(&token.folded).iter().position(|language| *language == phrase.language);
        let number = token.is_number() && token.text == **wanted;
        let said = slot.and_then(|slot| stems.get(at)?.get(slot));
        if !(number || said.is_some_and(|said| **said == **wanted)) {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Latin spellings of Cyrillic made one.
fn loose(word: &str) -> String {
    word.replace("kh", "h")
        .replace("gh", "g")
        .replace("zh", "j")
        .replace('x', "h")
        .replace('q', "k")
        .replace('y', "i")
        .replace("ii", "i")
}

#[cfg(test)]
#[path = "lexicon/tests.rs"]
mod tests;
