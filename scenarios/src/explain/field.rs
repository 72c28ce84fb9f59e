//! The fields of a scenario, as the schema tells them.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::page::Page;
use crate::schema;

/// A field: where it stands, what it takes and what it means.
#[derive(Clone, Debug)]
pub struct Field {
    /// The names that lead to it, with dots.
    pub path: String,
    /// What it means.
    pub about: String,
    required: bool,
    schema: &'static Json,
}

impl Field {
    /// The scenario itself.
    pub(crate) fn root() -> Field {
        Field {
            path: String::new(),
            about: about(schema::schema()),
            required: true,
            schema: schema::schema(),
        }
    }

    /// The field at a path; indices in brackets do not matter.
    pub(crate) fn at(path: &str) -> Option<Field> {
        path.split('.').try_fold(Field::root(), |field, step| {
            let name = step.split('[').next().unwrap_or(step);
            field.fields().into_iter().find(|field| field.name() == name)
        })
    }

    /// The paths of all fields there are.
    pub(crate) fn paths() -> Vec<String> {
        let mut paths = Vec::new();
        let mut open = Field::root().fields();
        while let Some(field) = open.pop() {
            open.extend(field.fields());
            paths.push(field.path);
        }
        paths.sort();
        paths
    }

    /// The map of fields that it takes, or takes several of.
    pub(super) fn object(&self) -> Option<&'static Json> {
        let has_fields = |schema: &Json| schema.get("properties").is_some();
        parts(self.schema).into_iter().find_map(|part| {
            if has_fields(part) {
                return Some(part);
            }
            // Of a map with names of the user's own, what they name.
            Some(resolve(part.get("additionalProperties")?)).filter(|values| has_fields(values))
        })
    }

    /// The fields in it, in the order in which they are declared.
    pub(crate) fn fields(&self) -> Vec<Field> {
        let Some(object) = self.object() else { return Vec::new() };
        let required = |name: &str| list(object, "required").iter().any(|known| known == name);
        let properties = object["properties"].as_object().into_iter().flatten();
        properties
            .map(|(name, schema)| Field {
                path: if self.path.is_empty() {
                    name.clone()
                } else {
                    format!("{}.{name}", self.path)
                },
                about: about(schema),
                required: required(name),
                schema,
            })
            .collect()
    }

    /// What it is called where it stands.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default()
    }

    /// Whether it must be there.
    pub(super) fn is_required(&self) -> bool {
        self.required
    }

    /// What may be written, in words.
    pub(super) fn kind(&self) -> String {
        type_of(self.schema)
    }

    /// What counts where it is not there, if that says anything.
    pub(super) fn default(&self) -> Option<String> {
        self.schema.get("default").filter(|default| !is_empty(default)).map(plain)
    }

    /// Between which numbers it is.
    pub(super) fn bounds(&self) -> Option<String> {
        let bound = |key: &str| self.schema.get(key).map(plain);
        let most = bound("maximum")?;
        Some(format!("from {} to {most}", bound("minimum").unwrap_or("0".into())))
    }

    /// The words that it may be, each with what it means.
    pub(super) fn words(&self) -> Vec<(String, String)> {
        words(self.schema)
    }

    /// What it takes, and whether it must be there.
    fn takes(&self) -> String {
        let mut text = format!("<{}>", self.kind());
        if self.is_required() {
            text += " required";
        }
        if let Some(default) = self.default() {
            text += &format!(" default {default}");
        }
        if let Some(bounds) = self.bounds() {
            text += &format!(" {bounds}");
        }
        text
    }

    /// What there is to say about it.
    pub(crate) fn page(&self) -> Page {
        let mut page =
            Page::new("FIELD", &format!("{} {}", self.path, self.takes())).text(&self.about);
        let words = self.words();
        if !words.is_empty() {
            page = page.heading("VALUES");
        }
        for (word, about) in words {
            page = page.row(&word, &about);
        }
        let fields = self.fields();
        if !fields.is_empty() {
            page = page.heading("FIELDS");
        }
        for field in fields {
            page = page.entry(&format!("{} {}", field.name(), field.takes()), &[&field.about]);
        }
        page
    }
}

