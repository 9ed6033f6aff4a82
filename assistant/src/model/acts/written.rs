//! What the customer wrote: the judge of what is theirs.

use crate::model::Said;
use crate::turn::TurnInput;
use crate::understand::{Act, Amounts, Understanding};
use domain::text::fold;

/// Everything the customer wrote, folded, so that nothing is taken for theirs that is not.
pub(in crate::model) struct Written {
    pub(super) texts: Vec<String>,
    words: String,
    digits: String,
}

impl Written {
    pub(in crate::model) fn of(input: &TurnInput, history: &[Said]) -> Self {
        let now = input
            .messages
            .iter()
            .flat_map(|message| [message.text.as_str(), message.contact_phone.as_deref().unwrap_or_default()]);
        let before = history.iter().filter(|said| said.by_customer).map(|said| said.text.as_str());
        let all: Vec<&str> = now.chain(before).collect();
        let digits = all.iter().map(|text| digits(text)).collect::<Vec<_>>().join(" ");
        Self {
            words: format!(" {} ", words(&all.join(" "))),
            texts: all.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect(),
            digits,
        }
    }

    /// Whether a number stands in it, by itself.
    pub(super) fn has_number(&self, number: i64) -> bool {
        let number = number.to_string();
        self.texts.iter().any(|text| text.split(|c: char| !c.is_ascii_digit()).any(|run| run == number))
    }

    /// Whether the customer gave this number, in digits or in words that the rules read.
    pub(in crate::model) fn counts(&self, heard: &Understanding, number: i64) -> bool {
        let heard = || heard.acts.iter().flat_map(amounts_of).flat_map(|amounts| &amounts.counts);
        self.has_number(number) || heard().any(|count| count.value == number)
    }

    /// Whether each word stands in what the customer wrote, as it is or in another case of it.
    pub(super) fn has_words(&self, text: &str) -> bool {
        let folded = words(text);
        !folded.is_empty()
            && folded.split(' ').all(|word| {
                let stem: String = word.chars().take(word.chars().count().saturating_sub(2).max(2)).collect();
                self.words.contains(&format!(" {stem}"))
            })
    }

    pub(super) fn has_digits(&self, text: &str) -> bool {
        let digits = digits(text);
        !digits.is_empty() && self.digits.contains(&digits)
    }
}

fn words(text: &str) -> String {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Amounts that an act holds.
pub(super) fn amounts_of(act: &Act) -> Vec<&Amounts> {
    match act {
        Act::Want { mention, .. } | Act::Swap { to: mention, .. } => vec![&mention.amounts],
        Act::Ask { about, .. } => about.iter().map(|mention| &mention.amounts).collect(),
        Act::Drop { mention: Some(mention) } | Act::Keep { mention: Some(mention) } => vec![&mention.amounts],
        Act::Quantity { amounts } => vec![amounts],
        _ => Vec::new(),
    }
}
