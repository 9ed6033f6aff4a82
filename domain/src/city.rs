//! Cities compared without case, accents, script, inflection or exonym (R105–R107).
//!
//! A gazetteer knows the other names of cities; towns that it does not know are compared by transliteration and
//! inflection, so that any catalogue works.

mod context;
mod gazetteer;
mod inflection;

use crate::text::{Token, tokens};
use context::{introduces_person, is_also_a_word, is_city_word, is_greeting, joins_places, leads};
use gazetteer::{Gazetteer, words_of};
use inflection::{NameWord, mistyped, plain, sounds_like};

/// A city named in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CityMention {
    /// As written.
    pub said: String,
    /// As the catalogue spells it; `None` when the city is known but not among the served ones.
    pub spelled: Option<String>,
    /// First byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

/// Whether two words name one city, in any case, accents, script, inflection or exonym.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    let (left, right) = (bare(a), bare(b));
    if left.is_empty() || right.is_empty() {
        return false;
    }
    if plain(&left) == plain(&right) {
        return true;
    }
    let (known_left, known_right) = (Gazetteer::global().cities(&left), Gazetteer::global().cities(&right));
    if !known_left.is_empty() && !known_right.is_empty() {
        return known_left.iter().any(|city| known_right.contains(city));
    }
    bends_to(&left, &right) || bends_to(&right, &left) || sounds_like(&left, &right) || sounds_like(&right, &left)
}

/// The spelling among `spelled` of the city that was said; the nearest one when there is a typing error.
#[must_use]
pub fn resolve<'a>(said: &str, spelled: &'a [String]) -> Option<&'a str> {
    let said = bare(said);
    if said.is_empty() {
        return None;
    }
    let exact = spelled.iter().find(|city| plain(city) == plain(&said));
    let alike = || spelled.iter().find(|city| same(&said, city));
    let typed = || {
        // A name that is a city of its own is not a typing error of another one.
        let known = !Gazetteer::global().cities(&said).is_empty();
        let mut near = spelled.iter().filter(|city| !known && mistyped(&said, city));
        near.next().filter(|_| near.next().is_none())
    };
    exact.or_else(alike).or_else(|| by_short_name(&said, spelled)).or_else(typed).map(String::as_str)
}

/// "Newcastle" for "Newcastle upon Tyne", "Castellón" for "Castellón de la Plana": the one served city that begins with
/// what was said and goes on with a preposition.
fn by_short_name<'a>(said: &str, spelled: &'a [String]) -> Option<&'a String> {
    let said: Vec<String> = words_of(said).map(plain).collect();
    let mut fitting = spelled.iter().filter(|city| {
        let name: Vec<NameWord> = words_of(city).map(NameWord::new).collect();
        short_length(&name, &said) == Some(said.len())
    });
    fitting.next().filter(|_| fitting.next().is_none())
}

/// How many of the words are the beginning of a longer name that goes on with a preposition.
fn short_length<W: AsRef<str>>(name: &[NameWord], words: &[W]) -> Option<usize> {
    const BETWEEN: [&str; 12] = ["upon", "on", "de", "del", "am", "an", "sur", "under", "le", "na", "by", "на"];
    let length = name.iter().position(|word| BETWEEN.contains(&word.plain.as_str()))?;
    let fits = length > 0
        && length <= words.len()
        && name.iter().zip(words).take(length).all(|(word, said)| word.matches(said.as_ref()));
    // "Las" or "San" alone is no name.
    (fits && words.iter().take(length).any(|word| word.as_ref().chars().count() > 3)).then_some(length)
}

/// A known city as it is called in the dictionary: "Астане" is "Астана". `None` for what no gazetteer knows.
#[must_use]
pub fn dictionary_form(said: &str) -> Option<&'static str> {
    let said = bare(said);
    let words: Vec<String> = words_of(&said).map(plain).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Gazetteer::global().name_of(&words)
}

/// Whether a word is the name of a known city and hardly anything else: "Madrid", but not "Sofia", "Nice" or "Владимир".
#[must_use]
pub fn is_known(said: &str) -> bool {
    let said = bare(said);
    !is_also_a_word(&plain(&said)) && !Gazetteer::global().cities(&said).is_empty()
}

