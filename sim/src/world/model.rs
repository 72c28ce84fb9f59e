//! What a scenario says and a run never changes: names, the catalogue, pod specs, workloads, pools.

use indexmap::IndexSet;

use super::catalog::Catalog;
use super::pod::{PodSpec, SpecId};
use super::pool::{Pool, PoolId};
use super::resources::{LANES, Lane};
use super::workload::{Workload, WorkloadId};
use crate::names::{NameId, Names};
use crate::table::{Id, Table};

/// The well-known label that every node carries with its own name.
pub const HOSTNAME_LABEL: &str = "kubernetes.io/hostname";

/// Everything that is the same for every run of a scenario.
#[derive(Clone, Debug)]
pub struct Model {
    /// Every string that means something to the scheduler.
    pub names: Names,
    /// What can be bought.
    pub catalog: Catalog,
    /// What pods ask for.
    pub specs: Specs,
    /// What is to run.
    pub workloads: Table<WorkloadId, Workload>,
    /// What it is to run on.
    pub pools: Table<PoolId, Pool>,
    /// The label [`HOSTNAME_LABEL`].
    pub hostname_key: NameId,
    /// The name that stands for every host which no selector mentions.
    pub unmentioned_host: NameId,
    /// The taint key that a cordoned node is understood to carry.
    pub unschedulable_key: NameId,
    /// The empty string, as a taint value.
    pub empty: NameId,
    lanes: Vec<Box<str>>,
}

/// Every pod spec that occurs, once.
#[derive(Clone, Debug, Default)]
pub struct Specs(IndexSet<PodSpec>);

impl Specs {
    /// The id of a pod spec, new or known.
    pub fn intern(&mut self, spec: PodSpec) -> SpecId {
        SpecId::from_index(self.0.insert_full(spec).0)
    }
}

impl std::ops::Index<SpecId> for Specs {
    type Output = PodSpec;
    fn index(&self, id: SpecId) -> &PodSpec {
        &self.0[id.index()]
    }
}

impl Default for Model {
    fn default() -> Self {
        let mut names = Names::default();
        Model {
            hostname_key: names.intern(HOSTNAME_LABEL),
            // Not a valid label value, so that nothing in a scenario can mean it.
            unmentioned_host: names.intern("(a host that is not mentioned)"),
            unschedulable_key: names.intern("node.kubernetes.io/unschedulable"),
            empty: names.intern(""),
            names,
            catalog: Catalog::default(),
            specs: Specs::default(),
            workloads: Table::new(),
            pools: Table::new(),
            lanes: Lane::NATIVE.iter().map(|(_, name)| (*name).into()).collect(),
        }
    }
}

impl Model {
    /// The lane of a resource, giving one out if the resource is new. `None` when all lanes are
    /// taken: a scenario may use at most [`LANES`] kinds of resource.
    pub fn lane(&mut self, resource: &str) -> Option<Lane> {
        let at = self.lanes.iter().position(|name| **name == *resource).or_else(|| {
            (self.lanes.len() < LANES).then(|| {
                self.lanes.push(resource.into());
                self.lanes.len() - 1
            })
        })?;
        Some(Lane(u8::try_from(at).expect("eight lanes")))
    }

    /// The name of a resource lane.
    pub fn lane_name(&self, lane: Lane) -> &str {
        self.lanes.get(usize::from(lane.0)).map_or("an unused lane", |name| name)
    }
}
