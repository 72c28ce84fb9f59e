//! YAML, and whatever else has been read into a tree.

use super::json::message;
use super::{Head, Loader, MOST_NESTED, Origin, Raw, Wrong};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::kube;
use crate::tree::{self, Node, Step, Value};
use crate::unmodelled::{Ignored, Tally};

impl Loader<'_> {
    /// Reads every document of a YAML text.
    pub(super) fn yaml(&mut self, source: &Source) -> Result<(), Box<Diagnostic>> {
        let documents =
            tree::parse(&source.text).map_err(|error| Box::new(error.diagnostic(source)))?;
        for document in &documents {
            self.node(source, document, &Head::default(), 0);
        }
        Ok(())
    }

    fn node(&mut self, source: &Source, node: &Node, list: &Head, depth: usize) {
        let own =
            |key: &str, list: &str| node.get(key).and_then(Node::text).unwrap_or(list).to_owned();
        let head = Head {
            api_version: own("apiVersion", &list.api_version),
            kind: own("kind", &list.kind),
        };
        if let Some(items) = node.get("items")
            && let Some(kind) = head.kind.strip_suffix("List")
        {
            if depth == MOST_NESTED {
                let message = "lists within lists within lists: this is not what Kubernetes writes";
                self.found.push(Diagnostic::new("E0301", message).at(source, node.span.clone()));
                return;
            }
            let head = Head { kind: kind.to_owned(), ..head };
            let list = if kind.is_empty() { list } else { &head };
            match &items.value {
                Value::Seq(items) => {
                    items.iter().for_each(|item| self.node(source, item, list, depth + 1));
                }
                Value::Scalar(serde_json::Value::Null) => {}
                Value::Scalar(_) | Value::Map(_) => {
                    let span = items.span.clone();
                    let message = "the `items` of a list must be a list";
                    self.found.push(Diagnostic::new("E0301", message).at(source, span));
                }
            }
            return;
        }
        let metadata = |key| node.get("metadata").and_then(|it| it.get(key)).and_then(Node::text);
        let (namespace, name) = (metadata("namespace"), metadata("name"));
        let origin = Origin::new(source, node.span.clone(), &head.kind, namespace, name);
        let place = |path: &[Step]| node.at(path).span.clone();
        let raw = || Some(Raw { value: node.to_json(), place });
        self.object(&head, origin, raw, |kind, ignored| {
            read(|text, ignored| kind.read(text, ignored), node, ignored)
        });
    }
}

/// A part of a tree as what `read` makes of its text. Fields that are not known there are counted,
/// and what is wrong is reported at its place.
pub fn typed<T>(
    read: impl FnOnce(&str, kube::Ignored<'_>) -> serde_json::Result<T>,
    node: &Node,
    origin: &Origin,
    tally: &mut Tally,
    found: &mut Diagnostics,
) -> Option<T> {
    let mut ignored = Ignored::default();
    match self::read(read, node, &mut ignored) {
        Ok(value) => {
            tally.fields(&ignored, origin);
            Some(value)
        }
        Err(Wrong { message, span }) => {
            let message = format!("{}: {message}", origin.name);
            found.push(Diagnostic::new("E0301", message).at(&origin.source, span));
            None
        }
    }
}

fn read<T>(
    read: impl FnOnce(&str, kube::Ignored<'_>) -> serde_json::Result<T>,
    node: &Node,
    ignored: &mut Ignored,
) -> Result<T, Wrong> {
    let text = node.to_json().to_string();
    read(&text, &mut |path| ignored.note(&path)).map_err(|error| {
        let (path, node) = node.behind(error.column().saturating_sub(1));
        let path: Vec<String> = path.iter().map(Step::to_string).collect();
        let message = match path.join(".").replace(".[", "[") {
            path if path.is_empty() => message(&error),
            path => format!("{path}: {}", message(&error)),
        };
        Wrong { message, span: node.span.clone() }
    })
}
