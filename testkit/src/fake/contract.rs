//! A provider's official description as the judge of our calls.

use super::Call;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// An OpenAPI description (3.0 or 3.1, JSON or YAML) and how its paths stand to ours. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Contract {
    spec: Arc<Value>,
    prefix: String,
    /// Query parameters of every call.
    common: &'static [&'static str],
    forms: bool,
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
        Some(Self {
            spec: Arc::new(spec),
            prefix: prefix.to_owned(),
            common: &[],
            forms: true,
            validators: Arc::default(),
        })
    }

    /// A description by our own hand, of what the provider describes in words only.
    #[must_use]
    pub fn written(spec: Value) -> Self {
        Self { spec: Arc::new(spec), prefix: String::new(), common: &[], forms: true, validators: Arc::default() }
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

    /// With query parameters that every call may have.
    #[must_use]
    pub const fn with_common(mut self, names: &'static [&'static str]) -> Self {
        self.common = names;
        self
    }

    /// With forms let through: somebody else judges them.
    #[must_use]
    pub const fn without_forms(mut self) -> Self {
        self.forms = false;
        self
    }

    /// How a call breaks the description, if it does: unknown path or method; a query parameter that is unknown, absent though
    /// required, or of another type; a body that its schema refuses; a field of a form that is unknown, absent or of another type.
    #[must_use]
    pub fn violation(&self, call: &Call) -> Option<String> {
        let Some((template, item)) = self.find(&call.path) else {
            return Some(format!("{} {}: no such path", call.method, call.path));
        };
        let method = call.method.to_ascii_lowercase();
        let Some(operation) = item.get(&method) else {
            return Some(format!("{method} {template}: no such method"));
        };
        let fault = self.fault_of_query(item, operation, call).or_else(|| self.fault_of_body(operation, call));
        fault.map(|fault| format!("{method} {template}: {fault}"))
    }

    fn fault_of_query(&self, item: &Value, operation: &Value, call: &Call) -> Option<String> {
        let lists = [item.get("parameters"), operation.get("parameters")];
        let parameters = lists.into_iter().flatten().filter_map(Value::as_array).flatten();
        let described: Vec<&Value> = parameters
            .map(|parameter| self.resolve(parameter))
            .filter(|parameter| parameter["in"] == "query")
            .collect();
        let asked: Vec<(String, String)> = url::form_urlencoded::parse(call.query.as_bytes()).into_owned().collect();
        let name = |parameter: &Value| parameter["name"].as_str().unwrap_or_default().trim_end_matches("[]").to_owned();
        let absent = described.iter().find(|parameter| {
            parameter["required"] == true && !asked.iter().any(|(key, _)| outer(key) == name(parameter))
        });
        if let Some(parameter) = absent {
            return Some(format!("query parameter {} is absent", name(parameter)));
        }
        asked.iter().find_map(|(key, value)| {
            let Some(parameter) = described.iter().find(|parameter| name(parameter) == outer(key)) else {
                return (!self.common.contains(&key.as_str()))
                    .then(|| format!("a query parameter {key} is not described"));
            };
            let fault = self.fault_of_text(parameter.get("schema")?, value)?;
            Some(format!("query parameter {key}: {fault}"))
        })
    }

    fn fault_of_body(&self, operation: &Value, call: &Call) -> Option<String> {
        let Some(body) = operation.get("requestBody").map(|body| self.resolve(body)) else {
            // A method without parameters, called as those that have some.
            return (!call.body.is_empty() && call.body != "{}").then(|| "no body is described".to_owned());
        };
        let media = call.header("content-type").split(';').next().unwrap_or_default().trim().to_owned();
        let content = body.get("content")?.as_object()?;
        if call.body.is_empty() {
            return (body["required"] == true).then(|| "the body is absent".to_owned());
        }
        let is_form = |media: &str| media.starts_with("multipart/") || media == FORM;
        let Some(schema) = content.get(&media).and_then(|content| content.get("schema")) else {
            let known: Vec<_> = content.keys().map(String::as_str).collect();
            // A description that knows one form of a form's body only.
            let other = is_form(&media).then(|| content.iter().find(|(known, _)| is_form(known)))?;
            return match other.and_then(|(_, content)| content.get("schema")) {
                Some(schema) => self.fault_of_form(schema, &fields_of(call, &media)),
                None => Some(format!("content type {media}, described are {}", known.join(", "))),
            };
        };
        if is_form(&media) {
            return self.fault_of_form(schema, &fields_of(call, &media));
        }
        if media != "application/json" {
            return None;
        }
        let validator = self.validator(&format!("{} {}", call.method, self.find(&call.path)?.0), schema);
        let errors: Vec<_> = validator
            .iter_errors(&call.json())
            .map(|error| format!("{} at {:?}", error, error.instance_path().to_string()))
            .take(3)
            .collect();
        (!errors.is_empty()).then(|| errors.join("; "))
    }

    /// `sent`: names and, where they are texts, values.
    fn fault_of_form(&self, schema: &Value, sent: &[(String, Option<String>)]) -> Option<String> {
        if !self.forms {
            return None;
        }
        let (fields, required) = self.fields(schema);
        let absent = required.iter().find(|name| !sent.iter().any(|(sent, _)| outer(sent) == **name));
        if let Some(name) = absent {
            return Some(format!("a field {name} is absent"));
        }
        sent.iter().find_map(|(name, value)| {
            let Some(schema) = fields.get(outer(name)) else {
                return Some(format!("a field {name} is not described"));
            };
            let fault = self.fault_of_text(schema, value.as_ref().filter(|_| outer(name) == name)?)?;
            Some(format!("field {name}: {fault}"))
        })
    }

    /// Why a text is none of the words, or not of the type, that a schema wants. Lists are written in many ways and let through.
    fn fault_of_text(&self, schema: &Value, text: &str) -> Option<String> {
        let schema = self.resolve(schema);
        let written = |word: &Value| word.as_str().map_or_else(|| word.to_string(), str::to_owned);
        if let Some(words) = schema["enum"].as_array()
            && !words.iter().any(|word| written(word) == text)
        {
            return Some(format!("{text:?} is none of the words that it may be"));
        }
        let is_right = match schema["type"].as_str() {
            Some("integer") => text.parse::<i64>().is_ok(),
            Some("number") => text.parse::<f64>().is_ok(),
            Some("boolean") => ["true", "false"].contains(&text),
            _ => true,
        };
        (!is_right).then(|| format!("{text:?} is no {}", schema["type"].as_str().unwrap_or_default()))
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

    /// The properties of a schema and those that it requires, those of its parts included.
    fn fields<'a>(&'a self, schema: &'a Value) -> (BTreeMap<&'a str, &'a Value>, BTreeSet<&'a str>) {
        let schema = self.resolve(schema);
        let own = schema["properties"].as_object().into_iter().flatten();
        let mut fields: BTreeMap<&str, &Value> = own.map(|(name, schema)| (name.as_str(), schema)).collect();
        let own = schema["required"].as_array().into_iter().flatten();
        let mut required: BTreeSet<&str> = own.filter_map(Value::as_str).collect();
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let (more, needed) = self.fields(part);
            fields.extend(more);
            required.extend(needed);
        }
        (fields, required)
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

