//! What one pass leaves to the next, so that a pass over a cluster in which little has changed costs little.

use super::disruption::{self, Command, Disrupted};
use super::input::Cluster;
use super::provisioning::{self, Known, Solution, Work};
use super::snapshot::{Ground, NodeView, Snapshot};

/// What has changed in a cluster since the pass before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Since {
    /// Perhaps everything.
    Anything,
    /// Nodes, pods on them, or pods that wait: for each node the number that it had, if nothing about it or
    /// its pods has changed.
    Nodes(Vec<Option<usize>>),
    /// Nothing but the time, which nodes are nominated, and which have been quiet for long enough.
    Nothing,
}

/// What was worked out in passes before.
#[derive(Debug, Default)]
pub struct Memory {
    ground: Option<Ground>,
    known: Known,
}

impl Memory {
    /// What finding places has cost so far.
    #[must_use]
    pub fn work(&self) -> Work {
        self.known.work()
    }

    /// As [`provision`](provisioning::provision), with what is known from passes before.
    #[must_use]
    pub fn provision(&mut self, since: Since, cluster: &Cluster<'_>) -> Solution {
        let snapshot = self.snapshot(*cluster, since);
        let solution = provisioning::places(&snapshot, &mut self.known);
        self.keep(snapshot);
        solution
    }

    /// As [`propose`](disruption::propose), with what is known from passes before.
    #[must_use]
    pub fn propose(&mut self, since: Since, cluster: &Cluster<'_>) -> Disrupted {
        let snapshot = self.snapshot(*cluster, since);
        let disrupted = disruption::first_command(&mut self.known, &snapshot);
        self.keep(snapshot);
        disrupted
    }

    /// As [`validate`](disruption::validate), with what is known from passes before.
    #[must_use]
    pub fn validate(
        &mut self,
        since: Since,
        command: &Command,
        cluster: &Cluster<'_>,
    ) -> Option<Command> {
        let snapshot = self.snapshot(*cluster, since);
        let valid = disruption::still(command, &mut self.known, &snapshot);
        self.keep(snapshot);
        valid
    }

    /// The snapshot of a cluster. It is to be [kept](Self::keep) once the pass is over.
    fn snapshot<'a>(&mut self, cluster: Cluster<'a>, since: Since) -> Snapshot<'a> {
        let before = self.ground.take().filter(|ground| ground.is_made_of(&cluster));
        match (before, since) {
            (Some(ground), Since::Nothing) => Snapshot::on(ground, cluster),
            // What volumes require may have changed with the pods that use them.
            (Some(ground), Since::Nodes(numbers)) if cluster.volumes.claims.is_empty() => {
                self.known.places_change();
                let (views, order) = moved(ground, &numbers);
                Snapshot::with_views(cluster, views, order)
            }
            _ => {
                self.known.forget();
                Snapshot::of(cluster)
            }
        }
    }

    /// Keeps what a pass has worked out.
    fn keep(&mut self, snapshot: Snapshot<'_>) {
        let (cluster, ground) = snapshot.taken_apart();
        if !ground.changes_with_time(&cluster) {
            self.ground = Some(ground);
        }
    }
}

/// Nodes that have not changed under their new numbers, and the order that they had.
fn moved(ground: Ground, numbers: &[Option<usize>]) -> (Vec<Option<NodeView>>, Vec<usize>) {
    let mut number_now: Vec<Option<usize>> = vec![None; ground.nodes.len()];
    for (now, then) in numbers.iter().enumerate() {
        if let Some(then) = then {
            number_now[*then] = Some(now);
        }
    }
    let mut before: Vec<Option<NodeView>> = ground.nodes.into_iter().map(Some).collect();
    let views = numbers.iter().map(|then| then.and_then(|then| before[then].take())).collect();
    let order = ground.in_order.iter().filter_map(|then| number_now[*then]).collect();
    (views, order)
}
