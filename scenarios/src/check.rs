//! A document against the schema: every mistake of form at once, each at its place.
//!
//! This understands the part of JSON Schema that the types in [`crate::file`] give rise to.

use serde_json::Value as Json;

use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::quantity::Quantity;
use crate::tree::{Node, Value};

/// Checks `node` against `schema` and adds what is wrong to `found`.
pub fn check(schema: &Json, node: &Node, source: &Source, found: &mut Diagnostics) {
    Checker { root: schema, source, found, path: Vec::new() }.check(schema, node, "the scenario");
}

/// Checks a part of a scenario, or a document of its own, against the schema of that part. `path`
/// is where `spotsim explain` knows it.
pub fn check_part(
    schema: &Json,
    node: &Node,
    (what, path): (&str, &[&str]),
    source: &Source,
    found: &mut Diagnostics,
) {
    let path = path.iter().map(|step| (*step).to_owned()).collect();
    Checker { root: schema, source, found, path }.check(schema, node, what);
}

struct Checker<'c> {
    root: &'c Json,
    source: &'c Source,
    found: &'c mut Diagnostics,
    /// The fields that lead to where it looks, for `spotsim explain`.
    path: Vec<String>,
}

impl<'c> Checker<'c> {
    fn check(&mut self, schema: &'c Json, node: &Node, what: &str) {
        // A format stands beside a reference, so it would be lost with the resolution.
        let format = schema.get("format").and_then(Json::as_str);
        let schema = self.resolve(schema);
        if let Some(options) = alternatives(schema) {
            self.check_alternatives(options, node, what);
            self.check_format(format, node, what);
            return;
        }
        if let Some(types) = schema.get("type")
            && !self.has_type(types, node)
        {
            let message = format!("{what} must be {}, not {}", type_names(types), kind(node));
            self.report("E0101", node.span.clone(), message, None);
            return;
        }
        match &node.value {
            Value::Map(entries) => self.check_map(schema, node, entries, what),
            Value::Seq(items) => {
                if items.len() < length(schema, "minItems") {
                    let message = format!("{what} must not be empty");
                    self.report("E0106", node.span.clone(), message, None);
                }
                if let Some(inner) = schema.get("items") {
                    items
                        .iter()
                        .for_each(|item| self.check(inner, item, &format!("an entry of {what}")));
                }
            }
            Value::Scalar(scalar) => {
                self.check_scalar(schema, scalar, node, what);
                self.check_format(format, node, what);
            }
        }
    }

    fn check_format(&mut self, format: Option<&str>, node: &Node, what: &str) {
        let text = match &node.value {
            Value::Scalar(Json::String(text)) => text.clone(),
            Value::Scalar(Json::Number(number)) => number.to_string(),
            Value::Scalar(_) | Value::Seq(_) | Value::Map(_) => return,
        };
        let wrong = match format {
            Some("duration") => sim::Span::parse(&text).err(),
            Some("quantity") => Quantity::parse(&text).err(),
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.report("E0104", node.span.clone(), format!("{what}: {wrong}"), None);
        }
    }

