//! From files to drafts: a dump of a cluster, or manifests without any node.

use std::path::PathBuf;

use super::{Draft, Files, draft, manifests};
use crate::cluster::{Cluster, DUMP};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::file::ProviderName;
use crate::load::{Loaded, Loader};
use crate::unmodelled::Tally;
use crate::workloads::workloads;

/// Reads files and drafts scenarios from them. `written` is how the scenarios will name them.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn from_files(
    paths: &[PathBuf],
    files: Files<'_>,
    provider: ProviderName,
) -> Result<Draft, Diagnostics> {
    // What has nodes is a cluster's, and has been admitted by it.
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let objects = read(paths, Loader::new(&mut tally, &mut found).of_a_cluster())?;
    let cluster = Cluster::of(&objects, &mut tally, &mut found);
    if !cluster.nodes.is_empty() {
        if found.has_errors() {
            return Err(found);
        }
        let mut draft = draft(&cluster, files)?;
        draft.notes.splice(0..0, cluster.understood());
        return Ok(draft);
    }
    let (mut tally, mut found) = (Tally::default(), Diagnostics::default());
    let objects = read(paths, Loader::new(&mut tally, &mut found))?;
    Cluster::of(&objects, &mut tally, &mut found);
    if found.has_errors() {
        return Err(found);
    }
    let workloads = workloads(&objects, &mut Tally::default());
    if workloads.is_empty() {
        let nothing = Diagnostic::new("E0003", "there is neither a node nor a workload in there");
        return Err(nothing.help(format!("`{DUMP}` dumps a cluster")).into());
    }
    manifests::draft(&workloads, files, provider)
}

/// All objects of some files.
pub(super) fn read(paths: &[PathBuf], mut loader: Loader<'_>) -> Result<Vec<Loaded>, Diagnostics> {
    for path in paths {
        loader.path(path, &path.display().to_string()).map_err(|diagnostic| *diagnostic)?;
    }
    Ok(loader.into_objects().0)
}
