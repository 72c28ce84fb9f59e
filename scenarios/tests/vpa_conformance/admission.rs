//! Cases of admission: a pod that is created, and what it is created with.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use sim::autoscalers::vpa::admission::created;
use sim::model::vpa::UpdateMode;
use sim::names::Names;

use super::case::milli;
use super::objects::{Vpa, containers, limit_ranges, of_pod, vpas, written};

pub fn answer(case: &Json) -> Json {
    let mut names = Names::default();
    let mut vpas = vpas(case, &mut names);
    if case["featureGates"]["CPUStartupBoost"] != json!(true) {
        for vpa in &mut vpas {
            vpa.spec.boost = None;
            vpa.spec.policies.iter_mut().for_each(|policy| policy.boost = None);
        }
    }
    let asked = |it: &Vpa| {
        let boosts = it.spec.boost.is_some() || it.spec.policies.iter().any(|p| p.boost.is_some());
        it.spec.mode != UpdateMode::Off || boosts
    };
    let (pod, _) = containers(&case["pod"], &mut names);
    let Some(vpa) = of_pod(case, &case["pod"], &vpas, asked) else {
        let containers = written(&pod, &names);
        return answered(Json::Null, containers, Vec::new());
    };
    let nothing = BTreeMap::new();
    let recommended = vpa.recommended.as_ref().unwrap_or(&nothing);
    let most = case["flags"].get("max-allowed-cpu-boost").map(milli);
    let ranges = limit_ranges(case);
    let (containers, boosted) = created(&vpa.spec, recommended, &pod, &ranges, most);
    let boosted = boosted.iter().map(|name| names.text(*name).to_owned()).collect();
    answered(vpa.name.clone().into(), written(&containers, &names), boosted)
}

fn answered(vpa: Json, containers: Json, mut boosted: Vec<String>) -> Json {
    let mut answer = Map::new();
    answer.insert("matchedVpa".into(), vpa);
    answer.insert("containers".into(), containers);
    boosted.sort();
    if !boosted.is_empty() {
        answer.insert("boostAnnotations".into(), boosted.into());
    }
    answer.into()
}
