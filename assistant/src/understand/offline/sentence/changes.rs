//! What a sentence takes out of the cart or puts in place of something else.

use super::Sentence;
use crate::understand::cue::Cue;
use crate::understand::offline::Context;
use crate::understand::offline::mentions::Placed;
use crate::understand::{Act, Amounts, Mention};

impl Sentence<'_> {
    /// "Without the 3 kg bag", "remove the bag": the one line of the cart with that size or unit.
    pub(super) fn measured_line(&self, context: &Context<'_>, amounts: Option<&Amounts>) -> Option<Mention> {
        use domain::quantity::{InnerCount, Measure, inner_count};
        let words = self.words();
        let mut fitting: Vec<String> = Vec::new();
        for line in &context.state.cart.lines {
            let (Some(item), [row]) =
                (context.index.get(&line.key), &context.index.rows_of(std::slice::from_ref(&line.key))[..])
            else {
                continue;
            };
            let size = inner_count(&item.name, item.unit.as_deref()).map(InnerCount::base);
            let measured = amounts.and_then(|amounts| {
                amounts
                    .grams
                    .map(|grams| (grams, Measure::Gram))
                    .or(amounts.millilitres.map(|millilitres| (millilitres, Measure::Millilitre)))
            });
            let fits = match measured {
                Some(measured) => size == Some(measured),
                None => words.iter().any(|word| context.index.is_sold_by(*row, word)),
            };
            if fits {
                fitting.push(line.key.clone());
            }
        }
        (fitting.len() == 1).then(|| Mention {
            words: words.join(" "),
            candidates: fitting,
            exact: true,
            ..Mention::default()
        })
    }

    /// "Not rye": a mention right after a negation is left out.
    pub(super) fn denied(&self, context: &Context<'_>, mine: &mut Vec<Placed>, acts: &mut Vec<Act>) {
        if mine.len() < 2 {
            return;
        }
        let denied = mine.iter().position(|one| {
            let first = one.named.first().copied().unwrap_or(one.start);
            (one.start.saturating_sub(1)..first)
                .any(|at| ["not", "не", "no"].contains(&self.marked.tokens[at].folded.as_str()))
        });
        if let Some(at) = denied {
            let one = mine.remove(at);
            let ordered = one.mention.candidates.iter().any(|key| context.state.cart.quantity(key) > 0);
            // "For the face, not for the hands": one stands in place of the other.
            if ordered
                && let [other] = &mine[..]
                && !other.mention.candidates.is_empty()
            {
                acts.push(Act::Swap { from: Some(one.mention), to: other.mention.clone() });
                mine.clear();
                return;
            }
            acts.push(Act::Drop { mention: Some(one.mention) });
        }
    }

    /// Removals and exchanges; the mentions they use are taken out.
    pub(super) fn changes(&self, mine: &mut Vec<Placed>, acts: &mut Vec<Act>) {
        if let Some(at) = self.at(Cue::Instead) {
            let after = mine.iter().position(|one| one.start >= at);
            let (from, to) = match (after, mine.len()) {
                (_, 0) => (None, None),
                (Some(after), 1) => (Some(after), None),
                // "X instead of Y", "instead of Y X", "replace Y with X".
                (Some(after), _) => (Some(after), (0..mine.len()).find(|other| *other != after)),
                // Kazakh puts it behind: "Y орнына X", "Y-ны X-ке ауыстырыңыз".
                (None, 1) => (None, Some(0)),
                (None, _) => (Some(0), Some(1)),
            };
            let from_mention = from.map(|at| mine[at].mention.clone());
            match to.map(|at| mine[at].mention.clone()) {
                Some(to) => {
                    acts.push(Act::Swap { from: from_mention, to });
                    mine.clear();
                }
                None if from.is_some() && self.has(Cue::Remove) => {}
                None => {}
            }
            return;
        }
        // "Without the train, only the colouring book": what stands behind the word is kept, else what stands before it.
        if let Some(at) = self.at(Cue::Only)
            && let Some(found) = mine.iter().position(|one| one.start >= at).or(mine.len().checked_sub(1))
        {
            let one = mine.remove(found);
            acts.push(Act::Keep { mention: Some(one.mention) });
        }
        // Kazakh puts "without" into the word: "шұбатсыз".
        let without = mine.iter().position(|one| {
            one.named.iter().any(|at| {
                let word = crate::stem::plain(&self.marked.tokens[*at].folded);
                let base = word.strip_suffix("сыз").or_else(|| word.strip_suffix("сиз"));
                base.is_some_and(|base| base.chars().count() >= 3 && !self.says(&one.mention.candidates, &word))
            })
        });
        if let Some(found) = without {
            let one = mine.remove(found);
            acts.push(Act::Drop { mention: Some(one.mention) });
        }
        if let Some(at) = self.at(Cue::Remove) {
            // "Куклу не надо, лучше медведя": behind a comma something else begins.
            let clause_ends =
                |from: usize, to: usize| self.marked.tokens[from..to].iter().any(|token| token.text == ",");
            let after =
                mine.iter().position(|one| one.start >= at && one.start <= at + 4 && !clause_ends(at, one.start));
            let before = mine.iter().rposition(|one| one.end <= at);
            match after.or(before) {
                Some(found) => {
                    let one = mine.remove(found);
                    acts.push(Act::Drop { mention: Some(one.mention) });
                }
                None if self.any_found => {}
                None => {}
            }
        }
    }
}
