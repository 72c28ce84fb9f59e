//! Any text is the manifest of a run that prints as itself, or is refused; and any text that is not
//! the facts of a run, byte for byte, is distinguished from them.

use std::sync::LazyLock;

use reports::Recording;
use reports::export::facts;
use reports::export::manifest::Manifest;
use scenarios::Scenario;
use sim::{Legend, Root, Run, SimTime};

use super::source;

const TWO_HOURS: &str = "
apiVersion: spotsim/v1
name: two-hours
horizon: 2h
provider: generic
region: r
pools:
  - name: p
    count: 2
    capacityType: spot
    instanceTypes: [{name: box, cpu: 4, memory: 16Gi, onDemandPrice: 0.2, spotPrice: 0.1}]
    zones: [r-a]
market: {reclaims: {model: constant, perHour: 0.5}}
workloads:
  - name: web
    replicas: 3
    template: {containers: [{name: app, resources: {requests: {cpu: 1, memory: 2Gi}}}]}
";

/// A run, and its facts as a run folder has them.
struct Recorded {
    legend: Legend,
    facts: Vec<(SimTime, sim::Fact)>,
    run: Run,
    text: String,
}

static RECORDED: LazyLock<Recorded> = LazyLock::new(|| {
    let scenario = Scenario::parse(&source(TWO_HOURS), None).expect("a sound scenario");
    let mut facts = Vec::new();
    let run = sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    let mut recorded =
        Recorded { legend: Legend::of(&scenario.setup), facts, run, text: String::new() };
    let mut text = Vec::new();
    facts::write(recorded.recording(), &mut text).expect("memory can be written to");
    recorded.text = String::from_utf8(text).expect("facts are text");
    recorded
});

impl Recorded {
    fn recording(&self) -> Recording<'_> {
        Recording { legend: &self.legend, facts: &self.facts, refusals: &self.run.refusals }
    }
}

pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let manifest = Manifest::from_json(text);
    match &manifest {
        Ok(manifest) => {
            let again = Manifest::from_json(&manifest.to_json()).expect("what is printed is read");
            assert_eq!(again, *manifest);
        }
        Err(what) => assert!(!what.is_empty(), "refused without a word"),
    }
    tells_apart(text);
    // And with one line of the facts exchanged for it.
    let mut lines: Vec<&str> = RECORDED.text.lines().collect();
    let at = data.len() % lines.len();
    lines[at] = text;
    tells_apart(&lines.join("\n"));
    manifest.is_ok()
}

fn tells_apart(text: &str) {
    let difference = facts::first_difference(text, RECORDED.recording());
    assert_eq!(difference.is_none(), text.lines().eq(RECORDED.text.lines()), "{difference:?}");
}
