//! A scenario for manifests: they say what runs, and the pools are sized so that it fits.

use std::fmt::Write;

use sim::world::Model;
use sim::world::resources::Lane;

use super::{Draft, Files, yaml};
use crate::catalogue;
use crate::cluster::counted;
use crate::diagnostic::Diagnostic;
use crate::file::{Kind, ProviderName};
use crate::lower::requests::requests;
use crate::manifests::Written;
use crate::template::SCHEMA_FILE;

/// A common type of each cloud, its region and zones.
const COMMON: [(ProviderName, &str, &str, [&str; 3]); 3] = [
    (ProviderName::Aws, "us-east-1", "m6i.xlarge", ["us-east-1a", "us-east-1b", "us-east-1c"]),
    (
        ProviderName::Gcp,
        "us-central1",
        "n2-standard-4",
        ["us-central1-a", "us-central1-b", "us-central1-c"],
    ),
    (ProviderName::Azure, "eastus", "Standard_D8s_v5", ["eastus-1", "eastus-2", "eastus-3"]),
];

/// Room that is left free, in percent of what is asked for.
const HEADROOM: u64 = 30;
/// Pods that a node has no room for besides its own agents.
const AGENTS: u64 = 10;

/// Drafts a scenario for workloads.
pub(super) fn draft(
    workloads: &[Written],
    files: Files<'_>,
    provider: ProviderName,
) -> Result<Draft, Box<Diagnostic>> {
    let common = COMMON.iter().find(|(known, ..)| known.name() == provider.catalogue());
    let listed = common.and_then(|(_, region, name, _)| {
        catalogue::region(provider.catalogue(), region).find(|listed| listed.name == *name)
    });
    let (Some((_, region, name, zones)), Some(listed)) = (common, listed) else {
        let message = format!("there are no instance types of `{}` to size", provider.name());
        let help = "choose aws, gcp or azure with --provider; the types can be replaced afterwards";
        return Err(Box::new(Diagnostic::new("E0201", message).help(help)));
    };
    let (pods, cpu, memory) = demand(workloads)?;
    let with_headroom = |much: u64| much + much * HEADROOM / 100;
    let nodes = [
        with_headroom(cpu).div_ceil(listed.allocatable.cpu_milli),
        with_headroom(memory).div_ceil(listed.allocatable.memory_mib << 20),
        pods.div_ceil(listed.max_pods.saturating_sub(AGENTS).max(1)),
    ];
    let nodes = nodes.into_iter().max().unwrap_or(0).max(3);
    let base = nodes.div_ceil(3);
    let mut text = format!("# yaml-language-server: $schema={SCHEMA_FILE}\n#\n");
    let about = format!(
        "What runs is in {}. How large its cluster is nobody said: {} of {name} hold it with \
         {HEADROOM} % to spare, of which two thirds are on spot. Change them to what you have.",
        files.from.join(", "),
        counted(usize::try_from(nodes).unwrap_or(usize::MAX), "node"),
    );
    text += &yaml::comment(0, &about);
    let stem = files.scenario.rsplit('/').next().unwrap_or(files.scenario);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let _ = write!(
        text,
        "apiVersion: spotsim/v1\nname: {}\nhorizon: 7d\nprovider: {}\nregion: {region}\n\npools:\n",
        yaml::scalar(stem),
        provider.name(),
    );
    for (pool, count, capacity) in [("base", base, "on-demand"), ("spot", nodes - base, "spot")] {
        let _ = writeln!(
            text,
            "  - name: {pool}\n    count: {count}\n    capacityType: {capacity}\n    \
             instanceTypes: [{name}]\n    zones: {}",
            yaml::list(zones.iter().copied())
        );
    }
    let _ = writeln!(text, "\nmanifests:");
    for file in files.from {
        let _ = writeln!(text, "  - {}", yaml::scalar(file));
    }
    let notes = vec![
        format!("{} of {}", counted(workloads.len(), "workload"), counted(count(pods), "pod")),
        format!("{} of {name} would hold them", counted(count(nodes), "node")),
    ];
    Ok(Draft { scenario: text, spot: None, notes, gaps: Vec::new() })
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// Pods, millicores and bytes that workloads ask for, DaemonSets counted once.
fn demand(workloads: &[Written]) -> Result<(u64, u64, u64), Box<Diagnostic>> {
    let (mut pods, mut cpu, mut memory) = (0, 0, 0);
    let mut model = Model::default();
    for workload in workloads {
        let spec = &workload.spec;
        let wrong = |error: String| {
            let message = format!("{}/{}: {error}", workload.namespace, workload.name);
            let wrong = Diagnostic::new("E0301", message);
            Box::new(wrong.at(&workload.source, workload.span.clone()))
        };
        let each = requests(&mut model, &spec.template.spec, None).map_err(wrong)?.real;
        let replicas = u64::from(match workload.kind {
            Kind::Deployment | Kind::StatefulSet => spec.replicas.unwrap_or(1),
            Kind::Job | Kind::CronJob => spec.parallelism.unwrap_or(1),
            Kind::DaemonSet | Kind::Pod => 1,
        });
        pods += replicas;
        cpu += replicas * each[Lane::CPU];
        memory += replicas * each[Lane::MEMORY];
    }
    Ok((pods, cpu, memory))
}
