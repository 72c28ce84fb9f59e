//! A recommendation as it applies to one pod: within the policy of its autoscaler, and within what the
//! LimitRanges of its namespace allow.

use super::estimator::{Recommendation, Recommended, capped};
use crate::model::limit_range::{Bounded, LimitRange};
use crate::model::vpa::{CpuMemory, Stated, VpaSpec};
use crate::names::NameId;

/// What a container requests, and what it may use at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sizes {
    /// What it requests.
    pub requests: Stated,
    /// What it may use at most.
    pub limits: Stated,
}

impl Sizes {
    /// These, where others state nothing.
    #[must_use]
    pub fn with(&self, others: Sizes) -> Sizes {
        let or = |(own, other): (Option<u64>, Option<u64>)| other.or(own);
        Sizes {
            requests: self.requests.zip(others.requests).map(or),
            limits: self.limits.zip(others.limits).map(or),
        }
    }
}

/// A container of a pod, by name.
pub type Sized = (NameId, Sizes);

/// What the LimitRanges of a namespace come to. Zero and nothing are no bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LimitRanges {
    /// Bounds of all containers of a pod together.
    pub pod: Option<Bounds>,
    /// Bounds of each container.
    pub container: Option<Bounds>,
    /// The limit of a container that states none.
    pub default: Stated,
}

impl LimitRanges {
    /// What those of a namespace come to. The limit of a container that states none is in specs already,
    /// where the API server puts it before the admission controller of VPA sees a pod.
    // VPA: utils/limitrange/limit_range_calculator.go
    #[must_use]
    pub fn of(ranges: &[LimitRange]) -> LimitRanges {
        let merged = |of: Bounded| {
            let own = ranges.iter().flat_map(|range| &range.limits).filter(|it| it.of == of);
            let bounds = own.map(|it| Bounds { min: (&it.min).into(), max: (&it.max).into() });
            bounds.reduce(Bounds::and)
        };
        LimitRanges {
            pod: merged(Bounded::Pod),
            container: merged(Bounded::Container),
            default: Stated::default(),
        }
    }
}

/// A least and a most of limits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bounds {
    /// The least.
    pub min: Stated,
    /// The most.
    pub max: Stated,
}

impl Bounds {
    /// What both demand: the higher least, the lower most.
    #[must_use]
    pub fn and(self, other: Bounds) -> Bounds {
        let strictest = |of: fn(u64, u64) -> u64| {
            move |(one, two): (Option<u64>, Option<u64>)| match (one, two) {
                (Some(one), Some(two)) => Some(of(one, two)),
                (one, two) => one.or(two),
            }
        };
        Bounds {
            min: self.min.zip(other.min).map(strictest(u64::max)),
            max: self.max.zip(other.max).map(strictest(u64::min)),
        }
    }
}

/// The limit that stays in proportion to a request; none where there is nothing to be in proportion to.
// VPA: utils/vpa/limit_and_request_scaling.go getProportionalResourceLimit
#[must_use]
pub fn proportional_limit(
    limit: Option<u64>,
    request: Option<u64>,
    recommended: Option<u64>,
    default: Option<u64>,
) -> Option<u64> {
    let stated = |amount: Option<u64>| amount.filter(|amount| *amount > 0);
    let limit = stated(limit).or(stated(default))?;
    let recommended = stated(recommended)?;
    match stated(request) {
        Some(request) if request != limit => Some(share(limit, recommended, request)),
        _ => Some(recommended),
    }
}

