//! NodeClaim templates: what each NodePool would launch if no pod asked for more.

use std::sync::Arc;

use sim::names::NameId;

use super::pod_requirements::strict_requirements;
use super::relaxation::{drop_alternative, tolerate_preferences};
use crate::karpenter::host_ports::HostPorts;
use crate::karpenter::input::{Cluster, NodePool, PodSpec};
use crate::karpenter::requirement::Requirement;
use crate::karpenter::requirements::{Requirements, Tightened, Undefined};
use crate::karpenter::resources::Resources;
use crate::karpenter::tolerance::tolerates;

use super::instance_filter::with_min_values;

/// What a NodePool would launch.
// Karpenter: nodeclaimtemplate.go
#[derive(Clone, Debug)]
pub(crate) struct Template {
    /// The NodePool, by number.
    pub(crate) number: usize,
    pub(crate) pool: Arc<NodePool>,
    pub(crate) requirements: Requirements,
    /// Types that meet them.
    pub(crate) types: Vec<usize>,
    /// What DaemonSets request of a new node.
    pub(crate) daemons: Resources,
    /// Ports of the node that they take.
    pub(crate) ports: HostPorts,
}

impl Template {
    /// Those of NodePools that have any instance type, in order.
    // Karpenter: scheduler.go NewScheduler
    pub(crate) fn all(cluster: &Cluster<'_>, pools: &[usize]) -> Vec<Template> {
        pools.iter().filter_map(|pool| Template::of(*pool, cluster)).collect()
    }

    fn of(number: usize, cluster: &Cluster<'_>) -> Option<Template> {
        let names = cluster.names;
        let pool = Arc::clone(&cluster.node_pools[number]);
        let mut requirements = Requirements::of(&pool.requirements, cluster.keys, names);
        requirements.add_all(&Requirements::of_labels(&pool.labels, cluster.keys, names), names);
        let (class, value) = pool.node_class;
        let own = [(cluster.keys.node_pool, pool.name), (class, value)];
        for (key, value) in own {
            requirements.add(key, &Arc::new(Requirement::only(value)), names);
        }
        let can_be = |number: &usize| {
            let instance_type = &cluster.instance_types[*number];
            instance_type.requirements.intersects(&requirements, names)
                && instance_type.available(&requirements, cluster).next().is_some()
        };
        let types: Vec<usize> = pool.instance_types.iter().copied().filter(can_be).collect();
        let relax = cluster.options.relax_min_values;
        let mut tightened = Tightened::of(&requirements);
        let (types, _) = with_min_values(types, &mut tightened, relax, cluster).ok()?;
        let mut template = Template {
            number,
            pool,
            requirements,
            types,
            daemons: Resources::default(),
            ports: HostPorts::default(),
        };
        for spec in cluster.daemon_sets {
            if !template.runs_on(spec, cluster) {
                continue;
            }
            template.daemons.add(&spec.requests);
            template.daemons.add(&Resources::one_pod());
            template.ports.take(&spec.host_ports);
        }
        Some(template)
    }

    /// Whether a DaemonSet would have a pod on a new node. Alternatives of its affinity are tried in turn.
    // Karpenter: scheduler.go isDaemonPodCompatible
    fn runs_on(&self, spec: &PodSpec, cluster: &Cluster<'_>) -> bool {
        let mut spec = spec.clone();
        tolerate_preferences(&mut spec);
        if !tolerates(&spec.tolerations, &self.pool.taints) {
            return false;
        }
        loop {
            let strict = strict_requirements(&spec, cluster.keys, cluster.names);
            let undefined = Undefined::WellKnown(cluster.keys);
            if self.requirements.compatible(&strict, undefined, cluster.names) {
                return true;
            }
            if !drop_alternative(&mut spec) {
                return false;
            }
        }
    }

    /// The label of nodes' names, which a new node will have.
    pub(crate) fn on_host(&self, key: NameId, host: NameId) -> Requirements {
        let mut requirements = self.requirements.clone();
        requirements.replace(key, Requirement::only(host));
        requirements
    }
}
