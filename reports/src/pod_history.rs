//! What happened to one pod, to those that it replaces, and to the nodes that they were on.

use sim::fact::Fact;
use sim::fact::refusal::Refusals;
use sim::model::node::NodeId;
use sim::model::pod::PodId;
use sim::model::workload::WorkloadId;
use sim::{Legend, SimTime};

use crate::names::Namer;
use crate::words;

/// Show at most this many facts, the latest: they explain the most.
const MOST: usize = 14;

/// Everything that concerned a pod, in order and in words. Of refusals that repeat each other only
/// the first is shown.
#[must_use]
pub fn of(
    pod: PodId,
    facts: &[(SimTime, Fact)],
    legend: &Legend,
    refusals: &Refusals,
) -> Vec<(SimTime, String)> {
    let replica = facts.iter().find_map(|(_, fact)| replica_of(pod, fact));
    let mut namer = Namer::new(legend);
    let mut line = Line { pods: vec![pod], nodes: Vec::new() };
    let mut shown: Vec<(SimTime, String)> = Vec::new();
    let mut last_refusal = None;
    for (at, fact) in facts {
        namer.learn(fact);
        if let Fact::PodCreated { pod, workload, replica: number, .. } = *fact
            && replica == Some((workload, number))
            && !line.pods.contains(&pod)
        {
            line.pods.push(pod);
        }
        if !line.concerns(fact) {
            continue;
        }
        if let Fact::PodUnschedulable { pod, refusal, .. } = *fact
            && last_refusal.replace((pod, refusal)) == Some((pod, refusal))
        {
            continue;
        }
        shown.push((*at, words::of(fact, &namer, refusals)));
    }
    shown.split_off(shown.len().saturating_sub(MOST))
}

/// The pods of one replica, and the nodes that they are on.
struct Line {
    pods: Vec<PodId>,
    nodes: Vec<NodeId>,
}

impl Line {
    /// Whether a fact is about one of them. A node concerns them until it is gone.
    fn concerns(&mut self, fact: &Fact) -> bool {
        let about = fact.subjects();
        let Some(pod) = about.pod else {
            return about.node.is_some_and(|node| self.nodes.contains(&node))
                && !is_of_course(fact);
        };
        let own = self.pods.contains(&pod);
        match *fact {
            Fact::PodScheduled { node, .. } | Fact::PodFound { node, .. } if own => {
                self.nodes.push(node);
            }
            Fact::PodEnded { node, .. } if own => self.nodes.retain(|it| *it != node),
            _ => {}
        }
        own && !is_of_course(fact)
    }
}

/// Whether a fact explains nothing of where a pod is.
fn is_of_course(fact: &Fact) -> bool {
    words::is_detail(fact)
        || matches!(
            fact,
            Fact::NodeReady { .. }
                | Fact::NodeUncordoned { .. }
                | Fact::NodeUnreachable { .. }
                | Fact::NodeDeleted { .. }
        )
}

/// Which replica of which workload a pod is, if this is the fact that says so.
fn replica_of(pod: PodId, fact: &Fact) -> Option<(WorkloadId, u32)> {
    match *fact {
        Fact::PodCreated { pod: created, workload, replica, .. } if created == pod => {
            Some((workload, replica))
        }
        _ => None,
    }
}
