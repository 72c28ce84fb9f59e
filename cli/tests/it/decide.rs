//! What leads from runs to a decision: comparisons of scenarios and of runs that were kept, and what
//! checks write for other programs.

#![allow(clippy::unwrap_used)] // in the helpers too, a test that cannot go on fails

use std::fs;

use super::support::{Place, small, stderr, stdout};

fn two() -> Place {
    let place = Place::with("a.yaml", &small("1d", 4, 10));
    fs::write(place.path("b.yaml"), small("1d", 5, 10)).unwrap();
    place
}

#[test]
fn runs_that_were_kept_are_compared_like_their_scenarios() {
    let place = two();
    for name in ["a", "b"] {
        let run = ["run", &format!("{name}.yaml"), "-n", "12", "-q", "--seed", "7", "--out", name];
        assert!(place.spotsim(&run).status.success());
    }
    let said = |plans: [&str; 2]| {
        let args = ["compare", plans[0], plans[1], "-n", "12", "--seed", "7", "-q", "-o", "json"];
        let output = place.spotsim(&args);
        assert!(output.status.success(), "{}", stderr(&output));
        let value: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
        value["comparisons"][0]["differences"].clone()
    };
    let of_scenarios = said(["a.yaml", "b.yaml"]);
    let key = |value: &serde_json::Value| {
        let rows = value.as_array().unwrap().clone();
        // A run folder has its saving against on-demand nodes beside.
        rows.into_iter()
            .filter(|row| !row["metric"].as_str().unwrap().starts_with("saving."))
            .collect::<Vec<_>>()
    };
    assert_eq!(key(&said(["a", "b"])), key(&of_scenarios));
    assert_eq!(key(&said(["a", "b.yaml"])), key(&of_scenarios));
    // The seed and the number of replications are those of the folder.
    let output = place.spotsim(&["compare", "a", "b.yaml", "-q"]);
    assert!(stdout(&output).contains("12 paired replications, seed 7"), "{}", stdout(&output));
    assert!(stdout(&output).contains("~ pools.spot.count: 4 -> 5"), "{}", stdout(&output));
    let output = place.spotsim(&["compare", "a", "a", "-q", "--detailed-exitcode"]);
    assert!(output.status.success() && stdout(&output).contains("identical"));

    for (args, why) in [
        (["compare", "a", "b.yaml", "--seed", "8"], "has the seed 7, and the others 8"),
        (["compare", "a", "b.yaml", "-n", "13"], "has 12 replications, and the others 13"),
    ] {
        let output = place.spotsim(&args);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    fs::write(place.path("a/replications.csv"), "replication\n").unwrap();
    let output = place.spotsim(&["compare", "a", "b"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("was changed after manifest.json was written"));
    fs::remove_file(place.path("b/replications.csv")).unwrap();
    let output = place.spotsim(&["compare", "b", "a"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read"), "{}", stderr(&output));
}

#[test]
fn a_comparison_fits_eighty_columns_and_does_not_depend_on_threads() {
    let place = two();
    let said = |threads: &str| {
        let script = format!(
            "COLUMNS=80 {} compare a.yaml b.yaml a.yaml b.yaml -n 6 -q --threads {threads}",
            env!("CARGO_BIN_EXE_spotsim")
        );
        stdout(&place.bash(&script))
    };
    let one = said("1");
    assert_eq!(one, said("2"));
    assert!(one.contains("Bonferroni"), "{one}");
    for line in one.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn expectations_decide_the_exit_code_of_run_check_and_compare() {
    let place = two();
    let strict = small("1d", 4, 10) + "expect: ['cost.monthly < 1', 'nodes.mean == 4']\n";
    fs::write(place.path("strict.yaml"), strict).unwrap();
    let junit = |name: &str| fs::read_to_string(place.path(name)).unwrap();
    for args in [
        &["run", "strict.yaml", "-n", "2", "-q", "--out", "r", "--junit", "run.xml"][..],
        &["check", "strict.yaml", "-n", "2", "-q", "--junit", "check.xml", "--markdown", "pr.md"],
        &["compare", "a.yaml", "strict.yaml", "-n", "2", "-q", "--junit", "compare.xml"],
    ] {
        let output = place.spotsim(args);
        assert_eq!(output.status.code(), Some(99), "{args:?} {}", stderr(&output));
        let said = stdout(&output);
        assert!(
            said.contains("✗ cost.monthly < 1") && said.contains("✓ nodes.mean == 4"),
            "{said}"
        );
    }
    assert!(place.path("r/summary.json").exists(), "the run is kept all the same");
    for name in ["run.xml", "check.xml", "compare.xml"] {
        let text = junit(name);
        assert_eq!(text.matches("<failure").count(), 1, "{text}");
        assert!(
            text.contains("name=\"cost.monthly &lt; 1\" file=\"strict.yaml\" line=\"15\""),
            "{text}"
        );
    }
    // The same again replaces both, with the same bytes.
    let before = (junit("check.xml"), junit("pr.md"));
    assert_eq!(before.1.matches("<!-- spotsim:report -->").count(), 1);
    place.spotsim(&[
        "check",
        "strict.yaml",
        "-n",
        "2",
        "-q",
        "--junit",
        "check.xml",
        "--markdown",
        "pr.md",
    ]);
    assert_eq!((junit("check.xml"), junit("pr.md")), before);
    let mild = small("1d", 4, 10) + "expect: [{expr: cost.monthly < 1, severity: warn}]\n";
    fs::write(place.path("mild.yaml"), mild).unwrap();
    let output = place.spotsim(&["check", "mild.yaml", "-n", "2", "-q"]);
    assert!(
        output.status.success() && stdout(&output).contains("a warning"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_value_is_changed_for_one_run() {
    let place = two();
    let run = ["run", "a.yaml", "-n", "2", "-q", "--set", "pools.spot.count=5", "--out", "r"];
    assert!(place.spotsim(&run).status.success());
    let output = place.spotsim(&["compare", "r", "b.yaml", "-q"]);
    assert!(stdout(&output).contains("costs the same as"), "{}", stdout(&output));
    assert!(place.spotsim(&["run", "--verify", "r"]).status.success());
    let output = place.spotsim(&["run", "a.yaml", "--set", "pools.spt.count=5"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean `spot`?"), "{}", stderr(&output));
}
