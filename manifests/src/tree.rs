//! A YAML or JSON document as a tree that remembers where everything stands.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number};

use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::limits::{ALIAS_BYTES, ALIAS_NODES, DEPTH, ITEMS, KEYS, Limit, NODES};

/// A value and its place in the text.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What stands at a place.
#[derive(Clone, Debug)]
pub enum Value {
    /// Anything that is not a list or a map, already as JSON sees it.
    Scalar(serde_json::Value),
    /// A list.
    Seq(Vec<Node>),
    /// A map, in the order of the text, with the place of each key.
    Map(Vec<(String, Range<usize>, Node)>),
}

/// A text that is not a document.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// Where it goes wrong.
    pub span: Range<usize>,
    /// How.
    pub message: String,
    /// The limit that it exceeds, if that is what is wrong.
    pub limit: Option<&'static Limit>,
}

/// One step of a path: a key or an index.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    /// A key of a map.
    Key(String),
    /// An index of a list.
    Index(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(key) => f.write_str(key),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Step {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Step {
        Step::Index(index)
    }
}

/// A path as one text: `spec.containers[0].name`.
#[must_use]
pub fn dotted(path: &[Step]) -> String {
    let steps: Vec<String> = path.iter().map(Step::to_string).collect();
    steps.join(".").replace(".[", "[")
}

/// Reads every document of a text. Empty documents are left out.
///
/// # Errors
/// The first thing that is not YAML, or that would expand without measure.
pub fn parse(text: &str) -> Result<Vec<Node>, SyntaxError> {
    let mut reader =
        Reader { text, anchors: BTreeMap::new(), nodes: 0, copied: Size::default(), depth: 0 };
    let mut documents = Vec::new();
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| reader.scan_error(&error))?;
        let place = reader.place(&span);
        match event {
            Event::Scalar(..)
            | Event::SequenceStart(..)
            | Event::MappingStart(..)
            | Event::Alias(_) => {
                let node = reader.node(&mut parser, event, place)?;
                if !matches!(node.value, Value::Scalar(serde_json::Value::Null)) {
                    documents.push(node);
                }
            }
            Event::DocumentEnd => reader.anchors.clear(),
            _ => {}
        }
    }
    Ok(documents)
}

/// The value that is a part of a text, with its places in the whole; none if that part alone is no value.
/// A part of JSON always is one.
#[must_use]
pub fn part(text: &str, span: &Range<usize>) -> Option<Node> {
    let mut node = parse(text.get(span.clone())?).ok()?.into_iter().next()?;
    node.shift(span.start);
    Some(node)
}

/// Every document of a source.
///
/// # Errors
/// What [`parse`] finds, at its place.
pub fn documents(source: &Source) -> Result<Vec<Node>, Diagnostics> {
    parse(&source.text).map_err(|error| error.diagnostic(source).into())
}

struct Reader<'t> {
    text: &'t str,
    /// What aliases stand for, and how large it is.
    anchors: BTreeMap<usize, (Node, Size)>,
    /// How many nodes there are, copies included.
    nodes: usize,
    /// What anchors and aliases have copied.
    copied: Size,
    /// How many lists and maps are open.
    depth: usize,
}

/// How large a node is, with all below it.
#[derive(Clone, Copy, Default)]
struct Size {
    nodes: usize,
    /// Bytes of the scalars and keys.
    bytes: usize,
}

type Events<'t> = Parser<'t, granit_parser::StrInput<'t>>;

