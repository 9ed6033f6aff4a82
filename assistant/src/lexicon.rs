//! A lexicon of concepts: what shops and services sell and what is said about it, in four languages. Words, never facts.

use domain::text::Token;
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

/// All concepts and the stems that lead to them.
#[derive(Debug, Default)]
pub struct Lexicon {}

impl Lexicon {
    /// The one lexicon of the program, read at first use.
    #[must_use]
    pub fn global() -> &'static Self {
        static LEXICON: OnceLock<Lexicon> = OnceLock::new();
        LEXICON.get_or_init(Self::default)
    }

    /// Concepts a single word may mean, in any of the languages and both scripts.
    #[must_use]
    pub fn concepts(&self, word: &str) -> Vec<ConceptId> {
        let _ = word;
        Vec::new()
    }

    /// Concepts in a text: entries of several words ("hair dye") first, single words else; in the order of the text.
    #[must_use]
    pub fn phrases(&self, tokens: &[Token]) -> Vec<PhraseMatch> {
        let _ = tokens;
        Vec::new()
    }

    /// The concept's English lemma, for traces.
    #[must_use]
    pub fn name(&self, concept: ConceptId) -> &str {
        let _ = concept;
        ""
    }
}
