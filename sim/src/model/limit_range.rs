//! LimitRanges: how much a pod of a namespace, and each of its containers, may request and use.
//!
//! What a LimitRange gives to containers that state nothing is in their specs already: that is done
//! once, where a pod template is read.
// API server: plugin/pkg/admission/limitranger/admission.go

use super::breach::{Bound, Breach};
use super::containers::{Amounts, Containers};
use super::quota::Counted;
use super::resources::Lane;
use crate::names::NameId;

/// A LimitRange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LimitRange {
    /// Its name.
    pub name: NameId,
    /// `spec.limits`, of containers and pods.
    pub limits: Vec<Limits>,
}

/// Bounds of containers, or of pods.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Of which.
    pub of: Bounded,
    /// The least that is requested, and the least limit.
    pub min: Amounts,
    /// The most that is requested, and the highest limit.
    pub max: Amounts,
    /// How many thousandths of its request a limit may be.
    pub max_limit_request_ratio: Amounts,
}

/// What has bounds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bounded {
    /// Each container.
    Container,
    /// All containers of a pod together.
    Pod,
}

/// What is requested of a resource, and its limit.
type Stated = [Option<u64>; 2];

/// The resources that have bounds here.
const LANES: [Lane; 3] = [Lane::CPU, Lane::MEMORY, Lane::EPHEMERAL_STORAGE];

impl LimitRange {
    /// The first of its bounds that a pod does not keep to.
    // limitranger/admission.go PodValidateLimitFunc
    #[must_use]
    pub fn broken_by(&self, pod: &Containers) -> Option<Breach> {
        self.limits.iter().find_map(|limits| match limits.of {
            Bounded::Container => pod.list.iter().find_map(|it| {
                let resources = it.resources;
                limits.broken_by(|lane| [resources.requests.get(lane), resources.limits.get(lane)])
            }),
            Bounded::Pod => limits.broken_by(|lane| pod.together(lane)),
        })
    }
}

impl Limits {
    fn broken_by(&self, stated: impl Fn(Lane) -> Stated) -> Option<Breach> {
        let bounds: [(&Amounts, Check); 3] =
            [(&self.min, below), (&self.max, above), (&self.max_limit_request_ratio, out_of_ratio)];
        bounds.into_iter().find_map(|(amounts, check)| {
            LANES.into_iter().find_map(|lane| check(lane, amounts.get(lane)?, stated(lane)))
        })
    }
}

/// Whether what is stated of a resource breaks a bound.
type Check = fn(Lane, u64, Stated) -> Option<Breach>;

// limitranger/admission.go minConstraint
fn below(lane: Lane, least: u64, [request, limit]: Stated) -> Option<Breach> {
    let Some(request) = request else { return unstated(Counted::Requests(lane)) };
    let short = |what, amount: u64| {
        (amount < least).then(|| Breach { what, bound: Bound::Least, by: least - amount })
    };
    short(Counted::Requests(lane), request)
        .or_else(|| limit.and_then(|limit| short(Counted::Limits(lane), limit)))
}

// limitranger/admission.go maxConstraint
fn above(lane: Lane, most: u64, [request, limit]: Stated) -> Option<Breach> {
    let Some(limit) = limit else { return unstated(Counted::Limits(lane)) };
    let over = |what, amount: u64| {
        (amount > most).then(|| Breach { what, bound: Bound::Most, by: amount - most })
    };
    over(Counted::Limits(lane), limit)
        .or_else(|| request.and_then(|request| over(Counted::Requests(lane), request)))
}

// limitranger/admission.go limitRequestRatioConstraint
fn out_of_ratio(lane: Lane, thousandths: u64, [request, limit]: Stated) -> Option<Breach> {
    let stated = |amount: Option<u64>| amount.filter(|amount| *amount > 0);
    let Some(request) = stated(request) else { return unstated(Counted::Requests(lane)) };
    let Some(limit) = stated(limit) else { return unstated(Counted::Limits(lane)) };
    let most = u128::from(request) * u128::from(thousandths) / 1_000;
    let by = u128::from(limit).checked_sub(most).filter(|by| *by > 0)?;
    let by = u64::try_from(by).unwrap_or(u64::MAX);
    Some(Breach { what: Counted::Limits(lane), bound: Bound::Ratio, by })
}

