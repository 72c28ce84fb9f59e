//! Rules about PodDisruptionBudgets.

use super::input::{ReviewInput, Workload};
use super::matching::selects;
use crate::code::Code;
use crate::diagnostic::Diagnostics;
use crate::kube::{IntOrString, PodDisruptionBudget};

pub(super) const BLOCKS_DRAINS: Code = Code {
    id: "W0101",
    title: "a PodDisruptionBudget lets no pod go",
    why: "No pod may be evicted as long as all are healthy, so that every drain stands still: \
          upgrades, consolidation and the reaction to a notice. The reclaim itself is not stopped \
          by a budget: the pods are killed with the node instead of being moved in time.",
    example: "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n\
              spec: {maxUnavailable: 0, selector: {matchLabels: {app: web}}}",
    fix: "Let at least one pod go: `maxUnavailable: 1`, or more replicas than `minAvailable`.",
};

pub(super) fn blocks_drains(input: &ReviewInput, found: &mut Diagnostics) {
    for (budget, place) in &input.budgets {
        let protected: Vec<&Workload> = protected(input, budget).collect();
        let pods: u32 = protected.iter().map(|workload| input.replicas(workload)).sum();
        let spec = &budget.spec;
        let (field, value) = match (&spec.max_unavailable, &spec.min_available) {
            (Some(most), _) => ("maxUnavailable", most),
            (None, Some(least)) => ("minAvailable", least),
            (None, None) => continue,
        };
        let may_go = if protected.is_empty() {
            allows_any(field, value)
        } else {
            allowed(field, value, pods) > 0
        };
        if !may_go {
            let of = if protected.is_empty() { String::new() } else { format!(" of {pods} pods") };
            let message = format!(
                "PodDisruptionBudget {}/{} lets no pod go: {field} is {}{of}",
                budget.metadata.namespace(),
                budget.metadata.name,
                written(value)
            );
            let warning = place.warn(BLOCKS_DRAINS.id, message, &["spec", field]);
            found.push(warning.help(BLOCKS_DRAINS.help()));
        }
    }
}

pub(super) const PROTECTS_NO_POD: Code = Code {
    id: "W0102",
    title: "a PodDisruptionBudget selects no workload",
    why: "A budget whose selector matches nothing protects nothing, and that shows only in the \
          first drain. It may be that its workload is in a file that was not given.",
    example: "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\n\
              spec: {maxUnavailable: 1, selector: {matchLabels: {app: wbe}}}\n---\n\
              apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\n\
              spec: {containers: [{name: app}]}",
    fix: "Compare its selector with the labels of the pods, and their namespaces.",
};

pub(super) fn protects_no_pod(input: &ReviewInput, found: &mut Diagnostics) {
    // Budgets on their own have nothing to be compared with.
    if input.workloads.is_empty() {
        return;
    }
    for (budget, place) in &input.budgets {
        if protected(input, budget).next().is_none() {
            let message = format!(
                "PodDisruptionBudget {}/{} selects no workload in these files",
                budget.metadata.namespace(),
                budget.metadata.name
            );
            let warning = place.warn(PROTECTS_NO_POD.id, message, &["spec", "selector"]);
            found.push(warning.help(PROTECTS_NO_POD.help()));
        }
    }
}

pub(super) const TWO_FOR_ONE: Code = Code {
    id: "W0103",
    title: "two PodDisruptionBudgets protect the same pods",
    why: "The eviction API refuses to evict a pod that more than one budget selects, with an \
          internal error, so that no drain can move it.",
    example: "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: one}\n\
              spec: {maxUnavailable: 1, selector: {matchLabels: {app: web}}}\n---\n\
              apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: two}\n\
              spec: {maxUnavailable: 1, selector: {}}\n---\n\
              apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\n\
              spec: {containers: [{name: app}]}",
    fix: "Keep one of them.",
};

pub(super) fn two_for_one(input: &ReviewInput, found: &mut Diagnostics) {
    for workload in &input.workloads {
        let covers = |budget: &PodDisruptionBudget| covers(budget, workload);
        let budgets = input.budgets.iter().map(|(budget, _)| budget).filter(|b| covers(b));
        let names: Vec<&str> = budgets.map(|budget| budget.metadata.name.as_str()).collect();
        if names.len() > 1 {
            let message = format!(
                "{} is protected by {} PodDisruptionBudgets at once: {}",
                workload.full(),
                names.len(),
                names.join(", ")
            );
            found.push(workload.warn(TWO_FOR_ONE.id, message).help(TWO_FOR_ONE.help()));
        }
    }
}

fn covers(budget: &PodDisruptionBudget, workload: &Workload) -> bool {
    budget.metadata.namespace() == workload.namespace
        && selects(budget.spec.selector.as_ref(), &workload.labels())
}

fn protected<'s>(
    input: &'s ReviewInput,
    budget: &PodDisruptionBudget,
) -> impl Iterator<Item = &'s Workload> {
    input.workloads.iter().filter(move |workload| covers(budget, workload))
}

/// How many of a number of healthy pods may go.
// kubernetes: pkg/controller/disruption/disruption.go getExpectedPodCount: percentages round up
fn allowed(field: &str, value: &IntOrString, pods: u32) -> u32 {
    let amount = match (value, percent(value)) {
        (_, Some(percent)) => pods.saturating_mul(percent).div_ceil(100),
        (IntOrString::Int(number), None) => u32::try_from(*number).unwrap_or(0),
        (IntOrString::Text(_), None) => return pods,
    };
    if field == "maxUnavailable" { amount } else { pods.saturating_sub(amount) }
}

/// Whether it lets any pod go, however many there are.
fn allows_any(field: &str, value: &IntOrString) -> bool {
    match (field, value, percent(value)) {
        ("maxUnavailable", IntOrString::Int(0), _) | ("maxUnavailable", _, Some(0)) => false,
        (_, _, Some(percent)) => field == "maxUnavailable" || percent < 100,
        _ => true,
    }
}

fn percent(value: &IntOrString) -> Option<u32> {
    let IntOrString::Text(text) = value else { return None };
    text.strip_suffix('%')?.parse().ok()
}

fn written(value: &IntOrString) -> String {
    match value {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_up_as_kubernetes_rounds_them() {
        let text = |text: &str| IntOrString::Text(text.into());
        assert_eq!(allowed("minAvailable", &text("50%"), 3), 1);
        assert_eq!(allowed("minAvailable", &text("90%"), 3), 0);
        assert_eq!(allowed("maxUnavailable", &text("10%"), 3), 1);
        assert_eq!(allowed("maxUnavailable", &text("0%"), 3), 0);
        assert_eq!(allowed("minAvailable", &IntOrString::Int(2), 3), 1);
        assert_eq!(allowed("minAvailable", &IntOrString::Int(5), 3), 0);
        assert!(!allows_any("minAvailable", &text("100%")));
        assert!(allows_any("minAvailable", &IntOrString::Int(1)));
    }
}
