//! Mentions: the words of a line that name items, with their amounts.

mod choice;

use super::super::numbers::{Dimension, NumberKind};
use super::super::{Amounts, Count, Mention};
use super::Context;
use super::marks::{Mark, Marked};
use crate::retrieve::{Found, QueryWord, is_function_word, size_letter};
use crate::turn::Pending;
use choice::{by_number, by_unit, with_packs};
use domain::text::{TokenKind, skeleton, tokens};

/// A mention and where it stands.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) mention: Mention,
    /// First token.
    pub(crate) start: usize,
    /// The token after the last one.
    pub(crate) end: usize,
    pub(crate) sentence: usize,
    /// Rows that the words may mean.
    pub(crate) found: bool,
    /// Whether only descriptions have the words, no name.
    pub(crate) described: bool,
    /// Whether it stands in a list with the mention before it.
    pub(crate) listed: bool,
    /// Tokens whose turn of phrase is void because they belong to the name.
    pub(crate) named: Vec<usize>,
}

/// A run of words between marks, commas and conjunctions.
#[derive(Debug, Default, Clone)]
struct Chunk {
    words: Vec<usize>,
    start: usize,
    end: usize,
    sentence: usize,
    /// Whether only a comma or a conjunction stands before it.
    continues: bool,
    /// Whether that is a conjunction.
    listed: bool,
}

/// Rows that one mention may point at; a question that names more is asked with the first of them.
const MAX_CANDIDATES: usize = 24;

/// Conjunctions between items.
const AND: &[&str] = &[
    "and",
    "y",
    "e",
    "и",
    "да",
    "және",
    "plus",
    "with",
    "con",
    "пен",
    "бен",
    "or",
    "o",
    "или",
    "немесе",
    "но",
    "but",
    "pero",
    "а",
    "not",
    "не",
];

/// All mentions of a line in its order, and the amounts that belong to none, by sentence.
pub(crate) fn mentions(marked: &Marked<'_>, context: &Context<'_>) -> (Vec<Placed>, Vec<(usize, Amounts)>) {
    let chunks: Vec<Chunk> =
        chunks(marked).into_iter().flat_map(|chunk| split_counted(marked, context, chunk)).collect();
    let mut placed: Vec<Placed> = Vec::new();
    let mut loose: Vec<(usize, Amounts)> = Vec::new();
    let mut merged_before: Option<(Chunk, Found, Amounts)> = None;
    for chunk in chunks {
        let amounts = amounts(marked, context, &chunk);
        let query = query(marked, context, &chunk);
        if query.iter().all(|word| word.optional || is_function_word(&word.text)) && !has_names(context, &query) {
            // A bare number after an item is its amount ("the bouquet of fifty, one").
            if !amounts.is_empty() {
                match placed.last_mut() {
                    Some(last) if last.sentence == chunk.sentence && chunk.continues => {
                        join_amounts(&mut last.mention.amounts, amounts);
                        last.end = chunk.end;
                    }
                    _ => match loose.last_mut() {
                        Some((sentence, last)) if *sentence == chunk.sentence => join_amounts(last, amounts),
                        _ => loose.push((chunk.sentence, amounts)),
                    },
                }
            }
            continue;
        }
        let found = find(context, &query);
        // "One box, please": units alone count what is being talked about.
        let units_only = query
            .iter()
            .filter(|word| !word.optional && !is_function_word(&word.text))
            .all(|word| context.index.is_pack_word(&word.text));
        let last_here = placed.last_mut().filter(|last| last.sentence == chunk.sentence && last.found);
        if units_only
            && !amounts.is_empty()
            && let Some(last) = last_here
            && (chunk.continues || last.mention.amounts.counts.is_empty())
        {
            join_amounts(&mut last.mention.amounts, amounts);
            last.end = chunk.end;
            // "One of the herbal tea, 50 bags": the number may be part of a name.
            if last.mention.candidates.len() > 1 {
                let rows = context.index.rows_of(&last.mention.candidates);
                let rows = by_number(marked, context, rows, &mut last.mention.amounts);
                last.mention.candidates = rows
                    .iter()
                    .filter_map(|row| context.index.items().get(*row))
                    .map(|item| item.key.clone())
                    .collect();
            }
            continue;
        }
        let by_unit = found.level != 1 || found.named.len() < 2;
        if units_only
            && (found.best().is_empty() || (by_unit && !amounts.is_empty() && !named_by_name(context, &query, &found)))
        {
            let mut amounts = amounts;
            if amounts.is_empty() {
                amounts.counts.push(Count { value: 1, of_packs: true });
            }
            loose.push((chunk.sentence, amounts));
            continue;
        }
        // Parts of one name around a conjunction or a comma ("Lava y Sal") are one mention.
        if chunk.continues
            && let Some((before, before_found, before_amounts)) = &merged_before
            && before.sentence == chunk.sentence
            && (amounts.counts.is_empty() || placed.last().is_some_and(|last| last.mention.amounts.counts.is_empty()))
        {
            let mut joined = before.clone();
            joined.words.extend(&chunk.words);
            joined.end = chunk.end;
            let joined_query = self::query(marked, context, &joined);
            let joint = find(context, &joined_query);
            let one = joint.best();
            let shared = !one.is_empty()
                && joint.unknown.is_empty()
                && joint.named.len() >= 2
                && one.iter().all(|row| before_found.best().contains(row))
                && (found.best().is_empty() || one.iter().any(|row| found.best().contains(row)))
                && chunk_names(&joint, &joined, &chunk);
            if shared && let Some(last) = placed.last_mut() {
                let mut both = before_amounts.clone();
                join_amounts(&mut both, amounts);
                *last = place(marked, context, &joined, &joint, both.clone());
                merged_before = Some((joined, joint, both));
                continue;
            }
        }
        let mut next = place(marked, context, &chunk, &found, amounts.clone());
        // "The dog food and the one for cats": the thing is that of the mention before.
        if chunk.continues
            && next.mention.candidates.len() > 1
            && elliptical(marked, &chunk)
            && let Some(last) = placed.last().filter(|last| last.sentence == chunk.sentence)
            && let [before] = &last.mention.candidates[..]
            && let Some(same) = context.index.nearest_kin(before, &next.mention.candidates).cloned()
        {
            next.mention.candidates = vec![same];
        }
        placed.push(next);
        merged_before = Some((chunk, found, amounts));
    }
    (placed, loose)
}

