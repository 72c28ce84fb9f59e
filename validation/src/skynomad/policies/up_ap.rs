//! UP(AP): uniform progress that goes where spot is granted most often for its price, and probes all zones.

use super::super::frame::{Frame, Policy};
use super::super::job::Kind;
use super::{ranked, ticks, wants_on_demand};

/// Seconds between two samples of a zone.
const INTERVAL: f64 = 3_600.0;

/// How often a zone was asked, and how often it granted.
#[derive(Clone, Copy, Default)]
struct Tries {
    granted: u32,
    all: u32,
}

pub(super) struct UpAp {
    tries: Vec<Tries>,
    /// The zone of the policy's spot instance.
    main: Option<usize>,
    next_probe: Vec<usize>,
}

impl UpAp {
    pub(super) fn new(zones: usize) -> UpAp {
        UpAp { tries: vec![Tries::default(); zones], main: None, next_probe: vec![0; zones] }
    }

    fn add(&mut self, zone: usize, granted: bool) {
        let tries = &mut self.tries[zone];
        tries.all += 1;
        tries.granted += u32::from(granted);
    }

    /// The share of tries that were granted, for the price of now.
    fn scores(&self, frame: &Frame<'_>) -> Vec<f64> {
        let share = |tries: &Tries| match tries.all {
            0 => 0.5,
            all => f64::from(tries.granted) / f64::from(all),
        };
        let zones = self.tries.iter().enumerate();
        zones.map(|(zone, tries)| share(tries) / frame.spot(zone)).collect()
    }

    /// What was learned since the last tick.
    fn observe(&mut self, frame: &Frame<'_>, interval: usize) {
        let now = frame.job.now;
        let Some(main) = self.main else { return };
        if frame.spot_zone() != Some(main) {
            self.add(main, false);
            self.main = None;
        } else if now >= self.next_probe[main] {
            self.add(main, true);
            self.next_probe[main] = now + interval;
        }
    }

    /// Tries zones until one grants spot, and learns from each.
    fn hunt(&mut self, frame: &mut Frame<'_>, order: &[usize], interval: usize) -> bool {
        for zone in order.iter().copied() {
            let granted = frame.try_spot(zone);
            self.add(zone, granted);
            if granted {
                self.main = Some(zone);
                self.next_probe[zone] = frame.job.now + interval;
                return true;
            }
        }
        false
    }

    /// Probes every zone whose turn it is.
    fn probe(&mut self, frame: &mut Frame<'_>, interval: usize) {
        let now = frame.job.now;
        for zone in 0..frame.zones.len() {
            let is_own = self.main == Some(zone) || frame.spot_zone() == Some(zone);
            if !is_own && now >= self.next_probe[zone] {
                let granted = frame.probe(zone);
                self.add(zone, granted);
                self.next_probe[zone] = now + interval;
            }
        }
    }
}

impl Policy for UpAp {
    fn act(&mut self, frame: &mut Frame<'_>) {
        let interval = ticks(INTERVAL, frame.job.tick);
        let ran = frame.running.map(|it| it.zone);
        self.observe(frame, interval);
        match frame.job.wish(frame.kind(), true).0 {
            None => {
                frame.stop();
                self.main = None;
            }
            Some(Kind::OnDemand) => {
                if frame.kind() != Some(Kind::OnDemand) {
                    frame.launch_on_demand(ran.unwrap_or(0));
                    self.main = None;
                }
            }
            Some(Kind::Spot) => {
                let scores = self.scores(frame);
                let order = ranked(&scores);
                match frame.spot_zone() {
                    Some(zone) if zone == order[0] || scores[zone] >= 0.9 * scores[order[0]] => {
                        self.main = Some(zone);
                    }
                    Some(_) => frame.stop(),
                    None => {
                        frame.stop();
                        self.main = None;
                    }
                }
                let hunts = frame.spot_zone().is_none();
                if hunts && !self.hunt(frame, &order, interval) && wants_on_demand(frame) {
                    frame.launch_on_demand(0);
                    self.main = None;
                }
                self.probe(frame, interval);
            }
        }
    }
}
