//! How city names bend: Russian cases, Kazakh case suffixes, and both of them written in Latin letters.

use crate::text::{edit_distance_at_most, fold, is_cyrillic, latinize, skeleton};

/// [`fold`] with Kazakh letters as people without a Kazakh keyboard write them.
pub(super) fn plain(text: &str) -> String {
    fold(text)
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

/// Kazakh case suffixes in plain letters (dative, locative, ablative, genitive, accusative, instrumental, "of the place").
const KAZAKH: [&str; 42] = [
    "да", "де", "та", "те", "дан", "ден", "тан", "тен", "нан", "нен", "га", "ге", "ка", "ке", "на", "не", "нын", "нин",
    "дын", "дин", "тын", "тин", "ны", "ни", "ды", "ди", "ты", "ти", "мен", "бен", "пен", "дагы", "дегы", "деги",
    "тагы", "теги", "лык", "лик", "дык", "дик", "тык", "тик",
];

/// The same in Latin letters.
const KAZAKH_LATIN: [&str; 24] = [
    "da", "de", "ta", "te", "dan", "den", "tan", "ten", "ga", "ge", "ka", "ke", "gha", "ghe", "qa", "nyn", "nin",
    "dyn", "din", "dagy", "degi", "tagy", "men", "pen",
];

/// Endings of a Russian noun or adjective by the last letter of its dictionary form.
fn endings(last: &str) -> &'static [&'static str] {
    match last {
        "а" => &["ы", "и", "е", "у", "ой", "ою"],
        "я" => &["и", "ю", "е", "ей", "ею"],
        "ь" => &["и", "ью", "я", "ю", "ем", "е"],
        "й" => &["я", "ю", "ем", "е", "и"],
        "о" => &["а", "у", "е", "ом"],
        "ы" | "и" => &["", "ов", "ам", "ах", "ами", "ок", "ям", "ях", "ями", "ей"],
        "ий" | "ый" => &["ого", "его", "ому", "ему", "ом", "ем", "им", "ым"],
        "ая" => &["ой", "ую"],
        "яя" => &["ей", "юю"],
        "ое" | "ее" => &["ого", "его", "ому", "ему", "ом", "ем", "ым", "им"],
        // The vowel is lost: Череповец, Елец, Городок.
        "ец" => &["ца", "цу", "це", "цом", "цем"],
        // Елец, Ельца.
        "лец" => &["льца", "льцу", "льце", "льцом"],
        "ок" => &["ка", "ку", "ке", "ком", "ока", "оку", "оке", "оком"],
        "ые" | "ие" => &["ых", "их", "ым", "им", "ыми", "ими"],
        "" => &["а", "у", "е", "ом", "ы", "и"],
        _ => &[],
    }
}

/// One word of a city's name, ready for comparison.
#[derive(Debug, Clone)]
pub(super) struct NameWord {
    /// In plain letters.
    pub(super) plain: String,
    /// The same in Latin letters.
    latin: String,
    /// Without the ending that inflection replaces, with the endings that may replace it.
    stem: String,
    stem_latin: String,
    bends: &'static [&'static str],
    /// Adjectives ("Нижний") bend in a second way.
    cyrillic: bool,
}

impl NameWord {
    pub(super) fn new(word: &str) -> Self {
        let plain = plain(word);
        let cyrillic = plain.chars().any(is_cyrillic);
        let (stem, bends) = if cyrillic { split(&plain) } else { (plain.as_str(), endings("none")) };
        Self { latin: latinize(&plain), stem_latin: latinize(stem), stem: stem.to_owned(), bends, cyrillic, plain }
    }

    /// Whether a word (in plain letters) is this one in some form. Exact but for inflection and script.
    pub(super) fn matches(&self, said: &str) -> bool {
        if said == self.plain {
            return true;
        }
        let length = self.plain.chars().count();
        if length < 3 {
            return false;
        }
        let said_cyrillic = said.chars().next().is_some_and(is_cyrillic);
        if let Some(rest) = said.strip_prefix(self.plain.as_str()) {
            // Kazakh suffixes, also glued to a name in Latin letters.
            if KAZAKH.contains(&rest) || (!said_cyrillic && length >= 4 && KAZAKH_LATIN.contains(&rest)) {
                return true;
            }
        }
        if !self.cyrillic {
            return false;
        }
        if said_cyrillic {
            return said.strip_prefix(self.stem.as_str()).is_some_and(|rest| self.bends.contains(&rest));
        }
        if said == self.latin {
            return true;
        }
        if length < 5 {
            return false;
        }
        if said.strip_prefix(self.latin.as_str()).is_some_and(|rest| KAZAKH_LATIN.contains(&rest)) {
            return true;
        }
        said.strip_prefix(self.stem_latin.as_str())
            .is_some_and(|rest| !rest.is_empty() && self.bends.iter().any(|ending| latinize(ending) == rest))
    }
}

