//! Kinds of pods: what they ask for, what they tolerate, whom they want near.

use proptest::prelude::*;
use sim::Span;
use sim::model::Model;
use sim::model::labels::{LabelSet, Operator, Requirement};
use sim::model::pod::{
    AffinityTerm, HostPort, NodeSelectorTerm, PodAffinity, PodSpec, PodTraits, Protocol,
    SpreadConstraint,
};
use sim::model::resources::Resources;
use sim::model::selectors::{
    BorneTerm, Namespaces, PodSelector, SelectorId, TermKind, TopologyKeyId,
};
use sim::model::taints::{Toleration, TolerationOperator};
use sim::names::NameId;

use crate::node_labels::{DISK, RACK};

/// A kind of pod.
#[derive(Clone, Debug)]
pub struct PodPlan {
    /// The value of its label `app`.
    pub app: u8,
    /// CPU in millicores.
    pub cpu_milli: u64,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// The taint keys that it tolerates.
    pub tolerates: Vec<u8>,
    /// The disk that its node must have.
    pub disk: Option<u8>,
    /// The disk that it would like its node to have, with a weight.
    pub likes_disk: Option<(u8, i64)>,
    /// The host port it takes.
    pub host_port: Option<u16>,
    /// Its topology spread constraints.
    pub spread: Vec<SpreadPlan>,
    /// Its affinity to other pods.
    pub affinity: Vec<AffinityPlan>,
    /// Whether the scheduler's default constraints spread it.
    pub in_service: bool,
    /// Its priority.
    pub priority: i32,
}

/// A topology spread constraint.
#[derive(Clone, Debug)]
pub struct SpreadPlan {
    /// Host, zone or rack.
    pub key: u8,
    /// By how many pods a domain may be ahead.
    pub max_skew: u32,
    /// `DoNotSchedule`.
    pub required: bool,
    /// `minDomains`.
    pub min_domains: u32,
    /// Of which app pods are counted.
    pub app: u8,
    /// `nodeAffinityPolicy: Honor`.
    pub honors_affinity: bool,
    /// `nodeTaintsPolicy: Honor`.
    pub honors_taints: bool,
}

/// A term of pod affinity or anti-affinity.
#[derive(Clone, Debug)]
pub struct AffinityPlan {
    /// Host, zone or rack.
    pub key: u8,
    /// Of which app pods are meant.
    pub app: u8,
    /// Required, or preferred with this weight.
    pub weight: Option<i64>,
    /// Away from those pods, not towards them.
    pub anti: bool,
}

/// Any kind of pod.
pub fn pods() -> impl Strategy<Value = PodPlan> {
    let size = (0_u64..5, 0_u64..5, -1_i32..2);
    let disk = prop_oneof![3 => Just(None), 1 => (0_u8..2).prop_map(Some)];
    let likes = prop_oneof![2 => Just(None), 1 => (0_u8..2, 1_i64..100).prop_map(Some)];
    let host_port = prop_oneof![4 => Just(None), 1 => (80_u16..82).prop_map(Some)];
    let more = (
        prop::collection::vec(spread(), 0..3),
        prop::collection::vec(affinity(), 0..3),
        any::<bool>(),
    );
    (0_u8..3, size, prop::collection::vec(0_u8..3, 0..4), disk, likes, host_port, more).prop_map(
        |(app, (cpu, memory, priority), tolerates, disk, likes_disk, host_port, more)| {
            let (spread, affinity, in_service) = more;
            PodPlan {
                app,
                cpu_milli: cpu * 250,
                memory_mib: memory * 256,
                tolerates,
                disk,
                likes_disk,
                host_port,
                spread,
                affinity,
                in_service,
                priority,
            }
        },
    )
}

fn spread() -> impl Strategy<Value = SpreadPlan> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (0_u8..3, 1_u32..3, 1_u32..4, 0_u8..3, flags).prop_map(
        |(key, max_skew, min_domains, app, (required, honors_affinity, honors_taints))| {
            SpreadPlan {
                key,
                max_skew,
                required,
                min_domains: if required { min_domains } else { 1 },
                app,
                honors_affinity,
                honors_taints,
            }
        },
    )
}

fn affinity() -> impl Strategy<Value = AffinityPlan> {
    let weight = prop_oneof![1 => Just(None), 2 => (1_i64..100).prop_map(Some)];
    (0_u8..3, 0_u8..3, weight, any::<bool>()).prop_map(|(key, app, weight, anti)| AffinityPlan {
        key,
        app,
        weight,
        anti,
    })
}

