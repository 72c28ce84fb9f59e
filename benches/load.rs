//! How long a dump of a cluster takes to load and to understand, and how much memory it needs.

#[path = "../scenarios/tests/support/dump/mod.rs"]
mod dump;

use std::fs::File;
use std::io::{BufWriter, Write};

use benches::{cpu_seconds, peak_rss_bytes, print};
use scenarios::Diagnostics;
use scenarios::cluster::Cluster;
use scenarios::load::Loader;
use scenarios::unmodelled::Tally;
use serde_json::json;

/// 200 nodes and 4 000 pods, with the managed fields that make a dump 100 MB.
const SIZE: dump::Size = dump::Size { nodes: 200, pods: 4_000, ballast: 25_000 };

fn main() -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("cluster.json");
    let mut file = BufWriter::new(File::create(&path)?);
    dump::write(SIZE, &mut file)?;
    file.flush()?;
    let bytes = std::fs::metadata(&path)?.len();
    let before = cpu_seconds();
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    loader.path(&path, "cluster.json").expect("a file that was just written");
    let (objects, _) = loader.into_objects();
    let cluster = Cluster::of(&objects, &mut tally, &mut found);
    let cpu = cpu_seconds().zip(before).map(|(after, before)| after - before);
    assert!(found.is_empty(), "{}", found.render(false));
    let peak = peak_rss_bytes();
    print(&json!({
        "workload": "load",
        "bytes": bytes,
        "nodes": cluster.nodes.len(),
        "pods": cluster.pods.len(),
        "cpu_s": cpu,
        "peak_rss_bytes": peak,
        "peak_rss_per_byte": peak.map(|peak| peak as f64 / bytes as f64),
    }));
    Ok(())
}
