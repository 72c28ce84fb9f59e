//! The scenario that `spotsim init` writes, to be filled with one's own.

use sim::providers::platform::Drafts;

use crate::file::ProviderName;

const TEXT: &str = include_str!("../data/template.yaml");

/// The file in which the first line of the template looks for the schema, beside itself.
pub const SCHEMA_FILE: &str = "scenario.schema.json";

/// A commented scenario for a provider. It is whole: it runs as it is.
#[must_use]
pub fn template(provider: ProviderName) -> String {
    let Drafts { region, zones, on_demand, spot, taint, grace, .. } = provider.drafts;
    TEXT.replace("{provider}", provider.name)
        .replace("{region}", region)
        .replace("{base}", on_demand)
        .replace("{spot}", spot)
        .replace("{zones}", &format!("[{}]", zones.join(", ")))
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
        for provider in ProviderName::all() {
            let text = template(provider);
            let first = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n");
            assert!(text.starts_with(&first));
            let source = Source { file: "scenario.yaml".into(), text: text.into() };
            let scenario = Scenario::parse(&source, None).unwrap_or_else(|e| panic!("{e}"));
            assert!(scenario.warnings.is_empty(), "{}", scenario.warnings);
            assert_eq!(scenario.setup.provider.name, provider.name);
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