/// How forms without files are sent.
const FORM: &str = "application/x-www-form-urlencoded";

/// The name before any bracket: `a[b][0]` is a part of `a`.
fn outer(name: &str) -> &str {
    name.split('[').next().unwrap_or_default()
}

/// A form's fields. Files have no value here.
fn fields_of(call: &Call, media: &str) -> Vec<(String, Option<String>)> {
    if media == FORM {
        return call.form().into_iter().map(|(name, value)| (name, Some(value))).collect();
    }
    call.multipart()
        .into_iter()
        .map(|part| {
            let text = part.file_name.is_none().then(|| String::from_utf8(part.bytes.to_vec()).ok()).flatten();
            (part.name, text)
        })
        .collect()
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
                "parameters": [
                    { "in": "query", "name": "session", "required": true },
                    { "in": "query", "name": "count", "schema": { "type": "integer" } },
                    { "in": "query", "name": "way", "schema": { "enum": ["up", "down"] } },
                ],
                "requestBody": { "required": true, "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Send" } } } } } } },
            "components": { "schemas": { "Send": { "type": "object", "required": ["text"],
                "properties": { "text": { "type": "string" } } } } },
        });
        Contract { prefix: "/bot*".to_owned(), ..Contract::written(spec) }
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
        for (query, named) in
            [("session=a&cuont=1", "cuont"), ("session=a&count=x", "count"), ("session=a&way=left", "way")]
        {
            assert!(broken("/bot1:x/send/7", query, r#"{"text":"hi"}"#).unwrap().contains(named), "{query}");
        }
        assert_eq!(broken("/bot1:x/send/7", "session=a&count=1&way=up", r#"{"text":"hi"}"#), None);
        assert!(broken("/bot1:x/send/7", "session=a", r#"{"text":7}"#).unwrap().contains("text"));
        assert!(broken("/bot1:x/send/7", "session=a", "").unwrap().contains("absent"));
    }

    #[test]
    fn judges_forms() {
        let schema = json!({ "required": ["to"], "properties": { "to": { "type": "string" }, "size": { "type": "integer" },
            "kind": { "enum": ["a", "b"] }, "more": { "type": "object" } } });
        let contract = Contract::written(json!({ "paths": { "/f": { "post": {
            "requestBody": { "required": true, "content": { FORM: { "schema": schema } } } } } } }));
        let broken = |body: &str| {
            let mut call = call("/f", "", body);
            call.headers.insert("content-type", FORM.parse().unwrap());
            contract.violation(&call)
        };
        assert_eq!(broken("to=x&size=2&kind=b&more[deep][0]=1"), None);
        for (body, named) in
            [("size=2", "to"), ("to=x&szie=2", "szie"), ("to=x&size=big", "size"), ("to=x&kind=c", "kind")]
        {
            assert!(broken(body).unwrap().contains(named), "{body}");
        }
    }
}
