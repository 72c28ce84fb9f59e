//! What a scenario says and a run never changes: names, the catalogue, pod specs, workloads, pools.

pub mod arrivals;
pub mod breach;
pub mod budget;
pub mod catalog;
pub mod containers;
pub mod deadline;
pub mod decimal;
pub mod disruption;
pub mod failure;
pub mod hpa;
pub mod images;
pub mod job;
pub mod labels;
pub mod limit_range;
pub mod metrics;
pub mod node;
pub mod planned;
pub mod pod;
pub mod pool;
pub mod pressure;
pub mod quota;
pub mod relations;
pub mod resources;
pub mod schedule;
pub mod selectors;
mod sizing;
pub mod specs;
pub mod start;
pub mod storage;
pub mod taints;
pub mod usage;
pub mod vpa;
pub mod workload;
pub mod zonal;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::names::{NameId, Names};
use crate::table::{Id, Table};
use arrivals::Generators;
use budget::{Budget, BudgetId};
use catalog::Catalog;
use failure::{FailurePolicy, FailurePolicyId};
use hpa::{Hpa, HpaId};
use images::Images;
use labels::LabelSet;
use limit_range::LimitRange;
use metrics::MetricSources;
use node::NodeId;
use planned::Planned;
use pod::SpecId;
use pool::{Pool, PoolId};
use pressure::Pressure;
use quota::{Counted, Quota, QuotaId};
use relations::{Related, Relations};
use resources::{LANES, Lane};
use schedule::{Schedule, ScheduleId};
use selectors::{Selectors, TopologyKeyId};
use specs::Specs;
use start::Start;
use storage::Storage;
use usage::Usage;
use vpa::{Vpa, VpaId};
use workload::{Workload, WorkloadId};

/// The well-known label that every node carries with its own name.
pub const HOSTNAME_LABEL: &str = "kubernetes.io/hostname";

/// Region and zone, each in its present and its older spelling.
const ZONE_LABELS: [&str; 4] = [
    "topology.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/region",
    "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/zone",
];

/// Everything that is the same for every run of a scenario.
#[derive(Clone, Debug)]
pub struct Model {
    /// Every string that means something to the scheduler.
    pub names: Names,
    /// What can be bought.
    pub catalog: Catalog,
    /// What pods ask for.
    pub specs: Specs,
    /// Which pods those mean, and in which domains.
    pub selectors: Selectors,
    /// What pods store data on.
    pub storage: Storage,
    /// Images that nodes have.
    pub images: Images,
    /// What is to run.
    pub workloads: Table<WorkloadId, Workload>,
    /// Which failures of their pods Jobs count.
    pub failure_policies: Table<FailurePolicyId, FailurePolicy>,
    /// When CronJobs make Jobs.
    pub schedules: Table<ScheduleId, Schedule>,
    /// What changes at given times.
    pub planned: Planned,
    /// What lets Jobs and pods arrive.
    pub generators: Generators,
    /// What pods really use, of the workloads that say so.
    pub usage: Usage,
    /// Where autoscalers of pods get their metrics from.
    pub metrics: MetricSources,
    /// What changes how many pods there are.
    pub hpas: Table<HpaId, Hpa>,
    /// What changes how large they are, at most one for each workload.
    pub vpas: Table<VpaId, Vpa>,
    /// How many pods of a kind may be evicted at once.
    pub budgets: Table<BudgetId, Budget>,
    /// How much the pods of a namespace may request together.
    pub quotas: Table<QuotaId, Quota>,
    /// How much each pod of a namespace may request.
    pub limit_ranges: BTreeMap<NameId, Vec<LimitRange>>,
    /// What it is to run on.
    pub pools: Table<PoolId, Pool>,
    /// What is there from the start.
    pub start: Start,
    /// The label [`HOSTNAME_LABEL`].
    pub hostname_key: NameId,
    /// The name that stands for every host which no selector mentions.
    pub unmentioned_host: NameId,
    /// The taint key that a cordoned node is understood to carry.
    pub unschedulable_key: NameId,
    /// The taint key of a node whose kubelet says that it is not ready.
    pub not_ready_key: NameId,
    /// The taint key of a node that is not heard of.
    pub unreachable_key: NameId,
    /// The taint keys of nodes under pressure, in the order of [`Pressure::ALL`].
    pub pressure_keys: [NameId; 3],
    /// The empty string, as a taint value.
    pub empty: NameId,
    /// The labels that say in which region and zone a node is, with their older spellings.
    pub zone_keys: [NameId; 4],
    lanes: Vec<Box<str>>,
    relations: OnceLock<Relations>,
}

