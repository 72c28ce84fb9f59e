//! Inputs that are well-formed and cannot be meant: each is refused or warned of, at its place.

use std::sync::Arc;

use scenarios::diagnostic::Source;
use scenarios::{Diagnostics, Scenario};

/// A scenario in which each of these parts can be another.
const PLAIN: &str = "\
apiVersion: spotsim/v1
name: plain
horizon: 1h
region: us-east-1
seed: 7
pools:
  - name: base
    count: 2
    capacityType: spot
    instanceTypes: [m6i.large]
    zones: [us-east-1a]
workloads:
  - name: web
    namespace: shop
    labels: {app: web}
    template:
      containers: [{name: app}]
";

/// What is written instead of what, the code that it gives, and the text that is shown.
type Odd = (&'static str, &'static str, &'static str, &'static str);

const POD: &str = "      containers: [{name: app}]";
const TYPES: &str = "[m6i.large]";
const ZONES: &str = "[us-east-1a]";
const KIND: &str = "    namespace: shop";

const ODD: &[Odd] = &[
    // Zones.
    (ZONES, "[mars-1a]", "E0211", "mars-1a"),
    (ZONES, "[us-east-1a, eu-west-1a]", "E0211", "eu-west-1a"),
    (ZONES, "['']", "E0211", "''"),
    (ZONES, "[us-east-1a, us-east-1b, us-east-1a]", "E0211", "us-east-1a"),
    (ZONES, "[us-east-1z]", "E0211", "us-east-1z"),
    // Placement.
    (
        POD,
        "      containers: [{name: app}]\n      affinity: {nodeAffinity: \
         {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 0, preference: {}}]}}",
        "E0311",
        "0",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      affinity: {podAffinity: \
         {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 2147483647, podAffinityTerm: \
         {topologyKey: zone}}]}}",
        "E0311",
        "2147483647",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      topologySpreadConstraints: [{topologyKey: zone, \
         whenUnsatisfiable: ScheduleAnyway}]",
        "E0311",
        "{topologyKey",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      topologySpreadConstraints: [{maxSkew: 0, topologyKey: \
         zone, whenUnsatisfiable: DoNotSchedule}]",
        "E0311",
        "0",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      topologySpreadConstraints: [{maxskew: 1, topologyKey: \
         zone, whenUnsatisfiable: DoNotSchedule}]",
        "E0311",
        "{maxskew",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      topologySpreadConstraints: [{maxSkew: 1, \
         whenUnsatisfiable: DoNotSchedule}]",
        "E0313",
        "{maxSkew",
    ),
    (
        POD,
        "      containers: [{name: app}]\n      tolerations: [{key: a, operator: Is}]",
        "E0312",
        "Is",
    ),
    (POD, "      containers: [{name: app}]\n      priority: 2147483647", "E0311", "2147483647"),
    (POD, "      containers: [{name: app}]\n      nodeName: nowhere", "W0019", "web"),
    // Names.
    ("- name: web", "- name: ''", "E0313", "''"),
    ("- name: web", "- name: My Web", "E0310", "My Web"),
    ("- name: web", "- name: \"a\\e[2J\"", "E0310", "\"a\\e[2J\""),
    ("namespace: shop", "namespace: a b/c", "E0310", "a b/c"),
    ("{app: web}", "{a b/c/d: web}", "E0310", "web"),
    (
        "{app: web}",
        "{app: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
        "E0310",
        "aaaa",
    ),
    ("name: plain", "name: ''", "E0210", "''"),
    ("name: plain", "name: \"a\\nb\"", "E0210", "\"a\\nb\""),
    ("name: plain", "name: \"\\e]0;title\\a\"", "E0210", "\"\\e]0;title\\a\""),
    ("name: base", "name: \"a\\u202Eb\"", "E0210", "\"a\\u202Eb\""),
    // Containers.
    (POD, "      containers: []", "E0313", "[]"),
    (POD, "      containers: [{image: app}]", "E0313", "{image"),
    (POD, "      containers: [{name: app}, {name: app}]", "E0314", "app"),
    (
        POD,
        "      containers: [{name: app, resources: {requests: {cpu: 1}, limits: {cpu: 500m}}}]",
        "E0311",
        "1",
    ),
    (POD, "      containers: [{name: app, resources: {requests: {cpu: -1}}}]", "E0311", "-1"),
    // Lists where maps belong, and the reverse.
    (POD, "      containers: [[]]", "E0301", "[]"),
    (POD, "      containers: [[x]]", "E0301", "[x]"),
    (POD, "      containers: {name: app}", "E0301", "{name"),
    (POD, "      containers: [{name: app}]\n      affinity: [a]", "E0301", "[a]"),
    // Fields of other kinds.
    (POD, "      containers: [{name: app}]\n      restartPolicy: Never", "E0312", "Never"),
    (POD, "      containers: [{name: app}]\n      replicas: 5", "W0014", "5"),
    (KIND, "    kind: Pod\n    replicas: 5", "E0209", "5"),
    (KIND, "    completions: 3", "E0209", "3"),
    (KIND, "    kind: DaemonSet\n    replicas: 3", "E0209", "3"),
    (KIND, "    annotations: {spotsim/duratoin: 10m}", "W0015", "10m"),
    // What never happens.
    (KIND, "    minReadySeconds: 7200", "W0017", "7200"),
    (KIND, "    startAt: 1h", "W0017", "1h"),
    (KIND, "    kind: CronJob\n    schedule: '0 0 30 2 *'", "W0017", "web"),
    ("count: 2", "count: 0", "W0018", "- name"),
    // Prices and machines.
    (TYPES, "[{name: m6i.large, spotPrice: 0}]", "W0016", "0"),
    (TYPES, "[{name: m6i.large, spotPrice: 1e-12}]", "W0016", "1e-12"),
    (TYPES, "[{name: m6i.large, spotPrice: 96}]", "W0016", "96"),
    (TYPES, "[{name: x, cpu: 0, memory: 1Gi, onDemandPrice: 1, spotPrice: 0.5}]", "E0103", "0"),
    (TYPES, "[{name: x, cpu: 1, memory: 0, onDemandPrice: 1, spotPrice: 0.5}]", "E0103", "0"),
    // Tags.
    ("seed: 7", "seed: !!str 7", "E0101", "7"),
    ("seed: 7", "seed: !!binary Nw==", "E0002", "Nw=="),
    ("seed: 7", "seed: !!python/object:int 7", "E0002", "7"),
    ("seed: 7", "seed: !!int seven", "E0002", "seven"),
    // Numbers that no field can hold.
    ("seed: 7", "seed: 18446744073709551616", "E0101", "18446744073709551616"),
    (KIND, "    replicas: 18446744073709551615", "E0103", "18446744073709551615"),
    (KIND, "    replicas: 4294967296", "E0103", "4294967296"),
    (KIND, "    replicas: -1", "E0103", "-1"),
];