/// Whether the gazetteer has a city of this name, whatever else the word may mean.
#[must_use]
pub fn is_listed(said: &str) -> bool {
    !Gazetteer::global().cities(&bare(said)).is_empty()
}

fn bends_to(said: &str, name: &str) -> bool {
    let name: Vec<NameWord> = words_of(name).map(NameWord::new).collect();
    let said: Vec<String> = words_of(said).map(plain).collect();
    name.len() == said.len() && name.iter().zip(&said).all(|(word, said)| word.matches(said))
}

/// The name without a preposition before it or the word for a city around it.
fn bare(said: &str) -> String {
    let mut words: Vec<&str> = words_of(said).collect();
    if !Gazetteer::global().cities(said).is_empty() {
        return words.join(" ");
    }
    while words.len() > 1 && words.first().is_some_and(|word| leads(&plain(word)) || is_city_word(&plain(word))) {
        // "La Laguna", "El Ejido" and "A Coruña" begin with what elsewhere is a preposition.
        if Gazetteer::global().cities(&words.join(" ")).is_empty() {
            words.remove(0);
        } else {
            break;
        }
    }
    while words.len() > 1
        && words.last().is_some_and(|word| is_city_word(&plain(word)) || SUFFIXES_APART.contains(&plain(word).as_str()))
    {
        words.pop();
    }
    words.join(" ")
}

/// Kazakh suffixes that stand behind a hyphen ("Valencia-ға").
const SUFFIXES_APART: [&str; 14] =
    ["га", "ге", "ка", "ке", "да", "де", "та", "те", "дан", "ден", "нын", "ning", "ga", "da"];

struct Said<'t> {
    token: &'t Token,
    plain: String,
}

/// Cities named in a text, in its order: served ones in any form, and known ones that are not served.
///
/// A city that is not served counts only where a place is meant: after a preposition, with a Kazakh case suffix, or
/// alone in its clause; "a Paris-Brest" or "Philadelphia rolls" are not places.
#[must_use]
pub fn mentions(text: &str, spelled: &[String]) -> Vec<CityMention> {
    let tokens = tokens(text);
    let all: Vec<Said<'_>> = tokens.iter().map(|token| Said { token, plain: plain(&token.text) }).collect();
    let served: Vec<(usize, Vec<NameWord>, Vec<usize>)> = spelled
        .iter()
        .enumerate()
        .map(|(index, city)| (index, words_of(city).map(NameWord::new).collect(), Gazetteer::global().cities(city)))
        .collect();
    let mut found = Vec::new();
    let mut previous: Option<usize> = None;
    let mut at = 0;
    while at < all.len() {
        let run = run_from(&all, at, text);
        match city_at(&all, at, &run, &served) {
            Some((length, served_index)) => {
                let last = run.get(length - 1).copied().unwrap_or(at);
                let mention = Place { all: &all, first: at, last, served: served_index.is_some() };
                let listed = previous.is_some_and(|last| {
                    at == last + 2 && all.get(last + 1).is_some_and(|between| joins_places(&between.plain))
                });
                if (listed || mention.is_meant())
                    && let (Some(first), Some(end)) = (all.get(at), all.get(last))
                {
                    previous = Some(last);
                    let (start, end) = (first.token.start, end.token.end);
                    found.push(CityMention {
                        said: text.get(start..end).unwrap_or_default().to_owned(),
                        spelled: served_index.and_then(|index| spelled.get(index)).cloned(),
                        start,
                        end,
                    });
                }
                at = last + 1;
            }
            None => at += 1,
        }
    }
    found
}

