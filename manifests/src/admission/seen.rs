//! What a rule sees: an object of some type, and the field that the rule is about.

use serde_json::{Map, Value};

use crate::quantity::Quantity;
use crate::tree::Step;

/// What a rule sees.
pub struct Seen<'v> {
    /// The object.
    pub(crate) whole: &'v Map<String, Value>,
    /// The field, if it is there; `null` is absent, as it is to the API server.
    pub(crate) value: Option<&'v Value>,
}

/// What is wrong at a place.
pub struct Fault {
    /// The place, from the field on.
    pub(crate) below: Vec<Step>,
    /// What is wrong, after the name of the place.
    pub(crate) message: String,
    /// What to do.
    pub(crate) fix: String,
}

impl Fault {
    /// A fault of the field itself.
    pub(crate) fn new(message: impl Into<String>, fix: impl Into<String>) -> Fault {
        Fault::below(Vec::new(), message, fix)
    }

    /// A fault of something below the field.
    pub(crate) fn below(
        below: Vec<Step>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Fault {
        Fault { below, message: message.into(), fix: fix.into() }
    }

    /// A text that does not have its form.
    pub(crate) fn form(below: Vec<Step>, name: &str, text: &str, why: &str) -> Fault {
        Fault::below(below, format!("`{}` is not {name}: {why}", shown(text)), "rename it")
    }
}

/// A text as a message quotes it.
pub fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() { short + "…" } else { short }
}

/// The steps of a path.
pub(crate) fn path<const N: usize>(steps: [&str; N]) -> Vec<Step> {
    steps.map(Step::from).to_vec()
}

impl<'v> Seen<'v> {
    /// Another field of the object.
    pub(crate) fn get(&self, field: &str) -> Option<&'v Value> {
        self.whole.get(field).filter(|value| !value.is_null())
    }

    /// Whether the object has another field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.get(field).is_some()
    }

    /// A text of the object.
    pub(crate) fn text(&self, field: &str) -> Option<&'v str> {
        self.get(field)?.as_str()
    }

    /// A whole number of the object.
    pub(crate) fn number(&self, field: &str) -> Option<i64> {
        self.get(field)?.as_i64()
    }

    /// Something below the object.
    pub(crate) fn at<const N: usize>(&self, path: [&str; N]) -> Option<&'v Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.get(first)?, |value, field| {
            value.get(*field).filter(|value| !value.is_null())
        })
    }

    /// The entries of a list of the object.
    pub(crate) fn list(&self, field: &str) -> &'v [Value] {
        self.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Whether the field is absent or empty.
    pub(crate) fn is_empty(&self) -> bool {
        match self.value {
            None => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        }
    }

    /// The field as a map.
    pub(crate) fn map(&self) -> Option<&'v Map<String, Value>> {
        self.value?.as_object()
    }

    /// The text that the field is, or those of its list, each with the way to it.
    pub(crate) fn texts(&self, mut with: impl FnMut(Vec<Step>, &'v str)) {
        match self.value {
            Some(Value::String(text)) => with(Vec::new(), text),
            Some(Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    if let Some(text) = item.as_str() {
                        with(vec![Step::from(index)], text);
                    }
                }
            }
            _ => {}
        }
    }

    /// The quantities of the field, which is a map of them.
    pub(crate) fn quantities(&self) -> impl Iterator<Item = (&'v str, Quantity)> {
        quantities(self.value)
    }

    /// Says which entries of the field's list have the same value of a field as one before.
    pub(crate) fn twice(&self, field: &str, faults: &mut Vec<Fault>) {
        let mut known = std::collections::BTreeSet::new();
        let items = self.value.and_then(Value::as_array).into_iter().flatten();
        for (index, item) in items.enumerate() {
            let Some(name) = item.get(field).and_then(Value::as_str).filter(|it| !it.is_empty())
            else {
                continue;
            };
            if !known.insert(name) {
                let below = vec![Step::from(index), Step::from(field)];
                let message = format!("`{}` is there twice", shown(name));
                faults.push(Fault::below(below, message, "rename one of them"));
            }
        }
    }
}

/// The quantities of a map, by name; what is none is reported elsewhere.
pub(crate) fn quantities(map: Option<&Value>) -> impl Iterator<Item = (&str, Quantity)> {
    let entries = map.and_then(Value::as_object).into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.as_str(), quantity(value)?)))
}

/// A quantity, written as a text or as a number.
pub(crate) fn quantity(value: &Value) -> Option<Quantity> {
    match value {
        Value::String(text) => Quantity::parse(text).ok(),
        Value::Number(number) => Quantity::parse(&number.to_string()).ok(),
        _ => None,
    }
}
