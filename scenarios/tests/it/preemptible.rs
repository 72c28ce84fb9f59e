//! Google Cloud's preemptible VMs: as Spot VMs in type, price and notice, taken by age, a day at most.

use std::collections::BTreeMap;
use std::sync::Arc;

use scenarios::Scenario;
use scenarios::diagnostic::Source;
use sim::model::node::NodeId;
use sim::{Fact, Root, SimTime, Span};

fn parse(provider: &str, reclaims: &str) -> Result<Scenario, String> {
    let text = format!(
        "apiVersion: spotsim/v1\nname: x\nhorizon: 4d\nprovider: {provider}\nregion: us-central1\n\
         pools:\n  - {{name: a, count: 30, capacityType: spot, instanceTypes: [n2-standard-4]}}\n\
         market: {{reclaims: {{{reclaims}}}}}\n"
    );
    let source = Source { file: "x.yaml".into(), text: Arc::from(text) };
    Scenario::parse(&source, None).map_err(|errors| errors.render(false))
}

fn scenario(provider: &str, reclaims: &str) -> Scenario {
    parse(provider, reclaims).unwrap_or_else(|errors| panic!("{errors}"))
}

/// How old each instance was that was taken, and how many there were.
fn ages(scenario: &Scenario) -> (Vec<Span>, usize) {
    let mut facts: Vec<(SimTime, Fact)> = Vec::new();
    sim::run(&scenario.setup, Root { seed: 3, replication: 0 }, &mut facts);
    let mut launched: BTreeMap<NodeId, SimTime> = BTreeMap::new();
    let mut ages = Vec::new();
    for (at, fact) in facts {
        match fact {
            Fact::NodeLaunched { node, .. } => drop(launched.insert(node, at)),
            Fact::NodeGone { node, .. } => ages.push(at.since(launched[&node])),
            _ => {}
        }
    }
    (ages, launched.len())
}

#[test]
fn no_vm_gets_older_than_a_day_whatever_takes_the_others() {
    let day = Span::from_hours(24);
    for (reclaims, early) in [("", true), ("model: none", false), ("model: contention", true)] {
        let (ages, launched) = ages(&scenario("gcp-preemptible", reclaims));
        assert!(ages.iter().all(|age| *age <= day), "{reclaims}");
        assert!(ages.iter().filter(|age| **age == day).count() > 20, "{reclaims}");
        assert_eq!(ages.iter().any(|age| *age < day), early, "{reclaims}");
        // What was launched in the last day may live on; the rest is gone.
        assert!(launched >= 30 * 4 && ages.len() + 30 == launched, "{launched}");
    }
    let (ages, _) = ages(&scenario("gcp", "model: by-age"));
    assert!(ages.iter().any(|age| *age > day), "Spot VMs have no such cap");
    let shorter = scenario("gcp-preemptible", "model: by-age, maxAge: 6h");
    assert!(self::ages(&shorter).0.iter().all(|age| *age <= Span::from_hours(6)));
}

#[test]
fn they_are_labelled_and_priced_as_google_does() {
    let of = |provider| {
        let model = scenario(provider, "").setup.model.clone();
        let pool = model.pools.rows().next().expect("one pool");
        let template = pool.templates[0].clone();
        let label = |key: &str| {
            let value = template.shape.labels.get(model.names.find(key)?)?;
            Some(model.names.text(value).to_owned())
        };
        let prefix = "cloud.google.com/gke-";
        let labels =
            ["preemptible", "spot", "provisioning"].map(|it| label(&format!("{prefix}{it}")));
        let labels = labels.map(Option::unwrap_or_default);
        assert!(template.shape.taints.is_empty());
        let offering = &model.catalog.offerings[template.offering];
        (labels.join(" "), offering.price, offering.key)
    };
    let (old, new) = (of("gcp-preemptible"), of("gcp"));
    assert_eq!([old.0.as_str(), new.0.as_str()], ["true  preemptible", " true spot"]);
    assert_eq!((old.1, old.2), (new.1, new.2), "one price, one market");
}

#[test]
fn what_is_assumed_of_them_is_said() {
    let ids = |provider, reclaims| -> Vec<&str> {
        scenario(provider, reclaims).assumptions.iter().map(|it| it.id).collect()
    };
    let usual = ids("gcp-preemptible", "");
    for id in ["gcp-preemptible-max-life", "gcp-preemptible-drain", "reclaims-by-size"] {
        assert!(usual.contains(&id), "{id}: {usual:?}");
    }
    let own = ids("gcp-preemptible", "rates: [{from: 0s, perHour: 0.1}]");
    assert!(!own.contains(&"reclaims-by-size"), "{own:?}");
    assert!(ids("gcp-preemptible", "model: constant").contains(&"unknown-band"));
    let refused = parse("gcp-preemptible", "perHour: 0.1").map(drop).unwrap_err();
    assert!(refused.contains("`perHour` is a parameter of the model"), "{refused}");
}

#[test]
fn no_age_is_asked_for_that_no_vm_reaches() {
    let refused = parse("gcp-preemptible", "model: by-age, maxAge: 48h").map(drop).unwrap_err();
    assert!(refused.contains("error[E0701]"), "{refused}");
    let said = "`gcp-preemptible` lets no instance live for 2d: 1d at most";
    assert!(refused.contains(said), "{refused}");
    assert!(parse("gcp-preemptible", "model: by-age, maxAge: 24h").is_ok());
    for too_short in ["0s", "59s"] {
        let rules = format!("model: by-age, maxAge: {too_short}");
        let refused = parse("gcp-preemptible", &rules).map(drop).unwrap_err();
        assert!(refused.contains("error[E0701]"), "{refused}");
    }
    assert!(parse("gcp", "model: by-age, maxAge: 48h").is_ok());
}