/// Up to six words from here that may be one name: parted by spaces, hyphens or apostrophes only.
fn run_from(all: &[Said<'_>], at: usize, text: &str) -> Vec<usize> {
    let mut run = Vec::new();
    let mut index = at;
    while let Some(said) = all.get(index) {
        if said.token.is_word() {
            run.push(index);
            if run.len() == 6 {
                break;
            }
        } else if run.is_empty() || !matches!(said.token.text.as_str(), "-" | "'" | "’" | "‑" | "–" | ".") {
            break;
        } else if matches!(said.token.text.as_str(), "–" | ".") {
            // "г. Алматы", "St. Petersburg"; but a full stop before a new sentence parts.
            let short = all.get(index - 1).is_some_and(|before| before.plain.chars().count() <= 2);
            if !short {
                break;
            }
        }
        let gap_has_newline = all
            .get(index + 1)
            .and_then(|next| text.get(said.token.end..next.token.start))
            .is_some_and(|gap| gap.contains('\n'));
        if gap_has_newline {
            break;
        }
        index += 1;
    }
    run
}

/// The city that begins here: how many words, and which served one, if any.
fn city_at(
    all: &[Said<'_>],
    at: usize,
    run: &[usize],
    served: &[(usize, Vec<NameWord>, Vec<usize>)],
) -> Option<(usize, Option<usize>)> {
    let words: Vec<&str> = run.iter().filter_map(|index| all.get(*index)).map(|said| said.plain.as_str()).collect();
    let first = *words.first()?;
    let mut best: Option<(usize, Option<usize>)> = None;
    // As the catalogue spells it, bent or not.
    for (index, name, _) in served {
        let length = name.len();
        let longer = best.is_none_or(|(longest, _)| length > longest);
        if length > 0
            && length <= words.len()
            && longer
            && name.iter().zip(&words).all(|(word, said)| word.matches(said))
        {
            best = Some((length, Some(*index)));
        }
    }
    // By another name.
    let (known, length) = Gazetteer::global().longest(&words);
    if length > 0 && best.is_none_or(|(longest, _)| length > longest) {
        let index = served.iter().find(|(_, _, cities)| cities.iter().any(|city| known.contains(city)));
        best = Some((length, index.map(|(index, _, _)| *index)));
    }
    // "Newcastle" for "Newcastle upon Tyne".
    if best.is_none_or(|(_, index)| index.is_none()) {
        let mut short =
            served.iter().filter_map(|(index, name, _)| short_length(name, &words).map(|length| (length, *index)));
        if let (Some((length, index)), None) = (short.next(), short.next()) {
            best = Some((length, Some(index)));
        }
    }
    if best.is_some() || first.chars().count() < 4 {
        return best;
    }
    // A served town that no gazetteer knows, in another script; or one with a typing error, after a preposition.
    let led = at > 0 && all.get(at - 1).is_some_and(|before| leads(&before.plain));
    for (index, name, _) in served {
        let length = name.len();
        if length == 0 || length > words.len() {
            continue;
        }
        let said = words.get(..length)?.join(" ");
        let spelled: Vec<&str> = name.iter().map(|word| word.plain.as_str()).collect();
        let spelled = spelled.join(" ");
        let long = spelled.chars().count() >= 5;
        let capital = all.get(at).is_some_and(|said| said.token.text.chars().next().is_some_and(char::is_uppercase));
        let cross = sounds_like(&said, &spelled) && said.chars().count() >= 5 && (led || capital || length > 1);
        let bent_cross = long && cross;
        if bent_cross || (led && long && mistyped(&said, &spelled)) || (led && sounds_like(&said, &spelled)) {
            return Some((length, Some(*index)));
        }
    }
    None
}

struct Place<'t> {
    all: &'t [Said<'t>],
    first: usize,
    last: usize,
    served: bool,
}