impl Default for Model {
    fn default() -> Self {
        let mut names = Names::default();
        let hostname_key = names.intern(HOSTNAME_LABEL);
        let mut selectors = Selectors::default();
        let keys = [hostname_key, names.intern(ZONE_LABELS[2])].map(|l| selectors.intern_key(l));
        assert_eq!(keys, [TopologyKeyId::HOSTNAME, TopologyKeyId::ZONE]);
        Model {
            hostname_key,
            // Not a valid label value, so that nothing in a scenario can mean it.
            unmentioned_host: names.intern("(a host that is not mentioned)"),
            unschedulable_key: names.intern("node.kubernetes.io/unschedulable"),
            not_ready_key: names.intern("node.kubernetes.io/not-ready"),
            unreachable_key: names.intern("node.kubernetes.io/unreachable"),
            empty: names.intern(""),
            zone_keys: ZONE_LABELS.map(|label| names.intern(label)),
            pressure_keys: Pressure::ALL.map(|pressure| names.intern(pressure.taint())),
            names,
            catalog: Catalog::default(),
            specs: Specs::default(),
            selectors,
            storage: Storage::default(),
            images: Images::default(),
            workloads: Table::new(),
            failure_policies: Table::new(),
            schedules: Table::new(),
            planned: Planned::default(),
            generators: Table::new(),
            usage: Usage::new(),
            metrics: MetricSources::default(),
            hpas: Table::new(),
            vpas: Table::new(),
            budgets: Table::new(),
            quotas: Table::new(),
            limit_ranges: BTreeMap::new(),
            pools: Table::new(),
            start: Start::default(),
            lanes: Lane::NATIVE.iter().map(|(_, name)| (*name).into()).collect(),
            relations: OnceLock::new(),
        }
    }
}

impl Model {
    /// Which selectors match which specs of this model. It is worked out once, when it is first asked
    /// for; nothing that it depends on may be added after that.
    pub fn relations(&self) -> &Relations {
        self.relations.get_or_init(|| Relations::of(self))
    }

    /// What follows for pods of a spec: which selectors match them, which budgets are about them.
    pub fn related(&self, spec: SpecId) -> &Related {
        self.relations().of_traits(self.specs.traits_of(spec))
    }

    /// The name a node goes by: its own if it was there from the start, else its pool's with its
    /// number.
    #[must_use]
    pub fn node_name(&self, node: NodeId, pool: PoolId) -> String {
        match self.start.nodes.get(node.index()) {
            Some(start) => self.names.text(start.name).to_owned(),
            None => format!("{}-{}", self.names.text(self.pools[pool].name), node.number()),
        }
    }

    /// The labels of every node that there is at the start or that a pool can launch, without host
    /// names.
    pub fn node_labels(&self) -> impl Iterator<Item = &LabelSet> {
        let found = self.start.nodes.iter().map(|node| &node.shape.labels);
        let launched = self.pools.rows().flat_map(|pool| &pool.templates);
        found.chain(launched.map(|template| &template.shape.labels))
    }

    /// The workloads whose pods an autoscaler sets the number or the size of, each at least once.
    pub fn autoscaled(&self) -> impl Iterator<Item = WorkloadId> + '_ {
        let sized = self.vpas.rows().map(|vpa| vpa.workload);
        self.hpas.rows().map(|hpa| hpa.workload).chain(sized)
    }

    /// The lane of a resource, if it has one.
    #[must_use]
    pub fn known_lane(&self, resource: &str) -> Option<Lane> {
        let at = self.lanes.iter().position(|name| **name == *resource)?;
        Some(Lane(u8::try_from(at).expect("eight lanes")))
    }

    /// The lane of a resource, giving one out if the resource is new. `None` when all lanes are
    /// taken: a scenario may use at most [`LANES`] kinds of resource.
    pub fn lane(&mut self, resource: &str) -> Option<Lane> {
        if self.known_lane(resource).is_none() && self.lanes.len() < LANES {
            self.lanes.push(resource.into());
        }
        self.known_lane(resource)
    }

    /// What a quota counts of pods, as its `hard` names it.
    #[must_use]
    pub fn counted_name(&self, what: Counted) -> String {
        match what {
            Counted::Pods => "pods".to_owned(),
            Counted::Requests(lane) => format!("requests.{}", self.lane_name(lane)),
            Counted::Limits(lane) => format!("limits.{}", self.lane_name(lane)),
        }
    }

    /// The name of a resource lane.
    pub fn lane_name(&self, lane: Lane) -> &str {
        self.lanes.get(usize::from(lane.0)).map_or("an unused lane", |name| name)
    }
}