fn unstated(what: Counted) -> Option<Breach> {
    Some(Breach { what, bound: Bound::Stated, by: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::containers::{Container, ContainerKind, Requirements};
    use crate::names::Names;

    fn cpu(amount: u64) -> Amounts {
        Amounts { cpu: Some(amount), ..Amounts::default() }
    }

    fn range(limits: Limits) -> LimitRange {
        LimitRange { name: Names::default().intern("limits"), limits: vec![limits] }
    }

    const NONE: Limits = Limits {
        of: Bounded::Container,
        min: Amounts { cpu: None, memory: None, ephemeral_storage: None },
        max: Amounts { cpu: None, memory: None, ephemeral_storage: None },
        max_limit_request_ratio: Amounts { cpu: None, memory: None, ephemeral_storage: None },
    };

    /// A pod whose containers request and may use so much CPU.
    fn pod(containers: &[(ContainerKind, u64, u64)]) -> Containers {
        let name = Names::default().intern("app");
        let container = |(kind, request, limit): &(ContainerKind, u64, u64)| Container {
            name,
            kind: *kind,
            resources: Requirements { requests: cpu(*request), limits: cpu(*limit) },
        };
        Containers { list: containers.iter().map(container).collect(), ..Containers::default() }
    }

    fn broken(limits: Limits, pod: &Containers) -> Option<(Counted, Bound, u64)> {
        range(limits).broken_by(pod).map(|it| (it.what, it.bound, it.by))
    }

    #[test]
    fn each_container_keeps_to_bounds_of_containers() {
        use ContainerKind::{Init, Regular};
        let (requests, limits) = (Counted::Requests(Lane::CPU), Counted::Limits(Lane::CPU));
        let own = pod(&[(Init, 100, 200), (Regular, 300, 900)]);
        let min = |amount| Limits { min: cpu(amount), ..NONE };
        let max = |amount| Limits { max: cpu(amount), ..NONE };
        assert_eq!(broken(min(100), &own), None);
        assert_eq!(broken(min(150), &own), Some((requests, Bound::Least, 50)));
        assert_eq!(broken(max(900), &own), None);
        assert_eq!(broken(max(800), &own), Some((limits, Bound::Most, 100)));
        let mut nothing = own.clone();
        nothing.list[0].resources = Requirements::default();
        assert_eq!(broken(min(0), &nothing), Some((requests, Bound::Stated, 0)));
        assert_eq!(broken(max(0), &nothing), Some((limits, Bound::Stated, 0)));
    }

    #[test]
    fn a_limit_keeps_to_the_ratio() {
        let own = pod(&[(ContainerKind::Regular, 300, 900)]);
        let ratio = |thousandths| Limits { max_limit_request_ratio: cpu(thousandths), ..NONE };
        let limits = Counted::Limits(Lane::CPU);
        assert_eq!(broken(ratio(3_000), &own), None);
        assert_eq!(broken(ratio(2_500), &own), Some((limits, Bound::Ratio, 150)));
        assert_eq!(broken(ratio(u64::MAX), &pod(&[(ContainerKind::Regular, u64::MAX, 1)])), None);
    }

    /// Init containers count as far as they need more than those that come after them.
    #[test]
    fn all_containers_together_keep_to_bounds_of_pods() {
        use ContainerKind::{Init, Regular};
        let own = pod(&[(Init, 500, 500), (Regular, 100, 200), (Regular, 100, 250)]);
        let max = |amount| Limits { of: Bounded::Pod, max: cpu(amount), ..NONE };
        assert_eq!(broken(max(500), &own), None);
        assert_eq!(broken(max(400), &own), Some((Counted::Limits(Lane::CPU), Bound::Most, 100)));
        let min = Limits { of: Bounded::Pod, min: cpu(600), ..NONE };
        assert_eq!(broken(min, &own), Some((Counted::Requests(Lane::CPU), Bound::Least, 100)));
    }
}