impl Place<'_> {
    fn word(&self, index: usize) -> &str {
        self.all.get(index).map_or("", |said| said.plain.as_str())
    }

    /// The word before, past an article or hyphen.
    fn before(&self) -> Option<&str> {
        (self.first > 0).then(|| self.word(self.first - 1))
    }

    fn is_meant(&self) -> bool {
        let said: Vec<&str> = (self.first..=self.last).map(|index| self.word(index)).collect();
        let ambiguous = is_also_a_word(&said.join(" "));
        if self.is_person() {
            return false;
        }
        let led = self.before().is_some_and(|word| leads(word) || is_city_word(word))
            || (self.before() == Some(".") && self.first > 1 && matches!(self.word(self.first - 2), "г" | "гор"))
            || is_city_word(self.word(self.last + 1));
        let capital =
            self.all.get(self.first).is_some_and(|said| said.token.text.chars().next().is_some_and(char::is_uppercase));
        if led {
            // "a bath towel" and "for reading" against "to nice" and "in Nice".
            let weak = self.before().is_some_and(|word| !matches!(word, "to" | "hasta" | "в" | "во" | "до"));
            let colour = matches!(said[..], ["orange"] | ["rosa"] | ["roses"] | ["rosas"]);
            // "Una caja a granada" ends with a place; "a bath" is English for something else.
            let spanish_end = self.before() == Some("a")
                && !self.all.get(self.last + 1).is_some_and(|next| next.token.is_word())
                && !matches!(said[..], ["bath" | "reading" | "split" | "cork" | "salt" | "nice"]);
            let led_to = matches!(self.before(), Some("in" | "en" | "para" | "hacia")) || spanish_end;
            let placed = self.served && led_to && !colour;
            return !(ambiguous && weak && !capital) || placed;
        }
        if self.served {
            let cyrillic = said.iter().all(|word| word.chars().all(crate::text::is_cyrillic));
            return !ambiguous || ((capital || cyrillic) && self.stands_alone());
        }
        if ambiguous {
            return false;
        }
        self.has_kazakh_place_suffix() || self.stands_alone()
    }

    /// Whether the name is a clause of its own ("Hola, París, ¿llegáis?").
    fn stands_alone(&self) -> bool {
        let parts = |index: usize| self.all.get(index).is_none_or(|said| !said.token.is_word());
        let hyphen = |index: usize| matches!(self.word(index), "-" | "'");
        let before = self.first == 0 || (parts(self.first - 1) && !hyphen(self.first - 1));
        before && parts(self.last + 1) && !hyphen(self.last + 1)
    }

    fn has_kazakh_place_suffix(&self) -> bool {
        let word = self.word(self.last);
        let known = Gazetteer::global().cities(word).is_empty();
        let suffix = ["га", "ге", "ка", "ке", "да", "де", "та", "те"]
            .iter()
            .any(|suffix| word.strip_suffix(suffix).is_some_and(|name| !Gazetteer::global().cities(name).is_empty()));
        suffix && !known
    }

    /// "Soy Paris", "my name is Sydney", "Marta Valencia, +34…": a person, not a place.
    fn is_person(&self) -> bool {
        // "At 10am Leeds" introduces nobody.
        let clock = matches!(self.before(), Some("am" | "m"))
            && self.first >= 2
            && self.all.get(self.first - 2).is_some_and(|said| said.token.is_number());
        if self.before().is_some_and(introduces_person) && !clock {
            // "Soy de Valencia" has a word between; "soy Valencia" has not.
            return true;
        }
        if self.first >= 2
            && matches!(self.before(), Some("is" | "es" | "-" | ":" | "'"))
            && introduces_person(self.word(self.first - 2))
        {
            return true;
        }
        // A capitalised word before and a phone behind: a surname.
        let Some(given) = self.first.checked_sub(1).and_then(|index| self.all.get(index)) else {
            return false;
        };
        let capital = given.token.is_word() && given.token.text.chars().next().is_some_and(char::is_uppercase);
        let opens = self.first == 1
            || self.first.checked_sub(2).is_some_and(|index| {
                !self.all.get(index).is_some_and(|said| said.token.is_word()) || introduces_person(self.word(index))
            });
        let mut next = self.last + 1;
        if matches!(self.word(next), "," | ":" | "-") {
            next += 1;
        }
        let phone = self.word(next) == "+"
            || self.all.get(next).is_some_and(|said| said.token.is_number() && said.plain.len() >= 7);
        capital && opens && phone && !leads(&given.plain) && !is_greeting(&given.plain)
    }
}

#[cfg(test)]
#[path = "city/tests.rs"]
mod tests;
