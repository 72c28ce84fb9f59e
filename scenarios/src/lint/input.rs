//! The input of a review: workloads, budgets and pools, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use manifests::context::ClusterContext;
use manifests::limit_ranges;
use sim::providers::{self, Provider};

use super::matching::{Labels, admits, labels};
use crate::diagnostic::{Diagnostic, Source};
use crate::file::{File, Pool};
use crate::kube::{
    self, HorizontalPodAutoscaler, JobSpec, ObjectKind, PodDisruptionBudget, PodSpec,
    VerticalPodAutoscaler,
};
use crate::load::Origin;
use crate::node_labels;
use crate::tree::{Node, Step, Value};

/// Everything that is reviewed together.
pub(crate) struct ReviewInput {
    /// Whose nodes they are.
    pub(crate) provider: &'static Provider,
    /// Where they are.
    region: String,
    /// The pools of the scenario; none when only objects are reviewed.
    pub(crate) pools: Vec<(Pool, Place)>,
    /// What keeps pods.
    pub(crate) workloads: Vec<Workload>,
    /// What protects them.
    pub(crate) budgets: Vec<(PodDisruptionBudget, Place)>,
    pub(super) autoscalers: Vec<HorizontalPodAutoscaler>,
    /// What changes how large pods are.
    pub(super) resizers: Vec<(VerticalPodAutoscaler, Place)>,
    /// What they refer to.
    pub(super) context: ClusterContext,
    /// Workloads that a scenario keeps off spot, as `namespace/name`.
    off_spot: BTreeSet<String>,
}

/// Something that keeps pods.
pub(crate) struct Workload {
    /// Its kind.
    pub(crate) kind: ObjectKind,
    /// Its namespace.
    pub(crate) namespace: String,
    /// Its name.
    pub(crate) name: String,
    /// The labels of its pods.
    pub(super) labels: BTreeMap<String, String>,
    /// What each pod is.
    pub(super) spec: PodSpec,
    /// Annotations of the object and of its pods.
    pub(crate) annotations: Vec<(String, String)>,
    /// How its Jobs take failures; none if it has no Jobs, or they never give up.
    pub(crate) job: Option<Box<JobSpec>>,
    pub(super) replicas: Option<u32>,
    pub(super) place: Place,
    /// Where the PodSpec is, from the place.
    pub(super) path: &'static [&'static str],
}

/// Where something is written.
pub(crate) struct Place {
    pub(super) source: Source,
    pub(super) node: Node,
}

impl Place {
    /// The first line of an object: a dump is read as a stream, and nothing is known of the parts.
    pub(super) fn of_first_line(origin: &Origin) -> Place {
        let Origin { source, span, .. } = origin;
        let end = source.text[span.clone()].find('\n').map_or(span.end, |at| span.start + at);
        let nothing = Value::Scalar(serde_json::Value::Null);
        let node = Node { span: span.start..end, value: nothing };
        Place { source: Source::clone(source), node }
    }

    /// A diagnostic at the deepest node on a path from here.
    pub(crate) fn warn(&self, code: &'static str, message: String, path: &[&str]) -> Diagnostic {
        let steps: Vec<Step> = path
            .iter()
            .map(|step| step.parse().map_or_else(|_| Step::Key((*step).to_owned()), Step::Index))
            .collect();
        Diagnostic::new(code, message).at(&self.source, self.node.at(&steps).span.clone())
    }
}

impl Workload {
    /// As a person names it.
    pub(crate) fn full(&self) -> String {
        format!("{} {}/{}", self.kind.name(), self.namespace, self.name)
    }

    /// Its pods' spec.
    pub(crate) fn spec(&self) -> &PodSpec {
        &self.spec
    }

    /// The labels of its pods.
    pub(crate) fn labels(&self) -> Labels {
        labels(&self.labels)
    }

    /// Whether it serves: its pods run for ever, and some should always be there.
    pub(crate) fn serves(&self) -> bool {
        self.kind.keeps_replicas()
    }

    /// A diagnostic at the name.
    pub(crate) fn warn(&self, code: &'static str, message: String) -> Diagnostic {
        let named = self.place.node.at(&[Step::Key("metadata".into()), Step::Key("name".into())]);
        let named =
            if named.span == self.place.node.span { &["name"][..] } else { &["metadata", "name"] };
        self.place.warn(code, message, named)
    }

