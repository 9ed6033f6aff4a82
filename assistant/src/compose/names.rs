//! Names that stand for facts in a text that a model words: `{{total}}`, `{{price:R20}}`. The code alone fills them.

use std::collections::BTreeMap;

/// Names and what they stand for, already in the customer's language and zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// A placeholder for this value: the name itself, or the name and a letter where it stands for something else already.
    pub fn name(&mut self, name: &str, shown: &str) -> String {
        let mut tried = name.to_owned();
        let mut letter = 'b';
        loop {
            match self.0.get(&tried) {
                Some(known) if known == shown => break,
                None => {
                    self.0.insert(tried.clone(), shown.to_owned());
                    break;
                }
                Some(_) => {
                    tried = format!("{name}-{letter}");
                    letter = match letter {
                        'z' => {
                            // More values under one name than letters: each round adds one more letter.
                            return self.name(&format!("{name}-z"), shown);
                        }
                        letter => char::from(letter as u8 + 1),
                    };
                }
            }
        }
        placeholder(&tried)
    }

    /// What a name stands for.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All names and what they stand for.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, shown)| (name.as_str(), shown.as_str()))
    }

    /// Takes in names of another set; those that stand here already stay.
    pub fn join(&mut self, other: &Self) {
        for (name, shown) in other.iter() {
            self.0.entry(name.to_owned()).or_insert_with(|| shown.to_owned());
        }
    }

    /// The text with its names filled in once, and the names that stand for nothing. What is filled in is not read again.
    #[must_use]
    pub fn fill(&self, text: &str) -> (String, Vec<String>) {
        let mut filled = String::with_capacity(text.len());
        let mut unknown = Vec::new();
        let mut rest = text;
        while let Some((before, name, after)) = next(rest) {
            filled.push_str(before);
            match self.get(name) {
                Some(shown) => filled.push_str(shown),
                None => {
                    unknown.push(name.to_owned());
                    filled.push_str(&placeholder(name));
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        (filled, unknown)
    }

    /// The text with a word in place of each name, so that what the model wrote by hand can be judged alone.
    #[must_use]
    pub fn blank(text: &str) -> String {
        let mut blanked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, _, after)) = next(rest) {
            blanked.push_str(before);
            blanked.push('\u{2026}');
            rest = after;
        }
        blanked.push_str(rest);
        blanked
    }

    /// The first name that has a digit or a percent sign beside it: together they would read as another number.
    #[must_use]
    pub fn joined_to_digits(text: &str) -> Option<&str> {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_numeric() || c == '%');
        let joint = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace() && !c.is_alphanumeric());
        let unseen = |c: &char| !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
        let mut rest = text;
        while let Some((before, name, after)) = next(rest) {
            let mut left = before.chars().rev().filter(unseen);
            let (near, far) = (left.next(), left.next());
            let mut right = after.chars().filter(unseen);
            let (following, then) = (right.next(), right.next());
            let separated = |c: Option<char>| c.is_some_and(|c| matches!(c, '(' | ')' | ':' | '\n' | '«' | '»'));
            if digit(near)
                || digit(following)
                || (joint(near) && !separated(near) && digit(far))
                || (joint(following) && !separated(following) && digit(then))
                || after.starts_with("{{")
            {
                return Some(name);
            }
            rest = after;
        }
        None
    }

    /// The names that a text uses.
    #[must_use]
    pub fn used(text: &str) -> Vec<&str> {
        let mut used = Vec::new();
        let mut rest = text;
        while let Some((_, name, after)) = next(rest) {
            used.push(name);
            rest = after;
        }
        used
    }
}

fn placeholder(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// What stands before the next placeholder, its name, and what stands behind it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find("{{")?;
    let end = start + 2 + text[start + 2..].find("}}")?;
    Some((&text[..start], text[start + 2..end].trim(), &text[end + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_stands_for_one_value() {
        let mut names = Names::default();
        assert_eq!(names.name("price", "5 €"), "{{price}}");
        assert_eq!(names.name("price", "7 €"), "{{price-b}}");
        assert_eq!(names.name("price", "5 €"), "{{price}}");
        assert_eq!(names.fill("{{ price-b }} or {{price}}"), ("7 € or 5 €".to_owned(), Vec::new()));
        for value in 0..80 {
            names.name("price", &value.to_string());
        }
        let all: std::collections::BTreeSet<&str> = names.iter().map(|(_, shown)| shown).collect();
        assert_eq!(all.len(), 82);
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let mut names = Names::default();
        names.name("name", "{{total}}");
        names.name("total", "5 €");
        assert_eq!(names.fill("{{name}} {{what}} {{"), ("{{total}} {{what}} {{".to_owned(), vec!["what".to_owned()]));
        assert_eq!(Names::blank("a {{total}} b"), "a … b");
        assert_eq!(Names::used("{{total}} {{x y}}"), ["total", "x y"]);
        for joined in [
            "1{{total}}",
            "{{total}}0",
            "{{total}}.50",
            "{{total}} and 9,{{total}}",
            "{{total}}%",
            "{{total}}{{total}}",
            "{{total}}\u{200b}5",
        ] {
            assert_eq!(Names::joined_to_digits(joined), Some("total"), "{joined}");
        }
        for plain in ["{{total}}. 2 of them", "({{total}})", "{{day}}, 5 pieces", "2 × {{total}}", "no name 5"] {
            assert_eq!(Names::joined_to_digits(plain), None, "{plain}");
        }
    }
}
