//! Survival: hazards by age, and how many live how long, when some were not watched to their end.

/// One life: how long it was watched, and whether it ended.
pub type Watched = (f64, bool);

/// Ends per unit of time at risk, between two ages.
#[must_use]
pub fn hazard(lives: &[Watched], low: f64, high: f64) -> f64 {
    let ends = lives.iter().filter(|(age, ended)| *ended && *age > low && *age <= high).count();
    let at_risk: f64 = lives.iter().map(|(age, _)| (age.min(high) - low).max(0.0)).sum();
    ends as f64 / at_risk
}

/// The share that has ended by an age, by the estimator of Kaplan and Meier.
#[must_use]
pub fn ended_by(lives: &[Watched], age: f64) -> f64 {
    Survivors::of(lives).ended_by(age)
}

/// The estimator of Kaplan and Meier: which share survives each age at which a life ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Survivors(Vec<(f64, f64)>);

impl Survivors {
    /// Those of some lives.
    #[must_use]
    pub fn of(lives: &[Watched]) -> Survivors {
        let mut sorted: Vec<Watched> = lives.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let mut surviving = 1.0;
        let mut steps = Vec::new();
        for (index, (life, ended)) in sorted.iter().enumerate() {
            if *ended {
                surviving *= 1.0 - 1.0 / (sorted.len() - index) as f64;
                steps.push((*life, surviving));
            }
        }
        Survivors(steps)
    }

    /// The share that has ended by an age.
    #[must_use]
    pub fn ended_by(&self, age: f64) -> f64 {
        let until = self.0.partition_point(|(life, _)| *life <= age);
        until.checked_sub(1).map_or(0.0, |last| 1.0 - self.0[last].1)
    }
}

/// The ages at which watching stopped, each with the share of lives that were watched longer, had
/// they not ended: what Kaplan and Meier say of the watching instead of the lives.
#[must_use]
pub fn watching(lives: &[Watched]) -> Vec<(f64, f64)> {
    let mut sorted: Vec<Watched> = lives.to_vec();
    // An end and a stop at one age: the end comes first.
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let mut watched = 1.0;
    let mut steps = Vec::new();
    for (index, (age, ended)) in sorted.iter().enumerate() {
        if !*ended {
            watched *= 1.0 - 1.0 / (sorted.len() - index) as f64;
            steps.push((*age, watched));
        }
    }
    steps
}

/// The middle one of several values; none of none.
#[must_use]
pub fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let (n, half) = (values.len(), values.len() / 2);
    match n {
        0 => None,
        _ if n % 2 == 1 => Some(values[half]),
        _ => Some((values[half - 1] + values[half]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hazard_is_ends_per_time_at_risk() {
        let lives = [(1.0, true), (2.0, false), (4.0, true)];
        // One end in 1 + 1 + 1 hours, then one in 1 + 3.
        assert!((hazard(&lives, 0.0, 1.0) - 1.0 / 3.0).abs() < 1e-12);
        assert!((hazard(&lives, 1.0, 9.0) - 0.25).abs() < 1e-12);
    }

    #[test]
    fn who_is_no_longer_watched_is_no_longer_at_risk() {
        let lives = [(1.0, true), (2.0, false), (3.0, true), (4.0, true)];
        assert!((ended_by(&lives, 1.5) - 0.25).abs() < 1e-12);
        assert!((ended_by(&lives, 3.0) - (1.0 - 0.75 * 0.5)).abs() < 1e-12);
        assert_eq!(watching(&lives).len(), 1);
    }

    #[test]
    fn a_median_of_two_lies_between_them() {
        assert_eq!(median(&mut [3.0, 1.0]), Some(2.0));
        assert_eq!(median(&mut []), None);
    }
}
