//! The scenario that `spotsim init` writes, to be filled with one's own.

use crate::file::ProviderName;

const TEXT: &str = include_str!("../data/template.yaml");

/// The file in which the first line of the template looks for the schema, beside itself.
pub const SCHEMA_FILE: &str = "scenario.schema.json";

/// A commented scenario for a provider. It is whole: it runs as it is.
#[must_use]
pub fn template(provider: ProviderName) -> String {
    let of = |region, base, spot, zones, taint, grace| [region, base, spot, zones, taint, grace];
    let [region, base, spot, zones, taint, grace] = match provider {
        ProviderName::Aws => of(
            "us-east-1",
            "[m6i.large]",
            "[m6i.large, m6a.large, m7i.large]",
            "[us-east-1a, us-east-1b, us-east-1c]",
            "capacity",
            "60",
        ),
        ProviderName::Gcp | ProviderName::GcpPreemptible => of(
            "us-central1",
            "[n2-standard-2]",
            "[n2-standard-2, e2-standard-2, n1-standard-2]",
            "[us-central1-a, us-central1-b, us-central1-c]",
            "capacity",
            "15",
        ),
        ProviderName::Azure => of(
            "eastus",
            "[Standard_D8s_v5]",
            "[Standard_D8s_v5, Standard_D8ds_v5, Standard_D8s_v3]",
            "[eastus-1, eastus-2, eastus-3]",
            // AKS sets this one itself.
            "kubernetes.azure.com/scalesetpriority",
            "30",
        ),
        ProviderName::Generic => of(
            "somewhere",
            "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04}]",
            "[{name: box, cpu: 2, memory: 8Gi, onDemandPrice: 0.1, spotPrice: 0.04},\n      \
             {name: chest, cpu: 4, memory: 16Gi, onDemandPrice: 0.2, spotPrice: 0.07}]",
            "[somewhere-a, somewhere-b, somewhere-c]",
            "capacity",
            "30",
        ),
    };
    TEXT.replace("{provider}", provider.name())
        .replace("{region}", region)
        .replace("{base}", base)
        .replace("{spot}", spot)
        .replace("{zones}", zones)
        .replace("{taint}", taint)
        .replace("{grace}", grace)
}

#[cfg(test)]
mod tests {
    use sim::{Fact, Root, SimTime};

    use super::*;
    use crate::Scenario;
    use crate::diagnostic::Source;

    #[test]
    fn the_template_of_every_provider_runs_and_everybody_finds_a_place() {
        for provider in ProviderName::ALL {
            let text = template(provider);
            let first = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n");
            assert!(text.starts_with(&first));
            let source = Source { file: "scenario.yaml".into(), text: text.into() };
            let scenario = Scenario::parse(&source, None).unwrap_or_else(|e| panic!("{e}"));
            assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
            assert_eq!(scenario.setup.provider.name, provider.name());
            let mut facts: Vec<(SimTime, Fact)> = Vec::new();
            sim::run(&scenario.setup, Root { seed: 42, replication: 0 }, &mut facts);
            let waits = |fact: &Fact| matches!(fact, Fact::StillPending { .. });
            assert!(!facts.iter().any(|(_, fact)| waits(fact)), "{provider:?}");
            // A reviewer has nothing to say about it either.
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("scenario.yaml");
            std::fs::write(&path, template(provider)).unwrap();
            let found = crate::lint::review(&[path], scenario.setup.provider);
            assert!(found.is_empty(), "{found}");
        }
    }
}
