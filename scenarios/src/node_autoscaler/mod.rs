//! Autoscalers of nodes in a scenario: who keeps each pool, and what is right to say of one.
//!
//! A pool that follows demand may leave out what a pool of a fixed size has to say: how many nodes it has,
//! how they are bought, and of which types they are.

mod checks;
pub(crate) mod flags;
mod groups;
pub(crate) mod node_pools;
pub(crate) mod requirements;

use crate::catalogue;
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::file::node_autoscaler::{NodeAutoscaler, ProgramName};
use crate::file::{CapacityTypes, File, Instance, Keeper, Pool};
use crate::kube::Object;
use crate::load::Loaded;
use crate::tree::{Node, Step, Value};

pub(crate) use checks::never_or;

/// The annotation that keeps a node, or the node of a pod, from being disrupted.
pub(crate) const DO_NOT_DISRUPT: &str = "karpenter.sh/do-not-disrupt";
const ZONE: &str = "topology.kubernetes.io/zone";

/// Says of each pool who keeps it, fills in what it leaves out, and adds what is wrong to `found`.
pub(crate) fn settle(file: &mut File, place: (&Source, &Node), found: &mut Diagnostics) {
    settle_from(file, 0, place, found);
}

/// Adds the NodePools among objects to the pools, and settles them.
pub(crate) fn take_over(
    file: &mut File,
    objects: &[Loaded],
    place: (&Source, &Node),
    found: &mut Diagnostics,
) {
    let first = file.pools.len();
    node_pools::take_over(file, objects, found);
    if file.pools.is_empty() && !only_buys_for_jobs(file, objects) && !found.has_errors() {
        found.push(no_pools(objects, place));
    }
    settle_from(file, first, place, found);
}

/// Whether all that runs has instances of its own, outside the cluster.
fn only_buys_for_jobs(file: &File, objects: &[Loaded]) -> bool {
    !file.deadline_jobs.is_empty()
        && file.workloads.is_empty()
        && file.arrivals.is_empty()
        && file.services.is_none()
        && objects.is_empty()
}

/// Says that a scenario has no pool, and where one could come from.
fn no_pools(objects: &[Loaded], (source, tree): (&Source, &Node)) -> Diagnostic {
    let first = match &tree.value {
        Value::Map(entries) => entries.first().map(|(_, span, _)| span.clone()),
        Value::Seq(_) | Value::Scalar(_) => None,
    };
    let any = objects.iter().any(|loaded| matches!(loaded.object, Object::NodePool(_)));
    let (message, help) = match any {
        true => (
            "the scenario has no `pools`, and no `autoscaler` that keeps the NodePools of its manifests",
            "write `autoscaler: karpenter`: then its NodePools are its pools",
        ),
        false => (
            "the scenario has no `pools`: there is nothing for pods to run on",
            "list `pools`, or write `autoscaler: karpenter` and name files with NodePools in `manifests`",
        ),
    };
    let span = first.unwrap_or_else(|| tree.span.clone());
    Diagnostic::new("E0106", message).at(source, span).help(help)
}

fn settle_from(
    file: &mut File,
    first: usize,
    (source, tree): (&Source, &Node),
    found: &mut Diagnostics,
) {
    if first == file.pools.len() {
        return;
    }
    let mut settling = Settling { source, tree, found };
    let program = settling.program(file);
    let provider = file.provider.provider();
    let listed: Vec<Instance> = catalogue::region(provider.catalogue, &file.region)
        .map(|listed| Instance::Named(listed.name.clone()))
        .collect();
    for (index, pool) in file.pools.iter_mut().enumerate().skip(first) {
        pool.keeper = match program {
            Some(program) if pool.autoscaler.is_none() => keeper(program),
            _ => Keeper::FixedSize,
        };
        if pool.follows_demand() {
            settling.refuse_what_is_of_a_fixed_size(index, pool);
            settling.check(index, pool);
            fill_in(pool, &listed);
        } else {
            settling.refuse_what_follows_demand(index, pool);
        }
    }
    if program == Some(ProgramName::ClusterAutoscaler) {
        let pools = file.pools.split_off(first).into_iter();
        let groups = |pool: Pool| match pool.follows_demand() {
            true => groups::of(&pool, provider, &file.region),
            false => vec![pool],
        };
        file.pools.extend(pools.flat_map(groups));
    }
}

fn keeper(program: ProgramName) -> Keeper {
    match program {
        ProgramName::Karpenter => Keeper::Karpenter,
        ProgramName::ClusterAutoscaler => Keeper::ClusterAutoscaler,
    }
}

