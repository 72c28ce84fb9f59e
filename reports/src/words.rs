//! Facts in words, for people who follow a story.

use sim::fact::Cause;
use sim::fact::Fact;
use sim::fact::refusal::{RefusalId, Refusals};
use sim::model::catalog::Capacity;
use sim::model::job::{Outcome, Worked};
use sim::model::pod::{End, Limit};
use sim::{Legend, Span};

use crate::format::many;
use crate::names::Namer;

/// A fact as a short sentence; names are those that facts have introduced so far.
#[must_use]
pub fn of(fact: &Fact, namer: &Namer<'_>, legend: &Legend, refusals: &Refusals) -> String {
    let pod = |pod| namer.pod(pod).to_owned();
    let node = |node| namer.node(node).to_owned();
    let said = |refusal: RefusalId| format!(": {}", refusals[refusal].message(&legend.model));
    match *fact {
        Fact::WorkloadCreated { workload } => format!("{} is created", namer.workload(workload)),
        Fact::PodCreated { pod: id, .. } => format!("{} is created", pod(id)),
        Fact::PodUnschedulable { pod: id, refusal, .. } => {
            format!("{} finds no node{}", pod(id), said(refusal))
        }
        Fact::PodScheduled { pod: id, node: on, waited: Span::ZERO, .. } => {
            format!("{} is bound to {} at once", pod(id), node(on))
        }
        Fact::PodScheduled { pod: id, node: on, waited, .. } => {
            format!("{} is bound to {} after {waited}", pod(id), node(on))
        }
        Fact::PodFound { pod: id, node: on, .. } => {
            format!("{} is on {} from the start", pod(id), node(on))
        }
        Fact::PodReady { pod: id, node: on, .. } => format!("{} is ready on {}", pod(id), node(on)),
        Fact::PodAvailable { pod: id, .. } => format!("{} is available", pod(id)),
        Fact::PodTerminating { pod: id, why, .. } => {
            format!("{} begins to terminate{}", pod(id), because(why))
        }
        Fact::EvictionRefused { pod: id, budget, .. } => {
            format!("{} may not be evicted: budget {}", pod(id), namer.budget(budget))
        }
        Fact::PodEnded { pod: id, node: on, end, .. } => {
            format!("{} ends on {}: {}", pod(id), node(on), how(end))
        }
        Fact::NodeLaunched { node: id, offering, .. } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            format!("{} is launched: {instance_type}, {zone}, {capacity_type}", node(id))
        }
        Fact::NodeReady { node: id } => format!("{} takes pods", node(id)),
        Fact::NoticeGiven { node: id, lead } => {
            format!("{} will be taken in {lead}", node(id))
        }
        Fact::NodeCordoned { node: id } => format!("{} is cordoned", node(id)),
        Fact::NodeUncordoned { node: id } => format!("{} is uncordoned", node(id)),
        Fact::NodeTainted { node: id, taints } => format!("{} has {taints} taints now", node(id)),
        Fact::PodNominated { pod: id, node: Some(on), .. } => {
            format!("{} is nominated to {}", pod(id), node(on))
        }
        Fact::PodNominated { pod: id, node: None, .. } => {
            format!("{} is no longer nominated", pod(id))
        }
        Fact::NodeGone { node: id, why, announced } => {
            let unannounced =
                if announced || why == Cause::Released { "" } else { ", without notice" };
            format!("{} is gone{}{unannounced}", node(id), because(why))
        }
        Fact::VolumesAttached { pod: id, node: on, waited, .. } => {
            format!("the disks of {} are on {} after {waited}", pod(id), node(on))
        }
        Fact::ImagePulled { node: id, image, took } => {
            format!("{} has pulled {} in {took}", node(id), namer.image(image))
        }
        Fact::NodeUnreachable { node: id } => format!("{} is unreachable", node(id)),
        Fact::NodeDeleted { node: id } => format!("the object of {} is deleted", node(id)),
        Fact::PriceChanged { offering, price } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            let usd = price.0 as f64 / 1e6;
            format!("{instance_type}, {zone}, {capacity_type} costs ${usd}/h now")
        }
        Fact::CapacityChanged { offering, capacity } => {
            let [instance_type, zone, _] = namer.offering(offering);
            format!("spot capacity of {instance_type}, {zone} is {} now", amount(capacity))
        }
        Fact::LaunchRefused { pool, offering, outbid } => {
            let [instance_type, zone, capacity_type] = namer.offering(offering);
            let pool = namer.pool(pool);
            let why = if outbid { ": it costs more than the maximum price" } else { "" };
            format!("{pool} is refused another {instance_type}, {zone}, {capacity_type}{why}")
        }
        Fact::RebalanceRecommended { node: id } => {
            format!("{} is at elevated risk of being taken", node(id))
        }
        Fact::PoolFellBack { pool, node: id } => {
            format!("{} makes do with {}, for want of spot", namer.pool(pool), node(id))
        }
        Fact::ReplacementLaunched { node: id, replaces, back_to_spot } => {
            let back = if back_to_spot { ", back on spot" } else { "" };
            format!("{} is to take the place of {}{back}", node(id), node(replaces))
        }
        Fact::StillPending { pod: id, waited, refusal, .. } => {
            let why = refusal.map(said).unwrap_or_default();
            format!("{} has waited for {waited} at the end{why}", pod(id))
        }
        Fact::PodWorked { pod: id, worked: Worked { useful, lost, saving, waiting }, .. } => {
            format!(
                "{} got {useful} done, lost {lost}, saved for {saving}, waited for {waiting}",
                pod(id)
            )
        }
        Fact::JobCreated { workload, run, .. } => {
            format!("{} is made by its CronJob", namer.job(workload, run))
        }
        Fact::PodForbidden { workload, replica, by, .. } => {
            format!("{by} forbids replica {replica} of {}", namer.workload(workload))
        }
        Fact::WorkloadScaled { workload, before, replicas } => {
            format!("{} is scaled from {before} to {replicas}", namer.workload(workload))
        }
        Fact::PodResized { pod: id, .. } => format!("{} is resized in place", pod(id)),
        Fact::JobSkipped { workload, due } => {
            format!("{} makes no Job for {due}", namer.workload(workload))
        }
        Fact::JobEnded { workload, run, outcome } => {
            let job = namer.job(workload, run);
            match outcome {
                Outcome::Complete => format!("{job} is complete"),
                Outcome::Replaced => format!("{job} is replaced by the next"),
                failed => format!("{job} fails: {}", failed.name()),
            }
        }
        Fact::PodWithdrawn { pod: id, waited, .. } => {
            format!("{} is deleted with its Job after {waited} without a node", pod(id))
        }
        Fact::PodUses { pod: id, cpu, memory, .. } => {
            format!("{} uses {}", pod(id), used(cpu, memory))
        }
        Fact::ReplicasUse { workload, pods, cpu, memory } => {
            let pods = many(pods.into(), "pod");
            format!("{} uses {} in each of {pods}", namer.workload(workload), used(cpu, memory))
        }
        Fact::LoadChanged { workload, ready, offered, served } => {
            let rate = |rate: u64| rate as f64 / 1_000.0;
            let ready = many(ready.into(), "ready replica");
            let name = namer.workload(workload);
            if served == offered {
                format!("{name} serves {} requests/s with {ready}", rate(served))
            } else {
                let (served, offered) = (rate(served), rate(offered));
                format!("{name} serves {served} of {offered} requests/s with {ready}")
            }
        }
        Fact::DeadlineJobDone { workload } => format!("{} is done", namer.workload(workload)),
        Fact::DeadlineJobUnfinished { workload, progress } => {
            format!("{} has done {progress} of its work at the end", namer.workload(workload))
        }
        Fact::StillRunning { pod: id, ran, .. } => {
            format!("{} has run for {ran} at the end", pod(id))
        }
    }
}

