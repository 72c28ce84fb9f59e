//! SkyNomad: moves between zones by what an hour of progress is worth, less what spot costs there and how
//! long it will live.

mod history;
mod progress;

use std::collections::BTreeSet;

use self::history::{End, History};
use self::progress::Outlook;
use super::super::frame::{Frame, Instance, Policy};
use super::super::job::{Kind, OVERHEAD};

/// Ticks between two probes of a zone.
const PROBE_EVERY: usize = 6;

/// The policy, or with an oracle of lifetimes in place of what it learns of them.
pub(in super::super) struct SkyNomad {
    knows: bool,
    histories: Vec<History>,
    /// Zones with a virtual run.
    virtuals: BTreeSet<usize>,
    next_probe: Vec<usize>,
    /// The zone of its own spot run.
    mine: Option<usize>,
    /// Whether the policy itself ended that run.
    by_me: bool,
    /// The zone of what ran last.
    last: Option<usize>,
    /// Zones that refused in this tick.
    failed: BTreeSet<usize>,
}

/// Something that can be done, and what an hour of it is worth.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Nothing,
    Run(Instance),
}

impl SkyNomad {
    pub(in super::super) fn new(zones: usize, knows: bool) -> SkyNomad {
        SkyNomad {
            knows,
            histories: vec![History::new(); zones],
            virtuals: BTreeSet::new(),
            next_probe: vec![0; zones],
            mine: None,
            by_me: false,
            last: None,
            failed: BTreeSet::new(),
        }
    }

    /// Its spot run ends, if its instance is gone.
    fn settle(&mut self, frame: &Frame<'_>) {
        let Some(mine) = self.mine.filter(|mine| frame.spot_zone() != Some(*mine)) else { return };
        let history = &mut self.histories[mine];
        if self.by_me {
            history.end(frame.job.now, End::Closed);
        } else {
            history.end(frame.job.now, End::Lost);
            history.misses += 1.0;
        }
        (self.mine, self.by_me) = (None, false);
    }

    fn outlooks(&self, frame: &Frame<'_>, left: f64) -> Vec<Outlook> {
        let now = frame.job.now;
        let of = |(zone, history): (usize, &History)| {
            let life = if self.knows {
                let samples = frame.zones[zone].offered_for(frame.sample());
                samples as f64 * frame.job.tick / 3_600.0
            } else {
                history.lifetime(now, left)
            };
            Outlook { life, availability: history.availability(now) }
        };
        self.histories.iter().enumerate().map(of).collect()
    }

    /// What can be done and is better than what runs, the best first; and the worth of what runs.
    fn choices(&mut self, frame: &Frame<'_>) -> (Vec<(f64, Choice)>, f64) {
        let left = (frame.job.deadline - frame.job.elapsed()) / 3_600.0;
        let outlooks = self.outlooks(frame, left);
        let capped = outlooks.iter().map(|it| Outlook { life: it.life.min(left), ..*it });
        let value = progress::value(frame, &capped.collect::<Vec<_>>());
        let margin = 0.5 + 0.0002 * frame.gb + 0.05 * value;
        let overhead = OVERHEAD / 3_600.0;
        let running = frame.running;
        self.last = running.map(|it| it.zone).or(self.last);
        let origin = running.map(|it| it.zone).or(self.last);
        let spot = |zone: usize| {
            let (price, life) = (frame.spot(zone), outlooks[zone].life);
            match running {
                Some(it) if it == (Instance { zone, kind: Kind::Spot }) => value - price,
                _ if life <= overhead => f64::NEG_INFINITY,
                _ => {
                    let worth = (value * (life - overhead) - price * life) / life;
                    worth - frame.egress(origin, zone) / life
                }
            }
        };
        let on_demand = |zone: usize| {
            // Before anything has run there is nothing to move from.
            let moving = match origin {
                Some(from) if from != zone => overhead * value + frame.egress(origin, zone),
                Some(_) | None => 0.0,
            };
            value - frame.zones[zone].on_demand - moving
        };
        let worth = running.map_or(0.0, |it| match it.kind {
            Kind::Spot => value - frame.spot(it.zone),
            Kind::OnDemand => value - frame.zones[it.zone].on_demand,
        });
        let zones = 0..frame.zones.len();
        let run = |zone, kind| Choice::Run(Instance { zone, kind });
        let all = std::iter::once((0.0, Choice::Nothing))
            .chain(zones.clone().map(|zone| (spot(zone), run(zone, Kind::Spot))))
            .chain(zones.map(|zone| (on_demand(zone), run(zone, Kind::OnDemand))));
        let stays = |choice: &(f64, Choice)| match (choice, running) {
            ((value, _), _) if *value < 0.0 => false,
            ((_, Choice::Run(it)), Some(own)) if *it == own => own.kind == Kind::Spot,
            // Doing nothing costs no move, and needs no margin.
            ((_, Choice::Nothing), Some(_)) => true,
            ((value, _), Some(_)) => *value > worth + margin,
            (_, None) => true,
        };
        let mut choices: Vec<(f64, Choice)> = all.filter(stays).collect();
        choices.sort_by(|one, other| other.0.total_cmp(&one.0));
        (choices, worth)
    }

