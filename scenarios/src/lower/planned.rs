//! What is planned for a workload: which one is meant, and whether it can change like that.

use crate::diagnostic::did_you_mean;
use crate::file::Kind;
use crate::workloads::Written;

/// What is to change of a workload.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scaled {
    /// How many replicas it has.
    Replicas,
    /// Its pod template.
    Template,
}

impl Scaled {
    fn is_of(self, kind: Kind) -> bool {
        match self {
            Scaled::Replicas => matches!(kind, Kind::Deployment | Kind::StatefulSet),
            Scaled::Template => {
                matches!(kind, Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet)
            }
        }
    }

    fn kinds(self) -> &'static str {
        match self {
            Scaled::Replicas => "only Deployments and StatefulSets have replicas",
            Scaled::Template => "only Deployments, StatefulSets and DaemonSets are rolled out",
        }
    }
}

/// The index of the workload of this name that can change like that.
///
/// # Errors
/// Why there is none, and what may be meant.
pub(super) fn find(
    name: &str,
    workloads: &[Written],
    what: Scaled,
) -> Result<usize, (String, Option<String>)> {
    let full = if name.contains('/') { name.to_owned() } else { format!("default/{name}") };
    let named = |it: &Written| format!("{}/{}", it.namespace, it.name);
    let mut of_the_name = workloads.iter().enumerate().filter(|(_, it)| named(it) == full);
    if let Some((index, _)) = of_the_name.clone().find(|(_, it)| what.is_of(it.kind)) {
        return Ok(index);
    }
    if let Some((_, other)) = of_the_name.next() {
        return Err((format!("`{full}` is a {:?}: {}", other.kind, what.kinds()), None));
    }
    let known: Vec<String> = workloads.iter().filter(|it| what.is_of(it.kind)).map(named).collect();
    let near = did_you_mean(&full, known.iter().map(String::as_str));
    let help = near.map(|near| format!("did you mean `{near}`?"));
    Err((format!("there is no workload `{full}`"), help))
}
