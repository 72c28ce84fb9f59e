//! How fast the cluster gives up the pods of unreachable nodes: zone by zone, one node after the
//! other, and hardly at all where most of a zone is down.
//!
//! The node lifecycle controller taints a node that is unreachable, and pods leave it when they no
//! longer tolerate that. When many nodes fall silent at once it is more likely that the network fails to reach
//! them than that all are dead, so it takes its time.
// kube-controller-manager 1.36: pkg/controller/nodelifecycle/node_lifecycle_controller.go
// ComputeZoneState, handleDisruption; scheduler/rate_limited_queue.go SwapLimiter

use std::collections::{BTreeMap, VecDeque};

use super::census::{self, Census};
use crate::model::node::NodeId;
use crate::model::pod::PodId;
use crate::names::NameId;
use crate::time::{SimTime, Span};
use crate::world::World;

/// `--node-eviction-rate`, 0.1 nodes a second.
const USUAL: Span = Span::from_secs(10);
/// `--secondary-node-eviction-rate`, 0.01 nodes a second, of a large zone that is down in part.
const REDUCED: Span = Span::from_secs(100);
/// `--large-cluster-size-threshold`: a zone with more nodes is large. A smaller one that is down in
/// part is left alone.
const LARGE: u32 = 50;
/// `--unhealthy-zone-threshold`, in percent, and how many nodes that are at least.
const UNHEALTHY_PERCENT: u64 = 55;
const UNHEALTHY_AT_LEAST: u32 = 3;

/// The zones, the nodes whose objects outlive them, and the pods that wait for those to be tainted.
#[derive(Clone, Debug, Default)]
pub struct EvictionRate {
    zones: BTreeMap<NameId, Zone>,
    lost: BTreeMap<NodeId, Lost>,
    pods: BTreeMap<PodId, Waiting>,
    census: Census,
    /// When the zones are looked at next.
    planned: Option<SimTime>,
    /// Every zone is down: the controller rather doubts itself, and taints no node.
    stopped: bool,
}

#[derive(Clone, Debug)]
struct Zone {
    /// Unreachable nodes without the taint, in the order in which they became so.
    queue: VecDeque<NodeId>,
    /// How it stood when its pace was set, unless that was before all were down.
    health: Option<Health>,
    /// One node in so long; none at all without it.
    pace: Option<Span>,
    /// When the next node may be tainted.
    free_at: SimTime,
    /// Lost nodes that are still taken for ready, and those that are not.
    silent: u32,
    not_ready: u32,
}

/// A node that is gone and whose object is still there.
#[derive(Clone, Copy, Debug)]
struct Lost {
    zone: NameId,
    is_taken_for_ready: bool,
    is_unreachable: bool,
}

/// A pod that was lost with its node.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    node: NodeId,
    tolerates: Span,
    /// When it is given up, as far as that is known.
    due: Option<SimTime>,
}

/// What follows from a look at the zones.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Look {
    /// Pods of nodes that are tainted now, each with the time when it is given up.
    pub given_up: Vec<(PodId, SimTime)>,
    /// When the next node may be tainted, if any waits for that.
    pub again_at: Option<SimTime>,
}

/// How a zone stands, by the nodes that are ready and those that are not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Health {
    Normal,
    DownInPart,
    Down,
}

impl Health {
    // ComputeZoneState
    fn of(ready: u32, not_ready: u32) -> Health {
        let all = u64::from(ready) + u64::from(not_ready);
        if ready == 0 && not_ready > 0 {
            Health::Down
        } else if not_ready >= UNHEALTHY_AT_LEAST
            && 100 * u64::from(not_ready) >= UNHEALTHY_PERCENT * all
        {
            Health::DownInPart
        } else {
            Health::Normal
        }
    }

    /// At which pace nodes of a zone that stands so are tainted.
    fn pace(self, nodes: u32) -> Option<Span> {
        match self {
            // A zone that is down altogether is emptied as fast as a sound one: others have room.
            Health::Normal | Health::Down => Some(USUAL),
            Health::DownInPart => (nodes > LARGE).then_some(REDUCED),
        }
    }
}

impl Zone {
    fn new() -> Zone {
        Zone {
            queue: VecDeque::new(),
            health: None,
            pace: Some(USUAL),
            free_at: SimTime::ZERO,
            silent: 0,
            not_ready: 0,
        }
    }

