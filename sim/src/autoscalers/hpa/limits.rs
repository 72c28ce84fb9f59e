//! From what the metrics ask for to what is set: stabilised over time, limited in speed, within bounds.
//!
//! Without `behavior` the rules are older than those of its defaults, and differ from them.

use super::{Controller, Reason};
use crate::model::hpa::{Behavior, Change, HpaSpec, ScalingPolicy, ScalingRules, SelectPolicy};
use crate::time::Span;

/// What an autoscaler remembers between reconciles. A restart of its controller forgets it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Memory {
    /// What the metrics asked for, and when.
    recommendations: Vec<(i64, i64)>,
    ups: Vec<ScaleEvent>,
    downs: Vec<ScaleEvent>,
}

/// A change of the scale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct ScaleEvent {
    change: i64,
    at_ms: i64,
    /// Whether its place may be used again. It is counted as long as its age allows, all the same.
    outdated: bool,
}

/// A number of replicas, and what was said about it.
pub(super) struct Limited {
    pub(super) replicas: i64,
    /// Why it was held back over time, if it was.
    pub(super) stabilized: Option<Reason>,
    /// Which limit it met.
    pub(super) limit: Reason,
    /// Whether that limit changed it.
    pub(super) limited: bool,
}

/// What is normalised, and when.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) current: i64,
    pub(super) proposal: i64,
    pub(super) now_ms: i64,
}

impl Memory {
    /// An autoscaler that is new remembers the scale that it finds, so that it does not scale down at
    /// once.
    // podautoscaler: horizontal.go recordInitialRecommendation
    pub(super) fn begin(&mut self, current: i64, now_ms: i64) {
        if self.recommendations.is_empty() {
            self.recommendations.push((current, now_ms));
        }
    }

    /// What is set for a proposal.
    pub(super) fn limit(
        &mut self,
        spec: &HpaSpec,
        controller: &Controller,
        asked: Asked,
    ) -> Limited {
        match &spec.behavior {
            None => self.limit_plainly(spec, controller, asked),
            Some(behavior) => self.limit_by_behavior(spec, behavior, controller, asked),
        }
    }

    // podautoscaler: horizontal.go normalizeDesiredReplicas, stabilizeRecommendation
    fn limit_plainly(&mut self, spec: &HpaSpec, controller: &Controller, asked: Asked) -> Limited {
        let Asked { current, proposal, now_ms } = asked;
        let cutoff = before(now_ms, controller.downscale_stabilization);
        let recent = self.recommendations.iter().filter(|(_, at)| *at >= cutoff);
        let stable = recent.map(|(replicas, _)| *replicas).fold(proposal, i64::max);
        self.record(proposal, now_ms, |at| at < cutoff);
        let (least, most) = bounds(spec);
        // podautoscaler: horizontal.go calculateScaleUpLimit, convertDesiredReplicasWithRules
        let fastest = (2 * current).max(4);
        let (most, reason) = match most > fastest {
            true => (fastest, Reason::ScaleUpLimit),
            false => (most, Reason::TooManyReplicas),
        };
        let (replicas, limit) = if stable < least {
            (least, Reason::TooFewReplicas)
        } else if stable > most {
            (most, reason)
        } else {
            (stable, Reason::DesiredWithinRange)
        };
        Limited {
            replicas,
            stabilized: (stable != proposal).then_some(Reason::ScaleDownStabilized),
            limit,
            limited: limit != Reason::DesiredWithinRange,
        }
    }

    // podautoscaler: horizontal.go stabilizeRecommendationWithBehaviors,
    // convertDesiredReplicasWithBehaviorRate
    fn limit_by_behavior(
        &mut self,
        spec: &HpaSpec,
        behavior: &Behavior,
        controller: &Controller,
        asked: Asked,
    ) -> Limited {
        let Asked { current, proposal, now_ms } = asked;
        let up = before(now_ms, behavior.up.window.unwrap_or(Span::ZERO));
        let down = behavior.down.window.unwrap_or(controller.downscale_stabilization);
        let down = before(now_ms, down);
        let after = |cutoff: i64| {
            let recent = self.recommendations.iter().filter(move |(_, at)| *at > cutoff);
            recent.map(|(replicas, _)| *replicas)
        };
        let lowest = after(up).fold(proposal, i64::min);
        let highest = after(down).fold(proposal, i64::max);
        let stable = current.max(lowest).min(highest);
        self.record(proposal, now_ms, |at| at < up && at < down);
        let held = match proposal >= current {
            true => Reason::ScaleUpStabilized,
            false => Reason::ScaleDownStabilized,
        };
        let (replicas, limit) = self.at_speed(spec, behavior, Asked { proposal: stable, ..asked });
        Limited {
            replicas,
            stabilized: (stable != proposal).then_some(held),
            limit,
            limited: replicas != stable,
        }
    }

