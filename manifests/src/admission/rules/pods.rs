//! Pods as a whole: names, restart policies, grace periods, volumes and what else a PodSpec says once.

use super::{NAME, NEEDED, NUMBER, Rule, STRANGER, TOGETHER, WORD, rule};
use crate::admission::names::{DNS_LABEL, KEY, LABEL_VALUE, SUBDOMAIN};
use crate::admission::seen::{Fault, Seen, path};
use crate::admission::{Check, Type};
use crate::tree::Step;

const POD: &[Type] = &[Type::PodSpec];
const SPEC: &str = "core/validation/validation.go ValidatePodSpec";
const VOLUMES: &str = "core/validation/validation.go ValidateVolumes";

/// The highest priority that is not the system's own.
// scheduling/types.go HighestUserDefinablePriority
const HIGHEST: i64 = 1_000_000_000;
const SYSTEM: [&str; 2] = ["system-cluster-critical", "system-node-critical"];

pub(super) static RULES: &[Rule] = &[
    rule("pod-containers", POD, "containers", Check::Needed, NEEDED, SPEC),
    rule(
        "pod-container-names",
        POD,
        "containers",
        Check::Holds(
            "no two containers, init containers among them, have the same name",
            |it, faults| {
                it.twice("name", faults);
                let names =
                    |field| it.list(field).iter().filter_map(|one| one.get("name")?.as_str());
                for name in names("containers").filter(|name| !name.is_empty()) {
                    if let Some(at) = names("initContainers").position(|other| other == name) {
                        let message = format!("has the name of `initContainers[{at}]`");
                        let index =
                            names("containers").position(|one| one == name).unwrap_or_default();
                        let below = vec![Step::from(index), Step::from("name")];
                        faults.push(Fault::below(below, message, "rename one of them"));
                    }
                }
            },
        ),
        TOGETHER,
        "core/validation/validation.go validateContainers",
    ),
    rule(
        "pod-init-container-names",
        POD,
        "initContainers",
        Check::Distinct("name"),
        TOGETHER,
        "core/validation/validation.go validateInitContainers",
    ),
    rule(
        "pod-restart-policy",
        POD,
        "restartPolicy",
        Check::OneOf(&["Always", "OnFailure", "Never"]),
        WORD,
        "core/validation/validation.go validateRestartPolicy",
    ),
    rule(
        "pod-preemption-policy",
        POD,
        "preemptionPolicy",
        Check::OneOf(&["PreemptLowerPriority", "Never"]),
        WORD,
        "core/validation/validation.go ValidatePreemptionPolicy",
    ),
    rule(
        "pod-grace",
        POD,
        "terminationGracePeriodSeconds",
        Check::Between(0, i64::MAX),
        NUMBER,
        SPEC,
    ),
    rule(
        "pod-deadline",
        POD,
        "activeDeadlineSeconds",
        Check::Between(1, i32::MAX as i64),
        NUMBER,
        SPEC,
    ),
    rule(
        "pod-priority",
        POD,
        "priority",
        Check::Holds(
            "is at most 1000000000, unless the class is the system's own",
            |it, faults| {
                let system =
                    it.text("priorityClassName").is_some_and(|name| SYSTEM.contains(&name));
                let priority = it.number("priority").filter(|priority| *priority > HIGHEST);
                if let Some(priority) = priority.filter(|_| !system) {
                    let message = format!("must be at most {HIGHEST}, not {priority}");
                    let fix =
                        "higher ones are the system's own: priorityClassName system-node-critical";
                    faults.push(Fault::new(message, fix));
                }
            },
        ),
        NUMBER,
        "scheduling/validation/validation.go ValidatePriorityClass; plugin/pkg/admission/priority",
    ),
    rule("pod-node-name", POD, "nodeName", Check::Form(SUBDOMAIN), NAME, SPEC),
    rule(
        "pod-node-selector-keys",
        POD,
        "nodeSelector",
        Check::Keys(KEY),
        NAME,
        "apimachinery: apis/meta/v1/validation ValidateLabels",
    ),
    rule(
        "pod-node-selector-values",
        POD,
        "nodeSelector",
        Check::Values(LABEL_VALUE),
        NAME,
        "apimachinery: apis/meta/v1/validation ValidateLabels",
    ),
    rule("pod-priority-class", POD, "priorityClassName", Check::Form(SUBDOMAIN), NAME, SPEC),
    rule(
        "pod-gates",
        POD,
        "schedulingGates",
        Check::Holds(
            "each is named by a qualified name, no two by the same, and no node is",
            gates,
        ),
        TOGETHER,
        "core/validation/validation.go validateSchedulingGates",
    ),
    rule(
        "pod-claims",
        POD,
        "resourceClaims",
        Check::Distinct("name"),
        TOGETHER,
        "core/validation/validation.go validatePodResourceClaims",
    ),
    rule("pod-volumes", POD, "volumes", Check::Distinct("name"), TOGETHER, VOLUMES),
    rule("volume-named", &[Type::Volume], "name", Check::Needed, NEEDED, VOLUMES),
    rule("volume-name", &[Type::Volume], "name", Check::Form(NAMED), NAME, VOLUMES),
    rule(
        "volume-source",
        &[Type::Volume],
        "",
        Check::Holds("has at most one source", |it, faults| {
            let mut sources =
                it.whole.iter().filter(|(key, value)| *key != "name" && !value.is_null());
            if let (Some((first, _)), Some((second, _))) = (sources.next(), sources.next()) {
                let message = format!("must not be beside `{first}`: a volume has one source");
                let fix = "make two volumes of it";
                faults.push(Fault::below(path([second]), message, fix));
            }
        }),
        TOGETHER,
        "core/validation/validation.go validateVolumeSource",
    ),
    rule(
        "pod-strangers",
        POD,
        "",
        Check::Without(&[
            "replicas",
            "selector",
            "template",
            "minReadySeconds",
            "completions",
            "parallelism",
            "backoffLimit",
            "schedule",
            "strategy",
            "volumeClaimTemplates",
        ]),
        STRANGER,
        "apimachinery: runtime/serializer/json (strict decoding)",
    ),
];

/// A DNS label that is there; what is empty is said elsewhere.
pub(super) const NAMED: crate::admission::Form =
    (DNS_LABEL.0, |text| if text.is_empty() { Ok(()) } else { (DNS_LABEL.1)(text) });

fn gates(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    it.twice("name", faults);
    for (index, gate) in it.list("schedulingGates").iter().enumerate() {
        let name = gate.get("name").and_then(|name| name.as_str()).unwrap_or_default();
        if let Err(why) = (KEY.1)(name) {
            let below = vec![Step::from(index), Step::from("name")];
            faults.push(Fault::form(below, KEY.0, name, &why));
        }
    }
    if !it.is_empty() && it.text("nodeName").is_some_and(|name| !name.is_empty()) {
        let message = "must not be there with a `nodeName`: the pod is scheduled already";
        faults.push(Fault::new(message, "take out one of the two"));
    }
}
