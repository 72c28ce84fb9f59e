//! From files to drafts: a dump of a cluster, or manifests without any node.

use std::path::PathBuf;

use super::{Draft, Files, draft, manifests};
use crate::cluster::{Cluster, DUMP};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::ProviderName;
use crate::load::Loader;
use crate::manifests::workloads;
use crate::unmodelled::Tally;

/// Reads files and drafts scenarios from them. `written` is how the scenarios will name them.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn from_files(
    paths: &[PathBuf],
    files: Files<'_>,
    provider: ProviderName,
) -> Result<Draft, Diagnostics> {
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let mut loader = Loader::new(&mut tally, &mut found);
    for path in paths {
        loader.path(path, &path.display().to_string()).map_err(|diagnostic| *diagnostic)?;
    }
    let (objects, _) = loader.into_objects();
    let cluster = Cluster::of(&objects, &mut tally, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    if !cluster.nodes.is_empty() {
        let mut draft = draft(&cluster, files);
        draft.notes.splice(0..0, cluster.understood());
        return Ok(draft);
    }
    let workloads = workloads(objects, &mut Tally::default());
    if workloads.is_empty() {
        let nothing = Diagnostic::new("E0003", "there is neither a node nor a workload in there");
        return Err(nothing.help(format!("`{DUMP}` dumps a cluster")).into());
    }
    manifests::draft(&workloads, files, provider)
}
