//! JSON, which `kubectl get -o json` writes by the hundred megabytes.
//!
//! A list is cut into the texts of its items first, and each item is read by itself: at no time is
//! there a tree of everything.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Head, Loader, MOST_NESTED, Origin, Wrong};
use crate::diagnostic::{Diagnostic, Source};
use crate::limits::ITEMS;
use crate::tree::{self, Step};

/// Flow mappings of YAML are shorter than this.
const FLOW_MAPPING: usize = 1 << 16;

/// The part of an object that tells what it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Peek<'t> {
    #[serde(borrow)]
    api_version: Option<Cow<'t, str>>,
    #[serde(borrow)]
    kind: Option<Cow<'t, str>>,
    #[serde(borrow)]
    metadata: Option<&'t RawValue>,
    #[serde(borrow)]
    items: Option<&'t RawValue>,
}

#[derive(Default, Deserialize)]
struct PeekMetadata<'t> {
    #[serde(borrow)]
    name: Option<Cow<'t, str>>,
    #[serde(borrow)]
    namespace: Option<Cow<'t, str>>,
}

/// The items of a list; of an endless one, one more than is read.
struct Items<'t>(Vec<&'t RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() <= ITEMS.most {
                        items.push(item);
                    }
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// A value whose maps have no key twice: which of two fields counts is not for us to choose.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }

            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_str<E>(self, value: &str) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_string<E>(self, value: String) -> Result<Value, E> {
                Ok(value.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut items = Vec::new();
                while let Some(Unique(item)) = seq.next_element()? {
                    items.push(item);
                }
                Ok(items.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut entries = Map::new();
                while let Some((key, Unique(value))) = map.next_entry::<String, Unique>()? {
                    if let Some((key, _)) = entries.get_key_value(&key) {
                        return Err(A::Error::custom(format!("duplicate field `{key}`")));
                    }
                    entries.insert(key, value);
                }
                Ok(entries.into())
            }
        }
        deserializer.deserialize_any(Any).map(Unique)
    }
}

impl Loader<'_> {
    /// Reads every value of a JSON text; there may be several, one after the other.
    pub(super) fn json(&mut self, source: &Source) -> Result<(), Box<Diagnostic>> {
        let start = source.text.len() - source.text.trim_start_matches('\u{feff}').len();
        let values = serde_json::Deserializer::from_str(&source.text[start..]);
        for value in values.into_iter::<&RawValue>() {
            let value = match value {
                Ok(value) => value,
                // A flow mapping of YAML looks like JSON at first sight.
                Err(_) if source.text.len() < FLOW_MAPPING && self.yaml(source).is_ok() => {
                    return Ok(());
                }
                Err(error) => return Err(syntax_error(source, start, &error)),
            };
            self.json_value(source, value, &Head::default(), 0);
        }
        Ok(())
    }

    fn json_value(&mut self, source: &Source, value: &RawValue, list: &Head, depth: usize) {
        let text = value.get();
        if text.starts_with('[') {
            self.json_items(source, value, list, depth);
            return;
        }
        let span = place(source, text);
        let peek: Peek<'_> = match serde_json::from_str(text) {
            Ok(peek) => peek,
            Err(error) => {
                let Wrong { message, span } = wrong(text, span.start, &error);
                let message = format!("this is not a Kubernetes object: {message}");
                self.found.push(Diagnostic::new("E0301", message).at(source, span));
                return;
            }
        };
        let own = |own: Option<Cow<'_, str>>, list: &str| {
            own.map_or_else(|| list.to_owned(), Cow::into_owned)
        };
        let head = Head {
            api_version: own(peek.api_version, &list.api_version),
            kind: own(peek.kind, &list.kind),
        };
        if let Some(items) = peek.items
            && let Some(kind) = head.kind.strip_suffix("List")
        {
            let head = Head { kind: kind.to_owned(), ..head };
            self.json_items(source, items, if kind.is_empty() { list } else { &head }, depth);
            return;
        }
        // Metadata of another shape has no names, and is judged with the object.
        let metadata = peek.metadata.map(RawValue::get).filter(|it| it.starts_with('{'));
        let metadata = metadata.and_then(|it| serde_json::from_str(it).ok());
        let PeekMetadata { name, namespace } = metadata.unwrap_or_default();
        let origin =
            Origin::new(source, span.clone(), &head.kind, namespace.as_deref(), name.as_deref());
        // The tree that knows where everything stands is made only where something is wrong.
        let place = |path: &[Step]| {
            let tree = tree::part(&source.text, &span);
            tree.map_or(span.start..span.start + 1, |tree| tree.at(path).span.clone())
        };
        let value = || match serde_json::from_str::<Unique>(text) {
            Ok(Unique(value)) => Ok(value),
            Err(error) => Err(wrong(text, span.start, &error)),
        };
        if let Some(object) = self.object(&head, &origin, value, place) {
            self.keep(object, origin, None);
        }
    }

    fn json_items(&mut self, source: &Source, items: &RawValue, list: &Head, depth: usize) {
        let at = place(source, items.get()).start;
        if depth == MOST_NESTED {
            let message = "lists within lists within lists: this is not what Kubernetes writes";
            self.found.push(Diagnostic::new("E0301", message).at(source, at..at + 1));
            return;
        }
        match serde_json::from_str::<Option<Items<'_>>>(items.get()) {
            Ok(items) if items.as_ref().is_some_and(|items| ITEMS.exceeded(items.0.len())) => {
                self.found.push(ITEMS.error(&source.file).at(source, at..at + 1));
            }
            Ok(items) => {
                for item in items.into_iter().flat_map(|items| items.0) {
                    self.json_value(source, item, list, depth + 1);
                }
            }
            Err(error) => {
                let Wrong { message, span } = wrong(items.get(), at, &error);
                self.found.push(Diagnostic::new("E0301", message).at(source, span));
            }
        }
    }
}

/// Where a part of a text stands in it.
fn place(source: &Source, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(source.text.as_ptr() as usize);
    start..start + part.len()
}

/// What is wrong with a part that begins at `start`.
fn wrong(part: &str, start: usize, error: &serde_json::Error) -> Wrong {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => part.match_indices('\n').nth(line - 2).map_or(0, |(at, _)| at + 1),
    };
    let at = start + (line_start + error.column().saturating_sub(1)).min(part.len());
    Wrong { message: message(error), span: at..at }
}

/// What an error says, without where.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

fn syntax_error(source: &Source, start: usize, error: &serde_json::Error) -> Box<Diagnostic> {
    let Wrong { message, span } = wrong(&source.text[start..], start, error);
    let diagnostic = if error.is_eof() {
        Diagnostic::new("E0002", format!("{} ends in the middle: {message}", source.file))
            .help("the file was cut short; write it again")
    } else {
        Diagnostic::new("E0002", message)
    };
    Box::new(diagnostic.at(source, span))
}
