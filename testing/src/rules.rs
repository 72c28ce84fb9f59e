//! Placement rules to test with: written as `kubectl get -l` writes selectors, checked against a
//! world as it stands.
//!
//! ```
//! use sim::model::Model;
//! use testing::rules::{at_most, holds, never};
//! use sim::terms::rules::Amount;
//!
//! let mut model = Model::default();
//! let db = never(&mut model, "app=db", "karpenter.sh/capacity-type=spot");
//! let zone = "topology.kubernetes.io/zone";
//! let web = at_most(&mut model, Amount::Percent(60), "app in (web, api)", zone);
//! # let world = sim::world::World::new(std::sync::Arc::new(model));
//! assert_eq!(holds(&db, &world), Ok(()));
//! assert_eq!(holds(&web, &world), Ok(()));
//! ```

use std::fmt;

use sim::model::Model;
use sim::model::labels::{Operator, Requirement};
use sim::names::{NameId, Names};
use sim::terms::rules::{Amount, Domain, Kind, Pods, Rule};
use sim::world::World;

/// No pod that `pods` selects is on a node that `nodes` selects.
///
/// # Panics
/// If one of them is no selector.
pub fn never(model: &mut Model, pods: &str, nodes: &str) -> Rule {
    let nodes = selector(nodes, &mut model.names);
    rule(model, pods, &format!("never on {nodes:?}"), |_| Kind::Never { nodes })
}

/// Every domain of a node label holds at least this number of the pods, while any are wanted.
///
/// # Panics
/// If `pods` is no selector.
pub fn at_least(model: &mut Model, amount: Amount, pods: &str, key: &str) -> Rule {
    let name = format!("at least {amount:?} per {key}");
    rule(model, pods, &name, |names| Kind::AtLeast { amount, key: names.intern(key) })
}

/// No domain of a node label holds more than this number of the pods.
///
/// # Panics
/// If `pods` is no selector.
pub fn at_most(model: &mut Model, amount: Amount, pods: &str, key: &str) -> Rule {
    let name = format!("at most {amount:?} per {key}");
    rule(model, pods, &name, |names| Kind::AtMost { amount, key: names.intern(key) })
}

/// No domain of a node label holds two of the pods.
///
/// # Panics
/// If `pods` is no selector.
pub fn apart(model: &mut Model, pods: &str, key: &str) -> Rule {
    let name = format!("one per {key}");
    rule(model, pods, &name, |names| Kind::Apart { key: names.intern(key) })
}

/// One domain of a node label holds all of the pods that are on nodes.
///
/// # Panics
/// If `pods` is no selector.
pub fn together(model: &mut Model, pods: &str, key: &str) -> Rule {
    let name = format!("all in one {key}");
    rule(model, pods, &name, |names| Kind::Together { key: names.intern(key) })
}

fn rule(model: &mut Model, pods: &str, what: &str, kind: impl FnOnce(&mut Names) -> Kind) -> Rule {
    let labels = selector(pods, &mut model.names);
    let name = format!("{pods}: {what}");
    Rule { name, pods: Pods { namespace: None, labels }, kind: kind(&mut model.names) }
}

/// A rule that does not hold. It is an error, so that a property test can say `holds(..)?`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken {
    /// Which rule.
    pub rule: String,
    /// Where, and how many pods there are.
    pub domains: Vec<(String, u32)>,
    /// How many pods are wanted.
    pub wanted: u32,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} does not hold:", self.rule)?;
        for (domain, pods) in &self.domains {
            write!(f, " {domain} has {pods}")?;
        }
        write!(f, " of {} that are wanted", self.wanted)
    }
}

impl std::error::Error for Broken {}

/// Whether a rule holds in a world as it stands. Everything is counted afresh.
///
/// # Errors
/// Where it does not.
pub fn holds(rule: &Rule, world: &World) -> Result<(), Broken> {
    let census = world.census(rule);
    let name = |domain| match domain {
        Domain::Label(value) => world.model().names.text(value).to_owned(),
        Domain::Node(node) => world.node_name(node),
        Domain::Outside => "no domain".to_owned(),
    };
    let broken = rule.broken_in(&census).map(|domain| (name(domain), census.pods(domain)));
    let domains: Vec<_> = broken.collect();
    if domains.is_empty() {
        return Ok(());
    }
    Err(Broken { rule: rule.name.clone(), domains, wanted: census.wanted })
}

/// A selector as `kubectl get -l` takes it: `app=web,tier!=cache,zone in (a, b),!legacy`.
///
/// # Panics
/// If it is none.
// apimachinery: pkg/labels/selector.go
fn selector(text: &str, names: &mut Names) -> Vec<Requirement> {
    split(text).into_iter().map(|part| requirement(part.trim(), names)).collect()
}

/// At the commas that are not between parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn requirement(part: &str, names: &mut Names) -> Requirement {
    let mut make = |key: &str, values: Option<&str>, operator: fn(Vec<NameId>) -> Operator| {
        let key = key.trim();
        let word = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        assert!(!key.is_empty() && key.chars().all(word), "`{part}` is no part of a selector");
        let values = values.map(|list| list.split(',').map(|v| names.intern(v.trim())).collect());
        Requirement { key: names.intern(key), operator: operator(values.unwrap_or_default()) }
    };
    let listed = |list: &str| {
        let inside = list.trim().strip_prefix('(').and_then(|list| list.strip_suffix(')'));
        inside.map(str::to_owned).unwrap_or_else(|| panic!("`{list}` is no list of values"))
    };
    if let Some((key, value)) = part.split_once("!=") {
        return make(key, Some(value), Operator::NotIn);
    }
    if let Some((key, value)) = part.split_once('=') {
        return make(key, Some(value.trim_start_matches('=')), Operator::In);
    }
    if let Some((key, list)) = part.split_once(" notin ") {
        return make(key, Some(&listed(list)), Operator::NotIn);
    }
    if let Some((key, list)) = part.split_once(" in ") {
        return make(key, Some(&listed(list)), Operator::In);
    }
    match part.strip_prefix('!') {
        Some(key) => make(key, None, |_| Operator::DoesNotExist),
        None => make(part, None, |_| Operator::Exists),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_read_as_kubectl_reads_them() {
        let mut names = Names::default();
        let read = selector("a=1, b==2,c!=3,d in (4, 5),e notin (6),f,!g", &mut names);
        let text = |id: &NameId| names.text(*id).to_owned();
        let described: Vec<String> = read
            .iter()
            .map(|Requirement { key, operator }| match operator {
                Operator::In(values) => {
                    format!("{} in {:?}", text(key), values.iter().map(text).collect::<Vec<_>>())
                }
                Operator::NotIn(values) => {
                    format!("{} notin {:?}", text(key), values.iter().map(text).collect::<Vec<_>>())
                }
                other => format!("{} {other:?}", text(key)),
            })
            .collect();
        assert_eq!(
            described,
            [
                r#"a in ["1"]"#,
                r#"b in ["2"]"#,
                r#"c notin ["3"]"#,
                r#"d in ["4", "5"]"#,
                r#"e notin ["6"]"#,
                "f Exists",
                "g DoesNotExist"
            ]
        );
        assert!(selector("", &mut names).is_empty(), "everything is selected");
    }

    #[test]
    #[should_panic(expected = "no part of a selector")]
    fn what_is_no_selector_is_said_to_be_none() {
        selector("app=web,tier is cache", &mut Names::default());
    }
}
