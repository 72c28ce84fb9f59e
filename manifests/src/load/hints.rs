//! Hints for files that another tool must render before they are Kubernetes objects.

use std::path::Path;

/// What to do with a file of a Helm chart, which holds templates and not yet objects.
pub(super) fn unrendered(text: &str) -> Option<&'static str> {
    let within = |action: &str| {
        let inner = action.split("}}").next().unwrap_or_default();
        [".Values", ".Release", ".Chart", "include ", "template ", "define "]
            .iter()
            .any(|word| inner.contains(word))
    };
    let helm = text.split("{{").skip(1).any(within);
    helm.then_some(
        "this looks like a template of a Helm chart; render it first: \
         helm template NAME CHART > manifests.yaml",
    )
}

/// What to do with a kustomization, which names objects and holds none.
pub(super) fn kustomization(file: &str) -> Option<&'static str> {
    let stem = Path::new(file).file_stem()?.to_str()?;
    stem.eq_ignore_ascii_case("kustomization").then_some(
        "this is a kustomization; render it first: kustomize build FOLDER > manifests.yaml",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_of_charts_are_told_from_other_braces() {
        for helm in [
            "name: {{ .Values.name }}",
            "name: {{- .Release.Name -}}",
            "{{ include \"x.labels\" . }}",
        ] {
            assert!(unrendered(helm).is_some(), "{helm}");
        }
        for other in ["name: web", "summary: '{{ $value }} of .Values'", "{a: {b: 1}}"] {
            assert!(unrendered(other).is_none(), "{other}");
        }
    }

    #[test]
    fn kustomizations_are_known_by_their_name() {
        assert!(kustomization("overlays/prod/kustomization.yaml").is_some());
        assert!(kustomization("kustomization.yml").is_some());
        assert!(kustomization("deployment.yaml").is_none());
    }
}
