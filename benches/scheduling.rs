//! Scheduling decisions: three kinds of pods on clusters of three sizes, all plugins, every cache
//! built within the measured time.
//!
//! `basic`: pods without wishes. `rs`: pods of 50 ReplicaSets, which the default constraints spread.
//! `spread`: pods with a zone and a host constraint of their own and required anti-affinity between
//! hosts. Every fifth node is spot, tainted and tolerated; ten pods a node are there beforehand.

use std::sync::Arc;

use benches::cluster::{APPS, Kind, model, world};
use benches::{least_cpu, peak_rss_bytes, print};
use serde_json::json;
use sim::Root;
use sim::model::Model;
use sim::model::workload::WorkloadId;
use sim::scheduler::profile::Profile;
use sim::scheduler::{Placed, Scheduler};
use sim::table::Id;
use sim::world::World;

const PODS: u32 = 2_000;

fn main() {
    let kinds = [("basic", Kind::Basic), ("rs", Kind::Rs), ("spread", Kind::Spread)];
    for (name, kind) in kinds {
        for nodes in [100, 1_000, 5_000] {
            let model = Arc::new(model(kind, nodes));
            model.relations();
            for percentage in [0, 100] {
                let mut recomputed = (0, 0);
                let (cpu, placed) = least_of(&model, |world| {
                    let (placed, rows) = schedule(world, percentage);
                    recomputed = rows;
                    placed
                });
                print(&json!({
                    "workload": name,
                    "nodes": nodes,
                    "pct": percentage,
                    "pods": placed,
                    "pods_per_cpu_s": cpu.map(|cpu| (f64::from(placed) / cpu).round()),
                    "cpu_s": cpu,
                    "rows_recomputed": recomputed.0,
                    "answers_recomputed": recomputed.1,
                    "peak_rss_bytes": peak_rss_bytes(),
                }));
            }
        }
    }
}

/// The least CPU time of several runs, each on a world of its own that is made beforehand.
fn least_of(model: &Arc<Model>, mut run: impl FnMut(&mut World) -> u32) -> (Option<f64>, u32) {
    let mut worlds: Vec<World> = (0..7).map(|_| world(model)).collect();
    least_cpu(7, || run(&mut worlds.pop().expect("one world a run")))
}

/// Schedules the pods one after the other; how many found a node, and how many rows it took.
fn schedule(world: &mut World, percentage: u8) -> (u32, (u64, u64)) {
    let profile = Profile { percentage_of_nodes_to_score: percentage, ..Profile::default() };
    let mut scheduler = Scheduler::new(profile, Root { seed: 42, replication: 0 });
    let mut placed = 0;
    for index in 0..PODS {
        let workload = WorkloadId::from_index(index as usize % APPS);
        let (pod, _) = world.create_pod(workload, index, 0, None);
        if let Placed::On(node) = scheduler.place(pod, world) {
            let _ = world.bind(pod, node);
            placed += 1;
        }
    }
    (placed, scheduler.rows_recomputed())
}