/// "Two kumis one kurt": a number between two names begins another item.
fn split_counted(marked: &Marked<'_>, context: &Context<'_>, chunk: Chunk) -> Vec<Chunk> {
    let between = marked.numbers.iter().filter(|number| {
        number.kind == NumberKind::Cardinal && chunk.start < number.start_token && number.end_token < chunk.end
    });
    for number in between {
        let (before, behind): (Vec<usize>, Vec<usize>) =
            chunk.words.iter().partition(|word| **word < number.start_token);
        let part =
            |words: Vec<usize>, start: usize, end: usize| Chunk { words, start, end, listed: false, ..chunk.clone() };
        let left = part(before, chunk.start, number.start_token);
        let right = part(behind, number.start_token, chunk.end);
        let (first, second) =
            (find(context, &query(marked, context, &left)), find(context, &query(marked, context, &right)));
        let clear = |found: &Found| !found.named.is_empty() && found.unknown.is_empty() && found.level == 1;
        let one = first.best();
        if clear(&first) && clear(&second) && !second.best().iter().any(|row| one.contains(row)) {
            let mut parts = vec![left];
            parts.extend(split_counted(marked, context, right));
            return parts;
        }
    }
    vec![chunk]
}

/// "El de gato", "the one for cats", "the red one".
fn elliptical(marked: &Marked<'_>, chunk: &Chunk) -> bool {
    let word = |at: usize| marked.tokens.get(at).map_or("", |token| token.folded.as_str());
    let spanish = matches!(word(chunk.start), "el" | "la" | "los" | "las")
        && matches!(word(chunk.start + 1), "de" | "del" | "para");
    spanish || (chunk.start..chunk.end).any(|at| matches!(word(at), "one" | "ones"))
}

/// Whether a word stands in the name of one of the best rows, not only in its unit.
fn named_by_name(context: &Context<'_>, query: &[QueryWord], found: &Found) -> bool {
    let rows = found.best();
    query.iter().any(|word| {
        !word.optional
            && !is_function_word(&word.text)
            && !PIECES.contains(&word.text.as_str())
            && !counts_the_cart(context, &word.text)
            && context.index.names(&word.text, &rows)
    })
}