    /// Changes the pace; who had to wait still has to.
    // SwapLimiter
    fn swap(&mut self, pace: Option<Span>, now: SimTime) {
        if self.pace == pace {
            return;
        }
        let waits = self.pace.is_none() || self.free_at > now;
        self.free_at = if waits { now + pace.unwrap_or_default() } else { now };
        self.pace = pace;
    }
}

impl EvictionRate {
    /// A node is gone, and its object stays for a while, as ready or not as it was.
    pub fn lost(&mut self, zone: NameId, node: NodeId, was_ready: bool) {
        let of_zone = self.zones.entry(zone).or_insert_with(Zone::new);
        *(if was_ready { &mut of_zone.silent } else { &mut of_zone.not_ready }) += 1;
        let lost = Lost { zone, is_taken_for_ready: was_ready, is_unreachable: false };
        self.lost.insert(node, lost);
    }

    /// A pod that was lost with a node is given up when it no longer tolerates the node's taint.
    pub fn awaits_taint(&mut self, pod: PodId, node: NodeId, tolerates: Span) {
        self.pods.insert(pod, Waiting { node, tolerates, due: None });
    }

    /// A node is unreachable, and is to be tainted.
    pub fn unreachable(&mut self, node: NodeId) {
        let Some(lost) = self.lost.get_mut(&node) else { return };
        lost.is_unreachable = true;
        let zone = self.zones.entry(lost.zone).or_insert_with(Zone::new);
        if std::mem::take(&mut lost.is_taken_for_ready) {
            zone.silent -= 1;
            zone.not_ready += 1;
        }
        // A node that is unreachable when the controller goes on is queued then.
        if !self.stopped {
            zone.queue.push_back(node);
        }
    }

    /// The object of a node is deleted: those of its pods that are not given up by `gone_at` are then.
    pub fn deleted(&mut self, node: NodeId, gone_at: SimTime) -> Vec<(PodId, SimTime)> {
        let Some(lost) = self.lost.remove(&node) else { return Vec::new() };
        let zone = self.zones.entry(lost.zone).or_insert_with(Zone::new);
        zone.not_ready -= 1;
        zone.queue.retain(|waits| *waits != node);
        let left = self.pods.iter_mut().filter(|(_, pod)| pod.node == node);
        let left = left.filter(|(_, pod)| pod.due.is_none_or(|due| due > gone_at));
        left.map(|(pod, waiting)| {
            waiting.due = Some(gone_at);
            (*pod, gone_at)
        })
        .collect()
    }

    /// Whether a pod is to be given up now, and not at another time than was thought once.
    pub fn gives_up(&mut self, pod: PodId, now: SimTime) -> bool {
        match self.pods.get(&pod) {
            Some(waiting) if waiting.due.is_none_or(|due| due > now) => false,
            Some(_) => self.pods.remove(&pod).is_some(),
            None => true,
        }
    }

