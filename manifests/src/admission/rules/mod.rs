//! The table of rules, by what they are about.
//!
//! Upstream's functions are named by file and function; files are below `pkg/apis/` of Kubernetes 1.36
//! unless they say `apimachinery:`, which is `staging/src/k8s.io/apimachinery/pkg/`.

mod autoscaling;
mod containers;
mod jobs;
mod meta;
mod placement;
mod pods;
mod storage;
mod workloads;

use std::sync::LazyLock;

use super::Check;
use super::types::Type;

/// One thing that must hold.
pub struct Rule {
    /// Its name, the same for ever.
    pub name: &'static str,
    /// The types that have the field.
    pub on: &'static [Type],
    /// The field that it looks at; empty for the object itself.
    pub field: &'static str,
    /// What must hold.
    pub check: Check,
    /// The code that it gives, which says how bad it is.
    pub code: &'static str,
    /// The function upstream that refuses it.
    pub source: &'static str,
}

/// Names, labels and keys.
const NAME: &str = "E0310";
/// Numbers and amounts.
const NUMBER: &str = "E0311";
/// Words out of a list.
const WORD: &str = "E0312";
/// What must be there.
const NEEDED: &str = "E0313";
/// What does not go together.
const TOGETHER: &str = "E0314";
/// Fields of another kind.
const STRANGER: &str = "W0014";
/// Annotations of ours.
const ANNOTATION: &str = "W0015";

const fn rule(
    name: &'static str,
    on: &'static [Type],
    field: &'static str,
    check: Check,
    code: &'static str,
    source: &'static str,
) -> Rule {
    Rule { name, on, field, check, code, source }
}

/// Every rule, in order, by what it is about.
pub static RULES: &[(&str, &[Rule])] = &[
    ("Metadata and selectors", meta::RULES),
    ("Pods", pods::RULES),
    ("Containers", containers::RULES),
    ("Placement", placement::RULES),
    ("Controllers", workloads::RULES),
    ("Jobs", jobs::RULES),
    ("Storage", storage::RULES),
    ("Budgets, priorities, autoscalers and Services", autoscaling::RULES),
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|(_, rules)| rules.iter())
}

/// The rules on a type, in order.
pub(super) fn of(of: Type) -> &'static [&'static Rule] {
    static BY_TYPE: LazyLock<Vec<Vec<&Rule>>> = LazyLock::new(|| {
        let own = |of: &Type| all().filter(|rule| rule.on.contains(of)).collect();
        Type::ALL.iter().map(own).collect()
    });
    &BY_TYPE[of as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as a page of the documentation.
    fn page() -> String {
        let mut page = include_str!("page.md").to_owned();
        for (about, rules) in RULES {
            page += &format!(
                "\n## {about}\n\n| rule | looks at | what must hold | code | refused by |\n|---|---|---|---|---|\n"
            );
            for rule in *rules {
                let dot = if rule.field.is_empty() { "" } else { "." };
                let on: Vec<String> =
                    rule.on.iter().map(|of| format!("`{of:?}{dot}{}`", rule.field)).collect();
                page += &format!(
                    "| {} | {} | {} | {} | {} |\n",
                    rule.name,
                    on.join(", "),
                    rule.check.words(),
                    rule.code,
                    rule.source
                );
            }
        }
        page
    }

    /// `just bless` writes it afresh.
    #[test]
    fn the_table_in_the_documentation_is_fresh() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/admission.md");
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(committed, page(), "stale: run `just bless`");
    }
}
