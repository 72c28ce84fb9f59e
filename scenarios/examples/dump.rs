//! Prints a made-up cluster as `kubectl get -A -o json` would dump it:
//! `cargo run -p spotsim-scenarios --example dump -- [NODES [PODS [BALLAST]]] > cluster.json`.

#[path = "../tests/support/dump/mod.rs"]
mod dump;

use std::io::{self, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut numbers = std::env::args().skip(1).map_while(|text| text.parse().ok());
    let mut next = |default| numbers.next().unwrap_or(default);
    let size = dump::Size { nodes: next(200), pods: next(4_000), ballast: next(0) };
    let mut out = BufWriter::new(io::stdout().lock());
    dump::write(size, &mut out)?;
    out.flush()
}
