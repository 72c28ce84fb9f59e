//! The recommender of the Vertical Pod Autoscaler, as it is simulated: decaying histograms, and more
//! memory after a kill.

use std::collections::BTreeSet;

use sim::autoscalers::vpa::RecommenderConfig;
use sim::autoscalers::vpa::recommender::{Checkpoint, GroupId, Recommender as Simulated, Subject};
use sim::model::vpa::{ContainerPolicy, CpuMemory, Learning, Stated, VpaSpec};
use sim::names::{NameId, Names};
use sim::table::Id;

use super::{Recommender, Rule};
use crate::history::{Container, Sample};

/// VPA with its defaults.
pub const RULE: Rule = Rule {
    id: "vpa",
    name: "VPA's defaults",
    about: "the target of VPA's recommender: the 90th percentile of a histogram with a half-life of 24 h, \
            and 15 % more, at least 25m and 250Mi a pod; more memory after a kill",
    begin: |container| Box::new(Vpa::new(container, &RecommenderConfig::default())),
};

/// VPA's recommender with any configuration.
pub struct Vpa {
    recommender: Simulated,
    name: NameId,
    spec: VpaSpec,
    checkpoint: Checkpoint,
    pods: BTreeSet<u32>,
    sampled: CpuMemory<bool>,
}

/// All pods of a workload are alike.
fn group() -> GroupId {
    GroupId::from_index(0)
}

/// What the VerticalPodAutoscaler of a container says of it.
fn policy(container: &Container) -> ContainerPolicy {
    let (min_allowed, max_allowed) = container.bounds;
    ContainerPolicy {
        container: None,
        off: false,
        min_allowed,
        max_allowed,
        controlled: CpuMemory { cpu: true, memory: true },
        requests_only: false,
        learning: Learning::default(),
        boost: None,
    }
}

impl Vpa {
    /// One that has seen nothing yet.
    #[must_use]
    pub fn new(container: &Container, config: &RecommenderConfig) -> Vpa {
        // What is known of one container is recommended for it alone, so its part of the least is stated.
        // VPA: recommender/logic/recommender.go, the fraction of the minimum
        let share = 1.0 / container.alongside.max(1) as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of it")]
        let min = config.min.map(|least| (least as f64 * share) as u64);
        Vpa {
            recommender: Simulated::new(RecommenderConfig { min, ..config.clone() }),
            name: Names::default().intern(&container.name.container),
            spec: VpaSpec { policies: vec![policy(container)], ..VpaSpec::default() },
            checkpoint: Checkpoint::default(),
            pods: BTreeSet::new(),
            sampled: CpuMemory::default(),
        }
    }
}

impl Recommender for Vpa {
    fn sees(&mut self, sample: &Sample) {
        if self.pods.insert(sample.pod) {
            let containers = [(self.name, Learning::default())];
            self.recommender.pod_added(sample.pod.into(), group(), containers, sample.at_ms);
        }
        let mut used = Stated::default();
        *sample.lane.of_mut(&mut used) = Some(sample.used);
        *sample.lane.of_mut(&mut self.sampled) = true;
        self.recommender.sample(sample.pod.into(), self.name, used, sample.at_ms);
    }

    fn killed(&mut self, sample: &Sample, request: u64) {
        let pod = sample.pod.into();
        self.recommender.out_of_memory(pod, self.name, request, sample.at_ms);
    }

    fn recommend(&mut self, _: i64) -> Stated {
        let Vpa { recommender, spec, checkpoint, .. } = self;
        let mut subject = Subject { spec, groups: &[group()], checkpoint };
        let recommended = recommender.recommend(&mut subject);
        let target = recommended.first().map(|(_, it)| it.target).unwrap_or_default();
        target.zip(self.sampled).map(|(target, sampled)| target.filter(|_| sampled))
    }
}
