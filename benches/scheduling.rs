//! Scheduling decisions: three kinds of pods on clusters of three sizes, all plugins, every cache
//! built within the measured time.
//!
//! `basic`: pods without wishes. `rs`: pods of 50 ReplicaSets, which the default constraints spread.
//! `spread`: pods with a zone and a host constraint of their own and required anti-affinity between
//! hosts. Every fifth node is spot, tainted and tolerated; ten pods a node are there beforehand.

use std::sync::Arc;

use benches::cluster::{Kind, model, schedule, world};
use benches::{least_cpu, peak_rss_bytes, print};
use serde_json::json;
use sim::model::Model;
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
                    let (placed, rows) = schedule(world, PODS, percentage);
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
