//! Metadata, and selectors of labels.

use super::{ANNOTATION, NAME, NEEDED, Rule, TOGETHER, WORD, rule};
use crate::admission::annotations;
use crate::admission::names::{self, DNS_LABEL, KEY, LABEL_VALUE, SUBDOMAIN};
use crate::admission::seen::{Fault, Seen, path};
use crate::admission::{Check, Type};

const META: &str = "apimachinery: api/validation/objectmeta.go ValidateObjectMetaAccessor";
const LABELS: &str = "apimachinery: apis/meta/v1/validation ValidateLabels";
const ANNOTATIONS: &str = "apimachinery: api/validation/objectmeta.go ValidateAnnotations";
const SELECTOR: &str = "apimachinery: apis/meta/v1/validation ValidateLabelSelectorRequirement";

/// All annotations of an object together, in bytes.
const ANNOTATIONS_MOST: usize = 256 << 10;

pub(super) static RULES: &[Rule] = &[
    rule(
        "meta-named",
        &[Type::ObjectMeta],
        "name",
        Check::Holds("is there, unless `generateName` is", |it, faults| {
            if it.is_empty() && it.text("generateName").unwrap_or_default().is_empty() {
                faults.push(Fault::new("is required", "name the object"));
            }
        }),
        NEEDED,
        META,
    ),
    rule(
        "meta-name",
        &[Type::ObjectMeta],
        "name",
        Check::Holds("is a DNS-1123 subdomain", |it, faults| {
            if !it.is_empty() {
                form(it, SUBDOMAIN, faults);
            }
        }),
        NAME,
        "apimachinery: api/validation/generic.go NameIsDNSSubdomain",
    ),
    rule(
        "namespace-name",
        &[Type::Namespace],
        "metadata",
        Check::Holds("`name` is a DNS-1123 label", short_name),
        NAME,
        "core/validation/validation.go ValidateNamespaceName",
    ),
    rule(
        "service-name",
        &[Type::Service],
        "metadata",
        Check::Holds("`name` is a DNS-1123 label", short_name),
        NAME,
        "core/validation/validation.go ValidateServiceName",
    ),
    rule(
        "cron-job-name",
        &[Type::CronJob],
        "metadata",
        Check::Holds(
            "`name` has at most 52 characters, as its Jobs' names add 11",
            |it, faults| {
                let name = it.at(["metadata", "name"]).and_then(|name| name.as_str());
                if let Some(name) = name.filter(|name| name.len() > 52) {
                    let message = format!("has {} characters, and 52 are the most", name.len());
                    faults.push(Fault::below(path(["name"]), message, "choose a shorter name"));
                }
            },
        ),
        NAME,
        "batch/validation/validation.go ValidateCronJobCreate",
    ),
    rule(
        "meta-namespace",
        &[Type::ObjectMeta],
        "namespace",
        Check::Holds("is a DNS-1123 label", |it, faults| {
            if !it.is_empty() {
                form(it, DNS_LABEL, faults);
            }
        }),
        NAME,
        META,
    ),
    rule("meta-label-keys", METAS, "labels", Check::Keys(KEY), NAME, LABELS),
    rule("meta-label-values", METAS, "labels", Check::Values(LABEL_VALUE), NAME, LABELS),
    rule(
        "meta-annotation-keys",
        METAS,
        "annotations",
        Check::Keys(names::ANNOTATION),
        NAME,
        ANNOTATIONS,
    ),
    rule(
        "meta-annotation-size",
        METAS,
        "annotations",
        Check::Holds("all together have at most 256 KiB", |it, faults| {
            let text = |value: &serde_json::Value| value.as_str().map_or(0, str::len);
            let entries = it.map().into_iter().flatten();
            let size: usize = entries.map(|(key, value)| key.len() + text(value)).sum();
            if size > ANNOTATIONS_MOST {
                let message = format!("have {size} bytes, and {ANNOTATIONS_MOST} are the most");
                faults.push(Fault::new(message, "keep such data elsewhere"));
            }
        }),
        TOGETHER,
        "apimachinery: api/validation/objectmeta.go ValidateAnnotationsSize",
    ),
    rule(
        "spotsim-annotations",
        METAS,
        "annotations",
        Check::Holds("those of `spotsim/` are known", |it, faults| {
            for (key, _) in it.map().into_iter().flatten() {
                if let Some(fix) = annotations::unknown(key) {
                    let message =
                        "is an annotation that spotsim does not know, and changes nothing";
                    faults.push(Fault::below(path([key]), message, fix));
                }
            }
        }),
        ANNOTATION,
        "spotsim: docs/labels.md",
    ),
    rule("selector-keys", &[Type::LabelSelector], "matchLabels", Check::Keys(KEY), NAME, LABELS),
    rule(
        "selector-values",
        &[Type::LabelSelector],
        "matchLabels",
        Check::Values(LABEL_VALUE),
        NAME,
        "apimachinery: apis/meta/v1/validation ValidateLabelSelector",
    ),
    rule("requirement-key-needed", REQUIREMENTS, "key", Check::Needed, NEEDED, SELECTOR),
    rule(
        "requirement-key",
        &[Type::LabelSelectorRequirement],
        "key",
        Check::Form(KEY),
        NAME,
        SELECTOR,
    ),
    rule(
        "requirement-operator",
        &[Type::LabelSelectorRequirement],
        "operator",
        Check::NeededOneOf(&["In", "NotIn", "Exists", "DoesNotExist"]),
        WORD,
        SELECTOR,
    ),
    rule(
        "requirement-values",
        &[Type::LabelSelectorRequirement],
        "values",
        Check::Holds(
            "are there for `In` and `NotIn`, and not for `Exists` and `DoesNotExist`",
            values,
        ),
        TOGETHER,
        SELECTOR,
    ),
    rule(
        "requirement-value-form",
        &[Type::LabelSelectorRequirement],
        "values",
        Check::Form(LABEL_VALUE),
        NAME,
        "apimachinery: apis/meta/v1/validation ValidateLabelSelectorRequirement",
    ),
];

const METAS: &[Type] = &[Type::ObjectMeta, Type::TemplateMeta];
const REQUIREMENTS: &[Type] = &[Type::LabelSelectorRequirement, Type::LabelRequirement];

/// A text's form, if it is there.
fn form(it: &Seen<'_>, (name, form): crate::admission::Form, faults: &mut Vec<Fault>) {
    it.texts(|below, text| {
        if let Err(why) = form(text) {
            faults.push(Fault::form(below, name, text, &why));
        }
    });
}

fn short_name(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    let name = it.at(["metadata", "name"]).and_then(|name| name.as_str());
    // What is no subdomain is said already.
    let Some(name) = name.filter(|name| (SUBDOMAIN.1)(name).is_ok()) else { return };
    if let Err(why) = (DNS_LABEL.1)(name) {
        faults.push(Fault::form(path(["name"]), DNS_LABEL.0, name, &why));
    }
}

/// Whether values go with the operator of a requirement.
pub(super) fn values(it: &Seen<'_>, faults: &mut Vec<Fault>) {
    let operator = it.text("operator").unwrap_or_default();
    match (operator, it.is_empty()) {
        ("In" | "NotIn", true) => {
            faults.push(Fault::new(format!("are required with `{operator}`"), "list the values"));
        }
        ("Exists" | "DoesNotExist", false) => {
            let message = format!("must not be there with `{operator}`");
            faults.push(Fault::new(message, "take them out, or write `In` or `NotIn`"));
        }
        _ => {}
    }
}
