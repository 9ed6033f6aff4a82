//! Form bodies with brackets as a tree, and Stripe's own list of parameters (of the pinned version) as their judge.
//!
//! Checked of a body: every name on every level, that what is required is there, integers, booleans and closed lists of words.
//! Not checked: texts' formats and which parameters exclude each other; the fake itself refuses what matters of that.

use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// `a[b][0][c]=d` as `{"a":{"b":{"0":{"c":"d"}}}}`.
pub(super) fn tree(pairs: &[(String, String)]) -> Value {
    let mut root = json!({});
    for (name, value) in pairs {
        let mut place = &mut root;
        for part in name.split('[').map(|part| part.trim_end_matches(']')) {
            if !place.is_object() {
                *place = json!({});
            }
            place = &mut place[part];
        }
        *place = json!(value);
    }
    root
}

/// The parameters of some calls; none of them is checked when the folder of descriptions is not at hand.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Option<Arc<Value>>);

impl Fields {
    /// Reads `<X8_SPECS>/stripe/sdk-2026-10-28.endive.fields.json`.
    pub(super) fn load() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a setting of the test suite, not of the program")]
        let Ok(folder) = std::env::var("X8_SPECS") else { return Self(None) };
        let path = PathBuf::from(folder).join("stripe/sdk-2026-10-28.endive.fields.json");
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let fields = serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self(Some(Arc::new(fields)))
    }

    /// What of a body is not as described.
    pub(super) fn faults(&self, file: &str, class: &str, body: &Value) -> Vec<String> {
        let Some(fields) = &self.0 else { return Vec::new() };
        let mut faults = Vec::new();
        let classes = fields[format!("params/{file}.py")].as_object().unwrap_or_else(|| panic!("{file} is described"));
        object(classes, class, body, "", &mut faults);
        faults
    }
}

fn object(classes: &Map<String, Value>, class: &str, body: &Value, place: &str, faults: &mut Vec<String>) {
    let (Some(fields), Some(body)) = (classes[class].as_object(), body.as_object()) else {
        faults.push(format!("{place} is no {class}"));
        return;
    };
    for (name, value) in body {
        let place = if place.is_empty() { name.clone() } else { format!("{place}[{name}]") };
        match fields.get(name) {
            None => faults.push(format!("Received unknown parameter: {place}")),
            Some(field) => typed(classes, field["type"].as_str().unwrap_or_default(), value, &place, faults),
        }
    }
    for (name, field) in fields {
        if field["required"] == true && !body.contains_key(name) {
            faults.push(format!("Missing required param: {place}[{name}]"));
        }
    }
}

fn typed(classes: &Map<String, Value>, kind: &str, value: &Value, place: &str, faults: &mut Vec<String>) {
    let kind = kind.trim_matches('"');
    if let Some(inner) = kind.strip_prefix("List[").and_then(|rest| rest.strip_suffix(']')) {
        match value.as_object() {
            Some(items) => {
                for (index, item) in items {
                    typed(classes, inner, item, &format!("{place}[{index}]"), faults);
                }
            }
            None => faults.push(format!("{place} is no list")),
        }
    } else if let Some(class) =
        kind.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|class| classes.contains_key(*class))
    {
        object(classes, class, value, place, faults);
    } else if kind.contains("Dict[") {
        if !value.as_object().is_some_and(|map| map.values().all(Value::is_string)) {
            faults.push(format!("{place} is no map of texts"));
        }
    } else if !value.is_string() {
        faults.push(format!("{place} is no single value"));
    } else {
        let text = value.as_str().unwrap_or_default();
        let good = match kind {
            "int" => text.parse::<i64>().is_ok(),
            "bool" => matches!(text, "true" | "false"),
            // `''` empties a text that may be anything.
            _ if kind.contains("Literal['']") => true,
            _ if kind.contains("Literal[") => kind.contains(&format!("'{text}'")),
            _ => !text.is_empty(),
        };
        if !good {
            faults.push(format!("{place} is {text:?}, described is {kind:.60}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_become_a_tree() {
        let pairs = [("a[b][0][c]", "d"), ("a[b][1][c]", "e"), ("f", "g")];
        let pairs: Vec<_> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(tree(&pairs), json!({ "a": { "b": { "0": { "c": "d" }, "1": { "c": "e" } } }, "f": "g" }));
    }

    #[test]
    fn what_is_not_described_is_named() {
        let fields = json!({ "params/x.py": {
            "P": { "mode": { "type": "\"Literal['payment']|str\"", "required": true }, "items": { "type": "List['I']" } },
            "I": { "n": { "type": "int" } } } });
        let fields = Fields(Some(Arc::new(fields)));
        let faults = |body| fields.faults("x", "P", &body);
        assert!(faults(json!({ "mode": "payment", "items": { "0": { "n": "1" } } })).is_empty());
        for (body, word) in [
            (json!({ "mode": "bogus" }), "mode"),
            (json!({}), "Missing"),
            (json!({ "mode": "payment", "items": { "0": { "n": "x" } } }), "items[0][n]"),
            (json!({ "mode": "payment", "items": { "0": { "m": "1" } } }), "items[0][m]"),
        ] {
            assert!(faults(body.clone())[0].contains(word), "{body}");
        }
    }
}
