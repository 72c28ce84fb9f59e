//! From what is known of a container's usage to what it should request.

use std::collections::BTreeMap;

use super::aggregate::Aggregate;
use super::buckets::{CPU, MEMORY};
use super::config::RecommenderConfig;
use crate::model::vpa::{ContainerPolicy, CpuMemory, Stated};
use crate::names::NameId;
use crate::time::Span;

/// What a container should request.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recommendation {
    /// What it should request.
    pub target: Stated,
    /// Below this it requests too little.
    pub lower: Stated,
    /// Above this it requests too much.
    pub upper: Stated,
    /// What it should request if there were no bounds.
    pub uncapped: Stated,
}

/// What the containers of an autoscaler's pods should request, by name.
pub type Recommended = BTreeMap<NameId, Recommendation>;

/// The most of anything that is recommended.
const MOST: f64 = 1e14;

/// What a container should request that is one of this many in its pod.
// VPA: recommender/logic/recommender.go, estimator.go
pub(super) fn recommend(
    config: &RecommenderConfig,
    policy: Option<&ContainerPolicy>,
    known: &Aggregate,
    containers: usize,
) -> Recommendation {
    let least = config.min.map(|least| scaled(least, 1.0 / containers as f64));
    let with_margin = |used: [u64; 3]| used.map(|used| used + scaled(used, config.margin));
    let shares = config.lower.zip(config.target.zip(config.upper));
    let shares = shares.map(|(lower, (target, upper))| [lower, target, upper]);
    let CpuMemory { cpu, memory } = &known.usage;
    let cpu = with_margin(cpu.percentiles(&CPU, shares.cpu));
    let memory = with_margin(memory.percentiles(&MEMORY, shares.memory));
    let [lower, target, upper] =
        [0, 1, 2].map(|share| CpuMemory { cpu: cpu[share], memory: memory[share] });
    let confidence = config.confidence.map(|interval| confidence(known, interval));
    let lower = lower.zip(confidence).map(|(used, sure)| {
        let doubt = 1.0 + 0.001 / sure;
        scaled(used, 1.0 / (doubt * doubt))
    });
    let upper = upper.zip(confidence).map(|(used, sure)| scaled(used, 1.0 + 1.0 / sure));
    let all = CpuMemory { cpu: true, memory: true };
    let controlled = policy.map_or(all, |policy| policy.controlled);
    let stated = |amounts: CpuMemory<u64>| {
        let amounts = amounts.zip(least).map(|(amount, least)| amount.max(least));
        let rounded = amounts
            .zip(config.round)
            .map(|(amount, to)| amount.checked_next_multiple_of(to.max(1)).unwrap_or(u64::MAX));
        let memory = match config.humanize_memory {
            true => humanized(rounded.memory),
            false => rounded.memory,
        };
        let rounded = CpuMemory { cpu: rounded.cpu, memory };
        rounded.zip(controlled).map(|(amount, controlled)| controlled.then_some(amount))
    };
    let uncapped = stated(target);
    let cap = |amounts: Stated| capped(amounts, policy, config.max_allowed);
    Recommendation {
        target: cap(uncapped),
        lower: cap(stated(lower)),
        upper: cap(stated(upper)),
        uncapped,
    }
}

/// How sure the recommender is, from 0 to any number: in units of its interval, of how long and of how
/// often it has looked, whichever is less.
fn confidence(known: &Aggregate, interval: Span) -> f64 {
    let (first, last) = known.sampled_ms.unwrap_or((0, 0));
    let span = (last - first) as f64 / interval.as_ms() as f64;
    let minutes = interval.as_ms() as f64 / 60_000.0;
    span.min(known.samples as f64 / minutes)
}

/// A part or a multiple of an amount, rounded down; what is no number is none.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped before")]
pub(super) fn scaled(amount: u64, factor: f64) -> u64 {
    (amount as f64 * factor).clamp(0.0, MOST) as u64
}

/// Two decimals of the largest binary unit, rounded up to bytes.
// VPA: recommender/model/types.go HumanizeMemoryQuantity
fn humanized(bytes: u64) -> u64 {
    let units = [1_u64 << 40, 1 << 30, 1 << 20, 1 << 10];
    let Some(unit) = units.into_iter().find(|unit| bytes >= *unit) else { return bytes };
    let written = format!("{:.2}", bytes as f64 / unit as f64);
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let hundredths: u128 = digits.parse().unwrap_or(0);
    u64::try_from((hundredths * u128::from(unit)).div_ceil(100)).unwrap_or(u64::MAX)
}

/// Amounts within the bounds of a policy; the most wins over the least, and zero is no bound.
// VPA: utils/vpa/capping.go ApplyVPAPolicy
pub(super) fn capped(amounts: Stated, policy: Option<&ContainerPolicy>, most: Stated) -> Stated {
    let own = policy.map_or_else(CpuMemory::default, |policy| policy.max_allowed);
    let most = own.zip(most).map(|(own, general)| own.or(general));
    let least = policy.map_or_else(CpuMemory::default, |policy| policy.min_allowed);
    amounts.zip(least.zip(most)).map(|(amount, (least, most))| {
        let bound = |bound: Option<u64>| bound.filter(|bound| *bound > 0);
        let raised = amount?.max(bound(least).unwrap_or(0));
        Some(raised.min(bound(most).unwrap_or(u64::MAX)))
    })
}