    fn at_speed(&self, spec: &HpaSpec, behavior: &Behavior, asked: Asked) -> (i64, Reason) {
        let Asked { current, proposal, now_ms } = asked;
        let (least, most) = bounds(spec);
        let past = |period: Span| {
            let cutoff = before(now_ms, period);
            let sum = |events: &[ScaleEvent]| -> i64 {
                events.iter().filter(|it| it.at_ms > cutoff).map(|it| it.change).sum()
            };
            current - sum(&self.ups) + sum(&self.downs)
        };
        if proposal > current {
            let reached = |policy: &ScalingPolicy| up_by(past(policy.period), policy.change);
            let furthest = behavior.up.select == SelectPolicy::Max;
            let limit = limit_of(&behavior.up, current, reached, furthest).max(current);
            let (most, reason) = match most > limit {
                true => (limit, Reason::ScaleUpLimit),
                false => (most, Reason::TooManyReplicas),
            };
            if proposal > most {
                return (most, reason);
            }
        } else if proposal < current {
            let reached = |policy: &ScalingPolicy| down_by(past(policy.period), policy.change);
            let furthest = behavior.down.select == SelectPolicy::Max;
            let limit = limit_of(&behavior.down, current, reached, !furthest).min(current);
            let (least, reason) = match least < limit {
                true => (limit, Reason::ScaleDownLimit),
                false => (least, Reason::TooFewReplicas),
            };
            if proposal < least {
                return (least, reason);
            }
        }
        (proposal, Reason::DesiredWithinRange)
    }

    /// Keeps what the metrics asked for, in the last place that has become old, or in a new one.
    fn record(&mut self, proposal: i64, now_ms: i64, is_old: impl Fn(i64) -> bool) {
        let old = self.recommendations.iter().rposition(|(_, at)| is_old(*at));
        match old {
            Some(place) => self.recommendations[place] = (proposal, now_ms),
            None => self.recommendations.push((proposal, now_ms)),
        }
    }

    /// The scale was changed.
    // podautoscaler: horizontal.go storeScaleEvent, markScaleEventsOutdated
    pub(super) fn scaled(&mut self, behavior: &Behavior, from: i64, to: i64, now_ms: i64) {
        let (events, rules) = match to > from {
            true => (&mut self.ups, &behavior.up),
            false => (&mut self.downs, &behavior.down),
        };
        let longest = rules.policies.iter().map(|policy| policy.period).max();
        let cutoff = before(now_ms, longest.unwrap_or(Span::ZERO));
        for event in events.iter_mut() {
            event.outdated |= event.at_ms < cutoff;
        }
        let event = ScaleEvent { change: (to - from).abs(), at_ms: now_ms, outdated: false };
        match events.iter().rposition(|event| event.outdated) {
            Some(place) => events[place] = event,
            None => events.push(event),
        }
    }
}

fn bounds(spec: &HpaSpec) -> (i64, i64) {
    (i64::from(spec.min_replicas), i64::from(spec.max_replicas))
}

/// The furthest that the selected policy of a direction allows: of what the policies reach from where
/// their periods began, the highest number if `highest`, or else the lowest.
fn limit_of(
    rules: &ScalingRules,
    current: i64,
    reached: impl Fn(&ScalingPolicy) -> i64,
    highest: bool,
) -> i64 {
    if rules.select == SelectPolicy::Disabled {
        return current;
    }
    let reached = rules.policies.iter().map(reached);
    let limit = if highest { reached.max() } else { reached.min() };
    limit.unwrap_or(current)
}

#[allow(clippy::cast_possible_truncation, reason = "replicas are far below 2^53")]
fn up_by(base: i64, change: Change) -> i64 {
    match change {
        Change::Pods(pods) => base + i64::from(pods),
        Change::Percent(percent) => {
            libm::ceil(base as f64 * (1.0 + f64::from(percent) / 100.0)) as i64
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "replicas are far below 2^53")]
fn down_by(base: i64, change: Change) -> i64 {
    match change {
        Change::Pods(pods) => base - i64::from(pods),
        Change::Percent(percent) => (base as f64 * (1.0 - f64::from(percent) / 100.0)) as i64,
    }
}

fn before(now_ms: i64, span: Span) -> i64 {
    now_ms.saturating_sub_unsigned(span.as_ms())
}
