//! What simulated customers and operators say, and what they are called, in the four languages. `{…}` is filled in.

mod en;
mod es;
mod kk;
mod ru;

use domain::language::Language;

/// The words of one language.
pub(super) struct Words {
    pub(super) first_names: &'static [&'static str],
    pub(super) last_names: &'static [&'static str],
    /// Start of a telephone number of the reserved kind, and how many digits follow.
    pub(super) phone: (&'static str, usize),
    pub(super) hello: &'static [&'static str],
    /// `{item}`
    pub(super) price: &'static [&'static str],
    /// `{item}`
    pub(super) delivery: &'static [&'static str],
    pub(super) cities: &'static [&'static str],
    pub(super) hours: &'static [&'static str],
    /// `{item}`, `{n}`
    pub(super) want: &'static [&'static str],
    /// `{name}`, `{phone}`, `{city}`
    pub(super) details: &'static [&'static str],
    /// The same without a city.
    pub(super) details_online: &'static [&'static str],
    /// `{day}`, `{time}`
    pub(super) when: &'static [&'static str],
    pub(super) confirm: &'static [&'static str],
    pub(super) first_one: &'static str,
    pub(super) how_many: &'static str,
    pub(super) thanks: &'static [&'static str],
    pub(super) later: &'static [&'static str],
    pub(super) discount: &'static [&'static str],
    pub(super) off_topic: &'static [&'static str],
    pub(super) person: &'static [&'static str],
    pub(super) complaint: &'static [&'static str],
    pub(super) refund: &'static [&'static str],
    pub(super) puzzle: &'static [&'static str],
    pub(super) other: &'static [&'static str],
    pub(super) reply_price: &'static [&'static str],
    /// What an operator writes.
    pub(super) operator: &'static [&'static str],
    pub(super) operator_end: &'static [&'static str],
    /// What an operator notes for colleagues.
    pub(super) note: &'static [&'static str],
}

/// The words of a language.
pub(super) const fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Es => &es::WORDS,
        Language::Ru => &ru::WORDS,
        Language::Kk => &kk::WORDS,
    }
}

/// Puts values where their names stand.
pub(super) fn filled(text: &str, values: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (name, value) in values {
        text = text.replace(name, value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_of_the_reserved_kind_and_names_differ() {
        for language in Language::ALL {
            let words = of(language);
            let phone = format!("{}{}", words.phone.0, "7".repeat(words.phone.1));
            assert!(domain::phone::Phone::parse(&phone).is_ok(), "{phone}");
            assert!(words.first_names.len() * words.last_names.len() >= 600, "{language:?}");
            assert!(words.want.iter().all(|text| text.contains("{item}")));
        }
        assert_eq!(filled("{n} × {item}", &[("{n}", "2"), ("{item}", "rose")]), "2 × rose");
    }
}