/// `amount * of / whole`, rounded down.
fn share(amount: u64, of: u64, whole: u64) -> u64 {
    let product = u128::from(amount) * u128::from(of) / u128::from(whole.max(1));
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// The three amounts of a recommendation, in the order in which they are bounded.
type Field = fn(&mut Recommendation) -> &mut Stated;
const FIELDS: [Field; 3] = [|it| &mut it.upper, |it| &mut it.target, |it| &mut it.lower];

/// What each container of a pod should request, of what is recommended for containers of its name.
// VPA: utils/vpa/capping.go
#[must_use]
pub fn for_pod(
    spec: &VpaSpec,
    recommended: &Recommended,
    pod: &[Sized],
    ranges: &LimitRanges,
) -> Recommended {
    let mut recommended = recommended.clone();
    if let Some(bounds) = ranges.pod {
        within_pod(&mut recommended, pod, bounds);
    }
    recommended.retain(|name, _| pod.iter().any(|(container, _)| container == name));
    for (name, sizes) in pod {
        let Some(recommendation) = recommended.get_mut(name) else { continue };
        let policy = spec.policy(*name);
        for field in FIELDS {
            let amounts = field(recommendation);
            if let Some(bounds) = ranges.container {
                *amounts = within_container(*amounts, sizes, bounds, ranges.default);
            }
            *amounts = capped(*amounts, policy, CpuMemory::default());
            if policy.is_some_and(|policy| policy.requests_only) {
                *amounts = amounts.zip(sizes.limits).map(|(amount, limit)| {
                    let limit = limit.filter(|limit| *limit > 0);
                    amount.map(|amount| amount.min(limit.unwrap_or(u64::MAX)))
                });
            }
        }
    }
    recommended
}

/// All containers together within the bounds of their pod.
// VPA: utils/vpa/capping.go applyPodLimitRange
fn within_pod(recommended: &mut Recommended, pod: &[Sized], bounds: Bounds) {
    for (name, sizes) in pod {
        if sizes.requests != CpuMemory::default() {
            recommended.entry(*name).or_insert_with(|| Recommendation {
                target: sizes.requests,
                ..Recommendation::default()
            });
        }
    }
    for field in FIELDS {
        for resource in RESOURCES {
            let (min, max) = (*resource.of(&bounds.min), *resource.of(&bounds.max));
            let (min, max) = (min.unwrap_or(0), max.unwrap_or(0));
            let (mut limits, mut requests) = (0_u64, 0_u64);
            for (name, sizes) in pod {
                let Some(recommendation) = recommended.get_mut(name) else { continue };
                let amount = *resource.of_mut(field(recommendation));
                let of = |stated: &Stated| *resource.of(stated);
                // Defaults are of containers; a pod has none.
                let limit =
                    proportional_limit(of(&sizes.limits), of(&sizes.requests), amount, None);
                limits = limits.saturating_add(limit.unwrap_or(0));
                requests = requests.saturating_add(amount.unwrap_or(0));
            }
            let fits = min <= limits && min <= requests && (max == 0 || max >= limits);
            if fits || limits == 0 {
                continue;
            }
            let scale = |amount: u64| {
                if min > requests {
                    return match resource {
                        Resource::Cpu => share_up(amount, min, requests),
                        Resource::Memory => share(amount, min, requests),
                    };
                }
                let goal = if max != 0 && max < limits { max } else { min };
                share(amount, goal, limits)
            };
            for (name, _) in pod {
                let Some(recommendation) = recommended.get_mut(name) else { continue };
                let amount = resource.of_mut(field(recommendation));
                *amount = amount.map(scale);
            }
        }
    }
}

/// `amount * of / whole`, rounded up.
fn share_up(amount: u64, of: u64, whole: u64) -> u64 {
    let product = (u128::from(amount) * u128::from(of)).div_ceil(u128::from(whole.max(1)));
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// One container within the bounds of containers: its limit, which stays in proportion, may not leave
/// them.
// VPA: utils/vpa/capping.go getBoundaryRecommendation, limit_and_request_scaling.go GetBoundaryRequest
fn within_container(amounts: Stated, sizes: &Sizes, bounds: Bounds, default: Stated) -> Stated {
    let mut bounded = amounts;
    for resource in RESOURCES {
        let of = |stated: &Stated| resource.of(stated).filter(|amount| *amount > 0);
        let limit = of(&sizes.limits).or(of(&default));
        let boundary = |bound: Option<u64>| {
            let (limit, bound) = (limit?, bound?);
            Some(of(&sizes.requests).map_or(bound, |request| share(request, bound, limit)))
        };
        let min = of(&bounds.min);
        let least = boundary(min).unwrap_or(0).max(min.unwrap_or(0));
        let most = boundary(of(&bounds.max)).filter(|most| *most > 0).unwrap_or(u64::MAX);
        let amount = resource.of_mut(&mut bounded);
        *amount = amount.map(|amount| amount.max(least).min(most));
    }
    bounded
}

/// CPU or memory, where a rule is applied to each.
#[derive(Clone, Copy)]
enum Resource {
    Cpu,
    Memory,
}

const RESOURCES: [Resource; 2] = [Resource::Cpu, Resource::Memory];

impl Resource {
    fn of<T>(self, pair: &CpuMemory<T>) -> &T {
        match self {
            Resource::Cpu => &pair.cpu,
            Resource::Memory => &pair.memory,
        }
    }

    fn of_mut<T>(self, pair: &mut CpuMemory<T>) -> &mut T {
        match self {
            Resource::Cpu => &mut pair.cpu,
            Resource::Memory => &mut pair.memory,
        }
    }
}
