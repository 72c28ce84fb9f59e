//! What each workload costs, as OpenCost answers to `/allocation`: requested capacity by time, and the share
//! of the bill that stands for it.
// OpenCost: core/pkg/opencost/allocation_json.go.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};
use sim::fact::Fact;
use sim::model::pod::PodId;
use sim::model::resources::Lane;
use sim::model::workload::WorkloadId;
use sim::plain::plain_lines;
use sim::{Cost, SimTime};

use super::Recording;
use super::dates::date;
use crate::cost::ledger::Books;
use crate::names::{Namer, kind};

/// What capacity that no pod requested is called.
const IDLE: &str = "__idle__";
const GIB: f64 = 1_073_741_824.0;

/// What a workload requested: milli-cores and bytes, each times milliseconds.
#[derive(Clone, Copy, Default)]
struct Requested {
    cpu: u128,
    memory: u128,
}

/// A pod on a node.
#[derive(Clone, Copy)]
struct Bound {
    workload: WorkloadId,
    from: SimTime,
    cpu: u64,
    memory: u64,
}

/// Writes one answer with one window, that of the run.
///
/// # Errors
/// If `out` cannot be written to.
pub fn write(recording: Recording<'_>, books: &Books, out: &mut impl Write) -> io::Result<()> {
    let legend = recording.legend;
    let namer = Namer::new(legend);
    let requested = requested(recording);
    let mut costs: BTreeMap<WorkloadId, Cost> = BTreeMap::new();
    let mut idle = Cost::ZERO;
    for bill in &books.bills {
        idle += bill.idle();
        for (workload, cost) in bill.shares() {
            *costs.entry(workload).or_insert(Cost::ZERO) += cost;
        }
    }
    let hours = legend.to.since(legend.from).as_hours_f64();
    let window = json!({ "start": date(legend.from), "end": date(legend.to) });
    let row = |name: &str, properties: Value, requested: Requested, cost: Cost| {
        let (cores, bytes) = (requested.cpu as f64 / 3.6e9, requested.memory as f64 / 3.6e6);
        json!({
            "name": name,
            "properties": properties,
            "window": window,
            "start": date(legend.from),
            "end": date(legend.to),
            "minutes": hours * 60.0,
            "cpuCores": cores / hours,
            "cpuCoreRequestAverage": cores / hours,
            "cpuCoreHours": cores,
            "ramBytes": bytes / hours,
            "ramByteRequestAverage": bytes / hours,
            "ramByteHours": bytes,
            "ramGiBHours": bytes / GIB,
            "totalCost": cost.micro_usd() as f64 / 1e6,
        })
    };
    let mut set = Map::new();
    for (workload, cost) in &costs {
        let name = namer.workload(*workload);
        let (namespace, controller) = name.split_once('/').unwrap_or(("", &name));
        let properties = json!({
            "cluster": "spotsim",
            "namespace": namespace,
            "controller": controller,
            "controllerKind": kind(legend.model.workloads[*workload].controller).to_lowercase(),
        });
        let requested = requested.get(workload).copied().unwrap_or_default();
        set.insert(name.clone(), row(&name, properties, requested, *cost));
    }
    set.insert(IDLE.into(), row(IDLE, json!({ "cluster": "spotsim" }), Requested::default(), idle));
    let answer = json!({ "code": 200, "status": "success", "data": [set] });
    writeln!(out, "{}", plain_lines(&format!("{answer:#}")))
}

/// What every workload requested of nodes within the window.
fn requested(recording: Recording<'_>) -> BTreeMap<WorkloadId, Requested> {
    let legend = recording.legend;
    let mut bound: BTreeMap<PodId, Bound> = BTreeMap::new();
    let mut sums: BTreeMap<WorkloadId, Requested> = BTreeMap::new();
    let mut add = |pod: Bound, until: SimTime| {
        let (from, to) = (pod.from.max(legend.from), until.min(legend.to));
        if from < to {
            let (ms, sum) =
                (u128::from(to.since(from).as_ms()), sums.entry(pod.workload).or_default());
            sum.cpu += u128::from(pod.cpu) * ms;
            sum.memory += u128::from(pod.memory) * ms;
        }
    };
    for (at, fact) in recording.facts {
        match *fact {
            Fact::PodScheduled { pod, workload, spec, requests, .. }
            | Fact::PodFound { pod, workload, spec, requests, .. }
            | Fact::PodResized { pod, workload, spec, requests, .. } => {
                let all = requests.with(&legend.model.specs[spec].requests);
                let (cpu, memory) = (all[Lane::CPU], all[Lane::MEMORY]);
                let before = bound.insert(pod, Bound { workload, from: *at, cpu, memory });
                before.into_iter().for_each(|it| add(it, *at));
            }
            Fact::PodEnded { pod, .. } => {
                bound.remove(&pod).into_iter().for_each(|it| add(it, *at));
            }
            _ => {}
        }
    }
    bound.into_values().for_each(|it| add(it, legend.to));
    sums
}
