//! The walk: one recommender through the history of one container, step by step, seeing at each step
//! what is over and nothing else.

use sim::model::vpa::Stated;

use crate::history::{Container, Lane, Sample};
use crate::plan::Plan;
use crate::recommenders::Recommender;
use crate::score::Score;
use crate::sizes;

/// What came of a walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Walked {
    /// What followed from its recommendations.
    pub score: Score,
    /// What it recommends at the end of the history.
    pub now: Stated,
}

/// What is in force between two steps.
#[derive(Clone, Copy, Default)]
struct Force {
    requests: Stated,
    limits: Stated,
    /// Whether anything was recommended yet.
    begun: bool,
}

/// A sample that has begun and is not seen yet; with the request of the container that it killed.
struct Pending<'c> {
    sample: &'c Sample,
    killed: Option<u64>,
}

/// Walks a recommender through the history of a container.
///
/// Steps count from the container's first sample. A step in which no sample begins is left out: nothing
/// would be judged by it.
#[must_use]
pub fn walk(container: &Container, recommender: &mut dyn Recommender, plan: &Plan) -> Walked {
    let Some((start, end)) = container.span_ms() else { return Walked::default() };
    let step_ms = plan.step.as_ms().max(1);
    let mut score = Score::default();
    let mut force = Force::default();
    let mut pending: Vec<Pending<'_>> = Vec::new();
    let mut step = None;
    for sample in &container.samples {
        let now = sample.at_ms.abs_diff(start) / step_ms;
        let judged = now * step_ms >= plan.learn.as_ms();
        if step != Some(now) {
            step = Some(now);
            let now_ms = start.saturating_add_unsigned(now * step_ms);
            see(&mut pending, recommender, now_ms);
            if judged {
                let stated = container.stated_at(now_ms);
                let wanted = recommender.recommend(now_ms);
                score.changes += u64::from(force.take(wanted, plan));
                force.limits = sizes::limits(&stated, &force.requests);
            }
        }
        let above = judged && score.judge(sample, &force.requests, &force.limits);
        let killed = (above && sample.lane == Lane::Memory).then_some(force.requests.memory);
        pending.push(Pending { sample, killed: killed.flatten() });
    }
    see(&mut pending, recommender, end);
    Walked { score, now: recommender.recommend(end) }
}

/// Shows what is over to a recommender, and keeps what is not.
fn see(pending: &mut Vec<Pending<'_>>, recommender: &mut dyn Recommender, now_ms: i64) {
    pending.retain(|Pending { sample, killed }| {
        if sample.end_ms() > now_ms {
            return true;
        }
        recommender.sees(sample);
        if let Some(request) = killed {
            recommender.killed(sample, *request);
        }
        false
    });
}

impl Force {
    /// Takes what is recommended if it differs enough, lane by lane where it is recommended at all.
    /// Whether that takes the place of another recommendation.
    // VPA: updater/priority/priority_processor.go, resourceDiff
    fn take(&mut self, wanted: Stated, plan: &Plan) -> bool {
        let wanted = wanted.zip(self.requests).map(|(wanted, held)| wanted.or(held));
        if wanted == self.requests {
            return false;
        }
        let differs = wanted.zip(self.requests).map(|(wanted, held)| match (wanted, held) {
            (Some(wanted), Some(held)) => {
                u128::from(wanted.abs_diff(held)) * 1_000_000 / u128::from(held.max(1))
            }
            (None, None) => 0,
            _ => u128::MAX / 4,
        });
        if self.begun && differs.cpu + differs.memory < u128::from(plan.threshold_percent) * 10_000
        {
            return false;
        }
        let first = !std::mem::replace(&mut self.begun, true);
        self.requests = wanted;
        !first
    }
}