fn parse(text: &str) -> Diagnostics {
    let source = Source { file: "odd.yaml".into(), text: Arc::from(text) };
    match Scenario::parse(&source, None) {
        Ok(scenario) => scenario.warnings,
        Err(errors) => errors,
    }
}

#[test]
fn a_plain_scenario_gives_no_word() {
    let found = parse(PLAIN);
    assert!(found.is_empty(), "{}", found.render(false));
}

#[test]
fn each_odd_input_is_said_at_its_place() {
    let mut wrong = Vec::new();
    for (plain, odd, code, shown) in ODD {
        assert!(PLAIN.contains(plain), "{plain}");
        let text = PLAIN.replacen(plain, odd, 1);
        let found = parse(&text);
        let at = found.iter().find(|it| it.code == *code).and_then(|it| it.place.as_ref());
        let place = at.map(|place| &place.text[place.span.clone()]);
        if place.is_none_or(|place| !place.starts_with(shown)) {
            let said = found.render(false);
            wrong.push(format!("{odd}: {code} at `{shown}`, not at {place:?}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ODD.len(), wrong.join("\n"));
}

/// What is odd and nevertheless fair.
#[test]
fn the_ends_of_what_is_allowed_are_allowed() {
    for (plain, fair) in [
        ("seed: 7", "seed: 18446744073709551615"),
        ("seed: 7", "seed: !!int 7"),
        ("name: plain", "name: !!str 7"),
        ("horizon: 1h", "horizon: 1ms"),
        (ZONES, "[us-east-1-bos-1a]"),
        (TYPES, "[{name: m6i.large, spotPrice: 0.9}]"),
    ] {
        let found = parse(&PLAIN.replacen(plain, fair, 1));
        assert!(found.is_empty(), "{fair}:\n{}", found.render(false));
    }
}
