//! The same scenario with some values changed: for sweeps, benches and what-if questions.
//!
//! A value is found by its path, `market.reclaims.scale`; an item of a list by its name or by its
//! index, `pools.spot.count`, `pools[0].count`. It is changed in the tree, and all that follows is done
//! again: a changed scenario is checked like a written one.

use std::ops::Range;

use manifests::tree::{self, Node, Step, Value};

use crate::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};
use crate::origin::Origin;
use crate::{Input, Scenario, renamed};

impl Scenario {
    /// The same scenario with other values at some paths, each written as in YAML. What is not there
    /// yet is added.
    ///
    /// ```
    /// # use scenarios::Scenario;
    /// let shop = Scenario::library("web-on-spot")?;
    /// let larger = shop.with(&[("workloads.web.replicas", "40"), ("market.reclaims.scale", "10")])?;
    /// assert_eq!(larger.setup.market.reclaim_scale, 10.0);
    /// # Ok::<(), scenarios::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// A path that leads nowhere, and everything that is wrong with the scenario then.
    pub fn with(&self, changes: &[(&str, &str)]) -> Result<Scenario, Diagnostics> {
        let mut origin = self.origin.clone();
        let own = |(path, value): &(&str, &str)| ((*path).to_owned(), (*value).to_owned());
        origin.changes.extend(changes.iter().map(own));
        let source = &origin.source;
        let mut former = Diagnostics::default();
        let (tree, changed) = changed_tree(&origin, &mut former)?;
        let read = crate::parse::parse(source, &tree, origin.folder.as_deref());
        let mut scenario = read.map_err(|found| marked(&found, &changed))?;
        former.iter().for_each(|it| scenario.warnings.push(it.clone()));
        let mut text = source.text.to_string();
        for (path, value) in &origin.changes {
            text += &format!("\n{path}: {value}");
        }
        // What was read is the text and the changes: another scenario than the file's.
        scenario.inputs[0] = Input::of(&source.file, text.as_bytes());
        scenario.origin = origin;
        Ok(scenario)
    }

    /// What it says, with all that was changed in it since it was read, as JSON.
    #[must_use]
    pub fn written(&self) -> serde_json::Value {
        let tree = changed_tree(&self.origin, &mut Diagnostics::default());
        // It was read before, so that it can be read again.
        tree.map_or(serde_json::Value::Null, |(tree, _)| tree.to_json())
    }

    /// What was changed since it was read: paths and values.
    pub fn changes(&self) -> impl Iterator<Item = (&str, &str)> {
        self.origin.changes.iter().map(|(path, value)| (path.as_str(), value.as_str()))
    }
}

/// Places of a text where something else stands now, and what that is.
type Changed<'o> = Vec<(Range<usize>, &'o str)>;

/// The tree of a scenario in today's words, with its changes.
fn changed_tree<'o>(
    origin: &'o Origin,
    former: &mut Diagnostics,
) -> Result<(Node, Changed<'o>), Diagnostics> {
    let source = &origin.source;
    let written = Scenario::tree(source)?;
    let mut tree = renamed::in_new_words(&written, source, former).into_owned();
    let mut changed = Vec::new();
    for (path, value) in &origin.changes {
        changed.push((set(&mut tree, path, value, source)?, value.as_str()));
    }
    Ok((tree, changed))
}

/// Says of diagnostics at places that were changed what stands there now: the text shows what was
/// there before.
fn marked(found: &Diagnostics, changed: &[(Range<usize>, &str)]) -> Diagnostics {
    let mut all = Diagnostics::default();
    for diagnostic in found.iter() {
        let span = diagnostic.place.as_ref().map(|place| &place.span);
        let now = changed.iter().rev().find(|(place, _)| Some(place) == span);
        let mut diagnostic = diagnostic.clone();
        if let Some((_, value)) = now {
            diagnostic.message += &format!(" (changed to `{value}`)");
        }
        all.push(diagnostic);
    }
    all
}

/// Sets the value at a path, and says which place of the text it has.
fn set(
    tree: &mut Node,
    path: &str,
    value: &str,
    source: &Source,
) -> Result<Range<usize>, Diagnostics> {
    let steps = steps(path).ok_or_else(|| {
        let help = "write it like `pools.spot.count` or `pools[0].count`";
        Diagnostic::new("E0104", format!("`{path}` is not a path")).help(help)
    })?;
    let documents = tree::parse(value).map_err(|error| {
        let message = format!("the value of `{path}` is not YAML: {}", error.message);
        Diagnostic::new("E0002", message)
    })?;
    let null = Node { span: 0..0, value: Value::Scalar(serde_json::Value::Null) };
    let mut new = documents.into_iter().next().unwrap_or(null);
    let mut node = tree;
    for (depth, step) in steps.iter().enumerate() {
        let place = Place { path, steps: &steps[..depth], source };
        node = below(node, step, &place)?;
    }
    stands_at(&mut new, &node.span);
    *node = new;
    Ok(node.span.clone())
}

/// How far a path has been followed.
struct Place<'p> {
    path: &'p str,
    steps: &'p [Step],
    source: &'p Source,
}

