//! What is said of broken rules: one diagnostic each, at its place.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use serde_json::Value;

use super::types::Type;
use super::{Broken, judge};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::origin::Origin;
use crate::tree::Step;

/// A list where a map belongs, or the reverse.
const MISSHAPEN: &str = "E0301";
/// A rule that an object breaks which a cluster has admitted.
const ADMITTED: &str = "W0013";

/// Whether an object may be made into something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Admitted {
    /// Nothing speaks against it.
    Yes,
    /// The API server would refuse it.
    No,
}

/// What was said already.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Rules that objects of a cluster break: each is said once, of the first that breaks it.
    said: BTreeSet<&'static str>,
    /// Whether all of it is of a cluster, which has admitted it.
    of_a_cluster: bool,
}

impl Account {
    /// An account of what a cluster holds: nothing in it is refused.
    pub fn of_a_cluster() -> Account {
        Account { of_a_cluster: true, ..Account::default() }
    }

    /// Judges an object and says what is wrong. `place` knows where a part of it stands.
    pub fn examine(
        &mut self,
        (of, value): (Type, &Value),
        origin: &Origin,
        place: impl Fn(&[Step]) -> Range<usize>,
        found: &mut Diagnostics,
    ) -> Admitted {
        let uid = value.get("metadata").and_then(|it| it.get("uid")).and_then(Value::as_str);
        let by_a_cluster = self.of_a_cluster || uid.is_some_and(|uid| !uid.is_empty());
        let mut admitted = Admitted::Yes;
        for broken in judge(of, value) {
            let diagnostic = say(&broken, origin, &place);
            let Some(rule) = broken.rule.filter(|_| by_a_cluster && refuses(&diagnostic)) else {
                if refuses(&diagnostic) {
                    admitted = Admitted::No;
                }
                found.push(diagnostic);
                continue;
            };
            if self.said.insert(rule.name) {
                let help = "the cluster keeps it, as it was admitted by an older server or without \
                            this check; a new object like it would be refused";
                let mut lowered = diagnostic.help(help);
                lowered.code = ADMITTED;
                found.push(lowered);
            }
        }
        admitted
    }
}

fn refuses(diagnostic: &Diagnostic) -> bool {
    diagnostic.code.starts_with('E')
}

/// A broken rule as a diagnostic.
pub fn say(
    broken: &Broken,
    origin: &Origin,
    place: impl Fn(&[Step]) -> Range<usize>,
) -> Diagnostic {
    let code = broken.rule.map_or(MISSHAPEN, |rule| rule.code);
    let message = format!("{}: `{}` {}", origin.name, written(&broken.path), broken.fault);
    let says = |rule: &super::Rule| format!("rule `{}`", rule.name);
    let help = match broken.rule {
        Some(rule) if code.starts_with('E') => {
            format!("{}; the API server refuses it ({})", broken.fix, rule.source)
        }
        _ => broken.fix.clone(),
    };
    let diagnostic = Diagnostic::new(code, message).at(&origin.source, place(&broken.path));
    diagnostic.label(broken.rule.map(says).unwrap_or_default()).help(help)
}

/// A path as Kubernetes writes it: `spec.containers[0].name`; keys that are no names in quotes.
pub fn written(path: &[Step]) -> String {
    let plain = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut text = String::new();
    for step in path {
        let _ = match step {
            Step::Key(key) if plain(key) && text.is_empty() => write!(text, "{key}"),
            Step::Key(key) if plain(key) => write!(text, ".{key}"),
            Step::Key(key) => write!(text, "[{}]", super::seen::shown(key)),
            Step::Index(index) => write!(text, "[{index}]"),
        };
    }
    text
}
