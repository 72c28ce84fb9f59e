//! Random scenarios, each from one seed: small clusters with a bit of everything, all of which are
//! to be accepted.
//!
//! A mutant keeps the shape of a scenario that a person wrote. These have shapes of their own: pools
//! of any capacity type under any strategy, workloads of every kind, related by affinity, spread and
//! budgets, in any market.

use serde_json::{Map, Value, json};

use crate::mutate::Draws;

/// A provider as a scenario names it, with a region, its zones and types that the catalogue has
/// there.
struct Place {
    provider: &'static str,
    region: &'static str,
    zones: [&'static str; 3],
    types: [&'static str; 3],
}

const PLACES: [Place; 3] = [
    Place {
        provider: "aws",
        region: "us-east-1",
        zones: ["us-east-1a", "us-east-1b", "us-east-1c"],
        types: ["m6i.large", "m6a.large", "c6i.xlarge"],
    },
    Place {
        provider: "gcp",
        region: "us-central1",
        zones: ["us-central1-a", "us-central1-b", "us-central1-c"],
        types: ["n2-standard-2", "n2-standard-4", "e2-standard-4"],
    },
    Place {
        provider: "azure",
        region: "eastus",
        zones: ["eastus-1", "eastus-2", "eastus-3"],
        types: ["Standard_D8s_v3", "Standard_D8s_v5", "Standard_D8ds_v5"],
    },
];

/// The scenario of a seed, as a JSON document, which is a YAML one.
pub(crate) fn scenario(seed: u64) -> Value {
    let mut draws = Draws::new(seed);
    let place = &PLACES[draws.below(PLACES.len())];
    let pools = pools(&mut draws, place);
    let market = market(&mut draws, place, &spot_zones(place, &pools));
    let mut scenario = json!({
        "apiVersion": "spotsim/v1",
        "name": format!("soak-{seed}"),
        "horizon": format!("{}h", 6 + draws.below(43)),
        "warmUp": format!("{}m", draws.below(90)),
        "seed": seed,
        "provider": place.provider,
        "region": place.region,
        "pools": pools,
        "market": market,
        "workloads": workloads(&mut draws, place),
    });
    let root = scenario.as_object_mut().expect("an object");
    if draws.one_in(3) {
        root.insert("interruption".into(), interruption(&mut draws));
    }
    if draws.one_in(4) {
        root.insert("imagePulls".into(), json!({"rate": "40Mi", "size": "300Mi"}));
    }
    if draws.one_in(4) {
        let percent = [5, 50, 100][draws.below(3)];
        root.insert(
            "scheduler".into(),
            json!({
                "apiVersion": "kubescheduler.config.k8s.io/v1",
                "kind": "KubeSchedulerConfiguration",
                "percentageOfNodesToScore": percent,
            }),
        );
    }
    scenario
}

/// One to three pools; the first takes pods without tolerations.
fn pools(draws: &mut Draws, place: &Place) -> Vec<Value> {
    let many = 1 + draws.below(3);
    (0..many).map(|index| pool(draws, place, index)).collect()
}

fn pool(draws: &mut Draws, place: &Place, index: usize) -> Value {
    let spot = index > 0 || draws.one_in(2);
    let types = some(draws, &place.types);
    let zones = some(draws, &place.zones);
    let count = 1 + draws.below(8);
    let mut pool = json!({
        "name": format!("pool-{index}"),
        "count": count,
        "capacityType": if spot { "spot" } else { "on-demand" },
        "instanceTypes": types,
        "zones": zones,
    });
    let fields = pool.as_object_mut().expect("an object");
    if spot {
        let like =
            ["auto-scaling-group", "managed-instance-group", "karpenter", "cluster-autoscaler"];
        if draws.one_in(2) {
            fields.insert("refill".into(), json!({"like": like[draws.below(like.len())]}));
        }
        let allocation =
            ["diversified", "lowest-price", "capacity-optimized", "price-capacity-optimized"];
        maybe(draws, fields, 2, "allocation", &allocation);
        // Only EC2 says that a node is at risk before it gives notice.
        let latest = if place.provider == "aws" { 3 } else { 2 };
        maybe(draws, fields, 3, "replaceAt", &["loss", "notice", "recommendation"][..latest]);
        if draws.one_in(3) {
            let base = draws.below(count + 1);
            let above = draws.below(101);
            fields.insert("onDemand".into(), json!({"base": base, "percentAbove": above}));
        }
        if draws.one_in(3) {
            let (after, hysteresis) = (1 + draws.below(20), draws.below(60));
            let fallback =
                json!({"after": format!("{after}m"), "hysteresis": format!("{hysteresis}m")});
            fields.insert("fallback".into(), fallback);
        }
    }
    if index > 0 && draws.one_in(2) {
        let effect = ["NoSchedule", "PreferNoSchedule", "NoExecute"][draws.below(3)];
        fields.insert("taints".into(), json!([{"key": "own", "value": "yes", "effect": effect}]));
    }
    pool
}

/// The zones in which something is bought on spot: what is taken elsewhere is refused as a slip.
fn spot_zones(place: &Place, pools: &[Value]) -> Vec<&'static str> {
    let spot = || pools.iter().filter(|pool| pool["capacityType"] == "spot");
    let is_bought = |zone: &&str| {
        spot().any(|pool| pool["zones"].as_array().is_some_and(|it| it.contains(&json!(*zone))))
    };
    place.zones.into_iter().filter(is_bought).collect()
}

fn market(draws: &mut Draws, place: &Place, zones: &[&str]) -> Value {
    let per_hour = [0.001, 0.02, 0.3][draws.below(3)];
    let scale = [0.5, 1.0, 30.0][draws.below(3)];
    let mut reclaims = match draws.below(4) {
        0 => json!({"model": "none"}),
        1 => json!({"model": "constant", "perHour": per_hour}),
        2 => json!({"model": "contention", "perHour": per_hour}),
        _ => json!({"model": "contention", "scale": scale}),
    };
    if draws.one_in(3) && !zones.is_empty() {
        let events: Vec<Value> = (0..=draws.below(3)).map(|_| event(draws, zones)).collect();
        reclaims.as_object_mut().expect("an object").insert("events".into(), Value::Array(events));
    }
    let mut market = json!({"reclaims": reclaims});
    let fields = market.as_object_mut().expect("an object");
    if draws.one_in(3) {
        fields.insert("failures".into(), json!({"perHour": 0.01}));
    }
    // Each provider's own way of setting prices.
    if draws.one_in(3) {
        fields.insert("prices".into(), json!({"model": place.provider}));
    }
    market
}

/// Something that is taken at a stated time.
fn event(draws: &mut Draws, zones: &[&str]) -> Value {
    let mut event = json!({"at": format!("{}m", 30 + draws.below(300))});
    let fields = event.as_object_mut().expect("an object");
    if draws.one_in(2) {
        fields.insert("zones".into(), json!(some(draws, zones)));
    }
    if draws.one_in(2) {
        let share = [0.3, 0.5, 1.0][draws.below(3)];
        fields.insert("share".into(), json!(share));
    } else {
        fields.insert("share".into(), json!(1));
    }
    if draws.one_in(2) {
        fields.insert("outage".into(), json!(format!("{}m", 1 + draws.below(120))));
    }
    event
}

fn interruption(draws: &mut Draws) -> Value {
    let drained_by = ["handler", "kubelet", "none"][draws.below(3)];
    let mut interruption = json!({"drainedBy": drained_by});
    let fields = interruption.as_object_mut().expect("an object");
    maybe(draws, fields, 2, "nodeObject", &["deleted", "kept"]);
    interruption
}

/// Two to six workloads of any kind.
fn workloads(draws: &mut Draws, place: &Place) -> Vec<Value> {
    let many = 2 + draws.below(5);
    (0..many).map(|index| workload(draws, place, index)).collect()
}

fn workload(draws: &mut Draws, place: &Place, index: usize) -> Value {
    let name = format!("work-{index}");
    let kind = ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"][draws.below(5)];
    let mut workload = json!({
        "name": name,
        "kind": kind,
        "labels": {"app": name},
        "template": template(draws, place, &name, kind),
    });
    let fields = workload.as_object_mut().expect("an object");
    match kind {
        "Deployment" | "StatefulSet" => {
            fields.insert("replicas".into(), json!(draws.below(9)));
            maybe(draws, fields, 3, "minReadySeconds", &[0, 10, 300]);
        }
        "DaemonSet" => {}
        _ => {
            fields.insert("completions".into(), json!(1 + draws.below(12)));
            fields.insert("parallelism".into(), json!(1 + draws.below(5)));
            fields.insert("backoffLimit".into(), json!(draws.below(7)));
            let minutes = 1 + draws.below(90);
            let duration = json!({"spotsim/duration": format!("{minutes}m")});
            fields.insert("annotations".into(), duration);
            maybe(draws, fields, 4, "activeDeadlineSeconds", &[60, 3_600, 20_000]);
        }
    }
    if kind == "CronJob" {
        let schedule = ["*/20 * * * *", "7 */2 * * *"][draws.below(2)];
        fields.insert("schedule".into(), json!(schedule));
        maybe(draws, fields, 2, "concurrencyPolicy", &["Allow", "Forbid", "Replace"]);
    }
    if kind == "StatefulSet" {
        maybe(draws, fields, 2, "podManagementPolicy", &["OrderedReady", "Parallel"]);
        if draws.one_in(2) {
            let spec = json!({
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": "10Gi"}},
            });
            let claim = json!({"metadata": {"name": "data"}, "spec": spec});
            fields.insert("volumeClaimTemplates".into(), json!([claim]));
        }
    }
    workload
}

fn template(draws: &mut Draws, place: &Place, name: &str, kind: &str) -> Value {
    let cpu = [50, 250, 900, 1_800][draws.below(4)];
    let memory = [64, 512, 2_048][draws.below(3)];
    let requests = json!({"cpu": format!("{cpu}m"), "memory": format!("{memory}Mi")});
    let mut template = json!({"containers": [
        {"name": "app", "image": format!("{name}:1"), "resources": {"requests": requests}},
    ]});
    let fields = template.as_object_mut().expect("an object");
    maybe(draws, fields, 3, "terminationGracePeriodSeconds", &[0, 5, 90, 600]);
    maybe(draws, fields, 3, "priority", &[-10, 0, 10, 1_000]);
    if kind == "DaemonSet" || draws.one_in(2) {
        fields.insert("tolerations".into(), json!([{"key": "own", "operator": "Exists"}]));
    }
    let mine = json!({"matchLabels": {"app": name}});
    let key = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"][draws.below(2)];
    if kind != "DaemonSet" && draws.one_in(3) {
        let what = ["DoNotSchedule", "ScheduleAnyway"][draws.below(2)];
        let spread = json!({
            "maxSkew": 1 + draws.below(2),
            "topologyKey": key,
            "whenUnsatisfiable": what,
            "labelSelector": mine,
        });
        fields.insert("topologySpreadConstraints".into(), json!([spread]));
    }
    if kind != "DaemonSet" && draws.one_in(4) {
        fields.insert("affinity".into(), affinity(draws, place, &mine, key));
    }
    template
}

fn affinity(draws: &mut Draws, place: &Place, mine: &Value, key: &str) -> Value {
    match draws.below(3) {
        0 => {
            let zones = some(draws, &place.zones);
            let zones =
                json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": zones});
            let preference = json!({"weight": 50, "preference": {"matchExpressions": [zones]}});
            json!({"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [preference]}})
        }
        1 => {
            let term = json!({"topologyKey": key, "labelSelector": mine});
            json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}})
        }
        _ => {
            let term = json!({"topologyKey": key, "labelSelector": mine});
            let weighted = json!({"weight": 10, "podAffinityTerm": term});
            json!({"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [weighted]}})
        }
    }
}

/// At least one of these, in their order.
fn some<'a>(draws: &mut Draws, of: &[&'a str]) -> Vec<&'a str> {
    let sure = draws.below(of.len());
    let mut index = 0;
    let mut kept = of.to_vec();
    kept.retain(|_| {
        index += 1;
        index - 1 == sure || draws.one_in(2)
    });
    kept
}

/// Once in `n` times, a field with one of these values.
fn maybe<T: serde::Serialize>(
    draws: &mut Draws,
    fields: &mut Map<String, Value>,
    n: usize,
    name: &str,
    values: &[T],
) {
    if draws.one_in(n) {
        fields.insert(name.to_owned(), json!(values[draws.below(values.len())]));
    }
}