impl Place<'_> {
    /// That a path leads nowhere from here.
    fn nowhere(&self, node: &Node, why: &str) -> Diagnostic {
        let here = match self.steps {
            [] => "the scenario".to_owned(),
            steps => format!("`{}`", written(steps)),
        };
        let message = format!("`{}` leads nowhere: {here} {why}", self.path);
        Diagnostic::new("E0107", message).at(self.source, node.span.clone())
    }
}

/// The node one step further, which is made if it is a field that is not there.
fn below<'n>(
    node: &'n mut Node,
    step: &Step,
    place: &Place<'_>,
) -> Result<&'n mut Node, Diagnostics> {
    let span = node.span.clone();
    if matches!(node.value, Value::Scalar(serde_json::Value::Null)) {
        node.value = Value::Map(Vec::new());
    }
    let found = match (&node.value, step) {
        (Value::Map(entries), Step::Key(key)) => {
            Ok(entries.iter().position(|(name, ..)| name == key).unwrap_or(entries.len()))
        }
        (Value::Seq(items), Step::Index(index)) if *index < items.len() => Ok(*index),
        (Value::Seq(items), Step::Index(_)) => {
            Err(place.nowhere(node, &format!("has {}", count(items.len()))).into())
        }
        (Value::Seq(items), Step::Key(name)) => named(items, name, node, place),
        (Value::Map(_), Step::Index(_)) => {
            Err(place.nowhere(node, "has fields and no items").into())
        }
        (Value::Scalar(value), _) => {
            Err(place.nowhere(node, &format!("is {value}, which has nothing below it")).into())
        }
    }?;
    match &mut node.value {
        Value::Map(entries) => {
            if let (true, Step::Key(key)) = (found == entries.len(), step) {
                let null = Value::Scalar(serde_json::Value::Null);
                entries.push((key.clone(), span.clone(), Node { span, value: null }));
            }
            Ok(&mut entries[found].2)
        }
        Value::Seq(items) => Ok(&mut items[found]),
        Value::Scalar(_) => unreachable!("it was made a map, or is an error"),
    }
}

/// Which item of a list has this name.
fn named(items: &[Node], name: &str, node: &Node, place: &Place<'_>) -> Result<usize, Diagnostics> {
    let names = || items.iter().filter_map(|item| item.get("name").and_then(Node::text));
    let mut of_the_name = items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.get("name").and_then(Node::text) == Some(name));
    match (of_the_name.next(), of_the_name.next()) {
        (Some((index, _)), None) => Ok(index),
        (Some((one, _)), Some((other, _))) => {
            let here = written(place.steps);
            let why = format!("has two items of the name `{name}`: {here}[{one}], {here}[{other}]");
            Err(place.nowhere(node, &why).into())
        }
        (None, _) => {
            let there: Vec<String> = names().map(|name| format!("`{name}`")).collect();
            let there = match there.is_empty() {
                true => format!("{} without names", count(items.len())),
                false => there.join(", "),
            };
            let error = place.nowhere(node, &format!("has no `{name}`, but {there}"));
            Err(match did_you_mean(name, names()) {
                Some(near) => error.help(format!("did you mean `{near}`?")).into(),
                None => error.into(),
            })
        }
    }
}

fn count(items: usize) -> String {
    if items == 1 { "1 item".to_owned() } else { format!("{items} items") }
}

/// Gives a node of another text a place in this one.
fn stands_at(node: &mut Node, span: &Range<usize>) {
    node.span = span.clone();
    match &mut node.value {
        Value::Scalar(_) => {}
        Value::Seq(items) => items.iter_mut().for_each(|item| stands_at(item, span)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, key, item)| {
            *key = span.clone();
            stands_at(item, span);
        }),
    }
}

/// The steps of a path; none if it is not one. A key that has dots stands in brackets and quotes:
/// `nodeLabels["example.com/team"]`.
fn steps(path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (step, after) = match inside.strip_prefix('"') {
                Some(quoted) => {
                    let (key, after) = quoted.split_once("\"]")?;
                    (Step::from(key), after)
                }
                None => {
                    let (index, after) = inside.split_once(']')?;
                    (Step::Index(index.parse().ok()?), after)
                }
            };
            steps.push(step);
            rest = after;
            continue;
        }
        if !steps.is_empty() {
            rest = rest.strip_prefix('.')?;
        }
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        steps.push(Step::from(&rest[..end]));
        rest = &rest[end..];
    }
    (!steps.is_empty()).then_some(steps)
}

/// A path as one writes it.
fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        if matches!(step, Step::Key(_)) && !text.is_empty() {
            text.push('.');
        }
        text += &step.to_string();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_keys_names_and_indices() {
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(steps("pools.spot.count"), Some(vec![key("pools"), key("spot"), key("count")]));
        assert_eq!(
            steps("pools[12].count"),
            Some(vec![key("pools"), Step::Index(12), key("count")])
        );
        assert_eq!(steps(r#"a["b.c"][0]"#), Some(vec![key("a"), key("b.c"), Step::Index(0)]));
        for wrong in ["", ".a", "a.", "a..b", "a[", "a[x]", "a[0]b", r#"a["b]"#] {
            assert_eq!(steps(wrong), None, "{wrong}");
        }
    }
}
