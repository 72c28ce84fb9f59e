//! The first line of a file of facts: what gives the facts after it their prices, so that every
//! figure of the summary can be computed again from that file alone.

use serde_json::{Value, json};
use sim::model::catalog::InstanceType;
use sim::model::resources::Lane;
use sim::model::workload::WorkloadId;
use sim::names::NameId;
use sim::terms::contract::{Commitment, PaidVolumes, Unit};
use sim::{Legend, SimTime, Span};

use crate::cost::shares::Weights;
use crate::folds::availability::required;
use crate::names::{Namer, kind};

/// The legend as one JSON object, shaped like a fact.
#[must_use]
pub fn line(legend: &Legend) -> Value {
    let (model, billing) = (&legend.model, &legend.provider.billing);
    let (namer, weights) = (Namer::new(legend), Weights::new(legend));
    let contract = &legend.terms.contract;
    let machines = model.catalog.instance_types.rows();
    let workloads = model.workloads.ids();
    json!({
        "ms": 0,
        "at": "T+0s",
        "kind": "Legend",
        "fromMs": legend.from.as_ms(),
        "toMs": legend.to.as_ms(),
        "billing": {
            "granularityMs": billing.granularity.as_ms(),
            "minimumMs": billing.minimum.as_ms(),
            "freeIfReclaimedBeforeMs": billing.free_if_reclaimed_before.as_ms(),
        },
        "controlPlaneMicroUsdPerHour": contract.control_plane.0,
        "bootVolumeMicroUsdPerHour": contract.boot_volume.0,
        "persistentVolumes": contract.volumes.iter().map(|it| volumes(legend, it)).collect::<Vec<_>>(),
        "commitments":
            contract.commitments.iter().map(|it| commitment(legend, it)).collect::<Vec<_>>(),
        "instanceTypes":
            machines.map(|it| instance_type(legend, &weights, it)).collect::<Vec<_>>(),
        "workloads": workloads.map(|id| workload(legend, &namer, id)).collect::<Vec<_>>(),
    })
}

fn text(legend: &Legend, name: NameId) -> &str {
    legend.model.names.text(name)
}

fn instance_type(legend: &Legend, weights: &Weights, machine: &InstanceType) -> Value {
    json!({
        "instanceType": text(legend, machine.name),
        "milliCpu": machine.capacity[Lane::CPU],
        "memoryBytes": machine.capacity[Lane::MEMORY],
        "allocatableMilliCpu": machine.allocatable[Lane::CPU],
        "allocatableMemoryBytes": machine.allocatable[Lane::MEMORY],
        // Larger than what JSON's numbers hold exactly.
        "weight": weights.of(&machine.capacity).to_string(),
        "onDemandMicroUsdPerHour": machine.on_demand.0,
        "listMicroUsdPerHour": machine.list_price.0,
    })
}

fn volumes(legend: &Legend, volumes: &PaidVolumes) -> Value {
    json!({
        "volume": text(legend, volumes.name),
        "count": volumes.count,
        "sizeBytes": volumes.size,
        "fromMs": volumes.from.as_ms(),
        "microUsdPerHour": volumes.rate.0,
    })
}

fn commitment(legend: &Legend, commitment: &Commitment) -> Value {
    let types = commitment.instance_types.iter();
    json!({
        "commitment": text(legend, commitment.name),
        "instanceTypes": types
            .map(|id| text(legend, legend.model.catalog.instance_types[*id].name))
            .collect::<Vec<_>>(),
        "zone": commitment.zone.map(|zone| text(legend, zone)),
        "unit": match commitment.unit {
            Unit::Instance => "instance",
            Unit::MilliCpu => "milliCpu",
            Unit::MemoryByte => "memoryByte",
            Unit::MicroUsdPerHour => "microUsdPerHour",
        },
        "amount": commitment.amount,
        "microUsdPerHour": commitment.rate.0,
    })
}

fn workload(legend: &Legend, namer: &Namer<'_>, id: WorkloadId) -> Value {
    let workload = &legend.model.workloads[id];
    let desired = workload.controller.desired_replicas();
    let generator = workload.controller.generator();
    json!({
        "workload": namer.workload(id),
        "kind": kind(workload.controller),
        "generator": generator.map(|id| text(legend, legend.model.generators[id])),
        "replicas": desired,
        "required": desired.map(|_| required_at_most(legend, id)),
        "createdMs": workload.created_at.since(SimTime::ZERO).as_ms(),
        "minReadyMs": desired.map(|_| workload.controller.min_ready()).map(Span::as_ms),
    })
}

/// How many replicas are required; of a workload that is scaled, as many as it says, if it has them.
fn required_at_most(legend: &Legend, id: WorkloadId) -> u32 {
    let is_scaled = legend.model.planned.scales.iter().any(|scale| scale.workload == id);
    let stated = legend.terms.required.get(&id).copied().filter(|_| is_scaled);
    stated.unwrap_or_else(|| required(legend, id))
}
