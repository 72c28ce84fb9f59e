//! What SkyNomad remembers of a zone: how long instances lived there, how long one will, and whether losses
//! come in bursts.

/// Hours of life that are looked ahead at most.
const MOST_LIFE: f64 = 2.0;
/// Hours over which availability is measured.
pub(super) const WINDOW: f64 = 12.0;
/// The hazard of a zone in which nothing was ever lost.
const QUIET: f64 = 1e-8;
/// Below this a risk is none.
const NO_RISK: f64 = 1e-6;
/// At most this much risk is remembered.
const MEMORY: f64 = 8.0;

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// Its instance was taken.
    Lost,
    /// It was stopped.
    Closed,
}

/// A run of an instance, or of one that was granted to a probe and is taken to go on.
#[derive(Clone, Copy, Debug)]
struct Life {
    start: usize,
    end: Option<(usize, End)>,
    is_virtual: bool,
}

/// What is remembered of a zone.
#[derive(Clone, Debug)]
pub(super) struct History {
    /// Hours in a tick.
    hours: f64,
    lives: Vec<Life>,
    /// Refusals and losses since risk was last added.
    pub(super) misses: f64,
    /// By how much losses come in bursts.
    burst: f64,
    /// Risks with the misses that came of them, the oldest first.
    risks: Vec<(f64, f64)>,
    /// The age of the real run when risk was last added, and that of the virtual one.
    pub(super) real_age: Option<f64>,
    pub(super) virtual_age: Option<f64>,
}

/// The hazard by age, in steps.
struct Curve {
    /// Ages in hours, each with its step.
    knots: Vec<(f64, f64)>,
    /// What goes on beyond the last of them.
    tail: f64,
}

impl Curve {
    fn last(&self) -> Option<f64> {
        self.knots.last().map(|(age, _)| *age)
    }

    /// The hazard up to an age.
    fn up_to(&self, age: f64) -> f64 {
        if self.knots.is_empty() {
            return age * self.tail;
        }
        let below = self.knots.iter().filter(|(knot, _)| *knot < age);
        let (sum, last) = below.fold((0.0, 0.0), |(sum, _), (knot, step)| (sum + step, *knot));
        sum + (age - last) * self.tail
    }
}

impl History {
    pub(super) fn new() -> History {
        History {
            hours: 0.0,
            lives: Vec::new(),
            misses: 0.0,
            burst: 1.0,
            risks: Vec::new(),
            real_age: None,
            virtual_age: None,
        }
    }

    /// A run begins; one that is open is forgotten.
    pub(super) fn begin(&mut self, now: usize, is_virtual: bool) {
        if self.open().is_some() {
            self.lives.pop();
        }
        self.lives.push(Life { start: now, end: None, is_virtual });
        (self.real_age, self.virtual_age) =
            if is_virtual { (self.real_age, Some(0.0)) } else { (Some(0.0), None) };
    }

    /// The open run ends, if there is one.
    pub(super) fn end(&mut self, now: usize, how: End) {
        if let Some(life) = self.lives.last_mut().filter(|it| it.end.is_none()) {
            life.end = Some((now, how));
        }
    }

    fn open(&self) -> Option<Life> {
        self.lives.last().copied().filter(|it| it.end.is_none())
    }

    fn age(&self, life: Life, now: usize) -> f64 {
        (now - life.start) as f64 * self.hours
    }

    fn curve(&self) -> Curve {
        let ended =
            self.lives.iter().filter_map(|it| it.end.map(|(end, how)| (end - it.start, how)));
        let ended: Vec<(usize, End)> = ended.collect();
        let lost = |(age, how): &(usize, End)| (*how == End::Lost).then_some(*age);
        let mut ages: Vec<usize> = ended.iter().filter_map(lost).collect();
        ages.sort_unstable();
        let knots = ages.chunk_by(|one, next| one == next).map(|same| {
            let at_risk = ended.iter().filter(|(age, _)| *age >= same[0]).count();
            (same[0] as f64 * self.hours, same.len() as f64 / at_risk as f64)
        });
        let knots: Vec<(f64, f64)> = knots.collect();
        let tail = knots.last().map_or(QUIET, |(_, step)| *step);
        Curve { knots, tail }
    }