/// An amount of CPU and memory.
fn used(cpu: u64, memory: u64) -> String {
    format!("{cpu}m CPU and {} MiB", memory >> 20)
}

/// How much capacity there is.
pub(crate) fn amount(capacity: Capacity) -> String {
    match capacity {
        Capacity::Ample => "ample".into(),
        Capacity::Contended { open: true } => "contended".into(),
        Capacity::Contended { open: false } => "contended, none left".into(),
        Capacity::Exhausted => "exhausted".into(),
        Capacity::Holds(most) => format!("{most} at most"),
    }
}

fn because(why: Cause) -> &'static str {
    match why {
        Cause::Reclaimed => ", reclaimed",
        Cause::Outbid => ", reclaimed at a price above the maximum",
        Cause::Drained => ", reclaimed, and terminated once it was drained",
        Cause::Failed => ", failed",
        Cause::Preempted => ", preempted",
        Cause::Tainted => ", because of a taint",
        Cause::Released => ", given back",
        Cause::JobOver => ", with its Job",
        Cause::ScaledDown => ", to scale its workload down",
        Cause::InitialState => ", as from the start",
    }
}

fn how(end: End) -> &'static str {
    match end {
        End::Completed => "completed",
        End::Clean => "clean",
        End::CutShort(Limit::Deadline) => "cut short by the node's deadline",
        End::CutShort(Limit::NodeShutdown) => "cut short by the node's shutdown",
        End::CutShort(Limit::Grace) => "cut short by its grace period",
        End::KilledWithoutWarning => "killed without warning",
        End::Rejected => "turned away by its node's kubelet",
    }
}