/// A doc comment.
fn about(schema: &'static Json) -> String {
    let text = |schema: &Json| schema.get("description")?.as_str().map(str::to_owned);
    text(schema).or_else(|| text(resolve(schema))).unwrap_or_default()
}

fn resolve(schema: &'static Json) -> &'static Json {
    let Some(reference) = schema.get("$ref").and_then(Json::as_str) else { return schema };
    reference.strip_prefix('#').and_then(|path| schema::schema().pointer(path)).unwrap_or(schema)
}

/// The alternatives of a schema, and for a list those of its items; `null` is none.
fn parts(schema: &'static Json) -> Vec<&'static Json> {
    let schema = resolve(schema);
    let alternatives = ["anyOf", "oneOf"].into_iter().flat_map(|key| list(schema, key));
    let mut parts: Vec<&Json> = alternatives.flat_map(parts).collect();
    if let Some(items) = schema.get("items") {
        parts.extend(self::parts(items));
    }
    if parts.is_empty() && schema.get("type").is_none_or(|of| of != "null") {
        parts.push(schema);
    }
    parts
}

/// The words that may be written, each with what it means.
fn words(schema: &'static Json) -> Vec<(String, String)> {
    let word = |part: &'static Json| {
        let word = part.get("const")?.as_str()?.to_owned();
        Some((word, about(part)))
    };
    let mut words: Vec<(String, String)> = parts(schema).into_iter().filter_map(word).collect();
    // One of them and a list of them are one alternative each.
    let mut seen = BTreeSet::new();
    words.retain(|(word, _)| seen.insert(word.clone()));
    words
}

/// What may be written, in words.
fn type_of(schema: &'static Json) -> String {
    if let Some(format @ ("duration" | "quantity")) = schema.get("format").and_then(Json::as_str) {
        return format.to_owned();
    }
    let schema = resolve(schema);
    if let Some(items) = schema.get("items") {
        // Of texts, of maps: more than one.
        return format!("list of {}s", type_of(items).replace(" or ", "s or "));
    }
    if !words(schema).is_empty() {
        return "word".into();
    }
    let alternatives: Vec<&Json> =
        ["anyOf", "oneOf"].into_iter().flat_map(|key| list(schema, key)).collect();
    if !alternatives.is_empty() {
        let names = alternatives.into_iter().map(type_of).filter(|name| name != "nothing");
        return names.collect::<Vec<_>>().join(" or ");
    }
    let name = |name: &str| match name {
        "object" if schema.pointer("/additionalProperties/type").is_some() => {
            "map of names to texts"
        }
        "object" => "map",
        "integer" => "whole number",
        "number" => "number",
        "boolean" => "true or false",
        "null" => "nothing",
        _ => "text",
    };
    match schema.get("type") {
        Some(Json::Array(names)) => {
            let names = names.iter().filter_map(Json::as_str).map(name);
            names.filter(|name| *name != "nothing").collect::<Vec<_>>().join(" or ")
        }
        Some(Json::String(one)) => name(one).to_owned(),
        _ => "anything".into(),
    }
}

fn list(schema: &'static Json, key: &str) -> &'static [Json] {
    schema.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

/// A default that says nothing.
fn is_empty(default: &Json) -> bool {
    match default {
        Json::Null => true,
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        // Its fields say it one by one.
        Json::Object(_) => true,
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// A value without quotes or an empty fraction.
fn plain(value: &Json) -> String {
    match (value.as_str(), value.as_f64()) {
        (Some(text), _) => text.to_owned(),
        (_, Some(number)) => number.to_string(),
        _ => value.to_string(),
    }
}
