//! Where pods may and would like to run: affinity, spreading, tolerations, and taints.

use super::meta::values;
use super::{NAME, NEEDED, NUMBER, Rule, TOGETHER, WORD, rule};
use crate::admission::names::{DNS_LABEL, KEY, LABEL_VALUE, SUBDOMAIN};
use crate::admission::seen::{Fault, Seen, path, shown};
use crate::admission::types::REQUIRED;
use crate::admission::{Check, Type};
use crate::tree::Step;

const SPREAD: &[Type] = &[Type::TopologySpreadConstraint];
const TERM: &[Type] = &[Type::PodAffinityTerm];
const TOLERATION: &[Type] = &[Type::Toleration];
const OF_TERM: &str = "core/validation/validation.go validatePodAffinityTerm";
const OF_NODES: &str = "core/validation/validation.go ValidateNodeSelectorRequirement";
const OF_FIELDS: &str = "core/validation/validation.go ValidateNodeFieldSelectorRequirement";
const OF_SPREAD: &str = "core/validation/validation.go validateTopologySpreadConstraints";
const OF_TOLERATIONS: &str = "core/validation/validation.go ValidateTolerations";
const OF_TAINTS: &str = "core/validation/validation.go validateNodeTaints";

pub(super) static RULES: &[Rule] = &[
    rule(
        "node-affinity-weight",
        &[Type::PreferredTerm],
        "weight",
        Check::NeededBetween(1, 100),
        NUMBER,
        "core/validation/validation.go ValidatePreferredSchedulingTerms",
    ),
    rule(
        "pod-affinity-weight",
        &[Type::WeightedTerm],
        "weight",
        Check::NeededBetween(1, 100),
        NUMBER,
        "core/validation/validation.go validateWeightedPodAffinityTerms",
    ),
    rule(
        "node-affinity-terms",
        &[Type::NodeSelector],
        "nodeSelectorTerms",
        Check::Needed,
        NEEDED,
        "core/validation/validation.go ValidateNodeSelector",
    ),
    rule(
        "node-requirement-key",
        &[Type::LabelRequirement],
        "key",
        Check::Form(KEY_OR_NONE),
        NAME,
        OF_NODES,
    ),
    rule(
        "node-requirement-operator",
        &[Type::LabelRequirement],
        "operator",
        Check::NeededOneOf(&["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
        WORD,
        OF_NODES,
    ),
    rule(
        "node-requirement-values",
        &[Type::LabelRequirement],
        "values",
        Check::Holds(
            "are there for `In` and `NotIn`, not for `Exists` and `DoesNotExist`, and one for `Gt` and `Lt`",
            |it, faults| {
                values(it, faults);
                let operator = it.text("operator").unwrap_or_default();
                let one = it.list("values").len() == 1;
                if matches!(operator, "Gt" | "Lt") && !one {
                    let message = format!("must be one with `{operator}`");
                    faults.push(Fault::new(message, "write one whole number, as a text"));
                }
            },
        ),
        TOGETHER,
        OF_NODES,
    ),
    rule(
        "node-field",
        &[Type::FieldRequirement],
        "key",
        Check::NeededOneOf(&["metadata.name"]),
        WORD,
        OF_FIELDS,
    ),
    rule(
        "node-field-operator",
        &[Type::FieldRequirement],
        "operator",
        Check::NeededOneOf(&["In", "NotIn"]),
        WORD,
        OF_FIELDS,
    ),
    rule(
        "node-field-values",
        &[Type::FieldRequirement],
        "values",
        Check::Holds("are one", |it, faults| {
            if it.list("values").len() != 1 {
                faults.push(Fault::new("must be one", "write a term for each node"));
            }
        }),
        TOGETHER,
        OF_FIELDS,
    ),
    rule("affinity-topology-key", TERM, "topologyKey", Check::Needed, NEEDED, OF_TERM),
    rule(
        "affinity-topology-key-form",
        TERM,
        "topologyKey",
        Check::Form(KEY_OR_NONE),
        NAME,
        OF_TERM,
    ),
    rule("affinity-namespaces", TERM, "namespaces", Check::Form(DNS_LABEL), NAME, OF_TERM),
    rule(
        "affinity-match-keys",
        TERM,
        "matchLabelKeys",
        Check::Holds("stand beside a `labelSelector`, and not in `mismatchLabelKeys`", keys),
        TOGETHER,
        "core/validation/validation.go validateMatchLabelKeysAndMismatchLabelKeys",
    ),
    rule(
        "affinity-mismatch-keys",
        TERM,
        "mismatchLabelKeys",
        Check::Holds("stand beside a `labelSelector`", needs_selector),
        TOGETHER,
        "core/validation/validation.go validateMatchLabelKeysAndMismatchLabelKeys",
    ),
    rule(
        "spread-max-skew",
        SPREAD,
        "maxSkew",
        Check::NeededBetween(1, i32::MAX as i64),
        NUMBER,
        "core/validation/validation.go ValidatePositiveField (validateTopologySpreadConstraints)",
    ),
    rule("spread-topology-key", SPREAD, "topologyKey", Check::Needed, NEEDED, OF_SPREAD),
    rule(
        "spread-topology-key-form",
        SPREAD,
        "topologyKey",
        Check::Form(KEY_OR_NONE),
        NAME,
        "core/validation/validation.go ValidateTopologyKey",
    ),
    rule(
        "spread-when-unsatisfiable",
        SPREAD,
        "whenUnsatisfiable",
        Check::NeededOneOf(&["DoNotSchedule", "ScheduleAnyway"]),
        WORD,
        "core/validation/validation.go ValidateWhenUnsatisfiable",
    ),
    rule(
        "spread-min-domains",
        SPREAD,
        "minDomains",
        Check::Between(1, i32::MAX as i64),
        NUMBER,
        "core/validation/validation.go validateMinDomains",
    ),
    rule(
        "spread-min-domains-required",
        SPREAD,
        "minDomains",
        Check::Holds("stands beside `whenUnsatisfiable: DoNotSchedule`", |it, faults| {
            if it.value.is_some() && it.text("whenUnsatisfiable") == Some("ScheduleAnyway") {
                let message = "can only be with `whenUnsatisfiable: DoNotSchedule`";
                faults.push(Fault::new(message, "take it out, or write `DoNotSchedule`"));
            }
        }),
        TOGETHER,
        "core/validation/validation.go validateMinDomains",
    ),
    rule(
        "spread-affinity-policy",
        SPREAD,
        "nodeAffinityPolicy",
        Check::OneOf(&["Honor", "Ignore"]),
        WORD,
        "core/validation/validation.go validateNodeInclusionPolicy",
    ),
    rule(
        "spread-taints-policy",
        SPREAD,
        "nodeTaintsPolicy",
        Check::OneOf(&["Honor", "Ignore"]),
        WORD,
        "core/validation/validation.go validateNodeInclusionPolicy",
    ),
    rule(
        "spread-match-keys",
        SPREAD,
        "matchLabelKeys",
        Check::Holds("stand beside a `labelSelector`", needs_selector),
        TOGETHER,
        "core/validation/validation.go validateMatchLabelKeysInTopologySpread",
    ),
    rule(
        "spread-repeated",
        &[Type::PodSpec],
        "topologySpreadConstraints",
        Check::Holds("no two have the same `topologyKey` and `whenUnsatisfiable`", |it, faults| {
            let text = |one: &serde_json::Value, field: &str| {
                one.get(field).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
            };
            let mut known = std::collections::BTreeSet::new();
            for (index, one) in it.list("topologySpreadConstraints").iter().enumerate() {
                let (key, when) = (text(one, "topologyKey"), text(one, "whenUnsatisfiable"));
                if !known.insert((key.clone(), when.clone())) {
                    let message =
                        format!("`{}` with `{}` is there twice", shown(&key), shown(&when));
                    faults.push(Fault::below(vec![Step::from(index)], message, "keep one of them"));
                }
            }
        }),
        TOGETHER,
        "core/validation/validation.go ValidateSpreadConstraintNotRepeat",
    ),
    rule("toleration-key", TOLERATION, "key", Check::Form(KEY_OR_NONE), NAME, OF_TOLERATIONS),
    rule(
        "toleration-operator",
        TOLERATION,
        "operator",
        Check::OneOf(&["", "Equal", "Exists", "Gt", "Lt"]),
        WORD,
        OF_TOLERATIONS,
    ),
    rule(
        "toleration-parts",
        TOLERATION,
        "",
        Check::Holds(
            "`Exists` has no value; without a key it is `Exists`; seconds stand beside `NoExecute`",
            |it, faults| {
                let text = |field| it.text(field).unwrap_or_default();
                if text("key").is_empty() && text("operator") != "Exists" {
                    let message = "must be `Exists` where there is no `key`";
                    faults.push(Fault::below(
                        path(["operator"]),
                        message,
                        "add `operator: Exists`",
                    ));
                }
                if text("operator") == "Exists" && !text("value").is_empty() {
                    let message = "must be empty with `operator: Exists`";
                    faults.push(Fault::below(
                        path(["value"]),
                        message,
                        "take it out, or write `Equal`",
                    ));
                }
                if it.has("tolerationSeconds") && text("effect") != "NoExecute" {
                    let message = "can only be with `effect: NoExecute`";
                    faults.push(Fault::below(
                        path(["tolerationSeconds"]),
                        message,
                        "add the effect",
                    ));
                }
            },
        ),
        TOGETHER,
        OF_TOLERATIONS,
    ),
    rule(
        "toleration-effect",
        TOLERATION,
        "effect",
        Check::OneOf(&["", "NoSchedule", "PreferNoSchedule", "NoExecute"]),
        WORD,
        "core/validation/validation.go validateTaintEffect",
    ),
    rule("taint-key", &[Type::Taint], "key", Check::Needed, NEEDED, OF_TAINTS),
    rule("taint-key-form", &[Type::Taint], "key", Check::Form(KEY_OR_NONE), NAME, OF_TAINTS),
    rule("taint-value", &[Type::Taint], "value", Check::Form(LABEL_VALUE), NAME, OF_TAINTS),
    rule(
        "taint-effect",
        &[Type::Taint],
        "effect",
        Check::NeededOneOf(&["NoSchedule", "PreferNoSchedule", "NoExecute"]),
        WORD,
        OF_TAINTS,
    ),
    rule(
        "volume-affinity-required",
        &[Type::PersistentVolumeSpec],
        "nodeAffinity",
        Check::Holds("has required terms", |it, faults| {
            if let Some(affinity) = it.value
                && affinity.get("required").is_none_or(serde_json::Value::is_null)
            {
                let below = path(["required"]);
                faults.push(Fault::below(below, "is required", "add `required`, or no affinity"));
            }
        }),
        NEEDED,
        "core/validation/validation.go validateVolumeNodeAffinity",
    ),
    rule(
        "affinity-required-nodes",
        &[Type::NodeAffinity],
        REQUIRED,
        Check::Holds("`matchFields` name nodes by a DNS-1123 subdomain", |it, faults| {
            let terms = it.at([REQUIRED, "nodeSelectorTerms"]).and_then(|it| it.as_array());
            for (at, term) in terms.into_iter().flatten().enumerate() {
                let fields = term.get("matchFields").and_then(|it| it.as_array());
                for (number, field) in fields.into_iter().flatten().enumerate() {
                    let names = field.get("values").and_then(|it| it.as_array());
                    for name in names.into_iter().flatten().filter_map(|it| it.as_str()) {
                        if let Err(why) = (SUBDOMAIN.1)(name) {
                            let below = vec![
                                Step::from("nodeSelectorTerms"),
                                Step::from(at),
                                Step::from("matchFields"),
                                Step::from(number),
                                Step::from("values"),
                            ];
                            faults.push(Fault::form(below, SUBDOMAIN.0, name, &why));
                        }
                    }
                }
            }
        }),
        NAME,
        OF_FIELDS,
    ),
];

/// A key; what is empty is said where it is needed.
const KEY_OR_NONE: crate::admission::Form =
    (KEY.0, |text| if text.is_empty() { Ok(()) } else { (KEY.1)(text) });

fn needs_selector(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    if !it.is_empty() && !it.has("labelSelector") {
        let message = "must not be there without a `labelSelector`";
        faults.push(Fault::new(message, "add the selector whose pods are meant"));
    }
}

fn keys(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    needs_selector(it, faults);
    let other = it.list("mismatchLabelKeys");
    for (index, key) in it.list("matchLabelKeys").iter().enumerate() {
        if other.contains(key) {
            let message = "is in `mismatchLabelKeys`, too";
            faults.push(Fault::below(vec![Step::from(index)], message, "keep one of the two"));
        }
    }
}
