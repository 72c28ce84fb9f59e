//! A job in several zones: at most one instance, what a policy may do, and the net under it.

use std::collections::BTreeSet;

use super::job::{Job, Kind, OVERHEAD};
use super::market::{Recording, Zone, egress};
use super::run::Run;

/// An instance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Instance {
    /// The place of its zone in the list.
    pub(super) zone: usize,
    pub(super) kind: Kind,
}

/// What a policy over several zones does in a tick.
pub(super) trait Policy {
    /// Acts on the frame.
    fn act(&mut self, frame: &mut Frame<'_>);
}

/// A run in several zones, at one tick.
pub(super) struct Frame<'z> {
    pub(super) zones: &'z [Zone],
    /// The size of the checkpoint.
    pub(super) gb: f64,
    pub(super) job: Job,
    /// What runs.
    pub(super) running: Option<Instance>,
    /// The zone of the last instance that has run for a tick.
    pub(super) home: Option<usize>,
    /// Seconds of work done before each tick so far, since the one before it.
    pub(super) worked: Vec<f64>,
    start: usize,
    last_tick: usize,
    /// Whether what runs was launched in this tick.
    launched: bool,
    /// Zones in which a probe of this tick was granted.
    probed: BTreeSet<usize>,
}

impl Frame<'_> {
    /// The sample of the recordings that this tick is.
    pub(super) fn sample(&self) -> usize {
        self.start + self.job.now
    }

    /// Whether a zone offers spot in this tick.
    pub(super) fn offers(&self, zone: usize) -> bool {
        self.job.now < self.last_tick && self.zones[zone].offers(self.sample())
    }

    /// Dollars an hour on spot in this tick.
    pub(super) fn spot(&self, zone: usize) -> f64 {
        self.zones[zone].spot(self.sample())
    }

    /// Dollars for moving the checkpoint; nothing where there is none yet.
    pub(super) fn egress(&self, from: Option<usize>, to: usize) -> f64 {
        from.map_or(0.0, |from| egress(&self.zones[from], &self.zones[to], self.gb))
    }

    /// The zone of the spot instance that runs.
    pub(super) fn spot_zone(&self) -> Option<usize> {
        self.running.filter(|it| it.kind == Kind::Spot).map(|it| it.zone)
    }

    /// What runs, without where.
    pub(super) fn kind(&self) -> Option<Kind> {
        self.running.map(|it| it.kind)
    }

    /// Stops what runs.
    pub(super) fn stop(&mut self) {
        self.running = None;
    }

    /// Launches on-demand, in place of what runs.
    pub(super) fn launch_on_demand(&mut self, zone: usize) {
        self.launch(Instance { zone, kind: Kind::OnDemand });
    }

    /// Tries to launch spot, in place of what runs; whether it is granted.
    pub(super) fn try_spot(&mut self, zone: usize) -> bool {
        let granted = self.offers(zone);
        if granted {
            self.launch(Instance { zone, kind: Kind::Spot });
        }
        granted
    }

    /// Asks for spot and gives it back at once; whether it was granted.
    pub(super) fn probe(&mut self, zone: usize) -> bool {
        let granted = self.offers(zone);
        if granted {
            self.probed.insert(zone);
        }
        granted
    }

    /// Zones from the cheapest on spot to the dearest; those of one price as listed.
    pub(super) fn by_spot_price(&self) -> Vec<usize> {
        let mut zones: Vec<usize> = (0..self.zones.len()).collect();
        zones.sort_by(|one, other| self.spot(*one).total_cmp(&self.spot(*other)));
        zones
    }

    fn launch(&mut self, instance: Instance) {
        self.running = Some(instance);
        self.launched = true;
    }

    /// The zone in which the rest of the work costs least on-demand.
    fn cheapest_on_demand(&self) -> usize {
        let cost = |zone: usize| {
            let hours = self.job.work() / 3_600.0;
            self.zones[zone].on_demand * hours + self.egress(self.home, zone)
        };
        let zones = 1..self.zones.len();
        zones.fold(0, |least, zone| if cost(zone) < cost(least) { zone } else { least })
    }
}

/// Runs a job over zones from a sample of their recordings on.
pub(super) fn run(
    (recording, ratio, gb): (Recording, f64, f64),
    zones: &[Zone],
    start: usize,
    policy: &mut dyn Policy,
) -> Run {
    let mut frame = Frame {
        zones,
        gb,
        job: Job::of(recording, ratio),
        running: None,
        home: None,
        worked: Vec::new(),
        start,
        last_tick: recording.ticks(),
        launched: false,
        probed: BTreeSet::new(),
    };
    let mut run = Run::default();
    let (mut latched, mut last_cost) = (false, 0.0);
    loop {
        let ran = frame.running;
        account(&mut frame, &mut run);
        if frame.spot_zone().is_some_and(|zone| !frame.offers(zone)) {
            frame.stop();
        }
        if frame.job.is_done() || frame.job.is_over() {
            run.met = frame.job.is_done();
            run.ticks = frame.job.now;
            run.published = run.cost - last_cost;
            return run;
        }
        let urgent = !latched && frame.job.need(1.0) >= frame.job.left();
        if latched || urgent {
            net(&mut frame);
            latched = true;
        } else {
            policy.act(&mut frame);
        }
        last_cost = bill(&frame, &mut run);
        frame.probed.clear();
        let is_another = frame.running.is_some() && frame.running != ran;
        run.count(frame.kind(), is_another);
        frame.job.now += 1;
    }
}

/// What ran in the tick before has worked, after its checkpoint has come from elsewhere.
fn account(frame: &mut Frame<'_>, run: &mut Run) {
    let launched = std::mem::take(&mut frame.launched);
    let Some(instance) = frame.running else {
        frame.worked.push(0.0);
        return;
    };
    if launched {
        frame.job.overhead = OVERHEAD;
        if frame.home.is_some_and(|home| home != instance.zone) {
            let egress = frame.egress(frame.home, instance.zone);
            run.cost += egress;
            run.egress += egress;
            run.migrations += 1;
        }
    }
    let worked = frame.job.ran();
    frame.worked.push(worked);
    frame.home = Some(instance.zone);
}

/// The deadline is near: on-demand from now on, and no policy is asked.
fn net(frame: &mut Frame<'_>) {
    match frame.running {
        None => frame.launch_on_demand(frame.cheapest_on_demand()),
        Some(Instance { zone, kind: Kind::Spot }) => frame.launch_on_demand(zone),
        Some(Instance { kind: Kind::OnDemand, .. }) => {}
    }
}

/// Adds what a tick costs, and returns it. A zone has one bill a tick.
fn bill(frame: &Frame<'_>, run: &mut Run) -> f64 {
    const PROBE_HOURS: f64 = 60.0 / 3_600.0;
    let hours = frame.job.tick / 3_600.0;
    let instance = match frame.running {
        None => 0.0,
        // The artifact bills a zone that was probed for the probe alone.
        Some(Instance { zone, kind: Kind::Spot }) if frame.probed.contains(&zone) => 0.0,
        Some(Instance { zone, kind: Kind::Spot }) => hours * frame.spot(zone),
        Some(Instance { zone, kind: Kind::OnDemand }) => hours * frame.zones[zone].on_demand,
    };
    let probes: f64 = frame.probed.iter().map(|zone| PROBE_HOURS * frame.spot(*zone)).sum();
    run.probes += probes;
    run.cost += instance + probes;
    instance + probes
}