/// Host, zone or rack, by number.
fn topology_key(number: u8, model: &mut Model) -> TopologyKeyId {
    match number {
        0 => TopologyKeyId::HOSTNAME,
        1 => TopologyKeyId::ZONE,
        _ => {
            let rack = model.names.intern(RACK);
            model.selectors.intern_key(rack)
        }
    }
}

/// The pods of an app.
fn app_selector(app: u8, namespace: NameId, model: &mut Model) -> SelectorId {
    let (key, value) = app_label(app, model);
    model.selectors.intern(PodSelector::Pods {
        namespaces: Namespaces::Only(vec![namespace]),
        labels: vec![Requirement { key, operator: Operator::In(vec![value]) }],
    })
}

fn app_label(app: u8, model: &mut Model) -> (NameId, NameId) {
    (model.names.intern("app"), model.names.intern(&format!("app-{app}")))
}

impl PodPlan {
    /// The pod spec in a model.
    #[must_use]
    pub fn spec(&self, model: &mut Model) -> PodSpec {
        let namespace = model.names.intern("default");
        let requests = Resources::one_pod(self.cpu_milli, self.memory_mib << 20);
        let disk_key = model.names.intern(DISK);
        let disk = |disk: u8, model: &mut Model| model.names.intern(&format!("{DISK}-{disk}"));
        let likes = self.likes_disk.map(|(value, weight)| {
            let operator = Operator::In(vec![disk(value, model)]);
            let labels = vec![Requirement { key: disk_key, operator }];
            (weight, NodeSelectorTerm { labels, name: Vec::new() })
        });
        let tolerations = self.tolerates.iter().map(|key| Toleration {
            key: Some(model.names.intern(&format!("taint-{key}"))),
            operator: TolerationOperator::Exists,
            effect: None,
            seconds: None,
        });
        let tolerations = tolerations.collect();
        let port = |port| HostPort { ip: None, protocol: Protocol::Tcp, port };
        let traits = PodTraits {
            namespace: Some(namespace),
            labels: LabelSet::from_iter([app_label(self.app, model)]),
            node_selector: self.disk.map(|v| (disk_key, disk(v, model))).into_iter().collect(),
            preferred_affinity: likes.into_iter().collect(),
            tolerations,
            host_ports: self.host_port.map(port).into_iter().collect(),
            spread: self.spread.iter().map(|plan| self.constraint(plan, model)).collect(),
            default_spread: self.in_service.then(|| app_selector(self.app, namespace, model)),
            pod_affinity: self.pod_affinity(namespace, model),
            priority: self.priority,
            grace: Span::from_secs(30),
            shutdown: Span::from_secs(30),
            startup: Span::from_secs(5),
            ..PodTraits::default()
        };
        traits.requesting(requests)
    }

    fn constraint(&self, plan: &SpreadPlan, model: &mut Model) -> SpreadConstraint {
        let namespace = model.names.intern("default");
        SpreadConstraint {
            key: topology_key(plan.key, model),
            max_skew: plan.max_skew,
            required: plan.required,
            min_domains: plan.min_domains,
            counted: Some(app_selector(plan.app, namespace, model)),
            counts_itself: plan.app == self.app,
            honors_affinity: plan.honors_affinity,
            honors_taints: plan.honors_taints,
        }
    }

    fn pod_affinity(&self, namespace: NameId, model: &mut Model) -> PodAffinity {
        let mut affinity = PodAffinity::default();
        let mut required = Vec::new();
        for plan in &self.affinity {
            let selector = app_selector(plan.app, namespace, model);
            let key = topology_key(plan.key, model);
            let kind = match (plan.weight, plan.anti) {
                (None, false) => TermKind::Required,
                (None, true) => TermKind::KeepsAway,
                (Some(weight), anti) => TermKind::Preferred(if anti { -weight } else { weight }),
            };
            match kind {
                TermKind::Required => {
                    affinity.required.push(key);
                    required.push(selector);
                }
                TermKind::KeepsAway => affinity.required_anti.push(AffinityTerm { selector, key }),
                TermKind::Preferred(weight) => {
                    affinity.preferred.push((weight, AffinityTerm { selector, key }));
                }
            }
            let term = model.selectors.intern_term(BorneTerm { kind, selector, key });
            affinity.borne.push(term);
        }
        affinity.required_of_itself =
            self.affinity.iter().all(|p| p.weight.is_some() || p.anti || p.app == self.app);
        affinity.required_pods =
            (!required.is_empty()).then(|| model.selectors.intern(PodSelector::AllOf(required)));
        affinity
    }
}
