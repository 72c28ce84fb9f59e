//! Gangs: pods that do one piece of work together, and what an end costs them.
//!
//! A gang makes progress while all its members are ready. When one of them stops, all go back to the
//! last checkpoint; when all are ready again they take up the work from there. A pod that belongs to
//! none is a gang of one, with the attempts that follow it.

use std::collections::BTreeMap;

use super::pace::{FULL, Pace};
use crate::model::job::{Work, Worked};
use crate::model::pod::PodId;
use crate::model::workload::WorkloadId;
use crate::time::{SimTime, Span};
use crate::world::World;

/// The memory of all work.
#[derive(Clone, Debug, Default)]
pub struct Gangs {
    /// By workload, and by replica unless it is a gang; then by which of its Jobs it is.
    gangs: BTreeMap<(WorkloadId, u32), Gang>,
    /// What became of the time of pods that have been ready and have not ended; waiting is what is
    /// left of it.
    pods: BTreeMap<PodId, Worked>,
    /// How fast pods get on that do not get all the CPU they want, in thousandths.
    speeds: BTreeMap<PodId, u32>,
}

#[derive(Clone, Debug, Default)]
struct Gang {
    /// The progress that the last checkpoint holds.
    saved: Span,
    /// Members that are ready.
    ready: Vec<PodId>,
    /// How far they are since all are.
    pace: Option<Pace>,
    /// Whether there is work to take up again.
    begun: bool,
    done: bool,
}

impl Gangs {
    /// A pod became ready. If its gang can get on now: in how long it is done, and who then is.
    pub fn pod_ready(&mut self, world: &World, pod: PodId) -> Option<(Span, Vec<PodId>)> {
        let (key, size, work) = gang_of(world, pod)?;
        self.pods.entry(pod).or_default();
        let gang = self.gangs.entry(key).or_default();
        gang.ready.push(pod);
        if gang.done || gang.ready.len() < size {
            return None;
        }
        let takes = work.takes(work.duration - gang.saved, gang.begun);
        let pace = Pace::begin(world.now(), slowest(&gang.ready, &self.speeds));
        gang.pace = Some(pace);
        Some((pace.ends_at(takes).since(world.now()), gang.ready.clone()))
    }

    /// A pod gets on at this speed from now on, in thousandths. If its gang is done at another time for
    /// that: in how long, and who then is.
    pub fn speed_changed(
        &mut self,
        world: &World,
        pod: PodId,
        speed: u32,
    ) -> Option<(Span, Vec<PodId>)> {
        match speed >= FULL {
            true => self.speeds.remove(&pod),
            false => self.speeds.insert(pod, speed),
        };
        let (key, _, work) = gang_of(world, pod)?;
        let gang = self.gangs.get_mut(&key).filter(|gang| gang.ready.contains(&pod))?;
        let before = gang.pace.filter(|_| !gang.done)?;
        let pace = before.at(world.now(), slowest(&gang.ready, &self.speeds));
        if pace == before {
            return None;
        }
        gang.pace = Some(pace);
        let takes = work.takes(work.duration - gang.saved, gang.begun);
        Some((pace.ends_at(takes).since(world.now()), gang.ready.clone()))
    }

    /// Whether the work of a pod is done now, as it was to be when nothing came in between.
    pub fn finishes(&mut self, world: &World, pod: PodId) -> bool {
        let Some((key, _, work)) = gang_of(world, pod) else { return false };
        let Some(gang) = self.gangs.get_mut(&key) else { return false };
        let left = work.duration - gang.saved;
        let due = gang.pace.map(|pace| pace.ends_at(work.takes(left, gang.begun)));
        if due == Some(world.now()) {
            gang.settle(&work, world.now(), true, &mut self.pods);
            gang.done = true;
        }
        gang.done && gang.ready.contains(&pod)
    }

    /// A pod is no longer ready, if it was.
    pub fn pod_stops(&mut self, world: &World, pod: PodId) {
        let Some((key, _, work)) = gang_of(world, pod) else { return };
        let Some(gang) = self.gangs.get_mut(&key) else { return };
        let Some(place) = gang.ready.iter().position(|member| *member == pod) else { return };
        gang.settle(&work, world.now(), false, &mut self.pods);
        gang.ready.remove(place);
        if gang.done && gang.ready.is_empty() {
            self.gangs.remove(&key);
        }
    }

    /// A pod that was ready once ends, or the horizon has come: what became of its time.
    pub fn pod_worked(&mut self, world: &World, pod: PodId) -> Option<Worked> {
        self.speeds.remove(&pod);
        let mut worked = self.pods.remove(&pod)?;
        worked.waiting = world.ran(pod) - worked.total();
        Some(worked)
    }

    /// The horizon has come: what every member has done since the last checkpoint is not lost.
    pub fn close(&mut self, world: &World) {
        for ((workload, replica), gang) in &mut self.gangs {
            let controller = world.model().workloads[*workload].controller;
            let is_gang = controller.work().is_some_and(|work| work.gang);
            let run = if is_gang { *replica } else { controller.run_of(*replica) };
            if let Some(work) = world.work(*workload, run) {
                gang.settle(&work, world.now(), true, &mut self.pods);
            }
        }
    }
}

impl Gang {
    /// Ends the stretch in which all were ready, if there is one. `held` says whether what is not
    /// saved is kept all the same.
    fn settle(
        &mut self,
        work: &Work,
        now: SimTime,
        held: bool,
        pods: &mut BTreeMap<PodId, Worked>,
    ) {
        let Some(pace) = self.pace.take() else { return };
        let left = work.duration - self.saved;
        let elapsed = pace.done(now).min(work.takes(left, self.begun));
        let stretch = work.stretch(left, self.begun, elapsed);
        (self.saved, self.begun) = (self.saved + stretch.saved, true);
        for pod in &self.ready {
            let Some(worked) = pods.get_mut(pod) else { continue };
            worked.useful += stretch.saved;
            *(if held { &mut worked.useful } else { &mut worked.lost }) += stretch.unsaved;
            worked.lost += stretch.restarting;
            worked.saving += stretch.saving;
        }
    }
}

/// How fast a gang gets on: as its slowest member.
fn slowest(members: &[PodId], speeds: &BTreeMap<PodId, u32>) -> u32 {
    let each = members.iter().map(|pod| speeds.get(pod).copied().unwrap_or(FULL));
    each.min().unwrap_or(FULL)
}

/// The gang of a pod, how many it is when it is complete, and what each of them does, if its workload
/// has an end.
fn gang_of(world: &World, pod: PodId) -> Option<((WorkloadId, u32), usize, Work)> {
    let workload = world.pods().workload(pod);
    let controller = world.model().workloads[workload].controller;
    let replica = world.pods().replica(pod);
    let run = controller.run_of(replica);
    let work = world.work(workload, run)?;
    Some(match work.gang {
        true => ((workload, run), controller.job()?.at_once() as usize, work),
        false => ((workload, replica), 1, work),
    })
}
