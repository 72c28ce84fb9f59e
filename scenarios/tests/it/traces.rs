//! Traces of capacity in scenarios: what they do, and what is no trace.

use std::fs;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::fact::Fact;
use sim::{Root, SimTime, Span};

/// A pool of four spot nodes for a day, whose capacity is as a file says.
fn scenario(trace: &str, pool: &str, zone: &str) -> Result<Scenario, String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("trace.csv"), trace).expect("room for a file");
    let text = format!(
        "apiVersion: spotsim/v1\nname: replayed\nhorizon: 1d\nregion: us-east-1\npools:\n  - \
         {{name: spot, count: 4, capacityType: spot, instanceTypes: [m6i.large], zones: \
         [us-east-1a]}}\nmarket:\n  reclaims:\n    model: replay\n    traces: [{{file: trace.csv, \
         {pool}instanceType: m6i.large, zone: {zone}}}]\n"
    );
    let source = Source { file: "scenario.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, Some(folder.path())).map_err(|errors| errors.render(false))
}

fn held(scenario: &Scenario) -> Vec<(u64, i32)> {
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 1, replication: 0 }, &mut facts);
    let mut steps: Vec<(u64, i32)> = Vec::new();
    let mut held = 0;
    for (at, fact) in facts {
        held += match fact {
            Fact::NodeLaunched { .. } => 1,
            Fact::NodeGone { .. } => -1,
            _ => continue,
        };
        let seconds = at.as_ms() / 1_000;
        match steps.last_mut() {
            Some(last) if last.0 == seconds => last.1 = held,
            _ => steps.push((seconds, held)),
        }
    }
    steps
}

#[test]
fn a_pool_holds_what_the_trace_held_and_the_rest_is_assumed() {
    let trace = "# seen in May\nt_s,count\n0,3\n600,1\n7200,4\n";
    let scenario = scenario(trace, "", "us-east-1a").expect("a sound scenario");
    assert_eq!(held(&scenario), [(0, 3), (600, 1), (7_200, 4)]);
    let assumed = scenario.assumptions.iter().find(|it| it.id == "trace-end").expect("it is short");
    assert!(
        assumed.text.contains(&(SimTime::ZERO + Span::from_hours(2)).to_string()),
        "{}",
        assumed.text
    );
    assert_eq!(scenario.inputs.len(), 2, "the trace is one of the inputs");
}

#[test]
fn one_pool_of_several_is_replayed() {
    let trace = "pool_id,t_s,count\na,0,2\nb,0,4\nb,60,0\na,90000,2\n";
    let one = scenario(trace, "pool: a, ", "us-east-1a").expect("a sound scenario");
    assert_eq!(held(&one), [(0, 2)]);
    assert!(one.assumptions.iter().all(|it| it.id != "trace-end"));
    let unsaid = scenario(trace, "", "us-east-1a").err().expect("which one?");
    assert!(unsaid.contains("holds several pools"), "{unsaid}");
    let other = scenario(trace, "pool: aa, ", "us-east-1a").err().expect("there is none");
    assert!(other.contains("did you mean `a`?"), "{other}");
    let backwards = "pool_id,t_s,count\na,0,2\nb,0,4\na,60,0\nb,60,1\nb,30,2\n";
    assert!(scenario(backwards, "pool: a, ", "us-east-1a").is_ok(), "only `b` goes backwards");
    let wrong = scenario(backwards, "pool: b, ", "us-east-1a").err().expect("it is wrong");
    assert!(wrong.contains("time of pool `b` goes backwards"), "{wrong}");
}

#[test]
fn what_is_no_trace_is_said_with_its_place() {
    let cases = [
        ("t_s,count\n0,4\n600,2\n300,1\n", "time goes backwards", "trace.csv:4:1"),
        ("t_s,count\n60,4\n", "not at 0 s", "trace.csv:2:1"),
        ("t_s,count\n0,-1\n", "`-1` is no count", "trace.csv:2:1"),
        ("t_s,count\n0,4.5\n", "`4.5` is no count", "trace.csv:2:1"),
        ("t_s,count\nnoon,4\n", "`noon` is no time", "trace.csv:2:1"),
        ("t_s,count\n0,\n", "`` is no count", "trace.csv:2:1"),
        ("t_s,count\n0\n", "a row of 1 field in a table of 2", "trace.csv:2:1"),
        ("t_s,count\n0,4\n60,4,4\n", "a row of 3 fields in a table of 2", "trace.csv:3:1"),
        ("t_s,count\n", "has no rows", "trace.csv:1:1"),
        ("", "no columns", "trace.csv:1:1"),
        ("when,what\n0,1\n", "no columns", "trace.csv:1:1"),
    ];
    for (trace, message, place) in cases {
        let said = scenario(trace, "", "us-east-1a").err().expect(trace);
        assert!(said.contains(message) && said.contains(place), "{trace}: {said}");
    }
    let elsewhere = scenario("t_s,count\n0,4\n", "", "us-east-1b").err().expect("not bought there");
    assert!(elsewhere.contains("no pool buys `m6i.large` in `us-east-1b`"), "{elsewhere}");
}
