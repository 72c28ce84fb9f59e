//! NodeAffinity: node selectors, required terms, and preferences with weights.

use super::{Args, share_of_max};
use crate::fact::refusal::UnschedulableReason;
use crate::model::labels::Operator;
use crate::model::node::NodeId;
use crate::model::pod::NodeSelectorTerm;
use crate::names::NameId;
use crate::scheduler::framework::{
    Around, Candidates, Code, Feasible, Filter, NodeView, PodView, Prepared, Reasons,
    RelativeScore, Verdict,
};
use crate::world::World;

/// See the module.
pub struct NodeAffinity {
    /// What every pod must satisfy besides its own terms.
    added: Option<Vec<NodeSelectorTerm>>,
    /// What every pod prefers besides its own terms.
    added_preferred: Vec<(i64, NodeSelectorTerm)>,
}

impl NodeAffinity {
    /// The plugin with these arguments.
    #[must_use]
    pub fn new(args: &Args) -> Self {
        NodeAffinity {
            added: args.added_affinity.clone(),
            added_preferred: args.added_preferred_affinity.clone(),
        }
    }
}

impl Filter for NodeAffinity {
    fn prepare(&self, pod: PodView<'_>, world: &World) -> Prepared {
        let spec = pod.spec;
        if let Some(node) = pod.meant_for {
            return Prepared::Only(Candidates { nodes: vec![node], names: Vec::new() });
        }
        match &spec.required_affinity {
            None if spec.node_selector.is_empty() && self.added.is_none() => Prepared::Skip,
            Some(terms) => named(terms, world),
            None => Prepared::Run,
        }
    }

    fn check(&self, pod: PodView<'_>, node: NodeView<'_>) -> Verdict {
        if self.added.as_ref().is_some_and(|terms| !node.satisfies_one(terms)) {
            return Verdict::unresolvable("node(s) didn't match scheduler-enforced node affinity");
        }
        if node.is_required_by(pod.spec) {
            return Verdict::Pass;
        }
        Verdict::unresolvable("node(s) didn't match Pod's node affinity/selector")
    }
}

impl RelativeScore for NodeAffinity {
    fn applies(&self, pod: PodView<'_>) -> bool {
        !pod.spec.preferred_affinity.is_empty() || !self.added_preferred.is_empty()
    }

    /// The sum of the weights of the preferred terms that match.
    fn grade(&self, pod: PodView<'_>, node: NodeView<'_>) -> i64 {
        let preferred = pod.spec.preferred_affinity.iter().chain(&self.added_preferred);
        preferred.filter(|(_, term)| node.satisfies(term)).map(|(weight, _)| weight).sum()
    }

    fn raw(&self, _: PodView<'_>, grade: i64, _: Around<'_>, _: &Feasible) -> i64 {
        grade
    }

    fn normalize(&self, raw: i64, _: i64, max: i64) -> i64 {
        share_of_max(raw, max, false)
    }
}

/// When every term names nodes, no other node can do.
// kube-scheduler: plugins/nodeaffinity/node_affinity.go PreFilter
fn named(terms: &[NodeSelectorTerm], world: &World) -> Prepared {
    let mut names: Vec<NameId> = Vec::new();
    for term in terms {
        let Some(of_term) = names_of(term) else { return Prepared::Run };
        names.extend(of_term);
    }
    if terms.is_empty() {
        return Prepared::Run;
    }
    if names.is_empty() {
        let reason = UnschedulableReason::Text("pod affinity terms conflict");
        return Prepared::Reject(Code::UnschedulableAndUnresolvable, Reasons::One(reason));
    }
    names.sort_unstable();
    names.dedup();
    let named = |node: &NodeId| names.binary_search(&world.view(*node).name()).is_ok();
    let nodes = world.registered().iter().copied().filter(named).collect();
    Prepared::Only(Candidates { nodes, names })
}

/// The nodes that a term names with `In`; none if it does not name any.
fn names_of(term: &NodeSelectorTerm) -> Option<Vec<NameId>> {
    let mut names: Option<Vec<NameId>> = None;
    for requirement in &term.name {
        let Operator::In(values) = &requirement.operator else { continue };
        match &mut names {
            None => names = Some(values.clone()),
            Some(names) => names.retain(|name| values.contains(name)),
        }
    }
    names
}