/// Whether a word is the unit of what is in the cart: "make it two dogs" for a dog's wash.
fn counts_the_cart(context: &Context<'_>, folded: &str) -> bool {
    let keys: Vec<String> = context.state.cart.lines.iter().map(|line| line.key.clone()).collect();
    context.index.rows_of(&keys).into_iter().any(|row| context.index.is_sold_by(row, folded))
}

/// Whether the joint match really uses a word of the second part.
fn chunk_names(joint: &Found, joined: &Chunk, part: &Chunk) -> bool {
    joint.named.iter().any(|position| joined.words.get(*position).is_some_and(|token| part.words.contains(token)))
}

fn join_amounts(into: &mut Amounts, from: Amounts) {
    into.counts.extend(from.counts);
    into.minutes = into.minutes.or(from.minutes);
    into.grams = into.grams.or(from.grams);
    into.millilitres = into.millilitres.or(from.millilitres);
}

fn place(marked: &Marked<'_>, context: &Context<'_>, chunk: &Chunk, found: &Found, mut amounts: Amounts) -> Placed {
    // Turns of phrase around the name are no part of it.
    let free: Vec<usize> = chunk
        .words
        .iter()
        .copied()
        .filter(|at| marked.marks[*at] == Mark::Free && !is_function_word(&marked.tokens[*at].folded))
        .collect();
    let spoken = if free.is_empty() { &chunk.words } else { &free };
    let words = match (spoken.first(), spoken.last()) {
        (Some(first), Some(last)) => marked.text[marked.tokens[*first].start..marked.tokens[*last].end].to_owned(),
        _ => String::new(),
    };
    let rows = by_number(marked, context, found.best(), &mut amounts);
    let rows = with_packs(marked, context, chunk, rows, &mut amounts);
    let rows = by_unit(marked, context, chunk, rows, &mut amounts);
    let named = found.named.iter().filter_map(|position| chunk.words.get(*position).copied()).collect();
    Placed {
        found: !rows.is_empty(),
        described: found.named.is_empty(),
        listed: chunk.listed,
        mention: Mention {
            words,
            amounts,
            candidates: rows
                .iter()
                .take(MAX_CANDIDATES)
                .filter_map(|row| context.index.items().get(*row))
                .map(|item| item.key.clone())
                .collect(),
            exact: found.exact,
            partial: !found.unknown.is_empty(),
        },
        start: chunk.start,
        end: chunk.end,
        sentence: chunk.sentence,
        named,
    }
}

fn query(marked: &Marked<'_>, context: &Context<'_>, chunk: &Chunk) -> Vec<QueryWord> {
    chunk
        .words
        .iter()
        .filter(|at| !follows_number(marked, **at) || !PIECES.contains(&marked.tokens[**at].folded.as_str()))
        .map(|at| QueryWord {
            text: size_letter(&marked.tokens, *at)
                .filter(|size| context.index.is_spelled_in_a_name(size))
                .map_or_else(|| marked.tokens[*at].folded.clone(), str::to_owned),
            optional: marked.marks[*at] == Mark::Soft || marked.tokens[*at].is_number() || is_ordinal(marked, *at),
            minor: chunk
                .words
                .iter()
                .any(|before| before < at && ["for", "para", "для"].contains(&marked.tokens[*before].folded.as_str())),
        })
        .collect()
}

fn next_word<'m>(marked: &'m Marked<'_>, at: usize) -> &'m str {
    marked.tokens.get(at).map_or("", |token| token.folded.as_str())
}

fn follows_number(marked: &Marked<'_>, at: usize) -> bool {
    marked.numbers.iter().any(|number| number.end_token == at && number.kind == NumberKind::Cardinal)
}

fn is_ordinal(marked: &Marked<'_>, at: usize) -> bool {
    marked
        .numbers
        .iter()
        .any(|number| number.kind == NumberKind::Ordinal && (number.start_token..number.end_token).contains(&at))
}

/// Whether soft words alone name something ("a photo session": "photo" is also a question).
fn has_names(context: &Context<'_>, query: &[QueryWord]) -> bool {
    let words: Vec<QueryWord> =
        query.iter().map(|word| QueryWord { text: word.text.clone(), optional: false, minor: word.minor }).collect();
    let meaningful: Vec<&QueryWord> = words.iter().filter(|word| !is_function_word(&word.text)).collect();
    meaningful.len() >= 2 && {
        let found = context.index.find(&words, None);
        found.unknown.is_empty() && found.named.len() >= 2 && found.level == 1
    }
}