impl<'t> Reader<'t> {
    fn node(
        &mut self,
        parser: &mut Events<'t>,
        event: Event<'t>,
        at: Range<usize>,
    ) -> Result<Node, SyntaxError> {
        self.count(1, &at)?;
        let is_nested = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..));
        self.depth += usize::from(is_nested);
        if DEPTH.exceeded(self.depth) {
            return Err(too_large(&DEPTH, at));
        }
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = match tag {
                    Some(tag) => {
                        tagged(&tag.to_string(), &text).map_err(|what| error(at.clone(), &what))?
                    }
                    None if style == ScalarStyle::Plain => plain(&text),
                    None => text.into_owned().into(),
                };
                (Node { span: at, value: Value::Scalar(value) }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                untagged(tag.map(|it| it.to_string()), "seq")
                    .map_err(|what| error(at.clone(), &what))?;
                let mut items = Vec::new();
                let end = loop {
                    let (event, place) = self.next(parser, &at)?;
                    if matches!(event, Event::SequenceEnd) {
                        break place.end;
                    }
                    if items.len() == ITEMS.most {
                        return Err(too_large(&ITEMS, at));
                    }
                    items.push(self.node(parser, event, place)?);
                };
                (Node { span: at.start..end.max(at.end), value: Value::Seq(items) }, anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                untagged(tag.map(|it| it.to_string()), "map")
                    .map_err(|what| error(at.clone(), &what))?;
                let mut entries: Vec<(String, Range<usize>, Node)> = Vec::new();
                let mut known = BTreeSet::new();
                let end = loop {
                    let (event, place) = self.next(parser, &at)?;
                    if matches!(event, Event::MappingEnd) {
                        break place.end;
                    }
                    let key = match &event {
                        Event::Scalar(text, ..) => text.to_string(),
                        _ => return Err(error(place, "a key must be a plain text")),
                    };
                    if !known.insert(key.clone()) {
                        return Err(error(place, &format!("`{key}` is there twice")));
                    }
                    if KEYS.exceeded(known.len()) {
                        return Err(too_large(&KEYS, at));
                    }
                    let (event, value_place) = self.next(parser, &at)?;
                    let value = self.node(parser, event, value_place)?;
                    entries.push((key, place, value));
                };
                (Node { span: at.start..end.max(at.end), value: Value::Map(entries) }, anchor)
            }
            Event::Alias(id) => {
                let Some((_, size)) = self.anchors.get(&id) else {
                    return Err(error(at, "an alias refers to itself or to nothing"));
                };
                self.copy(*size, &at)?;
                let target = self.anchors.get(&id).map(|(target, _)| target.value.clone());
                (Node { span: at, value: target.unwrap_or(Value::Seq(Vec::new())) }, 0)
            }
            _ => return Err(error(at, "this is not a value")),
        };
        self.depth -= usize::from(is_nested);
        if anchor != 0 {
            let size = node.size();
            self.copy(size, &node.span)?;
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok(node)
    }

    fn next(
        &self,
        parser: &mut Events<'t>,
        inside: &Range<usize>,
    ) -> Result<(Event<'t>, Range<usize>), SyntaxError> {
        loop {
            let next =
                parser.next_event().ok_or_else(|| error(inside.clone(), "this never ends"))?;
            let (event, span) = next.map_err(|error| self.scan_error(&error))?;
            if !matches!(event, Event::Comment(..)) {
                return Ok((event, self.place(&span)));
            }
        }
    }

    fn count(&mut self, nodes: usize, at: &Range<usize>) -> Result<(), SyntaxError> {
        self.nodes += nodes;
        if NODES.exceeded(self.nodes) {
            return Err(too_large(&NODES, at.clone()));
        }
        Ok(())
    }

    /// Counts what is about to be copied, before it takes memory.
    fn copy(&mut self, size: Size, at: &Range<usize>) -> Result<(), SyntaxError> {
        self.copied.nodes += size.nodes;
        self.copied.bytes += size.bytes;
        if ALIAS_NODES.exceeded(self.copied.nodes) {
            return Err(too_large(&ALIAS_NODES, at.clone()));
        }
        if ALIAS_BYTES.exceeded(self.copied.bytes) {
            return Err(too_large(&ALIAS_BYTES, at.clone()));
        }
        self.count(size.nodes, at)
    }

    fn place(&self, span: &granit_parser::Span) -> Range<usize> {
        let end = self.text.len();
        let start = span.start.byte_offset().unwrap_or(0).min(end);
        start..span.end.byte_offset().unwrap_or(start).clamp(start, end)
    }

    fn scan_error(&self, scan: &granit_parser::ScanError) -> SyntaxError {
        let at = scan.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let text = scan.to_string();
        let message = text.split(" at byte ").next().unwrap_or(&text);
        // The parser has a limit of its own, which lies above ours but comes first in flow lists.
        if message.starts_with("recursion limit exceeded") {
            return too_large(&DEPTH, at..at);
        }
        error(at..at, message)
    }
}

fn error(span: Range<usize>, message: &str) -> SyntaxError {
    SyntaxError { span, message: message.to_owned(), limit: None }
}

fn too_large(limit: &'static Limit, span: Range<usize>) -> SyntaxError {
    SyntaxError { span, message: limit.message("this"), limit: Some(limit) }
}

impl SyntaxError {
    /// The same as a diagnostic at its place.
    #[must_use]
    pub fn diagnostic(self, source: &Source) -> Diagnostic {
        match self.limit {
            Some(limit) => limit.error(&source.file).at(source, self.span),
            None => Diagnostic::new("E0002", self.message).at(source, self.span),
        }
    }
}

/// The tags of the core schema of YAML 1.2.
const CORE: &str = "tag:yaml.org,2002:";

