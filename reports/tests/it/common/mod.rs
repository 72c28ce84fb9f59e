//! A cluster of one machine type, for figures worked by hand.

#![allow(dead_code, missing_docs, unreachable_pub)] // each test uses what it needs

use std::sync::Arc;

use sim::fact::Requested;
use sim::model::Model;
use sim::model::catalog::{CapacityType, InstanceType, Offering};
use sim::model::pod::PodSpec;
use sim::model::resources::Resources;
use sim::model::workload::{Controller, Workload};
use sim::{Legend, MicroUsdPerHour, SimTime, Span};

pub const LIST: MicroUsdPerHour = MicroUsdPerHour(3_600_000);
pub const SPOT: MicroUsdPerHour = MicroUsdPerHour(1_080_000);
pub const ON_DEMAND_OFFERING: usize = 0;
pub const SPOT_OFFERING: usize = 1;

/// Half of a machine.
pub const HALF: Resources = Resources::one_pod(2_000, 8 << 30);

/// What a pod requests, as a fact says it.
pub fn half() -> Requested {
    Requested::of(&HALF)
}

/// One machine of 4 vCPU and 16 GiB at $3.60 an hour, $1.08 on spot, and one workload whose pods
/// ask for half of it.
pub fn legend(from: Span, to: Span) -> Legend {
    legend_of("aws", from, to)
}

/// The same at a provider.
pub fn legend_of(provider: &str, from: Span, to: Span) -> Legend {
    let mut model = Model::default();
    let name = model.names.intern("x");
    let size = Resources::one_pod(4_000, 16 << 30);
    let instance_type = model.catalog.instance_types.push(InstanceType::plain(name, size, LIST));
    for (capacity_type, price) in [(CapacityType::OnDemand, LIST), (CapacityType::Spot, SPOT)] {
        let offering = Offering::on_demand(instance_type, name, price);
        model.catalog.offerings.push(Offering { capacity_type, ..offering });
    }
    let requests = HALF;
    let spec = model.specs.intern(PodSpec { requests, ..PodSpec::default() });
    model.workloads.push(Workload {
        namespace: name,
        name,
        controller: Controller::Deployment { replicas: 2, min_ready: Span::ZERO },
        spec,
        volumes: None,
        created_at: SimTime::ZERO,
        key: 0,
    });
    let provider = sim::providers::named(provider).expect("a provider that is modelled");
    let at = |span| SimTime::ZERO + span;
    Legend { model: Arc::new(model), terms: Arc::default(), provider, from: at(from), to: at(to) }
}

pub fn s(seconds: u64) -> SimTime {
    SimTime::from_ms(seconds * 1_000)
}