    /// A diagnostic at a field of the PodSpec.
    pub(crate) fn warn_in_spec(
        &self,
        code: &'static str,
        message: String,
        path: &[&str],
    ) -> Diagnostic {
        self.place.warn(code, message, &[self.path, path].concat())
    }
}

impl ReviewInput {
    /// Nothing yet, at a provider.
    pub(crate) fn new(provider: &'static Provider) -> ReviewInput {
        ReviewInput {
            provider,
            region: String::new(),
            pools: Vec::new(),
            workloads: Vec::new(),
            budgets: Vec::new(),
            autoscalers: Vec::new(),
            resizers: Vec::new(),
            context: ClusterContext::default(),
            off_spot: BTreeSet::new(),
        }
    }

    /// Gives containers what LimitRanges do, once all objects are known.
    pub(super) fn complete(&mut self) {
        for workload in &mut self.workloads {
            let ranges = self.context.limit_ranges_of(&workload.namespace);
            limit_ranges::complete(&mut workload.spec, ranges);
        }
    }

    /// From now on, nodes are where a scenario has them.
    pub(super) fn use_nodes_of(&mut self, file: &File) {
        self.provider = file.provider.provider();
        self.region.clone_from(&file.region);
        self.off_spot.extend(file.cluster.iter().flat_map(|it| it.on_demand_only.iter().cloned()));
    }

    /// How many pods it has at least, as far as is written.
    pub(crate) fn replicas(&self, workload: &Workload) -> u32 {
        let scales = |scaler: &&HorizontalPodAutoscaler| {
            let target = &scaler.spec.scale_target_ref;
            target.kind == workload.kind.name()
                && target.name == workload.name
                && scaler.metadata.namespace() == workload.namespace
        };
        let scaler = self.autoscalers.iter().find(scales);
        scaler.map_or(workload.replicas, |scaler| scaler.spec.min_replicas).unwrap_or(1)
    }

    /// Whether its pods may run on spot nodes: on those of a pool, or, when no pools are known, if
    /// they ask for such nodes or tolerate them.
    pub(crate) fn may_be_on_spot(&self, workload: &Workload) -> bool {
        if self.off_spot.contains(&format!("{}/{}", workload.namespace, workload.name)) {
            return false;
        }
        if self.pools.is_empty() {
            return asks_for_spot(workload.spec());
        }
        self.pools
            .iter()
            .filter(|(pool, _)| pool.buys_spot())
            .any(|(pool, _)| admits(&self.labels_of(pool), &pool.taints, workload.spec()))
    }

    /// The labels of a pool's nodes, as a run would give them.
    fn labels_of(&self, pool: &Pool) -> Labels {
        let mut all = Labels::new();
        for node in node_labels::of_pool(pool, self.provider, &self.region) {
            for (key, value) in node {
                all.entry(key).or_default().insert(value);
            }
        }
        all
    }
}

/// Whether a pod names a label or a taint of spot nodes, and does not refuse them.
fn asks_for_spot(spec: &PodSpec) -> bool {
    let known = |key: &str| {
        let labels = providers::PROVIDERS.iter().flat_map(|provider| provider.labels);
        key == "karpenter.sh/capacity-type" || labels.into_iter().any(|label| label.key == key)
    };
    let spot = |value: &str| ["spot", "SPOT", "true"].contains(&value);
    let selected = spec.node_selector.iter().any(|(key, value)| known(key) && spot(value));
    let tolerated = spec
        .tolerations
        .iter()
        .any(|it| it.key.as_deref().is_some_and(known) && (it.value.is_empty() || spot(&it.value)));
    let required = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = required.and_then(|affinity| affinity.required.as_ref());
    let wanted = required.is_some_and(|selector| {
        let expressions = selector.node_selector_terms.iter().flat_map(|t| &t.match_expressions);
        let mut asked =
            expressions.filter(|it| it.operator == kube::Operator::In && known(&it.key));
        asked.any(|expression| expression.values.iter().any(|value| spot(value)))
    });
    selected || tolerated || wanted
}
