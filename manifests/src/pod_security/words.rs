//! The words of a violation: who does what, in Pod Security's own grammar.
// k8s.io/pod-security-admission: policy/helpers.go

use std::collections::BTreeSet;

use super::Violation;

/// A violation.
#[allow(clippy::unnecessary_wraps)] // Each check ends with it.
pub(super) fn violation(reason: &str, detail: String) -> Option<Violation> {
    Some(Violation { reason: reason.to_owned(), detail })
}

/// Texts in quotes.
pub(super) fn quoted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    let quoted = texts.into_iter().map(|text| format!("\"{}\"", text.as_ref()));
    quoted.collect::<Vec<_>>().join(", ")
}

/// A noun or verb as a number of things wants it.
pub(super) fn plural<'w>(one: &'w str, many: &'w str, count: usize) -> &'w str {
    if count == 1 { one } else { many }
}

/// Containers by name.
pub(super) fn containers(names: &[&str]) -> String {
    format!("{} {}", plural("container", "containers", names.len()), quoted(names))
}

/// Who does what is forbidden, of the pod itself and its containers; empty if neither does.
pub(super) fn pod_and(pod: bool, names: &[&str]) -> String {
    let of_containers = (!names.is_empty()).then(|| containers(names));
    let of_pod = pod.then(|| "pod".to_owned());
    of_pod.into_iter().chain(of_containers).collect::<Vec<_>>().join(" and ")
}

/// The texts of several, sorted, each once.
pub(super) type Texts<'t> = BTreeSet<&'t str>;
