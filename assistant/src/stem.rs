//! Stems of words in the four languages: snowball for three of them, our own suffix stripper for Kazakh.

use domain::language::Language;
use domain::text::{fold, is_cyrillic};
use std::cell::RefCell;
use tantivy::tokenizer::{Language as Snowball, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

/// The stem of one word, folded; Kazakh letters written plainly (қ as к), as many customers type.
#[must_use]
pub fn stem(word: &str, language: Language) -> String {
    let folded = fold(word);
    stem_folded(&folded, language)
}

/// The distinct stems of a word whose language is unknown: those of the languages written in its script.
#[must_use]
pub fn stem_any(word: &str) -> Vec<String> {
    let folded = fold(word);
    let languages =
        if folded.chars().any(is_cyrillic) { [Language::Ru, Language::Kk] } else { [Language::En, Language::Es] };
    let mut stems = Vec::with_capacity(2);
    for language in languages {
        let stem = stem_folded(&folded, language);
        if !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

pub(crate) fn stem_folded(folded: &str, language: Language) -> String {
    if !folded.is_ascii() && language != Language::Ru && language != Language::Kk {
        return folded.to_owned();
    }
    match language {
        Language::En => snowball(Snowball::English, folded),
        Language::Es => spanish(folded),
        Language::Ru => russian(&plain(folded)),
        Language::Kk => kazakh(&plain(folded)),
    }
}

/// Snowball cuts accented endings ("-ción") which folding has made plain, so both numbers are brought together first.
fn spanish(folded: &str) -> String {
    let single = match folded.strip_suffix("ciones").or_else(|| folded.strip_suffix("cion")) {
        Some(stem) if stem.len() >= 3 => return format!("{stem}cion"),
        _ => folded,
    };
    // Plurals first: snowball takes "-ea" and "-eas" for different endings.
    let single = single.strip_suffix('s').filter(|stem| stem.len() >= 4).unwrap_or(single);
    let stem = snowball(Snowball::Spanish, single);
    // "pez" and "peces", "luz" and "luces".
    stem.strip_suffix('c').map_or(stem.clone(), |stem| format!("{stem}z"))
}

/// Snowball takes the end of "тюльпан" and "диваны" for that of a participle, but not that of "тюльпанов".
fn russian(folded: &str) -> String {
    let mut stem = snowball(Snowball::Russian, folded);
    let cut = folded.strip_prefix(stem.as_str()).is_some_and(|rest| rest.starts_with('н'));
    if cut && stem.ends_with(['а', 'я']) {
        stem.push('н');
    }
    stem
}

/// Kazakh letters as people without a Kazakh keyboard write them.
#[must_use]
pub fn plain(folded: &str) -> String {
    folded
        .chars()
        .map(|letter| match letter {
            'ә' => 'а',
            'ғ' => 'г',
            'қ' => 'к',
            'ң' => 'н',
            'ө' => 'о',
            'ұ' | 'ү' => 'у',
            'і' => 'и',
            'һ' => 'х',
            other => other,
        })
        .collect()
}

thread_local! {
    static ANALYZERS: RefCell<[TextAnalyzer; 3]> = RefCell::new([Snowball::English, Snowball::Spanish, Snowball::Russian]
        .map(|language| TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build()));
}

fn snowball(language: Snowball, word: &str) -> String {
    let index = match language {
        Snowball::English => 0,
        Snowball::Spanish => 1,
        _ => 2,
    };
    ANALYZERS.with_borrow_mut(|analyzers| {
        let Some(analyzer) = analyzers.get_mut(index) else {
            return word.to_owned();
        };
        let mut stream = analyzer.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    })
}

/// Case, number, possession and the common endings of verbs, in plain letters, longest first.
const KAZAKH_LAYERS: [&[&str]; 4] = [
    // Predicate and verb endings.
    &[
        "гыниз",
        "ыныздар",
        "иниздер",
        "ыныз",
        "иниз",
        "уыма",
        "уиме",
        "аймын",
        "еймин",
        "амын",
        "емин",
        "айын",
        "ейин",
        "гым",
        "гим",
        "ады",
        "еди",
        "йды",
        "йди",
        "айык",
        "ейик",
        "асыз",
        "есиз",
        "йсыз",
        "йсиз",
    ],
    // Cases.
    &[
        "дагы", "деги", "тагы", "теги", "нын", "нин", "дын", "дин", "тын", "тин", "дан", "ден", "тан", "тен", "нан",
        "нен", "мен", "бен", "пен", "га", "ге", "ка", "ке", "на", "не", "да", "де", "та", "те", "нда", "нде", "ны",
        "ни", "ды", "ди", "ты", "ти",
    ],
    // Possession.
    &["лары", "лери", "дары", "дери", "тары", "тери", "ымыз", "имиз", "ым", "им", "ын", "ин", "сы", "си", "ы", "и"],
    // Number and "for".
    &["лар", "лер", "дар", "дер", "тар", "тер", "лик", "лык", "дик", "дык"],
];

fn kazakh(word: &str) -> String {
    kazakh_layers(word).pop().unwrap_or_else(|| word.to_owned())
}

/// The word in plain letters with no, one, two… layers of endings cut: endings may also be a part of the word.
pub(crate) fn kazakh_layers(word: &str) -> Vec<String> {
    let mut layers = vec![word.to_owned()];
    let mut stem = word;
    for layer in KAZAKH_LAYERS {
        let cut = layer
            .iter()
            .filter_map(|suffix| stem.strip_suffix(suffix).map(|rest| (rest, suffix.len())))
            .filter(|(rest, _)| rest.chars().count() >= 3)
            .max_by_key(|(_, length)| *length);
        if let Some((rest, _)) = cut {
            stem = rest;
            // "тырнак" softens to "тырнаг-", "кап" to "каб-".
            let hard = match stem.chars().last() {
                Some('г') => Some('к'),
                Some('б') => Some('п'),
                _ => None,
            };
            layers.push(match hard {
                Some(hard) => {
                    let mut hardened = stem.to_owned();
                    hardened.pop();
                    hardened.push(hard);
                    hardened
                }
                None => stem.to_owned(),
            });
        }
    }
    layers
}

/// Forms of a dictionary word that its stemmer does not bring together: fleeting vowels and odd endings of Russian
/// nouns, English "-ves".
pub(crate) fn odd_forms(folded: &str, language: Language) -> Vec<String> {
    let with =
        |stem: &str, endings: &[&str]| endings.iter().map(|ending| format!("{stem}{ending}")).collect::<Vec<_>>();
    match language {
        Language::En => {
            let stem = folded.strip_suffix("fe").or_else(|| folded.strip_suffix('f')).filter(|stem| stem.len() >= 3);
            stem.map(|stem| with(stem, &["ves"])).unwrap_or_default()
        }
        Language::Kk => Vec::new(),
        Language::Es => match folded.strip_suffix('o') {
            Some(stem) if stem.len() >= 3 => with(stem, &["a", "os", "as"]),
            _ if folded.ends_with(['a', 'e', 'i', 'u']) => with(folded, &["s"]),
            _ if folded.len() >= 3 => with(folded, &["es", "a", "as"]),
            _ => Vec::new(),
        },
        Language::Ru => {
            let mut forms = Vec::new();
            if let Some(stem) = folded.strip_suffix("ка") {
                forms.extend(with(stem, &["ок", "ек", "ке", "ки", "ку", "кой", "ками"]));
            }
            if let Some(stem) =
                folded.strip_suffix("ок").or_else(|| folded.strip_suffix("ек")).filter(|stem| stem.chars().count() >= 3)
            {
                forms.extend(with(stem, &["ка", "ки", "ков", "ку", "ком", "ками"]));
            }
            if let Some(stem) = folded.strip_suffix("ец").filter(|stem| stem.chars().count() >= 3) {
                forms.extend(with(stem, &["ца", "цы", "цов", "цу", "цем", "цами"]));
            }
            let (stem, endings): (&str, &[&str]) = if let Some(stem) = folded.strip_suffix('а') {
                (stem, &["", "ы", "и", "е", "у", "ой", "ам", "ами", "ах"])
            } else if let Some(stem) = folded.strip_suffix('я') {
                (stem, &["и", "е", "ю", "ей", "ям", "ями", "й"])
            } else if let Some(stem) = folded.strip_suffix('ь') {
                (stem, &["и", "я", "ю", "ью", "ем", "ей", "ям", "ями"])
            } else if let Some(stem) = folded.strip_suffix('о') {
                (stem, &["а", "у", "ом", "е", ""])
            } else if let Some(stem) = folded.strip_suffix("ие") {
                (stem, &["ия", "ию", "ием", "ий"])
            } else if folded.ends_with(['ы', 'и', 'е', 'у', 'э', 'ю', 'й']) {
                (folded, &[])
            } else {
                (folded, &["а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах"])
            };
            if stem.chars().count() >= 3 {
                forms.extend(with(stem, endings));
            }
            forms
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (language, forms) in [
            (Language::En, vec!["rose", "roses", "Roses"]),
            (Language::En, vec!["lesson", "lessons"]),
            (Language::En, vec!["booking", "booked", "book"]),
            (Language::Es, vec!["rosa", "rosas"]),
            (Language::Es, vec!["devolución", "devoluciones", "devolucion"]),
            (Language::Es, vec!["orquídea", "orquideas"]),
            (Language::Es, vec!["flor", "flores"]),
            (Language::Es, vec!["pez", "peces"]),
            (Language::Ru, vec!["букет", "букеты", "букетов", "букетами"]),
            (Language::Ru, vec!["стрижка", "стрижку", "стрижки"]),
            (Language::Ru, vec!["тюльпан", "тюльпаны", "тюльпанов"]),
            (Language::Kk, vec!["гүл", "гүлдер", "гүлдерді", "гүлдің", "гул"]),
            (Language::Kk, vec!["тырнақ", "тырнағы", "тырнаққа"]),
            (Language::Kk, vec!["маникюр", "маникюрге", "маникюрдің", "маникюрлер"]),
            (Language::Kk, vec!["сабақ", "сабағы", "сабағын", "сабаққа"]),
            (Language::Kk, vec!["раушан", "раушандар", "раушанның"]),
        ] {
            let stems: Vec<String> = forms.iter().map(|form| stem(form, language)).collect();
            assert!(stems.windows(2).all(|pair| pair[0] == pair[1]), "{forms:?} {stems:?}");
        }
    }

    #[test]
    fn other_words_keep_other_stems() {
        assert_ne!(stem("rosa", Language::Es), stem("ropa", Language::Es));
        assert_ne!(stem("роза", Language::Ru), stem("рожа", Language::Ru));
        assert_ne!(stem("шаш", Language::Kk), stem("қас", Language::Kk));
    }

    #[test]
    fn an_unknown_language_gives_the_stems_of_its_script() {
        assert!(stem_any("розами").contains(&stem("роза", Language::Ru)));
        assert!(stem_any("гүлдер").contains(&stem("гүл", Language::Kk)));
        assert!(stem_any("rosas").contains(&stem("rosa", Language::Es)));
        assert!(stem_any("roses").contains(&stem("rose", Language::En)));
    }
}
