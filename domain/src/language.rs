//! The four languages the program speaks, and which one a message is written in (R89).

mod detection;

pub use detection::{detect, detect_beside_names, lean};
use serde::{Deserialize, Serialize};

/// A language in which the program answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English
    En,
    /// Spanish
    Es,
    /// Russian
    Ru,
    /// Kazakh (Cyrillic)
    Kk,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::En, Self::Es, Self::Ru, Self::Kk];

    /// The ISO 639-1 code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
            Self::Ru => "ru",
            Self::Kk => "kk",
        }
    }

    /// Reads an ISO 639-1 code, a locale (`es-ES`) included.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == primary)
    }
}
