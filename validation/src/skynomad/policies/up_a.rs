//! UP(A): uniform progress that goes where spot was granted most often of late.

use std::collections::VecDeque;

use super::super::frame::{Frame, Policy};
use super::super::job::Kind;
use super::{fallback, ranked, ticks, wants_on_demand};

/// How many samples of a zone count.
const WINDOW: usize = 5;
/// Seconds between two samples of a zone.
const INTERVAL: f64 = 7_200.0;

pub(super) struct UpA {
    samples: Vec<VecDeque<bool>>,
    /// The zone of the policy's spot instance.
    main: Option<usize>,
    next_probe: Vec<usize>,
    next_sample: Vec<usize>,
}

impl UpA {
    pub(super) fn new(zones: usize) -> UpA {
        UpA {
            samples: vec![VecDeque::new(); zones],
            main: None,
            next_probe: vec![0; zones],
            next_sample: vec![0; zones],
        }
    }

    fn add(&mut self, zone: usize, granted: bool) {
        let samples = &mut self.samples[zone];
        samples.push_back(granted);
        if samples.len() > WINDOW {
            samples.pop_front();
        }
    }

    /// The mean of its samples, and one half without any.
    fn score(samples: &VecDeque<bool>) -> f64 {
        let granted = samples.iter().filter(|it| **it).count();
        if samples.is_empty() { 0.5 } else { granted as f64 / samples.len() as f64 }
    }

    /// What was learned since the last tick.
    fn observe(&mut self, frame: &Frame<'_>, interval: usize) {
        let (spot, now) = (frame.spot_zone(), frame.job.now);
        if let Some(main) = self.main.filter(|main| spot != Some(*main)) {
            self.add(main, false);
            self.main = None;
        }
        self.main = self.main.or(spot);
        if let Some(main) = self.main.filter(|main| now >= self.next_sample[*main]) {
            self.add(main, true);
            self.next_sample[main] = now + interval;
        }
    }

    /// Tries zones until one grants spot, and learns from each.
    fn hunt(&mut self, frame: &mut Frame<'_>, order: &[usize], interval: usize) -> bool {
        for zone in order.iter().copied() {
            let granted = frame.try_spot(zone);
            self.add(zone, granted);
            if granted {
                self.main = Some(zone);
                self.next_sample[zone] = frame.job.now + interval;
                return true;
            }
        }
        false
    }

    /// Probes the zone that is known least.
    fn probe(&mut self, frame: &mut Frame<'_>, interval: usize) {
        let now = frame.job.now;
        let due = |zone: &usize| {
            let is_other = self.main != Some(*zone) && frame.spot_zone() != Some(*zone);
            is_other && now >= self.next_probe[*zone]
        };
        let least = (0..frame.zones.len()).filter(due).min_by_key(|zone| self.samples[*zone].len());
        if let Some(zone) = least {
            let granted = frame.probe(zone);
            self.add(zone, granted);
            self.next_probe[zone] = now + interval;
        }
    }
}

impl Policy for UpA {
    fn act(&mut self, frame: &mut Frame<'_>) {
        let interval = ticks(INTERVAL, frame.job.tick);
        let ran = frame.running.map(|it| it.zone);
        self.observe(frame, interval);
        let (wish, exit) = frame.job.wish(frame.kind(), true);
        match wish {
            None => {
                frame.stop();
                self.main = None;
            }
            Some(Kind::OnDemand) => {
                if frame.kind() != Some(Kind::OnDemand) {
                    frame.launch_on_demand(fallback(ran, frame));
                    self.main = None;
                }
            }
            Some(Kind::Spot) => {
                let scores: Vec<f64> = self.samples.iter().map(UpA::score).collect();
                let order = ranked(&scores);
                match frame.spot_zone() {
                    Some(zone) if zone == order[0] || scores[zone] >= scores[order[0]] - 1e-6 => {
                        self.main = Some(zone);
                    }
                    Some(_) => frame.stop(),
                    None => {
                        frame.stop();
                        self.main = None;
                    }
                }
                if frame.spot_zone().is_none() && !self.hunt(frame, &order, interval) {
                    if !exit && wants_on_demand(frame) {
                        frame.launch_on_demand(fallback(None, frame));
                        self.main = None;
                    }
                    return;
                }
                self.probe(frame, interval);
            }
        }
    }
}
