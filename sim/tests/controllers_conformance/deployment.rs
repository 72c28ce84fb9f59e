//! The sizes of a Deployment's ReplicaSets.

use serde_json::{Map, Value as Json, json};
use sim::controllers::deployment::{Changed, Desired, ReplicaSet, ReplicaSets};

use super::{amount, int, list};

/// A ReplicaSet, known by when it was created and its name.
type Set = ReplicaSet<(i64, String)>;

pub fn answer(case: &Json) -> Json {
    let desired = Desired {
        replicas: int(&case["replicas"]),
        max_surge: amount(&case["maxSurge"]),
        max_unavailable: amount(&case["maxUnavailable"]),
    };
    let (surge, unavailable) = desired.fenceposts();
    let mut answer = json!({
        "fenceposts": {"surge": surge, "unavailable": unavailable},
        "maxUnavailable": desired.max_unavailable(),
    });
    let mut sets = ReplicaSets {
        new: case.get("newRS").filter(|new| !new.is_null()).map(replica_set),
        old: list(&case["oldRSs"]).iter().map(replica_set).collect(),
    };
    match case["mode"].as_str().unwrap() {
        "rolling" => {
            let changed = sets.roll(&desired);
            answer["scaledNew"] = json!(changed == Changed::New);
            answer["scaledOld"] = json!(changed == Changed::Old);
        }
        "scale" => sets.scale(&desired, int(&case["statusReplicas"])),
        "create" => answer["newReplicas"] = json!(desired.size_of_new(0, sets.total())),
        other => panic!("no mode {other}"),
    }
    let (mut sizes, mut annotations) = (Map::new(), Map::new());
    for set in sets.new.iter().chain(&sets.old) {
        let text = |number: Option<i64>| number.map_or(String::new(), |it| it.to_string());
        let both = format!("{}/{}", text(set.desired), text(set.max));
        sizes.insert(set.age.1.clone(), json!(set.replicas));
        annotations.insert(set.age.1.clone(), json!(both));
    }
    answer["sizes"] = Json::Object(sizes);
    answer["annotations"] = Json::Object(annotations);
    answer
}

fn replica_set(set: &Json) -> Set {
    let annotation = |name: &str| set[name].as_str().and_then(|text| text.parse().ok());
    ReplicaSet {
        age: (int(&set["created"]), set["name"].as_str().unwrap().to_owned()),
        replicas: int(&set["replicas"]),
        available: int(&set["available"]),
        desired: annotation("desiredReplicasAnnotation"),
        max: annotation("maxReplicasAnnotation"),
    }
}
