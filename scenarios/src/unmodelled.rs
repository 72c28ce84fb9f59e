//! What a manifest says and the simulation does not know: counted, listed once, never dropped
//! silently.

use std::collections::BTreeMap;
use std::fmt;

/// A field or a kind that is not modelled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Unmodelled {
    /// What it is.
    pub what: String,
    /// How often it occurs.
    pub count: usize,
    /// Where it occurs first.
    pub first: String,
}

impl fmt::Display for Unmodelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}x, first in {})", self.what, self.count, self.first)
    }
}

/// Fields that cannot change where a pod runs or when it stops. They are counted together.
const WITHOUT_BEARING: [&str; 19] = [
    "command",
    "args",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "name",
    "containerPort",
    "securityContext",
    "serviceAccountName",
    "livenessProbe",
    "selector",
    "creationTimestamp",
    "status",
    "automountServiceAccountToken",
    "workingDir",
    "strategy",
    "restartPolicy",
    "labels",
];

/// The count as it grows.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<String, (usize, String)>);

impl Tally {
    /// Counts a field, by its path in an object.
    pub fn field(&mut self, path: &str, object: &str) {
        let collapsed: Vec<&str> = path
            .split('.')
            .filter(|step| *step != "?")
            .map(|step| if step.bytes().all(|b| b.is_ascii_digit()) { "[]" } else { step })
            .collect();
        let last = collapsed.iter().rev().find(|step| **step != "[]").copied().unwrap_or_default();
        if WITHOUT_BEARING.contains(&last) {
            self.count("fields without bearing on scheduling (images, commands, env, …)", object);
        } else {
            self.count(&collapsed.join(".").replace(".[]", "[]"), object);
        }
    }

    /// Counts anything else, in its own words.
    pub fn count(&mut self, what: &str, object: &str) {
        self.0.entry(what.to_owned()).or_insert_with(|| (0, object.to_owned())).0 += 1;
    }

    /// The list, in alphabetical order.
    #[must_use]
    pub fn into_list(self) -> Vec<Unmodelled> {
        let row = |(what, (count, first))| Unmodelled { what, count, first };
        self.0.into_iter().map(row).collect()
    }
}
