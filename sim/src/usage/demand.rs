//! Shared demand: requests that the ready replicas of a workload divide among them, and what that
//! costs each.

use crate::model::usage::{Demand, Rate, Used};

/// How load is divided at one instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Split {
    /// Replicas that serve.
    pub ready: u32,
    /// All requests.
    pub offered: Rate,
    /// Those that are served; the others are not.
    pub served: Rate,
    /// What each ready replica serves.
    pub each: Rate,
}

impl Demand {
    /// Divides load among ready replicas equally, as a round-robin Service does, up to what each can
    /// serve.
    #[must_use]
    pub fn split(&self, offered: Rate, ready: u32) -> Split {
        let most = match (ready, self.serves) {
            (0, _) => Rate(0),
            (_, None) => offered,
            (ready, Some(Rate(each))) => Rate(each.saturating_mul(ready.into())),
        };
        let served = offered.min(most);
        let each = Rate(served.0.checked_div(ready.into()).unwrap_or(0));
        Split { ready, offered, served, each }
    }

    /// What a replica uses to serve requests: CPU by their number, and memory by how many are in
    /// flight, which are rate times latency (Little's law).
    #[must_use]
    pub fn used(&self, Rate(rate): Rate) -> Used {
        let product = |by: u128, per: u128| {
            u64::try_from((u128::from(rate) * by + per / 2) / per).unwrap_or(u64::MAX)
        };
        // Requests in 1 000 s times micro-core-seconds are nano-cores, and times milliseconds and
        // bytes they are byte-milliseconds in a million.
        Used {
            cpu: product(self.cpu_micro.into(), 1_000_000),
            memory: product(u128::from(self.memory) * u128::from(self.takes.as_ms()), 1_000_000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::usage::Curve;
    use crate::time::Span;

    fn demand(serves: Option<u64>) -> Demand {
        Demand {
            container: 0,
            rate: Curve::default(),
            cpu_micro: 4_000,
            memory: 1 << 20,
            takes: Span::from_ms(250),
            serves: serves.map(|per_second| Rate(per_second * 1_000)),
        }
    }

    #[test]
    fn fewer_replicas_serve_more_each_until_they_cannot() {
        let split = |ready| demand(Some(120)).split(Rate(400_000), ready);
        assert_eq!((split(4).each, split(4).served), (Rate(100_000), Rate(400_000)));
        assert_eq!((split(3).each, split(3).served), (Rate(120_000), Rate(360_000)));
        assert_eq!((split(0).each, split(0).served), (Rate(0), Rate(0)));
        let without = demand(None).split(Rate(400_000), 1);
        assert_eq!((without.each, without.served), (Rate(400_000), Rate(400_000)));
    }

    /// 100 requests a second of 4 CPU-milliseconds are 400 milli-cores; at 250 ms each 25 are in flight.
    #[test]
    fn a_request_costs_cpu_time_and_memory_while_it_is_in_flight() {
        assert_eq!(demand(None).used(Rate(100_000)), Used { cpu: 400, memory: 25 << 20 });
    }
}
