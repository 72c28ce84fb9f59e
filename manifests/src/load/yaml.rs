//! YAML, and whatever else has been read into a tree.

use super::{Head, Loader, MOST_NESTED, Origin};
use crate::diagnostic::{Diagnostic, Source};
use crate::tree::{self, Node, Step, Value};

impl Loader<'_> {
    /// Reads every document of a YAML text.
    pub(super) fn yaml(&mut self, source: &Source) -> Result<(), Box<Diagnostic>> {
        let documents =
            tree::parse(&source.text).map_err(|error| Box::new(error.diagnostic(source)))?;
        self.documents(source, documents);
        Ok(())
    }

    /// Reads documents that have been parsed already.
    pub fn documents(&mut self, source: &Source, documents: Vec<Node>) {
        self.unrendered = None;
        documents.into_iter().for_each(|it| self.node(source, it, &Head::default(), 0));
    }

    fn node(&mut self, source: &Source, mut node: Node, list: &Head, depth: usize) {
        let own =
            |key: &str, list: &str| node.get(key).and_then(Node::text).unwrap_or(list).to_owned();
        let head = Head {
            api_version: own("apiVersion", &list.api_version),
            kind: own("kind", &list.kind),
        };
        if let Some(kind) = head.kind.strip_suffix("List")
            && let Some(items) = node.take("items")
        {
            if depth == MOST_NESTED {
                let message = "lists within lists within lists: this is not what Kubernetes writes";
                self.found.push(Diagnostic::new("E0301", message).at(source, node.span.clone()));
                return;
            }
            let head = Head { kind: kind.to_owned(), ..head };
            let list = if kind.is_empty() { list } else { &head };
            match items.value {
                Value::Seq(items) => {
                    items.into_iter().for_each(|item| self.node(source, item, list, depth + 1));
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
        if let Some(object) = self.object(&head, &origin, || Ok(node.to_json()), place) {
            let tree = self.keeps_trees.then_some(node);
            self.keep(object, origin, tree);
        }
    }
}