    /// Adds the risk of the tick before, with the misses that came of it.
    pub(super) fn observe(&mut self, now: usize, tick_hours: f64) {
        self.hours = tick_hours;
        let curve = self.curve();
        let open = self.open().map(|life| (life.is_virtual, self.age(life, now)));
        let before = match open {
            Some((true, _)) => self.virtual_age,
            Some((false, _)) => self.real_age,
            None => None,
        };
        let ages = open.map(|(_, age)| (age, before.unwrap_or((age - tick_hours).max(0.0))));
        (self.real_age, self.virtual_age) = match open {
            Some((true, age)) => (None, Some(age)),
            Some((false, age)) => (Some(age), None),
            None => (None, None),
        };
        let between = |(age, before): (f64, f64)| curve.up_to(age) - curve.up_to(before);
        let mut risk = ages.map_or(0.0, between).max(0.0);
        if risk <= 0.0 && (ages.is_some() || self.misses > 0.0) {
            match (curve.last(), ages) {
                (None, _) => risk = curve.tail * tick_hours,
                (Some(last), Some((age, before))) if before >= last => {
                    risk = curve.tail * (age - before).max(0.0);
                }
                (Some(_), _) => {}
            }
        }
        if self.misses > 0.0 && risk <= 0.0 {
            risk = curve.tail * tick_hours;
        }
        if risk > 0.0 || self.misses > 0.0 {
            self.remember(risk);
        }
    }

    fn remember(&mut self, risk: f64) {
        self.risks.push((risk, self.misses));
        self.misses = 0.0;
        let sum = |risks: &[(f64, f64)]| risks.iter().map(|(risk, _)| risk).sum::<f64>();
        while self.risks.len() > 1 && sum(&self.risks[1..]) >= MEMORY {
            self.risks.remove(0);
        }
        self.burst = if sum(&self.risks) < 1.0 { 1.0 } else { self.densest().max(1.0) };
    }

    /// The most misses for a unit of risk among the latest entries.
    fn densest(&self) -> f64 {
        let counted = |(risk, misses): (f64, f64)| match misses > 0.0 && risk <= 0.0 {
            true => (NO_RISK, misses),
            false => (risk, misses),
        };
        let (mut risk, mut misses) = (0.0, 0.0);
        let mut best: Option<f64> = None;
        for entry in self.risks.iter().rev().map(|it| counted(*it)) {
            (risk, misses) = (risk + entry.0, misses + entry.1);
            if risk > 1.0 + 1e-9 {
                break;
            }
            if entry.0 <= NO_RISK && entry.1 <= 0.0 {
                continue;
            }
            let dense = misses / risk;
            if best.is_none_or(|best| dense > best + 1e-9) {
                best = Some(dense);
            }
        }
        let last = self.risks.last().map_or((1.0, 0.0), |it| counted(*it));
        best.unwrap_or(last.1 / last.0)
    }

    /// Hours that an instance will live there, `left` at most.
    pub(super) fn lifetime(&self, now: usize, left: f64) -> f64 {
        let curve = self.curve();
        let mut age = self.open().map_or(0.0, |life| self.age(life, now));
        let (mut life, mut survives) = (0.0, 1.0);
        for (knot, step) in
            curve.knots.iter().filter(|(knot, _)| *knot > age).copied().collect::<Vec<_>>()
        {
            life += survives * (knot - age);
            survives *= libm::exp(-self.burst * step);
            age = knot;
        }
        life += survives * self.hours / (1.0 - libm::exp(-self.burst * curve.tail));
        life.min(MOST_LIFE).min(left)
    }

    /// The share of the last hours for which it had an instance, real or not.
    pub(super) fn availability(&self, now: usize) -> f64 {
        if now == 0 {
            return 0.0;
        }
        let until = now as f64 * self.hours;
        let from = (until - WINDOW).max(0.0);
        let held = |life: &Life| {
            let end = life.end.map_or(until, |(end, _)| end as f64 * self.hours);
            (end.min(until) - (life.start as f64 * self.hours).max(from)).max(0.0)
        };
        let held: f64 = self.lives.iter().map(held).sum();
        (held / WINDOW.min(until)).min(1.0)
    }
}
