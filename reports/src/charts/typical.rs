//! Which run is shown event by event: the median one, or the worst where the median has nothing to
//! show. A page has room for both.

use sim::Run;

use crate::figures::Figures;

/// The run that is shown, and why that one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Choice {
    /// Its number.
    pub replication: u32,
    /// Which one it is among all.
    pub which: Which,
}

/// Which run it is among all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Which {
    /// There is no other.
    Only,
    /// As many runs disrupt more pods as disrupt fewer.
    Median,
    /// None disrupts more pods; in most of them no node is taken.
    Worst,
    /// None disrupts more pods.
    Most,
}

impl Which {
    /// In words, among a number of replications.
    #[must_use]
    pub fn among(self, all: usize) -> String {
        match self {
            Which::Only => "the only one".into(),
            Which::Median => format!("the median of {all} by pods disrupted"),
            Which::Worst => format!("the worst of {all}, most of which lose no node"),
            Which::Most => format!("the worst of {all} by pods disrupted"),
        }
    }
}

/// The run to show of these.
#[must_use]
pub fn choose(runs: &[(Figures, Run)]) -> Choice {
    of_disruption(&disrupted(runs))
}

/// The median run and the worst; the only one if there is no other.
#[must_use]
pub fn median_and_worst(runs: &[(Figures, Run)]) -> Vec<Choice> {
    let (median, worst) = ends(&disrupted(runs));
    let choice = |run: usize, which| Choice { replication: number(run), which };
    match runs.len() {
        0 | 1 => vec![choice(0, Which::Only)],
        _ => vec![choice(median, Which::Median), choice(worst, Which::Most)],
    }
}

/// The pods that each run disrupts, and the nodes that it loses.
fn disrupted(runs: &[(Figures, Run)]) -> Vec<(u64, u64)> {
    let disrupted = runs.iter().map(|(figures, _)| {
        let disruption = &figures.disruption;
        (disruption.ends.total(), disruption.reclaims)
    });
    disrupted.collect()
}

/// The run in the middle and the last one, by the pods that each disrupts and the nodes that it loses.
fn ends(disrupted: &[(u64, u64)]) -> (usize, usize) {
    let mut order: Vec<usize> = (0..disrupted.len()).collect();
    order.sort_by_key(|run| disrupted[*run]);
    let median = order.get(order.len().saturating_sub(1) / 2).copied().unwrap_or(0);
    (median, order.last().copied().unwrap_or(0))
}

fn number(run: usize) -> u32 {
    u32::try_from(run).unwrap_or(u32::MAX)
}

/// The run to show, by the pods that each disrupts and the nodes that each loses.
fn of_disruption(disrupted: &[(u64, u64)]) -> Choice {
    let (median, worst) = ends(disrupted);
    let lost = |run: usize| disrupted.get(run).is_some_and(|(_, nodes)| *nodes > 0);
    let (run, which) = match disrupted.len() {
        0 | 1 => (0, Which::Only),
        _ if !lost(median) && lost(worst) => (worst, Which::Worst),
        _ => (median, Which::Median),
    };
    Choice { replication: number(run), which }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_shown_unless_there_is_nothing_in_it() {
        let shown = |disrupted: &[(u64, u64)]| {
            let Choice { replication, which } = of_disruption(disrupted);
            (replication, which)
        };
        assert_eq!(shown(&[(3, 1)]), (0, Which::Only));
        assert_eq!(shown(&[(9, 4), (0, 0), (5, 2)]), (2, Which::Median));
        assert_eq!(shown(&[(0, 0), (0, 0), (7, 3), (2, 1), (0, 0)]), (2, Which::Worst));
        assert_eq!(shown(&[(0, 0), (0, 0)]), (0, Which::Median));
    }
}