fn split(plain: &str) -> (&str, &'static [&'static str]) {
    for ending in ["ий", "ый", "ая", "яя", "ое", "ее", "ые", "ие", "лец", "ец", "ок"] {
        if let Some(stem) = plain.strip_suffix(ending)
            && (stem.chars().count() >= 3 || ending == "лец" && !stem.is_empty())
        {
            return (stem, endings(ending));
        }
    }
    for ending in ["а", "я", "ь", "й", "о", "ы", "и"] {
        if let Some(stem) = plain.strip_suffix(ending) {
            return (stem, endings(ending));
        }
    }
    match plain.chars().last() {
        Some('е' | 'у' | 'ю' | 'э') | None => (plain, endings("none")),
        Some(_) => (plain, endings("")),
    }
}

/// Forms that a said word may be bent from, in plain letters, the word itself first.
pub(super) fn unbent(said: &str) -> Vec<String> {
    let mut forms = vec![said.to_owned()];
    if !said.chars().any(is_cyrillic) {
        for suffix in KAZAKH_LATIN {
            push_stripped(&mut forms, said, suffix);
        }
        return forms;
    }
    for suffix in KAZAKH {
        push_stripped(&mut forms, said, suffix);
    }
    for suffix in ["ами", "ями", "ого", "его", "ому", "ему", "ой", "ей", "ью", "ом", "ем", "ам", "ах", "ях", "ов", "ую"]
    {
        push_stripped(&mut forms, said, suffix);
    }
    for suffix in ["ы", "и", "е", "у", "а", "ю", "я", "о", "ь", "й"] {
        push_stripped(&mut forms, said, suffix);
    }
    forms
}

fn push_stripped(forms: &mut Vec<String>, said: &str, suffix: &str) {
    if let Some(stem) = said.strip_suffix(suffix)
        && stem.chars().count() >= 3
    {
        forms.push(stem.to_owned());
    }
}

/// How many typing errors a word of this length may have.
const fn tolerance(length: usize) -> usize {
    match length {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    }
}

/// Whether two names sound alike across scripts, the said one bent or not. For towns that no gazetteer knows.
pub(super) fn sounds_like(said: &str, name: &str) -> bool {
    let bare = |sound: String| sound.trim_end_matches(['a', 'e', 'i', 'o', 'u']).to_owned();
    let whole = skeleton(name);
    let wanted = bare(whole.clone());
    if wanted.chars().count() < 3 {
        return skeleton(said) == whole;
    }
    let cross = said.chars().any(is_cyrillic) != name.chars().any(is_cyrillic);
    unbent(&plain(said)).iter().any(|form| {
        let sound = skeleton(form);
        if sound == whole {
            return true;
        }
        let bent = bare(sound.clone());
        // Within one script a lost vowel is another word ("Roma" and "Rome" stand in the gazetteer).
        let limit = if cross { tolerance(wanted.chars().count()) } else { 0 };
        cross
            && (edit_distance_at_most(&bent, &wanted, limit).is_some()
                || edit_distance_at_most(&sound, &whole, tolerance(whole.chars().count())).is_some())
    })
}

/// Whether a name is this one with a typing error.
pub(super) fn mistyped(said: &str, name: &str) -> bool {
    let name = plain(name);
    let limit = match name.chars().count() {
        0..=4 => 0,
        5..=7 => 1,
        _ => 2,
    };
    let first = name.chars().next();
    unbent(&plain(said)).iter().any(|form| {
        form.chars().next() == first
            && form.chars().count() + 1 >= name.chars().count()
            && edit_distance_at_most(form, &name, limit).is_some()
    })
}
