//! A provider's official description as the judge of our calls.

use super::Call;
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// An OpenAPI description (3.0 or 3.1, JSON or YAML) and how its paths stand to ours. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Contract {
    spec: Arc<Value>,
    prefix: String,
    validators: Arc<Mutex<HashMap<String, Arc<jsonschema::Validator>>>>,
}

impl Contract {
    /// Reads `<X8_SPECS>/<file>`; none when the variable is not set, and the fakes alone must do. `prefix` stands before the
    /// description's paths in our calls, and `*` in it for one part of a path.
    ///
    /// # Panics
    /// When the variable is set and the file is not there or cannot be read: a check that cannot run fails.
    #[must_use]
    pub fn load(file: &str, prefix: &str) -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "a setting of the test suite, not of the program")]
        let folder = PathBuf::from(std::env::var("X8_SPECS").ok()?);
        let path = folder.join(file);
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let spec: Value = if file.ends_with(".yml") {
            let text = String::from_utf8_lossy(&text);
            serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        } else {
            serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Some(Self { spec: Arc::new(spec), prefix: prefix.to_owned(), validators: Arc::default() })
    }

    /// With one value of the description put right, where it contradicts its own examples.
    ///
    /// # Panics
    /// When there is nothing at that place: the description has changed, look again.
    #[must_use]
    pub fn amended(mut self, pointer: &str, value: Value) -> Self {
        let spec = Arc::make_mut(&mut self.spec);
        *spec.pointer_mut(pointer).unwrap_or_else(|| panic!("the description has nothing at {pointer}")) = value;
        self
    }

    /// With a path that the provider's documentation has and its description leaves out.
    ///
    /// # Panics
    /// When the description has it: then the description is to judge.
    #[must_use]
    pub fn with_path(mut self, template: &str, item: Value) -> Self {
        let spec = Arc::make_mut(&mut self.spec);
        let known = spec["paths"].as_object_mut().and_then(|paths| paths.insert(template.to_owned(), item));
        assert!(known.is_none(), "the description has {template}");
        self
    }

    /// How a call breaks the description, if it does: unknown path or method, a body that its schema refuses, a field of a form
    /// that it does not know, a query parameter that is required and absent.
    #[must_use]
    pub fn violation(&self, call: &Call) -> Option<String> {
        let Some((template, item)) = self.find(&call.path) else {
            return Some(format!("{} {}: no such path", call.method, call.path));
        };
        let method = call.method.to_ascii_lowercase();
        let Some(operation) = item.get(&method) else {
            return Some(format!("{method} {template}: no such method"));
        };
        let lists = [item.get("parameters"), operation.get("parameters")];
        for parameter in lists.into_iter().flatten().filter_map(Value::as_array).flatten() {
            let parameter = self.resolve(parameter);
            if parameter["in"] == "query" && parameter["required"] == true {
                let name = parameter["name"].as_str().unwrap_or_default();
                if !url::form_urlencoded::parse(call.query.as_bytes()).any(|(key, _)| key == name) {
                    return Some(format!("{method} {template}: query parameter {name} is absent"));
                }
            }
        }
        let body = operation.get("requestBody").map(|body| self.resolve(body))?;
        let media = call.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
        let content = body.get("content")?.as_object()?;
        if call.body.is_empty() {
            return (body["required"] == true).then(|| format!("{method} {template}: the body is absent"));
        }
        let Some(schema) = content.get(&media).and_then(|content| content.get("schema")) else {
            // A description that knows the JSON form of a multipart body only, or the other way round.
            return content.keys().all(|known| !known.starts_with("multipart/") && known != &media).then(|| {
                let known: Vec<_> = content.keys().map(String::as_str).collect();
                format!("{method} {template}: content type {media}, described are {}", known.join(", "))
            });
        };
        if media == "multipart/form-data" {
            let known = self.fields(schema);
            let unknown = call.multipart().into_iter().map(|part| part.name).find(|name| !known.contains(name));
            return unknown.map(|name| format!("{method} {template}: a field {name} is not described"));
        }
        if media != "application/json" {
            return None;
        }
        let key = format!("{method} {template}");
        let validator = self.validator(&key, schema);
        let errors: Vec<_> = validator
            .iter_errors(&call.json())
            .map(|error| format!("{} at {:?}", error, error.instance_path().to_string()))
            .take(3)
            .collect();
        (!errors.is_empty()).then(|| format!("{key}: {}", errors.join("; ")))
    }

    /// The description's path that a call's path is, literal parts before parameters.
    fn find(&self, path: &str) -> Option<(&str, &Value)> {
        let path = strip(path, &self.prefix)?;
        let paths = self.spec["paths"].as_object()?;
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |template: &str| {
            let wanted: Vec<&str> = template.split('/').collect();
            wanted.len() == parts.len()
                && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.contains('{') || wanted == part)
        };
        paths
            .iter()
            .filter(|(template, _)| fits(template))
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(template, item)| (template.as_str(), item))
    }

    fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        while let Some(pointer) = value.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#')) {
            match self.spec.pointer(pointer) {
                Some(found) => value = found,
                None => break,
            }
        }
        value
    }

    /// Names of the properties of a schema, those of its parts included.
    fn fields(&self, schema: &Value) -> BTreeSet<String> {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flat_map(|fields| fields.keys().cloned());
        let parts = schema["allOf"].as_array().into_iter().flatten().flat_map(|part| self.fields(part));
        own.chain(parts).collect()
    }

    fn validator(&self, key: &str, schema: &Value) -> Arc<jsonschema::Validator> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = known.get(key) {
            return Arc::clone(validator);
        }
        // The schema's references point into the whole description.
        let mut root = Map::new();
        root.insert("allOf".to_owned(), Value::Array(vec![schema.clone()]));
        if let Some(components) = self.spec.get("components") {
            root.insert("components".to_owned(), components.clone());
        }
        let built = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(false)
            .build(&Value::Object(root))
            .unwrap_or_else(|error| panic!("the schema of {key} cannot be used: {error}"));
        let built = Arc::new(built);
        known.insert(key.to_owned(), Arc::clone(&built));
        built
    }
}

