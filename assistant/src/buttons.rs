//! Buttons under a reply that offers a small closed choice. They say nothing that the text does not say: a channel without
//! buttons, and a customer who types, need none.

use crate::compose::{Composer, day, time_of_day};
use crate::turn::{Pending, Shop, TurnOutput};
use domain::text::fold;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most choices that are small; more are a list to read.
const MOST: usize = 8;
/// Characters of a label; what is said may be longer.
const LABEL_CHARACTERS: usize = 48;

/// A button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What pressing it says, as if the customer had written it; nothing where it opens a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
    /// The page it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl Button {
    fn saying(says: String) -> Self {
        let label = if says.chars().count() > LABEL_CHARACTERS {
            let start: String = says.chars().take(LABEL_CHARACTERS - 1).collect();
            format!("{}…", start.trim_end())
        } else {
            says.clone()
        };
        Self { label, says: Some(says), url: None }
    }
}

/// What the last reply of a turn offers to choose from; empty where that is nothing, or too much.
#[must_use]
pub fn offered(shop: &dyn Shop, output: &TurnOutput) -> Vec<Button> {
    let word = |id: &str| Composer::new(output.language).word(id, &[]);
    let url = shop.payment_url();
    if !url.is_empty() && output.replies.last().is_some_and(|reply| reply.text.contains(url)) {
        return vec![Button { label: word("button-pay"), says: None, url: Some(url.to_owned()) }];
    }
    let choices: Vec<String> = match &output.state.pending {
        Some(Pending::Confirm | Pending::ConfirmPrice) => return vec![Button::saying(word("button-confirm"))],
        Some(Pending::ChooseItem { candidates, .. }) => {
            let items = shop.catalogue().items();
            let name = |key: &String| items.iter().find(|item| item.key == *key).map(|item| item.name.clone());
            candidates.iter().filter_map(name).collect()
        }
        Some(Pending::ChooseCity { cities }) => cities.clone(),
        Some(Pending::ChooseSlot { starts }) => starts
            .iter()
            .map(|start| start.to_zoned(shop.profile().timezone.clone()))
            .map(|start| format!("{}, {}", day(start.date(), output.language), time_of_day(start.time())))
            .collect(),
        Some(Pending::ChooseQuantity { .. } | Pending::Fields | Pending::More) | None => Vec::new(),
    };
    // Two that read alike could not be told apart by what pressing says.
    let different: BTreeSet<String> = choices.iter().map(|choice| fold(choice)).collect();
    if choices.len() > MOST || different.len() < choices.len() {
        return Vec::new();
    }
    choices.into_iter().map(Button::saying).collect()
}
