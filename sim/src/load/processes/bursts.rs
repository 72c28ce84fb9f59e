//! Bursts: a Markov-modulated Poisson process. The rate is that of a state, and states take turns after
//! exponential times.

use std::sync::Arc;

use super::{Process, Times, exponential, rate};
use crate::load::distributions::{Impossible, positive};
use crate::rng::Draws;

/// A state of the process.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// The rate of arrivals.
    pub per_hour: f64,
    /// How long the state lasts on average, in seconds.
    pub lasts: f64,
}

/// States that take turns; the process begins in one of them as if it had gone on for ever.
#[derive(Clone, Debug)]
pub struct Bursts(Arc<[State]>);

impl Bursts {
    /// With these states, one after the other and again.
    ///
    /// # Errors
    /// If there are fewer than two, a rate is none, or a state lasts no time.
    pub fn new(states: Vec<State>) -> Result<Bursts, Impossible> {
        if states.len() < 2 {
            let message = "bursts need at least two states, a quiet and a busy one";
            return Err(Impossible::because(message));
        }
        for state in &states {
            rate("perHour", state.per_hour)?;
            positive("lasts", state.lasts)?;
        }
        Ok(Bursts(states.into()))
    }
}

impl Process for Bursts {
    fn open(&self, mut draws: Draws, until: f64) -> Times {
        let states = self.0.clone();
        let whole: f64 = states.iter().map(|state| state.lasts).sum();
        let mut left = draws.uniform() * whole;
        let mut state = 0;
        while state + 1 < states.len() && left >= states[state].lasts {
            left -= states[state].lasts;
            state += 1;
        }
        let mut now = 0.0;
        let mut ends = exponential(&mut draws, 3_600.0 / states[state].lasts);
        Box::new(std::iter::from_fn(move || {
            loop {
                let next = now + exponential(&mut draws, states[state].per_hour);
                if next < ends {
                    now = next;
                    return Some(now);
                }
                if ends >= until {
                    return None;
                }
                // What is left of an exponential time is exponential again.
                now = ends;
                state = (state + 1) % states.len();
                ends += exponential(&mut draws, 3_600.0 / states[state].lasts);
            }
        }))
    }

    fn expected(&self, seconds: f64) -> f64 {
        let whole: f64 = self.0.iter().map(|state| state.lasts).sum();
        let of = |state: &State| state.per_hour / 3_600.0 * state.lasts / whole;
        seconds * self.0.iter().map(of).sum::<f64>()
    }

    fn draws(&self, seconds: f64) -> f64 {
        let whole: f64 = self.0.iter().map(|state| state.lasts).sum();
        self.expected(seconds) + seconds / whole * self.0.len() as f64
    }
}