/// The path without a prefix in which `*` stands for a run of characters other than a slash.
fn strip<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    match prefix.split_once('*') {
        None => path.strip_prefix(prefix),
        Some((before, after)) => {
            let rest = path.strip_prefix(before)?;
            let end = rest.find('/').unwrap_or(rest.len());
            rest[end..].strip_prefix(after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn contract() -> Contract {
        let spec = json!({
            "paths": { "/send/{to}": { "post": {
                "parameters": [{ "in": "query", "name": "session", "required": true }],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Send" } } } } } } },
            "components": { "schemas": { "Send": { "type": "object", "required": ["text"],
                "properties": { "text": { "type": "string" } } } } },
        });
        Contract { spec: Arc::new(spec), prefix: "/bot*".to_owned(), validators: Arc::default() }
    }

    fn call(path: &str, query: &str, body: &str) -> Call {
        let mut headers = hyper::HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        let body = body.to_owned().into();
        Call { method: "POST".to_owned(), path: path.to_owned(), query: query.to_owned(), headers, body }
    }

    #[test]
    fn judges_path_query_and_body() {
        let contract = contract();
        let broken = |path, query, body| contract.violation(&call(path, query, body));
        assert_eq!(broken("/bot1:x/send/7", "session=a", r#"{"text":"hi"}"#), None);
        assert!(broken("/bot1:x/nothing", "", "{}").unwrap().contains("no such path"));
        assert!(broken("/bot1:x/send/7", "", r#"{"text":"hi"}"#).unwrap().contains("session"));
        assert!(broken("/bot1:x/send/7", "session=a", r#"{"text":7}"#).unwrap().contains("text"));
        assert!(broken("/bot1:x/send/7", "session=a", "").unwrap().contains("absent"));
    }
}