/// Looks among the candidates of an open question first, then everywhere.
fn find(context: &Context<'_>, query: &[QueryWord]) -> Found {
    let everywhere = context.index.find(query, None);
    // "The big one" of several sizes names none of them, and nothing else either.
    if matches!(context.state.pending, Some(Pending::ChooseItem { .. }))
        && query.iter().all(|word| is_function_word(&word.text) || super::sentence::size_word(&word.text).is_some())
    {
        let rows = match &context.state.pending {
            Some(Pending::ChooseItem { candidates, .. }) => context.index.rows_of(candidates),
            _ => Vec::new(),
        };
        let among = context.index.find(query, Some(&rows));
        return if among.named.is_empty() { Found::default() } else { among };
    }
    if let Some(Pending::ChooseItem { candidates, .. }) = &context.state.pending {
        let rows = context.index.rows_of(candidates);
        let among = context.index.find(query, Some(&rows));
        let elsewhere = everywhere.best();
        // Another item that is meant more clearly wins over the candidates.
        let clearer = !elsewhere.is_empty()
            && !elsewhere.iter().any(|row| rows.contains(row))
            && everywhere.named.len() > among.named.len();
        if !among.named.is_empty() && !clearer {
            return among;
        }
        if elsewhere.is_empty()
            && let Some(row) = akin(context, query, &rows)
        {
            return Found { ranked: vec![(row, 1.0)], level: 1, exact: true, unknown: Vec::new(), named: vec![0] };
        }
    }
    everywhere
}