    /// Takes the best choice that is granted; the zone that it leads to.
    fn choose(&mut self, frame: &mut Frame<'_>) -> Option<usize> {
        let (choices, worth) = self.choices(frame);
        let before = frame.running;
        for (value, choice) in choices {
            if value <= worth {
                break;
            }
            let Choice::Run(wanted) = choice else {
                self.last = None;
                return None;
            };
            if before == Some(wanted) {
                continue;
            }
            let granted = match wanted.kind {
                Kind::Spot => self.try_spot(frame, wanted.zone),
                Kind::OnDemand => {
                    frame.launch_on_demand(wanted.zone);
                    true
                }
            };
            if granted {
                self.last = Some(wanted.zone);
                self.by_me |= before.is_some_and(|it| self.mine == Some(it.zone));
                return Some(wanted.zone);
            }
        }
        before.map(|it| it.zone)
    }

    fn try_spot(&mut self, frame: &mut Frame<'_>, zone: usize) -> bool {
        let now = frame.job.now;
        if self.virtuals.remove(&zone) {
            self.histories[zone].end(now, End::Closed);
        }
        if !frame.try_spot(zone) {
            self.failed.insert(zone);
            self.histories[zone].misses += 1.0;
            return false;
        }
        self.histories[zone].begin(now, false);
        (self.mine, self.by_me) = (Some(zone), false);
        self.failed.remove(&zone);
        true
    }

    /// Probes zones of which nothing else is learned.
    fn probe(&mut self, frame: &mut Frame<'_>, primary: Option<usize>) {
        let now = frame.job.now;
        for zone in 0..frame.zones.len() {
            let is_known = primary == Some(zone)
                || self.virtuals.contains(&zone)
                || self.failed.contains(&zone);
            if is_known || now < self.next_probe[zone] {
                continue;
            }
            self.next_probe[zone] = now + PROBE_EVERY;
            let history = &mut self.histories[zone];
            if frame.probe(zone) {
                history.begin(now, true);
                self.virtuals.insert(zone);
            } else {
                history.misses += 1.0;
                history.virtual_age = None;
            }
        }
    }
}

impl Policy for SkyNomad {
    fn act(&mut self, frame: &mut Frame<'_>) {
        self.settle(frame);
        let (now, hours) = (frame.job.now, frame.job.tick / 3_600.0);
        self.histories.iter_mut().for_each(|history| history.observe(now, hours));
        let primary = self.choose(frame);
        if !self.knows {
            self.probe(frame, primary);
        }
        self.failed.clear();
    }
}
