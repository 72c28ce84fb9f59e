//! A day of `N` equal nodes and `P` pods that arrive, run and end, made for the engine without a scenario:
//! what `day.rs` measures, and `arrivals.rs` measures a scenario against.
//!
//! The arrivals of 1000 x 10 000 are in `data/`. For larger files of the same format
//! (`arrivals_NxP.csv.gz`: name, submit_s, cpu_m, ram_bytes, duration_s) name their folder in
//! `SPOTSIM_ARRIVALS`.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sim::market::Market;
use sim::model::Model;
use sim::model::catalog::{InstanceType, Offering};
use sim::model::node::NodeShape;
use sim::model::pod::PodTraits;
use sim::model::pool::{Keeper, Limits, NodeTemplate, Pool};
use sim::model::resources::{Lane, Resources};
use sim::model::workload::{Controller, Workload};
use sim::{MicroUsdPerHour, Setup, SimTime, Span, digest};

/// One size of a day.
pub struct Day {
    /// How many nodes there are.
    pub nodes: u32,
    /// How many pods arrive.
    pub pods: usize,
    /// The file of their arrivals.
    pub path: PathBuf,
}

/// The days of which there are files.
#[must_use]
pub fn days() -> Vec<Day> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/arrivals_1000x10000.csv.gz");
    let mut days = vec![Day { nodes: 1_000, pods: 10_000, path: own }];
    if let Some(folder) = std::env::var_os("SPOTSIM_ARRIVALS").map(PathBuf::from) {
        for (nodes, pods) in [(1_000, 100_000), (5_000, 100_000)] {
            let path = folder.join(format!("arrivals_{nodes}x{pods}.csv.gz"));
            days.push(Day { nodes, pods, path });
        }
    }
    days
}

/// The arrivals of a file, unpacked.
///
/// # Panics
/// If there is no such file.
#[must_use]
pub fn read(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path)
        .unwrap_or_else(|error| panic!("cannot open {}: {error}", path.display()));
    GzDecoder::new(file).read_to_string(&mut text).expect("a gzip file of text");
    text
}

/// Equal nodes, and every arrival as a workload of its own: what the engine costs without a scenario.
///
/// # Panics
/// If the arrivals are not of the format.
#[must_use]
pub fn setup(nodes: u32, arrivals: &str) -> Setup {
    let mut model = Model::default();
    let (name, zone) = (model.names.intern("node"), model.names.intern("zone"));
    let mut size = Resources::one_pod(16_000, 64 << 30);
    size[Lane::PODS] = 110;
    let price = MicroUsdPerHour(768_000);
    let instance_type = model.catalog.instance_types.push(InstanceType::plain(name, size, price));
    let offering = model.catalog.offerings.push(Offering::on_demand(instance_type, zone, price));
    let shape = NodeShape::plain(size);
    model.pools.push(Pool {
        name,
        templates: vec![NodeTemplate { offering, shape }],
        limits: Limits::default(),
        keeper: Keeper::of_size(nodes),
    });
    for line in arrivals.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [pod, submit_s, cpu_m, ram_bytes, duration_s] = fields[..] else {
            panic!("five fields a line: {line}");
        };
        let number = |text: &str| text.parse::<u64>().expect("a whole number");
        let seconds = |text: &str| Span::from_secs_f64(text.parse().expect("a number of seconds"));
        let requests = Resources::one_pod(number(cpu_m), number(ram_bytes));
        let spec = PodTraits::default().requesting(requests);
        let spec = model.specs.intern(spec);
        let duration = Some(seconds(duration_s));
        model.workloads.push(Workload {
            namespace: zone,
            name,
            controller: Controller::Pod { duration },
            spec,
            volumes: None,
            created_at: SimTime::ZERO + seconds(submit_s),
            key: digest::of_name(pod),
        });
    }
    let aws = sim::providers::named("aws").expect("aws is modelled");
    let horizon = Span::from_hours(48);
    Setup::new(model, Market::default(), aws, Span::ZERO, horizon).expect("sound")
}
