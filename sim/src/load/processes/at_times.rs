//! Fixed times, once or again in every period.

use std::sync::Arc;

use super::{Process, Times};
use crate::load::distributions::Impossible;
use crate::rng::Draws;

/// A list of times.
#[derive(Clone, Debug)]
pub struct AtTimes {
    /// In seconds, in order.
    times: Arc<[f64]>,
    /// After how many seconds they come again.
    every: Option<f64>,
}

impl AtTimes {
    /// At these seconds, in any order, and again in every period of this many seconds if there is one.
    ///
    /// # Errors
    /// If there is none, one is negative, or one does not lie within the period.
    pub fn new(mut times: Vec<f64>, every: Option<f64>) -> Result<AtTimes, Impossible> {
        if times.is_empty() {
            return Err(Impossible::because("there are no times"));
        }
        if let Some(wrong) = times.iter().find(|time| !time.is_finite() || **time < 0.0) {
            return Err(Impossible::because(format!("a time is {wrong}, and must be 0 or more")));
        }
        times.sort_by(f64::total_cmp);
        let last = times[times.len() - 1];
        if every.is_some_and(|every| last >= every) {
            return Err(Impossible::because(
                "a time lies beyond the period after which all repeat",
            ));
        }
        Ok(AtTimes { times: times.into(), every })
    }
}

impl Process for AtTimes {
    fn open(&self, _: Draws, _: f64) -> Times {
        let (times, every) = (self.times.clone(), self.every);
        let mut next = 0;
        let mut base = 0.0;
        Box::new(std::iter::from_fn(move || {
            if next == times.len() {
                base += every?;
                next = 0;
            }
            next += 1;
            Some(base + times[next - 1])
        }))
    }

    fn expected(&self, seconds: f64) -> f64 {
        let within = |until: f64| self.times.partition_point(|time| *time < until) as f64;
        match self.every {
            None => within(seconds),
            Some(every) => {
                let periods = (seconds / every).floor();
                periods * self.times.len() as f64 + within(seconds - periods * every)
            }
        }
    }
}