/// The one candidate whose name has a word of the same beginning ("спортивный", "sports").
fn akin(context: &Context<'_>, query: &[QueryWord], rows: &[usize]) -> Option<usize> {
    let begins_alike = |a: &str, b: &str| {
        let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        common >= 4 && common * 10 >= a.chars().count().min(b.chars().count()) * 7
    };
    let said: Vec<String> =
        query.iter().filter(|word| !is_function_word(&word.text)).map(|word| skeleton(&word.text)).collect();
    let mut fitting = rows.iter().copied().filter(|row| {
        context.index.items().get(*row).is_some_and(|item| {
            tokens(&item.name).iter().any(|token| said.iter().any(|word| begins_alike(word, &skeleton(&token.text))))
        })
    });
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

fn chunks(marked: &Marked<'_>) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = Vec::new();
    let mut current = Chunk::default();
    let mut open = false;
    let mut continues = false;
    let mut listed = false;
    let close = |current: &mut Chunk, open: &mut bool, chunks: &mut Vec<Chunk>| {
        if *open {
            chunks.push(std::mem::take(current));
            *open = false;
        }
    };
    let counted = |at: usize| {
        marked
            .numbers
            .iter()
            .filter(|number| number.kind != NumberKind::Ordinal)
            .any(|number| (number.start_token..number.end_token).contains(&at))
            || marked.measures.iter().any(|measure| (measure.start_token..measure.end_token).contains(&at))
            || marked.durations.iter().any(|duration| (duration.start_token..duration.end_token).contains(&at))
    };
    for (at, token) in marked.tokens.iter().enumerate() {
        let sentence = marked.sentences[at];
        if open && current.sentence != sentence {
            close(&mut current, &mut open, &mut chunks);
            continues = false;
        }
        let joins =
            token.kind == TokenKind::Punct && matches!(token.text.as_str(), "-" | "'" | "’" | "«" | "»" | "\"" | "%");
        if joins {
            continue;
        }
        // Kazakh "мен" between words is "and", at the beginning it is "I".
        let and = AND.contains(&token.folded.as_str()) || (token.folded == "мен" && open);
        let comma = token.kind == TokenKind::Punct || and;
        match marked.marks[at] {
            Mark::Taken | Mark::Phrase => {
                close(&mut current, &mut open, &mut chunks);
                continues = false;
                listed = false;
            }
            Mark::Money => {}
            Mark::Free | Mark::Soft if comma && !counted(at) => {
                let was_open = open;
                close(&mut current, &mut open, &mut chunks);
                continues = was_open || continues;
                listed = and && (was_open || listed);
            }
            Mark::Free | Mark::Soft if token.kind == TokenKind::Emoji => {}
            Mark::Free | Mark::Soft => {
                if !open {
                    current = Chunk { start: at, end: at + 1, sentence, continues, listed, words: Vec::new() };
                    open = true;
                    continues = false;
                    listed = false;
                }
                current.end = at + 1;
                if !counted(at) {
                    current.words.push(at);
                }
            }
        }
    }
    close(&mut current, &mut open, &mut chunks);
    chunks
}

fn amounts(marked: &Marked<'_>, context: &Context<'_>, chunk: &Chunk) -> Amounts {
    let within = |start: usize, end: usize| chunk.start <= start && end <= chunk.end;
    let mut amounts = Amounts::default();
    for measure in marked.measures.iter().filter(|measure| within(measure.start_token, measure.end_token)) {
        match measure.dimension {
            Dimension::Mass => amounts.grams = Some(measure.amount),
            Dimension::Volume => amounts.millilitres = Some(measure.amount),
            Dimension::Length => {}
        }
    }
    if let Some(duration) = marked.durations.iter().find(|one| within(one.start_token, one.end_token)) {
        amounts.minutes = Some(duration.minutes);
    }
    for number in marked.numbers.iter().filter(|number| within(number.start_token, number.end_token)) {
        let inside = |start: usize, end: usize| start <= number.start_token && number.end_token <= end;
        let measured = marked.measures.iter().any(|one| inside(one.start_token, one.end_token))
            || marked.durations.iter().any(|one| inside(one.start_token, one.end_token));
        // "25 cm" is a size, "5 %" a share.
        let next = marked.tokens.get(number.end_token);
        let sized = next.is_some_and(|next| {
            ["cm", "mm", "m", "см", "мм", "м", "%", "сантиметр", "сантиметров"].contains(&next.folded.as_str())
                // "My 7 year old", "сыну 5 лет" is an age.
                || ["year", "years", "yr", "yrs", "yo", "anos", "ano", "лет", "год", "года", "годика", "годик", "месяцев", "months", "meses", "жас", "жаста", "жасар", "айлық"]
                    .contains(&next.folded.as_str())
        });
        // "A2" is one word.
        let glued =
            number.start_token.checked_sub(1).and_then(|before| marked.tokens.get(before)).is_some_and(|before| {
                before.is_word()
                    && before.end == marked.tokens[number.start_token].start
                    && !matches!(before.folded.as_str(), "x" | "х")
            });
        // "Two of the second one": the last word counts nothing.
        let pronoun = next_word(marked, number.start_token) == "one"
            && number.start_token.checked_sub(1).is_some_and(|before| is_ordinal(marked, before));
        if number.kind != NumberKind::Cardinal || pronoun || measured || glued || sized || number.value < 0 {
            continue;
        }
        // "A pack of 6": what is in it is counted.
        let contained = number.start_token.checked_sub(2).is_some_and(|before| {
            let [container, of] = [&marked.tokens[before], &marked.tokens[before + 1]];
            ["of", "de", "из", "по"].contains(&of.folded.as_str())
                && container.is_word()
                && !PIECES.contains(&container.folded.as_str())
                && context.index.is_pack_word(&container.folded)
        });
        let of_packs = !contained
            && next.is_some_and(|next| {
                next.is_word()
                    && !PIECES.contains(&next.folded.as_str())
                    && (context.index.is_pack_word(&next.folded) || TIMES.contains(&next.folded.as_str()))
            })
            || multiplied(marked, number.start_token, number.end_token);
        amounts.counts.push(Count { value: number.value, of_packs });
    }
    amounts
}

/// Words that count single things, whatever they are packed in.
const PIECES: &[&str] = &[
    "шт",
    "штук",
    "штуки",
    "штука",
    "штуку",
    "pieces",
    "piece",
    "pcs",
    "unidades",
    "unidad",
    "дана",
    "данасы",
    "кусок",
    "куска",
    "кусков",
    "куски",
    "slices",
    "trozos",
    "pastillas",
    "листов",
    "листа",
];

/// Words that count sales.
const TIMES: &[&str] = &["x", "times", "veces", "раз", "раза", "рет", "units", "packs", "pack", "x"];

/// "x2", "2x", "×2".
fn multiplied(marked: &Marked<'_>, start: usize, end: usize) -> bool {
    let is_times =
        |at: usize| marked.tokens.get(at).is_some_and(|token| matches!(token.folded.as_str(), "x" | "×" | "х" | "*"));
    (start > 0 && is_times(start - 1)) || is_times(end)
}