/// What a pool leaves out: all types of the catalogue, and the zones that its requirements name.
fn fill_in(pool: &mut Pool, listed: &[Instance]) {
    pool.any_type = pool.instance_types.is_empty();
    if pool.any_type {
        pool.instance_types = listed.to_vec();
    }
    if pool.zones.is_empty() {
        pool.zones = requirements::values_of(pool, ZONE);
    }
}

/// What is settled, and where it was written.
struct Settling<'s> {
    source: &'s Source,
    tree: &'s Node,
    found: &'s mut Diagnostics,
}

impl Settling<'_> {
    /// The program that keeps pools, if there is one.
    fn program(&mut self, file: &File) -> Option<ProgramName> {
        let one = match file.autoscaler.as_ref()? {
            NodeAutoscaler::Named(name) => return Some(*name),
            NodeAutoscaler::Configured(one) => one,
        };
        match (&one.karpenter, &one.cluster_autoscaler) {
            (Some(_), None) => Some(ProgramName::Karpenter),
            (None, Some(flags)) => {
                flags::check(flags, (self.source, self.tree), self.found);
                Some(ProgramName::ClusterAutoscaler)
            }
            (both, _) => {
                let many = if both.is_some() { "two programs" } else { "no program" };
                let message = format!("`autoscaler` names {many}, and one keeps the pools");
                let help = "write `autoscaler: karpenter` or `autoscaler: cluster-autoscaler`, or the \
                            settings of one of them below `karpenter:` or `clusterAutoscaler:`";
                self.say("E1201", &[Step::from("autoscaler")], message, help);
                None
            }
        }
    }

    fn refuse_what_is_of_a_fixed_size(&mut self, index: usize, pool: &Pool) {
        let said = [
            ("refill", pool.refill.is_some()),
            ("allocation", pool.allocation.is_some()),
            ("onDemand", pool.on_demand.is_some()),
            ("fallback", pool.fallback.is_some()),
            ("replaceAt", pool.replace_at.is_some()),
        ];
        for (field, _) in said.iter().filter(|(_, said)| *said) {
            let message = format!(
                "`{field}` is for a pool of a fixed size; pool `{}` is kept by the autoscaler",
                pool.name
            );
            let help = "leave it out, or write `autoscaler: none` in the pool";
            self.say("E1201", &at(index, field), message, help);
        }
    }

    fn refuse_what_follows_demand(&mut self, index: usize, pool: &Pool) {
        for (field, missing) in [
            ("count", pool.count.is_none()),
            ("capacityType", pool.capacity_type.is_none()),
            ("instanceTypes", pool.instance_types.is_empty()),
        ] {
            if missing {
                let node = self.tree.at(&[Step::from("pools"), Step::from(index)]);
                let span = match &node.value {
                    Value::Map(entries) => entries.first().map(|(_, span, _)| span.clone()),
                    Value::Seq(_) | Value::Scalar(_) => None,
                };
                let message = format!("an entry of `pools` needs a field `{field}`");
                let span = span.unwrap_or_else(|| node.span.clone());
                self.found.push(Diagnostic::new("E0106", message).at(self.source, span));
            }
        }
        let said = [
            ("requirements", pool.requirements.is_some()),
            ("minSize", pool.min_size.is_some()),
            ("maxSize", pool.max_size.is_some()),
            ("weight", pool.weight.is_some()),
            ("limits", !pool.limits.is_empty()),
            ("disruption", pool.disruption.is_some()),
            ("expireAfter", pool.expire_after.is_some()),
            ("terminationGracePeriod", pool.termination_grace_period.is_some()),
            ("startupTaints", !pool.startup_taints.is_empty()),
            ("annotations", !pool.annotations.is_empty()),
        ];
        for (field, _) in said.iter().filter(|(_, said)| *said) {
            let message = format!(
                "`{field}` is for a pool that an autoscaler keeps; pool `{}` is of a fixed size",
                pool.name
            );
            let help = "write `autoscaler: karpenter` or `autoscaler: cluster-autoscaler` beside `pools`, \
                        or leave it out";
            self.say("E1201", &at(index, field), message, help);
        }
        if matches!(pool.capacity_type, Some(CapacityTypes::Several(_))) {
            let message = format!("pool `{}` is of a fixed size, and bought in one way", pool.name);
            let help = "write `capacityType: spot` with `onDemand` or `fallback`, or let an `autoscaler` \
                        keep it";
            self.say("E1201", &at(index, "capacityType"), message, help);
        }
    }

    /// Adds something at the deepest node on a path.
    fn say(&mut self, code: &'static str, path: &[Step], message: String, help: &str) {
        let span = self.tree.at(path).span.clone();
        self.found.push(Diagnostic::new(code, message).at(self.source, span).help(help));
    }
}

/// The place of a pool's field.
fn at(index: usize, field: &str) -> [Step; 3] {
    [Step::from("pools"), Step::from(index), Step::from(field)]
}