    /// Whether a node waits to be tainted, so that it matters when others come and go.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.stopped || self.zones.values().any(|zone| !zone.queue.is_empty())
    }

    /// Whether a look at this time comes before the one that is planned; it is what is planned then.
    pub fn plans(&mut self, at: SimTime) -> bool {
        let sooner = self.planned.is_none_or(|planned| at < planned);
        if sooner {
            self.planned = Some(at);
        }
        sooner
    }

    /// Whether the look of this time is the one that is planned, and has not been overtaken.
    pub fn is_planned(&mut self, now: SimTime) -> bool {
        self.planned.take_if(|planned| *planned == now).is_some()
    }

    /// Looks at the zones, and taints as many nodes as may be now.
    pub fn look(&mut self, world: &World) -> Look {
        let mut census = std::mem::take(&mut self.census);
        let look = self.look_at(census.of(world), world.now());
        self.census = census;
        look
    }

    /// The same, given how many nodes there are in each zone.
    fn look_at(&mut self, there: &BTreeMap<NameId, census::Zone>, now: SimTime) -> Look {
        for zone in there.keys() {
            self.zones.entry(*zone).or_insert_with(Zone::new);
        }
        let health = self.zones.iter().filter_map(|(name, zone)| {
            let there = there.get(name).copied().unwrap_or_default();
            let ready = there.ready + zone.silent;
            let not_ready = there.not_ready + zone.not_ready;
            let nodes = ready + not_ready;
            (nodes > 0).then(|| (*name, Health::of(ready, not_ready), nodes))
        });
        let health: Vec<(NameId, Health, u32)> = health.collect();
        let all_down = health.iter().all(|(_, health, _)| *health == Health::Down);
        match (all_down, self.stopped) {
            (true, false) => self.stop(now),
            (false, true) => self.go_on(),
            _ => {}
        }
        if self.stopped {
            return Look::default();
        }
        for (name, health, nodes) in health {
            let zone = self.zones.get_mut(&name).filter(|zone| zone.health != Some(health));
            if let Some(zone) = zone {
                zone.health = Some(health);
                zone.swap(health.pace(nodes), now);
            }
        }
        let mut look = Look::default();
        for zone in self.zones.values_mut() {
            while let Some(pace) = zone.pace.filter(|_| zone.free_at <= now) {
                let Some(node) = zone.queue.pop_front() else { break };
                zone.free_at = now + pace;
                for (pod, waiting) in self.pods.iter_mut().filter(|(_, it)| it.node == node) {
                    let due = now + waiting.tolerates;
                    waiting.due = Some(due);
                    look.given_up.push((*pod, due));
                }
            }
            let waits = zone.pace.is_some() && !zone.queue.is_empty();
            look.again_at = look.again_at.into_iter().chain(waits.then_some(zone.free_at)).min();
        }
        look
    }

    /// Every zone is down: no node is tainted any more, and those that were are no longer.
    fn stop(&mut self, now: SimTime) {
        self.stopped = true;
        for zone in self.zones.values_mut() {
            zone.queue.clear();
            zone.swap(None, now);
        }
        self.pods.values_mut().for_each(|pod| pod.due = pod.due.filter(|due| *due <= now));
    }

    /// A zone is up again: all that are still unreachable are to be tainted anew.
    fn go_on(&mut self) {
        self.stopped = false;
        self.zones.values_mut().for_each(|zone| zone.health = None);
        for (node, lost) in self.lost.iter().filter(|(_, lost)| lost.is_unreachable) {
            if let Some(zone) = self.zones.get_mut(&lost.zone) {
                zone.queue.push_back(*node);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Names;
    use crate::table::Id;

    /// Two zones, of which the first loses its first nodes at once; what is ready in each.
    struct Story {
        rate: EvictionRate,
        zones: [NameId; 2],
        ready: [u32; 2],
    }

    impl Story {
        /// All pods tolerate 300 s, one on each node, with the number of its node.
        fn new(lost: usize, ready: [u32; 2]) -> Story {
            let mut names = Names::default();
            let zones = ["a", "b"].map(|zone| names.intern(zone));
            let mut story = Story { rate: EvictionRate::default(), zones, ready };
            story.lose(0..lost, 0);
            story
        }

        fn lose(&mut self, nodes: std::ops::Range<usize>, zone: usize) {
            for number in nodes {
                let (pod, node) = (PodId::from_index(number), NodeId::from_index(number));
                self.rate.lost(self.zones[zone], node, true);
                self.rate.awaits_taint(pod, node, Span::from_secs(300));
                self.rate.unreachable(node);
            }
        }

        /// Looks, and again when it is time, until a second: when each node was tainted.
        fn tainted(&mut self, from: u64, until: u64) -> Vec<(usize, u64)> {
            let mut now = at(from);
            let mut tainted = Vec::new();
            while now <= at(until) {
                let there = self.zones.into_iter().zip(self.ready).filter(|(_, ready)| *ready > 0);
                let there = there.map(|(zone, ready)| (zone, census::Zone { ready, not_ready: 0 }));
                let look = self.rate.look_at(&there.collect(), now);
                for (pod, due) in look.given_up {
                    assert_eq!(due, now + Span::from_secs(300));
                    tainted.push((pod.index(), now.as_ms() / 1_000));
                }
                let Some(again_at) = look.again_at else { break };
                now = again_at;
            }
            tainted
        }
    }

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + Span::from_secs(seconds)
    }

    #[test]
    fn a_sound_zone_gives_up_a_node_every_ten_seconds() {
        let mut story = Story::new(4, [6, 10]);
        assert_eq!(story.tainted(50, 1_000), [(0, 50), (1, 60), (2, 70), (3, 80)]);
        // Ten seconds later the next one does not have to wait, sooner it has.
        story.lose(4..5, 0);
        assert_eq!(story.tainted(90, 1_000), [(4, 90)]);
        story.lose(5..6, 1);
        assert_eq!(story.tainted(91, 1_000), [(5, 91)], "zones do not wait for each other");
    }

    #[test]
    fn health_is_a_matter_of_share_and_number() {
        use Health::{Down, DownInPart, Normal};
        let healths = [(0, 1), (0, 3), (1, 2), (2, 3), (9, 11), (10, 11), (3, 0)];
        let healths = healths.map(|(ready, not_ready)| Health::of(ready, not_ready));
        assert_eq!(healths, [Down, Down, Normal, DownInPart, DownInPart, Normal, Normal]);
    }

    /// 6 of 10 are 60 %: no node is given up until 5 more are there, and then after ten seconds.
    #[test]
    fn a_small_zone_that_is_down_in_part_is_left_alone() {
        let mut story = Story::new(6, [4, 10]);
        assert_eq!(story.tainted(50, 1_000), []);
        story.ready[0] = 5;
        assert_eq!(story.tainted(120, 120), [], "6 of 11 are 54.5 %, but it waits ten seconds");
        assert_eq!(story.tainted(130, 150), [(0, 130), (1, 140), (2, 150)]);
    }

    /// 60 of 100: one at once, and one every 100 s; with 50 more it is sound again.
    #[test]
    fn a_large_zone_that_is_down_in_part_is_slow() {
        let mut story = Story::new(60, [40, 10]);
        assert_eq!(story.tainted(50, 260), [(0, 50), (1, 150), (2, 250)]);
        story.ready[0] = 90;
        assert_eq!(story.tainted(300, 320), [(3, 310), (4, 320)]);
    }

    /// A zone that is down altogether is emptied, as long as another is not.
    #[test]
    fn when_every_zone_is_down_no_node_is_given_up() {
        let mut story = Story::new(3, [0, 2]);
        assert_eq!(story.tainted(50, 60), [(0, 50), (1, 60)]);
        story.ready = [0, 0];
        story.lose(3..5, 1);
        assert_eq!(story.tainted(65, 1_000), []);
        let first = PodId::from_index(0);
        assert!(!story.rate.gives_up(first, at(350)), "its node is no longer tainted");
        assert!(story.rate.is_behind());
        story.lose(5..6, 1);
        // Of the other zone some are back: all begin anew, once each, after ten seconds.
        story.ready = [0, 3];
        assert_eq!(story.tainted(400, 400), []);
        let anew = [(0, 410), (3, 410), (1, 420), (4, 420), (2, 430), (5, 430)];
        assert_eq!(story.tainted(410, 1_000), anew);
        assert!(!story.rate.gives_up(first, at(709)) && story.rate.gives_up(first, at(710)));
    }

    /// A node that shut down before it was lost does not become ready by that.
    #[test]
    fn a_lost_node_is_as_ready_as_it_was() {
        let mut story = Story::new(0, [2, 10]);
        for number in 0..3 {
            story.rate.lost(story.zones[0], NodeId::from_index(number), number == 0);
        }
        story.lose(3..4, 0);
        assert_eq!(story.tainted(50, 60), [(3, 50)], "three of six are ready");
        story.rate.unreachable(NodeId::from_index(0));
        story.lose(4..5, 0);
        assert_eq!(story.tainted(100, 200), [], "two of seven are");
    }

    #[test]
    fn one_look_is_planned_at_a_time() {
        let mut rate = EvictionRate::default();
        assert!(rate.plans(at(20)) && !rate.plans(at(20)) && !rate.plans(at(30)));
        assert!(rate.plans(at(10)) && rate.is_planned(at(10)));
        assert!(!rate.is_planned(at(20)), "it was overtaken");
        assert!(rate.plans(at(20)));
    }

    #[test]
    fn who_waits_for_a_taint_does_not_wait_longer_than_for_the_objects_end() {
        let mut story = Story::new(2, [6, 10]);
        assert_eq!(story.tainted(50, 55), [(0, 50)]);
        let [one, two] = [0, 1].map(NodeId::from_index);
        let pod = PodId::from_index;
        assert_eq!(story.rate.deleted(one, at(100)), [(pod(0), at(100))], "not after 350 s");
        assert_eq!(story.rate.deleted(two, at(100)), [(pod(1), at(100))]);
        assert!(!story.rate.is_behind());
        assert!(story.rate.gives_up(pod(1), at(100)) && story.rate.gives_up(pod(7), at(1)));
    }
}
