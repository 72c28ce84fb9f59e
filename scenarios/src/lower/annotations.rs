//! What annotations of spotsim's own say.

use sim::Span;

use crate::kube::Labels;

/// A duration that an annotation gives.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn span_annotation(annotations: &Labels, key: &str) -> Result<Option<Span>, String> {
    let span = annotations.get(key).map(|text| Span::parse(text));
    span.transpose().map_err(|error| format!("annotation `{key}`: {error}"))
}

/// A number of pods that an annotation gives.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn count_annotation(annotations: &Labels, key: &str) -> Result<Option<u32>, String> {
    let count = annotations.get(key).map(|text| (text, text.parse()));
    count
        .map(|(text, count)| count.map_err(|_| format!("annotation `{key}`: `{text}` is no count")))
        .transpose()
}
