//! Containers, their ports, and what they ask for.

use super::pods::NAMED;
use super::{NAME, NEEDED, NUMBER, Rule, TOGETHER, WORD, rule};
use crate::admission::names::{KEY, PORT};
use crate::admission::seen::{Fault, Seen, path, quantities, quantity};
use crate::admission::{Check, Type};
use crate::quantity::Quantity;
use crate::tree::Step;

const CONTAINER: &[Type] = &[Type::Container];
const PORTS: &[Type] = &[Type::ContainerPort];
const ASKED: &[Type] = &[Type::ResourceRequirements];
const COMMON: &str = "core/validation/validation.go validateContainerCommon";
const OF_PORTS: &str = "core/validation/validation.go validateContainerPorts";
const OF_RESOURCES: &str = "core/validation/validation.go ValidateContainerResourceRequirements";

pub(super) static RULES: &[Rule] = &[
    rule("container-named", CONTAINER, "name", Check::Needed, NEEDED, COMMON),
    rule("container-name", CONTAINER, "name", Check::Form(NAMED), NAME, COMMON),
    rule(
        "container-pull-policy",
        CONTAINER,
        "imagePullPolicy",
        Check::OneOf(&["Always", "IfNotPresent", "Never"]),
        WORD,
        "core/validation/validation.go validatePullPolicy",
    ),
    rule(
        "container-restart-policy",
        CONTAINER,
        "restartPolicy",
        Check::OneOf(&["Always", "OnFailure", "Never"]),
        WORD,
        "core/validation/validation.go validateContainerRestartPolicy",
    ),
    rule(
        "mount-named",
        &[Type::VolumeMount],
        "name",
        Check::Needed,
        NEEDED,
        "core/validation/validation.go ValidateVolumeMounts",
    ),
    rule("port-number", PORTS, "containerPort", Check::NeededBetween(1, 65_535), NUMBER, OF_PORTS),
    // 0 is absent, as Go writes it.
    rule("port-host", PORTS, "hostPort", Check::Between(0, 65_535), NUMBER, OF_PORTS),
    rule("port-protocol", PORTS, "protocol", Check::OneOf(&["TCP", "UDP", "SCTP"]), WORD, OF_PORTS),
    rule(
        "port-name",
        PORTS,
        "name",
        Check::Form((PORT.0, |text| if text.is_empty() { Ok(()) } else { (PORT.1)(text) })),
        NAME,
        OF_PORTS,
    ),
    rule("port-names", CONTAINER, "ports", Check::Distinct("name"), TOGETHER, OF_PORTS),
    rule(
        "resource-request-names",
        ASKED,
        "requests",
        Check::Keys(KEY),
        NAME,
        "core/validation/validation.go validateContainerResourceName",
    ),
    rule(
        "resource-limit-names",
        ASKED,
        "limits",
        Check::Keys(KEY),
        NAME,
        "core/validation/validation.go validateContainerResourceName",
    ),
    rule(
        "resource-requests",
        ASKED,
        "requests",
        Check::Holds("each is a quantity, and is not negative", amounts),
        NUMBER,
        "core/validation/validation.go ValidateResourceQuantityValue",
    ),
    rule(
        "resource-limits",
        ASKED,
        "limits",
        Check::Holds("each is a quantity, and is not negative", amounts),
        NUMBER,
        "core/validation/validation.go ValidateResourceQuantityValue",
    ),
    rule(
        "resource-request-within-limit",
        ASKED,
        "requests",
        Check::Holds("no request is more than its limit", |it, faults| {
            for (name, request) in it.quantities() {
                let limit = quantities(it.get("limits")).find(|(other, _)| *other == name);
                if limit.is_some_and(|(_, limit)| request > limit) {
                    let (request, limit) =
                        (written(it, "requests", name), written(it, "limits", name));
                    let message = format!("must not be more than the limit: {request} and {limit}");
                    faults.push(Fault::below(
                        path([name]),
                        message,
                        "raise the limit, or ask for less",
                    ));
                }
            }
        }),
        NUMBER,
        OF_RESOURCES,
    ),
    rule(
        "resource-extended",
        ASKED,
        "requests",
        Check::Holds(
            "a resource that cannot be shared has a limit, which the request is equal to",
            |it, faults| {
                for (name, request) in it.quantities().filter(|(name, _)| whole(name)) {
                    match quantities(it.get("limits")).find(|(other, _)| *other == name) {
                        None => {
                            let message = "needs a limit: it cannot be shared";
                            faults.push(Fault::below(
                                path([name]),
                                message,
                                "add `limits` with the same amount",
                            ));
                        }
                        Some((_, limit)) if limit > request => {
                            let message = "must be as large as its limit: it cannot be shared";
                            faults.push(Fault::below(path([name]), message, "make the two equal"));
                        }
                        Some(_) => {}
                    }
                }
            },
        ),
        TOGETHER,
        OF_RESOURCES,
    ),
    rule(
        "resource-whole",
        ASKED,
        "limits",
        Check::Holds("a resource that is not Kubernetes' own is a whole number", |it, faults| {
            for (name, amount) in
                it.quantities().filter(|(name, _)| whole(name) && name.contains('/'))
            {
                if amount.milli() % 1_000 != 0 {
                    let message = "must be a whole number";
                    faults.push(Fault::below(
                        path([name]),
                        message,
                        "there are no parts of a device",
                    ));
                }
            }
        }),
        NUMBER,
        "core/validation/validation.go validateResourceQuantityValue",
    ),
];

/// Whether a resource cannot be promised more often than it is there.
// core/helper/helpers.go IsOvercommitAllowed
fn whole(name: &str) -> bool {
    let native = !name.contains('/') || name.contains("kubernetes.io/");
    !native || name.starts_with("hugepages-")
}

fn written(it: &Seen<'_>, field: &str, name: &str) -> String {
    let amount = it.at([field, name]);
    amount.map_or_else(String::new, |it| it.as_str().map_or_else(|| it.to_string(), str::to_owned))
}

fn amounts(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    for (name, value) in it.map().into_iter().flatten() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if quantity(value).is_some() || value.is_null() {
            continue;
        }
        let negative = text.strip_prefix('-').is_some_and(|rest| Quantity::parse(rest).is_ok());
        let (message, fix) = if negative {
            (format!("must not be negative, and is {text}"), "write 0 or more")
        } else if value.is_array() || value.is_object() || value.is_boolean() {
            (format!("must be a quantity, not {text}"), "write one like 500m or 1.5Gi")
        } else {
            continue; // The form is said where the amount is read.
        };
        faults.push(Fault::below(vec![Step::from(name.as_str())], message, fix));
    }
}
