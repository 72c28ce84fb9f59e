//! What stands under which key: learned from the inputs that are kept, from the bundled scenarios
//! and from the schema.

use std::collections::BTreeMap;
use std::fs;

use scenarios::{LIBRARY, schema, tree};
use serde_json::{Value, json};

/// More values than these for one key teach nothing.
const MOST_VALUES: usize = 60;
/// Longer values are not spliced.
const LONGEST: usize = 1_500;

/// Values by their key, and keys by the key of the map that they stand in.
#[derive(Default)]
pub struct Grammar {
    values: BTreeMap<String, Vec<Value>>,
    keys: BTreeMap<String, Vec<String>>,
}

impl Grammar {
    /// What the inputs of a target teach, and scenarios besides.
    #[must_use]
    pub fn of(target: &str) -> Grammar {
        let mut grammar = Grammar::default();
        let kept = fs::read_dir(crate::corpus(target)).into_iter().flatten().flatten();
        let mut kept: Vec<_> = kept.map(|entry| entry.path()).collect();
        kept.sort();
        let kept = kept.into_iter().filter_map(|path| fs::read_to_string(path).ok());
        let library = LIBRARY.iter().map(|(_, text)| (*text).to_owned());
        for text in kept.chain(library) {
            for document in documents(&text).unwrap_or_default() {
                grammar.learn("", &document);
            }
        }
        let schema = schema::schema().clone();
        let resolved = Schema { root: &schema };
        resolved.teach(&mut grammar, "", &schema, 0);
        grammar
    }

    /// What has stood under a key.
    #[must_use]
    pub fn values(&self, key: &str) -> &[Value] {
        self.values.get(key).map_or(&[], Vec::as_slice)
    }

    /// Which keys have stood in the map under a key.
    #[must_use]
    pub fn keys(&self, parent: &str) -> &[String] {
        self.keys.get(parent).map_or(&[], Vec::as_slice)
    }

    fn learn(&mut self, key: &str, value: &Value) {
        match value {
            Value::Object(map) => {
                for (name, value) in map {
                    self.add(key, name, value);
                    self.learn(name, value);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(key, item)),
            _ => {}
        }
    }

    fn add(&mut self, parent: &str, key: &str, value: &Value) {
        let keys = self.keys.entry(parent.to_owned()).or_default();
        if !keys.iter().any(|known| known == key) {
            keys.push(key.to_owned());
        }
        let values = self.values.entry(key.to_owned()).or_default();
        if values.len() < MOST_VALUES
            && !values.contains(value)
            && value.to_string().len() <= LONGEST
        {
            values.push(value.clone());
        }
    }
}

/// Every document of a text as JSON; none if it has none.
pub(crate) fn documents(text: &str) -> Option<Vec<Value>> {
    let documents: Vec<Value> = tree::parse(text).ok()?.iter().map(tree::Node::to_json).collect();
    (!documents.is_empty()).then_some(documents)
}

struct Schema<'s> {
    root: &'s Value,
}

impl Schema<'_> {
    /// Every property with a value of its type.
    fn teach(&self, grammar: &mut Grammar, key: &str, part: &Value, depth: usize) {
        if depth > 12 {
            return;
        }
        let path = part["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
        let part = path.and_then(|path| self.root.pointer(path)).unwrap_or(part);
        for (name, property) in part["properties"].as_object().into_iter().flatten() {
            let known = grammar.keys(key).iter().any(|it| it == name);
            if known && depth > 5 {
                continue;
            }
            for value in self.examples(property) {
                grammar.add(key, name, &value);
            }
            self.teach(grammar, name, property, depth + 1);
        }
        for list in ["anyOf", "oneOf", "allOf"] {
            for choice in part[list].as_array().into_iter().flatten() {
                self.teach(grammar, key, choice, depth + 1);
            }
        }
        for inner in ["items", "additionalProperties"] {
            if part[inner].is_object() {
                self.teach(grammar, key, &part[inner], depth + 1);
            }
        }
    }

    fn examples(&self, property: &Value) -> Vec<Value> {
        let path = property["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
        let property = path.and_then(|path| self.root.pointer(path)).unwrap_or(property);
        let listed = property["enum"].as_array().cloned().unwrap_or_default();
        let named = ["const", "default", "minimum", "maximum"].map(|it| property[it].clone());
        let typed = match &property["type"] {
            Value::String(name) => name.as_str(),
            Value::Array(names) => names.first().and_then(Value::as_str).unwrap_or_default(),
            _ => "",
        };
        let typed = match typed {
            "integer" => json!(3),
            "number" => json!(0.5),
            "boolean" => json!(true),
            "string" => json!("10m"),
            "array" => json!([]),
            "object" => json!({}),
            _ => Value::Null,
        };
        let all = listed.into_iter().chain(named).chain([typed]);
        let choices = ["anyOf", "oneOf"].iter().flat_map(|it| property[*it].as_array());
        let choices = choices.flatten().filter(|it| it["const"] != Value::Null);
        all.chain(choices.map(|it| it["const"].clone())).filter(|it| !it.is_null()).collect()
    }
}