    fn check_map(
        &mut self,
        schema: &'c Json,
        node: &Node,
        entries: &[(String, std::ops::Range<usize>, Node)],
        what: &str,
    ) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let additional = schema.get("additionalProperties");
        for (key, span, value) in entries {
            if let Some(inner) = properties.and_then(|known| known.get(key)) {
                self.path.push(key.clone());
                self.check(inner, value, &format!("`{key}`"));
                self.path.pop();
            } else if additional == Some(&Json::Bool(false)) {
                let known = properties.into_iter().flat_map(|known| known.keys());
                let near = did_you_mean(key, known.map(String::as_str))
                    .map(|near| format!("did you mean `{near}`?"));
                let explained = match &self.path[..] {
                    [] => near.is_none().then(|| "see `spotsim explain`".to_owned()),
                    path => Some(format!("see `spotsim explain {}`", path.join("."))),
                };
                let help: Vec<String> = near.into_iter().chain(explained).collect();
                let message = format!("unknown field `{key}`");
                let label = format!("not a field of {what}");
                let diagnostic = Diagnostic::new("E0107", message).at(self.source, span.clone());
                self.found.push(diagnostic.label(label).help(help.join(" ")));
            } else if let Some(inner) = additional.filter(|inner| inner.is_object()) {
                self.check(inner, value, &format!("`{key}`"));
            }
        }
        for required in schema.get("required").and_then(Json::as_array).into_iter().flatten() {
            let Some(name) = required.as_str() else { continue };
            if !entries.iter().any(|(key, ..)| key == name) {
                let first = entries.first().map_or(node.span.clone(), |(_, span, _)| span.clone());
                let message = format!("{what} needs a field `{name}`");
                self.report("E0106", first, message, None);
            }
        }
    }

    fn check_scalar(&mut self, schema: &'c Json, scalar: &Json, node: &Node, what: &str) {
        let span = node.span.clone();
        let allowed = schema.get("enum").and_then(Json::as_array).cloned();
        let allowed = allowed.or_else(|| schema.get("const").map(|only| vec![only.clone()]));
        if let Some(allowed) = allowed
            && !allowed.contains(scalar)
        {
            self.report_not_allowed(&allowed, scalar, span, what);
            return;
        }
        if let Some(number) = scalar.as_f64() {
            let bound = |name: &str| schema.get(name).and_then(Json::as_f64);
            let [least, most] = width(schema);
            let (least, most) = (bound("minimum").or(least), bound("maximum").or(most));
            if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
                let range = match (least, most) {
                    (Some(least), Some(most)) => format!("between {least} and {most}"),
                    (Some(least), None) => format!("at least {least}"),
                    (_, most) => format!("at most {}", most.unwrap_or(f64::MAX)),
                };
                self.report("E0103", span, format!("{what} must be {range}, not {scalar}"), None);
            }
        }
    }

    /// The value may be one of several things; what is said is about the one it resembles.
    fn check_alternatives(&mut self, options: &'c [Json], node: &Node, what: &str) {
        let constants: Option<Vec<Json>> =
            options.iter().map(|option| self.resolve(option).get("const").cloned()).collect();
        if let (Some(allowed), Value::Scalar(scalar)) = (constants, &node.value) {
            if !allowed.contains(scalar) {
                self.report_not_allowed(&allowed, scalar, node.span.clone(), what);
            }
            return;
        }
        let fitting = options.iter().find(|option| {
            let types = self.resolve(option).get("type");
            types.is_none_or(|types| self.has_type(types, node))
        });
        match fitting {
            Some(option) => self.check(option, node, what),
            None => {
                let message = format!("{what} cannot be {}", kind(node));
                self.report("E0101", node.span.clone(), message, None);
            }
        }
    }

    fn report_not_allowed(
        &mut self,
        allowed: &[Json],
        value: &Json,
        span: std::ops::Range<usize>,
        what: &str,
    ) {
        let names: Vec<&str> = allowed.iter().filter_map(Json::as_str).collect();
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let help = did_you_mean(&text, names.iter().copied())
            .map(|near| format!("did you mean `{near}`?"));
        let message = format!("{what} is `{text}`, which is not one of {}", names.join(", "));
        self.report("E0102", span, message, help);
    }

    fn report(
        &mut self,
        code: &'static str,
        span: std::ops::Range<usize>,
        message: String,
        help: Option<String>,
    ) {
        let mut diagnostic = Diagnostic::new(code, message).at(self.source, span);
        diagnostic.help = help;
        self.found.push(diagnostic);
    }

    fn resolve(&self, schema: &'c Json) -> &'c Json {
        let Some(reference) = schema.get("$ref").and_then(Json::as_str) else { return schema };
        reference.strip_prefix('#').and_then(|path| self.root.pointer(path)).unwrap_or(schema)
    }

    fn has_type(&self, types: &Json, node: &Node) -> bool {
        let is = |name: &str| match (name, &node.value) {
            ("object", Value::Map(_)) | ("array", Value::Seq(_)) => true,
            ("string", Value::Scalar(Json::String(_)))
            | ("boolean", Value::Scalar(Json::Bool(_)))
            | ("number", Value::Scalar(Json::Number(_)))
            | ("null", Value::Scalar(Json::Null)) => true,
            ("integer", Value::Scalar(Json::Number(number))) => number.is_i64() || number.is_u64(),
            _ => false,
        };
        match types {
            Json::String(name) => is(name),
            Json::Array(names) => names.iter().filter_map(Json::as_str).any(is),
            _ => true,
        }
    }
}

fn alternatives(schema: &Json) -> Option<&Vec<Json>> {
    schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array)
}

/// What the type of a whole number can hold.
fn width(schema: &Json) -> [Option<f64>; 2] {
    let range = match schema.get("format").and_then(Json::as_str) {
        Some("uint8") => [0.0, f64::from(u8::MAX)],
        Some("uint16") => [0.0, f64::from(u16::MAX)],
        Some("uint32") => [0.0, f64::from(u32::MAX)],
        Some("int32") => [f64::from(i32::MIN), f64::from(i32::MAX)],
        Some("uint64") => return [Some(0.0), None],
        _ => return [None, None],
    };
    range.map(Some)
}

fn length(schema: &Json, name: &str) -> usize {
    schema.get(name).and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn type_names(types: &Json) -> String {
    let name = |name: &str| {
        match name {
            "object" => "a map",
            "array" => "a list",
            "string" => "a text",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            _ => "nothing",
        }
        .to_owned()
    };
    match types {
        Json::Array(names) => {
            names.iter().filter_map(Json::as_str).map(name).collect::<Vec<_>>().join(" or ")
        }
        _ => types.as_str().map(name).unwrap_or_default(),
    }
}

fn kind(node: &Node) -> String {
    match &node.value {
        Value::Map(_) => "a map".into(),
        Value::Seq(_) => "a list".into(),
        Value::Scalar(Json::Null) => "nothing".into(),
        Value::Scalar(Json::String(text)) => format!("the text `{text}`"),
        Value::Scalar(scalar) => format!("`{scalar}`"),
    }
}