/// A scalar whose type is written before it.
fn tagged(tag: &str, text: &str) -> Result<serde_json::Value, String> {
    let value = plain(text);
    let name = tag.trim_start_matches(CORE).trim_start_matches("!!");
    let fits = match name {
        // `!` alone says that a plain scalar is a text.
        "str" | "!" => return Ok(text.into()),
        "int" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        "bool" => value.is_boolean(),
        "null" => value.is_null(),
        _ => return Err(no_tag(tag)),
    };
    if fits { Ok(value) } else { Err(format!("`{text}` is not what its tag `!!{name}` says")) }
}

/// Whether a list or a map has no tag, or the one that it has anyway.
fn untagged(tag: Option<String>, own: &str) -> Result<(), String> {
    match tag {
        Some(tag) if tag.trim_start_matches(CORE).trim_start_matches("!!") != own => {
            Err(no_tag(&tag))
        }
        _ => Ok(()),
    }
}

fn no_tag(tag: &str) -> String {
    let name = tag.replace(CORE, "!!");
    format!(
        "the tag `{name}` is not understood; of tags there are !!str, !!int, !!float, !!bool, !!null"
    )
}

/// A plain scalar by the core schema of YAML 1.2.
fn plain(text: &str) -> serde_json::Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return serde_json::Value::Null,
        "true" | "True" | "TRUE" => return true.into(),
        "false" | "False" | "FALSE" => return false.into(),
        _ => {}
    }
    let numeric =
        text.trim_start_matches(['-', '+', '.']).starts_with(|c: char| c.is_ascii_digit());
    if numeric {
        if let Ok(integer) = text.parse::<i64>() {
            return integer.into();
        }
        if let Ok(integer) = text.parse::<u64>() {
            return integer.into();
        }
        if let Some(number) = text.parse::<f64>().ok().and_then(Number::from_f64) {
            return number.into();
        }
    }
    text.into()
}

impl Node {
    /// The value of a key, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|(name, ..)| name == key).map(|(.., node)| node)
    }

    /// The same, taken out.
    pub fn take(&mut self, key: &str) -> Option<Node> {
        let Value::Map(entries) = &mut self.value else { return None };
        let at = entries.iter().position(|(name, ..)| name == key)?;
        Some(entries.remove(at).2)
    }

    /// Moves it and all below it by a number of bytes.
    fn shift(&mut self, by: usize) {
        self.span = self.span.start + by..self.span.end + by;
        match &mut self.value {
            Value::Scalar(_) => {}
            Value::Seq(items) => items.iter_mut().for_each(|node| node.shift(by)),
            Value::Map(entries) => {
                for (_, key, node) in entries {
                    *key = key.start + by..key.end + by;
                    node.shift(by);
                }
            }
        }
    }

    /// The text that this is, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => scalar.as_str(),
            Value::Seq(_) | Value::Map(_) => None,
        }
    }

    /// The deepest node that lies on `path`.
    #[must_use]
    pub fn at(&self, path: &[Step]) -> &Node {
        let Some((first, rest)) = path.split_first() else { return self };
        let next = match (first, &self.value) {
            (Step::Key(key), _) => self.get(key),
            (Step::Index(index), Value::Seq(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        };
        next.map_or(self, |node| node.at(rest))
    }

    /// The node at the end of `path`, if there is one.
    pub fn at_mut(&mut self, path: &[Step]) -> Option<&mut Node> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        let next = match (first, &mut self.value) {
            (Step::Key(key), Value::Map(entries)) => {
                entries.iter_mut().find(|(name, ..)| name == key).map(|(.., node)| node)
            }
            (Step::Index(index), Value::Seq(items)) => items.get_mut(*index),
            _ => None,
        };
        next.and_then(|node| node.at_mut(rest))
    }

    /// The same as JSON, without places.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Scalar(scalar) => scalar.clone(),
            Value::Seq(items) => items.iter().map(Node::to_json).collect(),
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, _, node)| (key.clone(), node.to_json()));
                serde_json::Value::Object(entries.collect::<Map<_, _>>())
            }
        }
    }

    /// How large this is, itself included.
    fn size(&self) -> Size {
        let mut size = Size { nodes: 1, bytes: 0 };
        let mut add = |key: &str, node: &Node| {
            let below = node.size();
            size.nodes += below.nodes;
            size.bytes += key.len() + below.bytes;
        };
        match &self.value {
            Value::Scalar(scalar) => size.bytes = scalar.as_str().map_or(0, str::len),
            Value::Seq(items) => items.iter().for_each(|node| add("", node)),
            Value::Map(entries) => entries.iter().for_each(|(key, _, node)| add(key, node)),
        }
        size
    }
}
