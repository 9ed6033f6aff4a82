//! Which turns of phrase of a line stand once its names and negations are known.

use super::super::cue::Cue;
use super::marks::Marked;
use super::mentions::Placed;

/// Words that turn a confirmation into none: "I don't confirm", "I'll confirm later".
const NEGATIONS: &[&str] = &["not", "don", "no", "не", "нет", "жоқ", "never", "nunca", "still", "can"];
const LATER: &[&str] =
    &["later", "tomorrow", "luego", "despues", "mas", "позже", "потом", "кейін", "кейинирек", "кейінірек"];

/// Whether a line says something that only an order needs: then a bare item beside it is wanted, not asked about.
pub(crate) fn commits(marked: &Marked<'_>) -> bool {
    marked.cues.iter().any(|cue| cue.cue == Cue::Confirm && !is_negated(marked, cue.start_token, cue.end_token))
        || marked.name.is_some()
        || !marked.phones.is_empty()
        || !marked.dates.is_empty()
        || !marked.times.is_empty()
        || !marked.cities.is_empty()
}

/// Cues that stand, with the token where each begins.
pub(super) struct Heard {
    pub(super) cues: Vec<(Cue, usize)>,
}

impl Heard {
    pub(super) fn new(marked: &Marked<'_>, placed: &[Placed]) -> Self {
        let named: Vec<usize> = placed.iter().flat_map(|one| one.named.iter().copied()).collect();
        let cues = marked
            .cues
            .iter()
            .filter(|cue| {
                // All words of the phrase belong to an item's name: it is no phrase.
                let in_name = (cue.start_token..cue.end_token).any(|token| named.contains(&token));
                !(cue.cue.yields_to_names() && in_name)
            })
            .filter(|cue| cue.cue != Cue::Confirm || !is_negated(marked, cue.start_token, cue.end_token))
            .filter(|cue| cue.cue != Cue::Yes || agrees(marked, cue.start_token, cue.end_token))
            .map(|cue| (cue.cue, cue.start_token))
            .collect();
        Self { cues }
    }
}

fn is_negated(marked: &Marked<'_>, start: usize, end: usize) -> bool {
    let before = start.checked_sub(1).map(|at| &marked.tokens[at]);
    let before_that = start.checked_sub(2).map(|at| &marked.tokens[at]);
    let denied = before.is_some_and(|token| NEGATIONS.contains(&token.folded.as_str()) && token.folded != "can")
        || (before.is_some_and(|token| token.folded == "t") && before_that.is_some_and(|token| token.text == "'"));
    let later = marked.tokens.iter().skip(end).take(2).any(|token| LATER.contains(&token.folded.as_str()));
    denied || later
}

/// Whether a word of agreement agrees: "ok" beside a question only takes note of what was said, "right?" asks, and "pero
/// si…" begins a condition.
fn agrees(marked: &Marked<'_>, start: usize, end: usize) -> bool {
    const PLAIN: &[&str] = &["yes", "yeah", "yep", "yup", "si", "да", "ага", "иа", "ия"];
    const POLITE: &[&str] = &["please", "pls", "por", "пожалуйста", "otinemin", "отинемин"];
    let word = |at: Option<usize>| at.and_then(|at| marked.tokens.get(at));
    let before = word(start.checked_sub(1));
    let token = &marked.tokens[start];
    if token.text.eq_ignore_ascii_case("si") && before.is_some_and(|before| before.is_word() && before.folded != "que")
    {
        return false;
    }
    let sentence = marked.sentences[start];
    let asks = (0..marked.sentence_count()).any(|other| marked.is_question(other));
    if !asks {
        return true;
    }
    let folded: Vec<String> = PLAIN.iter().map(|plain| domain::text::fold(plain)).collect();
    let opens = start == 0 || before.is_some_and(|before| !before.is_word());
    let pauses = word(Some(end)).is_none_or(|next| !next.is_word() || POLITE.contains(&next.folded.as_str()));
    // "Yes?" asks too.
    let alone = marked.is_question(sentence) && word(Some(end)).is_some_and(|next| next.text == "?");
    folded.contains(&token.folded) && opens && pauses && !alone
}
